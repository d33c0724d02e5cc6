"""The generator of routes, and the suites that are shipped."""

import re
from functools import cache
from itertools import islice
from pathlib import Path

import carla
import numpy as np
import pytest
from playing import acting, graph_of

from lead import InputError
from lead.roads.generate import TOWNS
from lead.scenarios.catalogue import catalogue
from lead.scenarios.check import check_route
from lead.scenarios.director import Part
from lead.scenarios.plan import CHANGES, Command, trace
from lead.scenarios.route_file import Route, read_routes
from lead.scenarios.suites import SUITES, resolve_routes, suite
from lead.scenarios.suites.generate import LENGTHS, Ground, placeable, routes_for, routes_in
from lead.scenarios.suites.recipes import LONG_LEAST, LONG_LENGTHS, LONG_VARIED, MINI, TYPES
from lead.scenarios.suites.way import LIGHT, has_landmark
from lead.scenarios.suites.write import to_xml
from lead.score.bench2drive_abilities import ABILITIES

MINI_ROUTES = resolve_routes("mini")
LONG_ROUTES = resolve_routes("mini-long")


@cache
def ground(town: str) -> Ground:
    return Ground.of(town)


def one(town: str, kind: str, seed: int = 5) -> tuple[Route, list[carla.Waypoint], list[Command], int]:
    """A route for a type, its waypoints and commands, and the row of its trigger."""
    route = next(routes_for(ground(town), kind, np.random.default_rng(seed)))
    plan = trace(ground(town).graph, route.key_points)
    row = int(np.argmin(np.linalg.norm(plan.pose[:, :3] - route.situations[0].trigger[:3], axis=1)))
    return route, list(plan.waypoints), [Command(number) for number in plan.command], row


@pytest.mark.parametrize("route", [*MINI_ROUTES, *LONG_ROUTES], ids=lambda route: f"{route.town}-{route.id}")
def test_nothing_is_wrong_with_a_shipped_route(route: Route):
    assert check_route(graph_of(route.town), route) == []


def test_mini_has_24_short_routes_with_a_situation_each_for_all_abilities():
    assert len(MINI_ROUTES) == 24 == len({route.id for route in MINI_ROUTES})
    assert {route.town for route in MINI_ROUTES} == set(TOWNS)
    for route in MINI_ROUTES:
        assert LENGTHS[0] <= trace(graph_of(route.town), route.key_points).length <= LENGTHS[1]
        assert len(route.situations) == 1
    types = {route.situations[0].type for route in MINI_ROUTES}
    assert all(types & set(known) for known in ABILITIES.values()) and len(types) == 24
    assert len({tuple(route.weather[0].values) for route in MINI_ROUTES}) > 5


def test_mini_long_has_6_routes_of_many_situations_that_follow_each_other():
    assert len(LONG_ROUTES) == 6
    for route in LONG_ROUTES:
        plan = trace(graph_of(route.town), route.key_points)
        assert LONG_LENGTHS[0] <= plan.length <= LONG_LENGTHS[1]
        assert len(route.situations) >= LONG_LEAST
        at = [np.linalg.norm(plan.pose[:, :3] - each.trigger[:3], axis=1).argmin() for each in route.situations]
        assert (np.diff(at) > 40).all()
        assert len({each.type for each in route.situations}) >= LONG_VARIED


def test_train_shares_no_town_with_the_others_and_has_most_types():
    routes = resolve_routes("train")
    assert len(routes) > 300 and len({route.id for route in routes}) == len(routes)
    assert not {route.town for route in routes} & {route.town for route in [*MINI_ROUTES, *LONG_ROUTES]}
    assert {each.type for route in routes for each in route.situations} == {
        name for kind in TYPES.values() for name in kind
    }


def test_some_train_routes_are_good():
    for route in resolve_routes("train")[::60]:
        assert check_route(ground(route.town).graph, route) == []


def test_every_shipped_type_can_be_played():
    kinds = {each.type for name in SUITES for route in read_routes(suite(name)) for each in route.situations}
    assert kinds | set(placeable()) <= set(catalogue())


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    made = [
        to_xml(routes_in(Ground.of("VillageCrossing"), ("ParkingCutIn", "T_Junction"), 4, seed)) for seed in (1, 1, 2)
    ]
    assert made[0] == made[1] != made[2]


def test_what_is_written_is_read_again(tmp_path: Path):
    routes = routes_in(ground("GridCity"), ("CrossingBicycleFlow", "AccidentTwoWays"), 3, 7)
    path = tmp_path / "routes.xml"
    path.write_text(to_xml(routes))
    for made, read in zip(routes, read_routes(path), strict=True):
        assert (made.id, made.town, made.notes) == (read.id, read.town, read.notes)
        np.testing.assert_allclose(made.key_points, read.key_points, atol=1e-9)
        assert all((a.values == b.values).all() for a, b in zip(made.weather, read.weather, strict=True))
        ours, theirs = made.situations[0], read.situations[0]
        np.testing.assert_allclose(ours.trigger, theirs.trigger, atol=1e-9)
        assert (ours.name, ours.type, ours.parameters) == (theirs.name, theirs.type, theirs.parameters)
    assert read_routes(path)[0].situations[0].place("start_actor_flow") is not None


