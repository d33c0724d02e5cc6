"""Sensors by blueprint: what each measures on a tick. Cameras, lidars and radars join this registry with the renderer.

A sensor's `frames` gives the payloads of this tick, each in parts that follow the common 48-byte header; it is called
only while somebody reads its stream. Payload layouts: spec/carla-wire-protocol.md, section 2.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgpack

from lead.server.dispatch import Refusal
from lead.server.versions import ClientVersion

if TYPE_CHECKING:
    from lead.server.episode import Episode

Payload = list[bytes | memoryview]
_TICK_TOLERANCE = 1e-6  # s; the clock is a sum of steps


class Sensor:
    """One spawned sensor; subclasses say what they measure."""

    streams = True  # whether the client opens a stream for it

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        self.type_number = type_number
        self.actor = 0  # id, set when spawned
        self.stream = 0
        self._period = number(attributes, "sensor_tick", 0.0)
        self._due = 0.0  # s

    def frames(self, episode: "Episode") -> list[Payload]:
        """Payloads due now: none between two ticks of `sensor_tick` (s), one or more otherwise."""
        now = episode.world.time
        if self._period > 0.0:
            if now + _TICK_TOLERANCE < self._due:
                return []
            late = now - self._due >= self._period  # the first time, or after a pause
            self._due = (now if late else self._due) + self._period
        return self.measure(episode)

    def measure(self, episode: "Episode") -> list[Payload]:
        """Payloads of this tick."""
        raise NotImplementedError

    def parent(self, episode: "Episode") -> int:
        """Id of the actor it is attached to, its own if to none."""
        return int(episode.world.table.parent[episode.world.row(self.actor)]) or self.actor


class Silent(Sensor):
    """A sensor the client computes by itself (lane_invasion): nothing is ever sent."""

    streams = False

    def measure(self, episode: "Episode") -> list[Payload]:
        """Nothing."""
        return []


class Collision(Sensor):
    """One payload per contact of its parent in this step."""

    def measure(self, episode: "Episode") -> list[Payload]:
        """Own actor, other actor, impulse (3,) N s."""
        parent = self.parent(episode)
        return [
            [event(episode, parent, contact.other, contact.other_label, [float(part) for part in contact.impulse])]
            for contact in episode.world.contacts
            if contact.actor == parent
        ]


def event(episode: "Episode", actor: int, other: int, label: int, value: Any) -> bytes:
    """Packed [own actor, other actor, value]; static things are an actor 0 of type static.<label>, as in CARLA."""
    return msgpack.packb([episode.actor_message(actor), other_message(episode, other, label), value])


def other_message(episode: "Episode", other: int, label: int) -> list[Any]:
    """Wire Actor of what was met: a living actor, or a static thing by its CityObjectLabel."""
    if other and episode.world.exists(other):
        return episode.actor_message(other)
    name = f"static.{_LABEL_NAMES.get(label, 'unknown')}"
    zero = [0.0, 0.0, 0.0]
    return [0, 0, [0, name, []], [zero, zero, zero, 0], bytes([label]), b""]


_LABEL_NAMES = {
    1: "roads", 2: "sidewalks", 3: "buildings", 4: "walls", 5: "fences", 6: "poles", 7: "trafficlight",
    8: "trafficsigns", 9: "vegetation", 10: "terrain", 20: "static", 21: "dynamic", 22: "other", 23: "water",
    25: "ground", 26: "bridge", 27: "railtrack", 28: "guardrail",
}  # fmt: skip


def number(attributes: Mapping[str, str], name: str, default: float) -> float:
    """A numeric attribute; text that is no finite number counts as 0, as text that is none does in CARLA."""
    text = attributes.get(name)
    if text is None:
        return default
    try:
        value = float(text.rstrip("f"))
    except ValueError:
        return 0.0
    return value if isfinite(value) else 0.0


Maker = Callable[[int, Mapping[str, str]], Sensor]


def makers() -> dict[str, Maker]:
    """Every sensor that can be spawned, by blueprint id."""
    from lead.server.inertial import Gnss, Imu
    from lead.server.obstacle import Obstacle

    return {
        "sensor.other.collision": Collision,
        "sensor.other.lane_invasion": Silent,
        "sensor.other.obstacle": Obstacle,
        "sensor.other.gnss": Gnss,
        "sensor.other.imu": Imu,
    }


def make_sensor(version: ClientVersion, blueprint: str, attributes: Mapping[str, str]) -> Sensor:
    """A sensor of that blueprint; raises Refusal for one that this server cannot drive."""
    maker = makers().get(blueprint)
    if maker is None or blueprint not in version.sensor_types:
        raise Refusal(
            f"{blueprint} cannot be spawned: this version of the embedded server draws no images, point clouds or "
            f"radar yet; it has {', '.join(sorted(makers()))}"
        )
    return maker(version.sensor_types[blueprint], attributes)
