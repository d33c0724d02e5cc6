"""What is wrong with a route before anybody drives it: points off the road, gaps, detours, triggers out of reach."""

from itertools import pairwise

import carla
import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import wrap_angle
from lead.scenarios.catalogue import catalogue
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import Plan, joined, trace_stretches
from lead.scenarios.route_file import Route

TRIGGER_AWAY, TRIGGER_ABOVE, TRIGGER_TURNED = 2.0, 2.0, np.radians(10.0)  # m, m, rad: the leaderboard's filter
BESIDE = 0.5  # m from a lane's edge from which on a point is off the road
JUMP = 12.0  # m between neighbouring points; a lane change makes up to 7
DETOUR, SLACK = 3.0, 60.0  # times the straight distance, and m, beyond which a stretch leads about


def check_route(graph: LaneGraph, route: Route) -> list[str]:
    """Findings in words, none for a good route. Source of the trigger's rule: spec/benchmarks.md, 1.1."""
    stretches = trace_stretches(graph, route.key_points)
    return [
        *route.notes,
        *_off_road(graph, route.key_points),
        *_detours(stretches, route.key_points),
        *_jumps(joined(stretches)),
        *_triggers(joined(stretches), route),
    ]


def reaches_trigger(plan: Plan, trigger: NDArray[np.float64]) -> bool:
    """Whether a situation with this trigger (4,) m, rad is met on the way; others are dropped, as officially."""
    away = plan.pose[:, :3] - trigger[:3]
    turned = np.abs([wrap_angle(float(yaw - trigger[3])) for yaw in plan.pose[:, 4]])
    near = (np.hypot(away[:, 0], away[:, 1]) < TRIGGER_AWAY) & (away[:, 2] < TRIGGER_ABOVE) & (turned < TRIGGER_TURNED)
    return bool(near.any())


def _off_road(graph: LaneGraph, key_points: NDArray[np.float64]) -> list[str]:
    found = []
    for number, point in enumerate(key_points.tolist()):
        place = carla.Location(*point)
        waypoint = graph.map.get_waypoint(place)
        away = np.inf if waypoint is None else waypoint.transform.location.distance_2d(place)
        if waypoint is None or away > 0.5 * waypoint.lane_width + BESIDE:
            found.append(
                f"key point {number} at {_told(point)} is off the road, {away:.1f} m from the middle of a lane"
            )
    return found


def _detours(stretches: list[Plan], key_points: NDArray[np.float64]) -> list[str]:
    found = []
    for number, (stretch, (here, there)) in enumerate(zip(stretches, pairwise(key_points), strict=True)):
        straight = float(np.linalg.norm(there - here))
        if not len(stretch):
            found.append(f"no way leads from key point {number} at {_told(here)} to {number + 1} at {_told(there)}")
        elif stretch.length > DETOUR * straight + SLACK:
            found.append(
                f"from key point {number} to {number + 1} the way is {stretch.length:.0f} m long, though they are "
                f"{straight:.0f} m apart: are they in order, and on the right side of the road?"
            )
    return found


def _jumps(plan: Plan) -> list[str]:
    steps = np.linalg.norm(np.diff(plan.pose[:, :3], axis=0), axis=1)
    return [f"the way jumps {steps[k]:.0f} m at {_told(plan.pose[k])}" for k in np.flatnonzero(steps > JUMP)]


def _triggers(plan: Plan, route: Route) -> list[str]:
    found = []
    for situation in route.situations:
        if situation.type not in catalogue():
            found.append(f"situation {situation.name} is of the unknown type {situation.type!r}")
        away = plan.pose[:, :3] - situation.trigger[:3]
        nearest = int(np.argmin(np.linalg.norm(away, axis=1))) if len(plan) else 0
        if len(plan) and reaches_trigger(plan, situation.trigger) and np.linalg.norm(away[nearest]) >= TRIGGER_AWAY:
            found.append(
                f"situation {situation.name} is set up but never triggered: the way passes "
                f"{np.linalg.norm(away[nearest]):.1f} m below its trigger; expected less than {TRIGGER_AWAY:g} m"
            )
        elif len(plan) and not reaches_trigger(plan, situation.trigger):
            turned = abs(wrap_angle(float(plan.pose[nearest, 4] - situation.trigger[3])))
            found.append(
                f"situation {situation.name} is never triggered: the way passes {np.linalg.norm(away[nearest]):.1f} m "
                f"from its trigger, turned by {np.degrees(turned):.0f} degrees; expected less than {TRIGGER_AWAY:g} m and "
                f"{np.degrees(TRIGGER_TURNED):.0f} degrees"
            )
    return found


def _told(point: NDArray[np.float64] | list[float]) -> str:
    return f"({point[0]:.1f}, {point[1]:.1f})"
