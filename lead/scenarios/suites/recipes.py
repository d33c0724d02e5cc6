"""The shipped suites: which situations in which towns, drawn from a fixed seed.

`mini` and `mini-long` are driven in the four fixed towns, `train` in other towns of the same kinds, so that nothing
trained on it has seen a road of the other two.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy as np

from lead.scenarios.route_file import Route
from lead.scenarios.suites.generate import Ground, long_route, numbered, routes_for

MINI = (
    ("GridCity", "Accident"), ("GridCity", "ConstructionObstacle"), ("VillageCrossing", "ParkedObstacleTwoWays"),
    ("InterurbanHills", "HazardAtSideLaneTwoWays"), ("GridCity", "VehicleOpensDoorTwoWays"),
    ("GridCity", "SignalizedJunctionLeftTurn"), ("VillageCrossing", "NonSignalizedJunctionRightTurn"),
    ("MotorwayRing", "EnterActorFlow"), ("MotorwayRing", "HighwayExit"), ("MotorwayRing", "HighwayCutIn"),
    ("VillageCrossing", "ParkingExit"), ("MotorwayRing", "SequentialLaneChange"), ("GridCity", "CrossingBicycleFlow"),
    ("InterurbanHills", "InterurbanActorFlow"), ("GridCity", "DynamicObjectCrossing"), ("VillageCrossing", "ParkingCutIn"),
    ("GridCity", "PedestrianCrossing"), ("InterurbanHills", "HardBreakRoute"), ("InterurbanHills", "ControlLoss"),
    ("GridCity", "OppositeVehicleRunningRedLight"), ("VillageCrossing", "BlockedIntersection"),
    ("MotorwayRing", "YieldToEmergencyVehicle"), ("InterurbanHills", "InvadingTurn"),
    ("VillageCrossing", "VanillaNonSignalizedTurnEncounterStopsign"),
)  # fmt: skip
"""Town and situation of each route of `mini`: all five abilities of Bench2Drive."""

_ONE_LANE = ("AccidentTwoWays", "ConstructionObstacleTwoWays", "ParkedObstacleTwoWays", "HazardAtSideLaneTwoWays")
_SEVERAL_LANES = (
    "Accident", "ConstructionObstacle", "ParkedObstacle", "HazardAtSideLane", "YieldToEmergencyVehicle", "StaticCutIn"
)  # fmt: skip
_PARKING = ("VehicleOpensDoorTwoWays", "ParkingCutIn", "ParkingCrossingPedestrian")
_SIDEWALK = ("DynamicObjectCrossing", "PedestrianCrossing", "VehicleTurningRoute", "VehicleTurningRoutePedestrian")
_ANYWHERE = ("ControlLoss", "HardBreakRoute", "InvadingTurn", "BlockedIntersection")
_LIGHTS = (
    "SignalizedJunctionLeftTurn", "SignalizedJunctionRightTurn", "SignalizedJunctionLeftTurnEnterFlow",
    "OppositeVehicleRunningRedLight", "VanillaSignalizedTurnEncounterGreenLight", "VanillaSignalizedTurnEncounterRedLight",
    "PriorityAtJunction",
)  # fmt: skip
_NO_LIGHTS = (
    "NonSignalizedJunctionLeftTurn", "NonSignalizedJunctionRightTurn", "NonSignalizedJunctionLeftTurnEnterFlow",
    "OppositeVehicleTakingPriority", "VanillaNonSignalizedTurn", "VanillaNonSignalizedTurnEncounterStopsign",
)  # fmt: skip
_COUNTRY = ("InterurbanActorFlow", "InterurbanAdvancedActorFlow", "EnterActorFlowV2", "MergerIntoSlowTrafficV2")

TYPES: Mapping[str, tuple[str, ...]] = {
    "grid_city": (
        *_ONE_LANE, *_SEVERAL_LANES, *_PARKING, *_SIDEWALK, *_ANYWHERE, *_LIGHTS, *_NO_LIGHTS, "ParkingExit", "T_Junction",
        "CrossingBicycleFlow",
    ),
    "village": (*_ONE_LANE, *_PARKING, *_SIDEWALK, *_ANYWHERE, *_NO_LIGHTS, "ParkingExit", "T_Junction"),
    "interurban": (*_ONE_LANE, *_ANYWHERE, *_NO_LIGHTS, *_COUNTRY, "T_Junction"),
    "motorway": (
        *_SEVERAL_LANES, "ControlLoss", "HardBreakRoute", "EnterActorFlow", "MergerIntoSlowTraffic", "HighwayExit",
        "HighwayCutIn", "SequentialLaneChange",
    ),
}  # fmt: skip
"""Situations by the kind of town that has places for them."""

LONG = (
    ("GridCity", "grid_city"), ("GridCity", "grid_city"), ("VillageCrossing", "village"), ("InterurbanHills", "interurban"),
    ("MotorwayRing", "motorway"), ("MotorwayRing", "motorway"),
)  # fmt: skip
LONG_LENGTHS = (1000.0, 1800.0)  # m
LONG_LEAST, LONG_VARIED = 6, 5  # situations on each, and different ones
ALONE = {"ParkingExit", "T_Junction", "EnterActorFlow", "MergerIntoSlowTraffic", "HighwayExit", "SequentialLaneChange"}
"""What has no place on a long route: it begins there, or needs lane changes, or drives far after its junction."""

TRAIN_SEEDS = (11, 12, 13)  # of the towns of each kind
TRAIN_EACH = 2  # routes for each type in each town

Report = Callable[[str], None]


def mini(seed: int) -> Iterator[Route]:
    """24 routes with a situation each."""
    for number, (town, kind) in enumerate(MINI):
        yield next(routes_for(_ground(town), kind, np.random.default_rng([seed, number])))


def mini_long(seed: int) -> Iterator[Route]:
    """6 routes of more than a kilometre."""
    for number, (town, kind) in enumerate(LONG):
        kinds = tuple(name for name in TYPES[kind] if name not in ALONE)
        yield long_route(
            _ground(town), kinds, np.random.default_rng([seed, number]), LONG_LENGTHS, LONG_LEAST, LONG_VARIED
        )


def train(seed: int) -> Iterator[Route]:
    """Some hundred routes with a situation each."""
    for row, (kind, types) in enumerate(TYPES.items()):
        for town in TRAIN_SEEDS:
            for column, name in enumerate(types):
                found = routes_for(_ground(f"{kind}_{town}"), name, np.random.default_rng([seed, row, town, column]))
                yield from (next(found) for _ in range(TRAIN_EACH))


RECIPES: Mapping[str, Callable[[int], Iterator[Route]]] = {"mini": mini, "mini-long": mini_long, "train": train}
SEED = 0  # of the shipped files


def suite_routes(name: str, seed: int = SEED, report: Report | None = None) -> list[Route]:
    """The routes of a suite, numbered; with the default seed those that are shipped. `report` hears of each."""
    routes = []
    for route in RECIPES[name](seed):
        routes.append(route)
        if report is not None:
            report(f"{len(routes)}: {route.town}, {len(route.situations)} situations")
    return numbered(routes)


@cache
def _ground(town: str) -> Ground:
    return Ground.of(town)
