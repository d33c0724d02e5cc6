"""Turns through streams of cars and bicycles at junctions of GridCity."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import carla
import pytest
from junction_ways import BICYCLE_AVENUE, NO_LIGHTS, SIGNALISED_LEFT, SIGNALISED_RIGHT, Way, way_through
from playing import Act, acting, situation

from lead.scenarios.crossings import direction_from, entries_from, exit_of, junction_lights, upstream
from lead.scenarios.director import Part
from lead.scenarios.ways import same_direction_lanes

Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green
SPEED = 10.0  # m/s of the streams
THIN = (60.0, 80.0)  # m from car to car: an ego that does not look comes through


@dataclass(frozen=True)
class Case:
    """A type, where it is played, and what is expected of its stream."""

    kind: str
    place: carla.Location
    turn: str  # of the ego
    side: str  # from which the stream comes
    stream_turn: int
    metres: tuple[float, float]  # from the source to the junction, and on to the sink
    on_afterwards: float = 10.0

    @property
    def red_first(self) -> float | None:
        """Seconds of red for the ego; None without lights."""
        return None if self.kind.startswith("Non") else 0.0 if "Defect" in self.kind else 5.0


CASES = [
    Case("SignalizedJunctionLeftTurn", SIGNALISED_LEFT, "left", "opposite", 0, (40.0, 25.0)),
    Case("NonSignalizedJunctionLeftTurn", NO_LIGHTS, "left", "opposite", 0, (40.0, 25.0)),
    Case("SignalizedJunctionLeftTurnEnterFlow", SIGNALISED_LEFT, "left", "opposite", 1, (40.0, 25.0)),
    Case("NonSignalizedJunctionLeftTurnEnterFlow", NO_LIGHTS, "left", "opposite", 1, (40.0, 25.0)),
    Case("SignalizedJunctionRightTurn", SIGNALISED_RIGHT, "right", "left", 0, (50.0, 30.0)),
    Case("NonSignalizedJunctionRightTurn", NO_LIGHTS, "right", "left", 0, (50.0, 30.0)),
    Case("CrossJunctionDefectTrafficLight", SIGNALISED_LEFT, "straight", "right", 0, (40.0, 25.0), 50.0),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


@contextmanager
def playing(
    client: carla.Client, case: Case, *, seed: int = 0, interval: tuple[float, float] = THIN, **parameters: Any
):
    """The act and the ego's way."""
    way = way_through(client.get_world().get_map(), case.place, case.turn)
    if "Defect" in case.kind:
        parameters["traffic_direction"] = case.side
    order = situation(
        case.kind, way.trigger.transform, flow_speed=SPEED, source_dist_interval=interval, **parameters
    )  # fmt: skip
    with acting(client, "GridCity", way.key_points, order, seed=seed) as act:
        yield act, way


def began(act: Act) -> bool:
    return act.played.part is Part.PLAYING


def expected_entry(case: Case, way: Way) -> carla.Waypoint:
    """The stream's last waypoint before the junction, on its right-most lane where that is asked for."""
    lanes = same_direction_lanes(entries_from(way.approach, case.side)[0])
    entry = entries_from(way.approach, case.side)[0]
    return lanes[-1] if "RightTurn" in case.kind else entry


