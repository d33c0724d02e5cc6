"""The situations that are passed, as they are staged on a straight hand-made road. Source: spec/benchmarks.md, 2.2."""

from dataclasses import replace
from math import pi

import numpy as np
from scenes import actors, bicycle, briefing, car, ego, line, obstacle, route, scene

from lead.expert.scene import LOST, Actors, Route, Scene, Side
from lead.geometry.boxes import separation

AT = 100.0  # m along the route where it stands
SIGN = 10  # id of the warning sign; the others follow
SIGN_BEFORE = 45.0  # m


def staged(type_name: str, way: Route, side: float = 1.0, riding: float = 2.5) -> Actors:
    """The actors of a situation at AT; `side` is 1 if they stand to the right, `riding` the bicycles' speed (m/s)."""
    half_lane = 0.5 * float(way.lane_width[0])
    sign = obstacle(way, AT - SIGN_BEFORE, side * 1.6 * half_lane, turned=-pi / 2, id=SIGN)
    kind = type_name.removesuffix("TwoWays")
    if kind == "Accident":
        aside = side * 0.6 * half_lane
        cars = [(0.0, (2.6, 0.97, 0.8)), (10.0, (2.6, 1.05, 0.8)), (16.0, (2.6, 1.05, 0.8))]
        return actors(sign, *(car(way, AT + k, aside, extent=size, id=11 + int(k)) for k, size in cars))
    if kind == "ParkedObstacle":
        return actors(sign, car(way, AT, side * 0.7 * half_lane, extent=(2.6, 1.05, 0.8), id=11))
    if kind == "ConstructionObstacle":
        inner = -side * 0.85 * half_lane
        cones = [(2.0 * k, inner) for k in range(4)] + [(6.0, inner + side * k) for k in (1.0, 2.0, 3.0)]
        trailer = obstacle(way, AT - 5.0, turned=-pi / 2, extent=(1.2, 1.4, 1.2), id=11)
        return actors(sign, trailer, *(obstacle(way, AT + x, y, id=12 + k) for k, (x, y) in enumerate(cones)))
    if kind == "VehicleOpensDoor":
        door = obstacle(way, AT + 0.6, half_lane + 0.82 - 1.4, turned=0.0, extent=(0.1, 0.5, 0.6), id=12)
        return actors(car(way, AT, half_lane + 0.82, extent=(2.5, 1.0, 0.8), id=11), door)
    assert kind == "HazardAtSideLane", f"no situation is called {type_name}"
    return actors(*(bicycle(way, AT + k, 0.55 * half_lane, riding, id=11 + int(k)) for k in (0.0, 9.0)))


def approach(
    type_name: str, *others: Actors, at: float = 50.0, speed: float = 10.0, limit: float = 13.9, width: float = 3.5,
    side: float = 1.0, riding: float = 2.5, evidence: tuple[int, int, int] | None = None, **more: object,
) -> Scene:  # fmt: skip
    """The ego (at m, m/s) comes to a situation at AT on a road of the kind that it needs.

    The lane of `width` m has a lane of its own direction or, for TwoWays, of the other one to its left, and none to its
    right. `more`: fields of the scene.
    """
    two_ways = type_name.endswith("TwoWays")
    way = route(260.0, lane_width=width, left=Side.OPPOSITE if two_ways else Side.SAME)
    cast = staged(type_name, way, side, riding)
    if evidence is not None:
        cast = replace(cast, evidence=np.tile(np.array(evidence, np.int32), (len(cast), 1)))
    told = briefing(
        type_name, *cast.ids.tolist(), trigger=AT - SIGN_BEFORE, direction="right" if side > 0 else "left",
        beside=line(way, AT + 130.0, AT - 6.0, -width) if two_ways else np.empty((0, 3)),
    )  # fmt: skip
    everybody = actors(cast, *others)
    return scene(way, ego(way, at, speed, limit=limit), everybody, briefings=(told,), **{"time": 0.0, **more})


def chased(
    behind: float, *others: Actors, left: Side = Side.SAME, right: Side = Side.SAME, speed: float = 10.0
) -> Scene:
    """An emergency vehicle so far (m) behind an ego 80 m along a road with such sides."""
    way = route(260.0, left=left, right=right)
    siren = car(way, 80.0 - behind, speed=20.0, id=11, emergency=True)
    told = briefing("YieldToEmergencyVehicle", 11, trigger=70.0)
    return scene(way, ego(way, 80.0, speed), actors(siren, *others), briefings=(told,))


def clearance(scenes: list[Scene], but: int = LOST) -> float:
    """m that the ego's box keeps from all others at least, except the one of the id `but`."""
    least = float("inf")
    for here in scenes:
        ego_pose, size = here.ego.pose, here.ego.extent
        for pose, extent, actor in zip(here.actors.pose, here.actors.extent, here.actors.ids, strict=True):
            if actor != but:
                gap, _, _ = separation(*ego_pose[[0, 1, 4]], *size[:2], *pose[[0, 1, 4]], *extent[:2])
                least = min(least, gap)
    return least
