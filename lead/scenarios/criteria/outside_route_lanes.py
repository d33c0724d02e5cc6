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
        place = moment.location
        lane = self._map.get_waypoint(place, True, carla.LaneType.Driving)
        parking = self._map.get_waypoint(place, True, carla.LaneType.Parking)
        self._follow_lane(lane, degrees(moment.yaw))
        wrong = self._wrong_lane and moment.referee.wrong_direction_test
        outside = wrong or _off_road(place, lane, parking)
        places = self._line.places
        for row in self._line.passed(moment.place, self._row + 1, WINDOW):
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

    def _tell(self, moment: Moment) -> None:
        begun = self.events[0].time if self.events else moment.time
        percent = 100.0 * self._outside / self._total
        self.events = [Event("outside_route_lanes", begun, moment.at, metres=self._outside, percent=percent)]


def _off_road(place: carla.Location, *lanes: carla.Waypoint | None) -> bool:
    """Whether a place is beyond the edge of the lane with the nearest middle; the last of two equally near counts."""
    least, half_width = inf, 0.0
    for lane in lanes:
        away = inf if lane is None else place.distance(lane.transform.location)
        if lane is not None and away <= least:
            least, half_width = away, 0.5 * lane.lane_width
    return least > half_width + BESIDE


def _angle(a: float, b: float) -> float:
    """Degrees between two directions, at most 180."""
    return abs(remainder(a - b, 360.0))
