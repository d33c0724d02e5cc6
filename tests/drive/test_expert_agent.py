"""The expert as an agent: how it is named, when it reads, what it does with a decision."""

import carla
import numpy as np
import pytest
from onstage import at_end, drive, on_stage, route_with, task_of

from lead import InputError
from lead.drive.agent import PRIVILEGED, AgentFault, Observation, check_spec, make_agent
from lead.drive.agents.expert import Expert, evidence_for
from lead.expert.decision import Control, Decision
from lead.expert.memory import Memory
from lead.expert.scene import Scene
from lead.expert.settings import ALIGNED, LEAD, Settings, settings_from
from lead.expert.settings import PRIVILEGED as PDM_LITE
from lead.scenarios.lane_graph import Command
from lead.scenarios.stage import Stage


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("expert", ALIGNED), ("expert:lead", LEAD), ("expert:privileged", PDM_LITE),
        ("expert:lead,occlusion=off,boxes=exact", settings_from("lead,occlusion=off,boxes=exact")),
    ],
)  # fmt: skip
def test_a_name_settles_preset_and_switches(name: str, settings: Settings):
    agent = make_agent(name)
    assert isinstance(agent, Expert) and agent.settings == settings
    assert agent.track == PRIVILEGED and agent.sensors() == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("expert:carl", "found expert preset 'carl', expected one of privileged, lead, aligned"),
        ("expert:lead,oclusion=off", "the expert has no switch 'oclusion'; it has"),
        ("expert:lead,occlusion=maybe", "found occlusion='maybe', expected on or off"),
        ("expert:lead,boxes=huge", "found boxes='huge', expected one of exact"),
        ("experts", "found agent 'experts', expected 'blind', 'npc', 'expert'"),
    ],
)
def test_wrong_names_are_told_before_anything_is_driven(name: str, message: str):
    with pytest.raises(InputError, match=message):
        check_spec(name)


def test_only_experts_that_ask_for_it_look_for_evidence():
    assert evidence_for(PDM_LITE) is None and evidence_for(settings_from("lead,occlusion=off")) is not None
    for switch in ("occlusion", "stop_pixels", "violators_seen", "obstacles_seen", "occluded_junction"):
        assert evidence_for(settings_from(f"privileged,{switch}=on")) is not None
    assert evidence_for(settings_from("privileged,lights=seen")) is not None
    assert evidence_for(settings_from("privileged,lights=moved stop line,window=on,real_stop=on")) is None


class Straight:
    """Decides to go at half throttle, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Scene, Memory, Settings]] = []

    def __call__(self, scene: Scene, memory: Memory, settings: Settings) -> tuple[Decision, Memory]:
        self.asked.append((scene, memory, settings))
        control = Control(steer=-0.25, throttle=0.5)
        return Decision(5.0, 10.0, control, np.empty((0, 3))), Memory(index=len(self.asked))


def test_it_stands_in_the_first_tick_and_decides_on_each_after_it(client: carla.Client):
    decide = Straight()
    with on_stage(client, route_with(Command.STRAIGHT)) as stage:
        agent = Expert(PDM_LITE, decide)
        agent.begin(stage, task_of(stage))
        first, second, third = (agent.control(observe(stage)) for _ in range(3))
    assert first.brake == 1.0 and first.throttle == 0.0
    assert second == third == carla.VehicleControl(throttle=0.5, steer=-0.25)
    assert [memory.index for _, memory, _ in decide.asked] == [None, 1]
    assert [settings for _, _, settings in decide.asked] == [PDM_LITE] * 2
    assert [scene.frame for scene, _, _ in decide.asked] == [agent.scene.frame - 1, agent.scene.frame]
    assert decide.asked[0][0].route is decide.asked[1][0].route
    assert agent.decision.target_speed == 5.0 and agent.scene is decide.asked[1][0]


def test_a_route_begins_where_the_ego_was_put_in_the_first_tick(client: carla.Client):
    with on_stage(client, route_with(Command.STRAIGHT)) as stage:
        agent = Expert(PDM_LITE, Straight())
        agent.begin(stage, task_of(stage))
        agent.control(observe(stage))
        pose = stage.ego.get_transform()
        pose.location += 3.0 * pose.get_right_vector()
        stage.ego.set_transform(pose)
        agent.control(observe(stage))
        route = agent.scene.route
    assert np.allclose(route.points[0, :2], [pose.location.x, pose.location.y], atol=0.01)
    assert route.command[0] == Command.CHANGE_LANE_LEFT


def test_a_second_drive_forgets_the_first(client: carla.Client):
    decide = Straight()
    agent = Expert(PDM_LITE, decide)
    for command in (Command.STRAIGHT, Command.LEFT):
        with on_stage(client, route_with(command)) as stage:
            agent.begin(stage, task_of(stage))
            for _ in range(3):
                agent.control(observe(stage))
            agent.end()
    assert [memory.index for _, memory, _ in decide.asked] == [None, 1, None, 3]
    assert decide.asked[1][0].route is not decide.asked[2][0].route


def test_what_fails_in_a_decision_is_the_agents_fault(client: carla.Client):
    def fail(scene: Scene, memory: Memory, settings: Settings) -> tuple[Decision, Memory]:
        raise ZeroDivisionError("nothing to divide by")

    with on_stage(client, route_with(Command.STRAIGHT)) as stage:
        agent = Expert(PDM_LITE, fail)
        agent.begin(stage, task_of(stage))
        agent.control(observe(stage))
        with pytest.raises(AgentFault, match="the expert cannot decide: ZeroDivisionError") as caught:
            agent.control(observe(stage))
    assert "nothing to divide by" in caught.value.trace and caught.value.status == "Agent crashed"


@pytest.mark.parametrize("turn", [Command.LEFT, Command.RIGHT])
def test_it_finishes_a_route_with_a_turn(client: carla.Client, turn: Command):
    with on_stage(client, route_with(turn)) as stage:
        agent, away = make_agent("expert:privileged"), []

        def at_end_on_route(stage: Stage) -> bool:
            away.append(float(np.hypot(*(stage.plan.pose[:, :2] - [stage.place.x, stage.place.y]).T).min()))
            return at_end(stage)

        agent.begin(stage, task_of(stage))
        assert drive(stage, agent, at_end_on_route, 60.0)
        agent.end()
        assert max(away) < 1.5


def observe(stage: Stage) -> Observation:
    frame = stage.world.tick()
    stage.update()
    return Observation(frame, stage.time)
