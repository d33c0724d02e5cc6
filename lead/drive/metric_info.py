"""Bench2Drive's `metric_info.json`: the ego's motion at 10 Hz, from which smoothness is computed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import carla

from lead.whole_file import replace_text


def motion_of(ego: carla.Vehicle) -> dict[str, list[float]]:
    """One sample: world axes, CARLA's frame; m/s^2, deg/s, unit vectors, m, and roll, pitch, yaw in degrees."""
    pose = ego.get_transform()

    def three(vector: carla.Vector3D) -> list[float]:
        return [vector.x, vector.y, vector.z]

    return {
        "acceleration": three(ego.get_acceleration()),
        "angular_velocity": three(ego.get_angular_velocity()),
        "forward_vector": three(pose.get_forward_vector()),
        "right_vector": three(pose.get_right_vector()),
        "location": three(pose.location),
        "rotation": [pose.rotation.roll, pose.rotation.pitch, pose.rotation.yaw],
    }


def write_metric_info(samples: Sequence[Mapping[str, Sequence[float]]], path: Path) -> None:
    """Write samples, numbered from 0 as the benchmark's agents number them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, json.dumps({str(number): dict(sample) for number, sample in enumerate(samples)}))
