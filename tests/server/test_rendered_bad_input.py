"""Sensors that see, used badly: a clear error or a correct frame, and the server lives on."""

import logging
import re
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import carla
import numpy as np
import pytest
from watching import ahead, attach, camera, identity, metres, now, pixels, tags

from lead.roads.town import load_town
from lead.server.episode import Episode
from lead.server.pictures import Pictures
from lead.server.versions import client_version

MOUNT = carla.Transform(carla.Location(x=0.5, z=1.7))
KINDS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")


@pytest.fixture
def world(emptied_world):
    """One world for this file."""
    return emptied_world


@pytest.mark.parametrize(
    "blueprint, name, value, message",
    [
        ("camera.rgb", "image_size_x", "0", "image_size_x is '0': expected 1 to 16384 pixels"),
        ("camera.rgb", "image_size_y", "-5", "image_size_y is '-5': expected 1 to 16384"),
        ("camera.depth", "image_size_x", "100000", "image_size_x is '100000': expected 1 to 16384"),
        ("camera.rgb", "image_size_x", "2147483647", "image_size_x is '2147483647'"),
        ("camera.rgb", "fov", "0", "fov is '0': expected 1 to 170 degrees"),
        ("camera.rgb", "fov", "180", "fov is '180': expected 1 to 170 degrees"),
        ("camera.normals", "fov", "-5", "fov is '-5'"),
        ("camera.instance_segmentation", "fov", "abc", "fov is 'abc': expected 1 to 170"),
        ("camera.rgb", "fov", "nan", "attribute fov: found 'nan', expected a finite number"),
        ("camera.rgb", "fov", "1e999", "attribute fov: found '1e999', expected a finite number"),
        ("camera.rgb", "sensor_tick", "inf", "attribute sensor_tick: found 'inf'"),
        ("lidar.ray_cast", "channels", "0", "attribute channels is 0, expected 1 to 512"),
        ("lidar.ray_cast", "channels", "1000000", "attribute channels is .*, expected 1 to 512"),
        ("lidar.ray_cast", "points_per_second", "-1", "attribute points_per_second is -1, expected 1 to"),
        ("lidar.ray_cast_semantic", "range", "0", "attribute range is 0, expected above 0"),
        ("lidar.ray_cast_semantic", "upper_fov", "-40", "attribute upper_fov is -40, expected more than lower_fov"),
        ("lidar.ray_cast", "rotation_frequency", "abc", "attribute rotation_frequency is 'abc', expected a number"),
        ("lidar.ray_cast", "horizontal_fov", "720", "attribute horizontal_fov is 720"),
        ("other.radar", "points_per_second", "0", "attribute points_per_second is 0, expected 1 to"),
        ("other.radar", "horizontal_fov", "180", "attribute horizontal_fov is 180, expected 0 to 179 degrees"),
        ("other.radar", "range", "-1", "attribute range is -1"),
    ],
)
def test_impossible_attributes_are_named(world, raw, blueprint, name, value, message):
    description = [0, f"sensor.{blueprint}", [[name, 4, value]]]
    before = len(world.get_actors())
    assert re.search(message, raw.error("spawn_actor", description, [[0.0, 0.0, 50.0], [0.0, 0.0, 0.0]]))
    world.tick()
    assert len(world.get_actors()) == before, "nothing stays of a sensor that was refused"


def test_the_client_gets_the_reason(world):
    blueprint = world.get_blueprint_library().find("sensor.camera.rgb")
    for name in ("image_size_x", "image_size_y"):
        blueprint.set_attribute(name, "16000")
    with pytest.raises(RuntimeError, match="an image of 16000 x 16000: expected at most 33554432 pixels"):
        world.spawn_actor(blueprint, carla.Transform())


def test_fifty_cameras_at_once(world, place):
    car = place(0)
    views = [
        camera(world, KINDS[k % 5], car, carla.Transform(MOUNT.location, carla.Rotation(yaw=7.5 * k)), 48, 32)
        for k in range(48)
    ]
    views += [camera(world, "rgb", car, MOUNT, 1280, 720), camera(world, "depth", car, MOUNT, 1920, 1080)]
    views += [
        attach(world, f"sensor.{kind}", car, carla.Transform(carla.Location(z=2.6)))[1]
        for kind in ("lidar.ray_cast", "lidar.ray_cast_semantic", "other.radar")
    ]
    for _ in range(3):
        frames = now(world, *views)
        assert len({data.frame for data in frames}) == 1
    sizes = [len(image.raw_data) for image in frames[:50]]
    assert sizes == [48 * 32 * 4] * 48 + [1280 * 720 * 4, 1920 * 1080 * 4]
    assert all((pixels(image)[..., 3] == 255).all() for image in frames[:50])


