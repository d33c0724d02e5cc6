"""The order of the rules, what binds, what cannot be decided on, and that a decision is a pure function."""

import pickle
from dataclasses import fields, replace

import numpy as np
import pytest
from rolling import roll
from scenes import RED, actors, bicycle, briefing, car, ego, index, obstacle, place, route, scene, walker

from lead.expert.decide import decide, is_moved, weighed
from lead.expert.decision import Cause, Proposal
from lead.expert.memory import Memory
from lead.expert.path import Shift
from lead.expert.rules.stop_signs import StopMemory
from lead.expert.scene import Scene
from lead.expert.settings import ALIGNED, LEAD, PRIVILEGED
from lead.scenarios.lane_graph import Command

WAY = route(300.0, lights=(150.0,), stops=(250.0,))
PLAIN = replace(PRIVILEGED, limit_factor=1.0)
PRESETS = [PRIVILEGED, LEAD, ALIGNED]


def busy(time=5.0, frame=100, **more):
    """A street with everybody on it."""
    rows = [
        car(WAY, 125.0, speed=4.0), car(WAY, 130.0, -3.5, 6.0), car(WAY, 90.0, 0.0, 8.0), bicycle(WAY, 120.0, 3.0, 4.0),
        walker(WAY, 116.0, 3.8, 1.3, -np.pi / 2), obstacle(WAY, 140.0, 1.0),
    ]  # fmt: skip
    return scene(WAY, ego(WAY, 100.0, 8.0), actors(*rows), time=time, frame=frame, light_state=(RED,), **more)


def test_on_an_empty_road_the_limit_is_driven():
    decision, memory = decide(scene(WAY, ego(WAY, 0.0, 5.0, limit=10.0)), Memory(), PLAIN)
    assert decision.target_speed == 10.0 and decision.binding is None  # sign and light are far
    clear = route(200.0)
    decision, memory = decide(scene(clear, ego(clear, 20.0, 5.0, limit=10.0)), Memory(), PLAIN)
    assert decision.target_speed == decision.limit == 10.0 and decision.binding is None and decision.reason == ""
    assert decision.control.throttle == 1.0 and not decision.changed_route
    assert memory.index == index(20.0)


def test_the_path_ahead_is_told_every_metre():
    clear = route(200.0)
    path = decide(scene(clear, ego(clear, 20.0)), Memory(), PLAIN)[0].path
    np.testing.assert_allclose(path, [[22.5 + k, 0.0, 0.0] for k in range(50)], atol=1e-9)


def test_near_the_end_as_much_of_it_is_told_as_there_is():
    clear = route(200.0)
    decision, _ = decide(scene(clear, ego(clear, 240.0)), Memory(), PLAIN)
    assert len(decision.path) == 8 and decision.reason == ""


def test_the_slowest_proposal_binds():
    decision, _ = decide(busy(), Memory(), PLAIN)
    lowest = min(decision.proposals, key=lambda proposal: proposal.target_speed)
    assert decision.binding == lowest and decision.target_speed == lowest.target_speed
    assert {Cause.LEADER, Cause.WALKER, Cause.LIGHT} <= {proposal.cause for proposal in decision.proposals}


@pytest.mark.parametrize("settings", PRESETS)
def test_the_same_scene_gives_the_same_decision(settings):
    runs = []
    for _ in range(2):
        memory, told = Memory(), []
        for k in range(5):
            decision, memory = decide(busy(5.0 + 0.05 * k, 100 + k), memory, settings)
            told.append(decision)
        runs.append(pickle.dumps((told, memory)))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("settings", PRESETS)
def test_scene_and_memory_are_left_as_they_were(settings):
    here, memory = busy(), Memory()
    _, memory = decide(here, memory, settings)
    before = pickle.dumps((here, memory))
    later = replace(here, time=here.time + 0.05)
    decide(later, memory, settings)
    assert pickle.dumps((here, memory)) == before


def test_asking_without_somebody_tells_whether_he_mattered():
    here = busy()
    memory = Memory()
    told, _ = decide(here, memory, PLAIN)
    subject = told.binding.subject
    without, _ = decide(here.without(here.actors.ids == subject), memory, PLAIN)
    assert without.target_speed > told.target_speed


def proposed(speed, cause=Cause.VEHICLE, **more):
    return Proposal(cause, speed, **more)


