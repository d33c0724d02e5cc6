"""Vehicles that cut in before the ego: out of a parking lane, out of a standing column, from an on-ramp.

Source: spec/benchmarks.md, 2.3.
"""

import carla

from lead.scenarios.cast import LIFT, Cast, hide, park, second_generation, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import cut_trigger, drives, idle
from lead.scenarios.crossings import exit_of
from lead.scenarios.movers.cut_in import LEAST_CHANGE, arrive_with_ego, cut_in, lane_change_path
from lead.scenarios.movers.driver import PathDriver, lane_path, path_of
from lead.scenarios.order import Order
from lead.scenarios.script import Script, race, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import ahead, beside, shifted, side_sign, told

BLOCKER_AT, PARKED_AT = 28.0, 35.0  # m from the trigger to the cars of ParkingCutIn
UNTOLD_SPEED = 20.0 / 3.6  # m/s of a BasicAgent that is told no speed
PARKED_WAY = 30.0  # m that the parked car drives before it is taken away

COLUMN_GAP, COLUMN, CUTTER = 11.0, 6, 2  # m from car to car, cars, and the number of the one that cuts in
CUTTER_SPEED, CUTTER_WAY, CUTTER_TIME = 60.0 / 3.6, 70.0, 30.0  # m/s, m and s after it has begun

AFTER_MERGE = 10.0  # m from the end of the ramp's junction to where the car is when the ego leaves that junction
FARTHEST_MERGE = 500.0  # m from the car to there

OPPOSITE = {"left": "right", "right": "left"}


@plays("ParkingCutIn")
def parking_cut_in(stage: Stage, order: Order) -> Script:
    """A parked car, hidden behind another, drives out into the ego's lane."""
    side = order.situation.text("direction", "right")
    crossed = ahead(order.waypoint, PARKED_AT)
    spots = [lane_beside(spot, side, carla.LaneType.Parking) for spot in (ahead(order.waypoint, BLOCKER_AT), crossed)]
    way = lane_change_path(spots[1], OPPOSITE[side], 0.0, LEAST_CHANGE, 2.0 * PARKED_WAY)
    with Cast(stage, order) as cast:
        blocker = cast.car(spots[0].transform, role="scenario no lights", keep=second_generation)
        adversary = cast.car(spots[1].transform, special="", keep=second_generation)
        for car, spot in zip((blocker, adversary), spots, strict=True):
            put_at_kerb(car, spot, side)
            park(car)

        yield from order.triggered()
        stage.traffic.leave_space_in_front(45.0)
        yield from until(lambda: cut_trigger(stage, crossed.transform.location, 2.35, 10.0))
        stage.traffic.change_road(extra_space=20.0)
        driver = PathDriver(adversary, way, UNTOLD_SPEED, lambda: [stage.ego])
        try:
            yield from race(drives(adversary, PARKED_WAY), driver.drive())
        finally:
            stage.traffic.change_road(extra_space=0.0)


@plays("StaticCutIn")
def static_cut_in(stage: Stage, order: Order) -> Script:
    """A standing column appears beside the ego's lane when triggered, and one car of it pulls out."""
    side, distance = order.situation.text("direction", "right"), order.situation.number("distance", 100.0)
    lane = [ahead(order.waypoint, distance + k * COLUMN_GAP) for k in range(COLUMN)]
    column = [lane_beside(spot, side, carla.LaneType.Driving) for spot in lane]
    with Cast(stage, order) as cast:
        cars = [hidden(cast.car(spot.transform, lights=True), spot) for spot in column]

        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + COLUMN * COLUMN_GAP)
        for car, spot in zip(cars, column, strict=True):
            show(car, shifted(spot, 0.0, up=LIFT))
            park(car)
        yield from until(lambda: cut_trigger(stage, lane[CUTTER].transform.location, 2.7, 15.0))
        stage.traffic.change_road(extra_space=30.0)
        stage.traffic.remove_lane(column[CUTTER - 1])
        try:
            yield from race(_pull_out(stage, cars[CUTTER], OPPOSITE[side]), idle(stage, CUTTER_TIME))
        finally:
            stage.traffic.change_road(extra_space=0.0)
            stage.traffic.readd_lane(1 if side == "right" else -1)


