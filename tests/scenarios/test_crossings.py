"""Places around junctions, on the map of GridCity."""

from types import SimpleNamespace

import carla
import numpy as np
import pytest
from junction_ways import NO_LIGHTS, SIGNALISED_LEFT, SIGNALISED_RIGHT, way_through
from playing import graph_of

from lead.scenarios.crossings import (
    direction_from,
    downstream,
    entries_and_exits,
    entries_from,
    exit_of,
    junction_lights,
    light_of_lane,
    next_junction,
    route_exit,
    upstream,
)
from lead.scenarios.lane_graph import Command
from lead.scenarios.plan import trace
from lead.scenarios.stage import SetupFault

Red, Green, Yellow = carla.TrafficLightState.Red, carla.TrafficLightState.Green, carla.TrafficLightState.Yellow


@pytest.fixture(scope="module")
def town() -> carla.Map:
    return graph_of("GridCity").map


def heading_change(a: carla.Waypoint, b: carla.Waypoint) -> float:
    """Degrees in (-180, 180], clockwise."""
    return (b.transform.rotation.yaw - a.transform.rotation.yaw + 180.0) % 360.0 - 180.0


@pytest.mark.parametrize("back", [0.0, 40.0])
def test_the_next_junction_is_found_with_its_distance(town: carla.Map, back: float):
    start = upstream(town.get_waypoint(SIGNALISED_LEFT), back)
    approach = next_junction(start)
    assert approach.inside.is_junction and not approach.entry.is_junction
    assert approach.entry.transform.location.distance(approach.inside.transform.location) == pytest.approx(1.0, abs=0.2)
    assert approach.metres == pytest.approx(
        start.transform.location.distance(approach.inside.transform.location), abs=1.0
    )
    assert approach.junction.id == next_junction(approach.entry).junction.id


def test_entries_and_exits_lie_just_outside_the_junction_one_for_each_lane(town: carla.Map):
    junction = next_junction(town.get_waypoint(SIGNALISED_LEFT)).junction
    entries, exits = entries_and_exits(junction)
    assert len(entries) == len(exits) == 8  # four roads of four lanes
    for ends in (entries, exits):
        assert len({(end.road_id, end.lane_id) for end in ends}) == 8
        assert not any(end.is_junction for end in ends)
    assert all(entry.next(0.5)[0].get_junction().id == junction.id for entry in entries)
    assert all(leaving.previous(0.5)[0].get_junction().id == junction.id for leaving in exits)


@pytest.mark.parametrize(
    ("turned", "side"),
    [(0, "same"), (29, "same"), (31, "left"), (90, "left"), (134, "left"), (136, "opposite"), (180, "opposite"),
     (-136, "opposite"), (-134, "right"), (-90, "right"), (-31, "right"), (-29, "same"), (449, "left")],
)  # fmt: skip
@pytest.mark.parametrize("yaw", [0.0, 170.0, -95.0])
def test_directions_by_heading(turned: float, side: str, yaw: float):
    def heading(degrees: float) -> SimpleNamespace:
        return SimpleNamespace(transform=carla.Transform(carla.Location(), carla.Rotation(yaw=degrees)))

    assert direction_from(heading(yaw), heading(yaw + turned)) == side


@pytest.mark.parametrize("side", ["left", "right", "opposite"])
def test_entries_of_a_side_lie_on_that_side(town: carla.Map, side: str):
    approach = next_junction(town.get_waypoint(SIGNALISED_LEFT))
    centre, ego = approach.junction.bounding_box.location, approach.inside.transform
    for entry in entries_from(approach, side):
        away = entry.transform.location - centre
        forward, right = ego.get_forward_vector(), ego.get_right_vector()
        along, across = away.x * forward.x + away.y * forward.y, away.x * right.x + away.y * right.y
        assert max(("left", -across), ("right", across), ("opposite", along), key=lambda pair: pair[1])[0] == side


