"""Walkers who step into the ego's way: from behind a thing, from behind a parked car, or as a group at a crossing.

Source: spec/benchmarks.md, 2.4.
"""

from dataclasses import dataclass

import carla

from lead.scenarios.cast import Cast, park, second_generation
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import cut_trigger, drives, idle
from lead.scenarios.crossings import next_junction
from lead.scenarios.movers.walking import Waiting, beside_road, first_free, keeps_velocity, needs_free_way, towards_road
from lead.scenarios.order import Order
from lead.scenarios.script import Script, together, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import ahead_through, shifted, side_sign, sidewalk_side, told

DISTANCE = 12.0  # m from the trigger to the blocker
VENDING_MACHINE = "static.prop.vendingmachine"
BLOCKER_OFF, WALKER_OFF = 1.5, 1.2  # m from the outermost lane's middle where there is no sidewalk
BEHIND_BLOCKER = 0.5  # m from the blocker's end to the walker
WALK = 2.0  # m/s
CLOSE = 6.0  # m from the ego to the walker's way at which it goes in any case
EARLIER, PER_DEGREES = 0.1, 5  # s earlier that it goes for each so many degrees of its angle
PARKED_WAY = 8.0  # m that the walker from behind a parked car goes

GROUP = ((0.4, 1.5), (1.0, 2.5), (1.6, 0.5))  # m ahead and to the right of the sidewalk's middle at the crossing
GROUP_WAIT, GROUP_WALK = (0.0, 1.5), (1.3, 2.0)  # s and m/s that are drawn for each
GROUP_WAY = 2.3  # of the distance to the ego's lane
DRIVEN = 40.0  # m by the ego to the end


@dataclass(frozen=True)
class Ambush:
    """A walker hidden behind a blocker, and the point of the ego's lane at which it is awaited."""

    blocker: carla.Actor
    waiting: Waiting
    meeting: carla.Waypoint
    way: float  # m that the walker goes


@plays("DynamicObjectCrossing")
def dynamic_object_crossing(stage: Stage, order: Order) -> Script:
    """A walker comes from behind something on the sidewalk."""
    distance, direction = _distance(order), order.situation.text("direction", "right")
    model = order.situation.text("blocker_model", VENDING_MACHINE)
    angle = _angle(order)
    with Cast(stage, order) as cast:
        ambush = first_free(
            lambda farther: _behind_thing(stage, cast, order.waypoint, distance + farther, direction, model, angle)
        )
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + 10.0)
        yield from _awaited(stage, ambush, 2.1, angle)
        stage.traffic.leave_crossing_space(ambush.meeting)
        yield from _steps_out(stage, cast, ambush)


@plays("ParkingCrossingPedestrian")
def parking_crossing_pedestrian(stage: Stage, order: Order) -> Script:
    """A walker comes from behind a parked car."""
    distance, direction = _distance(order), order.situation.text("direction", "right")
    angle = _angle(order)
    with Cast(stage, order) as cast:
        ambush = first_free(
            lambda farther: _behind_parked_car(stage, cast, order.waypoint, distance + farther, direction, angle)
        )
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + 15.0)
        yield from _awaited(stage, ambush, 2.15, angle)
        yield from _steps_out(stage, cast, ambush)


@plays("PedestrianCrossing")
def pedestrian_crossing(stage: Stage, order: Order) -> Script:
    """Three walkers cross one after another where the ego's lane enters a junction."""
    meeting = next_junction(order.waypoint).entry
    sidewalk = sidewalk_side(meeting, "right")
    if sidewalk.lane_type != carla.LaneType.Sidewalk:
        raise SetupFault(f"no sidewalk is right of {told(meeting)}; expected one to cross from")
    waits, speeds = (stage.random.uniform(*limits, len(GROUP)).tolist() for limits in (GROUP_WAIT, GROUP_WALK))
    with Cast(stage, order) as cast:
        group = []
        for forward, right in GROUP:
            corner = shifted(sidewalk, right, turned=towards_road("right"))
            place = corner.location + forward * sidewalk.transform.get_forward_vector()
            group.append(Waiting.at(cast, carla.Transform(place, corner.rotation)))
        yield from order.triggered()
        stage.traffic.handle_junction(JunctionOrder(clear_junction=False))
        yield from together(*(waiting.appear() for waiting in group))
        yield from until(lambda: cut_trigger(stage, meeting.transform.location, 3.5, 12.0))

        def crosses(waiting: Waiting, wait: float, speed: float) -> Script:
            yield from idle(stage, wait)
            way = GROUP_WAY * waiting.pose.location.distance(meeting.transform.location)
            yield from keeps_velocity(stage, waiting.walker, waiting.pose, speed, way)
            cast.dismiss(waiting.walker)

        yield from together(*map(crosses, group, waits, speeds), drives(stage.ego, DRIVEN))


