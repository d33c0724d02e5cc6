"""CARLA's recorder file: what its packets hold, how they are written, and how a file nobody vouches for is read.

A header (version, magic word, date, map), then packets of id u8, size u32 and payload; all little endian. A frame is
everything from a FRAME_START to its FRAME_END; most packets are a count u16 and that many records. Lengths are in cm,
angles in degrees as roll, pitch, yaw. Text is a length u16 and UTF-8.
Source: CARLA's documentation, "Recorder Binary File Format", and the packet numbers of CARLA 0.9.16.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = "CARLA_RECORDER"
VERSION = 1
CM = 100.0  # cm in a metre
NO_ACTOR = 0xFFFFFFFF  # the other party of a collision with something that is no actor
MOST_RECORDS = 0xFFFF  # of one packet: its count is 16 bits wide
MOST_BYTES = 1 << 30  # of a file that is read
MOST_FRAMES = 500_000  # of a file that is read: 7 hours at 20 Hz
MOST_PACKETS = 10_000_000  # of a file that is read
MOST_ACTORS = 200_000  # of a file that is read
MOST_ATTRIBUTES = 256  # of an actor that is read
FARTHEST = 1e8  # cm from the origin
LONGEST = 1e8  # s of a recording
LARGEST = float(np.finfo(np.float32).max)


class RecordingError(Exception):
    """A file that is no sound recording; the message says what is wrong with it."""


class Packet(IntEnum):
    """Packet numbers; a reader steps over those it does not know."""

    FRAME_START = 0
    FRAME_END = 1
    ADDED = 2
    REMOVED = 3
    PARENT = 4
    COLLISION = 5
    POSITION = 6
    TRAFFIC_LIGHT = 7
    VEHICLE = 8
    WALKER = 9
    LAMPS = 10
    STREET_LAMP = 11
    KINEMATICS = 12
    BOX = 13
    PLATFORM_TIME = 14
    LIGHT_TIMES = 16
    TRIGGER = 17
    FRAME_COUNTER = 18


class ActorType(IntEnum):
    """What the file calls an actor; signs, sensors and props are OTHER."""

    OTHER = 0
    VEHICLE = 1
    WALKER = 2
    TRAFFIC_LIGHT = 3


_ACTOR = ("actor", "<u4")
_BOX = np.dtype([_ACTOR, ("centre", "<f4", 3), ("extent", "<f4", 3)])  # cm
RECORDS: Mapping[Packet, np.dtype] = {
    Packet.REMOVED: np.dtype([_ACTOR]),
    Packet.PARENT: np.dtype([_ACTOR, ("parent", "<u4")]),
    Packet.COLLISION: np.dtype(
        [("number", "<u4"), _ACTOR, ("other", "<u4"), ("actor_hero", "u1"), ("other_hero", "u1")]
    ),
    Packet.POSITION: np.dtype([_ACTOR, ("location", "<f4", 3), ("rotation", "<f4", 3)]),  # cm; roll, pitch, yaw deg
    Packet.TRAFFIC_LIGHT: np.dtype([_ACTOR, ("frozen", "u1"), ("elapsed", "<f4"), ("state", "u1")]),
    Packet.VEHICLE: np.dtype(
        [_ACTOR, ("steer", "<f4"), ("throttle", "<f4"), ("brake", "<f4"), ("hand_brake", "u1"), ("gear", "<i4")]
    ),
    Packet.WALKER: np.dtype([_ACTOR, ("speed", "<f4")]),  # m/s
    Packet.LAMPS: np.dtype([_ACTOR, ("bits", "<u4")]),
    Packet.STREET_LAMP: np.dtype(
        [("lamp", "<i4"), ("intensity", "<f4"), ("colour", "<f4", 4), ("lit", "u1"), ("group", "u1")]
    ),
    Packet.KINEMATICS: np.dtype([_ACTOR, ("velocity", "<f4", 3), ("angular_velocity", "<f4", 3)]),  # m/s, deg/s
    Packet.BOX: _BOX,
    Packet.LIGHT_TIMES: np.dtype([_ACTOR, ("green", "<f4"), ("yellow", "<f4"), ("red", "<f4")]),  # s
    Packet.TRIGGER: _BOX,
}
_NUMBER = {Packet.PLATFORM_TIME: struct.Struct("<d"), Packet.FRAME_COUNTER: struct.Struct("<Q")}
_HEAD = struct.Struct("<BI")
_FRAME = struct.Struct("<Qdd")  # number from 1, duration s (-1: not known), elapsed s
_PLACE = struct.Struct("<IB6fI")  # actor, type, location cm, roll pitch yaw deg, uid of the blueprint
_SHORT = struct.Struct("<H")
DURATION_AT = _HEAD.size + 8  # offset of the duration in a frame's bytes: known only when the next frame comes


class Added(NamedTuple):
    """An actor that came to life. `pose` (6,) is m and rad, in the parent's frame if it has one."""

    actor: int
    type: int  # ActorType; other numbers occur in files of other versions
    pose: NDArray[np.float64]
    uid: int
    blueprint: str
    attributes: tuple[tuple[int, str, str], ...]  # type, name, value


