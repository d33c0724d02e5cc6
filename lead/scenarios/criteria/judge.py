"""All criteria of a route on its stage, asked once per tick."""

from dataclasses import replace
from enum import Enum

from lead.scenarios.criteria.blocked import Blocked
from lead.scenarios.criteria.collision import Collision
from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.in_route import InRoute
from lead.scenarios.criteria.limits import RouteTimeout, TickLimit
from lead.scenarios.criteria.min_speed import MinSpeed
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.observer import Observer
from lead.scenarios.criteria.outside_route_lanes import OutsideRouteLanes
from lead.scenarios.criteria.red_light import RedLight
from lead.scenarios.criteria.reported import scenario_timeout, yield_to_emergency
from lead.scenarios.criteria.route_completion import RouteCompletion
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.criteria.rules import Rules
from lead.scenarios.criteria.stop_sign import StopSign
from lead.scenarios.stage import Stage


class Ending(Enum):
    """Why a route ended."""

    COMPLETED = "completed"
    DEVIATED = "route deviation"
    BLOCKED = "blocked"
    TIMEOUT = "route timeout"
    TICKS = "tick limit"


class Judge:
    """Watches the stage's ego. `update` it in each tick after the situations, as upstream; `close` it after them too.

    `events` and `completion` can still be read when it is closed.
    """

    def __init__(self, stage: Stage, rules: Rules) -> None:
        self.ending: Ending | None = None  # None while driving
        self._last: Moment | None = None  # before closing
        line = RouteLine.of(stage.plan)
        self._observer = Observer(stage)
        self._ticks = TickLimit(rules)
        self._completion = RouteCompletion(line, rules)
        self._deviation, self._blocked, self._timeout = InRoute(line), Blocked(rules), RouteTimeout(line)
        self._collision, self._min_speed = Collision(), MinSpeed(line, rules)
        self._reported = (scenario_timeout(), yield_to_emergency())
        self._criteria = (
            OutsideRouteLanes(line, stage.map),
            self._collision,
            RedLight(stage.map, self._observer.lights),
            StopSign(stage.map, self._observer.signs, rules),
            self._min_speed,
            self._deviation,
            self._blocked,
            *self._reported,
            self._timeout,
        )

    @property
    def completion(self) -> float:
        """Percent of the route that was passed, with two digits."""
        return self._completion.percent

    @property
    def events(self) -> tuple[Event, ...]:
        """All infractions so far in the order of their beginnings."""
        found = [event for criterion in self._criteria for event in criterion.events]
        return tuple(sorted(found, key=lambda event: event.time))

    def update(self) -> None:
        """Judge this tick; nothing more once the route has ended."""
        if self.ending is not None:
            return
        self._ticks.update()
        if self._ticks.over:
            self.ending = Ending.TICKS
            return
        moment = self._last = self._observer.look()
        self._completion.update(moment)
        for criterion in self._criteria:
            criterion.update(moment)
        ends = {
            Ending.COMPLETED: self._completion.over,
            Ending.DEVIATED: self._deviation.over,
            Ending.BLOCKED: self._blocked.over,
            Ending.TIMEOUT: self._timeout.over,
        }
        self.ending = next((ending for ending, over in ends.items() if over), None)

    def close(self) -> None:
        """Take the sensor away; count what came late and the last segment's speed. A second time does nothing."""
        self._observer.close()
        if self._last is not None:
            last = replace(self._last, collisions=self._observer.contacts())
            for criterion in (self._collision, *self._reported):
                criterion.update(last)
            self._min_speed.finish()
            self._last = None
