"""Bicycles that ride straight on where the ego turns.

Source: spec/benchmarks.md, 2.5 "CrossingBicycleFlow".
"""

import carla

from lead.scenarios.cast import Cast
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import leaves_junction, within_limit
from lead.scenarios.crossings import Approach, junction_lights, next_junction
from lead.scenarios.movers.driver import path_of
from lead.scenarios.movers.flow import BicycleFlow
from lead.scenarios.movers.lights import first_then
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import told

FLOW_SPEED = 10.0  # m/s
INTERVAL = (20.0, 50.0)  # m from bicycle to bicycle
BEYOND = 40.0  # m that they ride on after the junction
ON_LANE = 10.0  # m from the ordered place to the biking lane at most
RED_FIRST = 5.0  # s for which all lights are red
STEP = 1.0  # m
LONGEST = 500  # waypoints from the source to the sink

Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green


@plays("CrossingBicycleFlow")
def crossing_bicycle_flow(stage: Stage, order: Order) -> Script:
    """Turn across a biking lane on which bicycles come that heed nobody."""
    ordered = order.situation
    speed, interval = ordered.number("flow_speed", FLOW_SPEED), ordered.interval("source_dist_interval", INTERVAL)
    approach, path = next_junction(order.waypoint), bicycle_path(stage, order)
    lights = _lights(stage, approach)
    order.flow = path_of(path)
    with Cast(stage, order) as cast:
        flow = BicycleFlow(stage, cast, path, interval, speed)
        yield from order.triggered()
        stage.traffic.handle_junction(JunctionOrder(stop_entries=True))
        story = race(leaves_junction(stage, approach.junction.id), flow.run(), lights)
        yield from within_limit(stage, order.name, story)


def bicycle_path(stage: Stage, order: Order) -> list[carla.Waypoint]:
    """Waypoints of the biking lane at `start_actor_flow`, through the junction ahead of it and 40 m on.

    Raises:
        SetupFault: there is no biking lane, or it does not lead through a junction.
    """
    place = order.situation.place("start_actor_flow")
    if place is None:
        raise SetupFault(f"{order.name} has no start_actor_flow; expected a place on a biking lane")
    start = carla.Location(*place.tolist())
    source = stage.map.get_waypoint(start, lane_type=carla.LaneType.Biking)
    if source is None or source.transform.location.distance(start) > ON_LANE:
        raise SetupFault(f"no biking lane lies within {ON_LANE:.0f} m of ({start.x:.1f}, {start.y:.1f})")
    return _through_junction(source)


def _through_junction(source: carla.Waypoint) -> list[carla.Waypoint]:
    path, entered, rest = [source], source.is_junction, BEYOND
    while rest > 0.0:
        following = path[-1].next(STEP)
        if not following or len(path) > LONGEST:
            raise SetupFault(f"the biking lane at {told(source)} does not lead {BEYOND:.0f} m beyond a junction")
        path.append(following[0])
        entered = entered or path[-1].is_junction
        if entered and (rest < BEYOND or not path[-1].is_junction):
            rest -= STEP
    return path


def _lights(stage: Stage, approach: Approach) -> Script:
    """All red, then the ego's green; nothing where there are none."""
    lights = junction_lights(stage, approach)
    if lights is None:
        return forever()
    all_red, ego_green = lights.states(Red, Red, Red), lights.states(Green, Red, Red)
    return first_then(stage, all_red, RED_FIRST, ego_green)