CARELESS = """
import sys
import carla
from watching import camera

client = carla.Client("127.0.0.1", int(sys.argv[1]))
client.set_timeout(20.0)
world = client.get_world()
car = world.get_actor(int(sys.argv[2]))
for turn in range(12):
    views = [camera(world, kind, car, carla.Transform(), 640, 360) for kind in ("rgb", "depth", "normals")]
    world.tick()
    for view in views:
        if turn % 3 == 1:
            view.sensor.stop()
        assert view.sensor.destroy()
        if turn % 3 == 2:
            world.tick()
"""


def test_sensors_destroyed_between_their_frames(world, place):
    car = place(0)
    for turn in range(12):
        views = [camera(world, kind, car, MOUNT, 640, 360) for kind in KINDS[:3]]
        now(world, *views)
        for view in views:
            if turn % 3 == 1:
                view.sensor.stop()
            assert view.sensor.destroy()
        if turn % 3 == 2:
            world.tick()
    assert len(now(world, camera(world, "rgb", car, MOUNT))) == 1


def test_a_client_that_destroys_sensors_in_mid_frame_harms_nobody_else(world, place, server):
    """In a process of its own: closing a stream that its thread is reading can abort the client (docs/simulator.md)."""
    car = place(0)
    view = camera(world, "rgb", car, MOUNT)
    (before,) = now(world, view)
    command = [sys.executable, "-c", CARELESS, str(server.port), str(car.id)]
    for _ in range(3):
        careless = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=120)
        bad_cast = careless.returncode == -signal.SIGABRT and "bad_cast" in careless.stderr
        assert careless.returncode == 0 or bad_cast, careless.stderr[-2000:]
        (after,) = now(world, view)
        assert after.frame > before.frame and pixels(after).shape == pixels(before).shape
    assert "Traceback" not in server.log()


def test_the_parent_of_a_camera_destroyed(world, place):
    """As in CARLA the camera stays where it was."""
    car = place(0)
    view = camera(world, "rgb", car, MOUNT)
    points = attach(world, "sensor.lidar.ray_cast", car, MOUNT)[1]
    radar = attach(world, "sensor.other.radar", car, MOUNT)[1]
    (first, *_) = now(world, view, points, radar)
    assert car.destroy()
    for _ in range(3):
        image, *_ = now(world, view, points, radar)
        assert image.transform.location.distance(first.transform.location) < 0.01
    assert view.sensor.destroy() and points.sensor.destroy() and radar.sensor.destroy()
    world.tick()


def test_a_client_that_stops_reading_is_cut_off_and_others_are_served(world, raw, server, place, eventually):
    car = place(0)
    view = camera(world, "depth", car, MOUNT, 1920, 1080)
    now(world, view)
    token = raw.value("get_actors_by_id", [view.sensor.id])[0][5]
    with socket.create_connection(("127.0.0.1", server.stream_port)) as lazy:
        lazy.sendall(struct.pack("<I", struct.unpack("<I", token[:4])[0]))
        for _ in range(50):
            now(world, view)
            if "was cut off" in server.log():
                break
        assert eventually(lambda: "a reader is" in server.log() and "was cut off" in server.log())
    assert now(world, view)[0].width == 1920


