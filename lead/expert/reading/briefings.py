"""What is known of the situations that are set up: their actors, the way of their traffic, the lane to borrow.

It is what the published expert reads from the running scenarios (spec/lead-expert-and-data.md, 1.1). Here situations
tell it their order, and nothing of what they do depends on it.
"""

from collections.abc import Sequence
from dataclasses import replace

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import Scene as WorldScene
from lead.expert.reading.way import along_road
from lead.expert.scene import Briefing, Route
from lead.scenarios.director import Part, Played
from lead.scenarios.lane_graph import position
from lead.scenarios.order import Order
from lead.scenarios.plan import trace
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import lane_to_pass_on

IN_PLAY = (Part.WAITING, Part.PLAYING)
BEFORE_BORROWED = 100.0  # m of a borrowed lane before the stretch on which it is borrowed
COME_BACK = 15.0  # m behind what is passed by which one is back in one's lane
SPACING = 1.0  # m between the points of a way
INVADING_OFFSET = 0.25  # m, of InvadingTurn if the route file says none
NOWHERE = np.empty((0, 3))


class BriefingReader:
    """Briefings of a stage's situations; what stays the same about one is read when it is first set up."""

    def __init__(self, stage: Stage, route: Route) -> None:
        self._stage, self._route = stage, route
        self._known: dict[int, Briefing] = {}  # by number in the stage's situations

    def read(self, world: WorldScene, ego_place: NDArray[np.float64]) -> tuple[Briefing, ...]:
        """Of a tick: the nearest first, by the least distance of an actor; without actors, by that of the trigger."""
        found = []
        for number, played in enumerate(self._stage.situations):
            if played.part not in IN_PLAY:
                continue
            if number not in self._known:
                self._known[number] = self._brief(played)
            rows = _rows_of(world, [actor.id for actor in played.order.actors])
            places = world.pose[rows, :2] if rows else played.order.situation.trigger[None, :2]
            away = float(np.hypot(*(places - ego_place[:2]).T).min())  # seen from above: hidden actors wait far below
            found.append((away, number, played.part is Part.PLAYING, tuple(world.ids[rows].tolist())))
        return tuple(replace(self._known[n], playing=playing, ids=ids) for _, n, playing, ids in sorted(found))

    def _brief(self, played: Played) -> Briefing:
        order, situation = played.order, played.order.situation
        offset = situation.number("offset", INVADING_OFFSET) if situation.type == "InvadingTurn" else 0.0
        return Briefing(
            name=situation.name,
            type=situation.type,
            playing=False,
            trigger=_row_near(self._route, situation.trigger),
            direction=situation.text("direction", ""),
            offset=offset,
            flow=self._flow(order),
            beside=_borrowed(order),
        )

    def _flow(self, order: Order) -> NDArray[np.float64]:
        way = order.flow
        if way is None:
            return NOWHERE
        if isinstance(way, tuple):
            way = trace(self._stage.graph, np.stack([position(end) for end in way])).pose[:, :3]
        return _spaced(way)


def _row_near(route: Route, trigger: NDArray[np.float64]) -> int:
    """The point of the route nearest to a trigger (4,) that looks the same way."""
    away = np.linalg.norm(route.points - trigger[:3], axis=1)
    return int(np.argmin(np.where(np.cos(route.yaw - trigger[3]) > 0.0, away, np.inf)))


def _rows_of(world: WorldScene, ids: Sequence[int]) -> list[int]:
    """Rows of those actors that are in the world, in the same order."""
    rows = np.minimum(np.searchsorted(world.ids, ids), len(world.ids) - 1).tolist()
    return [row for row, actor in zip(rows, ids, strict=True) if world.ids[row] == actor]


def _borrowed(order: Order) -> NDArray[np.float64]:
    """The lane on which one passes what stands in the ego's, in its own direction; none if nothing stands there."""
    if order.stands is None:
        return NOWHERE
    first, last = order.stands
    lane = _lane_to_borrow(order, first)
    if lane is None:
        return NOWHERE
    passed = first.transform.location.distance(last.transform.location) + COME_BACK
    if lane.lane_id * first.lane_id > 0:
        before, after = along_road(lane, BEFORE_BORROWED, back=True)[::-1], along_road(lane, passed)
        way = [*before, lane, *after]
    else:
        way = [*along_road(lane, passed + BEFORE_BORROWED, back=True)[::-1], lane]
    return _spaced(np.array([position(waypoint) for waypoint in way]))


def _lane_to_borrow(order: Order, first: carla.Waypoint) -> carla.Waypoint | None:
    """The driving lane on the other side of what stands at `first`: to the left, unless that stands on the left."""
    situation = order.situation
    if situation.text("direction", "right") == "left" and not situation.type.endswith("TwoWays"):
        lane = first.get_right_lane()
        same = lane is not None and lane.lane_type == carla.LaneType.Driving and lane.lane_id * first.lane_id > 0
        return lane if same else None
    try:
        return lane_to_pass_on(first)
    except SetupFault:
        return None


def _spaced(way: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places (M, 3) m along a way (N, 3), 1 m apart."""
    if len(way) < 2:
        return NOWHERE
    metres = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    along = np.arange(0.0, metres[-1] + 1e-6, SPACING)
    return np.stack([np.interp(along, metres, column) for column in way.T], axis=1)
