"""Recordings by the real client: what they tell of cars, collisions and blocked ones, and which files are read."""

import math
import re
import struct
from pathlib import Path

import carla
import numpy as np
import pytest
from recordings import CARS, STEP, TICKS, assert_near, by_role

from lead.server.dispatch import Refusal
from lead.server.recorder import recording_path
from lead.server.recorder_format import RecordingError, parse_log
from lead.server.recorder_text import info_text


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
