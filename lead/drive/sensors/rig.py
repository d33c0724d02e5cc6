"""The sensors of an agent on its ego: spawned, read once per tick, and taken away without harm."""

import queue
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

import carla

from lead.drive.agent import SENSORS, AgentFault
from lead.drive.ending import SimulatorFault
from lead.drive.sensors.geodesy import geo_reference, latitude_turned_back, turns_latitude
from lead.drive.sensors.readings import READERS, speed_of
from lead.drive.sensors.tracks import CHOSEN, FIXED, GNSS, OPENDRIVE_MAP, SPEEDOMETER
from lead.scenarios.stage import Stage

Readings = dict[str, tuple[int, Any]]  # by sensor's id: frame, value

PATIENCE = 20.0  # s for the frames of a tick
FIRST_TICKS = 10  # whose frames nobody gets: CARLA's sensors miss some at first. As officially
LAST_FRAME = 2.0  # s for frames on their way when the rig is taken down
TIMED_OUT = "time-out"  # in what the client says when the simulator hangs
SETTLED = 0.05  # s in which a frame whose sending nobody knows of has been read


class Rig:
    """Context: the sensors are on the ego inside it, and have been heard; the world is ticked a few times for that.

    Args:
        stage: where the ego is.
        sensors: official dictionaries that a track allows (`check_sensors`).
        patience: s of wall-clock time for the frames of one tick.

    Raises (on entering):
        AgentFault: the simulator refuses a sensor.
        SimulatorFault: a sensor keeps silent.
    """

    def __init__(self, stage: Stage, sensors: Sequence[Mapping[str, Any]], patience: float = PATIENCE) -> None:
        self._stage, self._patience = stage, patience
        self._kinds = {spec["id"]: spec["type"] for spec in sensors}
        self._specs = [spec for spec in sensors if spec["type"] in READERS]
        self._speedometers = [spec["id"] for spec in sensors if spec["type"] == SPEEDOMETER]
        self._maps = {spec["id"]: 1.0 / spec["reading_frequency"] for spec in sensors if spec["type"] == OPENDRIVE_MAP}
        self._map_due = dict.fromkeys(self._maps, 0.0)  # s at which the map is handed out again
        self._opendrive = stage.map.to_opendrive() if self._maps else ""
        self._actors: dict[str, carla.Sensor] = {}
        self._sent: queue.SimpleQueue[tuple[str, carla.SensorData]] = queue.SimpleQueue()
        self._last: dict[str, carla.SensorData] = {}  # by id, the latest that was taken from the queue
        self._reference = geo_reference(stage.map.to_opendrive()) if GNSS in self._kinds.values() else (0.0, 0.0)
        self.latitude_turned: bool | None = None  # CARLA 0.9.16's GNSS does, and is mended; None: not known yet

    def __enter__(self) -> "Rig":
        try:
            for spec in self._specs:
                self._mount(spec)
            self._pass_first_ticks()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def read(self, frame: int, seconds: float) -> Readings:
        """What the sensors saw in a frame, the last that was ticked; `seconds` since the route's start.

        The map comes at first and then at its reading frequency.

        Raises:
            SimulatorFault: a sensor is late.
        """
        if not self._wait_for(frame, self._patience):
            raise SimulatorFault(self._late(frame))
        values: Readings = {name: (frame, self._value(name)) for name in self._actors}
        values |= {name: (frame, speed_of(self._stage.ego)) for name in self._speedometers}
        for name, every in self._maps.items():
            if seconds >= self._map_due[name] - 1e-6:
                self._map_due[name] = seconds + every
                values[name] = (frame, {"opendrive": self._opendrive})
        return values

    def close(self) -> None:
        """Take the sensors away, after the frames that are on their way: one closed in mid-frame can abort the client."""
        with suppress(RuntimeError):  # the server may be what failed
            if self._actors and not self._wait_for(self._stage.world.get_snapshot().frame, LAST_FRAME):
                time.sleep(SETTLED)
        for sensor in self._actors.values():
            with suppress(RuntimeError):
                sensor.stop()
        with suppress(RuntimeError):  # in one call: a server that hangs keeps each waiting
            self._stage.client.apply_batch_sync(
                [carla.command.DestroyActor(s.id) for s in self._actors.values()], False
            )
        self._actors.clear()

    def _mount(self, spec: Mapping[str, Any]) -> None:
        kind, name = spec["type"], spec["id"]
        blueprint = self._stage.world.get_blueprint_library().find(kind)
        chosen = {attribute: spec[key] for attribute, key in CHOSEN.get(kind, {}).items()}
        turn = carla.Rotation(*(float(spec.get(key, 0.0)) for key in ("pitch", "yaw", "roll")))
        place = carla.Location(*(float(spec[key]) for key in ("x", "y", "z")))
        if kind == GNSS:
            turn = carla.Rotation()  # as officially, whatever the agent says
        try:
            for attribute, value in {**FIXED[kind], **chosen}.items():
                blueprint.set_attribute(attribute, str(value))
            sensor = self._stage.world.spawn_actor(blueprint, carla.Transform(place, turn), self._stage.ego)
        except (RuntimeError, ValueError) as error:
            if TIMED_OUT in str(error):
                raise
            raise AgentFault(SENSORS, f"the simulator refuses sensor {name!r} ({kind}): {error}") from error
        self._actors[name] = sensor
        sensor.listen(lambda data: self._sent.put((name, data)))

    def _pass_first_ticks(self) -> None:
        """Tick until the sensors send for sure; how often does not hang on wall-clock time, so that drives repeat."""
        if not self._actors:
            return
        for _ in range(FIRST_TICKS):
            frame = self._stage.world.tick()
        self._stage.update()
        if not self._wait_for(frame, self._patience):
            raise SimulatorFault(self._late(frame))

    def _wait_for(self, frame: int, patience: float) -> bool:
        """Take frames from the queue until every sensor's is that one; whether they are."""
        deadline = time.monotonic() + patience
        while any(name not in self._last or self._last[name].frame < frame for name in self._actors):
            try:
                name, data = self._sent.get(timeout=max(deadline - time.monotonic(), 1e-3))
            except queue.Empty:
                return False
            self._last[name] = data
        return True

    def _value(self, name: str) -> Any:
        value = READERS[self._kinds[name]](self._last[name])
        if self._kinds[name] != GNSS:
            return value
        if self.latitude_turned is None:
            self.latitude_turned = turns_latitude(value[0], self._actors[name].get_location(), self._reference)
        if self.latitude_turned:
            value[0] = latitude_turned_back(value[0], self._reference)
        return value

    def _late(self, frame: int) -> str:
        late = [name for name in self._actors if name not in self._last or self._last[name].frame < frame]
        return f"no frame {frame} within {self._patience:g} s from {self._told(late)}"

    def _told(self, names: Sequence[str]) -> str:
        return ", ".join(f"sensor {name!r} ({self._kinds[name]})" for name in names)
