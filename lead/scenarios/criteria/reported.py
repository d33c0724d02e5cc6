"""What situations report of themselves: that their time ran out, that an emergency vehicle was not let by."""

from collections.abc import Callable

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.stage import Referee


class Reported:
    """One event per name on one of the referee's lists, told where the ego is when it comes up."""

    def __init__(self, kind: str, names: Callable[[Referee], list[str]]) -> None:
        self.events: list[Event] = []
        self._kind, self._names = kind, names

    def update(self, moment: Moment) -> None:
        """Tell what is new on the list."""
        for name in self._names(moment.referee)[len(self.events) :]:
            self.events.append(Event(self._kind, moment.time, moment.at, name=name))


def scenario_timeout() -> Reported:
    """A situation lasted longer than its timer."""
    return Reported("scenario_timeouts", lambda referee: referee.timeouts)


def yield_to_emergency() -> Reported:
    """An emergency vehicle was not in front of the ego when its situation ended."""
    return Reported("yield_emergency_vehicle_infractions", lambda referee: referee.failed_to_yield)
