"""How far the ego drove off the road or in a lane of the other direction."""

from math import degrees, inf, remainder

import carla
import numpy as np

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine

WINDOW = 3  # points after the last passed one that are looked at
BESIDE = 0.5  # m beyond a lane's edge that are still on the road: the shoulder between lane and pavement
WRONG_WAY = 120.0  # degrees between ego and lane from which on the first lane after a junction is a wrong one
REVERSAL = 150.0  # degrees between a lane and the one before beyond which their directions are opposite


class OutsideRouteLanes:
    """One event that grows with the points passed while outside; a lane need not belong to the route.

    A lane's direction is judged when the ego comes onto another one, and never inside junctions, where no lane is
    wrong. With the wrong-direction test off, the state goes on being followed but no metres are counted for it.
    """

    def __init__(self, line: RouteLine, town_map: carla.Map) -> None:
        self.events: list[Event] = []
        self._line, self._map = line, town_map
        self._lane: carla.Waypoint | None = None  # the ego's of the tick before
        self._wrong_lane = False
        self._row = 0
        self._total = self._outside = 0.0  # m passed

    def update(self, moment: Moment) -> None:
        """Look where the ego is and count the points that it has passed since."""
        lane = self._map.get_waypoint(moment.location, True, carla.LaneType.Driving)
        self._follow_lane(lane, degrees(moment.yaw))
        passed = self._line.passed(moment.place, self._row + 1, WINDOW)
        if not passed:
            return
        wrong = self._wrong_lane and moment.referee.wrong_direction_test
        outside = wrong or self._off_road(moment.location, lane)
        places = self._line.places
        for row in passed:
            metres = float(np.linalg.norm(places[row] - places[self._row]))
            self._total += metres
            self._outside += metres if outside else 0.0
            self._row = row
            if self._outside > 0.0:
                self._tell(moment)

    def _follow_lane(self, lane: carla.Waypoint | None, ego_yaw: float) -> None:
        if lane is None:
            return
        before, self._lane = self._lane or lane, lane
        if lane.is_junction:
            self._wrong_lane = False
        elif (before.road_id, before.lane_id) != (lane.road_id, lane.lane_id):
            if before.is_junction:
                self._wrong_lane = _angle(lane.transform.rotation.yaw, ego_yaw) >= WRONG_WAY
            elif _angle(lane.transform.rotation.yaw, before.transform.rotation.yaw) > REVERSAL:
                self._wrong_lane = not self._wrong_lane

    def _off_road(self, place: carla.Location, lane: carla.Waypoint | None) -> bool:
        """Whether a place is beyond the edge of its lane, or of the nearest parking lane where that is no farther.

        Where a town has few parking lanes, looking for one takes a millisecond.
        """
        least, half_width = inf, 0.0
        for beside in (lane, self._map.get_waypoint(place, True, carla.LaneType.Parking)):
            away = inf if beside is None else place.distance(beside.transform.location)
            if beside is not None and away <= least:
                least, half_width = away, 0.5 * beside.lane_width
        return least > half_width + BESIDE

    def _tell(self, moment: Moment) -> None:
        begun = self.events[0].time if self.events else moment.time
        percent = 100.0 * self._outside / self._total
        self.events = [Event("outside_route_lanes", begun, moment.at, metres=self._outside, percent=percent)]


def _angle(a: float, b: float) -> float:
    """Degrees between two directions, at most 180."""
    return abs(remainder(a - b, 360.0))