def test_a_side_without_entry_is_told(town: carla.Map):
    t_junction = next_junction(town.get_waypoint(carla.Location(-81.0, 218.0)))
    with pytest.raises(SetupFault, match="no entry from 'opposite'; it has left, right, same"):
        entries_from(t_junction, "opposite")


@pytest.mark.parametrize(
    ("place", "turn", "degrees"), [(NO_LIGHTS, -1, -90.0), (NO_LIGHTS, 0, 0.0), (NO_LIGHTS, 1, 90.0)]
)
def test_the_exit_is_where_the_turn_leads(town: carla.Map, place: carla.Location, turn: int, degrees: float):
    entry = next_junction(town.get_waypoint(place)).entry
    leaving = exit_of(upstream(entry, 20.0), turn)
    assert not leaving.is_junction
    assert heading_change(entry, leaving) == pytest.approx(degrees, abs=25.0)


def test_upstream_and_downstream_keep_their_distance(town: carla.Map):
    entry = next_junction(town.get_waypoint(SIGNALISED_LEFT)).entry
    assert upstream(entry, 40.0).transform.location.distance(entry.transform.location) == pytest.approx(40.0, abs=1.0)
    assert upstream(entry, 12.0).transform.location.distance(entry.transform.location) == pytest.approx(15.0, abs=1.0)
    leaving = exit_of(entry, 0)
    assert downstream(leaving, 30.0).transform.location.distance(leaving.transform.location) == pytest.approx(
        30.0, abs=1.0
    )


def test_upstream_stops_at_the_junction_before(town: carla.Map):
    entry = next_junction(town.get_waypoint(SIGNALISED_LEFT)).entry
    farthest = upstream(entry, 900.0)
    assert not farthest.is_junction and farthest.previous(5.0)[0].is_junction
    assert farthest.road_id == entry.road_id


@pytest.mark.parametrize(
    ("place", "turn", "degrees"), [(SIGNALISED_LEFT, "left", -90.0), (SIGNALISED_RIGHT, "right", 90.0)]
)
def test_the_route_leaves_the_junction_where_it_turned(
    town: carla.Map, place: carla.Location, turn: str, degrees: float
):
    way = way_through(town, place, turn)
    plan = trace(graph_of("GridCity"), way.key_points)
    leaving = route_exit(plan, way.trigger.transform.location)
    assert not leaving.is_junction and leaving.previous(1.5)[0].is_junction
    assert heading_change(way.approach.entry, leaving) == pytest.approx(degrees, abs=25.0)


def test_a_route_that_turns_nowhere_is_told(town: carla.Map):
    way = way_through(town, SIGNALISED_LEFT, "left")
    plan = trace(graph_of("GridCity"), way.key_points[:2])
    assert not np.isin(plan.command, (Command.LEFT, Command.RIGHT, Command.STRAIGHT)).any()
    with pytest.raises(SetupFault, match="leaves no junction"):
        route_exit(plan, way.trigger.transform.location)


def test_lights_are_told_apart_by_whom_they_tell(client: carla.Client, town: carla.Map):
    world = client.get_world()
    approach = next_junction(town.get_waypoint(SIGNALISED_LEFT))
    opposite = entries_from(approach, "opposite")[0]
    lights = junction_lights(SimpleNamespace(world=world), approach, opposite)
    assert len({lights.ego.id, lights.source.id, *(light.id for light in lights.others)}) == 4
    for light, entry in ((lights.ego, approach.entry), (lights.source, opposite)):
        stops = [stop.transform.location for stop in light.get_stop_waypoints()]
        assert min(stop.distance(entry.transform.location) for stop in stops) < 10.0
    assert light_of_lane(opposite, lights.others).id != lights.source.id
    shown = {light.id: state for light, state in lights.states(Red, Green, Yellow).items()}
    assert shown == {lights.ego.id: Red, lights.source.id: Green} | {light.id: Yellow for light in lights.others}


def test_a_junction_without_lights_has_none(client: carla.Client, town: carla.Map):
    assert (
        junction_lights(SimpleNamespace(world=client.get_world()), next_junction(town.get_waypoint(NO_LIGHTS))) is None
    )
