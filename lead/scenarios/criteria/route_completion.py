"""How much of the route has been passed, and whether its end is reached."""

import numpy as np

from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.criteria.rules import Rules

WINDOW = 3  # points that are looked at: the last passed one and the next two
DIGITS = 2  # of the percentage


class RouteCompletion:
    """`percent` grows with the points passed; it jumps to 100 on arrival, and the route is over in the tick after.

    That tick is upstream's (leaderboard 2.0): the criterion tells its success when it is asked the next time.
    """

    def __init__(self, line: RouteLine, rules: Rules) -> None:
        self.percent = 0.0
        self.over = False
        self._line, self._rules = line, rules
        self._row = 0

    def update(self, moment: Moment) -> None:
        """Look which points have been passed."""
        if self.percent >= 100.0:
            self.over = True
            return
        line, rules = self._line, self._rules
        self._row = max(line.passed(moment.place, self._row, WINDOW), default=self._row)
        percent = round(100.0 * float(line.metres[self._row]) / line.length, DIGITS)
        away = float(np.linalg.norm(moment.place - line.places[-1]))
        arrived = percent > rules.complete_percent and away < rules.complete_distance
        self.percent = 100.0 if arrived else percent
