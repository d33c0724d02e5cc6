"""Something stands in the ego's lane: an accident, a parked car, road works.

Each is passed beside slowed traffic of the same direction or, as "TwoWays", on the opposite lane between oncoming cars.
Source: spec/benchmarks.md, 2.2.
"""

from collections.abc import Callable
from functools import partial

import carla

from lead.scenarios.cast import Cast, Lights, blink, hide, park, second_generation, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import near
from lead.scenarios.families.passing import CLOSE, WayPast, oncoming_traffic, passing, past, slowed_traffic
from lead.scenarios.order import Order
from lead.scenarios.script import Script
from lead.scenarios.stage import Stage
from lead.scenarios.ways import ahead, outermost_driving, shifted, side_sign

CROSSWISE = -90.0  # degrees from the lane to the yaw of signs that face its traffic
SIGN_OUTSIDE = 0.8  # lane widths from the outermost lane's middle to a warning sign: 0.3 beyond its edge

ROLE = "scenario no lights"  # the night leaves their lights as they are
POLICE = "vehicle.dodge.charger_police_2020"
FIRST_CAR, SECOND_CAR = 10.0, 16.0  # m behind the police car
ACCIDENT_ASIDE, PARKED_ASIDE = 0.6, 0.7  # half lanes towards `direction`
ACCIDENT_ROOM, PARKED_ROOM = 36.0, 20.0  # m of the ego's lane kept free beyond `distance`

SIGN_BEFORE = 5.0  # m from the arrow trailer to the road works
DEBRIS_BEHIND = 2.0  # m
CONES_ASIDE = 0.85  # half lanes from the lane's middle to the outermost cones
CONES_ALONG, CONES_ACROSS = (4, 2.0), (3, 1.0)  # number, m between them
WORKS_CLOSE = 30.0  # m from the ego at which the wait for a way past begins
WORKS_DISTANCE = 100.0  # m if the route file says none
DISTANCE = 120.0  # m of the other two


def accident(stage: Stage, order: Order, way_past: WayPast) -> Script:
    """A police car with its lights on secures two cars that stand aside, behind a warning sign."""
    distance, side = _distance(order, DISTANCE), _side(order)
    police = ahead(order.waypoint, distance)
    places = [police, ahead(police, FIRST_CAR), ahead(police, SECOND_CAR)]
    way = way_past(stage, order, places[-1])
    order.stands = police, places[-1]
    with Cast(stage, order) as cast:
        _warn(cast, order, "static.prop.warningaccident")
        for place in places:
            pose = shifted(place, side * ACCIDENT_ASIDE * 0.5 * place.lane_width)
            if place is police:
                car = cast.car(pose, POLICE)
                blink(car, Lights.Special1, Lights.Special2, Lights.Position)
            else:
                car = cast.car(pose, role=ROLE, keep=second_generation)
            park(car)
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + ACCIDENT_ROOM)
        yield from passing(stage, order, _reached(stage, places[1]), way, past(stage, places[-1]))


def parked_obstacle(stage: Stage, order: Order, way_past: WayPast) -> Script:
    """A car stands aside with its hazard lights on, behind a warning sign."""
    distance = _distance(order, DISTANCE)
    place = ahead(order.waypoint, distance)
    way = way_past(stage, order, place)
    order.stands = place, place
    with Cast(stage, order) as cast:
        _warn(cast, order, "static.prop.warningaccident")
        pose = shifted(place, _side(order) * PARKED_ASIDE * 0.5 * place.lane_width)
        car = cast.car(pose, role=ROLE, keep=second_generation)
        blink(car, Lights.LeftBlinker, Lights.RightBlinker, Lights.Position)
        park(car)
        yield from order.triggered()
        stage.traffic.leave_space_in_front(distance + PARKED_ROOM)
        yield from passing(stage, order, _reached(stage, place), way, past(stage, place))


def construction_obstacle(stage: Stage, order: Order, way_past: WayPast) -> Script:
    """Road works appear in the lane when triggered: an arrow trailer, debris, and cones around them."""
    place = ahead(order.waypoint, _distance(order, WORKS_DISTANCE))
    way = way_past(stage, order, place)
    order.stands = place, place
    with Cast(stage, order) as cast:
        _warn(cast, order, "static.prop.warningconstruction")
        works = [(cast.prop(pose, model), pose) for model, pose in _road_works(place, _side(order))]
        for prop, pose in works:
            hide(prop, pose.location)
        yield from order.triggered()
        stage.traffic.remove_lane(order.waypoint)
        try:
            for prop, pose in works:
                show(prop, pose)
            yield from passing(stage, order, _reached(stage, place, WORKS_CLOSE), way, past(stage, place))
        finally:
            stage.traffic.readd_lane()


for _type, _story in (
    ("Accident", accident), ("ParkedObstacle", parked_obstacle), ("ConstructionObstacle", construction_obstacle),
):  # fmt: skip
    plays(_type)(partial(_story, way_past=slowed_traffic))
    plays(f"{_type}TwoWays")(partial(_story, way_past=oncoming_traffic))


def _road_works(place: carla.Waypoint, side: float) -> list[tuple[str, carla.Transform]]:
    """Models and poses; the lane is closed from its edge on that `side` to a row of cones near the other one."""
    inner = -side * CONES_ASIDE * 0.5 * place.lane_width  # m to the right
    (along, along_gap), (across, across_gap) = CONES_ALONG, CONES_ACROSS
    spots = [((k + 1) * along_gap, inner) for k in range(along)]
    spots += [(along * along_gap, inner + side * (k + 1) * across_gap) for k in range(across)]
    return [
        ("static.prop.trafficwarning", _moved(place, -SIGN_BEFORE, 0.0, CROSSWISE)),
        ("static.prop.dirtdebris02", _moved(place, DEBRIS_BEHIND, 0.0, CROSSWISE)),
        *(("static.prop.constructioncone", _moved(place, forward, right, 0.0)) for forward, right in spots),
    ]


def _moved(place: carla.Waypoint, forward: float, right: float, turned: float) -> carla.Transform:
    pose = shifted(place, right, turned=turned)
    pose.location += forward * place.transform.get_forward_vector()
    return pose


def _warn(cast: Cast, order: Order, sign: str) -> None:
    """Put a sign beside the road at the trigger."""
    edge = outermost_driving(order.waypoint, order.situation.text("direction", "right"))
    cast.prop(shifted(edge, _side(order) * SIGN_OUTSIDE * edge.lane_width, turned=CROSSWISE), sign)


def _reached(stage: Stage, place: carla.Waypoint, metres: float = CLOSE) -> Callable[[], bool]:
    return lambda: near(stage, place.transform.location, metres)


def _distance(order: Order, default: float) -> float:
    return order.situation.number("distance", default)


def _side(order: Order) -> float:
    """1 if the obstacle stands to the right, -1 to the left."""
    return side_sign(order.situation.text("direction", "right"))
