"""What the expert is told of a tick, read on an embedded server."""

from collections.abc import Iterator
from dataclasses import replace

import carla
import numpy as np
import pytest
from reading_stage import TOWN, graph_of_town, on_stage, plan_beside, situation_at, tick

from lead.client.launch import connect, start_server
from lead.expert.evidence.source import Evidence
from lead.expert.reading.reader import REACH, Reader
from lead.expert.scene import Kind, Visibility
from lead.scenarios.cast import Cast
from lead.scenarios.director import Part
from lead.scenarios.lane_graph import position
from lead.scenarios.plan import Plan, trace
from lead.scenarios.stage import Stage


@pytest.fixture(scope="module")
def client() -> Iterator[carla.Client]:
    with start_server(TOWN) as server:
        yield connect(server.endpoint)


def beside(stage: Stage, metres: float, aside: float) -> carla.Transform:
    """A pose so far ahead along the plan and to its right."""
    pose = stage.plan.waypoints[int(metres)].transform
    place = pose.location + aside * pose.get_right_vector()
    return carla.Transform(place, pose.rotation)


def spawn(stage: Stage, model: str, pose: carla.Transform, **attributes: str) -> carla.Actor:
    blueprint = stage.world.get_blueprint_library().find(model)
    for name, value in attributes.items():
        blueprint.set_attribute(name, value)
    raised = carla.Transform(pose.location + carla.Location(z=0.5), pose.rotation)
    return stage.world.spawn_actor(blueprint, raised)


def test_everybody_is_told_with_kind_place_and_motion(client: carla.Client):
    with on_stage(client, plan_beside(oncoming=False)) as (stage, director), Cast(stage) as cast:
        for model, metres in (
            ("vehicle.audi.tt", 20), ("vehicle.bh.crossbike", 30), ("vehicle.yamaha.yzf", 40),
            ("vehicle.dodge.charger_police_2020", 50), ("static.prop.constructioncone", 60),
            ("walker.pedestrian.0001", 70),
        ):  # fmt: skip
            cast.join(spawn(stage, model, beside(stage, metres, 0.0)))
        car, bicycle, motorbike, police, cone, walker = cast._actors
        walker.apply_control(carla.WalkerControl(carla.Vector3D(0.0, 1.0, 0.0), 1.5))
        car.apply_control(carla.VehicleControl(throttle=0.5, steer=0.1))
        for _ in range(20):
            frame = tick(stage, director)
        scene = Reader(stage).read(frame)
        actors = scene.actors
        assert actors.ids.tolist() == sorted(actor.id for actor in cast._actors) and scene.frame == frame
        rows = {actor.id: row for row, actor in enumerate(sorted(cast._actors, key=lambda actor: actor.id))}
        kinds = [Kind.CAR, Kind.BICYCLE, Kind.CAR, Kind.CAR, Kind.OBSTACLE, Kind.WALKER]
        assert [actors.kind[rows[actor.id]] for actor in cast._actors] == kinds
        assert np.flatnonzero(actors.emergency).tolist() == [rows[police.id]]
        assert np.allclose(actors.control[rows[car.id]], [0.5, 0.1, 0.0])
        assert actors.speed[rows[car.id]] > 1.0 and actors.yaw_rate[rows[car.id]] > 0.05
        assert actors.speed_limit[rows[car.id]] > 5.0 and actors.speed_limit[rows[walker.id]] == 0.0
        assert np.allclose(actors.walking[rows[walker.id]], [0.0, 1.5, 0.0])
        assert np.allclose(actors.velocity[rows[walker.id]], [0.0, 1.5, 0.0], atol=0.1)
        for actor in cast._actors:
            middle = actor.get_transform().transform(actor.bounding_box.location)
            assert np.allclose(actors.middle[rows[actor.id]], [middle.x, middle.y, middle.z], atol=0.01)
        here = stage.ego.get_transform()
        assert np.allclose(scene.ego.pose[:3], [here.location.x, here.location.y, here.location.z])
        assert scene.ego.speed_limit == pytest.approx(stage.ego.get_speed_limit() / 3.6)
        assert scene.time == stage.time and (actors.evidence > 1000).all()


