"""The route of a drive, read once: the way as points 0.1 m apart, what lies beside it, the lights and signs on it.

The map is asked at the plan's own places, about a metre apart, and what it says is carried over to the points between,
so that a route of 12 km takes seconds. Source: spec/lead-expert-and-data.md, 1.2.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lead.expert.reading.lanes import Beside, beside
from lead.expert.reading.signals_met import lights_met, signals_near, signs_met
from lead.expert.reading.way import way_of
from lead.expert.scene import SPACING, Route
from lead.roads.library import map_name
from lead.scenarios.criteria.signals import Light, Sign
from lead.scenarios.plan import Plan
from lead.scenarios.stage import Stage


def read_route(stage: Stage) -> Route:
    """The route of a stage, from where its ego stands now; it may have been put into a parking slot."""
    place, turn = stage.ego.get_transform().location, stage.ego.get_transform().rotation
    ego_pose = np.array([place.x, place.y, place.z, *np.radians([turn.pitch, turn.yaw, turn.roll])])
    lights, signs = signals_near(stage)
    return route_of(stage.plan, ego_pose, lights, signs, map_name(stage.map.name))


def route_of(
    plan: Plan, ego_pose: NDArray[np.float64], lights: Sequence[Light], signs: Sequence[Sign], town: str
) -> Route:
    """The route of a plan.

    Args:
        plan: one point per metre or two.
        ego_pose: (6,) of the ego at the start.
        lights: of the town; those that are met are found.
        signs: stop signs, likewise.
        town: name of the map, by which the mounting of its lights is known.

    Raises:
        InputError: the plan leads nowhere.
    """
    way = way_of(plan, ego_pose)
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way.places, axis=0), axis=1))])
    along = np.arange(0.0, metres[-1], SPACING)
    points = np.stack([np.interp(along, metres, column) for column in way.places.T], axis=1)
    nearest = _nearest(metres, along)
    yaw = _yaw(points)
    sides = [_carried(beside(way.waypoints, left=left), metres, along, nearest) for left in (True, False)]
    lights_on_way = lights_met(points, yaw, lights, town)
    signs_on_way = signs_met(points, signs)
    return Route(
        points=points,
        yaw=yaw,
        command=way.command[nearest],
        lane_width=np.interp(along, metres, [waypoint.lane_width for waypoint in way.waypoints]),
        in_junction=np.array([waypoint.is_junction for waypoint in way.waypoints])[nearest],
        left=sides[0].metres,
        left_side=sides[0].side,
        right=sides[1].metres,
        right_side=sides[1].side,
        start=_row(metres, way.start, len(along)),
        end=_row(metres, way.end, len(along)),
        light_id=lights_on_way.ids,
        light_index=lights_on_way.index,
        light_mount=lights_on_way.mount,
        stop_id=signs_on_way.ids,
        stop_index=signs_on_way.index,
    )


def _nearest(metres: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows (N,) of the places, `metres` (M,) along the way, that lie nearest to points `along` (N,) m."""
    return np.searchsorted(0.5 * (metres[1:] + metres[:-1]), along)


def _row(metres: NDArray[np.float64], place: int, count: int) -> int:
    return min(int(round(metres[place] / SPACING)), count - 1)


def _yaw(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) rad, from the point before to the one after."""
    ahead = np.concatenate([points[1:], points[-1:]])[:, :2]
    behind = np.concatenate([points[:1], points[:-1]])[:, :2]
    return np.arctan2(*(ahead - behind).T[::-1])


def _carried(
    found: Beside, metres: NDArray[np.float64], along: NDArray[np.float64], nearest: NDArray[np.int64]
) -> Beside:
    """What lies beside the places, at the points: distances blend as long as the same kind of lane goes on."""
    after = np.clip(np.searchsorted(metres, along, side="right"), 1, len(metres) - 1)
    same = found.side[after] == found.side[after - 1]
    blended = np.interp(along, metres, found.metres)
    return Beside(found.side[nearest], np.where(same, blended, found.metres[nearest]))