@plays("HighwayCutIn")
def highway_cut_in(stage: Stage, order: Order) -> Script:
    """A car on an on-ramp reaches the motorway just before the ego and changes into its lane; not if it is late.

    Where the ramp ends in the ego's own lane there is no lane to change to, and its arrival is all.
    """
    place = order.situation.place("other_actor_location")
    if place is None:
        raise SetupFault(f"{order.name} names no other_actor_location; expected the place of a car on a ramp")
    ramp = stage.map.get_waypoint(carla.Location(*place.tolist()))
    way = _through_merge(ramp)
    lane = beside(way[-1], "left")
    changes = lane is not None and lane.lane_type == carla.LaneType.Driving and lane.lane_id * way[-1].lane_id > 0
    reference = exit_of(order.waypoint, 0)  # the ego is so far behind when the car is there
    with Cast(stage, order) as cast:
        car = hidden(cast.car(ramp.transform, lights=True), ramp)

        yield from order.triggered()
        stage.traffic.handle_junction(
            JunctionOrder(clear_junction=True, clear_ego_entry=False, remove_entries=[ramp], extend_exit=170.0)
        )
        show(car, shifted(ramp, 0.0, up=LIFT))
        yield
        arrived = yield from arrive_with_ego(stage, car, path_of(way), reference.transform)
        if arrived and changes:
            yield from cut_in(stage, car, "left", percent=80.0, same=0.3, change=2.0, other=3.0)


def put_at_kerb(car: carla.Vehicle, spot: carla.Waypoint, side: str) -> None:
    """Put a car in a parking lane at that lane's outer edge."""
    outwards = (spot.lane_width - car.bounding_box.extent.y) / 4.0
    car.set_transform(shifted(spot, side_sign(side) * outwards, up=LIFT))


def hidden(car: carla.Vehicle, spot: carla.Waypoint) -> carla.Vehicle:
    """A car that was just spawned at a spot, out of sight."""
    hide(car, spot.transform.location)
    return car


def _pull_out(stage: Stage, car: carla.Vehicle, direction: str) -> Script:
    yield from cut_in(stage, car, direction, change=3.0, other=2.0)
    onward = lane_path(stage.map.get_waypoint(car.get_location()), CUTTER_WAY + 1.0)
    driver = PathDriver(car, onward, CUTTER_SPEED, lambda: [stage.ego])
    yield from race(drives(car, CUTTER_WAY), driver.drive())


def _through_merge(ramp: carla.Waypoint) -> list[carla.Waypoint]:
    """The way from a ramp through the junction to the point after it, one waypoint per metre."""
    way, entered = [ramp], ramp.is_junction
    while not entered or way[-1].is_junction:
        following = way[-1].next(1.0)
        if not following or len(way) > FARTHEST_MERGE:
            raise SetupFault(f"no junction merges the ramp of {told(ramp)} within {len(way)} m")
        way.append(following[0])
        entered = entered or following[0].is_junction
    for _ in range(int(AFTER_MERGE)):
        way += way[-1].next(1.0)[:1]
    return way


def lane_beside(waypoint: carla.Waypoint, side: str, kind: carla.LaneType) -> carla.Waypoint:
    """The next lane to the "left" or "right", which must be of that kind and lead the same way.

    Raises:
        SetupFault: it is not, or there is none.
    """
    if side not in OPPOSITE:
        raise SetupFault(f"direction is {side!r}; expected 'left' or 'right'")
    lane = beside(waypoint, side)
    if lane is None or lane.lane_type != kind or lane.lane_id * waypoint.lane_id < 0:
        found = "nothing" if lane is None else f"a {lane.lane_type} lane"
        raise SetupFault(f"{side} of {told(waypoint)} is {found}; expected a {kind} lane of the same direction")
    return lane
