"""The running episode: one world, its settings, its frame counter and what clients know of its actors."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.roads.town import Town
from lead.server.recorder import Recorder
from lead.server.sensors import Sensor, make_sensor
from lead.server.snapshot import EPISODE_HEADER, LIGHTS_CHANGED, MAP_CHANGED, SENSOR_HEADER, Snapshot
from lead.server.streams import EPISODE_STREAM, Streams
from lead.server.street_lamps import StreetLamps
from lead.server.towns import Towns
from lead.server.traffic_manager import TrafficManagers
from lead.server.versions import ClientVersion
from lead.server.wire import bounding_box, transform
from lead.simulator.blueprints import AttributeType
from lead.simulator.drivetrain import GRAVITY
from lead.simulator.world import World

if TYPE_CHECKING:
    from lead.server.pictures import Pictures

_log = logging.getLogger(__name__)
_SPECTATOR_POSE = np.array([0.0, 0.0, 30.0, -np.pi / 2, 0.0, 0.0])  # 30 m up, looking down


@dataclass
class Settings:
    """carla.WorldSettings; only the first three change what this server does, the others are kept and answered."""

    synchronous: bool = False
    no_rendering: bool = False
    fixed_step: float | None = None  # s
    rest: list[Any] = field(default_factory=lambda: [True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True])

    def wire(self) -> list[Any]:
        """Wire EpisodeSettings."""
        step = [False] if self.fixed_step is None else [True, self.fixed_step]
        return [self.synchronous, self.no_rendering, step, *self.rest]


# Asks for a tick; takes who is told its frame, and who is told why it failed.
Cue = Callable[[Callable[[int], None], Callable[[str], None]], None]


class Episode:
    """State of the server between requests; `switch` replaces the world."""

    def __init__(
        self, town: Town, version: ClientVersion, seed: int, buffer_limit: int | None = None, towns: Towns | None = None
    ) -> None:
        self.version = version
        self.seed = seed
        self.towns = Towns(seed) if towns is None else towns
        self.streams = Streams() if buffer_limit is None else Streams(buffer_limit)
        self.streams.greeting = lambda: self._last_state
        self.streams.may_drop = lambda: not self.settings.synchronous
        self.traffic_managers = TrafficManagers()
        self.recorder = Recorder()
        self.settings = Settings()
        self.cue: Cue = lambda answer, _fail: answer(self.tick(0.05))  # Ticker's
        self.frame = 1
        self.imu_gravity = GRAVITY
        self.step_time = 0.0  # s, length of the last tick
        self.opendrive: str | None = None  # text given by copy_opendrive_to_file
        self.antialias = True
        self._pictures: Pictures | None = None
        self._last_id = 0
        self._start(town)

    @property
    def town(self) -> Town:
        """The town being driven in."""
        return self.world.town

    def switch(self, town: Town, reset_settings: bool) -> None:
        """Start a new world in `town`: all actors go, ids go on counting, time starts at 0."""
        for sensor in self._sensors.values():
            self.streams.close(sensor.stream)
        if reset_settings:
            self.settings = Settings()
        self.frame += 1
        self._start(town)

    def tick(self, seconds: float) -> int:
        """Step the world and send the episode state, then sensor frames; returns the frame.

        The state goes first, as in CARLA: `apply_batch_sync(..., True)` holds Python's lock until the state is there, and
        sensor call-backs that wait for that lock could otherwise occupy all threads that might read it.
        """
        self.recorder.before_step(seconds)
        self.world.step(seconds)
        self.frame += 1
        self.step_time = seconds
        self.recorder.after_step(self, seconds)
        self._last_state = self._state()
        self._map_changed = False
        self.street_lamps.changed = False
        self.streams.publish(EPISODE_STREAM, (self._last_state,))
        due = [s for s in self._sensors.values() if self.streams.has_readers(s.stream) and s.due(self)]
        if self._pictures is not None:
            self._pictures.prepare(self, due)
        for sensor in due:
            self._measure(sensor)
        return self.frame

    @property
    def pictures(self) -> "Pictures":
        """The renderer; importing and starting it takes a moment, so only who needs it asks."""
        if self._pictures is None:
            from lead.server.pictures import Pictures

            self._pictures = Pictures(self.antialias)
        return self._pictures

    def spawn(
        self,
        description: tuple[list[Any], str, dict[str, str]],
        pose: NDArray[np.float64],
        parent: int = 0,
        attachment: int = 0,
    ) -> int:
        """Spawn an actor; pose (6,) is relative to `parent` if there is one. Returns its id.

        Raises:
            SpawnError: something is in the way.
            Refusal: a sensor that this server cannot drive.
        """
        echo, blueprint, attributes = description
        sensor = make_sensor(self.version, blueprint, attributes) if blueprint.startswith("sensor.") else None
        actor = self.world.spawn(blueprint, attributes, pose, parent, attachment)
        self._last_id = max(self._last_id, actor)
        self._descriptions[actor] = echo
        if sensor is not None:
            sensor.spawned(self)
            sensor.actor, sensor.stream = actor, self.streams.open()
            self._sensors[actor] = sensor
        self._snapshot.actors_changed()
        return actor

    def destroy(self, actor: int) -> bool:
        """Remove an actor; raises UnknownActor."""
        self.world.row(actor)
        removed = self.world.destroy(actor)
        sensor = self._sensors.pop(actor, None)
        if sensor is not None:
            self.streams.close(sensor.stream)
        self._descriptions.pop(actor, None)
        self._snapshot.actors_changed()
        return bool(removed)

    def actor_message(self, actor: int) -> list[Any]:
        """Wire Actor [id, parent, description, box, tags, stream token]; raises UnknownActor."""
        world = self.world
        row = world.row(actor)
        echo = self._descriptions.get(actor)
        if echo is None:
            values = [
                [name, self.version.type_number(AttributeType.STRING), value]
                for name, value in world.attributes_of(actor).items()
            ]
            echo = self._descriptions[actor] = [0, world.blueprint_of(actor), values]
        sensor = self._sensors.get(actor)
        token = self.streams.token(sensor.stream) if sensor is not None and sensor.streams else b""
        label = world.label_of(actor)
        labels = bytes([label]) if label else b""
        return [actor, int(world.table.parent[row]), echo, self.box_message(actor), labels, token]

    def box_message(self, actor: int) -> list[Any]:
        """Wire BoundingBox of an actor in its own frame, the trigger volume of a light or sign. Raises UnknownActor."""
        row = self.world.row(actor)
        signal = self._signal_of.get(actor)
        if signal is not None:
            trigger = self.town.signals.trigger[signal]
            return bounding_box(trigger[:3], self.town.signals.trigger_extent[signal], float(trigger[3]), actor)
        table = self.world.table
        return bounding_box(table.centre[row], table.extent[row], 0.0, actor)

    def is_fixture(self, actor: int) -> bool:
        """Whether the actor belongs to the world itself: the spectator, a light or a sign."""
        return actor == self.spectator or actor in self._signal_of

    def is_stream(self, stream: int) -> bool:
        """Whether a client may ask for this stream's token."""
        return self.streams.is_open(stream)

    def _start(self, town: Town) -> None:
        self.recorder.world_changed()
        if self._pictures is not None:
            self._pictures.new_world()
        self.identity = secrets.randbits(62)
        self.world = World(town, seed=self.seed, first_id=self._last_id + 1)
        self.street_lamps = StreetLamps.of(town)
        self._descriptions: dict[int, list[Any]] = {}
        self._sensors: dict[int, Sensor] = {}
        self._signal_of = {int(actor): signal for signal, actor in enumerate(self.world.signal_actor) if actor}
        self._snapshot = Snapshot()
        self._map_changed = True
        self.spectator = self._last_id = self.world.spawn("spectator", {}, _SPECTATOR_POSE)
        self._failed: set[int] = set()  # sensors whose fault the log has told
        self._last_state = self._state()

    def _state(self) -> bytes:
        records = self._snapshot.fill(self.world)
        bits = (MAP_CHANGED if self._map_changed else 0) | (LIGHTS_CHANGED if self.street_lamps.changed else 0)
        header = SENSOR_HEADER.pack(self.version.episode_state, self.frame, self.world.time, 0, 0, 0, 0, 0, 0)
        episode = EPISODE_HEADER.pack(self.identity, time.time(), self.step_time, 0, 0, 0, bits)
        return b"".join((header, episode, records.data))

    def _measure(self, sensor: Sensor) -> None:
        """Send what a sensor has to say; its fault is logged once and concerns no other sensor."""
        try:
            payloads = sensor.measure(self)
        except Exception:
            if sensor.actor not in self._failed:
                self._failed.add(sensor.actor)
                _log.exception("sensor %d sends nothing in frame %d, perhaps in later ones", sensor.actor, self.frame)
            return
        for payload in payloads:
            location, rotation = transform(self.world.table.pose[self.world.row(sensor.actor)])
            header = SENSOR_HEADER.pack(sensor.type_number, self.frame, self.world.time, *location, *rotation)
            self.streams.publish(sensor.stream, (header, *payload))
