"""Agents of our own on a stage, and how agents are named."""

from pathlib import Path

import carla
import numpy as np
import pytest
from onstage import at_end, drive, graph_of, on_stage, route_with, task_of

from lead import InputError
from lead.drive.agent import make_agent
from lead.drive.agents.blind import MOST, SIDEWAYS, bend_speeds
from lead.drive.agents.npc import way_points
from lead.scenarios.lane_graph import Command, lane_key, position
from lead.scenarios.plan import Plan, trace
from lead.scenarios.stage import Stage


def off_route(stage: Stage) -> float:
    """Metres from the ego to the route."""
    return float(np.hypot(*(stage.plan.pose[:, :2] - [stage.place.x, stage.place.y]).T).min())


def change_of_lane() -> Plan:
    """A route in GridCity that begins with a change to the left and goes straight on for 100 m."""
    for entry, _ in graph_of("GridCity").map.get_topology():
        start = entry.next(20.0)[0] if not entry.is_junction and entry.next(20.0) else None
        if start is None or not start.lane_change & carla.LaneChange.Left:
            continue
        ahead = [far[0] for far in (start.next(30.0), start.next(100.0)) if far and lane_key(far[0]) == lane_key(start)]
        if len(ahead) == 2:
            key_points = [start, *(waypoint.get_left_lane() for waypoint in ahead)]
            return trace(graph_of("GridCity"), np.array([position(waypoint) for waypoint in key_points]))
    raise AssertionError("GridCity has no lane to change to the left from")


@pytest.mark.parametrize("name", ["blind", "npc"])
@pytest.mark.parametrize("turn", [Command.LEFT, Command.RIGHT])
def test_they_finish_a_route_with_a_turn(client: carla.Client, name: str, turn: Command):
    with on_stage(client, route_with(turn)) as stage:
        agent, away = make_agent(name), []

        def at_end_on_route(stage: Stage) -> bool:
            away.append(off_route(stage))
            return at_end(stage)

        agent.begin(stage, task_of(stage))
        assert agent.sensors() == []
        assert drive(stage, agent, at_end_on_route, 40.0)
        agent.end()
        assert max(away) < 2.0


def test_npc_changes_lanes_where_the_route_does(client: carla.Client):
    plan = change_of_lane()
    assert Command.CHANGE_LANE_LEFT in plan.command.tolist()
    with on_stage(client, plan) as stage:
        agent = make_agent("npc")
        agent.begin(stage, task_of(stage))
        assert drive(stage, agent, at_end, 40.0)
        assert off_route(stage) < 1.0
        agent.end()


@pytest.mark.parametrize(("name", "stops"), [("npc", True), ("blind", False)])
def test_who_stops_for_a_standing_car(client: carla.Client, name: str, stops: bool):
    plan = route_with(Command.STRAIGHT)
    with on_stage(client, plan) as stage:
        ahead = plan.waypoints[60].transform
        blueprint = stage.world.get_blueprint_library().find("vehicle.audi.tt")
        place = carla.Transform(ahead.location + carla.Location(z=0.3), ahead.rotation)
        car = stage.world.spawn_actor(blueprint, place)
        car.apply_control(carla.VehicleControl(hand_brake=True))
        agent = make_agent(name)
        agent.begin(stage, task_of(stage))
        drive(stage, agent, lambda stage: stage.time > 12.0, 13.0)
        gap = stage.place.distance(car.get_location()) - car.bounding_box.extent.x - stage.ego.bounding_box.extent.x
        agent.end()
        if stops:
            assert stage.speed < 0.1 and 0.5 < gap < 15.0
        moved = car.get_location().distance(ahead.location)
        assert (moved < 0.5) == stops


def test_npc_gives_the_ego_back(client: carla.Client):
    with on_stage(client, route_with(Command.LEFT)) as stage:
        agent = make_agent("npc")
        agent.begin(stage, task_of(stage))
        assert drive(stage, agent, lambda stage: stage.speed > 5.0, 10.0)
        agent.end()
        agent.end()
        for _ in range(80):
            stage.ego.apply_control(carla.VehicleControl(brake=1.0))
            stage.world.tick()
        stage.update()
        assert stage.speed < 0.1


def test_bends_are_driven_slowly_and_braked_for():
    straight = np.stack([np.arange(50.0), np.zeros(50)], axis=1)
    angle = np.linspace(0.0, np.pi / 2.0, 17)
    bend = np.array([49.0, 10.0]) + 10.0 * np.stack([np.sin(angle), -np.cos(angle)], axis=1)
    speed = bend_speeds(np.concatenate([straight, bend[1:]]))
    assert speed[55] == pytest.approx(np.sqrt(SIDEWAYS * 10.0), rel=0.05)
    assert speed[0] > 12.0 and (np.diff(speed[:45]) < 0.0).all()
    assert (bend_speeds(straight) == MOST / 3.6).all()


def test_the_way_is_told_behind_each_junction():
    plan = route_with(Command.LEFT)
    places = way_points(plan)
    assert len(places) == 2
    after = max(k for k, waypoint in enumerate(plan.waypoints) if waypoint.is_junction)
    told = plan.waypoints[after].transform.location.distance(places[0])
    assert 8.0 < told < 10.0
    assert places[-1] == plan.waypoints[-1].transform.location


@pytest.mark.parametrize("name", ["nobody", "missing.py"])
def test_unknown_agents_are_told_with_what_there_is(name: str):
    with pytest.raises(
        InputError, match="'blind', 'npc', 'expert', 'student:PATH' or the path of an official agent file"
    ):
        make_agent(name)


def test_a_folder_is_no_agent_file(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        make_agent(str(tmp_path / "agent.py"))