@pytest.mark.parametrize(
    "where",
    ["far outside", "at the end of the world", "under the ground", "in a building", "in its own car", "on its head"],
)
def test_odd_places_give_frames(world, place, server, where):
    car = place(0)
    start = car.get_transform()
    house = next(
        box
        for box in sorted(world.get_level_bbs(carla.CityObjectLabel.Buildings), key=lambda box: box.location.x)
        if min(box.extent.x, box.extent.y, box.extent.z) > 3.0
    )
    pose = {
        "far outside": carla.Transform(carla.Location(x=20_000.0, y=-20_000.0, z=10.0)),
        "at the end of the world": carla.Transform(carla.Location(x=1e6, y=-1e6, z=1e6)),
        "under the ground": ahead(start, 0.0, z=-6.0),
        "in a building": carla.Transform(house.location),
        "in its own car": ahead(start, 0.0, z=0.7),
        "on its head": carla.Transform(start.location + carla.Location(z=5.0), carla.Rotation(-90.0, 45.0, 180.0)),
    }[where]
    views = [camera(world, kind, None, pose) for kind in ("rgb", "depth", "instance_segmentation")]
    views += [attach(world, f"sensor.{kind}", None, pose)[1] for kind in ("lidar.ray_cast_semantic", "other.radar")]
    for _ in range(2):
        colour, depth, labels, points, radar = now(world, *views)
        assert (pixels(colour)[..., 3] == 255).all()
        assert metres(depth).max() <= 1000.0 and metres(depth).min() >= 0.09
        known = {int(label) for label in carla.CityObjectLabel.values.values()}
        assert set(np.unique(tags(labels)).tolist()) <= known
        sky = tags(labels) == int(carla.CityObjectLabel.Sky)
        assert (metres(depth)[sky] == 1000.0).all() and (identity(labels)[sky] == 0).all()
        if where == "at the end of the world":
            assert sky.all() and len(points) == len(radar) == 0
    assert "failed" not in server.log() and "Traceback" not in server.log()


def test_places_that_no_town_has_are_refused(world):
    blueprint = world.get_blueprint_library().find("sensor.camera.rgb")
    for place in (carla.Location(x=1e8), carla.Location(y=-3e38), carla.Location(z=float("nan"))):
        with pytest.raises(RuntimeError, match="expected a location"):
            world.spawn_actor(blueprint, carla.Transform(place))


def test_changing_worlds_with_cameras(run_client):
    """The order of the leaderboard, and without stopping anything: each in a process of its own."""
    assert "5 worlds seen" in run_client("cameras_reload.py", "leaderboard", "5", timeout=120.0)
    assert "3 worlds seen" in run_client("cameras_reload.py", "listening", "3", timeout=120.0)


@pytest.fixture(scope="module")
def town():
    return load_town("GridCity")


def camera_description(**attributes: str):
    given = {"image_size_x": "16", "image_size_y": "16", **attributes}
    return [0, "sensor.camera.rgb", []], "sensor.camera.rgb", given


class Reader:
    """A subscriber that keeps what it was sent."""

    def __init__(self):
        self.sizes = []

    def send(self, frame, size, may_drop, limit):
        self.sizes.append(size)


def test_only_what_somebody_watches_is_drawn(town, monkeypatch):
    episode = Episode(town, client_version("0.9.16"), 0)
    drawn = []
    draw = Pictures._draw
    monkeypatch.setattr(
        Pictures, "_draw", lambda self, stage, at, cameras: (drawn.append(len(cameras)), draw(self, stage, at, cameras))
    )
    actors = [episode.spawn(camera_description(), np.array([*town.spawn_points[0, :3], 0, 0, 0])) for _ in range(2)]
    episode.tick(0.05)
    assert drawn == []
    reader, stream = Reader(), episode._sensors[actors[0]].stream
    episode.streams._subscribers[stream] = [reader]
    episode.tick(0.05)
    assert drawn == [1] and reader.sizes == [48 + 12 + 16 * 16 * 4]


def test_a_sensor_that_cannot_be_drawn_harms_no_other(town, monkeypatch, caplog):
    episode = Episode(town, client_version("0.9.16"), 0)
    pose = np.array([*town.spawn_points[0, :3], 0, 0, 0])
    radar = [0, "sensor.other.radar", []], "sensor.other.radar", {}
    actors = [episode.spawn(description, pose) for description in (radar, radar, camera_description())]
    readers = [Reader() for _ in actors]
    for actor, reader in zip(actors, readers):
        episode.streams._subscribers[episode._sensors[actor].stream] = [reader]

    def fault(*_):
        raise ValueError("a fault of this sensor")

    monkeypatch.setattr(episode._sensors[actors[0]], "scan", fault)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            episode.tick(0.05)
    assert [len(reader.sizes) for reader in readers] == [0, 3, 3]
    assert len(caplog.records) == 1, "said once"
    monkeypatch.setattr(episode._sensors[actors[2]], "view", fault)
    episode.tick(0.05)
    assert [len(reader.sizes) for reader in readers] == [0, 4, 3]
    monkeypatch.setattr(episode.pictures.stage(episode), "update", fault)
    frame = episode.frame
    assert episode.tick(0.05) == frame + 1, "the world goes on without pictures"
