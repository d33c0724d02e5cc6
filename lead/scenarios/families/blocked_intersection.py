"""A car stands behind a junction, just where the ego's route leaves it, and is taken away after a while.

Source: spec/benchmarks.md, 2.2.
"""

from lead.scenarios.cast import LIFT, Cast, Lights, blink, hide, park, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import idle, within_limit
from lead.scenarios.crossings import route_exit
from lead.scenarios.order import Order
from lead.scenarios.script import Script, until
from lead.scenarios.stage import Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import ahead, shifted

BEHIND_EXIT = 5.0  # m from the junction's exit to the car
CLOSE, WAIT = 13.0, 10.0  # m from the ego to the car, and s from then until it is taken away


@plays("BlockedIntersection")
def blocked_intersection(stage: Stage, order: Order) -> Script:
    """The car comes when triggered, with its brake lights on."""
    place = ahead(route_exit(stage.plan, order.trigger.location), BEHIND_EXIT)
    with Cast(stage, order) as cast:
        car = cast.car(place.transform, role="scenario no lights", lights=True, special="")
        hide(car, place.transform.location)
        yield from order.triggered()
        stage.traffic.handle_junction(JunctionOrder(stop_entries=True))
        show(car, shifted(place, 0.0, up=LIFT))
        blink(car, Lights.Brake)
        park(car)

        def story() -> Script:
            yield from until(lambda: stage.place.distance(place.transform.location) < CLOSE)
            yield from idle(stage, WAIT)

        yield from within_limit(stage, order.name, story())
