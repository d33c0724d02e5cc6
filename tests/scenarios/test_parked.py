"""Parked cars along a route are solid, keep away from situations, and leave the town as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import carla
import numpy as np
from playing import graph_of

from lead.client.launch import free_port
from lead.scenarios.cast import Cast
from lead.scenarios.parked import FROM_ROUTE, SCENERY, Parked
from lead.scenarios.plan import trace
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged
from lead.scenarios.suites import resolve_routes


@contextmanager
def on_stage(client: carla.Client, seed: int = 0) -> Iterator[Stage]:
    """The route of `mini` past an opening door: a side street of GridCity with parking lanes."""
    route = next(route for route in resolve_routes("mini") if route.situations[0].type == "VehicleOpensDoorTwoWays")
    with staged(client, graph_of("GridCity"), trace(graph_of("GridCity"), route.key_points), seed=seed,
                manager_port=free_port()) as stage:  # fmt: skip
        yield stage


def ticks(stage: Stage, parked: Parked, count: int = 4) -> None:
    for _ in range(count):
        stage.world.tick()
        stage.update()
        parked.step()
    stage.world.tick()


def scenery(stage: Stage) -> dict[int, carla.Location]:
    things = stage.world.get_environment_objects(carla.CityObjectLabel.Car)
    return {thing.id: thing.transform.location for thing in things if thing.name.startswith(SCENERY)}


def cars(stage: Stage) -> list[carla.Actor]:
    return sorted(stage.world.get_actors().filter("static.prop.mesh"), key=lambda car: car.id)


def from_route(stage: Stage, place: carla.Location) -> float:
    return float(np.hypot(stage.plan.pose[:, 0] - place.x, stage.plan.pose[:, 1] - place.y).min())


def test_solid_cars_take_the_place_of_the_scenery_along_the_route(client: carla.Client):
    with on_stage(client) as stage:
        before = scenery(stage)
        parked = Parked(stage)
        ticks(stage, parked)
        found = cars(stage)
        assert len(found) == len(parked) > 10
        assert len(scenery(stage)) == len(before) - len(found), "no car stands twice"
        for car in found:
            assert from_route(stage, car.get_location()) < FROM_ROUTE
            assert min(place.distance_2d(car.get_location()) for place in before.values()) < 0.1
            assert car.attributes["scale"].startswith("0.9")
        assert len({car.attributes["mesh_path"] for car in found}) > 4
        parked.close()
        stage.world.tick()
        assert not cars(stage) and scenery(stage).keys() == before.keys()


def test_a_car_that_drives_into_one_is_stopped_and_told_of_something_static(client: carla.Client):
    with on_stage(client) as stage:
        parked = Parked(stage)
        ticks(stage, parked)
        target = min(cars(stage), key=lambda car: from_route(stage, car.get_location()))
        pose = target.get_transform()
        back = pose.get_forward_vector()
        pose.location -= carla.Location(10.0 * back.x, 10.0 * back.y, -0.3)
        for car in cars(stage):
            if car.get_location().distance_2d(pose.location) < 9.0:
                car.destroy()
        stage.world.tick()
        hits: list[str] = []
        bell = stage.world.spawn_actor(
            stage.world.get_blueprint_library().find("sensor.other.collision"), carla.Transform(), stage.ego
        )
        bell.listen(lambda event: hits.append(event.other_actor.type_id))
        stage.ego.set_transform(pose)
        stage.world.tick()
        stage.ego.set_target_velocity(carla.Vector3D(8.0 * back.x, 8.0 * back.y, 0.0))
        place = target.get_location()
        for _ in range(50):
            stage.world.tick()
        assert "static.prop.mesh" in hits
        assert target.get_location().distance(place) < 0.01 and stage.ego.get_velocity().length() < 2.0
        bell.destroy()
        parked.close()


def test_none_is_parked_within_10_m_of_a_situations_actors_even_hidden_ones(client: carla.Client):
    with on_stage(client) as stage, Cast(stage) as cast:
        parked = Parked(stage)
        place = parked._poses[len(parked._poses) // 2].location
        beside = stage.map.get_waypoint(place).transform
        actor = cast.car(beside)
        actor.set_location(beside.location - carla.Location(z=500.0))
        ticks(stage, parked)
        away = [car.get_location().distance_2d(beside.location) for car in cars(stage)]
        assert len(away) > 5 and min(away) > 9.9
        parked.close()


def test_a_large_map_without_such_scenery_gets_cars_in_half_of_its_parking_lanes(client: carla.Client, monkeypatch):
    monkeypatch.setattr("lead.scenarios.parked._parked_scenery", lambda stage: [])
    with on_stage(client) as stage:
        assert len(Parked(stage)._poses) == 0, "other maps have none"
        monkeypatch.setattr("lead.scenarios.parked.LARGE_MAPS", ("GridCity",))
        parked = Parked(stage)
        ticks(stage, parked)
        for car in cars(stage):
            lane = stage.map.get_waypoint(car.get_location(), lane_type=carla.LaneType.Any)
            assert lane.lane_type == carla.LaneType.Parking
            assert from_route(stage, car.get_location()) < FROM_ROUTE
        assert len(cars(stage)) > 10
        parked.close()
        stage.world.tick()
        assert not cars(stage)


def test_the_same_seed_parks_the_same_cars(client: carla.Client):
    seen = []
    for drawn in (0, 0, 1):
        with on_stage(client, drawn) as stage:
            parked = Parked(stage)
            ticks(stage, parked)
            seen.append([(car.attributes["mesh_path"], round(car.get_location().x, 2)) for car in cars(stage)])
            parked.close()
            stage.world.tick()
    assert seen[0] == seen[1] != seen[2]
