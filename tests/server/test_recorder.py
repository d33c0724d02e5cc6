"""Recordings by the real client: what they tell, and that a replay puts everything where it was."""

import math
import re
import struct
from pathlib import Path

import carla
import numpy as np
import pytest

from lead.server.dispatch import Refusal
from lead.server.recorder import recording_path
from lead.server.recorder_format import RecordingError, parse_log
from lead.server.recorder_text import info_text

CARS = 5
TICKS = 100  # 5 s
STEP = 0.05  # s


def pose(actor: carla.Actor) -> np.ndarray:
    """x, y, z m and yaw deg as of the last tick."""
    place = actor.get_transform()
    return np.array([place.location.x, place.location.y, place.location.z, place.rotation.yaw])


def by_role(world: carla.World) -> dict[str, carla.Actor]:
    return {actor.attributes["role_name"]: actor for actor in world.get_actors().filter("vehicle.*")}


def assert_near(found: np.ndarray, expected: np.ndarray) -> None:
    turn = (found[3] - expected[3] + 180.0) % 360.0 - 180.0
    assert np.linalg.norm(found[:3] - expected[:3]) < 0.05, (found, expected)
    assert abs(turn) < 0.5, (found, expected)


@pytest.fixture
def drive(client, world, tmp_path):
    """Records five cars for 5 s; the file, and the cars' poses after every tick by role."""

    def drive(additional: bool = False) -> tuple[str, list[dict[str, np.ndarray]]]:
        points = world.get_map().get_spawn_points()
        for number in range(CARS):
            blueprint = world.get_blueprint_library().find("vehicle.lincoln.mkz_2020")
            blueprint.set_attribute("role_name", "hero" if number == 0 else f"car{number}")
            car = world.spawn_actor(blueprint, points[7 * number])
            car.apply_control(carla.VehicleControl(throttle=0.4 + 0.1 * number, steer=0.1 * (number - 2)))
            car.set_light_state(carla.VehicleLightState(carla.VehicleLightState.LowBeam))
        world.tick()
        path = str(tmp_path / "drive.log")
        assert client.start_recorder(path, additional) == path
        poses = []
        for _ in range(TICKS):
            world.tick()
            poses.append({role: pose(car) for role, car in by_role(world).items()})
        client.stop_recorder()
        client.get_server_version()  # stop_recorder is not answered: this is, after it
        return path, poses

    return drive


@pytest.fixture
def fresh(client):
    """A new world at 20 Hz, synchronous."""

    def fresh() -> carla.World:
        world = client.reload_world()
        settings = world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, STEP
        world.apply_settings(settings)
        world.tick()
        return world

    return fresh


def test_info_tells_frames_and_actors(client, drive):
    path, _ = drive()
    text = client.show_recorder_file_info(path, False)
    assert text.startswith("Version: 1\nMap: Carla/Maps/GridCity\nDate: ")
    assert text.endswith(f"\nFrames: {TICKS}\nDuration: {(TICKS - 1) * STEP:g} seconds\n")
    assert len(re.findall(r"^ Create \d+: vehicle\.lincoln\.mkz_2020 \(1\) at \(", text, re.M)) == CARS
    assert text.count("  role_name = car") == CARS - 1
    assert "Positions" not in text
    everything = client.show_recorder_file_info(path, True)
    assert len(re.findall(r"^Frame \d+ at [\d.]+ seconds$", everything, re.M)) == TICKS
    assert everything.count(f" Vehicle animations: {CARS}\n") == TICKS
    assert "Dynamic actors" not in everything


