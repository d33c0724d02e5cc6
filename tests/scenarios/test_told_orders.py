"""What situations tell of themselves: who takes part, the way of their traffic, where that which is passed stands."""

import carla
import pytest
from playing import acting, graph_of, plan_along, situation

from lead.scenarios.cast import Cast
from lead.scenarios.director import Part

TOWN = "GridCity"


def street(*, two_way: bool) -> carla.Waypoint:
    """The start of a lane of more than 150 m beside one of the other direction, or of its own."""
    for entry, _ in graph_of(TOWN).map.get_topology():
        left = entry.get_left_lane()
        long = entry.next(150.0)
        same = long and (long[0].road_id, long[0].lane_id) == (entry.road_id, entry.lane_id)
        if same and left is not None and left.lane_type == carla.LaneType.Driving:
            if (left.lane_id * entry.lane_id < 0) == two_way:
                return entry.next(10.0)[0]
    raise AssertionError(f"{TOWN} has no such street")


def beside(kind: str, client: carla.Client, **parameters):
    start = street(two_way=kind.endswith("TwoWays"))
    trigger = start.next(20.0)[0].transform
    return acting(client, TOWN, plan_along(start, 120.0)[[0, -1]], situation(kind, trigger, **parameters))


@pytest.mark.parametrize(
    ("kind", "cast"),
    [
        ("Accident", ["static.prop.warningaccident", "vehicle.dodge.charger_police_2020", "vehicle", "vehicle"]),
        ("AccidentTwoWays", ["static.prop.warningaccident", "vehicle.dodge.charger_police_2020", "vehicle", "vehicle"]),
        ("ParkedObstacle", ["static.prop.warningaccident", "vehicle"]),
        ("HazardAtSideLane", ["vehicle", "vehicle"]),
        (
            "ConstructionObstacle",
            ["static.prop.warningconstruction", "static.prop.trafficwarning", "static.prop.dirtdebris02"]
            + ["static.prop.constructioncone"] * 7,
        ),
    ],
)  # fmt: skip
def test_the_cast_is_told_in_its_order_as_long_as_it_is_there(client: carla.Client, kind: str, cast: list[str]):
    with beside(kind, client, distance=40) as act:
        order = act.played.order
        assert order.actors == ()
        act.tick()
        types = [actor.type_id for actor in order.actors]
        assert len(types) == len(cast) and all(map(str.startswith, types, cast))
        assert order.stands is not None and order.flow is None
        first, last = order.stands
        way = last.transform.location - first.transform.location
        ahead = first.transform.get_forward_vector()
        assert ahead.x * way.x + ahead.y * way.y >= 0.0
        assert first.transform.location.distance(order.trigger.location) == pytest.approx(40.0, abs=1.5)
        order.actors[0].destroy()
    assert order.actors == ()


def test_a_cast_without_an_order_tells_nobody(client: carla.Client):
    with beside("Accident", client, distance=40) as act, Cast(act.stage) as cast:
        cast.prop(act.stage.plan.waypoints[60].transform, "static.prop.constructioncone")
        assert act.played.order.actors == ()


def test_the_stage_knows_its_situations(client: carla.Client):
    with beside("Accident", client, distance=40) as act:
        assert act.stage.situations is act.director.played
        act.tick()
        assert act.stage.situations[0].part is Part.WAITING


def test_a_stream_across_a_junction_tells_its_ends(client: carla.Client):
    start = next(
        entry.previous(60.0)[0]
        for entry, _ in graph_of(TOWN).map.get_topology()
        if entry.is_junction and entry.previous(60.0) and not entry.previous(60.0)[0].is_junction
    )  # fmt: skip
    order = situation("NonSignalizedJunctionLeftTurn", start.next(5.0)[0].transform, flow_speed=8.0)
    with acting(client, TOWN, plan_along(start, 100.0)[[0, -1]], order) as act:
        act.tick()
        if act.played.part is Part.LEFT_OUT:
            pytest.skip(f"no such stream there: {act.played.reason}")
        source, sink = act.played.order.flow
        assert act.played.order.actors == () and act.played.order.stands is None
        assert act.run(lambda act: len(act.played.order.actors) > 0, 20.0)
        act.tick()
        car = act.played.order.actors[0]
        assert car.get_location().distance(source.transform.location) < 5.0
        assert source.transform.location.distance(sink.transform.location) > 20.0
