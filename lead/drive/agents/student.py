"""A student drives: its sensors on the ego, its network at the wheel."""

import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import carla
import torch

from lead import InputError
from lead.drive.agent import DRIVING, SETUP, AgentFault, Observation, Task
from lead.drive.sensors.geodesy import geo_reference
from lead.drive.sensors.rig import Rig
from lead.drive.sensors.tracks import BENCH2DRIVE_MOUNT_RADIUS, MOUNT_RADIUS, check_sensors
from lead.drive.student.checkpoint import Checkpoint, find_checkpoint
from lead.drive.student.driver import Driver, Glance
from lead.drive.student.options import Options
from lead.drive.student.record import EVERY, PICTURE_EVERY, StudentRecord
from lead.drive.student.sensing import front_camera, sensors_of
from lead.drive.student.usual import settled
from lead.model.batch import CONTROL, Heads
from lead.model.ensemble import Ensemble
from lead.scenarios.stage import Stage

STAND = carla.VehicleControl(brake=1.0)


class Student:
    """Drives with the weights at a path.

    Attributes:
        glance: the last tick as it had it; None before it has seen one.

    Args:
        path: a folder of weights, of a training run, or the name of published weights.
        options: how it drives.
        heads: what of the network is computed beside what driving needs, for those who look at `glance`.

    Raises InputError if there are no such weights.
    """

    track = "SENSORS"

    def __init__(self, path: Path, options: Options, heads: Heads = CONTROL) -> None:
        self._checkpoint, self._options, self._heads = find_checkpoint(path), options, heads
        self._life = ExitStack()
        self._sensors = sensors_of(settled(self._checkpoint, options).rig)
        self._record: StudentRecord | None = None
        self.glance: Glance | None = None

    def sensors(self) -> list[dict[str, Any]]:
        """Those of the rig that its weights learnt with, and those that tell place and speed."""
        return self._sensors

    def begin(self, stage: Stage, task: Task) -> None:
        """Read the weights, mount the sensors."""
        check_sensors(self._sensors, self.track, BENCH2DRIVE_MOUNT_RADIUS if task.bench2drive else MOUNT_RADIUS)
        self._life.enter_context(threads(self._options.threads))
        plan = (task.plan.pose[:, :3], task.plan.command.tolist())
        try:
            ensemble = self._checkpoint.load(self._options.device)
            reference = geo_reference(stage.map.to_opendrive())
            self._driver = Driver(self._checkpoint, ensemble, self._options, plan, reference)
        except InputError as error:
            raise AgentFault(SETUP, str(error)) from error
        if task.keep is not None:
            record = self._record = StudentRecord(*_told(self._checkpoint, ensemble, self._options))
            self._life.callback(record.write, task.keep)
        self._pictures, self._ticks = task.pictures and task.keep is not None, 0
        self._rig = self._life.enter_context(Rig(stage, self._sensors))

    def control(self, observation: Observation) -> carla.VehicleControl:
        """What the network asks for. In the first tick it stands, as published students do.

        Raises AgentFault if the network says nothing that can be driven.
        """
        readings = {name: value for name, (_, value) in self._rig.read(observation.frame, observation.time).items()}
        number, self._ticks = self._ticks, self._ticks + 1
        if number == 0:
            return STAND
        boxes = self._pictures and number % EVERY == 0
        try:
            glance = self.glance = self._driver.step(readings, self._heads | Heads.BOXES if boxes else self._heads)
        except Exception as error:
            raise AgentFault(DRIVING, f"the student cannot drive: {error}", traceback.format_exc()) from error
        if self._record is not None and number % EVERY == 0:
            self._record.add(observation.time, glance, boxes)
        if self._record is not None and self._pictures and number % PICTURE_EVERY == 0:
            self._record.add_picture(observation.time, self._driver.sensing.front())
        action = glance.action
        return carla.VehicleControl(throttle=action.throttle, steer=action.steer, brake=action.brake)

    def end(self) -> None:
        """Take its sensors away, and write what it kept."""
        self._life.close()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Inside it the network has so many threads, and gives the same bits each time."""
    before, deterministic = torch.get_num_threads(), torch.backends.cudnn.deterministic
    torch.set_num_threads(count)
    torch.backends.cudnn.deterministic = True
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.backends.cudnn.deterministic = deterministic


def _told(checkpoint: Checkpoint, ensemble: Ensemble, options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a record says about the student, and about its front camera."""
    senses = settled(checkpoint, options)
    rig, planning = senses.rig, checkpoint.model.planning
    about = {
        "checkpoint": str(checkpoint.folder), "model": checkpoint.model.name, "members": len(ensemble),
        "options": asdict(options), "rig": rig.name, "jpeg_quality": senses.jpeg_quality,
        "target_speeds": list(planning.target_speeds), "waypoint_interval": planning.waypoint_interval,
    }  # fmt: skip
    return about, asdict(rig.cameras[front_camera(rig)])