def test_positions_in_the_text_are_the_cars_in_cm(client, drive):
    path, poses = drive(additional=True)
    text = client.show_recorder_file_info(path, True)
    frame = text.split("Frame ")[60].split("\n")
    assert frame[0] == f"60 at {59 * STEP:g} seconds"
    number = re.search(r" Create (\d+): vehicle\S+ (?:.*\n)(?:  .*\n)*?  role_name = car3\n", text)[1]
    line = next(line for line in frame if line.startswith(f"  Id: {number} Location: "))
    x, y, z, roll, pitch, yaw = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", line.partition("Location")[2]))
    assert_near(np.array([x, y, z, 0.0]) / 100.0 + (0, 0, 0, yaw), poses[59]["car3"])
    assert any(line.startswith(f" Dynamic actors: {CARS}") for line in frame)
    assert text.count(" Current platform time: ") == TICKS
    assert " Actor trigger volumes: " in text and " Actor bounding boxes: " in text


def test_replay_follows_the_recording(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    told = client.replay_file(path, 0.0, 0.0, 0)
    assert "Replaying from 0 s - 4.95 s (4.95 s) at 1.0x" in told
    for tick in range(1, TICKS):
        world.tick()
        cars = by_role(world)
        assert cars.keys() == poses[tick].keys()
        for role, car in cars.items():
            assert_near(pose(car), poses[tick][role])
        if tick == 50:
            car = cars["car3"]
            moved = (poses[51]["car3"] - poses[50]["car3"])[:3] / STEP
            velocity = car.get_velocity()
            assert np.allclose([velocity.x, velocity.y, velocity.z], moved, atol=0.5)
            assert car.get_control().throttle == pytest.approx(0.7, abs=1e-3)
            assert car.get_light_state() == carla.VehicleLightState.LowBeam
    assert max(math.dist(poses[0][role][:2], poses[-1][role][:2]) for role in poses[0]) > 10.0


def test_replay_ends_with_physics(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.replay_file(path, -1.0, 0.0, 0)
    for _ in range(25):
        world.tick()
    car = by_role(world)["car2"]
    assert_near(pose(car), poses[-1]["car2"])
    car.apply_control(carla.VehicleControl(throttle=1.0))
    for _ in range(40):
        world.tick()
    assert math.dist(pose(car)[:2], poses[-1]["car2"][:2]) > 1.0


def test_start_duration_and_time_factor(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.set_replayer_time_factor(0.5)
    told = client.replay_file(path, -4.0, 1.0, 0)
    assert "Replaying from 0.95 s - 1.95 s" in told and "0.5x" in told
    for tick in range(1, 40):
        world.tick()
        half = (tick % 2) / 2.0
        before = poses[19 + tick // 2]["car2"]
        after = poses[19 + tick // 2 + 1]["car2"]
        expected = before + half * (after - before)
        assert_near(pose(by_role(world)["car2"]), expected)
    client.set_replayer_time_factor(1.0)
    for _ in range(10):
        world.tick()
    assert np.linalg.norm(pose(by_role(world)["car2"])[:2] - poses[39]["car2"][:2]) < 0.5  # it stopped there


def test_hero_is_left_out_and_followed(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.set_replayer_ignore_hero(True)
    client.replay_file(path, 0.0, 0.0, 0)
    world.tick()
    assert set(by_role(world)) == {"car1", "car2", "car3", "car4"}
    client.stop_replayer(False)
    world.tick()
    assert by_role(world) == {}
    client.set_replayer_ignore_hero(False)
    text = client.show_recorder_file_info(path, False)
    hero = int(re.search(r" Create (\d+): vehicle\S+ (?:.*\n)(?:  .*\n)*?  role_name = hero\n", text)[1])
    client.replay_file(path, 0.0, 0.0, hero)
    world.tick()
    seen = world.get_spectator().get_transform().location
    assert 5.0 < math.dist((seen.x, seen.y), poses[1]["hero"][:2]) < 15.0


def test_replay_into_the_same_world_takes_its_cars(client, world, drive):
    path, poses = drive()
    before = {role: car.id for role, car in by_role(world).items()}
    client.replay_file(path, 1.0, 0.0, 0)
    world.tick()
    cars = by_role(world)
    assert {role: car.id for role, car in cars.items()} == before
    assert_near(pose(cars["car4"]), poses[21]["car4"])
    client.stop_replayer(False)
    world.tick()
    assert set(by_role(world)) == set(before), "cars that the replay did not make stay"


def test_lights_are_replayed(client, world, fresh, tmp_path):
    path = str(tmp_path / "lights.log")
    light = sorted(world.get_actors().filter("traffic.traffic_light"), key=lambda light: light.id)[0]
    place = light.get_transform().location
    client.start_recorder(path)
    for tick in range(20):
        light.set_state(carla.TrafficLightState.Yellow if tick >= 10 else carla.TrafficLightState.Off)
        world.tick()
    client.stop_recorder()
    world = fresh()
    lights = world.get_actors().filter("traffic.traffic_light")
    light = min(lights, key=lambda light: light.get_transform().location.distance(place))
    normal = light.get_state()
    client.replay_file(path, 0.0, 0.0, 0)
    states = []
    for _ in range(18):
        world.tick()
        states.append(light.get_state())
    assert states == [carla.TrafficLightState.Off] * 9 + [carla.TrafficLightState.Yellow] * 9
    assert normal not in states
    for _ in range(300):
        world.tick()
        states.append(light.get_state())
    assert {carla.TrafficLightState.Red, carla.TrafficLightState.Green} & set(states), "its cycle goes on"


def test_actors_come_and_go(client, world, place, fresh, tmp_path):
    path = str(tmp_path / "visit.log")
    client.start_recorder(path)
    world.tick()
    car = place(0)  # ten ticks
    car.destroy()
    for _ in range(5):
        world.tick()
    client.stop_recorder()
    world = fresh()
    client.replay_file(path, 0.0, 0.0, 0)
    counts = []
    for _ in range(14):
        world.tick()
        counts.append(len(by_role(world)))
    assert counts == [1] * 10 + [0] * 4


def test_walkers_and_attached_sensors(client, world, place, fresh, tmp_path):
    car = place(0)
    library = world.get_blueprint_library()
    camera = carla.Transform(carla.Location(1.0, 0.0, 2.0))
    world.spawn_actor(library.find("sensor.other.imu"), camera, attach_to=car)
    there = world.get_map().get_spawn_points()[20]
    there.location.z += 1.0
    walker = world.spawn_actor(library.filter("walker.pedestrian.*")[0], there)
    walker.apply_control(carla.WalkerControl(carla.Vector3D(1.0, 0.0, 0.0), 1.5))
    path = str(tmp_path / "walk.log")
    client.start_recorder(path)
    poses = []
    for _ in range(40):
        world.tick()
        poses.append(pose(walker))
    client.stop_recorder()
    world = fresh()
    client.replay_file(path, 0.0, 0.0, 0, True)
    for _ in range(20):
        world.tick()
    (walker,) = world.get_actors().filter("walker.*")
    (sensor,) = world.get_actors().filter("sensor.*")
    assert_near(pose(walker), poses[20])
    assert walker.get_control().speed == pytest.approx(1.5)
    assert sensor.parent.type_id == "vehicle.lincoln.mkz_2020"
    assert sensor.get_transform().location.distance(sensor.parent.get_transform().transform(camera.location)) < 0.01


def test_collisions_name_the_pair(client, world, place, tmp_path):
    front = place(0, role_name="front")
    start = front.get_transform()
    start.location -= 8.0 * start.get_forward_vector()
    start.location.z += 0.2
    blueprint = world.get_blueprint_library().find("vehicle.tesla.model3")
    blueprint.set_attribute("role_name", "hero")
    rear = world.spawn_actor(blueprint, start)
    path = str(tmp_path / "crash.log")
    client.start_recorder(path)
    world.tick()
    rear.enable_constant_velocity(carla.Vector3D(12.0, 0.0, 0.0))
    for _ in range(40):
        world.tick()
    client.stop_recorder()
    text = client.show_recorder_collisions(path, "h", "v")
    lines = [line for line in text.splitlines() if "vehicle." in line]
    assert lines
    assert all(
        re.search(rf" v v +{rear.id} vehicle\.tesla\.model3 +{front.id} vehicle\.lincoln", line) for line in lines
    )
    assert "vehicle." not in client.show_recorder_collisions(path, "w", "a")
    assert len(client.show_recorder_collisions(path, "a", "a").splitlines()) > len(text.splitlines())
    assert f"between {rear.id} (hero)  with {front.id}" in client.show_recorder_file_info(path, False)
    with pytest.raises(RuntimeError, match="expected one letter"):
        client.show_recorder_collisions(path, "x", "a")


def test_blocked_names_the_parked_car(client, world, place, tmp_path):
    parked = place(0)
    moving = place(10)
    path = str(tmp_path / "parked.log")
    client.start_recorder(path)
    moving.apply_control(carla.VehicleControl(throttle=1.0))
    for _ in range(80):
        world.tick()
    client.stop_recorder()
    text = client.show_recorder_actors_blocked(path, 3.0, 100.0)
    assert re.search(rf"^ +0 +{parked.id} vehicle\.lincoln\.mkz_2020 +4$", text, re.M), text
    assert not re.search(rf" {moving.id} vehicle", text)
    assert f" {parked.id} vehicle" not in client.show_recorder_actors_blocked(path, 10.0, 100.0)


def test_missing_and_damaged_files_are_told(client, drive, tmp_path, server):
    path, _ = drive()
    data = Path(path).read_bytes()
    cases = {
        "missing": (None, "not found on server"),
        "empty": (b"", "not a CARLA recorder"),
        "other": (b"PNG" * 100, "not a CARLA recorder"),
        "cut": (data[: len(data) // 2], "damaged or cut off|ends within frame"),
        "noise": (data[:60] + bytes(range(256)) * 4 + data[60:], "damaged"),
    }
    for name, (content, message) in cases.items():
        file = tmp_path / f"{name}.log"
        if content is not None:
            file.write_bytes(content)
        for text in (
            client.show_recorder_file_info(str(file), True),
            client.show_recorder_collisions(str(file), "a", "a"),
            client.show_recorder_actors_blocked(str(file), 1.0, 1.0),
            client.replay_file(str(file), 0.0, 0.0, 0),
        ):
            assert re.search(message, text), (name, text[:300])
    assert "Traceback" not in server.log()


def test_any_change_of_a_file_is_read_or_refused(drive):
    """Whatever bytes change, reading ends with a log of finite numbers or a RecordingError, and never otherwise."""
    path, _ = drive()
    data = Path(path).read_bytes()[:60_000]
    source = np.random.default_rng(4)
    refused = 0
    for _ in range(300):
        changed = bytearray(data[: source.integers(len(data))] if source.random() < 0.3 else data)
        for place in source.integers(len(changed), size=source.integers(1, 6)) if changed else ():
            changed[place] = source.integers(256)
        try:
            log = parse_log(bytes(changed))
        except RecordingError:
            refused += 1
        else:
            assert all(np.isfinite(frame.elapsed) for frame in log.frames)
    assert refused > 100


def test_nothing_but_recordings_is_written_over(client, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("dear reader, this is no recording")
    with pytest.raises(RuntimeError, match="no recording"):
        client.start_recorder(str(letter))
    assert letter.read_text().startswith("dear")
    with pytest.raises(RuntimeError, match="cannot be written"):
        client.start_recorder(str(tmp_path / "no folder" / "drive.log"))
    assert not (tmp_path / "no folder").exists()


def test_a_file_laid_out_by_hand_is_read():
    """Bytes as CARLA's documentation lays them out, not as our writer does."""

    def text(word: str) -> bytes:
        return struct.pack("<H", len(word)) + word.encode()

    def packet(number: int, body: bytes) -> bytes:
        return struct.pack("<BI", number, len(body)) + body

    added = struct.pack("<IB6fI", 24, 1, 1000.0, -200.0, 30.0, 1.0, 2.0, 90.0, 7) + text("vehicle.seat.leon")
    added += struct.pack("<H", 1) + b"\x05" + text("color") + text("79,33,85")
    data = struct.pack("<H", 1) + text("CARLA_RECORDER") + struct.pack("<q", 1_500_000_000) + text("Town06")
    data += packet(0, struct.pack("<Qdd", 1, 0.05, 0.0))
    data += packet(2, struct.pack("<H", 1) + added)
    data += packet(5, struct.pack("<HIIIBB", 1, 0, 24, 25, 1, 0))
    data += packet(6, struct.pack("<HI6f", 1, 24, 1100.0, -200.0, 30.0, 1.0, 2.0, 90.0))
    data += packet(7, struct.pack("<HIBfB", 1, 9, 0, 2.5, 2))
    data += packet(8, struct.pack("<HIfffBi", 1, 24, -0.5, 0.75, 0.0, 0, 3))
    data += packet(10, struct.pack("<HII", 1, 24, 3))
    data += packet(101, b"a packet of somebody else")
    data += packet(1, b"")
    log = parse_log(data)
    (frame,) = log.frames
    assert (log.town, frame.number, frame.duration) == ("Town06", 1, 0.05)
    assert frame.added[0].attributes == ((5, "color", "79,33,85"),)
    assert np.allclose(frame.added[0].pose, [10.0, -2.0, 0.3, math.radians(2), math.pi / 2, math.radians(1)])
    story = info_text(log, True)
    for line in (
        "Map: Town06",
        "Frame 1 at 0 seconds",
        " Create 24: vehicle.seat.leon (1) at (1000, -200, 30)",
        "  color = 79,33,85",
        " Collision id 0 between 24 (hero)  with 25",
        "  Id: 24 Location: (1100, -200, 30) Rotation: (1, 2, 90)",
        "  Id: 9 state: 2 frozen: 0 elapsedTime: 2.5",
        "  Id: 24 Steering: -0.5 Throttle: 0.75 Brake: 0 Handbrake: 0 Gear: 3",
        "  Id: 24 Position LowBeam",
    ):
        assert f"{line}\n" in story


def test_names_stay_in_the_folder(tmp_path):
    assert recording_path("a/b.log", tmp_path) == tmp_path / "a" / "b.log"
    assert recording_path("/somewhere/b.log", tmp_path) == Path("/somewhere/b.log")
    for name in ("../b.log", "a/../../b.log", "", ".", "nul\0.log"):
        with pytest.raises(Refusal):
            recording_path(name, tmp_path)


def test_a_recording_of_another_map_changes_the_map(client, drive, tmp_path):
    path, _ = drive()
    data = Path(path).read_bytes()
    name, other = b"Carla/Maps/GridCity", b"Carla/Maps/VillageCrossing"
    moved = tmp_path / "moved.log"
    moved.write_bytes(data.replace(struct.pack("<H", len(name)) + name, struct.pack("<H", len(other)) + other, 1))
    unknown = tmp_path / "unknown.log"
    unknown.write_bytes(data.replace(struct.pack("<H", len(name)) + name, struct.pack("<H", 11) + b"/etc/passwd", 1))
    assert "Could not load mapfile /etc/passwd" in client.replay_file(str(unknown), 0.0, 0.0, 0)
    assert "Loading map Carla/Maps/VillageCrossing" in client.replay_file(str(moved), 0.0, 0.0, 0)
    world = client.get_world()
    assert world.get_map().name.endswith("VillageCrossing")
    world.tick()
    assert len(by_role(world)) == CARS
    client.load_world("GridCity")


def test_replays_from_another_town_are_safe_for_the_client(drive, tmp_path, run_client):
    path, _ = drive()
    name, other = b"Carla/Maps/GridCity", b"Carla/Maps/VillageCrossing"
    moved = tmp_path / "moved.log"
    old, new = struct.pack("<H", len(name)) + name, struct.pack("<H", len(other)) + other
    moved.write_bytes(Path(path).read_bytes().replace(old, new, 1))
    assert "8 replays" in run_client("replay_town.py", str(moved), "8", timeout=120.0)
