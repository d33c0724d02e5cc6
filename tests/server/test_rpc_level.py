"""Rays, static things and street lamps through the unmodified client: all tell of what cameras see."""

import carla
import numpy as np
import pytest
from watching import ahead, camera, metres, now, pixels, tags

from lead.roads.town import load_town
from lead.server.episode import Episode
from lead.server.level import ANY_LABEL
from lead.server.versions import client_version

LABEL = carla.CityObjectLabel


def test_rays_find_the_road(world):
    point = world.get_map().get_spawn_points()[0].location
    hit = world.ground_projection(carla.Location(point.x, point.y, point.z + 5.0), 20.0)
    assert hit.label in (LABEL.Roads, LABEL.RoadLines)
    assert hit.location.z == pytest.approx(point.z, abs=1.5)
    above, below = carla.Location(point.x, point.y, point.z + 5), carla.Location(point.x, point.y, point.z - 5)
    labels = [hit.label for hit in world.cast_ray(above, below)]
    assert LABEL.Roads in labels
    assert world.project_point(above, carla.Vector3D(0, 0, 1), 10.0) is None
    assert world.project_point(above, carla.Vector3D(0, 0, 0), 10.0) is None
    assert world.project_point(above, carla.Vector3D(0, 0, -7), 3.0) is None, "the direction's length is no distance"


def test_rays_find_a_car_where_it_is_now(world, place):
    car = place(0)
    box = car.bounding_box
    roof = car.get_location() + carla.Location(z=box.location.z + box.extent.z)
    above, down = roof + carla.Location(z=3), carla.Vector3D(0, 0, -1)
    hit = world.project_point(above, down, 20.0)
    assert hit.label == LABEL.Car
    assert hit.location.z == pytest.approx(roof.z, abs=0.2)
    car.set_transform(ahead(car.get_transform(), 10.0))
    world.tick()
    assert world.project_point(above, down, 20.0).label in (LABEL.Roads, LABEL.RoadLines)


def test_a_ray_through_a_car_and_a_house(world, place):
    """From behind the car, over its seat, through the house beyond it: what it enters, in order, at the boxes' faces."""
    car, house = (
        place(0),
        max(world.get_environment_objects(LABEL.Buildings), key=lambda one: one.bounding_box.extent.z),
    )
    middle, yaw = house.bounding_box.location, house.bounding_box.rotation.yaw
    across = carla.Transform(middle, carla.Rotation(yaw=yaw - 90.0)).get_forward_vector()
    street = middle + (house.bounding_box.extent.y + 6.0) * across
    ground = world.ground_projection(carla.Location(street.x, street.y, middle.z), 100.0).location
    car.set_transform(carla.Transform(ground + carla.Location(z=0.1), carla.Rotation(yaw=yaw)))
    world.tick()
    height = carla.Location(z=ground.z + 0.7 - middle.z)
    start, end = (middle + (house.bounding_box.extent.y + reach) * across + height for reach in (12.0, -1.0))
    hits = world.cast_ray(start, end)
    away = [start.distance(hit.location) for hit in hits]
    assert away == sorted(away)
    assert hits[0].label == LABEL.Car and away[0] == pytest.approx(6.0 - car.bounding_box.extent.y, abs=0.2)
    walls = [far for far, hit in zip(away, hits) if hit.label == LABEL.Buildings]
    assert walls and walls[0] == pytest.approx(12.0, abs=0.5), "its wall stands up to half a metre behind its eaves"
    assert {hit.label for hit in hits} <= {LABEL.Car, LABEL.Buildings, LABEL.Vegetation}


def test_the_point_below_is_where_a_depth_camera_sees_it(world, place):
    car = place(0)
    for side in (0.3, 3.0, 6.0):
        above = ahead(car.get_transform(), 8.0, side, 4.0)
        below = carla.Transform(above.location, carla.Rotation(pitch=-90.0))
        (depth,) = now(world, camera(world, "depth", None, below, 41, 41, fov=20))
        hit = world.ground_projection(above.location, 20.0)
        assert above.location.z - hit.location.z == pytest.approx(metres(depth)[20, 20], abs=0.02)


def test_no_picture_depends_on_rays(world, place):
    car = place(0)
    kinds = ("rgb", "depth", "instance_segmentation")
    views = [camera(world, kind, car, carla.Transform(carla.Location(x=0.5, z=1.7))) for kind in kinds]
    first = [pixels(image) for image in now(world, *views)]
    here, there = car.get_location() + carla.Location(z=1.0), carla.Location(-300.0, -300.0, 1.0)
    assert len(world.cast_ray(here, there)) > 0
    assert all(np.array_equal(one, pixels(image)) for one, image in zip(first, now(world, *views)))


def test_static_boxes_and_objects(world):
    for label in (LABEL.Buildings, LABEL.Poles, LABEL.TrafficLight, LABEL.Car, LABEL.Fences, LABEL.Any):
        boxes = world.get_level_bbs(label)
        objects = world.get_environment_objects(label)
        assert len(boxes) == len(objects) > 0, label
        assert all(box.extent.x > 0 for box in boxes)
        assert label == LABEL.Any or {thing.type for thing in objects} == {label}
    assert len({thing.id for thing in objects}) == len(objects)
    assert len(world.get_names_of_all_objects()) == len({thing.name for thing in objects}) == len(objects)


