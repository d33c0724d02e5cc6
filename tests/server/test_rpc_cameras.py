"""Cameras through the unmodified client: what arrives, when, from where, and whether it shows the world."""

import hashlib
import queue

import carla
import numpy as np
import pytest
from watching import SENSING, ahead, at, attach, camera, identity, metres, now, pixels, tags

KINDS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
MOUNT = carla.Transform(carla.Location(x=0.5, z=1.7))
CAR, LIGHT = int(carla.CityObjectLabel.Car), int(carla.CityObjectLabel.TrafficLight)


@pytest.fixture
def world(emptied_world):
    """One world for this file: building what stands around takes a second."""
    return emptied_world


@pytest.fixture
def pair(world, place):
    """A car at rest, and another 12 m ahead of it."""
    car = place(0)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    blueprint.set_attribute("color", "180,20,20")
    other = world.spawn_actor(blueprint, ahead(car.get_transform(), 12.0, z=0.2))
    for _ in range(10):
        world.tick()
    return car, other


def test_every_kind_arrives_at_the_tick_with_the_transform_of_the_sensor(world, pair):
    car, _ = pair
    views = {kind: camera(world, kind, car, MOUNT, 200, 100, fov=75) for kind in KINDS}
    car.apply_control(carla.VehicleControl(throttle=0.8, steer=0.2))
    before = car.get_location()
    for _ in range(4):
        frame = world.tick()
        snapshot = world.get_snapshot()
        for kind, view in views.items():
            image = view.get(timeout=SENSING)
            assert isinstance(image, carla.Image), kind
            assert image.frame == frame == snapshot.frame
            assert image.timestamp == pytest.approx(snapshot.timestamp.elapsed_seconds, abs=1e-9)
            assert (image.width, image.height, image.fov) == (200, 100, 75.0)
            assert len(image.raw_data) == 200 * 100 * 4 and (pixels(image)[..., 3] == 255).all()
            own = snapshot.find(view.sensor.id).get_transform()
            mounted = snapshot.find(car.id).get_transform().transform(carla.Location(MOUNT.location))
            assert image.transform.location.distance(own.location) < 1e-3
            assert image.transform.location.distance(mounted) < 0.01
            assert image.transform.rotation.yaw == pytest.approx(own.rotation.yaw, abs=1e-3)
            assert view.empty()
    assert car.get_location().distance(before) > 0.05


def test_pictures_are_of_the_state_of_their_tick(world, pair):
    """The other car is moved between two ticks: it is seen at its new place at once."""
    car, other = pair
    view = camera(world, "instance_segmentation", car, MOUNT)
    centres = []
    for side in (-2.0, 2.0):
        other.set_transform(ahead(car.get_transform(), 14.0, side))
        (image,) = now(world, view)
        centres.append(np.nonzero(identity(image) == other.id)[1].mean())
    assert centres[0] < 70 and centres[1] > 90


def test_a_car_ahead_has_its_class_its_number_and_its_distance(world, pair):
    car, other = pair
    kinds = ("instance_segmentation", "semantic_segmentation", "depth", "normals")
    instances, semantics, depth, normals = now(
        world, *(camera(world, kind, car, MOUNT, 320, 240, fov=60) for kind in kinds)
    )
    shown = identity(instances) == other.id
    assert shown.sum() > 500 and (tags(instances)[shown] == CAR).all()
    assert np.array_equal(tags(instances), tags(semantics))
    assert (pixels(semantics)[..., :2] == 0).all()
    rear = other.get_location().distance(car.get_location()) - other.bounding_box.extent.x - MOUNT.location.x
    assert metres(depth)[shown].min() == pytest.approx(rear, abs=0.25)
    assert metres(depth)[shown].max() < rear + 2.0 * other.bounding_box.extent.x
    road = tags(semantics) == int(carla.CityObjectLabel.Roads)
    assert (pixels(normals)[road][:, 0] > 250).mean() > 0.9  # blue: upwards
    rows, columns = np.nonzero(road)
    focal = 160 / np.tan(np.radians(30))
    height = instances.transform.location.z - car.get_location().z
    flat = rows > 160  # near enough for the road to be level
    expected = height / ((rows[flat] + 0.5 - 120) / focal)
    assert metres(depth)[rows[flat], columns[flat]] == pytest.approx(expected, rel=0.06)