@each_case
def test_the_story(client: carla.Client, case: Case):
    with playing(client, case) as (act, way):
        entry = expected_entry(case, way)
        source, leaving = upstream(entry, case.metres[0]), exit_of(entry, case.stream_turn)
        lights = junction_lights(act.stage, way.approach, entry)
        shown, spawned, reached = [], {}, float("inf")
        assert act.run(began, 10.0) and act.stage.time > 0.5
        begun, left = act.played.begun, None
        while not act.over:
            assert act.stage.time - begun < 40.0
            act.tick()
            now = act.stage.time - begun
            for car in act.actors("vehicle.*"):
                place = car.get_location()
                spawned.setdefault(car.id, place)
                reached = min(reached, place.distance(leaving.transform.location))
            if lights:
                shown.append(
                    (now, lights.ego.get_state(), lights.source.get_state(), {o.get_state() for o in lights.others})
                )
            here = act.stage.map.get_waypoint(act.stage.place)
            if here.is_junction:
                left = None
            elif left is None and way.approach.entry.road_id != here.road_id:
                left = act.stage.place
        assert act.played.part is Part.ENDED and not act.stage.referee.timeouts and not act.played.reason
        assert act.stage.place.distance(left) == pytest.approx(case.on_afterwards, abs=2.0)
        new = [place for place in spawned.values() if place.distance(source.transform.location) < 3.0]
        assert new and reached < 1.0  # it runs from its source through its exit
        if case.red_first is not None:
            _check_lights(shown, case.red_first)
        act.tick()
        assert not act.actors("vehicle.*") and not act.actors("sensor.*")


def _check_lights(shown: list, red_first: float) -> None:
    """States by time (s) since the trigger, a tick late as snapshots are."""
    for now, ego, source, others in shown[2:-1]:
        assert source == Green and others == {Red}
        if abs(now - red_first) > 0.15:
            assert ego == (Red if now < red_first else Green)
    assert shown[-1][0] > red_first + 1.0


@each_case
def test_background_traffic_is_kept_out_of_its_way(client: carla.Client, case: Case):
    with playing(client, case) as (act, way):
        assert act.run(began, 10.0)
        (order,) = act.orders.arguments("handle_junction")
        entry = expected_entry(case, way)
        keys = {(lane.road_id, lane.lane_id) for lane in order.remove_entries}
        assert keys == {(lane.road_id, lane.lane_id) for lane in same_direction_lanes(entry)}
        assert {direction_from(way.approach.inside, lane) for lane in order.remove_entries} == {case.side}
        assert order.clear_junction and order.clear_ego_entry
        assert order.stop_entries == (case.red_first is None)
        assert order.extend_exit == pytest.approx(case.metres[1] + 20.0)
        exits = {lane.road_id for lane in order.remove_exits}
        assert exits == ({exit_of(entry, case.stream_turn).road_id} if case.side == "opposite" else set())
        switched = [given for name, _, given in act.orders.given if name == "change_opposite"]
        assert switched == ([{"active": False}] if case.side == "opposite" else [])
        act.director.close()
        switched = [given for name, _, given in act.orders.given if name == "change_opposite"]
        assert switched == ([{"active": False}, {"active": True}] if case.side == "opposite" else [])


@each_case
def test_only_streams_from_the_side_are_there_from_the_start(client: carla.Client, case: Case):
    with playing(client, case, interval=(15.0, 20.0)) as (act, way):
        assert act.run(began, 10.0)
        assert not [car for car in act.actors("vehicle.*") if car.get_location() != carla.Location()]
        act.tick()
        places = [car.get_location() for car in act.actors("vehicle.*")]
        assert not any(act.stage.map.get_waypoint(place).is_junction for place in places)
        assert (len(places) >= 3) if case.side in ("left", "right") else (len(places) == 1)


def test_ending_it_early_leaves_nothing(client: carla.Client):
    with playing(client, CASES[0]) as (act, way):
        lights = client.get_world().get_traffic_lights_in_junction(way.approach.junction.id)
        act.run(began, 10.0)
        before = {light.id: (light.get_state(), light.get_green_time()) for light in lights}
        act.run(lambda act: act.stage.time - act.played.begun > 2.0)
        assert all(light.get_green_time() > 100.0 for light in lights)
        act.director.close()
        act.stage.world.tick()
        assert {light.id: (light.get_state(), light.get_green_time()) for light in lights} == before
        assert not act.actors("vehicle.*") and not act.actors("sensor.*")