def test_objects_that_are_put_away_are_neither_seen_nor_met(world, raw):
    parked = world.get_environment_objects(LABEL.Car)[0]
    box = parked.bounding_box
    above = carla.Transform(box.location + carla.Location(z=8.0), carla.Rotation(pitch=-90.0))
    view = camera(world, "semantic_segmentation", None, above, 200, 200, fov=60)
    down = carla.Vector3D(0, 0, -1)

    def seen() -> int:
        return int((tags(now(world, view)[0])[80:120, 80:120] == int(LABEL.Car)).sum())

    shown = seen()
    assert shown > 500 and world.project_point(above.location, down, 20.0).label == LABEL.Car
    world.enable_environment_objects({parked.id}, False)
    assert seen() == 0 and world.project_point(above.location, down, 20.0).label != LABEL.Car
    assert parked.id not in {thing.id for thing in world.get_environment_objects(LABEL.Any)}
    assert len(world.get_level_bbs(LABEL.Car)) == len(world.get_environment_objects(LABEL.Car))
    world.enable_environment_objects({parked.id}, True)
    assert seen() == shown and world.project_point(above.location, down, 20.0).label == LABEL.Car
    assert "not in this town" in raw.error("enable_environment_objects", [5], False)


def test_a_house_that_is_put_away_stops_nobody(world, place):
    car, house = place(0), world.get_environment_objects(LABEL.Buildings)[0]
    middle = house.bounding_box.location
    world.enable_environment_objects({house.id}, False)
    inside = world.ground_projection(carla.Location(middle.x, middle.y, middle.z + 30.0), 100.0)
    assert inside.label in (LABEL.Terrain, LABEL.Sidewalks)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    spot = carla.Transform(inside.location + carla.Location(z=0.3), house.bounding_box.rotation)
    visitor = world.try_spawn_actor(blueprint, spot)
    assert visitor is not None
    visitor.destroy()
    world.enable_environment_objects({house.id}, True)
    world.tick()
    assert world.try_spawn_actor(blueprint, spot) is None
    assert car.is_alive


def test_everything_stands_again_in_a_new_world_of_the_same_town():
    town = load_town("GridCity")
    episode = Episode(town, client_version("0.9.16"), seed=0)
    level = episode.pictures.level(episode)
    whole, down = level.objects(ANY_LABEL), np.array([0.0, 0.0, -1.0])
    roof = np.array(next(thing[1][0] for thing in whole if thing[4] == int(LABEL.Buildings))) + [0.0, 0.0, 100.0]
    met = level.project(roof, down, 200.0)
    level.enable([thing[2] for thing in whole], False)
    assert level.objects(ANY_LABEL) == [] and not episode.world.obstacles.standing.any()
    assert level.project(roof, down, 200.0).tag == LABEL.Terrain
    episode.switch(town, True)
    again = episode.pictures.level(episode)
    assert again.objects(ANY_LABEL) == whole and episode.world.obstacles.standing.all()
    assert again.project(roof, down, 200.0).point.tolist() == met.point.tolist()
    assert again.street is level.street and again.street is episode.pictures._street_of(episode)


def night() -> carla.WeatherParameters:
    return carla.WeatherParameters(sun_altitude_angle=-10.0, sun_azimuth_angle=0.0)


def test_lamps_follow_the_sun_until_told_otherwise(world, eventually):
    lights = world.get_lightmanager()
    lamps = lights.get_all_lights()
    assert len(lamps) > 10 and not any(lights.is_active(lamps))
    world.set_weather(night())
    world.tick()
    assert eventually(lambda: all(lights.is_active(lamps)))
    world.set_weather(carla.WeatherParameters.ClearNoon)
    world.tick()
    assert eventually(lambda: not any(lights.is_active(lamps)))
    lights.set_day_night_cycle(False)
    world.set_weather(night())
    world.tick()
    assert world.get_weather().sun_altitude_angle == -10.0 and not any(lights.is_active(lamps))
    lights.set_day_night_cycle(True)
    world.tick()
    assert eventually(lambda: all(lights.is_active(lamps)))
    lights.turn_off(lamps[:1])
    world.tick()
    assert eventually(lambda: lights.is_active(lamps[:2]) == [False, True])


def test_lamps_shine_as_the_light_manager_says(world, eventually):
    world.set_weather(night())
    lights = world.get_lightmanager()
    lamp = lights.get_all_lights()[0]
    place = carla.Transform(lamp.location + carla.Location(z=9.0), carla.Rotation(pitch=-90.0))
    view, labels = (camera(world, kind, None, place, 200, 200, fov=80) for kind in ("rgb", "semantic_segmentation"))

    def seen() -> np.ndarray:
        """What the camera sees of the ground, (n, 3) BGR, once the change has come to the server."""
        world.tick()
        image, tag = now(world, view, labels)
        ground = np.isin(tags(tag), [int(LABEL.Roads), int(LABEL.Sidewalks)])
        return pixels(image)[ground][:, :3].astype(int)

    lit = seen()
    lights.turn_off([lamp])
    dark = seen()
    lower = lit.sum(axis=1) - dark.sum(axis=1)
    assert (lower > 40).sum() > 500 and lower.min() > -12, "its light is gone, and nothing else"
    lights.turn_on([lamp])
    assert np.abs(seen() - lit).max() <= 2
    lights.set_color([lamp], carla.Color(255, 0, 0))
    red = seen()
    near = lower > 40
    assert (red - lit)[near][:, 0].mean() < -5 and (red - dark)[near][:, 2].mean() > 10
    assert np.abs((red - dark)[near][:, 0]).max() <= 4, "a red lamp throws no blue light"
    lights.set_color([lamp], carla.Color(255, 255, 255))
    lights.set_intensity([lamp], 3000.0)
    weaker = seen()[near].sum(axis=1)
    assert (weaker < lit[near].sum(axis=1)).mean() > 0.9 and (weaker > dark[near].sum(axis=1)).mean() > 0.9
