"""Streams of cars and bicycles."""

import carla
import numpy as np
import pytest
from junction_ways import BICYCLE_AVENUE, SIGNALISED_LEFT, way_through
from playing import Act, acting, situation

from lead.scenarios.cast import Cast
from lead.scenarios.crossings import downstream, entries_from, exit_of, upstream
from lead.scenarios.movers.driver import lane_path
from lead.scenarios.movers.flow import ActorFlow, BicycleFlow, Flow

SPEED, GAP = 10.0, (15.0, 25.0)
STEP = SPEED * 0.05  # m in a tick
NEAR = 45.0  # m to the ego, within which the TrafficManager leaves cars their physics


@pytest.fixture
def act(client: carla.Client):
    """The ego stands 8 m before a crossing."""
    way = way_through(client.get_world().get_map(), SIGNALISED_LEFT, "left", before=10.0)
    with acting(client, "GridCity", way.key_points, situation("T_Junction", way.trigger.transform)) as act:
        yield act


def oncoming(act: Act, cast: Cast, turn: int = 0, **options) -> tuple[ActorFlow, carla.Waypoint, carla.Waypoint]:
    """A stream from 40 m before the crossing to 40 m after it."""
    approach = way_through(act.stage.map, SIGNALISED_LEFT, "left").approach
    entry = entries_from(approach, "opposite")[0]
    source, sink = upstream(entry, 40.0), downstream(exit_of(entry, turn), 40.0)
    return ActorFlow(act.stage, cast, source, sink, GAP, SPEED, **options), source, sink


def ticks(act: Act, flow: Flow, script, seconds: float):
    """Tick the flow with the ego standing; gives the members that have been in a snapshot."""
    for _ in range(round(seconds * 20)):
        known = list(flow.members)
        act.tick(ego_drives=False)
        yield known
        next(script)


@pytest.mark.parametrize("turn", [0, 1])
def test_cars_keep_lane_speed_and_gaps_from_source_to_sink(act: Act, turn: int):
    with Cast(act.stage) as cast:
        flow, source, sink = oncoming(act, cast, turn)
        script = flow.run()
        next(script)
        first, last, near, gaps = {}, {}, set(), []
        for known in ticks(act, flow, script, 25.0):
            if known and known[-1].id not in first:  # just spawned
                if first:
                    gaps.append(known[-2].get_location().distance(source.transform.location))
                first[known[-1].id] = known[-1].get_location()
            for car in known:
                place = car.get_location()
                last[car.id] = place
                assert place.distance_2d(act.stage.map.get_waypoint(place).transform.location) < 1.0
                if place.distance(act.stage.place) < NEAR:
                    assert car.get_velocity().length() == pytest.approx(SPEED, abs=0.5)
                    near.add(car.id)
        assert len(near) >= 5
        assert len(first) >= 8 and len(set(np.round(gaps, 1))) > 3
        assert all(place.distance_2d(source.transform.location) < 1.0 for place in first.values())
        assert all(GAP[0] <= gap <= GAP[1] + 2.0 * STEP for gap in gaps)
        gone = [last[car] for car in first if car not in {member.id for member in flow.members}]
        assert len(gone) >= 3 and all(place.distance(sink.transform.location) < 2.0 + STEP for place in gone)
        script.close()
        act.tick(ego_drives=False)
        assert not act.actors("vehicle.*") and not act.actors("sensor.*")


@pytest.mark.parametrize("in_junction", [False, True])
def test_initial_actors_fill_the_path(act: Act, in_junction: bool):
    with Cast(act.stage) as cast:
        flow, source, _ = oncoming(act, cast, initial_actors=True, initial_junction=in_junction)
        script = flow.run()
        next(script)
        act.tick(ego_drives=False)
        places = [car.get_location() for car in flow.members]
        along = [place.distance(source.transform.location) for place in places]
        assert along == sorted(along, reverse=True) and along[0] > 60.0 and along[-1] < GAP[1] + 1.0
        assert all(GAP[0] <= gap for gap in -np.diff(along))
        crossing = [act.stage.map.get_waypoint(place).is_junction for place in places]
        assert any(crossing) == in_junction
        next(script)
        script.close()


