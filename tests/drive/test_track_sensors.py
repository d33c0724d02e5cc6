"""What tracks allow, and what a rig on the ego delivers."""

import math

import carla
import numpy as np
import pytest
from onstage import graph_of, on_stage, route_with

from lead.drive.agent import PRIVILEGED, AgentFault
from lead.drive.ending import SimulatorFault
from lead.drive.sensors.geodesy import geo_point, geo_reference, latitude_turned_back, turns_latitude
from lead.drive.sensors.rig import Rig
from lead.drive.sensors.tracks import LIMITS, check_sensors, sensor_faults
from lead.scenarios.lane_graph import Command

HERE = {"x": 0.0, "y": 0.0, "z": 2.0, "roll": 0.0, "pitch": 0.0, "yaw": 0.0}


def camera(name: str = "front", **settings: object) -> dict:
    return {"type": "sensor.camera.rgb", "id": name, **HERE, "width": 32, "height": 24, "fov": 90, **settings}


LIDAR = {"type": "sensor.lidar.ray_cast", "id": "lidar", **HERE}
RADAR = {"type": "sensor.other.radar", "id": "radar", **HERE, "horizontal_fov": 30, "vertical_fov": 20}
GNSS = {"type": "sensor.other.gnss", "id": "gps", "x": 0.0, "y": 0.0, "z": 0.0}
IMU = {"type": "sensor.other.imu", "id": "imu", **HERE}
SPEED = {"type": "sensor.speedometer", "id": "speed"}
MAP = {"type": "sensor.opendrive_map", "id": "map", "reading_frequency": 2}
ALL = [camera(), LIDAR, RADAR, GNSS, IMU, SPEED, MAP]


@pytest.mark.parametrize("track", LIMITS)
def test_each_track_allows_its_full_set_and_no_more(track: str):
    most = {kind: min(count, 10) for kind, count in LIMITS[track].items()}
    full = [
        {**sensor, "id": f"{sensor['id']} {number}"} for sensor in ALL for number in range(most.get(sensor["type"], 0))
    ]
    check_sensors(full, track)
    if track != PRIVILEGED:
        for sensor in ALL:
            with pytest.raises(AgentFault, match=rf"{sensor['type']}.*on {track}"):
                check_sensors([*full, {**sensor, "id": "one too many"}], track)


def test_all_faults_are_told_at_once():
    lacking = camera("lacking")
    del lacking["fov"]
    cameras = [camera(str(number)) for number in range(7)]
    depth = {"type": "sensor.camera.depth", "id": "depth", **HERE}
    wrong = [*cameras, lacking, camera("far", x=2.5), camera("0", width=-1), {**RADAR, "yaw": "left"}, depth, MAP, 7]
    with pytest.raises(AgentFault) as caught:
        check_sensors(wrong, "SENSORS")
    told = str(caught.value)
    assert caught.value.status == "Agent's sensors were invalid"
    for fault in (
        "found 10 sensor.camera.rgb, at most 8 are allowed on SENSORS",
        "sensor 'lacking' (sensor.camera.rgb) lacks fov",
        "sensor 'far' (sensor.camera.rgb) sits 3.20 m from the ego's centre, at most 3 m are allowed",
        "2 sensors have the id '0'",
        "has width -1; expected more than 0",
        "sensor 'radar' (sensor.other.radar) has yaw 'left'; expected a number",
        "found sensor.camera.depth, allowed on SENSORS are",
        "found sensor.opendrive_map, allowed on SENSORS are",
        "sensor number 13 is 7; expected a dictionary",
    ):
        assert fault in told


def test_bench2drive_lets_sensors_sit_far_away():
    assert sensor_faults([camera(z=50.0)], "SENSORS", 3.0) and not sensor_faults([camera(z=50.0)], "SENSORS", 100.0)


def test_an_unknown_track_is_told():
    assert "expected one of SENSORS, MAP" in sensor_faults([], "CAMERAS", 3.0)[0]


