"""Reads a route's frames from the memory-mapped file, any of them at any time, and only the parts that are asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.columns import BY_NAME, COLUMNS, frame_from_arrow, read_group
from lead.dataset.frame import Boxes, Cloud, Ego, Frame, Intent, Surroundings, View
from lead.dataset.header import header_from_json
from lead.dataset.recording import Seen
from lead.dataset.schema import HEADER_KEY, check_version
from lead.dataset.writer import FRAMES

T = TypeVar("T")
NEEDED = ("tick", "ego", "fix.position", "intent", "reasons.target_speed", "surroundings", "boxes", "moved")
SPEEDS = ("ego.speed", "reasons.target_speed")
MAGIC = 8  # bytes before the stream of messages in an Arrow IPC file


class RouteFile:
    """A route's frames.

    Attributes:
        path: the file.
        header: what holds for all frames.
        is_complete: whether the recording was ended; else the frames are those that were whole.

    Args:
        folder: of the route, or the file itself.

    Raises InputError if the file is missing, is none of frames, or of another schema version.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FRAMES if folder.is_dir() else folder
        try:
            self._map = pa.memory_map(str(self.path))
        except OSError as error:
            raise InputError(f"cannot open {self.path}: {error}") from error
        self._parts: dict[tuple[str, ...], pa.RecordBatchFileReader] = {}
        self._batches: list[pa.RecordBatch] | None = None
        self._ego: dict[int, tuple[NDArray[np.float64], int, bool]] = {}  # what was read for waypoints of other frames
        schema = self._open()
        check_version(schema.metadata, self.path)
        self.header = header_from_json(schema.metadata.get(HEADER_KEY, b""), self.path)
        missing = [column.name for column in COLUMNS if column.field not in schema and not column.optional]
        if missing:
            raise InputError(f"{self.path} lacks the columns {', '.join(missing)}")

    @property
    def is_complete(self) -> bool:
        """Whether the file has its end."""
        return self._batches is None

    def __len__(self) -> int:
        return len(self._batches) if self._batches is not None else self._whole.num_record_batches

    def frame(self, row: int) -> Frame:
        """A frame; its arrays are read-only."""
        return frame_from_arrow(self.batch(row))

    def seen(self, row: int, perturbed: bool, cloud: bool = True) -> Seen:
        """What a sample of a frame needs."""
        view = "perturbed" if perturbed else "view"
        batch = self.batch(row, (*NEEDED, view, *(("cloud",) if cloud else ())))

        def value(column: str) -> Any:
            return BY_NAME[column].from_arrow(batch.column(column))

        return Seen(
            tick=value("tick"),
            ego=read_group(Ego, batch, "ego."),
            position=value("fix.position"),
            intent=read_group(Intent, batch, "intent."),
            target_speed=value("reasons.target_speed"),
            surroundings=read_group(Surroundings, batch, "surroundings."),
            boxes=read_group(Boxes, batch, "boxes."),
            view=read_group(View, batch, f"{view}."),
            cloud=read_group(Cloud, batch, "cloud.") if cloud and not batch.column("cloud.x").null_count else None,
            moved=value("moved") if "moved" in batch.schema.names else None,
        )

    def ego_poses(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """World poses (K, 6) of the ego and ticks (K,) in some frames."""
        found = [self._driven(row) for row in rows]
        poses = np.array([pose for pose, _, _ in found]).reshape(-1, 6)
        return poses, np.array([tick for _, tick, _ in found], np.int64)

    def learner_drove(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Whether a learner had the wheel (K,) since the frame before, for some frames."""
        return np.array([self._driven(row)[2] for row in rows], bool)

    def speeds(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Speeds (K, 2) in some frames, m/s: the ego's, and that which the expert aims at."""
        batches = (self.batch(row, SPEEDS) for row in rows)
        found = [[batch.column(name)[0].as_py() for name in SPEEDS] for batch in batches]
        return np.array(found, np.float64).reshape(-1, 2)

    def part(self, row: int, group: type[T], name: str) -> T:
        """One part of a frame without reading the others, such as `part(3, Boxes, "boxes")`."""
        return read_group(group, self.batch(row, (name,)), f"{name}.")

    def batch(self, row: int, parts: Sequence[str] = ()) -> pa.RecordBatch:
        """The Arrow row of a frame: all its columns, or some (names in `Frame`, or columns). Raises IndexError."""
        if not 0 <= row < len(self):
            raise IndexError(f"frame {row} of {self.path}, which has {len(self)}")
        if self._batches is not None:
            return self._batches[row]
        return self._reader(tuple(parts)).get_batch(row)

    def _driven(self, row: int) -> tuple[NDArray[np.float64], int, bool]:
        """World pose (6,), tick, and whether a learner drove there."""
        if row not in self._ego:
            batch = self.batch(row, ("tick", "ego.pose", "learner"))
            pose = BY_NAME["ego.pose"].from_arrow(batch.column("ego.pose")).copy()
            learner = "learner" in batch.schema.names and bool(batch.column("learner")[0].as_py())
            self._ego[row] = pose, batch.column("tick")[0].as_py(), learner
        return self._ego[row]

    def _open(self) -> pa.Schema:
        try:
            self._whole = pa.ipc.open_file(self._map, options=pa.ipc.IpcReadOptions(use_threads=False))
            return self._whole.schema
        except (pa.ArrowInvalid, OSError):
            self._batches, schema = _whole_frames(self._map, self.path)
            return schema

    def _reader(self, parts: tuple[str, ...]) -> pa.RecordBatchFileReader:
        if not parts:
            return self._whole
        if parts not in self._parts:
            names = self._whole.schema.names
            chosen = [k for k, name in enumerate(names) if name in parts or name.split(".")[0] in parts]
            options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=chosen)  # threads cost more than a frame
            self._parts[parts] = pa.ipc.open_file(self._map, options=options)
        return self._parts[parts]


def _whole_frames(file: pa.MemoryMappedFile, path: Path) -> tuple[list[pa.RecordBatch], pa.Schema]:
    """The frames of a file that broke off. Raises InputError if not even its beginning is there."""
    batches: list[pa.RecordBatch] = []
    file.seek(min(MAGIC, file.size()))
    try:
        reader = pa.ipc.open_stream(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path} ({file.size()} bytes) has no frames: {error}") from error
    while True:
        try:
            batches.append(reader.read_next_batch())
        except (StopIteration, pa.ArrowInvalid, OSError):
            return batches, reader.schema
