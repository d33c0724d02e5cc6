"""Whether the ego is still near its route; if not, the route is over."""

import numpy as np

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine

FAR = 30.0  # m from the route at which it is left
UNSAFE = 15.0  # m from the route from which on the metres count
MOST = 30.0  # percent of the route's length that may be driven so far away
WINDOW = 5  # points ahead in which the nearest is looked for


class InRoute:
    """`over` once the ego has left the route; distances are seen from above."""

    def __init__(self, line: RouteLine) -> None:
        self.events: list[Event] = []
        self.over = False
        self._line = line
        self._row = 0
        self._unsafe_metres = 0.0

    def update(self, moment: Moment) -> None:
        """Find the nearest point ahead and how far it is."""
        if self.over:
            return
        line, before = self._line, self._row
        ahead = line.places[before : before + WINDOW + 1, :2]
        away = np.hypot(*(ahead - moment.place[:2]).T)
        least = float(away.min())
        self._row = before + int(np.flatnonzero(away == least)[-1])
        if least >= UNSAFE:
            self._unsafe_metres += float(line.metres[self._row] - line.metres[before])
        if least >= FAR or 100.0 * self._unsafe_metres / line.length > MOST:
            self.over = True
            self.events.append(Event("route_dev", moment.time, moment.at))