def test_hidden_and_far_actors_are_not_told(client: carla.Client):
    with on_stage(client, plan_beside(oncoming=False)) as (stage, director), Cast(stage) as cast:
        near = cast.join(spawn(stage, "static.prop.constructioncone", beside(stage, 20, 0.0)))
        low = beside(stage, 30, 0.0)
        low.location.z -= 500.0
        cast.join(spawn(stage, "static.prop.constructioncone", low))
        far = beside(stage, 30, 0.0)
        far.location += (REACH + 10.0) * far.get_forward_vector()
        cast.join(spawn(stage, "static.prop.constructioncone", far))
        assert Reader(stage).read(tick(stage, director)).actors.ids.tolist() == [near.id]


def test_parked_cars_are_counted_beside_the_way_only(client: carla.Client):
    mesh = "/Game/Carla/Static/Car/4Wheeled/ParkedVehicles/Mini2021/SM_Mini2021_parked.SM_Mini2021_parked"
    with on_stage(client, plan_beside(oncoming=False)) as (stage, director), Cast(stage) as cast:
        for metres, aside in ((10, 9.5), (31, -3.0), (33, 3.0), (20, 10.5), (20, -10.5)):
            pose = beside(stage, metres, aside)
            cast.join(spawn(stage, "static.prop.mesh", pose, mesh_path=mesh, role_name="parked"))
        scene = Reader(stage).read(tick(stage, director))
        assert scene.parked_near == 2 and len(scene.actors) == 0


def way_into_junction() -> Plan:
    """A way of 40 m up to a junction with lights, and through it."""
    for entry, _ in graph_of_town().map.get_topology():
        before, after = entry.previous(40.0), entry.next(25.0)
        if entry.is_junction and before and after and not before[0].is_junction:
            return trace(graph_of_town(), np.stack([position(before[0]), position(after[0])]))
    raise AssertionError(f"{TOWN} has no such way")


def test_the_states_of_the_routes_lights_are_told(client: carla.Client):
    with on_stage(client, way_into_junction()) as (stage, director):
        reader = Reader(stage)
        ids = reader.route.light_id.tolist()
        light = stage.world.get_actor(ids[0])
        for state in (carla.TrafficLightState.Green, carla.TrafficLightState.Red, carla.TrafficLightState.Yellow):
            light.set_state(state)
            light.freeze(True)
            scene = reader.read(tick(stage, director))
            assert scene.light_state[0] == int(state) and scene.light_seen.tolist() == [True] * len(ids)
        stage.world.freeze_all_traffic_lights(False)
        line = reader.route.points[reader.route.light_index[0]]
        assert stage.map.get_waypoint(carla.Location(*line.tolist())).next(3.0)[0].is_junction


def test_the_weather_is_looked_at_now_and_then(client: carla.Client):
    with on_stage(client, plan_beside(oncoming=False)) as (stage, director):
        stage.world.set_weather(carla.WeatherParameters.ClearNight)
        reader = Reader(stage)
        assert reader.read(tick(stage, director)).visibility == Visibility.VERY_LIMITED
        stage.world.set_weather(carla.WeatherParameters.ClearNoon)
        seen = [reader.read(tick(stage, director)).visibility for _ in range(20)]
        assert seen[0] == Visibility.VERY_LIMITED and seen[-1] == Visibility.CLEAR


class HalfSeen:
    """Sees actors with even ids, and no light."""

    def look(self, ego, actors, heads, parked):
        self.asked = (ego, actors, heads, parked)
        counts = np.repeat(np.where(actors.ids % 2 == 0, 7, 0)[:, None], 3, axis=1).astype(np.int32)
        return Evidence(counts, np.zeros(heads.lights, bool), 0.25)


def test_evidence_comes_from_its_source(client: carla.Client):
    source = HalfSeen()
    with on_stage(client, plan_beside(oncoming=False)) as (stage, director), Cast(stage) as cast:
        for metres in (20, 30, 40):
            cast.join(spawn(stage, "static.prop.constructioncone", beside(stage, metres, 0.0)))
        scene = Reader(stage, lambda stage, route: source).read(tick(stage, director))
        assert (scene.actors.evidence[:, 0] == np.where(scene.actors.ids % 2 == 0, 7, 0)).all()
        assert scene.junction_sight == 0.25 and not scene.light_seen.any()
        assert source.asked[1].ids.tolist() == scene.actors.ids.tolist()