def test_the_places_of_a_town_are_used_before_any_is_used_again():
    routes = list(islice(routes_for(ground("VillageCrossing"), "ParkingExit", np.random.default_rng(0)), 12))
    assert len({tuple(route.key_points[0]) for route in routes}) == 12


@pytest.mark.parametrize("town, kind, turn, lights", [
    ("GridCity", "SignalizedJunctionLeftTurn", Command.LEFT, True),
    ("GridCity", "SignalizedJunctionRightTurn", Command.RIGHT, True),
    ("VillageCrossing", "NonSignalizedJunctionLeftTurn", Command.LEFT, False),
    ("InterurbanHills", "NonSignalizedJunctionRightTurn", Command.RIGHT, False),
    ("GridCity", "OppositeVehicleRunningRedLight", Command.STRAIGHT, True),
])  # fmt: skip
def test_junction_situations_lie_before_the_junction_they_need(town: str, kind: str, turn: Command, lights: bool):
    _, waypoints, commands, row = one(town, kind)
    first = next(k for k in range(row, len(waypoints)) if waypoints[k].is_junction)
    assert 15 < first - row < 70
    assert commands[first + 2] is turn
    assert has_landmark(waypoints[first - 1], LIGHT) == lights


@pytest.mark.parametrize("town", ["GridCity", "VillageCrossing"])
def test_an_opening_door_is_beside_the_lane_and_another_way_leads_around_it(town: str):
    route, waypoints, _, row = one(town, "VehicleOpensDoorTwoWays")
    ahead = int(route.situations[0].number("distance", 0.0))
    assert waypoints[row + ahead].get_right_lane().lane_type == carla.LaneType.Parking
    assert waypoints[row].get_left_lane().lane_id * waypoints[row].lane_id < 0
    assert not any(waypoint.is_junction for waypoint in waypoints[row : row + ahead + 20])


def test_highway_exits_need_two_lane_changes_and_leave_the_stream_behind():
    route, waypoints, commands, row = one("MotorwayRing", "HighwayExit")
    assert sum(command in CHANGES for command in commands[row:]) == 4, "two changes of two points"
    end = route.situations[0].place("end_actor_flow")
    away = min(waypoint.transform.location.distance(carla.Location(*end)) for waypoint in waypoints)
    assert away > 3.0, "the stream goes on where the ego leaves"


def test_merging_routes_end_behind_the_streams_sink_in_its_lane():
    route, waypoints, _, row = one("MotorwayRing", "EnterActorFlow")
    situation = route.situations[0]
    start, end = (carla.Location(*situation.place(name)) for name in ("start_actor_flow", "end_actor_flow"))
    assert min(waypoint.transform.location.distance(end) for waypoint in waypoints[row:]) < 1.0
    assert min(waypoint.transform.location.distance(start) for waypoint in waypoints) > 10.0


@pytest.mark.parametrize("kind, missing", [
    ("Accident", "2 lanes of the same direction"),
    ("SignalizedJunctionLeftTurn", "junction with traffic lights"),
    ("CrossingBicycleFlow", "biking lane"),
    ("HighwayExit", "lane to change to"),
])  # fmt: skip
def test_a_town_without_a_place_is_told_with_what_is_missing(kind: str, missing: str):
    with pytest.raises(InputError, match=f"VillageCrossing has no place for {kind}.*{missing}"):
        next(routes_for(ground("VillageCrossing"), kind, np.random.default_rng(0)))


def test_an_unknown_type_is_told_with_the_known_ones():
    with pytest.raises(InputError, match="'Accidentt'; known are Accident, "):
        routes_in(ground("VillageCrossing"), ("Accidentt",), 1, 0)


def test_routes_are_named_by_suite_or_file_and_ids(tmp_path: Path):
    assert [route.id for route in resolve_routes("mini:3")] == ["3"]
    assert [route.id for route in resolve_routes("mini-long:0-2,5")] == ["0", "1", "2", "5"]
    many = [str(number) for number in range(0, 500, 2)]
    assert [route.id for route in resolve_routes("train:" + ",".join(many))] == many
    path = tmp_path / "mine.xml"
    path.write_text(suite("mini").read_text())
    assert len(resolve_routes(str(path))) == 24
    assert [route.id for route in resolve_routes(f"{path}:0-4")] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("text, said", [
    ("minni", "no route file 'minni'.*mini, mini-long, train"), ("mini:99", "no route '99'"), ("mini:", "names no route"),
    ("nowhere.xml:3", "no route file 'nowhere.xml'"),
])  # fmt: skip
def test_what_names_no_route_is_refused(text: str, said: str):
    with pytest.raises(InputError, match=said):
        resolve_routes(text)


@pytest.mark.parametrize("number", [k for k, (town, _) in enumerate(MINI) if town == "GridCity"])
def test_the_situations_of_mini_can_be_set_up(client: carla.Client, number: int):
    route = MINI_ROUTES[number]
    with acting(client, route.town, route.key_points, route.situations[0]) as act:
        for _ in range(3):
            act.tick()
        assert act.played.part in (Part.WAITING, Part.PLAYING), act.played.reason


def test_messages_name_no_place_of_one_try():
    with pytest.raises(InputError) as told:
        next(routes_for(ground("VillageCrossing"), "YieldToEmergencyVehicle", np.random.default_rng(0)))
    assert not re.search(r"-?\d+\.\d", str(told.value)), "a reason with coordinates would be counted once each"
