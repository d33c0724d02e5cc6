"""The sensors of a rig and of its moved copy on the ego: cameras on saved ticks only, all else in every tick."""

import queue
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import carla
import numpy as np

from lead.dataset.header import Mounted, Perturbation, Pose
from lead.drive.ending import SimulatorFault
from lead.drive.sensors.tracks import FIXED, GNSS, IMU, LIDAR, RADAR
from lead.geometry.poses import compose
from lead.scenarios.stage import TICK, Stage

RGB, DEPTH, INSTANCE = "sensor.camera.rgb", "sensor.camera.depth", "sensor.camera.instance_segmentation"
CHANNELS = (RGB, DEPTH, INSTANCE)
FAN = {"horizontal_fov": "90", "vertical_fov": "0.1"}  # degrees, of radars
PATIENCE = 30.0  # s for the data of a tick
FIRST_TICKS = 10  # within which all sensors are heard twice
SUBSCRIBED = 0.3  # s in which the simulator knows who listens, so that all cameras begin in the same tick
SETTLED = 0.05  # s in which data on their way have been read


class Key(NamedTuple):
    """Which sensor: blueprint, number in the rig, and whether it is of the moved copy."""

    blueprint: str
    number: int = 0
    moved: bool = False


Data = dict[Key, carla.SensorData]


@dataclass(frozen=True)
class _Sensor:
    mount: Pose
    attributes: Mapping[str, str]
    every: int  # ticks


class RigSensors:
    """Spawned when made; the world is ticked until all have been heard. `close` takes them away.

    Args:
        stage: where the ego is.
        rig: what is mounted.
        moved: how its copy is moved; None for no copy.
        every: ticks from picture to picture.

    Raises SimulatorFault if a sensor keeps silent.
    """

    def __init__(self, stage: Stage, rig: Mounted, moved: Perturbation | None, every: int) -> None:
        self._stage, self._rig, self._every = stage, rig, every
        self._sent: queue.SimpleQueue[tuple[Key, carla.SensorData]] = queue.SimpleQueue()
        self._last: Data = {}
        self._actors: dict[Key, carla.Sensor] = {}
        self._seldom: set[Key] = set()
        for _ in range(every):  # a younger world has pictures at times that hang on its age, not on the first tick
            stage.world.tick()
        try:
            for key, sensor in sensors_of(rig, moved, every).items():
                self._mount(key, sensor)
            time.sleep(SUBSCRIBED)
            self._phase = self._hear()
        except BaseException:
            self.close()
            raise

    def is_saved(self, frame: int) -> bool:
        """Whether the cameras have a picture of a frame."""
        return (frame - self._phase) % self._every == 0

    def read(self, frame: int) -> Data:
        """What the sensors have of a frame, the last that was ticked. Raises SimulatorFault if one is late."""
        due = self._actors.keys() if self.is_saved(frame) else self._actors.keys() - self._seldom
        if not self._wait_for(due, frame, PATIENCE):
            late = [key for key in due if key not in self._last or self._last[key].frame < frame]
            raise SimulatorFault(f"no frame {frame} within {PATIENCE:g} s from {_told(late)}")
        return {key: self._last[key] for key in due}

    def move(self, moved: Perturbation) -> None:
        """Move the copy of the rig elsewhere, from the next tick on."""
        sensors = sensors_of(self._rig, moved, self._every)
        there = [
            carla.command.ApplyTransform(actor.id, as_transform(sensors[key].mount))
            for key, actor in self._actors.items()
            if key.moved
        ]
        self._stage.client.apply_batch_sync(there, False)

    def close(self) -> None:
        """Take the sensors away, after what is on its way: one closed while its frame is read can abort the client."""
        time.sleep(SETTLED)
        for sensor in self._actors.values():
            with suppress(RuntimeError):  # the server may be what failed
                sensor.stop()
        with suppress(RuntimeError):
            gone = [carla.command.DestroyActor(sensor.id) for sensor in self._actors.values()]
            self._stage.client.apply_batch_sync(gone, False)
        self._actors.clear()

    def _mount(self, key: Key, sensor: _Sensor) -> None:
        world = self._stage.world
        blueprint = world.get_blueprint_library().find(key.blueprint)
        for name, value in sensor.attributes.items():
            blueprint.set_attribute(name, value)
        if sensor.every > 1:
            blueprint.set_attribute("sensor_tick", str(sensor.every * TICK))
            self._seldom.add(key)
        actor = world.spawn_actor(blueprint, as_transform(sensor.mount), self._stage.ego)
        self._actors[key] = actor
        actor.listen(lambda data: self._sent.put((key, data)))

    def _hear(self) -> int:
        """Tick until every sensor has been heard twice, always as often; a frame with pictures."""
        for _ in range(FIRST_TICKS):
            frame = self._stage.world.tick()
        self._stage.update()
        self._wait_for(self._actors.keys() - self._seldom, frame, PATIENCE)
        self._wait_for(self._seldom, frame - self._every + 1, PATIENCE)
        late = [key for key in self._actors if key not in self._last or self._last[key].frame <= frame - self._every]
        if late:
            raise SimulatorFault(f"nothing within {FIRST_TICKS} ticks from {_told(late)}")
        return max(self._last[key].frame for key in self._seldom)

    def _wait_for(self, keys: "set[Key] | frozenset[Key]", frame: int, patience: float) -> bool:
        """Take data from the queue until those of some sensors are of that frame or later; whether they are."""
        deadline = time.monotonic() + patience
        missing = {key for key in keys if key not in self._last or self._last[key].frame < frame}
        while missing:
            try:
                key, data = self._sent.get(timeout=max(deadline - time.monotonic(), 1e-3))
            except queue.Empty:
                return False
            self._last[key] = data
            if data.frame >= frame:
                missing.discard(key)
        return True