def test_weighing_lowers_the_limit():
    assert weighed(10.0, ()) == (10.0, None)
    low = proposed(3.0)
    assert weighed(10.0, (proposed(5.0), low, proposed(12.0))) == (3.0, low)
    assert weighed(10.0, (proposed(12.0),)) == (10.0, None)


def test_an_override_replaces_the_limit_and_is_lowered_itself():
    over = proposed(11.1, Cause.OVERTAKING, overrides=True)
    assert weighed(7.0, (over,)) == (11.1, over)
    stop = proposed(0.0, Cause.WALKER_CLOSE, overrides=True)
    assert weighed(7.0, (over, stop)) == (0.0, stop)
    cap = proposed(6.75, Cause.APPROACH)
    assert weighed(7.0, (over, cap)) == (6.75, cap)


def test_raising_comes_last_but_nobody_is_run_into():
    raised = proposed(13.0, Cause.REAR_DANGER, raises=True)
    assert weighed(10.0, (proposed(0.0), raised)) == (13.0, raised)
    assert weighed(15.0, (raised,)) == (15.0, None)
    for cause in (Cause.WALKER, Cause.WALKER_CLOSE, Cause.LEADER):
        held = proposed(4.0, cause)
        assert weighed(10.0, (held, raised)) == (4.0, held)
        assert weighed(10.0, (proposed(0.0), held, raised)) == (4.0, held)
        assert weighed(10.0, (proposed(14.0, cause), raised)) == (13.0, raised)


def test_who_overrides_silences_lights_and_signs(monkeypatch):
    from lead.expert.decision import Asked
    from lead.expert.rules import passing

    here, remembered = busy(), Memory(stop=StopMemory(9501, 7))
    over = proposed(11.1, Cause.OVERTAKING, overrides=True)
    monkeypatch.setattr(passing, "ask", lambda view, memory: Asked(memory, (over,)))
    decision, memory = decide(here, remembered, PLAIN)
    assert {proposal.cause for proposal in decision.proposals}.isdisjoint({Cause.LEADER, Cause.WALKER, Cause.LIGHT})
    assert decision.target_speed == 11.1 and memory.stop == remembered.stop


def test_new_shifts_are_driven_and_remembered(monkeypatch):
    from lead.expert.decision import Asked
    from lead.expert.rules import passing

    shift = Shift(index(130.0), index(180.0), 10.0, left=True)
    monkeypatch.setattr(passing, "ask", lambda view, memory: Asked(memory, (), (shift,)))
    here = scene(WAY, ego(WAY, 100.0, 8.0), actors(car(WAY, 150.0)))
    decision, memory = decide(here, Memory(), PLAIN)
    assert memory.shifts == (shift,) and decision.changed_route
    assert decision.path[-1, 1] == pytest.approx(-3.5, abs=0.01)
    assert Cause.LEADER not in {proposal.cause for proposal in decision.proposals}  # it is passed by now
    monkeypatch.setattr(passing, "ask", lambda view, memory: Asked(memory))
    decision, memory = decide(replace(here, time=5.05), memory, PLAIN)
    assert memory.shifts == (shift,) and decision.changed_route


def test_a_shift_out_of_sight_does_not_change_the_route():
    from scenes import seen

    here = scene(WAY, ego(WAY, 100.0))
    for low, high, moved in ((153.0, 160.0, False), (152.0, 160.0, True), (80.0, 99.0, False), (80.0, 101.0, True)):
        view = seen(here, PLAIN, Memory(shifts=(Shift(index(low), index(high), 2.0, True),)))
        assert is_moved(view) is moved


BROKEN = [
    ("ego", "pose"), ("ego", "velocity"), ("ego", "extent"), ("actors", "pose"), ("actors", "velocity"),
    ("actors", "extent"), ("actors", "control"), ("actors", "walking"),
]  # fmt: skip


def broken(here: Scene, owner: str, name: str, value: float) -> Scene:
    array = getattr(getattr(here, owner), name).copy()
    array[(2, 1) if array.ndim == 2 else 1] = value
    return replace(here, **{owner: replace(getattr(here, owner), **{name: array})})


