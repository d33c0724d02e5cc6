"""Walkers who step into the ego's way."""

import carla
import numpy as np
import pytest
from bumping import begin, drive_on, on_the_street, present, seen_from, speed_of
from playing import Act, acting, bumps_of, plan_along, situation, visit

from lead.scenarios.director import Part
from lead.scenarios.situation import Situation

SIDEWALK_STREET, PARKING_STREET, BICYCLE_STREET = (78.0, 232.0), (-78.0, 210.0), (95.0, 76.0)  # m, in GridCity
TRIGGER = 30.0  # m from the route's start

AMBUSHES = {  # where, type, parameters, s before arrival, way
    "untold": (SIDEWALK_STREET, "DynamicObjectCrossing", {}, 2.1, None),
    "angled": (
        SIDEWALK_STREET, "DynamicObjectCrossing",
        {"distance": 30, "crossing_angle": 12, "blocker_model": "static.prop.foodcart"}, 2.3, None,
    ),
    "car": (
        BICYCLE_STREET, "DynamicObjectCrossing",
        {"distance": 40, "blocker_model": "vehicle.mini.cooper_s", "direction": "right"}, 2.1, None,
    ),
    "parked": (PARKING_STREET, "ParkingCrossingPedestrian", {"distance": 40}, 2.15, 8.0),
}  # fmt: skip
every_ambush = pytest.mark.parametrize("name", AMBUSHES)


@pytest.fixture(autouse=True)
def grid_city(client: carla.Client) -> None:
    visit(client, "GridCity")


def start_of(client: carla.Client, name: str) -> carla.Waypoint:
    x, y = AMBUSHES[name][0]
    return client.get_world().get_map().get_waypoint(carla.Location(x, y, 0.0))


def ordered(client: carla.Client, name: str) -> tuple[np.ndarray, Situation, carla.Waypoint]:
    """Key points, the situation, and the lane's point abreast of the blocker."""
    _, kind, parameters, _, _ = AMBUSHES[name]
    start = start_of(client, name)
    trigger = start.next(TRIGGER)[0]
    abreast = trigger.next(parameters.get("distance", 12.0))[0]
    return plan_along(start, 150.0), situation(kind, trigger.transform, **parameters), abreast


def meeting_of(act: Act, abreast: carla.Waypoint, name: str) -> carla.Location:
    """Where the ego is awaited: abreast of the blocker, or of the walker behind a parked car."""
    if AMBUSHES[name][1] == "DynamicObjectCrossing":
        return abreast.transform.location
    (car,) = act.actors("vehicle.*")
    return abreast.next(car.bounding_box.extent.x + 0.5)[0].transform.location


@every_ambush
def test_the_walker_stands_behind_the_blocker(client: carla.Client, name: str):
    points, order, abreast = ordered(client, name)
    with acting(client, "GridCity", points, order) as act:
        act.tick()
        act.tick()
        (walker,) = act.actors("walker.*")
        assert walker.get_location().z < -100.0  # out of sight until triggered
        begin(act)
        (blocker,) = [actor for actor in on_the_street(act) if actor.id != walker.id]
        assert blocker.type_id.startswith(AMBUSHES[name][2].get("blocker_model", blocker.type_id[:7]))
        assert name != "untold" or blocker.type_id == "static.prop.vendingmachine"
        ahead, right = seen_from(abreast.transform, blocker.get_location())
        assert abs(ahead) < 0.6 and 2.0 < right < 9.0
        away, walker_right = seen_from(abreast.transform, walker.get_location())
        half_length = blocker.bounding_box.extent.y if "prop" in blocker.type_id else blocker.bounding_box.extent.x
        assert away == pytest.approx(ahead + half_length + 0.5, abs=0.3) and abs(walker_right - right) < 0.6
        assert 0.0 < walker.get_location().z < 1.5 and speed_of(walker) == 0.0