def test_readings_have_the_official_forms(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage, Rig(stage, ALL) as rig:
        maps = 0
        for _ in range(28):
            stage.ego.apply_control(carla.VehicleControl(throttle=0.6))
            frame = stage.world.tick()
            stage.update()
            data = rig.read(frame, stage.time)
            assert {told for told, _ in data.values()} == {frame}
            maps += "map" in data
            assert data.keys() - {"map"} == {"front", "lidar", "radar", "gps", "imu", "speed"}
        assert maps == 3  # at once, and then twice a second
        forms = {name: (data[name][1].shape[1:], data[name][1].dtype) for name in ("front", "lidar", "radar")}
        assert forms == {"front": ((32, 4), np.uint8), "lidar": ((4,), np.float32), "radar": ((4,), np.float32)}
        assert data["front"][1].shape == (24, 32, 4) and (data["front"][1][..., 3] == 255).all()
        points = data["lidar"][1]
        assert 1000 < len(points) <= 30000 and np.linalg.norm(points[:, :3], axis=1).max() <= 85.5
        depth, altitude, azimuth, _ = data["radar"][1].T
        assert 0.0 < depth.max() <= 100.0 and depth.max() > 5.0
        assert np.abs(altitude).max() <= math.radians(10.5) and np.abs(azimuth).max() <= math.radians(15.5)
        assert data["speed"][1]["speed"] == pytest.approx(stage.speed, abs=0.1) and stage.speed > 2.0
        assert data["gps"][1].shape == (3,) and data["imu"][1].shape == (7,)
        assert data["imu"][1][2] == pytest.approx(9.81, abs=1.5)
        yaw = math.radians(stage.ego.get_transform().rotation.yaw)
        assert math.cos(data["imu"][1][6] - yaw - math.pi / 2) == pytest.approx(1.0, abs=1e-3)


def test_the_map_is_the_towns(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage, Rig(stage, [MAP]) as rig:
        assert rig.read(stage.world.tick(), 0.0)["map"][1]["opendrive"] == graph_of("GridCity").map.to_opendrive()


def test_a_rig_leaves_nothing_behind_and_nobody_hears_it_twice(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage:
        for _ in range(4):
            with Rig(stage, [camera("a"), camera("b"), LIDAR]) as rig:
                assert len(stage.world.get_actors().filter("sensor.*")) == 3
                frames = [stage.world.tick() for _ in range(3)]
                assert rig.read(frames[-1], 0.0)["a"][0] == frames[-1]
            stage.world.tick()
            assert len(stage.world.get_actors().filter("sensor.*")) == 0


def test_a_late_sensor_is_named(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage, Rig(stage, [camera(), GNSS], patience=2.0) as rig:
        frame = stage.world.tick()
        rig.read(frame, 0.0)
        with pytest.raises(SimulatorFault, match=rf"no frame {frame + 1} within 2 s from sensor 'front'.*'gps'"):
            rig.read(frame + 1, 0.0)


def test_what_the_simulator_refuses_is_the_agents_fault(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage:
        with (
            pytest.raises(AgentFault, match=r"refuses sensor 'front' \(sensor.camera.rgb\)"),
            Rig(stage, [camera(fov=500)]),
        ):
            pass
        stage.world.tick()
        assert len(stage.world.get_actors().filter("sensor.*")) == 0


def test_gnss_and_plan_agree(client: carla.Client):
    plan = route_with(Command.RIGHT)
    with on_stage(client, plan) as stage, Rig(stage, [GNSS]) as rig:
        reference = geo_reference(stage.map.to_opendrive())
        readings = []
        for waypoint in plan.waypoints[::10]:
            stage.ego.set_transform(waypoint.transform)
            frame = stage.world.tick()
            stage.update()
            told = geo_point(stage.place, reference)
            readings.append(rig.read(frame, stage.time)["gps"][1] - [told["lat"], told["lon"], stage.place.z])
        # Each reading has 0.55 m of noise to the north and as much to the east; the mean of n has 1 / sqrt(n) of it.
        metres = np.array(readings)[:, :2] * 111_320.0 * [1.0, math.cos(math.radians(reference[0]))]
        assert np.abs(metres.mean(axis=0)).max() < 0.5
        assert 0.2 < metres.std() < 1.0


def test_geo_points_are_as_far_apart_as_places():
    reference = (49.0, 8.0)
    start, north = (
        geo_point(carla.Location(10.0, 20.0, 3.0), reference),
        geo_point(carla.Location(10.0, -80.0), reference),
    )
    assert start["z"] == 3.0
    assert (north["lat"] - start["lat"]) * 111_320.0 == pytest.approx(100.0, rel=2e-3)
    assert geo_point(carla.Location(), reference) == pytest.approx({"lat": 49.0, "lon": 8.0, "z": 0.0})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<geoReference><![CDATA[+proj=tmerc +lat_0=4.9e1 +lon_0=-8.5 +k=1]]></geoReference>", (49.0, -8.5)),
        ("<geoReference><![CDATA[+proj=tmerc +lat_0=1.5]]></geoReference>", (1.5, 2.0)),
        ("", (42.0, 2.0)),
    ],
)
def test_the_reference_is_read_from_the_map(header: str, expected: tuple[float, float]):
    assert geo_reference(f"<OpenDRIVE><header>{header}</header></OpenDRIVE>") == expected


def test_the_turned_latitude_of_carla_0_9_16_is_found_and_mended():
    """The 0.9.16 client's own conversion is what its server's GNSS says: an ellipsoid's, south taken for north."""
    town = graph_of("GridCity").map
    reference = geo_reference(town.to_opendrive())
    for y in (-180.0, 150.0):
        place = carla.Location(40.0, y, 0.0)
        wheel, right = town.transform_to_geolocation(place).latitude, geo_point(place, reference)["lat"]
        assert turns_latitude(wheel, place, reference) is True and turns_latitude(right, place, reference) is False
        assert (latitude_turned_back(wheel, reference) - right) * 111_320.0 == pytest.approx(0.0, abs=1.5)
    assert turns_latitude(reference[0], carla.Location(40.0, 2.0, 0.0), reference) is None