@pytest.mark.parametrize("owner, name", BROKEN)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_stop_the_ego(owner, name, value):
    here, memory = busy(), Memory(index=index(100.0))
    decision, after = decide(broken(here, owner, name, value), memory, ALIGNED)
    assert decision.control.brake == 1.0 and decision.control.throttle == 0.0 and decision.target_speed == 0.0
    assert name in decision.reason and "not finite" in decision.reason
    assert ("actor 3" in decision.reason) == (owner == "actors")
    assert after is memory and decision.binding.cause is Cause.FAULT


def test_a_route_that_is_over_stops_the_ego():
    clear = route(20.0)
    end, memory = scene(clear, ego(clear, 70.0, 3.0)), Memory()
    decision, after = decide(end, memory, PLAIN)
    assert "route" in decision.reason and decision.control.brake == 1.0 and after is memory
    cut = replace(clear, **{f.name: getattr(clear, f.name)[:1] for f in fields(clear) if f.name in (
        "points", "yaw", "command", "lane_width", "in_junction", "left", "left_side", "right", "right_side")})  # fmt: skip
    assert "1 points" in decide(replace(end, route=cut), Memory(), PLAIN)[0].reason


@pytest.mark.parametrize("settings", PRESETS)
def test_an_empty_world_is_no_fault(settings):
    assert decide(scene(WAY, ego(WAY, 100.0)), Memory(), settings)[0].reason == ""


def test_from_a_parking_slot_the_way_leads_out():
    """The route begins at the ego's own place beside the lane: it is driven like any other."""
    way = route(100.0, commands=((0.0, 4.0, Command.CHANGE_LANE_LEFT),))
    points = way.points.copy()
    k = np.arange(way.start, way.start + 40)
    points[: way.start, 1] = 3.0
    points[k, 1] = 3.0 * (1.0 - np.linspace(0.0, 1.0, 40))
    way = replace(way, points=points)
    pose = place(way, 0.0)
    scenes, _, _ = roll(scene(way, replace(ego(way), pose=pose)), PLAIN, 150)
    assert scenes[0].ego.pose[1] == 3.0 and abs(scenes[-1].ego.pose[1]) < 0.1 and scenes[-1].ego.pose[0] > 20.0


@pytest.mark.parametrize("settings", PRESETS)
def test_it_stops_behind_what_stands_and_follows_what_moves(settings):
    way = route(300.0)
    stands = scene(way, ego(way, 0.0, 8.0), actors(car(way, 60.0), car(way, 60.0, -3.5)))
    scenes, decisions, _ = roll(stands, settings, 220)
    gap = 60.0 - scenes[-1].ego.pose[0] - 2.4 - 2.44619
    assert scenes[-1].ego.speed < 0.1 and 2.0 < gap < 7.0
    assert decisions[-1].binding.cause is Cause.LEADER
    moves = scene(way, ego(way, 0.0, 8.0), actors(car(way, 40.0, speed=5.0)))
    scenes, _, _ = roll(moves, settings, 400)
    assert scenes[-1].ego.speed == pytest.approx(5.0, abs=0.7)


@pytest.mark.parametrize("settings", PRESETS)
def test_it_does_not_hit_a_walker_who_crosses(settings):
    way = route(300.0)
    here = scene(way, ego(way, 0.0, 8.0), actors(walker(way, 35.0, 6.0, 1.6, -np.pi / 2)))
    scenes, _, _ = roll(here, settings, 200)
    for at in scenes:
        x, y = at.actors.pose[0, :2] - at.ego.pose[:2]
        assert abs(x) > 2.44619 + 0.2 or abs(y) > 0.91835 + 0.2
    assert scenes[-1].ego.pose[0] > 45.0  # it went on


def test_situations_reach_their_rules():
    """A situation's type alone changes what is done."""
    way = route(300.0, left=2)
    rows = actors(walker(way, 110.0, 5.0, 0.5, -np.pi / 2, id=7))
    plain = scene(way, ego(way, 100.0, 5.0), rows)
    assert decide(plain, Memory(), LEAD)[0].target_speed > 0.0
    crossing = replace(plain, briefings=(briefing("DynamicObjectCrossing", 7, trigger=90.0),))
    found, _ = decide(crossing, Memory(), LEAD)
    assert found.binding is not None and found.binding.cause is Cause.WALKER_CLOSE and found.target_speed == 0.0