def _struck(act: Act) -> bool:
    """Let the ego drive without looking; whether a car of the stream hit it, and others braked then."""
    blueprint = act.stage.world.get_blueprint_library().find("sensor.other.collision")
    sensor = act.stage.world.spawn_actor(blueprint, carla.Transform(), attach_to=act.stage.ego)
    struck: list[carla.Actor] = []
    sensor.listen(lambda event: struck.append(event.other_actor))
    act.run(lambda act: act.over or bool(struck), 30.0)
    if struck:
        assert struck[0].attributes["role_name"] == "scenario"
        act.run(lambda act: act.over, 2.0, ego_drives=False)
        assert min(car.get_velocity().length() for car in act.actors("vehicle.*")) < SPEED - 3.0
    sensor.stop()
    sensor.destroy()
    return bool(struck)


def test_an_ego_that_does_not_look_is_hit_by_some_and_all_then_brake(client: carla.Client):
    hits = 0
    for seed in range(4):
        with playing(client, CASES[0], seed=seed, interval=(14.0, 18.0)) as (act, _):
            hits += _struck(act)
    assert hits >= 2


@pytest.mark.parametrize(
    ("kind", "place", "reason"),
    [
        ("NonSignalizedJunctionLeftTurn", carla.Location(-81.0, 200.0), "no entry from 'opposite'"),
        ("SignalizedJunctionRightTurn", NO_LIGHTS, "has no traffic lights"),
        ("CrossingBicycleFlow", SIGNALISED_LEFT, "no start_actor_flow"),
    ],
)
def test_what_the_place_lacks_is_told(client: carla.Client, kind: str, place: carla.Location, reason: str):
    way = way_through(client.get_world().get_map(), place, "left")
    order = situation(kind, way.trigger.transform, flow_speed=SPEED)
    with acting(client, "GridCity", way.key_points, order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and reason in act.played.reason
        assert not act.actors("vehicle.*") and not act.orders.given


def test_a_place_without_biking_lane_is_told(client: carla.Client):
    way = way_through(client.get_world().get_map(), NO_LIGHTS, "left")
    order = situation("CrossingBicycleFlow", way.trigger.transform, start_actor_flow=way.trigger.transform.location)
    with acting(client, "GridCity", way.key_points, order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "no biking lane lies within" in act.played.reason


def test_bicycles_cross_the_way_of_an_ego_that_turns(client: carla.Client):
    town_map = client.get_world().get_map()
    way = way_through(town_map, BICYCLE_AVENUE, "right")
    start = town_map.get_waypoint(BICYCLE_AVENUE, lane_type=carla.LaneType.Biking).transform.location
    order = situation(
        "CrossingBicycleFlow", way.trigger.transform, start_actor_flow=start, flow_speed=6, source_dist_interval=(20, 30)
    )  # fmt: skip
    with acting(client, "GridCity", way.key_points, order) as act:
        lights = junction_lights(act.stage, way.approach)
        assert act.run(began, 10.0)
        assert act.orders.names == ["handle_junction"] and act.orders.arguments("handle_junction")[0].stop_entries
        crossed, shown = set(), []
        while not act.over and act.stage.time < 40.0:
            act.tick(ego_drives=act.stage.time - act.played.begun > 8.0)
            shown.append((act.stage.time - act.played.begun, lights.ego.get_state()))
            assert all(light.get_state() == Red for light in lights.others) or len(shown) < 3 or act.over
            for bicycle in act.actors("vehicle.*"):
                assert bicycle.attributes["base_type"] == "bicycle"
                if town_map.get_waypoint(bicycle.get_location()).is_junction:
                    crossed.add(bicycle.id)
        assert act.played.part is Part.ENDED and len(crossed) >= 3
        assert not town_map.get_waypoint(act.stage.place).is_junction
        assert {state for now, state in shown[2:] if now < 4.9} == {Red}
        assert {state for now, state in shown[:-1] if now > 5.2} == {Green}
        act.tick()
        assert not act.actors("vehicle.*")