def _distance(order: Order) -> float:
    return order.situation.number("distance", DISTANCE)


def _angle(order: Order) -> float:
    """Degrees by which the walker goes against the ego's direction."""
    angle = order.situation.number("crossing_angle", 0.0)
    if abs(angle) > 90.0:
        raise SetupFault(f"{order.name}: crossing_angle is {angle:.0f} degrees; expected -90 to 90")
    return angle


def _behind_thing(
    stage: Stage, cast: Cast, start: carla.Waypoint, distance: float, direction: str, model: str, angle: float
) -> Ambush:
    """A thing or car on the sidewalk with a walker behind it."""
    meeting = ahead_through(start, distance)
    turned = 0.0 if model.startswith("vehicle.") else side_sign(direction) * 90.0
    blocker = _blocker(cast, beside_road(meeting, direction, off=BLOCKER_OFF, turned=turned), model)
    abreast = beside_road(meeting, direction, off=WALKER_OFF, turned=towards_road(direction, angle))
    extent = blocker.bounding_box.extent
    half_length = extent.y if turned else extent.x  # along the road
    farther = (half_length + BEHIND_BLOCKER) * meeting.transform.get_forward_vector()
    pose = carla.Transform(abreast.location + farther, abreast.rotation)
    way = 2.0 * meeting.transform.location.distance(pose.location)
    return Ambush(blocker, _behind(stage, cast, blocker, pose), meeting, way)


def _behind_parked_car(
    stage: Stage, cast: Cast, start: carla.Waypoint, distance: float, direction: str, angle: float
) -> Ambush:
    """A car one lane's width beside the ego's lane with a walker behind it."""
    abreast = ahead_through(start, distance)
    aside = side_sign(direction) * abreast.lane_width
    car = cast.car(shifted(abreast, aside), keep=second_generation)
    park(car)
    meeting = ahead_through(abreast, car.bounding_box.extent.x + BEHIND_BLOCKER)
    pose = shifted(meeting, aside, turned=towards_road(direction, angle))
    return Ambush(car, _behind(stage, cast, car, pose), meeting, PARKED_WAY)


def _behind(stage: Stage, cast: Cast, blocker: carla.Actor, pose: carla.Transform) -> Waiting:
    """The walker; if it cannot stand or go there, the blocker is taken away again."""
    try:
        needs_free_way(stage.world, pose)
        return Waiting.at(cast, pose)
    except SetupFault:
        cast.dismiss(blocker)
        raise


def _awaited(stage: Stage, ambush: Ambush, seconds: float, angle: float) -> Script:
    """The walker stands in its place until the ego comes; earlier the more it will go against the ego's direction."""
    yield from ambush.waiting.appear()
    place, before = ambush.meeting.transform.location, seconds + EARLIER * (angle // PER_DEGREES)
    yield from until(lambda: cut_trigger(stage, place, before, CLOSE))


def _steps_out(stage: Stage, cast: Cast, ambush: Ambush) -> Script:
    """The walker crosses and is gone with what hid it; the ego drives on."""
    yield from keeps_velocity(stage, ambush.waiting.walker, ambush.waiting.pose, WALK, ambush.way)
    cast.dismiss(ambush.waiting.walker, ambush.blocker)
    yield from drives(stage.ego, DRIVEN)


def _blocker(cast: Cast, pose: carla.Transform, model: str) -> carla.Actor:
    if not model.startswith("vehicle."):
        return cast.prop(pose, model)
    car = cast.car(pose, model, role="scenario no lights")
    car.set_simulate_physics(False)
    car.set_transform(pose)
    return car
