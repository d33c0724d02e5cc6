"""How the ego gets past what stands in its lane: through slowed traffic beside it, or through oncoming traffic.

A way past is a script that begins when the ego has waited for it; the situations race it against their end.
Source: spec/benchmarks.md, 2.2.
"""

from collections.abc import Callable
from math import inf

import carla

from lead.scenarios.conditions import beyond, idle, within_limit
from lead.scenarios.movers.oncoming import opposite_flow
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race, until
from lead.scenarios.stage import Stage
from lead.scenarios.ways import ahead, lane_to_pass_on

WAIT = 5.0  # s that the ego stands before its way opens
CLOSE = 50.0  # m to the obstacle at which the wait begins
PAST = 50.0  # m beyond the obstacle at which the situation ends
SPEED, INTERVAL = 60.0, (20.0, 100.0)  # km/h of slowed traffic and m between oncoming cars if the route file says none

WayPast = Callable[[Stage, Order, carla.Waypoint], Script]


def slowed_traffic(stage: Stage, order: Order, place: carla.Waypoint) -> Script:
    """Traffic is slowed down, so that the lane beside becomes enterable."""
    return _slowed(stage, order.situation.number("speed", SPEED))


def oncoming_traffic(stage: Stage, order: Order, place: carla.Waypoint) -> Script:
    """Cars come on the lane to the left, with gaps to be used. Raises SetupFault without one."""
    return _oncoming(stage, lane_to_pass_on(place), order.situation.interval("frequency", INTERVAL))


def passing(stage: Stage, order: Order, close: Callable[[], bool], way: Script, passed: Script) -> Script:
    """Some time after the ego has come close to what is in its lane its way opens; over when it has passed."""

    def story() -> Script:
        yield from until(close)
        yield from idle(stage, WAIT)
        yield from way

    yield from within_limit(stage, order.name, race(passed, story()))


def past(stage: Stage, place: carla.Waypoint) -> Script:
    """Wait until the ego is 50 m beyond a place on its road, on whichever lane."""
    end = ahead(place, PAST).transform
    yield from until(lambda: beyond(stage, end, inf))


def _slowed(stage: Stage, kmh: float) -> Script:
    stage.traffic.set_max_speed(kmh)
    try:
        yield from forever()
    finally:
        stage.traffic.set_max_speed(0.0)


def _oncoming(stage: Stage, lane: carla.Waypoint, interval: tuple[float, float]) -> Script:
    stage.traffic.change_opposite(active=False)
    try:
        with stage.no_wrong_direction_test():
            yield from opposite_flow(stage, lane, interval)
    finally:
        stage.traffic.change_opposite(active=True)
