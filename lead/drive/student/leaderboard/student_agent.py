"""A student as an agent file of the official leaderboard, whose evaluator runs it unmodified.

    python leaderboard/leaderboard_evaluator.py --agent .../student_agent.py --agent-config PATH[,option=value...]

The configuration is what stands behind `student:` in `lead evaluate`. This folder has nothing else in it, for evaluators
make the folder of an agent file importable.
"""

from contextlib import ExitStack
from typing import Any

import carla
from leaderboard.autoagents.autonomous_agent import AutonomousAgent, Track

from lead.drive.agents.student import STAND, threads
from lead.drive.student.checkpoint import find_checkpoint
from lead.drive.student.driver import Driver
from lead.drive.student.options import parse_student
from lead.drive.student.place import reference_of
from lead.drive.student.sensing import sensors_of
from lead.drive.student.usual import settled


def get_entry_point() -> str:
    """Name of the agent's class."""
    return "StudentAgent"


class StudentAgent(AutonomousAgent):
    """Drives with the weights that its configuration names."""

    def setup(self, path_to_conf_file: str) -> None:
        """Read the weights. Bench2Drive says the route's folder behind the configuration, after a plus sign."""
        self.track = Track.SENSORS
        path, self._options = parse_student(path_to_conf_file.partition("+")[0])
        self._checkpoint = find_checkpoint(path)
        self._life = ExitStack()
        self._life.enter_context(threads(self._options.threads))
        self._ensemble = self._checkpoint.load(self._options.device)
        self._driver: Driver | None = None

    def sensors(self) -> list[dict[str, Any]]:
        """Those of the rig that its weights learnt with, and those that tell place and speed."""
        return sensors_of(settled(self._checkpoint, self._options).rig)

    def run_step(self, input_data: dict[str, tuple[int, Any]], timestamp: float) -> carla.VehicleControl:
        """What the network asks for; in the first tick it stands."""
        if self._driver is None:  # some evaluators tell the plan after `setup`
            self._driver = self._ready()
            return STAND
        action = self._driver.step({name: value for name, (_, value) in input_data.items()}).action
        return carla.VehicleControl(throttle=action.throttle, steer=action.steer, brake=action.brake)

    def destroy(self) -> None:
        """Let the weights go."""
        self._driver = self._ensemble = None
        self._life.close()

    def _ready(self) -> Driver:
        """A driver for the plan, from which it is told where the map's origin lies."""
        world = [pose.location for pose, _ in self._global_plan_world_coord]
        places = [(place.x, place.y, place.z) for place in world]
        commands = [int(getattr(option, "value", option)) for _, option in self._global_plan_world_coord]
        globe = self._global_plan[0][0]
        reference = reference_of(globe["lat"], globe["lon"], world[0].x, world[0].y)
        return Driver(self._checkpoint, self._ensemble, self._options, (places, commands), reference)
