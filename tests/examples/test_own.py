"""What docs/extend.md shows of one's own: an agent drives, a rig is recorded with, a situation is played."""

import re
import runpy
from pathlib import Path

import carla
import pytest

from lead.client.launch import ServerProcess, connect, start_server
from lead.dataset.rig import rig_named
from lead.drive.agent import make_agent
from lead.scenarios import catalogue
from lead.scenarios.lane_graph import Command
from lead.train.overrides import overridden
from lead.train.recipes import recipe_named
from tests.drive.onstage import drive, on_stage, route_with, task_of
from tests.scenarios.playing import acting, plan_along, situation

OWN = Path(__file__).resolve().parents[2] / "examples" / "own"


@pytest.fixture(scope="module")
def server():
    with start_server("GridCity") as server:
        yield server


def test_an_agent_of_ones_own_drives_off(server: ServerProcess):
    agent = make_agent(str(OWN / "agent.py"))
    with on_stage(connect(server.endpoint), route_with(Command.LEFT)) as stage:
        try:
            agent.begin(stage, task_of(stage))
            assert drive(stage, agent, lambda stage: stage.speed > 3.0, 10.0)
        finally:
            agent.end()


def test_a_recipe_of_ones_own_is_complete(tmp_path: Path):
    blocks = re.findall(r"```python\n(.*?)```", (OWN.parents[1] / "docs" / "extend.md").read_text(), re.S)
    (tmp_path / "mine.py").write_text(next(block for block in blocks if "def recipe" in block))
    recipe = recipe_named(str(tmp_path / "mine.py"))
    assert {stage.epochs for stage in recipe.stages} == {12} and overridden(recipe, []) == recipe


def test_a_rig_of_ones_own_is_read():
    rig = rig_named(str(OWN / "rig.json"))
    assert [camera.name for camera in rig.cameras] == ["front"] and len(rig.lidars) == 1 and not rig.radars


def test_a_situation_of_ones_own_is_played(server: ServerProcess):
    runpy.run_path(str(OWN / "stalled_car.py"))
    try:
        client = connect(server.endpoint)
        start = client.get_world().get_map().get_waypoint(carla.Location(78.0, 232.0, 0.0))
        order = situation("StalledCar", start.next(10.0)[0].transform, distance=25.0)
        with acting(client, "GridCity", plan_along(start, 150.0), order, speed=6.0) as act:
            assert act.run(lambda act: len(act.actors("vehicle.*")) == 1, 1.0)
            (car,) = act.actors("vehicle.*")
            assert act.run(lambda act: act.stage.place.distance(car.get_location()) < 15.0, 30.0)
            assert act.run(lambda act: act.over, 30.0, ego_drives=False) and not act.played.reason
            act.tick()
            assert not act.actors("vehicle.*")
    finally:
        catalogue._PLAYS.pop("StalledCar")
