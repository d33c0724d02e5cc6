"""Stop signs that the ego passed without a stop."""

from collections.abc import Iterable, Iterator
from math import dist

import carla
import numpy as np

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.rules import Rules
from lead.scenarios.criteria.signals import Sign

REACH = 4.0  # m ahead along the lane, and from the ego's lane to the middle of the sign's box
STOPPED = 0.1  # m/s
WIDENED = 1.2  # times the half size in which a waypoint is inside the box
FORWARD = -0.17  # least cosine (100 degrees) of ego and lane, and least speed (m/s) along the ego, to come under a sign
NEARBY = 50.0  # m from the ego beyond which no sign is asked for; nobody's lane is as far away


class StopSign:
    """An event when the ego leaves a sign's reach without having stood in it. A sign is not told twice in a row.

    As upstream (leaderboard 2.0): the ego comes under one sign at a time, not in reverse and not against its lane; the
    tick in which it does so is not looked at for a stop.
    """

    def __init__(self, town_map: carla.Map, signs: Iterable[Sign], rules: Rules) -> None:
        self.events: list[Event] = []
        self._map, self._step, self._least_half = town_map, rules.stop_step, rules.stop_least_half
        self._signs = tuple(signs)
        self._centres = np.array([sign.centre for sign in self._signs]).reshape(-1, 3)
        self._target: Sign | None = None
        self._stopped = False
        self._last: int | None = None

    def update(self, moment: Moment) -> None:
        """Come under a sign, stand in its reach, leave it."""
        if self._target is None:
            self._target = self._found(moment)
            return
        self._stopped = self._stopped or moment.speed < STOPPED
        here = self._map.get_waypoint(moment.location)
        if here is not None and self._affects(self._target, here):
            return
        if not self._stopped and self._last != self._target.id:
            self._last = self._target.id
            self.events.append(Event("stop_infraction", moment.time, self._target.place, self._target.id))
        self._target, self._stopped = None, False

    def _found(self, moment: Moment) -> Sign | None:
        near = np.flatnonzero(np.linalg.norm(self._centres - moment.place, axis=1) < NEARBY)
        if len(near) == 0 or float(moment.velocity @ moment.heading) < FORWARD:
            return None
        here = self._map.get_waypoint(moment.location)
        if here is None:
            return None
        ahead = here.transform.get_forward_vector()
        if moment.heading @ (ahead.x, ahead.y, ahead.z) < FORWARD:
            return None
        return next((self._signs[k] for k in near.tolist() if self._affects(self._signs[k], here)), None)

    def _affects(self, sign: Sign, here: carla.Waypoint) -> bool:
        """Whether the lane, from the ego on, leads through the sign's box."""
        if dist(sign.centre, _place(here)) > REACH:
            return False
        half_x, half_y = (WIDENED * max(half, self._least_half) for half in sign.half[:2])
        return any(
            abs(x - sign.centre[0]) < half_x and abs(y - sign.centre[1]) < half_y
            for x, y, _ in map(_place, self._ahead(here))
        )

    def _ahead(self, here: carla.Waypoint) -> Iterator[carla.Waypoint]:
        yield here
        for _ in range(int(REACH / self._step)):
            following = here.next(self._step)
            if not following:
                return
            here = following[0]
            yield here


def _place(waypoint: carla.Waypoint) -> tuple[float, float, float]:
    place = waypoint.transform.location
    return place.x, place.y, place.z