@pytest.mark.parametrize(("name", "speed"), [
    (name, speed) for name in AMBUSHES for speed in (4.0, 10.0) if (name, speed) != ("untold", 10.0)  # goes at once
])  # fmt: skip
def test_the_walker_goes_when_the_ego_is_to_arrive(client: carla.Client, name: str, speed: float):
    points, order, abreast = ordered(client, name)
    _, _, parameters, seconds, way = AMBUSHES[name]
    with acting(client, "GridCity", points, order, speed=speed) as act:
        begin(act)
        (walker,), meeting = act.actors("walker.*"), meeting_of(act, abreast, name)
        start = walker.get_location()
        assert act.run(lambda act: speed_of(walker) > 0.5, 20.0)
        here = act.stage.place.distance(meeting) + act.stage.speed * 0.1  # two ticks ago
        assert here == pytest.approx(max(6.0, seconds * act.stage.speed), abs=0.8)

        path = []
        while present(act, walker) and not act.over:
            path.append((act.stage.time, walker.get_location()))
            act.tick(ego_drives=False)
        times, places = zip(*path, strict=True)
        expected = way or 2.0 * start.distance(meeting)
        assert places[-1].distance(start) == pytest.approx(expected, rel=0.1)
        assert places[-1].distance(start) / (times[-1] - times[0]) == pytest.approx(2.0, rel=0.1)
        along, aside = seen_from(abreast.transform, places[-1])
        begun, begun_aside = seen_from(abreast.transform, start)
        angle = np.degrees(np.arctan2(begun - along, begun_aside - aside))  # against the ego's direction
        assert angle == pytest.approx(parameters.get("crossing_angle", 0.0), abs=4.0)


@every_ambush
@pytest.mark.parametrize("careful", [False, True])
def test_a_blind_ego_hits_the_walker_and_a_careful_one_does_not(client: carla.Client, name: str, careful: bool):
    points, order, _ = ordered(client, name)
    with acting(client, "GridCity", points, order) as act, bumps_of(act) as bumps:
        begin(act)
        (walker,) = act.actors("walker.*")
        kind = walker.type_id
        while present(act, walker) and not act.over:
            act.tick(ego_drives=not (careful and speed_of(walker) > 0.3))
        here = act.stage.place
        drive_on(act, [], careful=False)
        assert set(bumps) == (set() if careful else {kind})
        assert here.distance(act.stage.place) == pytest.approx(40.0, abs=4.0)
        assert on_the_street(act) == []


@every_ambush
def test_directives(client: carla.Client, name: str):
    points, order, _ = ordered(client, name)
    _, kind, parameters, _, _ = AMBUSHES[name]
    dynamic = kind == "DynamicObjectCrossing"
    with acting(client, "GridCity", points, order) as act:
        begin(act)
        assert act.orders.names[0] == "leave_space_in_front"
        assert act.orders.arguments("leave_space_in_front") == (
            parameters.get("distance", 12) + (10.0 if dynamic else 15.0),
        )
        drive_on(act, [], careful=False)
        assert act.orders.names[1:] == (["leave_crossing_space"] if dynamic else [])


def test_the_left_sidewalk_lies_across_the_road(client: carla.Client):
    points, _, _ = ordered(client, "parked")
    trigger = start_of(client, "parked").next(TRIGGER)[0]
    order = situation("DynamicObjectCrossing", trigger.transform, distance=30, direction="left")
    with acting(client, "GridCity", points, order) as act:
        begin(act)
        (walker,) = act.actors("walker.*")
        ahead, right = seen_from(trigger.next(30.0)[0].transform, walker.get_location())
        assert 0.5 < ahead < 2.0 and -12.0 < right < -5.0
        heading = walker.get_transform().get_forward_vector()
        assert heading.x * trigger.transform.get_right_vector().x > 0.9 - abs(heading.y)


def group_order(client: carla.Client, metres: float = 60.0) -> tuple[np.ndarray, Situation, carla.Waypoint]:
    """Key points, a PedestrianCrossing triggered so far before the junction, and the lane's last point before it."""
    start = client.get_world().get_map().get_waypoint(carla.Location(*BICYCLE_STREET, 0.0))
    entry = start
    while not entry.next(1.0)[0].is_junction:
        entry = entry.next(1.0)[0]
    begin_at = entry.previous(metres + 20.0)[0]
    trigger = entry.previous(metres)[0]
    return plan_along(begin_at, 200.0), situation("PedestrianCrossing", trigger.transform), entry


