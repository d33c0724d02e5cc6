"""Something at the side of the lane reaches into it: slow bicycles, an opening door, oncoming cars in a narrowed turn.

Source: spec/benchmarks.md, 2.2.
"""

from math import ceil

import carla
import numpy as np

from lead.scenarios.cast import Cast, hide, park, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import ahead_of, beyond, cut_trigger, drives, idle, within_limit
from lead.scenarios.families.passing import CLOSE, PAST, WAIT, oncoming_traffic, passing, past, slowed_traffic
from lead.scenarios.movers.driver import PathDriver, lane_path
from lead.scenarios.movers.oncoming import KMH, invading_flow, invading_path
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race, together, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import ahead, ahead_through, beside, lane_to_pass_on, shifted, side_sign, told

BICYCLES = ("vehicle.bh.crossbike", "vehicle.diamondback.century", "vehicle.gazelle.omafiets")
BETWEEN = 9.0  # m from the first bicycle to the second
BICYCLES_ASIDE = 0.55  # half lanes to the right
BICYCLES_ROOM, EXTRA_ROOM = 29.0, 30.0  # m of the ego's lane kept free beyond `distance`, and more on its road
ROLL_OUT = 20.0  # m of path beyond what the bicycles drive
USUAL_OPPOSITE = 40.0  # m between oncoming vehicles of the background

DOOR_ROOM = 20.0  # m of the ego's lane kept free beyond `distance`
DOOR_ARRIVAL, DOOR_NEAR = 3.0, 10.0  # s and m from the ego to the car at which its door opens

SOURCE_BEYOND = 30.0  # m beyond `distance` to where oncoming cars begin and the situation ends
KEPT = 0.7  # m that lack to half a lane at offset 0
CONES_AFTER, CONES_EVERY, CONES_SHARE = 10.0, 5.0, 0.5  # m after the source, m, and share of `distance` with cones
CONES_ASIDE = 0.8  # half lanes to the right of the opposite lane's middle


@plays("HazardAtSideLane")
def hazard_at_side_lane(stage: Stage, order: Order) -> Script:
    """Two slow bicycles at the right edge of the lane, to be overtaken beside slowed traffic."""
    yield from _bicycles(stage, order, slowed_traffic(stage, order, order.waypoint))


@plays("HazardAtSideLaneTwoWays")
def hazard_at_side_lane_two_ways(stage: Stage, order: Order) -> Script:
    """Two slow bicycles at the right edge of the lane, to be overtaken on the opposite lane."""
    lane_to_pass_on(order.waypoint)  # has to be there
    yield from _bicycles(stage, order, _thinned_opposite(stage, order.situation.number("frequency", 100.0)))


def _bicycles(stage: Stage, order: Order, way: Script) -> Script:
    distance = order.situation.number("distance", 100.0)
    speed = KMH * order.situation.number("bicycle_speed", 10.0)
    metres = order.situation.number("bicycle_drive_distance", 50.0)
    first = ahead(order.waypoint, distance)
    order.stands = first, ahead(first, BETWEEN + metres)
    with Cast(stage, order) as cast:
        drivers = []
        for place in (first, ahead(first, BETWEEN)):
            aside = BICYCLES_ASIDE * 0.5 * place.lane_width
            bicycle = cast.car(shifted(place, aside), BICYCLES[int(stage.random.integers(len(BICYCLES)))])
            park(bicycle)
            path = lane_path(place, metres + ROLL_OUT, aside=aside)
            drivers.append(PathDriver(bicycle, path, speed, lambda: (stage.ego, *(d.vehicle for d in drivers))))
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + BICYCLES_ROOM)
        stage.traffic.change_road(extra_space=EXTRA_ROOM)
        nearest, last = (driver.vehicle for driver in drivers)
        rides = together(*(_ride(driver, metres) for driver in drivers))
        overtaking = passing(stage, order, lambda: _close(stage, nearest), way, _overtaken(stage, last))
        try:
            yield from race(overtaking, together(rides, forever()))
        finally:
            stage.traffic.change_road(extra_space=0.0)


