"""How long a route may take: its time budget, and Bench2Drive's limit of ticks."""

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.criteria.rules import Rules

BUDGET = 300.0  # s at the start
SHARE = 0.1  # of the speed limit at which the budget lasts
WINDOW = 4  # points that are looked at: the last passed one and the next three


class RouteTimeout:
    """`over` once the budget is used up, which grows with each point passed by the time at a tenth of the limit.

    Without a speed limit (0) nothing is added.
    """

    def __init__(self, line: RouteLine) -> None:
        self.events: list[Event] = []
        self.over = False
        self._line, self._budget = line, BUDGET
        self._row = 0
        self._begun: float | None = None  # s

    def update(self, moment: Moment) -> None:
        """Add what was passed, and look at the clock."""
        metres, before = self._line.metres, self._row
        self._row = max(self._line.passed(moment.place, before, WINDOW), default=before)
        if moment.speed_limit > 0.0:
            self._budget += float(metres[self._row] - metres[before]) / (SHARE * moment.speed_limit)
        self._begun = moment.time if self._begun is None else self._begun
        if moment.time - self._begun > self._budget and not self.over:
            self.over = True
            self.events.append(Event("route_timeout", moment.time, moment.at))


class TickLimit:
    """`over` in the first tick beyond the limit, which is nobody's infraction."""

    def __init__(self, rules: Rules) -> None:
        self.over = False
        self._limit = rules.tick_limit
        self._ticks = 0

    def update(self) -> None:
        """Count the tick."""
        self._ticks += 1
        self.over = self._limit is not None and self._ticks > self._limit
