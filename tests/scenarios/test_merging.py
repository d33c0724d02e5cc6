"""Streams that the ego merges into or crosses: on the MotorwayRing, and at a crossing of InterurbanHills."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import carla
import numpy as np
import pytest
from playing import Act, acting, graph_of, situation, visit

from lead.scenarios.conditions import TIME_LIMIT
from lead.scenarios.director import Part
from lead.scenarios.families import merging
from lead.scenarios.families.merging import Stream
from lead.scenarios.stage import SetupFault
from lead.scenarios.ways import same_direction_lanes

RING, HILLS = "MotorwayRing", "InterurbanHills"
SPEED, GAP = 9.0, (15.0, 30.0)  # m/s and m of every stream here
Lane = tuple[int, int]  # road, lane


def lane(town: str, road: int, lane_id: int, s: float) -> carla.Waypoint:
    return graph_of(town).map.get_waypoint_xodr(road, lane_id, float(s))


def along(town: str, *stretches: tuple[int, int, int, int]) -> np.ndarray:
    """Key points (N, 3) m every 5 m along stretches of (road, lane, from s, to s)."""
    places = []
    for road, lane_id, begin, end in stretches:
        step = 5 if end > begin else -5
        places += [lane(town, road, lane_id, s).transform.location for s in range(begin, end, step)]
    return np.array([[place.x, place.y, place.z] for place in places])


@dataclass(frozen=True)
class Scene:
    """Where a type is played: ego's way and trigger, stream's source and sink."""

    kind: str
    town: str
    way: tuple[tuple[int, int, int, int], ...]
    trigger: tuple[int, int, float]
    source: tuple[int, int, float]
    sink: tuple[int, int, float]

    def at(self, place: tuple[int, int, float]) -> carla.Waypoint:
        return lane(self.town, *place)

    def acting(self, visitor: carla.Client, **parameters: Any):
        order = situation(
            self.kind, self.at(self.trigger).transform, start_actor_flow=self.at(self.source).transform.location,
            end_actor_flow=self.at(self.sink).transform.location, flow_speed=SPEED, source_dist_interval=GAP,
            **parameters,
        )  # fmt: skip
        return acting(visit(visitor, self.town), self.town, along(self.town, *self.way), order, speed=9.0)


OFF_RAMP = ((1, -3, 5, 60), (1, -4, 75, 140), (61, -1, 5, 150))
PAST_ON_RAMP = ((2, -3, 250, 335), (3, -3, 5, 30), (3, -4, 50, 130))
FROM_ON_RAMP = ((62, -1, 60, 180), (3, -4, 5, 20), (3, -3, 40, 120))
LEFT_TURN = ((8, 1, 60, 5), (5, 1, 600, 540))
SIDE_ROAD = ((6, 1, 60, 5), (8, -1, 5, 130))

EVERY_LANE = Scene("EnterActorFlow", RING, FROM_ON_RAMP, (62, -1, 75.0), (2, -3, 300.0), (3, -3, 80.0))
SLOW = Scene("MergerIntoSlowTraffic", RING, OFF_RAMP, (1, -3, 30.0), (1, -4, 5.0), (61, -1, 40.0))
MERGING = [EVERY_LANE, SLOW]
FROM_SIDE = [
    Scene(kind, RING, PAST_ON_RAMP, (2, -3, 265.0), (62, -1, 130.0), (3, -4, 100.0))
    for kind in ("EnterActorFlowV2", "MergerIntoSlowTrafficV2")
]
EXIT = Scene("HighwayExit", RING, OFF_RAMP, (1, -3, 30.0), (1, -4, 5.0), (1, -4, 130.0))
CROSSED = Scene("InterurbanActorFlow", HILLS, LEFT_TURN, (8, 1, 45.0), (7, -1, 375.0), (8, -1, 40.0))
TWO = Scene("InterurbanAdvancedActorFlow", HILLS, SIDE_ROAD, (6, 1, 45.0), (8, 1, 40.0), (7, 1, 375.0))
ALL = [*MERGING, *FROM_SIDE, EXIT, CROSSED, TWO]


def to_trigger(act: Act) -> None:
    assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0), act.played.reason
    assert not act.stage.referee.blocked_test, "all of them may last, but not for ever"


def put_ego(act: Act, waypoint: carla.Waypoint) -> None:
    pose = waypoint.transform
    act.stage.ego.set_transform(carla.Transform(pose.location + carla.Location(z=0.2), pose.rotation))
    act.stage.ego.set_target_velocity(carla.Vector3D())


def lanes(waypoints: Any) -> list[Lane]:
    return [(waypoint.road_id, waypoint.lane_id) for waypoint in waypoints]


def gone(act: Act) -> bool:
    """Whether the stage is empty again."""
    act.stage.world.tick()
    return not act.actors("vehicle.*") and not act.actors("sensor.*")


def observed(act: Act, seconds: float, see: Callable[[list[carla.Actor]], None]) -> None:
    """Let the ego stand for so long."""
    for _ in range(int(20 * seconds)):
        act.tick(ego_drives=False)
        see(act.actors("vehicle.*"))


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.kind)
def test_the_stream_flows_at_its_speed_and_spacing_from_source_to_sink(visitor: carla.Client, scene: Scene):
    sources, sinks = [scene.at(scene.source)], [scene.at(scene.sink)]
    if scene is TWO:
        sources, sinks = sources + [sinks[0].get_left_lane()], sinks + [sources[0].get_left_lane()]
    if scene is EVERY_LANE:
        sources += [lane(RING, 2, k, 300.0) for k in (-1, -2)]
        sinks += [lane(RING, 3, k, 80.0) for k in (-1, -2)]
    begun: dict[int, int] = {}  # tick in which a car was first seen
    spacing: list[float] = []
    speeds: list[float] = []
    closest = dict.fromkeys(range(len(sinks)), np.inf)
    with scene.acting(visitor) as act:
        act.tick()
        assert not act.actors("vehicle.*"), "nobody drives before the trigger"
        to_trigger(act)
        put_ego(act, scene.at(scene.trigger).previous(8.0)[0])  # out of everybody's way

        def see(cars: list[carla.Actor]) -> None:
            for car in cars:
                here = car.get_location()
                for k, sink in enumerate(sinks):
                    closest[k] = min(closest[k], here.distance(sink.transform.location))
                if here.distance(act.stage.place) < 40.0 and begun.get(car.id, act.ticks) < act.ticks - 5:
                    speeds.append(car.get_velocity().length())
                if car.id not in begun:
                    begun[car.id] = act.ticks
                    new = [k for k, source in enumerate(sources) if here.distance(source.transform.location) < 1.5]
                    ahead = [
                        other.get_location().distance(here)
                        for other in cars
                        if new and other.id != car.id and lane_number(act, other) == lane_number(act, car)
                    ]
                    spacing.extend([min(ahead)] if ahead else [])

        observed(act, 16.0, see)
        assert max(closest.values()) < 2.6, "they drive to their sink"
        assert len(begun) >= 4 * len(sources)
        assert len(spacing) >= 2 and GAP[0] - 0.5 < min(spacing) and max(spacing) < GAP[1] + 1.0
        assert not speeds or np.abs(np.array(speeds) - SPEED).max() < 0.3
        assert len(act.actors("vehicle.*")) < len(begun), "who is at the sink is taken away"
        act.director.close()
        assert gone(act), "what is ended early leaves nothing"


def lane_number(act: Act, car: carla.Actor) -> int:
    return int(act.stage.map.get_waypoint(car.get_location()).lane_id)


@pytest.mark.parametrize("scene", [*MERGING, *FROM_SIDE], ids=lambda scene: scene.kind)
def test_a_stream_to_merge_into_fills_its_way_and_ends_with_the_ego_in_it(visitor: carla.Client, scene: Scene):
    with scene.acting(visitor) as act:
        to_trigger(act)
        (junction_order,) = act.orders.arguments("handle_junction")
        assert junction_order.clear_junction == (scene in (EVERY_LANE, SLOW))
        assert junction_order.clear_ego_entry and not junction_order.stop_entries
        assert act.orders.names == ["handle_junction", "switch_route_sources"]
        assert act.orders.arguments("switch_route_sources") == (False,)
        if scene is EVERY_LANE:
            assert sorted(lanes(junction_order.remove_entries)) == [(2, -3), (2, -2), (2, -1)]
            assert junction_order.extend_exit == pytest.approx(80.0 + 20.0, abs=1.5) and not junction_order.remove_exits
        elif scene is SLOW:
            assert lanes(junction_order.remove_entries) == [(1, -4)] and not junction_order.remove_exits
            assert junction_order.extend_exit == pytest.approx(40.0 + 20.0, abs=4.0)
        else:
            assert lanes(junction_order.remove_entries) == [(62, -1)]
            assert lanes(junction_order.remove_exits) == [(3, -1), (3, -2), (3, -3), (3, -4)], "the ego's exit road"
            assert junction_order.extend_exit == 0.0
        act.tick(ego_drives=False)
        sources = [car.get_location() for car in act.actors("vehicle.*")]
        inside = [act.stage.map.get_waypoint(place).is_junction for place in sources]
        assert any(inside) and not all(inside), "from the first tick on all along the way, in the junction, too"

        sink = scene.at(scene.sink)
        put_ego(act, sink.previous(4.0)[0])
        act.tick(ego_drives=False)
        assert not act.over
        put_ego(act, same_direction_lanes(sink)[0].previous(1.5)[0])  # whichever lane it is in
        assert act.run(lambda act: act.over, 0.2, ego_drives=False)
        assert act.orders.given[-1] == ("switch_route_sources", (True,), {})
        assert act.stage.referee.blocked_test and not act.stage.referee.timeouts and gone(act)


@pytest.mark.parametrize("scene", FROM_SIDE, ids=lambda scene: scene.kind)
def test_behind_the_junction_room_is_kept_for_a_stream_from_the_side(visitor: carla.Client, scene: Scene):
    with scene.acting(visitor) as act:
        to_trigger(act)
        put_ego(act, lane(RING, 2, -3, 336.0).next(10.0)[0])
        act.run(lambda act: False, 0.3, ego_drives=False)
        assert act.orders.names.count("handle_junction") == 1
        put_ego(act, lane(RING, 3, -2, 5.0))
        act.run(lambda act: False, 0.3, ego_drives=False)
        again = act.orders.given[-1][1][0]
        assert act.orders.names.count("handle_junction") == 2 and not act.over
        assert not again.clear_junction and not again.clear_ego_entry and not again.remove_entries
        assert again.extend_exit == pytest.approx(100.0 + 20.0, abs=1.5)


@pytest.mark.parametrize("scene", [EXIT, CROSSED], ids=lambda scene: scene.kind)
def test_a_stream_across_the_way_ends_behind_the_junction(visitor: carla.Client, scene: Scene):
    inside, behind = {
        EXIT: (lane(RING, 61, -1, 2.0).previous(20.0)[0], lane(RING, 61, -1, 5.0)),
        CROSSED: (lane(HILLS, 8, 1, 2.0).next(15.0)[0], lane(HILLS, 5, 1, 590.0)),
    }[scene]
    with scene.acting(visitor) as act:
        to_trigger(act)
        if scene is EXIT:
            assert act.orders.names == ["remove_lane"] and lanes(act.orders.arguments("remove_lane")) == [(1, -4)]
        else:
            assert act.orders.names == ["handle_junction", "change_opposite"]
            (junction_order,) = act.orders.arguments("handle_junction")
            assert lanes(junction_order.remove_entries) == [(8, 1), (5, -1), (7, -1)]
            assert not junction_order.clear_junction and junction_order.clear_ego_entry
            assert act.orders.given[-1][2] == {"active": False}
        assert inside.is_junction and not behind.is_junction
        put_ego(act, inside)
        act.run(lambda act: False, 0.5, ego_drives=False)
        assert not act.over
        put_ego(act, behind)
        assert act.run(lambda act: act.over, 0.2, ego_drives=False)
        if scene is CROSSED:
            assert act.orders.given[-1] == ("change_opposite", (), {"active": True})
        assert act.stage.referee.blocked_test and not act.stage.referee.timeouts and gone(act)


def test_crossing_one_stream_and_merging_into_another_ends_at_the_second_sink(visitor: carla.Client):
    with TWO.acting(visitor) as act:
        to_trigger(act)
        assert act.orders.names == ["handle_junction", "switch_route_sources", "change_opposite"]
        (junction_order,) = act.orders.arguments("handle_junction")
        assert sorted(lanes(junction_order.remove_entries)) == [(5, -1), (7, -1), (8, 1)], "all but the ego's"
        assert sorted(lanes(junction_order.remove_exits)) == [(5, 1), (6, -1), (7, 1)], "all but the ego's"
        assert junction_order.extend_exit == pytest.approx(40.0 + 20.0, abs=3.0)
        second_sink = TWO.at(TWO.source).get_left_lane()
        assert (second_sink.road_id, second_sink.lane_id) == (8, -1)
        put_ego(act, second_sink.previous(3.0)[0])
        act.tick(ego_drives=False)
        act.tick(ego_drives=False)
        assert not act.over
        put_ego(act, second_sink.next(2.0)[0])
        assert act.run(lambda act: act.over, 0.2, ego_drives=False)
        assert act.orders.given[-2:] == [
            ("switch_route_sources", (True,), {}),
            ("change_opposite", (), {"active": True}),
        ]
        assert not act.stage.referee.timeouts and gone(act)


def test_a_second_stream_drives_the_way_its_lane_leads():
    both_ways = Stream(lane(HILLS, 8, 1, 60.0), lane(HILLS, 7, 1, 340.0), SPEED, GAP)
    assert lanes([both_ways.on_the_left().source, both_ways.on_the_left().sink]) == [(7, -1), (8, -1)]
    one_way = Stream(lane(RING, 2, -3, 300.0), lane(RING, 3, -3, 80.0), SPEED, GAP)
    assert lanes([one_way.on_the_left().source, one_way.on_the_left().sink]) == [(2, -2), (3, -2)]
    alone = Stream(lane(RING, 2, -1, 300.0), lane(RING, 3, -1, 80.0), SPEED, GAP)
    with pytest.raises(SetupFault, match="no driving lane"):
        alone.on_the_left()


def test_streams_on_every_lane_are_paired_from_the_ordered_lane():
    more_behind = Stream(lane(RING, 2, -3, 300.0), lane(RING, 3, -3, 80.0), SPEED, GAP).on_every_lane()
    assert sorted(lanes(one.source for one in more_behind)) == [(2, -3), (2, -2), (2, -1)]
    assert all(one.source.lane_id == one.sink.lane_id for one in more_behind)
    shifted = Stream(lane(RING, 1, -3, 50.0), lane(RING, 1, -4, 100.0), SPEED, GAP).on_every_lane()
    assert sorted((one.source.lane_id, one.sink.lane_id) for one in shifted) == [(-3, -4), (-2, -3), (-1, -2)]


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.kind)
def test_without_a_source_it_is_left_out(visitor: carla.Client, scene: Scene):
    order = situation(scene.kind, scene.at(scene.trigger).transform)
    with acting(visit(visitor, scene.town), scene.town, along(scene.town, *scene.way), order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "names no start_actor_flow" in act.played.reason


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.kind)
def test_one_that_is_not_got_through_in_time_is_reported(
    visitor: carla.Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    limited = merging.within_limit
    assert TIME_LIMIT == 240.0
    monkeypatch.setattr(merging, "within_limit", lambda stage, name, story: limited(stage, name, story, 2.0))
    with scene.acting(visitor) as act:
        to_trigger(act)
        put_ego(act, scene.at(scene.trigger).previous(8.0)[0])
        assert act.run(lambda act: act.over, 2.2, ego_drives=False)
        assert act.stage.referee.timeouts == [f"{scene.kind}_1"] and act.stage.referee.blocked_test and gone(act)
