"""Someone crosses the road into which the ego turns: a bicycle, or a walker.

Source: spec/benchmarks.md, 2.4 (VehicleTurningRoute*).
"""

import carla

from lead.scenarios.cast import Cast, park
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import cut_trigger, drives
from lead.scenarios.crossings import downstream, route_exit
from lead.scenarios.movers.walking import Waiting, beside_road, first_free, keeps_velocity, needs_free_way, towards_road
from lead.scenarios.order import Order
from lead.scenarios.script import Script, until
from lead.scenarios.stage import Stage

BICYCLE = "vehicle.diamondback.century"
BICYCLE_AFTER, WALKER_AFTER = 11.0, 0.5  # m from the junction's exit to the crossing
BICYCLE_SEEN, WALKER_SEEN = 1.8, 2.2  # s before the ego's arrival at which they go
CLOSE = 6.0  # m from the ego at which they go in any case
SPEED = 1.8  # m/s
OFF = 1.5  # m from the outermost lane's middle where there is no sidewalk
DRIVEN = 40.0  # m by the ego to the end


@plays("VehicleTurningRoute")
def vehicle_turning(stage: Stage, order: Order) -> Script:
    """A bicycle comes from the right sidewalk."""
    out = route_exit(stage.plan, order.trigger.location)
    with Cast(stage, order) as cast:
        bicycle, meeting, pose = first_free(lambda farther: _bicycle_beside(stage, cast, out, farther))
        park(bicycle)
        way = 2.0 * meeting.transform.location.distance(pose.location)
        yield from order.triggered()
        yield from _awaited(stage, meeting, BICYCLE_SEEN)
        bicycle.apply_control(carla.VehicleControl())
        yield from _crosses(stage, cast, bicycle, pose, way)


@plays("VehicleTurningRoutePedestrian")
def vehicle_turning_pedestrian(stage: Stage, order: Order) -> Script:
    """A walker crosses the whole road, from the side away from which the ego turns."""
    out = route_exit(stage.plan, order.trigger.location)
    came, leaves = order.waypoint.transform.get_forward_vector(), out.transform.get_forward_vector()
    side, other = ("right", "left") if came.x * leaves.y - came.y * leaves.x < 0.0 else ("left", "right")
    with Cast(stage, order) as cast:
        waiting, meeting = first_free(lambda farther: _walker_beside(stage, cast, out, side, farther))
        way = beside_road(meeting, other, off=OFF).location.distance(waiting.pose.location)
        yield from order.triggered()
        yield from waiting.appear()
        yield from _awaited(stage, meeting, WALKER_SEEN)
        yield from _crosses(stage, cast, waiting.walker, waiting.pose, way)


def _bicycle_beside(
    stage: Stage, cast: Cast, out: carla.Waypoint, farther: float
) -> tuple[carla.Vehicle, carla.Waypoint, carla.Transform]:
    """A bicycle that looks at the road, the lane's point before it, and its pose."""
    meeting = downstream(out, BICYCLE_AFTER + farther)
    pose = beside_road(meeting, "right", off=OFF, turned=towards_road("right"))
    needs_free_way(stage.world, pose)
    return cast.car(pose, BICYCLE), meeting, pose


def _walker_beside(
    stage: Stage, cast: Cast, out: carla.Waypoint, side: str, farther: float
) -> tuple[Waiting, carla.Waypoint]:
    """A walker on one side of the road, and the lane's point before it."""
    meeting = downstream(out, WALKER_AFTER + farther)
    pose = beside_road(meeting, side, off=OFF, turned=towards_road(side))
    needs_free_way(stage.world, pose)
    return Waiting.at(cast, pose), meeting


def _awaited(stage: Stage, meeting: carla.Waypoint, seconds: float) -> Script:
    yield from until(lambda: cut_trigger(stage, meeting.transform.location, seconds, CLOSE))
    stage.traffic.leave_crossing_space(meeting)


def _crosses(stage: Stage, cast: Cast, actor: carla.Actor, pose: carla.Transform, way: float) -> Script:
    """Go across the road and be gone; the ego drives on."""
    yield from keeps_velocity(stage, actor, pose, SPEED, way)
    cast.dismiss(actor)
    yield from drives(stage.ego, DRIVEN)
