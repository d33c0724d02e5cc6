"""A situation of your own: a car stands in the ego's lane with its hazard lights on, and is towed away after a while.

Lies in lead/scenarios/families/ and is named in its __init__.py; in route files it is then called StalledCar.
"""

from lead.scenarios.cast import Cast, Lights, blink, park
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import idle, near, within_limit
from lead.scenarios.order import Order
from lead.scenarios.script import Script, until
from lead.scenarios.stage import Stage
from lead.scenarios.ways import ahead

DISTANCE = 30.0  # m from the trigger to the car, unless the route file says otherwise
SEEN, STANDS = 15.0, 5.0  # m at which the ego has come up to it, and s from then until it is gone


@plays("StalledCar")
def stalled_car(stage: Stage, order: Order) -> Script:
    """What stands before the first `yield` is set up when the route begins; when the script ends, all is cleared."""
    place = ahead(order.waypoint, order.situation.number("distance", DISTANCE))
    with Cast(stage, order) as cast:
        car = cast.car(place.transform, lights=True, special="")
        blink(car, Lights.LeftBlinker, Lights.RightBlinker)
        park(car)
        yield from order.triggered()

        def story() -> Script:
            yield from until(lambda: near(stage, place.transform.location, SEEN))
            yield from idle(stage, STANDS)

        yield from within_limit(stage, order.name, story())
