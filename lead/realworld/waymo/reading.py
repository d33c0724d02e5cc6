"""From TFRecord files to frames: all of them as a stream, or by name through an index of segments.

The frames of a segment are spread over all files of a split in no order, so whoever needs a sequence needs the index.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lead import InputError
from lead.realworld.waymo.frame import E2EDFrame, split_name
from lead.realworld.waymo.frame_codec import decode_frame, decode_name, encode_frame
from lead.realworld.waymo.tfrecord import Damaged, Record, read_record, read_records, write_records

PATTERN = "*.tfrecord*"


def read_frames(paths: Path | Sequence[Path], damaged: Damaged | None = None) -> Iterator[E2EDFrame]:
    """The frames of TFRecord files and folders of them, in order of files and records; one is in memory at a time.

    A fault raises InputError (file, record, byte, what to do) after all frames before it were given; with `damaged` it
    goes there and the next frame follows. Raises InputError at once on paths without files.
    """
    return (frame for frame, _ in _decoded(find_files(paths), decode_frame, damaged))


def write_frames(path: Path, frames: Iterable[E2EDFrame]) -> int:
    """Write frames to a TFRecord file as they come; returns how many. Raises OSError."""
    return write_records(path, map(encode_frame, frames))


def find_files(paths: Path | Sequence[Path]) -> list[Path]:
    """The TFRecord files of these paths, folders' files by name. Raises InputError on paths that have none."""
    files: list[Path] = []
    for path in [paths] if isinstance(paths, Path) else paths:
        inside = path.glob(PATTERN) if path.is_dir() else [path]
        found = sorted(file for file in inside if file.is_file() and not file.name.startswith("."))
        if not found:
            raise InputError(f"{path}: found no TFRecord file, expected a file or a folder with {PATTERN}")
        files += found
    return files


@dataclass(frozen=True)
class FramePlace:
    """Where a frame's record begins."""

    name: str
    path: Path
    number: int
    offset: int

    def read(self) -> E2EDFrame:
        """The frame. Raises InputError if another or a damaged record is there."""
        record = read_record(self.path, self.number, self.offset)
        frame = decode_frame(record.payload, record.place)
        if frame.name != self.name:
            raise InputError(f"{record.place}: found frame {frame.name}, expected {self.name}; index the files again")
        return frame


@dataclass(frozen=True)
class FrameIndex:
    """Places of frames by segment, in order of time."""

    segments: dict[str, tuple[FramePlace, ...]]

    def frames_of_segment(self, segment: str) -> Iterator[E2EDFrame]:
        """A segment's frames in order of time, read as they are asked for. Raises InputError on an unknown segment."""
        return map(FramePlace.read, self._places(segment))

    def find(self, name: str) -> FramePlace:
        """The place of a frame. Raises InputError if it is not in the files."""
        for place in self._places(split_name(name)[0]):
            if place.name == name:
                return place
        raise InputError(f"found no frame {name} in the indexed files, though others of its segment; fetch all files")

    def _places(self, segment: str) -> tuple[FramePlace, ...]:
        if segment not in self.segments:
            raise InputError(f"found {len(self.segments)} segments in the files, but not {segment}; fetch all files")
        return self.segments[segment]


def index_frames(paths: Path | Sequence[Path], damaged: Damaged | None = None) -> FrameIndex:
    """Read all files once and note where each frame is.

    Raises InputError on faults as `read_frames` does, and on frames that are there twice.
    """
    places: dict[str, FramePlace] = {}
    for name, record in _decoded(find_files(paths), decode_name, damaged):
        if name in places:
            first = places[name]
            raise InputError(
                f"{record.place}: found frame {name} a second time (first: {first.path}, byte {first.offset}), "
                "expected each once; name each file once"
            )
        places[name] = FramePlace(name, record.path, record.number, record.offset)
    segments: dict[str, list[FramePlace]] = {}
    for name in sorted(places, key=split_name):
        segments.setdefault(split_name(name)[0], []).append(places[name])
    return FrameIndex({segment: tuple(found) for segment, found in segments.items()})


def read_frame_names(path: Path) -> tuple[str, ...]:
    """Names of the frames that a submission must cover, from the list in Waymo's bucket.

    Reads `test_sequence_frames_for_submission.json` (segment to step) and `..._as_list.txt` (a name per line).
    Raises InputError on other content.
    """
    text = path.read_text()
    if path.suffix == ".json":
        value = _json(path, text)
        if not isinstance(value, dict) or not all(str(step).isdecimal() for step in value.values()):
            raise InputError(f"{path}: found no object of segment to step, expected Waymo's list of frames to submit")
        names = [f"{segment}-{int(step):03d}" for segment, step in value.items()]
    else:
        names = [line.strip() for line in text.splitlines() if line.strip()]
    for name in names:
        split_name(name)
    if not names or len(set(names)) < len(names):
        raise InputError(f"{path}: found {len(names)} names, {len(set(names))} distinct, expected each frame once")
    return tuple(names)


Decoded = TypeVar("Decoded")


def _decoded(
    files: Sequence[Path], decode: Callable[[bytes, str], Decoded], damaged: Damaged | None
) -> Iterator[tuple[Decoded, Record]]:
    """What `decode` makes of each record; faults of records and of what is in them go the same way."""
    for path in files:
        for record in read_records(path, damaged):
            try:
                value = decode(record.payload, record.place)
            except InputError as error:
                if damaged is None:
                    raise
                damaged(error)
            else:
                yield value, record


def _json(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: found text that is not JSON ({error}), expected Waymo's list of frames") from error
