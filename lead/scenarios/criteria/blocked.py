"""Whether the ego has stood for too long; if so, the route is over."""

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.rules import Rules

STANDING = 0.1  # m/s


class Blocked:
    """`over` once the ego has stood longer than the rules allow. The clock starts anew when the test is switched on."""

    def __init__(self, rules: Rules) -> None:
        self.events: list[Event] = []
        self.over = False
        self._seconds = rules.blocked_seconds
        self._tested = False  # in the tick before
        self._since = 0.0  # s

    def update(self, moment: Moment) -> None:
        """Look whether the ego moves."""
        tested, switched_on = moment.referee.blocked_test, not self._tested
        self._tested = tested
        if not tested or switched_on or moment.speed >= STANDING:
            self._since = moment.time
        elif moment.time - self._since > self._seconds and not self.over:
            self.over = True
            self.events.append(Event("vehicle_blocked", moment.time, moment.at))
