"""The judge on an embedded server: it hears collisions, sees lights and traffic, and says when the route is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import carla
import numpy as np
import pytest
from moments import lane, town
from playing import graph_of, plan_along

from lead.client.launch import free_port
from lead.scenarios.criteria.judge import Ending, Judge
from lead.scenarios.criteria.observer import Observer
from lead.scenarios.criteria.rules import Rules, rules_of
from lead.scenarios.movers.driver import PathDriver
from lead.scenarios.plan import trace
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged
from lead.score.messages import INFRACTIONS


@contextmanager
def judged(
    client: carla.Client, metres: float, rules: Rules, before: Callable[[Stage], None] = lambda stage: None,
    start: carla.Waypoint | None = None,
) -> Iterator[tuple[Stage, Judge]]:  # fmt: skip
    """A stage in GridCity, by default along a straight lane, with its judge; `before` sets up what stands there."""
    start = start or lane("Sidewalk", opposite_left=False)[15]
    plan = trace(graph_of("GridCity"), plan_along(start, metres))
    with staged(client, graph_of("GridCity"), plan, manager_port=free_port()) as stage:
        before(stage)
        judge = Judge(stage, rules)
        try:
            yield stage, judge
        finally:
            judge.close()


def drive(stage: Stage, judge: Judge, speed: float, seconds: float, stands_at: carla.Location | None = None) -> None:
    """Blindly along the route, in the evaluator's order, until it is over or time is up; with a stop within 4 m of a
    place, if there is one."""
    driver, stood = PathDriver(stage.ego, stage.plan.pose, speed), stands_at is None
    for _ in range(int(seconds * 20)):
        stage.world.tick()
        stage.update()
        at_end = stage.nearest > len(stage.plan) - 5  # the driver would stop before the last point
        control = carla.VehicleControl(throttle=0.4) if at_end else driver.control()
        if not stood and stage.place.distance_2d(stands_at) < 3.5:
            control, stood = carla.VehicleControl(brake=1.0), stage.speed < 0.05
        stage.ego.apply_control(control)
        judge.update()
        if judge.ending is not None:
            return


def put(stage: Stage, place: carla.Waypoint, role: str = "scenario") -> carla.Vehicle:
    """A car that stands on a lane."""
    pose = place.transform
    blueprint = stage.world.get_blueprint_library().find("vehicle.audi.tt")
    blueprint.set_attribute("role_name", role)
    car = stage.world.spawn_actor(blueprint, carla.Transform(pose.location + carla.Location(z=0.3), pose.rotation))
    car.apply_control(carla.VehicleControl(hand_brake=True))
    return car


def run_into_a_car(client: carla.Client) -> tuple[Judge, carla.Vehicle, float]:
    """Drive for 7 s into a car that stands 30 m ahead; also how far from it the ego was when it was judged, m."""
    cars = []
    with judged(client, 80.0, Rules(), lambda stage: cars.append(put(stage, stage.plan.waypoints[30]))) as (
        stage,
        judge,
    ):
        drive(stage, judge, 8.0, 7.0)
        cars[0].destroy()
        place = stage.plan.pose[30, :3]
    (event,) = judge.events
    return judge, cars[0], float(np.linalg.norm(np.subtract(event.place, place)))


def test_running_into_a_standing_car_is_one_vehicle_collision(client: carla.Client):
    judge, car, away = run_into_a_car(client)
    (event,) = judge.events
    assert (event.kind, event.actor_id, event.type_id) == ("collisions_vehicle", car.id, "vehicle.audi.tt")
    assert 4.0 < away < 6.0, "two half lengths and a tick before it"
    assert 2.0 < event.time < 6.0 and judge.ending is None and 30.0 < judge.completion < 100.0


def test_the_same_drive_is_judged_the_same(client: carla.Client):
    first, second = (run_into_a_car(client)[0] for _ in range(2))
    assert [(e.time, e.place) for e in first.events] == [(e.time, e.place) for e in second.events]
    assert first.completion == second.completion


def test_a_route_is_driven_to_its_end(client: carla.Client):
    with judged(client, 60.0, Rules()) as (stage, judge):
        drive(stage, judge, 10.0, 20.0)
        assert judge.ending is Ending.COMPLETED
        assert judge.completion == 100.0 and judge.events == ()
        assert stage.time < 15.0
        sensors = stage.world.get_actors().filter("sensor.other.collision")
        assert len(sensors) == 1
        judge.close()
        judge.close()
        stage.world.tick()
        assert len(stage.world.get_actors().filter("sensor.other.collision")) == 0


@pytest.mark.parametrize(("named", "expected"), [(False, 50.0), (True, 100.0)])
def test_speed_is_judged_beside_the_background_traffic(client: carla.Client, named: bool, expected: float):
    """One car of that role drives 16 m/s, another one stands; the traffic may name who belongs to it instead."""

    def traffic(stage: Stage) -> None:
        quick = put(stage, stage.plan.waypoints[30], "background")
        quick.apply_control(carla.VehicleControl())
        quick.enable_constant_velocity(carla.Vector3D(16.0, 0.0, 0.0))
        standing = put(stage, stage.plan.waypoints[20].get_left_lane())
        if named:
            stage.traffic = SimpleNamespace(vehicles=[standing])

    with judged(client, 40.0, rules_of("bench2drive-0.0.4"), traffic) as (stage, judge):
        drive(stage, judge, 8.0, 8.0)
        assert judge.completion > 95.0
    assert {event.kind for event in judge.events} == {"min_speed_infractions"} <= set(INFRACTIONS)
    percents = [event.percent for event in judge.events]
    assert 12 <= len(percents) <= 20, "some of 2 m are longer, as planes are a metre apart"
    assert percents[-5:] == pytest.approx([expected] * 5, abs=5.0)


def test_ticks_blocks_and_reports_end_or_mark_the_route(client: carla.Client):
    with judged(client, 60.0, replace(Rules(), tick_limit=25, blocked_seconds=1.0)) as (stage, judge):
        stage.referee.blocked_test = False
        drive(stage, judge, 0.0, 1.2)
        assert judge.ending is None
        stage.referee.timeouts.append("Accident_1")
        drive(stage, judge, 0.0, 1.2)
        assert judge.ending is Ending.TICKS
        assert [(event.kind, event.name) for event in judge.events] == [("scenario_timeouts", "Accident_1")]
        stage.referee.failed_to_yield.append("Yield_1")
    assert judge.events[-1].name == "Yield_1", "what situations report at their end is still counted"


def test_standing_ends_the_route(client: carla.Client):
    with judged(client, 60.0, replace(Rules(), blocked_seconds=1.0)) as (stage, judge):
        drive(stage, judge, 0.0, 3.0)
        assert judge.ending is Ending.BLOCKED and judge.events[-1].kind == "vehicle_blocked"
        assert 1.0 < judge.events[-1].time < 2.5


def test_lights_near_the_ego_are_seen_with_their_lanes(client: carla.Client):
    with judged(client, 60.0, Rules()) as (stage, _):
        observer = Observer(stage)
        place = lane("Sidewalk", opposite_left=False)[-15].transform
        stage.ego.set_transform(carla.Transform(place.location + carla.Location(z=0.3), place.rotation))
        stage.world.tick()
        stage.update()
        moment = observer.look()
        own = town().get_waypoint(moment.location)
        mine = [
            light for light in observer.lights
            if any((line.road_id, line.lane_id) == (own.road_id, own.lane_id) for line in light.stop_lines)
        ]  # fmt: skip
        assert len(mine) == 1 and mine[0].id in moment.lights
        actor = stage.world.get_actor(mine[0].id)
        assert 0 < len(moment.lights) < len(observer.lights)
        for state in (carla.TrafficLightState.Red, carla.TrafficLightState.Green):
            actor.set_state(state)
            stage.world.tick()
            stage.update()
            assert observer.look().lights[actor.id] == state
        assert len(observer.signs) == 4
        observer.close()


@pytest.mark.parametrize(("state", "count"), [(carla.TrafficLightState.Red, 1), (carla.TrafficLightState.Green, 0)])
def test_crossing_a_junction_at_red_is_one_infraction(client: carla.Client, state: carla.TrafficLightState, count: int):
    def lights(stage: Stage) -> None:
        for light in stage.world.get_actors().filter("traffic.traffic_light*"):
            light.set_state(state)
            light.freeze(True)

    with judged(client, 75.0, Rules(), lights, lane("Sidewalk", opposite_left=False)[-35]) as (stage, judge):
        drive(stage, judge, 7.0, 15.0)
        stage.world.reset_all_traffic_lights()
        for light in stage.world.get_actors().filter("traffic.traffic_light*"):
            light.freeze(False)
    assert [event.kind for event in judge.events] == ["red_light"] * count
    assert judge.ending is Ending.COMPLETED


@pytest.mark.parametrize("stops", [False, True])
def test_driving_through_a_stop_sign_is_one_infraction(client: carla.Client, stops: bool):
    sign = min(client.get_world().get_actors().filter("traffic.stop*"), key=lambda actor: actor.id)
    box = sign.get_transform().transform(sign.trigger_volume.location)
    start = town().get_waypoint(box).previous(30.0)[0]
    with judged(client, 50.0, Rules(), start=start) as (stage, judge):
        drive(stage, judge, 7.0, 20.0, stands_at=box if stops else None)
    found = [(event.kind, event.actor_id) for event in judge.events]
    assert found == ([] if stops else [("stop_infraction", sign.id)])
    assert judge.ending is Ending.COMPLETED
