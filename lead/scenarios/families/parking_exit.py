"""Out of a parking space into the traffic. Source: spec/benchmarks.md, 2.3."""

from contextlib import suppress

import carla

from lead.scenarios.cast import Cast, park, second_generation
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, near, within_limit
from lead.scenarios.families.cut_ins import lane_beside, put_at_kerb
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import ahead, behind

AT_START = 20.0  # m from the ego to the trigger within which it may be put into the space
OUT = 15.0  # m beyond the front car at which the ego is out
SIDE_WAY = 50.0  # m that the car in the driving lane drives before it is taken away
COMMON_SPACING = 15.0  # m between spawned vehicles on the road, afterwards


@plays("ParkingExit")
def parking_exit(stage: Stage, order: Order) -> Script:
    """The ego stands between two parked cars and pulls out before the traffic that comes past."""
    front = order.situation.number("front_vehicle_distance", 20.0)
    back = order.situation.number("behind_vehicle_distance", 10.0)
    side = order.situation.text("direction", "right")
    if not near(stage, order.waypoint.transform.location, AT_START):
        raise SetupFault(f"{order.name} begins where the ego does not: a route can only start in a parking space")
    space = lane_beside(order.waypoint, side, carla.LaneType.Parking)
    with Cast(stage, order) as cast:
        for spot in (ahead(space, front), behind(space, back)):
            car = cast.car(spot.transform, role="scenario no lights", keep=second_generation)
            put_at_kerb(car, spot, side)
            park(car)
        put_at_kerb(stage.ego, space, side)
        passer = cast.car(order.waypoint.transform, keep=second_generation)

        yield from order.triggered()
        yield  # a route may begin at the trigger: now all stand where they were put
        stage.traffic.change_road(spawn_distance=order.situation.number("flow_distance", 25.0))
        out = race(drives(stage.ego, front + OUT), _drive_off(stage, cast, passer))
        yield from within_limit(stage, order.name, out)
        stage.traffic.change_road(spawn_distance=COMMON_SPACING)


def _drive_off(stage: Stage, cast: Cast, car: carla.Vehicle) -> Script:
    """Let the TrafficManager take a car away; never ends by itself."""
    car.set_autopilot(True, stage.manager_port)
    try:
        yield from drives(car, SIDE_WAY)
    finally:
        with suppress(RuntimeError):
            car.set_autopilot(False, stage.manager_port)
    cast.dismiss(car)
    yield from forever()