def test_depth_converts_as_carlas_does(world, pair):
    car, other = pair
    view = camera(world, "depth", car, MOUNT)
    raw, grey, logarithmic = (now(world, view)[0] for _ in range(3))
    share = metres(raw) / 1000.0
    grey.convert(carla.ColorConverter.Depth)
    assert np.abs(pixels(grey)[..., 0] - 255.0 * share).max() <= 1.0
    logarithmic.convert(carla.ColorConverter.LogarithmicDepth)
    expected = 255.0 * np.clip(1.0 + np.log(np.maximum(share, 1e-9)) / 5.70378, 0.005, 1.0)
    assert np.abs(pixels(logarithmic)[..., 0] - expected).max() <= 1.01
    seen = now(world, camera(world, "semantic_segmentation", car, MOUNT))[0]
    of_car = tags(seen) == CAR
    seen.convert(carla.ColorConverter.CityScapesPalette)
    assert set(map(tuple, pixels(seen)[of_car][:, :3].tolist())) == {(142, 0, 0)}


def test_sensor_tick_is_kept_and_silent_cameras_send_nothing(world, pair):
    car, _ = pair
    slow = camera(world, "rgb", car, MOUNT, sensor_tick=0.2)
    silent = camera(world, "depth", car, MOUNT)
    quiet = world.get_blueprint_library().find("sensor.camera.rgb")
    never = world.spawn_actor(quiet, MOUNT, attach_to=car)  # nobody listens
    now(world, silent)
    silent.sensor.stop()
    for _ in range(16):
        world.tick()
    frames = [slow.get(timeout=SENSING).frame for _ in range(4)]
    assert [b - a for a, b in zip(frames, frames[1:])] == [4] * 3
    assert silent.empty() and not never.is_listening()


def test_no_rendering_mode_stops_cameras_and_not_the_lidar(world, pair):
    car, _ = pair
    view = camera(world, "rgb", car, MOUNT)
    points = attach(world, "sensor.lidar.ray_cast", car, carla.Transform(carla.Location(z=2.5)))[1]
    now(world, view, points)
    settings = world.get_settings()
    settings.no_rendering_mode = True
    world.apply_settings(settings)
    for _ in range(3):
        assert len(now(world, points)[0]) > 0
    with pytest.raises(queue.Empty):
        view.get(timeout=0.2)
    settings.no_rendering_mode = False
    world.apply_settings(settings)
    assert now(world, view)[0].width == 160


def test_weather_changes_the_picture_and_no_label(world, pair):
    car, _ = pair
    colour, labels, depth = (camera(world, kind, car, MOUNT) for kind in (KINDS[0], KINDS[3], KINDS[1]))
    seen = {}
    for name in ("ClearNoon", "HardRainNoon", "ClearSunset", "ClearNight"):
        world.set_weather(getattr(carla.WeatherParameters, name))
        images = [pixels(image) for image in now(world, colour, labels, depth)]
        seen[name] = images[0][..., :3].astype(float)
        if name == "ClearNoon":
            first = images[1:]
        assert all(np.array_equal(one, other) for one, other in zip(first, images[1:]))
    means = {name: image.mean() for name, image in seen.items()}
    assert means["ClearNight"] < 0.6 * means["ClearNoon"]
    assert all(
        np.abs(seen[one] - seen[other]).mean() > 4.0 for one in seen for other in seen if one < other
    )  # fmt: skip


def test_the_state_of_a_traffic_light_can_be_seen(world):
    light = next(
        actor
        for actor in sorted(world.get_actors().filter("traffic.traffic_light"), key=lambda actor: actor.id)
        if actor.get_stop_waypoints()
    )
    light.freeze(True)
    stop = light.get_stop_waypoints()[0].transform
    place = ahead(stop, -8.0, z=1.7)
    place.rotation.pitch = 8.0
    colour, labels = (camera(world, kind, None, place, 600, 400, fov=50) for kind in (KINDS[0], KINDS[3]))
    shown, red, green = {}, 2, 1
    for state in ("Red", "Yellow", "Green"):
        light.set_state(getattr(carla.TrafficLightState, state))
        image, instances = now(world, colour, labels)
        own = (identity(instances) == light.id) & (tags(instances) == LIGHT)
        assert own.sum() > 60
        shown[state] = pixels(image)[own][:, :3].astype(int)
    for one, other in (("Red", "Green"), ("Red", "Yellow"), ("Yellow", "Green")):
        assert (np.abs(shown[one] - shown[other]).max(axis=1) > 60).sum() > 3
    changed = np.abs(shown["Red"] - shown["Green"]).max(axis=1) > 60
    balance = {state: (colours[:, red] - colours[:, green])[changed].max() for state, colours in shown.items()}
    assert balance["Red"] > 80
    assert (shown["Green"][:, green] - shown["Green"][:, red])[changed].max() > 60
    light.freeze(False)


