"""`leaderboard.autoagents.autonomous_agent`: the class that official agents are made of."""

from datetime import datetime
from enum import Enum
from typing import Any

import carla

from lead.drive.metric_info import motion_of
from lead.drive.official.carla_data_provider import CarlaDataProvider
from lead.drive.official.route_manipulation import GeoPlan, WorldPlan, downsample_route
from lead.drive.official.sensor_interface import SensorInterface
from lead.drive.official.timer import GameTime


class Track(Enum):
    """Which sensors are allowed."""

    SENSORS = "SENSORS"
    MAP = "MAP"
    SENSORS_QUALIFIER = "SENSORS_QUALIFIER"
    MAP_QUALIFIER = "MAP_QUALIFIER"


class AutonomousAgent:
    """Subclasses say their `sensors`, get ready in `setup`, and drive in `run_step`."""

    plan_spacing = 200.0  # m between the points of the plan that it keeps; the runner sets the benchmark's

    def __init__(self, carla_host: str, carla_port: int, debug: bool = False) -> None:
        self.track = Track.SENSORS
        self._global_plan: GeoPlan | None = None
        self._global_plan_world_coord: WorldPlan | None = None
        self.sensor_interface = SensorInterface()
        self.wallclock_t0: datetime | None = None
        self.get_hero()

    def setup(self, path_to_conf_file: str) -> None:
        """Get ready, and set `track`."""

    def sensors(self) -> list[dict[str, Any]]:
        """Dictionaries with `type`, `id`, `x`, `y`, `z` (m), `roll`, `pitch`, `yaw` (degrees), and what the type needs."""
        return []

    def run_step(self, input_data: dict[str, tuple[int, Any]], timestamp: float) -> carla.VehicleControl:
        """What to do in a tick, from readings (frame, value) by sensor's id and simulated s since the route began."""
        return carla.VehicleControl()

    def destroy(self) -> None:
        """Take away what `setup` made."""

    def __call__(self) -> carla.VehicleControl:
        """Ask for this tick's control."""
        self.wallclock_t0 = self.wallclock_t0 or GameTime.get_wallclocktime()
        control = self.run_step(self.sensor_interface.get_data(GameTime.get_frame()), GameTime.get_time())
        if isinstance(control, carla.VehicleControl):
            control.manual_gear_shift = False
        return control

    def set_global_plan(self, global_plan_gps: GeoPlan, global_plan_world_coord: WorldPlan) -> None:
        """Take in the route, a point per metre, and keep those that the benchmark tells."""
        kept = downsample_route(global_plan_world_coord, self.plan_spacing)
        self._global_plan = [global_plan_gps[place] for place in kept]
        self._global_plan_world_coord = [global_plan_world_coord[place] for place in kept]
        self._plan_gps_HACK = global_plan_gps  # Bench2Drive's agents read the dense plan under this name

    @staticmethod
    def get_ros_version() -> int:
        """-1: it does not speak ROS."""
        return -1

    def get_hero(self) -> None:
        """Look up the ego (Bench2Drive)."""
        self.hero_actor = CarlaDataProvider.get_hero_actor()

    def get_metric_info(self) -> dict[str, list[float]]:
        """The ego's motion as Bench2Drive's smoothness wants it."""
        return motion_of(self.hero_actor)
