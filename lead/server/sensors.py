"""Sensors by blueprint: when each is due, and what it measures then.

A sensor's `measure` gives the payloads of a tick, each in parts that follow the common 48-byte header; it is called only
while somebody reads its stream. Payload layouts: spec/carla-wire-protocol.md, section 2.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgpack

from lead.roads.labels import Label
from lead.server.dispatch import Refusal
from lead.server.versions import ClientVersion
from lead.simulator.finite import number

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
        self.period = number(attributes, "sensor_tick", 0.0)  # s, 0: every tick
        self._due = 0.0  # s

    def due(self, episode: "Episode") -> bool:
        """Whether it measures on this tick: once per `period`. To be asked once per tick."""
        if self.period <= 0.0:
            return True
        now = episode.world.time
        if now + _TICK_TOLERANCE < self._due:
            return False
        late = now - self._due >= self.period  # the first time, or after a pause
        self._due = (now if late else self._due) + self.period
        return True

    def spawned(self, episode: "Episode") -> None:
        """Get ready; called once, before the first tick."""

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
    """Wire Actor of what was met: a living actor, or a static thing by its `Label`."""
    if other and episode.world.exists(other):
        return episode.actor_message(other)
    name = f"static.{Label(label).name.lower().replace('_', '') if label else 'unknown'}"
    zero = [0.0, 0.0, 0.0]
    return [0, 0, [0, name, []], [zero, zero, zero, 0], bytes([label]), b""]


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


def rendered_makers() -> dict[str, Maker]:
    """Every sensor that sees, by blueprint id; importing the renderer takes a moment."""
    from lead.server import cameras, ranging

    return {
        "sensor.camera.rgb": cameras.ColourCamera,
        "sensor.camera.depth": cameras.DepthCamera,
        "sensor.camera.semantic_segmentation": cameras.SemanticCamera,
        "sensor.camera.instance_segmentation": cameras.InstanceCamera,
        "sensor.camera.normals": cameras.NormalsCamera,
        "sensor.lidar.ray_cast": ranging.Lidar,
        "sensor.lidar.ray_cast_semantic": ranging.SemanticLidar,
        "sensor.other.radar": ranging.Radar,
    }


def make_sensor(version: ClientVersion, blueprint: str, attributes: Mapping[str, str]) -> Sensor:
    """A sensor of that blueprint; raises Refusal for one that this server cannot drive, or attributes out of range."""
    maker = makers().get(blueprint) or rendered_makers().get(blueprint)
    if maker is None or blueprint not in version.sensor_types:
        known = ", ".join(sorted({**makers(), **rendered_makers()}))
        raise Refusal(f"{blueprint} cannot be spawned: the embedded server has {known}")
    return maker(version.sensor_types[blueprint], attributes)
