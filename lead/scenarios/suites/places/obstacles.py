"""Places for obstacles in the lane, around which the ego drives. Source: spec/benchmarks.md, 2.2."""

from collections.abc import Callable

import numpy as np

from lead.scenarios.suites.places.fit import Attributes, Fit, Rule, Span, fits, register
from lead.scenarios.suites.places.needs import (
    PARKING,
    distance_before_junction,
    interval,
    junction_ahead,
    to_exit,
    value,
)
from lead.scenarios.suites.way import Unfit, Way, lane_beside, need_lanes, need_opposite


def _obstacle(
    lanes: int, distances: Span, tail: float, passing: float = 30.0,
    **others: Callable[[np.random.Generator], Attributes],
) -> Rule:  # fmt: skip
    """Something stands in the ego's lane after `distance`, and takes `tail` m, behind which the ego goes on for `passing`
    m; with one lane the way around it is left."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        point = way.points[row]
        if lanes > 1:
            if need_lanes(point, lanes)[-1].lane_id != point.lane_id:
                raise Unfit("right-most lane of several")
        else:
            need_opposite(point)
            if len(need_lanes(point, 1)) > 1:
                raise Unfit("single lane")
        distance = distance_before_junction(way, row, distances, tail, random)
        given = {"distance": value(distance)} | {name: draw(random) for name, draw in others.items()}
        return Fit(distance + tail + passing, given)

    return rule


def _frequency(low: Span, high: Span) -> Callable[[np.random.Generator], Attributes]:
    return lambda random: interval(random, low, high)


_SPEED = {"speed": lambda random: value(random.uniform(40.0, 70.0))}
_BICYCLES = {
    "bicycle_speed": lambda random: value(random.uniform(6.0, 15.0)),
    "bicycle_drive_distance": lambda random: value(random.uniform(60.0, 120.0)),
}
register(
    {
        "Accident": _obstacle(2, (50.0, 120.0), 45.0, **_SPEED),
        "AccidentTwoWays": _obstacle(1, (40.0, 120.0), 45.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))),
        "ParkedObstacle": _obstacle(2, (40.0, 120.0), 30.0, **_SPEED),
        "ParkedObstacleTwoWays": _obstacle(1, (40.0, 120.0), 30.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))),
        "ConstructionObstacle": _obstacle(2, (50.0, 120.0), 35.0, **_SPEED),
        "ConstructionObstacleTwoWays": _obstacle(
            1, (40.0, 120.0), 35.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))
        ),
        "HazardAtSideLane": _obstacle(2, (41.0, 90.0), 60.0, 50.0, **_BICYCLES, **_SPEED),
        "HazardAtSideLaneTwoWays": _obstacle(
            1, (41.0, 90.0), 60.0, 50.0, **_BICYCLES, frequency=lambda random: value(random.uniform(60.0, 120.0))
        ),
    }
)


@fits("VehicleOpensDoorTwoWays")
def _opening_door(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_opposite(way.points[row])
    distance = distance_before_junction(way, row, (35.0, 80.0), 30.0, random)
    lane_beside(way.points[row + int(distance)], "right", PARKING)
    return Fit(
        distance + 30.0, {"distance": value(distance), "frequency": interval(random, (15.0, 45.0), (65.0, 115.0))}
    )


@fits("InvadingTurn")
def _invading_turn(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_opposite(way.points[row])
    distance = distance_before_junction(way, row, (70.0, 140.0), 40.0, random)
    need_opposite(way.points[row + int(distance)])
    return Fit(distance + 40.0, {"distance": value(distance), "offset": value(random.uniform(0.2, 0.5), 2)})


@fits("BlockedIntersection")
def _blocked_intersection(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", "right", "straight")
    return to_exit(way, row, passage)