def test_brake_lamps_shine(world, pair):
    car, _ = pair
    view = camera(world, "rgb", car, carla.Transform(carla.Location(x=-6.0, z=1.2)), 240, 180)
    reds = []
    for state in (carla.VehicleLightState.NONE, carla.VehicleLightState.Brake, carla.VehicleLightState.NONE):
        car.set_light_state(state)
        reds.append(pixels(now(world, view)[0])[..., 2].astype(int))
    assert (reds[1] - reds[0] > 40).sum() > 20
    assert np.abs(reds[2] - reds[0]).max() < 10


def test_doors_open(world, pair):
    car, _ = pair
    beside = carla.Transform(carla.Location(y=-5.0, z=1.2), carla.Rotation(yaw=90.0))
    side = camera(world, "instance_segmentation", car, beside, 240, 180)
    shut = identity(now(world, side)[0]) == car.id
    car.open_door(carla.VehicleDoor.All)
    for _ in range(40):
        opened = identity(now(world, side)[0]) == car.id
    assert (shut != opened).sum() > 30


def test_fov_size_and_turned_mounts_act(world, pair):
    car, other = pair
    wide, narrow = (
        now(world, camera(world, "instance_segmentation", car, MOUNT, fov=fov))[0] for fov in (100, 40)
    )  # fmt: skip
    assert (identity(narrow) == other.id).sum() > 4 * (identity(wide) == other.id).sum() > 0
    back = carla.Transform(MOUNT.location, carla.Rotation(yaw=180.0))
    assert (identity(now(world, camera(world, "instance_segmentation", car, back))[0]) != other.id).all()
    odd = now(world, camera(world, "rgb", car, MOUNT, 333, 7))[0]
    assert pixels(odd).shape == (7, 333, 4)


def test_antialiasing_has_a_switch(world, pair):
    car, _ = pair
    smooth, plain = (
        pixels(now(world, camera(world, "rgb", car, MOUNT, enable_postprocess_effects=on))[0])
        for on in ("true", "false")
    )
    assert 0.02 < (smooth != plain).any(axis=2).mean()
    assert np.abs(smooth.astype(int) - plain).mean() < 10.0


def watch_a_drive(client: carla.Client) -> dict[str, str]:
    """Hashes of what every kind of sensor sends in a short drive from the beginning of a world."""
    world = client.get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)  # before the world begins: the clock must not run in it
    world = client.reload_world(False)
    library, start = world.get_blueprint_library(), world.get_map().get_spawn_points()[0]
    car = world.spawn_actor(library.find("vehicle.lincoln.mkz_2020"), start)
    world.spawn_actor(library.find("walker.pedestrian.0003"), ahead(start, 15.0, 1.0, 1.0))
    car.apply_control(carla.VehicleControl(throttle=0.7, steer=0.05))
    views = {kind: camera(world, kind, car, MOUNT) for kind in KINDS}
    for kind in ("lidar.ray_cast", "lidar.ray_cast_semantic", "other.radar"):
        views[kind] = attach(world, f"sensor.{kind}", car, carla.Transform(carla.Location(z=2.5)))[1]
    digests = {kind: hashlib.sha256() for kind in views}
    for _ in range(8):
        for kind, data in zip(views, now(world, *views.values())):
            digests[kind].update(bytes(data.raw_data))
    for view in views.values():
        view.sensor.destroy()
    return {kind: digest.hexdigest() for kind, digest in digests.items()}


def test_the_same_calls_give_the_same_bytes_again_and_from_another_server(start):
    seen = []
    for drives in (2, 1):
        with start() as own:
            client = own.client()
            seen += [watch_a_drive(client) for _ in range(drives)]
    first, again, elsewhere = seen
    assert first == elsewhere
    numbered = ("instance_segmentation", "lidar.ray_cast_semantic")  # a server never uses an actor's id again
    assert [first[kind] for kind in first if kind not in numbered] == [
        again[kind] for kind in again if kind not in numbered
    ]


def test_frames_of_one_moment_belong_together(world, pair):
    """Colour and label cameras at one place are drawn from one pass: an edge is where the label says."""
    car, other = pair
    colour, labels = (camera(world, kind, car, MOUNT, 320, 240, fov=50) for kind in (KINDS[0], KINDS[3]))
    for _ in range(3):
        image, instances = now(world, colour, labels)
        assert image.frame == instances.frame
    mask = identity(instances) == other.id
    inner = mask & np.roll(mask, 2, 0) & np.roll(mask, -2, 0) & np.roll(mask, 2, 1) & np.roll(mask, -2, 1)
    blue, _, red = (pixels(image)[..., k].astype(int) for k in range(3))
    assert (red - blue)[inner].mean() > 30, "the red car is red where its label is"
    frame = world.tick()
    assert at(colour, frame).frame == at(labels, frame).frame
