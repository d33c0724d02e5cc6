"""What a student thought on a drive, for pictures and videos: beside the drive log, read with `read_record`.

`ID.student.npz`, T rows at 10 Hz, at times of the drive log (the first ticks may be missing). Ego frame, m, m/s, rad:
- `time` (T,) s; `pose` (T, 3) x, y, yaw, world: where the student believed to be; `moved` (T, 3) the same by its odometry;
- `target_points` (T, 3, 2) previous, current, next; `command` (T,) index in `lead.dataset.sample.COMMANDS`;
- `route` (T, R, 2), `waypoints` (T, W, 2), `speed_share` (T, K); R, W, K are 0 where the model predicts none;
- `speed`, `target_speed` (T,), the latter NaN where none is predicted; `control` (T, 3) throttle, steer, brake;
- `cause` (T,) bits of `lead.drive.student.cause.Cause`;
- `first` (T + 1,) rows of `box` of each time, `box` (N, 9) `lead.model.boxes.Box`: none without `--record`;
- `about` JSON: checkpoint, members, options, rig, `target_speeds` (m/s), `waypoint_interval` (s).

`ID.front.npz`, with `--record` only, F pictures of the front camera at 5 Hz as the student had them: `time` (F,) s,
`first` (F + 1,) bytes of `jpeg` of each picture, `about` JSON: the camera. Read with `read_frames`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.whole_file import written_whole

if TYPE_CHECKING:  # who reads a record needs no torch
    from lead.drive.student.driver import Glance

BOX_COLUMNS = 9  # of lead.model.boxes.Box
EVERY, PICTURE_EVERY = 2, 4  # ticks
STUDENT, FRONT = ".student.npz", ".front.npz"


class StudentRecord:
    """Collects a drive."""

    def __init__(self, about: Mapping[str, Any], camera: Mapping[str, Any]) -> None:
        self._about, self._camera = about, camera
        self._rows: list[dict[str, Any]] = []
        self._boxes: list[NDArray[np.float32]] = []
        self._pictures: list[tuple[float, bytes]] = []

    def add(self, time: float, glance: "Glance", boxes: bool) -> None:
        """One tick, s since the route's start; with its boxes if asked."""
        plan, action, place = glance.plan, glance.action, glance.place
        known = plan.boxes if boxes and plan.boxes is not None else np.empty((0, BOX_COLUMNS))
        self._boxes.append(known.astype(np.float32))
        self._rows.append(
            {
                "time": time,
                "pose": np.float64([*place.filtered, place.yaw]),
                "moved": place.moved[[0, 1, 4]],
                "target_points": glance.target_points,
                "command": np.int8(glance.command),
                "route": _some(plan.route, (0, 2)),
                "waypoints": _some(plan.waypoints, (0, 2)),
                "speed_share": _some(plan.speed_share, (0,)),
                "speed": np.float32(glance.speed),
                "target_speed": np.float32(np.nan if plan.target_speed is None else plan.target_speed),
                "control": np.float32([action.throttle, action.steer, action.brake]),
                "cause": np.uint8(glance.cause),
            }
        )

    def add_picture(self, time: float, jpeg: bytes) -> None:
        """What the front camera saw."""
        self._pictures.append((time, jpeg))

    def write(self, stem: Path) -> None:
        """Write `STEM.student.npz`, and `STEM.front.npz` if there are pictures; whole or not at all."""
        if self._rows:
            columns = {name: np.stack([row[name] for row in self._rows]) for name in self._rows[0]}
            first = np.cumsum([0, *(len(boxes) for boxes in self._boxes)])
            about = np.array(json.dumps(dict(self._about)))
            _write(beside(stem, STUDENT), **columns, first=first, box=np.concatenate(self._boxes), about=about)
        if self._pictures:
            _write(
                beside(stem, FRONT),
                time=np.array([time for time, _ in self._pictures]),
                first=np.cumsum([0, *(len(jpeg) for _, jpeg in self._pictures)]),
                jpeg=np.frombuffer(b"".join(jpeg for _, jpeg in self._pictures), np.uint8),
                about=np.array(json.dumps(dict(self._camera))),
            )


def beside(stem: Path, suffix: str) -> Path:
    """The file of a route's stem."""
    return stem.with_name(stem.name + suffix)


def read_record(path: Path) -> dict[str, Any]:
    """The arrays of a record by name, `about` as a dictionary. Raises OSError, ValueError on a damaged file."""
    with np.load(path, allow_pickle=False) as file:
        return {name: json.loads(str(file[name])) if name == "about" else file[name] for name in file.files}


def read_frames(path: Path) -> tuple[NDArray[np.float64], list[bytes], dict[str, Any]]:
    """Times (F,) s, JPEGs and the camera of a file of pictures. Raises OSError, ValueError on a damaged file."""
    told = read_record(path)
    bounds = told["first"].tolist()
    return told["time"], [told["jpeg"][a:b].tobytes() for a, b in zip(bounds, bounds[1:])], told["about"]


def _some(values: NDArray[np.float64] | None, empty: tuple[int, ...]) -> NDArray[np.float32]:
    return np.zeros(empty, np.float32) if values is None else values.astype(np.float32)


def _write(path: Path, **arrays: NDArray) -> None:
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
