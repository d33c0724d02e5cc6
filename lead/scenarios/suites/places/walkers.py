"""Places for walkers and cyclists in the way, sudden stops and loss of control. Source: spec/benchmarks.md, 2.4."""

import numpy as np

from lead.scenarios.suites.places.fit import Fit, fits
from lead.scenarios.suites.places.needs import (
    PARKING,
    distance_before_junction,
    junction_ahead,
    need_clear,
    to_exit,
    value,
)
from lead.scenarios.suites.way import Way, lane_beside, need_sidewalk


@fits("DynamicObjectCrossing")
def _object_crossing(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = distance_before_junction(way, row, (30.0, 70.0), 15.0, random)
    need_sidewalk(way.points[row + int(distance)], "right")
    blocker = (
        "static.prop.vendingmachine",
        "static.prop.foodcart",
        "static.prop.advertisement",
        "static.prop.busstoplb",
    )
    return Fit(distance + 55.0, {
        "distance": value(distance), "direction": {"value": "right"},
        "blocker_model": {"value": str(random.choice(blocker))}, "crossing_angle": value(random.uniform(-2.0, 15.0)),
    })  # fmt: skip


@fits("ParkingCrossingPedestrian")
def _pedestrian_from_parking(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = distance_before_junction(way, row, (30.0, 70.0), 15.0, random)
    lane_beside(way.points[row + int(distance)], "right", PARKING)
    angle = value(random.uniform(0.0, 15.0))
    return Fit(distance + 55.0, {"distance": value(distance), "direction": {"value": "right"}, "crossing_angle": angle})


@fits("VehicleTurningRoute", "VehicleTurningRoutePedestrian")
def _crossing_after_turn(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", "right")
    need_sidewalk(way.points[passage.exit + 5], "right")
    return to_exit(way, row, passage, 50.0)


@fits("PedestrianCrossing")
def _pedestrian_crossing(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", "right", "straight")
    need_sidewalk(way.points[passage.entry], "right")
    return to_exit(way, row, passage, 40.0)


@fits("ControlLoss")
def _control_loss(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_clear(way, row, 85.0)
    return Fit(115.0)


@fits("HardBreakRoute")
def _hard_break(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_clear(way, row, 80.0)
    return Fit(110.0)
