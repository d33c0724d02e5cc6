"""Someone crosses the road into which the ego turns."""

import carla
import numpy as np
import pytest
from bumping import begin, on_the_street, plan_through, present, seen_from, speed_of
from playing import Act, acting, bumps_of, situation, visit

from lead.scenarios.crossings import route_exit
from lead.scenarios.director import Part

START, TRIGGER = (-78.0, 150.0), 30.0  # m; in GridCity, on the way to a junction without lights
SECONDS = {"VehicleTurningRoute": 1.8, "VehicleTurningRoutePedestrian": 2.2}
both = pytest.mark.parametrize("kind", SECONDS)


@pytest.fixture
def start(client: carla.Client) -> carla.Waypoint:
    return visit(client, "GridCity").get_world().get_map().get_waypoint(carla.Location(*START, 0.0))


def played(client: carla.Client, start: carla.Waypoint, kind: str, side: str, speed: float = 8.0):
    points = plan_through(client.get_world().get_map(), start, 220.0, side)
    order = situation(kind, start.next(TRIGGER)[0].transform)
    return acting(client, "GridCity", points, order, speed=speed)


def exit_of(act: Act) -> carla.Waypoint:
    return route_exit(act.stage.plan, act.played.order.trigger.location)


def crosser(act: Act) -> carla.Actor:
    (actor,) = on_the_street(act)
    return actor


def test_a_bicycle_waits_at_the_right_sidewalk(client: carla.Client, start: carla.Waypoint):
    with played(client, start, "VehicleTurningRoute", "left") as act:
        act.tick()
        act.tick()
        bicycle = crosser(act)  # it is seen before the trigger, too
        assert bicycle.type_id == "vehicle.diamondback.century"
        ahead, right = seen_from(exit_of(act).transform, bicycle.get_location())
        assert 10.9 < ahead < 13.1 and 3.0 < right < 9.0
        assert bicycle.get_control().hand_brake
        heading, exit_right = bicycle.get_transform().get_forward_vector(), exit_of(act).transform.get_right_vector()
        assert heading.x * exit_right.x + heading.y * exit_right.y < -0.99  # it looks at the road


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_walker_waits_on_the_outer_side_of_the_turn(client: carla.Client, start: carla.Waypoint, side: str):
    with played(client, start, "VehicleTurningRoutePedestrian", side) as act:
        act.tick()
        act.tick()
        walker = crosser(act)
        assert walker.get_location().z < -100.0
        begin(act)
        ahead, right = seen_from(exit_of(act).transform, walker.get_location())
        assert 0.3 < ahead < 2.7 and abs(right) > 3.0 and (right > 0.0) is (side == "left")
        assert 0.0 < walker.get_location().z < 1.5


@both
@pytest.mark.parametrize("speed", [4.0, 8.0])
def test_it_goes_when_the_ego_is_to_arrive(client: carla.Client, start: carla.Waypoint, kind: str, speed: float):
    with played(client, start, kind, "left", speed) as act:
        begin(act)
        actor = crosser(act)
        begun = actor.get_location()
        along, aside = seen_from(exit_of(act).transform, begun)
        meeting = exit_of(act).next(along)[0].transform.location
        assert act.run(lambda act: speed_of(actor) > 0.5, 40.0)
        here = act.stage.place.distance(meeting) + act.stage.speed * 0.1  # two ticks ago
        assert here == pytest.approx(max(6.0, SECONDS[kind] * act.stage.speed), abs=1.0)
        assert act.orders.names == ["leave_crossing_space"]

        times, places = [], []
        while present(act, actor):
            times.append(act.stage.time)
            places.append(actor.get_location())
            act.tick(ego_drives=False)
        assert begun.distance(places[-1]) / (times[-1] - times[0]) == pytest.approx(1.8, rel=0.1)
        beyond, across = seen_from(exit_of(act).transform, places[-1])
        assert abs(beyond - along) < 1.0
        width = 2.0 * aside if kind == "VehicleTurningRoute" else None  # the walker crosses the whole road
        assert aside - across == pytest.approx(width, rel=0.1) if width else across < -4.0


@both
@pytest.mark.parametrize("careful", [False, True])
def test_a_blind_ego_hits_it_and_a_careful_one_does_not(
    client: carla.Client, start: carla.Waypoint, kind: str, careful: bool
):
    with played(client, start, kind, "left") as act, bumps_of(act) as bumps:
        begin(act)
        actor = crosser(act)
        hit = actor.type_id
        while present(act, actor):
            act.tick(ego_drives=not (careful and speed_of(actor) > 0.3))
        path = [act.stage.place]
        while not act.over:
            act.tick()
            path.append(act.stage.place)
        driven = np.sum([a.distance(b) for a, b in zip(path[:-1], path[1:], strict=True)])
        assert set(bumps) == (set() if careful else {hit}) and driven == pytest.approx(40.0, abs=1.5)
        assert on_the_street(act) == []


def test_nobody_is_blocked_by_a_sign_before_him(client: carla.Client, start: carla.Waypoint):
    with played(client, start, "VehicleTurningRoutePedestrian", "right") as act:  # a stop sign stands 0.5 m beyond
        begin(act)
        walker = crosser(act)
        assert act.run(lambda act: speed_of(walker) > 0.5, 30.0)
        begun = walker.get_location()
        assert act.run(lambda act: walker.get_location().distance(begun) > 4.0, 4.0, ego_drives=False)


@both
def test_without_a_turn_on_the_route_it_is_left_out(client: carla.Client, start: carla.Waypoint, kind: str):
    points = plan_through(client.get_world().get_map(), start, 50.0, "left")
    with acting(client, "GridCity", points, situation(kind, start.next(TRIGGER)[0].transform)) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "junction" in act.played.reason


@both
def test_closed_early_it_leaves_nobody(client: carla.Client, start: carla.Waypoint, kind: str):
    with played(client, start, kind, "left") as act:
        begin(act)
        actor = crosser(act)
        assert act.run(lambda act: speed_of(actor) > 0.5, 40.0)
    assert not client.get_world().get_snapshot().has_actor(actor.id)
