"""What a student left of a drive: what it was told, planned and believed, and what its front camera saw.

The files are those of `lead.drive.student.record`, read here without loading torch.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.drive.student.cause import Cause
from lead.report.bird import Intent

BOX_COLUMNS = [0, 1, 4, 2, 3]  # x, y, yaw, half length, half width of `lead.model.boxes.Box`, without loading torch
HELP = {
    Cause.STOP_SIGN: "stop sign",
    Cause.CREEP: "creeps",
    Cause.PATIENCE: "goes on",
    Cause.OBSTACLE: "guard: brakes",
    Cause.BLIND_SPOT: "guard: stays",
    Cause.CLEARANCE: "guard: turns farther",
}
NEAR = 0.26  # s; a row this near in time is of the moment asked for


@dataclass(frozen=True)
class Student:
    """The record of a student's drive (`logs/ID.student.npz`, `ID.front.npz`); either part may be missing."""

    record: dict[str, Any]
    pictures: dict[str, Any]

    @property
    def has_front(self) -> bool:
        """Whether what the front camera saw was kept."""
        return len(self.pictures.get("time", ())) > 0

    def intent(self, time: float) -> Intent | None:
        """What it was told and meant at a time (s), None where that is not known."""
        row = _nearest(self.record.get("time"), time)
        if row is None:
            return None
        nothing = np.empty((0, 2))
        places = [
            np.asarray(self.record[name][row], np.float64).reshape(-1, 2) if name in self.record else nothing
            for name in ("target_points", "route", "waypoints")
        ]
        return Intent(*places, boxes=self._boxes(row))

    def target_speed(self, time: float) -> float | None:
        """The speed it wanted at a time, m/s; None where it said none."""
        row = _nearest(self.record.get("time"), time)
        wanted = np.nan if row is None or "target_speed" not in self.record else float(self.record["target_speed"][row])
        return wanted if np.isfinite(wanted) else None

    def help(self, time: float) -> str:
        """What beside its plan made what it did at a time; empty where nothing did."""
        row = _nearest(self.record.get("time"), time)
        bits = 0 if row is None or "cause" not in self.record else int(self.record["cause"][row])
        return ", ".join(words for bit, words in HELP.items() if bits & bit)

    def front(self, time: float) -> NDArray[np.uint8] | None:
        """The picture (H, W, 3) BGR of the front camera at a time."""
        frame = _nearest(self.pictures.get("time"), time)
        if frame is None:
            return None
        first = self.pictures["first"]
        data = self.pictures["jpeg"][first[frame] : first[frame + 1]]
        return cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None

    def _boxes(self, row: int) -> NDArray[np.float64]:
        if "first" not in self.record or not len(self.record.get("box", ())):
            return np.empty((0, 5))
        first = self.record["first"]
        boxes = np.asarray(self.record["box"][first[row] : first[row + 1]], np.float64)
        return boxes[:, BOX_COLUMNS]


def read_student(log: Path) -> Student | None:
    """The record beside a drive log `ID.npz`, None if there is none that can be read."""
    parts = [_arrays(log.with_name(f"{log.stem}.{name}.npz")) for name in ("student", "front")]
    return Student(*parts) if any(parts) else None


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _nearest(times: Any, time: float) -> int | None:
    """The row nearest to a time, None if none is near."""
    if times is None or not len(times):
        return None
    row = int(np.abs(np.asarray(times) - time).argmin())
    return row if abs(float(times[row]) - time) <= NEAR else None
