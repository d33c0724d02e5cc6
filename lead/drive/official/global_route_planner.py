"""`agents.navigation.global_route_planner`: ways from place to place along the lanes."""

import carla
import numpy as np

from lead.drive.official.local_planner import RoadOption
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import trace


class GlobalRoutePlanner:
    """Searches a map with a waypoint each `sampling_resolution` m; making one takes seconds."""

    def __init__(self, wmap: carla.Map, sampling_resolution: float) -> None:
        self._graph = LaneGraph.of(wmap, sampling_resolution)

    def trace_route(
        self, origin: carla.Location, destination: carla.Location
    ) -> list[tuple[carla.Waypoint, RoadOption]]:
        """Waypoints and commands of the cheapest way, empty without one."""
        plan = trace(self._graph, np.array([[place.x, place.y, place.z] for place in (origin, destination)]))
        return [(waypoint, RoadOption(command)) for waypoint, command in zip(plan.waypoints, plan.command.tolist())]