@dataclass
class Frame:
    """What was recorded at one tick."""

    number: int
    duration: float  # s until the next frame, -1 for the last
    elapsed: float  # s since the first frame
    added: list[Added] = field(default_factory=list)
    records: dict[Packet, NDArray] = field(default_factory=dict)
    platform_time: float | None = None  # s since the recording began

    def of(self, packet: Packet) -> NDArray:
        """Records of a packet, none if it is not there."""
        return self.records.get(packet, _NONE[packet])


def limit_of(name: str) -> float:
    """Largest size of a record's float field: a place has to be within FARTHEST, all else to be finite."""
    return FARTHEST if name in ("location", "centre", "extent") else LARGEST


_NONE = {packet: np.zeros(0, dtype) for packet, dtype in RECORDS.items()}


@dataclass(frozen=True)
class Log:
    """A recording as read."""

    version: int
    date: int  # s since 1970
    town: str
    frames: list[Frame]

    @property
    def duration(self) -> float:
        """s from the first frame to the last."""
        return self.frames[-1].elapsed if self.frames else 0.0


def header_bytes(date: int, town: str) -> bytes:
    """The beginning of a file."""
    return _SHORT.pack(VERSION) + _text(MAGIC) + struct.pack("<q", date) + _text(town)


def frame_start(number: int, elapsed: float) -> bytes:
    """FRAME_START of a frame whose duration (at DURATION_AT) is still unknown."""
    return _HEAD.pack(Packet.FRAME_START, _FRAME.size) + _FRAME.pack(number, -1.0, elapsed)


def frame_end() -> bytes:
    """FRAME_END."""
    return _HEAD.pack(Packet.FRAME_END, 0)


def records_bytes(packet: Packet, records: NDArray) -> bytes:
    """A packet of records; what is more than its count can tell is left out."""
    records = records[:MOST_RECORDS]
    body = records.astype(RECORDS[packet], copy=False).tobytes()
    return _HEAD.pack(packet, _SHORT.size + len(body)) + _SHORT.pack(len(records)) + body


def number_bytes(packet: Packet, number: float) -> bytes:
    """PLATFORM_TIME (s) or FRAME_COUNTER."""
    layout = _NUMBER[packet]
    return _HEAD.pack(packet, layout.size) + layout.pack(number)


def added_bytes(actors: list[Added]) -> bytes:
    """ADDED."""
    actors = actors[:MOST_RECORDS]
    parts = [_SHORT.pack(len(actors))]
    for actor in actors:
        place = np.concatenate([actor.pose[:3] * CM, np.degrees(actor.pose[[5, 3, 4]])])
        place = np.clip(np.nan_to_num(place), -FARTHEST, FARTHEST)
        attributes = actor.attributes[:MOST_ATTRIBUTES]
        parts += [_PLACE.pack(actor.actor, actor.type, *place, actor.uid), _text(actor.blueprint)]
        parts.append(_SHORT.pack(len(attributes)))
        for kind, name, value in attributes:
            parts += [bytes([kind]), _text(name), _text(value)]
    body = b"".join(parts)
    return _HEAD.pack(Packet.ADDED, len(body)) + body


def poses_of(positions: NDArray) -> NDArray[np.float64]:
    """Poses (n, 6) in m and rad of POSITION records."""
    poses = np.empty((len(positions), 6))
    poses[:, :3] = positions["location"] / CM
    poses[:, [5, 3, 4]] = np.radians(positions["rotation"].astype(np.float64))
    return poses


def read_log(path: Path) -> Log:
    """A recording, checked from end to end: every length against the file, every number against sense.

    Raises:
        RecordingError: there is no such file, it is too large, no recording, or damaged.
    """
    try:
        if not path.is_file():
            raise RecordingError(f"File {path} not found on server")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise RecordingError(f"File {path} has {size} bytes; expected at most {MOST_BYTES}")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES)  # not `size`: it may be growing, and that of some system files is 0
    except (OSError, ValueError) as error:
        raise RecordingError(f"File {path} cannot be read: {error}") from error
    try:
        return parse_log(data)
    except RecordingError as error:
        raise RecordingError(f"File {path}: {error}") from error


