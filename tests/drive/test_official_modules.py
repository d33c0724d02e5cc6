"""The modules that stand in for the official packages."""

import importlib
import sys
from pathlib import Path

import carla
import numpy as np
import pytest
from onstage import TOWN, graph_of, on_stage, route_with

from lead.drive.official.agent_wrapper import SENSORS_LIMITS, validate_sensor_configuration
from lead.drive.official.autonomous_agent import Track
from lead.drive.official.carla_data_provider import CarlaDataProvider
from lead.drive.official.local_planner import RoadOption
from lead.drive.official.provided import PROVIDED, provided
from lead.drive.official.route_manipulation import downsample_route, interpolate_trajectory
from lead.drive.official.sensor_interface import (
    CallBack,
    GenericMeasurement,
    SensorConfigurationInvalid,
    SensorInterface,
    SensorReceivedNoData,
)
from lead.drive.official.timer import GameTime
from lead.scenarios.lane_graph import Command
from lead.scenarios.plan import trace


def test_they_are_there_inside_and_gone_outside():
    with provided():
        for name, source in PROVIDED.items():
            assert importlib.import_module(name) is importlib.import_module(source)
        from leaderboard.autoagents import autonomous_agent  # as a package's attribute

        assert autonomous_agent.Track.MAP.value == "MAP"
    assert not [name for name in sys.modules if name.partition(".")[0] in ("leaderboard", "srunner", "agents")]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("leaderboard.autoagents.autonomous_agent")


def test_an_installed_package_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    module = tmp_path / "agents" / "navigation" / "local_planner.py"
    module.parent.mkdir(parents=True)
    module.write_text("RoadOption = 'theirs'")
    monkeypatch.syspath_prepend(tmp_path)
    with provided():
        assert importlib.import_module("agents.navigation.local_planner").RoadOption == "theirs"
        assert importlib.import_module("srunner.scenariomanager.timer").GameTime is GameTime
    for name in [name for name in sys.modules if name.partition(".")[0] == "agents"]:
        del sys.modules[name]


def test_a_folder_of_that_name_beside_the_agent_stays_importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "mine.py").write_text("VALUE = 3")
    monkeypatch.syspath_prepend(tmp_path)
    with provided():
        assert importlib.import_module("agents.mine").VALUE == 3
        assert importlib.import_module("agents.navigation.local_planner").RoadOption is RoadOption


def test_commands_have_carlas_numbers():
    ours = {option.name.replace("_", ""): int(option) for option in Command}
    assert {option.name: int(option) for option in RoadOption} == ours


def test_readings_of_the_frame_are_given_and_late_ones_named():
    interface = SensorInterface()
    speed = CallBack("speed", "sensor.speedometer", None, interface)
    interface.register_sensor("map", "sensor.opendrive_map", None)
    speed(GenericMeasurement({"speed": 1.0}, 7))
    assert interface.get_data(7) == {"speed": (7, {"speed": 1.0})}
    with pytest.raises(SensorReceivedNoData, match="no data of frame 8 from speed"):
        interface.get_data(8)
    with pytest.raises(SensorConfigurationInvalid, match="two sensors have the id 'speed'"):
        interface.register_sensor("speed", "sensor.speedometer", None)
    with pytest.raises(SensorConfigurationInvalid, match="found data of 'lidar'"):
        interface.update_sensor("lidar", None, 8)


def test_the_clock_counts_simulated_time():
    GameTime.restart()
    for frame in (100, 101, 104, 104):
        GameTime.on_carla_tick(carla.Timestamp(frame, frame * 0.05, 0.05, 0.0))
    assert GameTime.get_time() == pytest.approx(0.25) and GameTime.get_frame() == 104
    assert GameTime.get_carla_time() == pytest.approx(5.2)


def test_a_plan_is_thinned_out_as_for_agents():
    plan = route_with(Command.LEFT)
    route = [
        (waypoint.transform, RoadOption(command)) for waypoint, command in zip(plan.waypoints, plan.command.tolist())
    ]
    for spacing in (200.0, 50.0, 7.0):
        kept = downsample_route(route, spacing)
        np.testing.assert_array_equal(plan.pose[kept], plan.sampled(spacing).pose)


def test_the_provider_knows_the_ego_and_the_way(client: carla.Client):
    plan = route_with(Command.LEFT)
    with on_stage(client, plan) as stage:
        CarlaDataProvider.set_client(stage.client)
        CarlaDataProvider.set_world(stage.world)
        CarlaDataProvider.register_actor(stage.ego)
        stage.ego.set_target_velocity(5.0 * stage.ego.get_transform().get_forward_vector())
        stage.world.tick()
        CarlaDataProvider.on_carla_tick()
        hero = CarlaDataProvider.get_hero_actor()
        assert hero.id == stage.ego.id and CarlaDataProvider.is_sync_mode()
        assert CarlaDataProvider.get_velocity(hero) == pytest.approx(5.0, abs=0.5)
        assert CarlaDataProvider.get_location(hero) == hero.get_location()
        ends = [plan.waypoints[0].transform.location, plan.waypoints[-1].transform.location]
        geo, world = interpolate_trajectory(ends)
        traced = trace(graph_of(TOWN), plan.pose[[0, -1], :3])
        assert [int(option) for _, option in world] == traced.command.tolist() and len(geo) == len(world)
        assert world[0][0].location.distance(ends[0]) < 1.0
        CarlaDataProvider.cleanup()
        assert CarlaDataProvider.get_hero_actor() is None and CarlaDataProvider.get_world() is None


def test_the_wrapper_checks_sensors_as_the_runner_does():
    assert SENSORS_LIMITS["sensor.camera.rgb"] == 8
    validate_sensor_configuration([], Track.SENSORS, "SENSORS")
    with pytest.raises(SensorConfigurationInvalid, match="expected MAP"):
        validate_sensor_configuration([], Track.SENSORS, "MAP")
    with pytest.raises(SensorConfigurationInvalid, match="lacks"):
        validate_sensor_configuration([{"type": "sensor.other.gnss", "id": "gps"}], Track.MAP, "MAP")