def _ride(driver: PathDriver, metres: float) -> Script:
    yield from race(drives(driver.vehicle, metres), driver.drive())
    park(driver.vehicle)


def _close(stage: Stage, actor: carla.Actor) -> bool:
    return stage.place.distance(actor.get_location()) < CLOSE


def _overtaken(stage: Stage, last: carla.Vehicle) -> Script:
    yield from until(lambda: ahead_of(stage, last, np.inf))
    yield from drives(stage.ego, PAST)


def _thinned_opposite(stage: Stage, spacing: float) -> Script:
    stage.traffic.change_opposite(spawn_distance=spacing)
    try:
        with stage.no_wrong_direction_test():
            yield from forever()
    finally:
        stage.traffic.change_opposite(spawn_distance=USUAL_OPPOSITE)


@plays("VehicleOpensDoorTwoWays")
def vehicle_opens_door(stage: Stage, order: Order) -> Script:
    """A car in the parking lane opens the door on the road's side when the ego comes."""
    distance, direction = order.situation.number("distance", 50.0), order.situation.text("direction", "right")
    side = side_sign(direction)
    place = ahead(order.waypoint, distance)
    parking = beside(place, direction)
    if parking is None or parking.lane_type == carla.LaneType.Sidewalk:
        raise SetupFault(f"no lane to park in is {direction} of {told(place)}")
    way = oncoming_traffic(stage, order, place)
    order.stands = place, place
    with Cast(stage, order) as cast:
        car = cast.car(parking.transform, role="scenario no lights", special="", doors=True)
        towards_road = -side * (parking.lane_width - car.bounding_box.extent.y) / 4.0
        car.set_transform(shifted(parking, towards_road))
        park(car)
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + DOOR_ROOM)
        door = carla.VehicleDoor.FL if direction == "right" else carla.VehicleDoor.FR
        opening = _door(stage, car, door, place, way)
        yield from within_limit(stage, order.name, race(past(stage, place), opening))


def _door(stage: Stage, car: carla.Vehicle, door: carla.VehicleDoor, place: carla.Waypoint, way: Script) -> Script:
    yield from until(lambda: cut_trigger(stage, place.transform.location, DOOR_ARRIVAL, DOOR_NEAR))
    car.open_door(door)
    stage.traffic.stop_back_vehicles()
    try:
        yield from idle(stage, WAIT)
        yield from way
    finally:
        stage.traffic.start_back_vehicles()


@plays("InvadingTurn")
def invading_turn(stage: Stage, order: Order) -> Script:
    """Oncoming cars cut into the ego's lane to keep clear of cones at their edge."""
    distance, offset = order.situation.number("distance", 100.0), order.situation.number("offset", 0.25)
    forward = ahead_through(order.waypoint, distance + SOURCE_BEYOND)
    source, sink = lane_to_pass_on(forward), lane_to_pass_on(order.waypoint)
    path = invading_path(source, sink, offset + 0.5 * source.lane_width - KEPT)
    order.flow = np.array([[pose.location.x, pose.location.y, pose.location.z] for pose in path])
    flow = invading_flow(stage, path)
    with Cast(stage, order) as cast:
        cones = []
        for k in range(1, ceil(CONES_SHARE * distance / CONES_EVERY) + 1):
            edge = ahead_through(source, CONES_AFTER + k * CONES_EVERY)
            pose = shifted(edge, CONES_ASIDE * 0.5 * edge.lane_width)
            cone = cast.prop(pose, "static.prop.constructioncone")
            hide(cone, pose.location)
            cones.append((cone, pose))
        yield from order.triggered()
        stage.traffic.remove_lane(order.waypoint)
        stage.traffic.change_opposite(active=False)
        try:
            for cone, pose in cones:
                show(cone, pose, physics=False)
            passed = until(lambda: beyond(stage, forward.transform, PAST))
            yield from within_limit(stage, order.name, race(passed, flow))
        finally:
            stage.traffic.readd_lane()
            stage.traffic.change_opposite(active=True)