def test_the_first_collision_lets_all_of_them_drive_as_others_do(act: Act):
    with Cast(act.stage) as cast:
        flow, source, _ = oncoming(act, cast)
        act.stage.ego.set_transform(_above(source.next(42.0)[0]))
        script = flow.run()
        next(script)
        hit = None
        for known in ticks(act, flow, script, 14.0):
            speeds = [car.get_velocity().length() for car in known]
            if flow.released:
                hit = hit or act.stage.time
            elif known and known[0].get_location().distance(act.stage.place) > 8.0:
                assert min(speeds) > SPEED - 0.5
        assert hit is not None
        following = [car for car in flow.members if not car.get_location() == carla.Location()][1:3]
        assert following and all(car.get_velocity().length() < 2.0 for car in following)  # they stop behind
        gaps = [
            a.get_location().distance(b.get_location()) for a, b in zip(flow.members, flow.members[1:], strict=False)
        ]
        assert min(gaps) > 3.5
        script.close()
    act.tick(ego_drives=False)
    assert not act.actors("vehicle.*") and not act.actors("sensor.*")


def test_the_same_seed_gives_the_same_stream(client: carla.Client):
    way = way_through(client.get_world().get_map(), SIGNALISED_LEFT, "left", before=10.0)
    runs = []
    for _ in range(2):
        with acting(client, "GridCity", way.key_points, situation("T_Junction", way.trigger.transform), seed=3) as act:
            with Cast(act.stage) as cast:
                flow, _, _ = oncoming(act, cast)
                script = flow.run()
                next(script)
                seen = []
                for known in ticks(act, flow, script, 8.0):
                    seen += [(car.type_id, car.get_location().x, car.get_location().y) for car in known]
                script.close()
            runs.append(seen)
    assert runs[0] == runs[1] and len(runs[0]) > 100


def test_a_place_that_is_taken_is_waited_for(act: Act):
    with Cast(act.stage) as cast:
        flow, source, _ = oncoming(act, cast)
        act.stage.ego.set_transform(_above(source))
        act.tick(ego_drives=False)
        script = flow.run()
        next(script)
        assert not any(ticks(act, flow, script, 2.0))
        act.stage.ego.set_transform(_above(source.next(90.0)[0]))
        assert any(ticks(act, flow, script, 2.0))
        script.close()


def test_bicycles_ride_the_biking_lane_and_heed_nobody(act: Act):
    world_map = act.stage.map
    start = world_map.get_waypoint(BICYCLE_AVENUE, lane_type=carla.LaneType.Biking)
    path = [start]
    while len(path) < 80:
        path += path[-1].next(1.0)[:1]
    with Cast(act.stage) as cast:
        flow = BicycleFlow(act.stage, cast, path, (15.0, 20.0), 6.0)
        script = flow.run()
        next(script)
        lane, passed = lane_path(start, 80.0)[:, :2], set()
        act.tick(ego_drives=False)
        assert len(flow.members) >= 2
        assert not any(world_map.get_waypoint(rider.get_location()).is_junction for rider in flow.members)
        for known in ticks(act, flow, script, 12.0):
            for bicycle in known:
                place = bicycle.get_location()
                assert bicycle.attributes["base_type"] == "bicycle"
                assert np.hypot(*(lane - [place.x, place.y]).T).min() < 0.6
                if act.stage.time > 3.0:
                    assert bicycle.get_velocity().length() == pytest.approx(6.0, abs=1.0)
                passed.add(bicycle.id)
        assert len(passed) - len(flow.members) >= 2  # some have arrived
        script.close()


def _above(waypoint: carla.Waypoint) -> carla.Transform:
    pose = waypoint.transform
    return carla.Transform(pose.location + carla.Location(z=0.3), pose.rotation)


def test_a_car_that_was_taken_away_is_no_longer_a_member(act: Act):
    """TrafficManager destroys cars that stand for long."""
    with Cast(act.stage) as cast:
        flow, _, _ = oncoming(act, cast, initial_actors=True)
        script = flow.run()
        next(script)
        for known in ticks(act, flow, script, 1.0):
            assert len(known) >= 2
        gone = flow.members[1]
        gone.destroy()
        for _ in ticks(act, flow, script, 0.5):
            pass
        assert gone.id not in {member.id for member in flow.members} and flow.members
        script.close()
