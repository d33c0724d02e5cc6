"""Whether the ego kept up with the traffic around it, segment by segment of the route."""

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.criteria.rules import Rules

WINDOW = 3  # points that are looked at: the last passed one and the next two
KEPT_UP = 100.0  # percent of the traffic's mean speed
LAST_SEGMENT = 0.95  # of the route that more than must be passed for its last segment to count
DIGITS = 2  # of the percentage


class MinSpeed:
    """An event with the ego's share of the traffic's mean speed per segment, where slower or, by the rules, always.

    Only ticks with background traffic count; a segment without any, or with traffic that stands, is driven at 100 %.
    """

    def __init__(self, line: RouteLine, rules: Rules) -> None:
        self.events: list[Event] = []
        self._line, self._always = line, rules.min_speed_always
        self._segment = line.length / rules.min_speed_segments  # m
        self._row = 0
        self._begun = 0.0  # m along the route at which the segment began
        self._ego = self._traffic = 0.0  # sums of speeds
        self._last: Moment | None = None

    def update(self, moment: Moment) -> None:
        """Count the speeds of the tick to its segment."""
        self._last = moment
        self._row = max(self._line.passed(moment.place, self._row, WINDOW), default=self._row)
        here = float(self._line.metres[self._row])
        if here - self._begun > self._segment:
            self._tell(moment)
            self._begun, self._ego, self._traffic = here, 0.0, 0.0
        if moment.background_speed is not None:
            self._ego += moment.speed
            self._traffic += moment.background_speed

    def finish(self) -> None:
        """Tell the last segment, if the ego came near the route's end."""
        if self._last is not None and self._line.metres[self._row] / self._line.length > LAST_SEGMENT:
            self._tell(self._last)
        self._last = None

    def _tell(self, moment: Moment) -> None:
        percent = round(100.0 * self._ego / self._traffic, DIGITS) if self._traffic > 0.0 else KEPT_UP
        if self._always or percent < KEPT_UP:
            self.events.append(Event("min_speed_infractions", moment.time, moment.at, percent=percent))
