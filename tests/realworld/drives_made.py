"""Drives with the rigs of the real benchmarks, made by hand: pictures of noise, cars about, the ego straight ahead."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from lead.dataset.codecs import encode_rgb, encode_semantics
from lead.dataset.frame import Track
from lead.dataset.rig import rig_named
from lead.dataset.route_record import DriveRecord, Verdict, write_record
from tests.dataset import made, street

TOWN, FRAMES = "VillageCrossing", 44


def record(root: Path, rig: str, count: int = 2, frames: int = FRAMES) -> Path:
    """A data set of `count` drives of `frames` frames each with a rig that ships."""
    mounted = rig_named(rig)
    height, width = mounted.cameras[0].height, sum(camera.width for camera in mounted.cameras)
    picture = np.random.default_rng(0).integers(0, 255, (height // 40, width // 40, 3), np.uint8)
    picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST)
    coded = {"rgb": encode_rgb(picture, 50), "semantics": encode_semantics(picture[..., 0] % 10)}
    whole = []
    for frame in street.drive(frames):
        pose = frame.ego.pose
        track = Track(
            frame.tick - np.arange(4, -1, -1, dtype=np.int32),
            pose + np.outer(0.05 * np.arange(-4, 1), [*frame.ego.velocity, 0, 0, 0]), np.full(5, frame.ego.speed),
            np.zeros((5, 3)),
        )  # fmt: skip
        whole.append(replace(frame, view=replace(frame.view, **coded), track=track))
    for number in range(count):
        folder = made.write(root / f"{number}", whole, town=TOWN, rig=mounted, route=str(number))
        write_record(folder, DriveRecord(
            route=str(number), town=TOWN, situations=("Accident",), weather="ClearNoon", seed=0, repetition=0,
            frames=frames, ticks=5 * frames, status="Completed", driving_score=100.0, route_completion=100.0,
            infractions={}, verdict=Verdict(True, "made"), versions={},
        ))  # fmt: skip
    return root