def parse_log(data: bytes) -> Log:
    """A recording from its bytes; raises RecordingError."""
    whole = _Reader(memoryview(data), 0)
    try:
        version, magic = whole.number(_SHORT), whole.text()
    except RecordingError:
        magic = ""
    if magic != MAGIC:
        raise RecordingError("File is not a CARLA recorder")
    date, town = whole.number(struct.Struct("<q")), whole.text()
    frames: list[Frame] = []
    frame: Frame | None = None
    actors = 0
    for packet, body in _packets(whole):
        if packet == Packet.FRAME_START:
            _require(frame is None, body, "a frame starts within another")
            frame = _frame(body, frames[-1] if frames else None)
            _require(len(frames) < MOST_FRAMES, body, f"more than {MOST_FRAMES} frames")
            frames.append(frame)
        elif frame is None:
            raise RecordingError(f"damaged at byte {body.start}: found packet {packet} outside of a frame")
        elif packet == Packet.FRAME_END:
            frame = None
        else:
            _fill(frame, packet, body)
            actors += len(frame.added) if packet == Packet.ADDED else 0
            _require(actors <= MOST_ACTORS, body, f"more than {MOST_ACTORS} actors")
    _require(frame is None, whole, f"it ends within frame {len(frames)}, of which the FRAME_END is missing")
    return Log(version, date, town, frames)


class _Reader:
    """Reads forward through bytes that begin at `start` of the file; never past their end."""

    def __init__(self, data: memoryview, start: int) -> None:
        self.data, self.start, self.at = data, start, 0

    def take(self, count: int) -> memoryview:
        if count > len(self.data) - self.at:
            raise RecordingError(
                f"damaged or cut off at byte {self.start + self.at}: expected {count} more bytes, found "
                f"{len(self.data) - self.at}"
            )
        self.at += count
        return self.data[self.at - count : self.at]

    def values(self, layout: struct.Struct) -> tuple:
        return layout.unpack(self.take(layout.size))

    def number(self, layout: struct.Struct) -> int:
        return self.values(layout)[0]

    def text(self) -> str:
        place = self.start + self.at
        try:
            return str(self.take(self.number(_SHORT)), "utf-8")
        except UnicodeDecodeError as error:
            raise RecordingError(f"damaged at byte {place}: expected a text in UTF-8") from error


def _require(condition: bool, reader: _Reader, complaint: str) -> None:
    if not condition:
        raise RecordingError(f"damaged at byte {reader.start + reader.at}: {complaint}")


def _packets(whole: _Reader) -> Iterator[tuple[int, _Reader]]:
    count = 0
    while whole.at < len(whole.data):
        packet, size = whole.values(_HEAD)
        start = whole.at
        yield packet, _Reader(whole.take(size), start)
        count += 1
        _require(count < MOST_PACKETS, whole, f"more than {MOST_PACKETS} packets")


def _frame(body: _Reader, last: Frame | None) -> Frame:
    number, duration, elapsed = body.values(_FRAME)
    earliest = last.elapsed if last is not None else 0.0
    sound = isfinite(duration) and duration <= LONGEST and earliest <= elapsed <= LONGEST
    _require(sound, body, f"found a frame at {elapsed} s of {duration} s after {earliest} s")
    return Frame(number, duration, elapsed)


def _fill(frame: Frame, packet: int, body: _Reader) -> None:
    """Add a packet to its frame."""
    if packet == Packet.ADDED:
        _require(not frame.added, body, "a second ADDED in one frame")
        frame.added = [_added(body) for _ in range(body.number(_SHORT))]
    elif packet == Packet.PLATFORM_TIME:
        frame.platform_time = float(body.number(_NUMBER[Packet.PLATFORM_TIME]))
    elif packet in RECORDS:
        kind = Packet(packet)
        dtype = RECORDS[kind]
        _require(kind not in frame.records, body, f"a second {kind.name} in one frame")
        count = body.number(_SHORT)
        records = np.frombuffer(body.take(count * dtype.itemsize), dtype)
        for name in dtype.names or ():
            if dtype[name].base.kind == "f":
                sound = bool((np.abs(records[name]) <= limit_of(name)).all())
                _require(sound, body, f"{kind.name} holds no sensible {name}")
        frame.records[kind] = records


def _added(body: _Reader) -> Added:
    actor, kind, x, y, z, roll, pitch, yaw, uid = body.values(_PLACE)
    values = (x, y, z, roll, pitch, yaw)
    _require(all(abs(value) <= FARTHEST for value in values), body, f"actor {actor} stands at {values}")
    pose = np.concatenate([np.array([x, y, z]) / CM, np.radians([pitch, yaw, roll])])
    blueprint = body.text()
    count = body.number(_SHORT)
    _require(count <= MOST_ATTRIBUTES, body, f"actor {actor} has {count} attributes")
    attributes = tuple((body.take(1)[0], body.text(), body.text()) for _ in range(count))
    return Added(actor, kind, pose, uid, blueprint, attributes)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8", "replace")[:MOST_RECORDS]
    encoded = encoded.decode("utf-8", "ignore").encode("utf-8")  # a letter cut in half would make the file unreadable
    return _SHORT.pack(len(encoded)) + encoded