def test_three_walkers_cross_where_the_junction_begins(client: carla.Client):
    points, order, entry = group_order(client)
    with acting(client, "GridCity", points, order) as act:
        begin(act)
        name, (junction_order,), _ = act.orders.given[0]
        assert name == "handle_junction" and junction_order.clear_ego_entry and not junction_order.clear_junction
        walkers = act.actors("walker.*")
        begun = [walker.get_location() for walker in walkers]
        assert len(walkers) == 3 and all(seen_from(entry.transform, place)[1] > 3.0 for place in begun)
        ahead = [seen_from(entry.transform, place)[0] for place in begun]
        assert np.subtract(ahead[1:], ahead[0]) == pytest.approx([0.6, 1.2], abs=0.05)
        assert act.run(lambda act: any(speed_of(walker) > 0.5 for walker in walkers), 30.0)
        away = act.stage.place.distance(entry.transform.location)
        first, last = 3.5 * act.stage.speed, 2.0 * act.stage.speed  # the first waits up to 1.5 s
        assert last - 1.0 < away < first

        ways, speeds = [0.0] * 3, [0.0] * 3
        for _ in range(600):
            act.tick(ego_drives=False)
            for k, walker in enumerate(walkers):
                if present(act, walker):
                    ways[k] = walker.get_location().distance(begun[k])
                    speeds[k] = max(speeds[k], speed_of(walker))
            if not any(present(act, walker) for walker in walkers):
                break
        expected = [2.3 * place.distance(entry.transform.location) for place in begun]
        assert ways == pytest.approx(expected, rel=0.1)
        assert all(1.29 < speed < 2.01 for speed in speeds) and len({round(speed, 3) for speed in speeds}) == 3
        assert not act.over  # the ego has not driven 40 m yet
        drive_on(act, [], careful=False)
        assert on_the_street(act) == []


@pytest.mark.parametrize("careful", [False, True])
def test_a_blind_ego_hits_the_group_and_a_careful_one_does_not(client: carla.Client, careful: bool):
    points, order, _ = group_order(client)
    with acting(client, "GridCity", points, order) as act, bumps_of(act) as bumps:
        begin(act)
        drive_on(act, act.actors("walker.*"), careful=careful)
        assert bool(bumps) is not careful and all(kind.startswith("walker.") for kind in bumps)


def test_a_road_without_sidewalk_has_no_group(client: carla.Client):
    visit(client, "InterurbanHills")
    here = client.get_world().get_map().get_waypoint(carla.Location(0.0, 0.0, 0.0))
    start = next(w for w in here.previous_until_lane_start(5.0)[::-1] if not w.is_junction)
    order = situation("PedestrianCrossing", start.transform)
    with acting(client, "InterurbanHills", plan_along(start, 100.0), order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "no sidewalk" in act.played.reason


@pytest.mark.parametrize("name", ["untold", "parked", "group"])
def test_closed_early_it_leaves_nothing(client: carla.Client, name: str):
    points, order, _ = group_order(client) if name == "group" else ordered(client, name)
    with acting(client, "GridCity", points, order) as act:
        begin(act)
        assert on_the_street(act)
    assert not any(len(client.get_world().get_actors().filter(kind)) for kind in ("walker.*", "static.prop.*"))


def test_same_seed_same_story(client: carla.Client):
    def told() -> list[tuple]:
        points, order, _ = group_order(client)
        with acting(client, "GridCity", points, order, seed=3) as act:
            begin(act)
            walkers = act.actors("walker.*")
            assert act.run(lambda act: all(speed_of(walker) > 0.5 for walker in walkers), 30.0)
            return [(act.ticks, w.type_id, w.get_location().x, w.get_location().y, speed_of(w)) for w in walkers]

    assert told() == told()
