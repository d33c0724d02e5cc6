"""Ways through junctions of GridCity: where they stand, and key points of a route that turns there."""

from dataclasses import dataclass

import carla
import numpy as np

from lead.scenarios.crossings import Approach, downstream, exit_of, next_junction, upstream
from lead.scenarios.lane_graph import position

SIGNALISED_LEFT = carla.Location(117.0, -90.0)  # to the west, the lane that turns left at a crossing with lights
SIGNALISED_RIGHT = carla.Location(117.0, -93.0)  # the lane that turns right there
NO_LIGHTS = carla.Location(-79.0, 43.0)  # to the south, a crossing of one-lane streets without lights
BICYCLE_AVENUE = carla.Location(105.0, 85.0)  # to the north, beside a biking lane
TURNS = {"left": -1, "straight": 0, "right": 1}


@dataclass(frozen=True)
class Way:
    """A route through a junction."""

    approach: Approach
    trigger: carla.Waypoint
    key_points: np.ndarray  # (4, 3) m: start, entry, exit, end


def way_through(
    town_map: carla.Map, place: carla.Location, turn: str, *, before: float = 60.0, trigger: float = 45.0
) -> Way:
    """The way from so far before the junction ahead of a place to 60 m after it, triggered `trigger` m before it."""
    approach = next_junction(town_map.get_waypoint(place))
    start = upstream(approach.entry, before)
    leaving = exit_of(approach.entry, TURNS[turn])
    points = [position(waypoint) for waypoint in (start, approach.entry, leaving, downstream(leaving, 60.0))]
    return Way(approach, upstream(approach.entry, trigger), np.array(points))
