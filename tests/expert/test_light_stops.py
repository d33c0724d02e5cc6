"""Traffic lights: which are stopped for, and where."""

from dataclasses import replace

import pytest
from rolling import roll
from scenes import GREEN, OFF, RED, UNKNOWN, YELLOW, ego, route, scene, seen

from lead.expert.decision import Cause
from lead.expert.idm import target_speed
from lead.expert.rules.lights import LightMemory, ask
from lead.expert.scene import Mount
from lead.expert.settings import PRIVILEGED

KNOWN = replace(PRIVILEGED, limit_factor=1.0)
MOVED = replace(KNOWN, lights="moved stop line")
SEEN = replace(KNOWN, lights="seen")
WAY = route(300.0, lights=(150.0, 200.0))


def asked(state=(RED, GREEN), settings=KNOWN, at=100.0, speed=8.0, memory=None, way=WAY, **more):
    here = scene(way, ego(way, at, speed, limit=10.0), light_state=state, **more)
    return ask(seen(here, settings), memory if memory is not None else LightMemory())


@pytest.mark.parametrize("state", [RED, YELLOW, OFF, UNKNOWN])
def test_whatever_is_not_green_is_stopped_for(state):
    (found,) = asked((state, GREEN)).proposals
    assert found.cause is Cause.LIGHT and found.subject == 9001
    assert found.distance == pytest.approx(50.0)
    assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, 50.0, 0.0, 3.0, 0.5))
    assert asked((GREEN, state)).proposals == ()  # only the next one counts


def test_a_light_is_over_once_its_line_is_crossed():
    assert asked((RED, GREEN), at=149.9).proposals[0].target_speed == 0.0
    assert asked((RED, GREEN), at=150.1).proposals == ()
    assert asked((RED, RED), at=150.1).proposals[0].subject == 9002
    assert asked((RED, RED), at=201.0).proposals == ()


@pytest.mark.parametrize("mount, moved", [(Mount.NEAR, 0.0), (Mount.OVERHEAD, 9.0), (Mount.EUROPEAN, 6.0)])
def test_the_line_moves_to_where_the_head_is_in_view(mount, moved):
    way = route(300.0, lights=(150.0,), mounts=(mount,))
    for settings in (MOVED, SEEN):
        (found,) = asked((RED,), settings, 130.0, way=way).proposals
        assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, 20.0 - moved, 0.0, 3.0, 0.5))
    (found,) = asked((RED,), KNOWN, 130.0, way=way).proposals
    assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, 20.0, 0.0, 3.0, 0.5))


def test_a_light_that_is_not_seen_counts_only_if_it_need_not_be():
    unseen = {"light_seen": (False, True)}
    assert asked(settings=KNOWN, **unseen).proposals and asked(settings=MOVED, **unseen).proposals
    assert asked(settings=SEEN, **unseen).proposals == ()
    assert asked(settings=SEEN).proposals


def test_a_light_out_of_sight_is_remembered_for_a_while():
    memory = asked(settings=SEEN, time=10.0).memory
    unseen = {"light_seen": (False, True), "settings": SEEN, "memory": memory}
    assert asked((GREEN, GREEN), time=54.9, **unseen).proposals  # what it is now is not known
    assert asked((GREEN, GREEN), time=55.1, **unseen).proposals == ()
    assert asked((RED, RED), time=12.0, at=151.0, **{**unseen, "light_seen": (False, False)}).proposals == ()


def test_a_remembered_light_that_is_seen_green_is_green():
    memory = asked(settings=SEEN, time=10.0).memory
    after = asked((GREEN, GREEN), SEEN, memory=memory, time=11.0)
    assert after.proposals == ()
    assert asked((RED, GREEN), SEEN, memory=after.memory, time=12.0, light_seen=(False, True)).proposals == ()


@pytest.mark.parametrize("at, heeded", [(150.0 - 2.44619 - 4.8, True), (150.0 - 2.44619 - 4.4, False)])
def test_yellow_is_passed_when_it_is_too_late_to_stop(at, heeded):
    """At 8 m/s and 7 m/s^2 the front needs 4.57 m."""
    assert bool(asked((YELLOW, GREEN), at=at).proposals) is heeded
    assert asked((RED, GREEN), at=at).proposals


@pytest.mark.parametrize("speed", [6.0, 12.0])
@pytest.mark.parametrize("settings, mount, line", [
    (KNOWN, Mount.NEAR, 0.0), (MOVED, Mount.OVERHEAD, 9.0), (MOVED, Mount.EUROPEAN, 6.0),
])  # fmt: skip
def test_the_ego_comes_to_a_stand_before_the_line_and_goes_on_at_green(settings, mount, line, speed):
    way = route(300.0, lights=(80.0,), mounts=(mount,))
    here = scene(way, ego(way, 0.0, speed, limit=speed), light_state=(RED,))
    scenes, _, memory = roll(here, settings, 400)
    end = scenes[-1].ego
    gap = 80.0 - line - float(end.pose[0])
    assert end.speed < 0.1 and 2.0 < gap < 4.0
    after, decisions, _ = roll(
        replace(scenes[-1], light_state=scenes[-1].light_state * 0 + GREEN), settings, 200, memory
    )
    assert after[-1].ego.pose[0] > 90.0 and decisions[0].binding is None
