"""The three texts CARLA tells about a recording: its frames, its collisions, who stood still.

Programs read them back (the metrics of scenario_runner), so words, order and number formats are CARLA's. Lengths are
in cm, as recorded.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import dist

import numpy as np

from lead.server import recorder_format as form
from lead.server.recorder_format import Added, Frame, Log, Packet

ANY, HERO = "a", "h"
_LETTERS = "ovwt"  # of ActorType
CATEGORIES = _LETTERS + HERO + ANY  # what a client may ask collisions of
MOST_TEXT = 1 << 26  # characters of an answer
_EVENTS = (Packet.REMOVED, Packet.PARENT, Packet.COLLISION)
_LAMPS = (
    "Position", "LowBeam", "HighBeam", "Brake", "RightBlinker", "LeftBlinker", "Reverse", "Fog", "Interior",
    "Special1", "Special2",
)  # fmt: skip # names of CARLA's VehicleLightState bits


def info_text(log: Log, everything: bool) -> str:
    """Frames in which something happened; with `everything` all frames with all they hold."""
    lines = list(_head(log))
    length = 0
    for line in _story(log, everything):
        length += len(line)
        if length > MOST_TEXT:
            lines.append(f"... and more: the text would exceed {MOST_TEXT} characters")
            break
        lines.append(line)
    return _joined(lines, log)


def _story(log: Log, everything: bool) -> Iterator[str]:
    for frame in log.frames:
        happened = frame.added or any(len(frame.of(packet)) for packet in _EVENTS)
        if everything or happened:
            yield f"Frame {frame.number} at {frame.elapsed:g} seconds"
        yield from _events(frame)
        if everything:
            yield from _states(frame)


def collisions_text(log: Log, first: str, second: str) -> str:
    """Beginnings of collisions between an actor of category `first` and one of `second` (o, v, w, t, h hero, a any)."""
    lines = [*_head(log), f"{'Time':>8} {'Types':>6} {'Id':>6} {'Actor 1':<35} {'Id':>6} {'Actor 2':<35}"]
    actors: dict[int, Added] = {}
    before: set[tuple[int, int]] = set()
    for frame in log.frames:
        actors.update((added.actor, added) for added in frame.added)
        now = set()
        for _, actor, other, actor_hero, other_hero in frame.of(Packet.COLLISION).tolist():
            letters = _letter(actors.get(actor)), _letter(actors.get(other))
            if _fits(first, letters[0], actor_hero) and _fits(second, letters[1], other_hero):
                now.add((actor, other))
                if (actor, other) not in before:
                    names = _name(actors.get(actor)), _name(actors.get(other))
                    types = f"{letters[0]} {letters[1]}"
                    lines.append(f"{frame.elapsed:8.0f}   {types}  {actor:>6} {names[0]:<35} {other:>6} {names[1]:<35}")
        before = now
        for actor in frame.of(Packet.REMOVED)["actor"].tolist():
            actors.pop(actor, None)
    return _joined(lines, log)


@dataclass
class _Rest:
    """Since when an actor has stood where it stands."""

    name: str
    place: list[float] | None = None  # (3,) cm
    since: float = 0.0  # s
    duration: float = 0.0  # s


def blocked_text(log: Log, least_time: float, least_distance: float) -> str:
    """Actors that for `least_time` s moved less than `least_distance` cm, the longest first."""
    rests: dict[int, _Rest] = {}
    found: list[tuple[float, str]] = []

    def note(actor: int, rest: _Rest) -> None:
        if rest.duration > 0.0 and rest.duration >= least_time:
            found.append((rest.duration, f"{rest.since:8.0f} {actor:>6} {rest.name:<35} {rest.duration:10.0f}"))

    for frame in log.frames:
        rests.update((added.actor, _Rest(added.blueprint)) for added in frame.added)
        for actor in frame.of(Packet.REMOVED)["actor"].tolist():
            if actor in rests:
                note(actor, rests.pop(actor))
        positions = frame.of(Packet.POSITION)
        for actor, place in zip(positions["actor"].tolist(), positions["location"].tolist(), strict=True):
            rest = rests.setdefault(actor, _Rest("?"))
            if rest.place is None or dist(place, rest.place) >= least_distance:
                note(actor, rest)
                rest.place, rest.since, rest.duration = place, frame.elapsed, 0.0
            rest.duration += max(0.0, frame.duration)
    for actor, rest in rests.items():
        note(actor, rest)
    found.sort(key=lambda entry: -entry[0])
    lines = [*_head(log), f"{'Time':>8} {'Id':>6} {'Actor':<35} {'Duration':>10}"]
    return _joined(lines + [line for _, line in found], log)


def _head(log: Log) -> Iterator[str]:
    yield f"Version: {log.version}"
    yield f"Map: {log.town}"
    try:
        date = time.strftime("%x %X", time.localtime(log.date))
    except (OverflowError, ValueError, OSError):
        date = f"{log.date} s after 1970"
    yield f"Date: {date}"
    yield ""


def _joined(lines: list[str], log: Log) -> str:
    last = log.frames[-1].number if log.frames else 0
    return "\n".join([*lines, "", f"Frames: {last}", f"Duration: {log.duration:g} seconds", ""])


def _letter(added: Added | None) -> str:
    return _LETTERS[added.type] if added is not None and added.type < len(_LETTERS) else _LETTERS[0]


def _fits(wanted: str, letter: str, hero: int) -> bool:
    return wanted in (ANY, letter) or wanted == HERO and bool(hero)


def _name(added: Added | None) -> str:
    return added.blueprint if added is not None else ""


def _vector(values: Iterable[float]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in values) + ")"


def _events(frame: Frame) -> Iterator[str]:
    """What happened in a frame."""
    for added in frame.added:
        place = _vector(np.float32(added.pose[:3] * form.CM))
        yield f" Create {added.actor}: {added.blueprint} ({added.type}) at {place}"
        for _, name, value in added.attributes:
            yield f"  {name} = {value}"
    for (actor,) in frame.of(Packet.REMOVED).tolist():
        yield f" Destroy {actor}"
    for actor, parent in frame.of(Packet.PARENT).tolist():
        yield f" Parenting {actor} with {parent} (parent)"
    for number, actor, other, actor_hero, other_hero in frame.of(Packet.COLLISION).tolist():
        heroes = [" (hero) " if hero else "" for hero in (actor_hero, other_hero)]
        yield f" Collision id {number} between {actor}{heroes[0]} with {other}{heroes[1]}"


def _states(frame: Frame) -> Iterator[str]:
    """Everything else that a frame holds."""
    for packet, title, line in _TELLERS:
        if packet in frame.records:
            records = frame.records[packet]
            yield f" {title}: {len(records)}"
            for record in records.tolist():
                yield "  " + line(*record)
        if packet == Packet.TRIGGER and frame.platform_time is not None:
            yield f" Current platform time: {frame.platform_time:g}"


def _lamps(actor: int, bits: int) -> str:
    lit = " ".join(name for bit, name in enumerate(_LAMPS) if bits >> bit & 1)
    return f"Id: {actor} {lit or 'None'}"


def _box(actor: int, centre: Iterable[float], extent: Iterable[float]) -> str:
    return f"Id: {actor} origin: {_vector(centre)} extension: {_vector(extent)}"


_TELLERS = (  # packet, title, and the line of one record: in the order CARLA writes and tells them
    (Packet.POSITION, "Positions", lambda actor, location, rotation: (
        f"Id: {actor} Location: {_vector(location)} Rotation: {_vector(rotation)}")),
    (Packet.TRAFFIC_LIGHT, "State traffic lights", lambda actor, frozen, elapsed, state: (
        f"Id: {actor} state: {state} frozen: {frozen} elapsedTime: {elapsed:g}")),
    (Packet.VEHICLE, "Vehicle animations", lambda actor, steer, throttle, brake, hand_brake, gear: (
        f"Id: {actor} Steering: {steer:g} Throttle: {throttle:g} Brake: {brake:g} Handbrake: {hand_brake} "
        f"Gear: {gear}")),
    (Packet.WALKER, "Walker animations", lambda actor, speed: f"Id: {actor} speed: {speed:g}"),
    (Packet.LAMPS, "Vehicle light animations", _lamps),
    (Packet.STREET_LAMP, "Scene light changes", lambda lamp, intensity, colour, lit, group: (
        f"Id: {lamp} enabled: {bool(lit)} intensity: {intensity:g} RGB_color: {_vector(colour[:3])}")),
    (Packet.KINEMATICS, "Dynamic actors", lambda actor, velocity, rates: (
        f"Id: {actor} linear_velocity: {_vector(velocity)} angular_velocity: {_vector(rates)}")),
    (Packet.BOX, "Actor bounding boxes", _box),
    (Packet.TRIGGER, "Actor trigger volumes", _box),
    (Packet.LIGHT_TIMES, "Traffic Light time events", lambda actor, green, yellow, red: (
        f"Id: {actor} green_time: {green:g} yellow_time: {yellow:g} red_time: {red:g}")),
)  # fmt: skip