def test_a_situation_is_briefed_from_its_setting_up_to_its_end(client: carla.Client):
    plan = plan_beside(oncoming=True)
    order = situation_at("ParkedObstacleTwoWays", plan.waypoints[5], distance=40, direction="right")
    with on_stage(client, plan, [order]) as (stage, director):
        reader = Reader(stage)
        assert reader.read(stage.world.tick()).briefings == ()
        tick(stage, director)
        (briefing,) = reader.read(tick(stage, director)).briefings
        assert (briefing.name, briefing.type, briefing.playing) == (order.name, order.type, False)
        assert briefing.direction == "right" and briefing.offset == 0.0 and not len(briefing.flow)
        kinds = [stage.world.get_actor(actor).type_id.split(".")[0] for actor in briefing.ids]
        assert kinds == ["static", "vehicle"], "the warning sign, then the car"
        route = reader.route
        assert np.linalg.norm(route.points[briefing.trigger] - order.trigger[:3]) < 0.1
        car = stage.world.get_actor(briefing.ids[1])
        borrowed = briefing.beside
        assert np.allclose(np.linalg.norm(np.diff(borrowed, axis=0), axis=1), 1.0, atol=0.1)
        heading, way = stage.heading, (borrowed[-1] - borrowed[0]) / np.linalg.norm(borrowed[-1] - borrowed[0])
        assert heading.x * way[0] + heading.y * way[1] < -0.9, "its own direction"
        abreast = np.linalg.norm(borrowed[-1] - position(plan.waypoints[45]))
        assert 2.5 < abreast < 5.0
        assert 40 < len(borrowed) < 118
        director.played[0].order.fired = True
        director.played[0].part = Part.PLAYING
        assert reader.read(tick(stage, director)).briefings[0].playing
        car.destroy()
        assert reader.read(tick(stage, director)).briefings[0].ids == briefing.ids[:1]
        director.played[0].part = Part.ENDED
        assert reader.read(stage.world.tick()).briefings == ()


@pytest.mark.parametrize(("direction", "side"), [("right", -1.0), ("left", 1.0)])
def test_the_lane_to_borrow_of_the_same_direction_leads_past_the_obstacle(
    client: carla.Client, direction: str, side: float
):
    plan = plan_beside(oncoming=False)
    if direction == "left":
        plan = left_of(plan)
    order = situation_at("ParkedObstacle", plan.waypoints[5], distance=40, direction=direction)
    with on_stage(client, plan, [order]) as (stage, director):
        tick(stage, director)
        (briefing,) = Reader(stage).read(tick(stage, director)).briefings
        place = plan.waypoints[45].transform
        away = briefing.beside - position(plan.waypoints[45])
        right, ahead = place.get_right_vector(), place.get_forward_vector()
        along, aside = away @ [ahead.x, ahead.y, ahead.z], away @ [right.x, right.y, right.z]
        at = int(np.argmin(np.abs(along)))
        assert side * aside[at] == pytest.approx(plan.waypoints[45].lane_width, abs=0.3)
        assert along[-1] == pytest.approx(15.0, abs=1.5) and along[0] < -40.0


def left_of(plan: Plan) -> Plan:
    """The same way on the lane to the left of it."""
    left = tuple(waypoint.get_left_lane() for waypoint in plan.waypoints)
    pose = plan.pose.copy()
    pose[:, :3] = [position(waypoint) for waypoint in left]
    return replace(plan, pose=pose, waypoints=left)


def test_the_nearest_situation_comes_first(client: carla.Client):
    plan = plan_beside(oncoming=False)
    orders = [
        replace(situation_at("ParkedObstacle", plan.waypoints[5], distance=metres), name=f"at {metres}")
        for metres in (80, 30, 55)
    ]
    with on_stage(client, plan, orders) as (stage, director):
        tick(stage, director)
        briefings = Reader(stage).read(tick(stage, director)).briefings
        trigger = plan.pose[5, :2] - [stage.place.x, stage.place.y]
        assert np.hypot(*trigger) < 30.0, "the warning signs, at the trigger, are equally near"
        assert sorted(briefing.name for briefing in briefings) == ["at 30", "at 55", "at 80"]
        for played in director.played:
            for actor in played.order.actors:
                if actor.type_id.startswith("static"):
                    actor.destroy()
        names = [briefing.name for briefing in Reader(stage).read(tick(stage, director)).briefings]
        assert names == ["at 30", "at 55", "at 80"]
