"""Frames and headers made by hand."""

from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from lead.dataset.frame import Boxes, Cloud, Ego, Fix, Frame, Intent, Reasons, Surroundings, Track, View
from lead.dataset.header import POP_DISTANCES, Camera, Mounted, Perturbation, Plan, RouteHeader, Weather
from lead.dataset.kinds import LightState
from lead.dataset.writer import FrameWriter

LEFT, FRONT, RIGHT = (0.1, -0.35, -54.5), (0.35, 0.0, 0.0), (0.1, 0.35, 54.5)


def mounted(size: int = 384) -> Mounted:
    """The three-camera rig."""
    cameras = tuple(
        Camera(name, (x, y, 2.25, 0.0, float(np.radians(yaw)), 0.0), size, size, float(np.radians(60.0)))
        for name, (x, y, yaw) in {"left": LEFT, "front": FRONT, "right": RIGHT}.items()
    )
    return Mounted("tfv6-3cam", cameras)


def header(**changed: Any) -> RouteHeader:
    """A route along x."""
    told: dict[str, Any] = {
        "route": "7", "source": "handmade", "town": "Village", "situations": ("Accident",),
        "weather": Weather("ClearNoon", {"cloudiness": 5.0}), "repetition": 0, "seed": 3,
        "ego_type": "vehicle.lincoln.mkz_2020", "ego_extent": (2.45, 1.06, 0.75), "ego_centre": (0.0, 0.0, 0.75),
        "expert": {"preset": "aligned"}, "rig": mounted(), "perturbation": Perturbation(0.5, -0.1),
        "plan": Plan(tuple((50.0 * k, 0.0, 0.0) for k in range(6)), (4, 4, 1, 4, 2, 4)), "jpeg_quality": 90,
        "simulator": "embedded 0.1.0", "versions": {"lead": "0.1.0"},
    }  # fmt: skip
    return RouteHeader(**{**told, **changed})


def boxes(count: int = 0, **columns: Any) -> Boxes:
    """Boxes of size zero at the origin but for some columns."""
    told: dict[str, Any] = {
        "id": np.arange(count), "kind": np.zeros(count, np.int8), "flags": np.zeros(count, np.uint16),
        "state": np.full(count, LightState.NONE, np.int8), "type_id": ("vehicle.tesla.model3",) * count,
        "role": ("",) * count, "pose": np.zeros((count, 6)), "centre": np.zeros((count, 3)),
        "extent": np.ones((count, 3)), "velocity": np.zeros((count, 3)), "control": np.zeros((count, 3)),
        "evidence": np.full((count, 3), 100), "speed_limit": np.zeros(count), "lane": np.zeros((count, 2), np.int32),
    }  # fmt: skip
    return Boxes(**{**told, **columns})


def frame(row: int = 0, speed: float = 10.0, **changed: Any) -> Frame:
    """The ego at 10 m/s along x, in the 4 Hz frame of a number, with nobody about."""
    tick = 5 * row
    pose = np.array([0.05 * speed * tick, 0.0, 0.0, 0.0, 0.0, 0.0])
    ahead = pose[:3] + np.column_stack([2.5 + np.arange(50.0), np.zeros(50), np.zeros(50)])
    reached = np.full(len(POP_DISTANCES), int(pose[0] // 50.0), np.int16)
    told: dict[str, Any] = {
        "tick": tick, "time": 0.05 * tick,
        "ego": Ego(pose, np.array([speed, 0, 0]), np.zeros(3), np.zeros(3), speed, np.array([0.5, 0.0, 0.0])),
        "track": Track(np.array([tick], np.int32), pose[None], np.array([speed]), np.zeros((1, 3))),
        "fix": Fix(np.zeros(7), np.zeros(3), pose[:2], np.array([pose[0], 0.0, 0.0, speed])),
        "intent": Intent(ahead, False, reached, reached, 250.0 - pose[0], 13.9, False, 3.5),
        "reasons": Reasons(
            speed, 12.0, -1, "", (), np.empty(0), np.empty(0, np.int64), np.empty(0), np.empty(0, bool), np.empty(0, bool)
        ),
        "surroundings": Surroundings(0, 1.0, 0, ("Accident_1",), ("Accident",), np.array([False]), np.empty((0, 2), np.int64)),
        "boxes": boxes(), "view": View(), "perturbed": View(),
        "cloud": Cloud.of(np.empty((0, 3)), np.empty(0, np.uint8)),
    }  # fmt: skip
    return Frame(**{**told, **changed})


def write(folder: Path, frames: list[Frame], **changed: Any) -> Path:
    """A route's folder with these frames."""
    with FrameWriter(folder, header(**changed)) as writer:
        for one in frames:
            writer.append(one)
    return folder


def same(left: Any, right: Any) -> None:
    """Assert that two frames, or parts of them, are equal value by value."""
    for entry in fields(left):
        a, b = getattr(left, entry.name), getattr(right, entry.name)
        if "column" not in entry.metadata and a is not None and b is not None:
            same(a, b)
        elif isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
            np.testing.assert_array_equal(np.asarray(b, a.dtype), a, entry.name)
        else:
            assert _plain(a) == _plain(b), entry.name


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return float(np.float32(value)) if isinstance(value, float) else value


def hints(group: type) -> dict[str, Any]:
    """Types of a dataclass's fields."""
    return get_type_hints(group)