def as_transform(mount: Pose) -> carla.Transform:
    """A mount for the client, on an actor that is attached relative to its parent."""
    x, y, z, *turn = mount
    return carla.Transform(carla.Location(x, y, z), carla.Rotation(*(float(np.degrees(angle)) for angle in turn)))


def _told(keys: Iterable[Key]) -> str:
    return ", ".join(f"{key.blueprint} {key.number}{' of the copy' * key.moved}" for key in keys)


def sensors_of(rig: Mounted, moved: Perturbation | None, every: int) -> dict[Key, _Sensor]:
    """All sensors of a rig and its copy; radars of the copy send as many rays per picture as the others per tick."""
    here = (0.0,) * 6
    found = {Key(GNSS): _Sensor(here, FIXED[GNSS], 1), Key(IMU): _Sensor(here, FIXED[IMU], 1)}
    for number, mount in enumerate(rig.lidars):
        found[Key(LIDAR, number)] = _Sensor(mount, FIXED[LIDAR], 1)
    for number, mount in enumerate(rig.radars):
        found[Key(RADAR, number)] = _Sensor(mount, {**FIXED[RADAR], **FAN}, 1)
    for number, camera in enumerate(rig.cameras):
        size = {"image_size_x": str(camera.width), "image_size_y": str(camera.height)}
        attributes = {**size, "fov": str(float(np.degrees(camera.fov)))}
        for channel in CHANNELS:
            found[Key(channel, number)] = _Sensor(camera.mount, attributes, every)
    if moved is None:
        return found
    copies = {}
    for key, sensor in found.items():
        if key.blueprint in CHANNELS:
            copies[key._replace(moved=True)] = _Sensor(moved_mount(sensor.mount, moved), sensor.attributes, every)
        elif key.blueprint == RADAR:
            fewer = {**sensor.attributes, "points_per_second": str(int(FIXED[RADAR]["points_per_second"]) // every)}
            copies[key._replace(moved=True)] = _Sensor(moved_mount(sensor.mount, moved), fewer, every)
    return {**found, **copies}


def moved_mount(mount: Pose, moved: Perturbation) -> Pose:
    """Where a sensor of the copy sits: the rig is turned about the ego's middle, then shifted to the right."""
    copy = np.array([0.0, moved.shift, 0.0, 0.0, moved.turn, 0.0])
    return tuple(compose(copy, np.array(mount)).tolist())
