"""More speed before somebody close behind."""

from dataclasses import replace

import pytest
from scenes import actors, briefing, car, ego, route, scene, seen
from streams import MEETING, STREAM, streaming, viewed
from streams import WAY as JUNCTION

from lead.expert.decision import Cause
from lead.expert.rules.adversaries import AdversaryMemory, ask
from lead.expert.settings import LEAD, PRIVILEGED

WAY = route(150.0)


def raised(gap, speed=12.0, ego_speed=8.0, type="EnterActorFlow", aside=0.0, settings=LEAD, others=(), ids=(1,)):
    """Speed asked for with a car `gap` m behind an ego at 50 m; None if nothing is."""
    people = actors(car(WAY, 50.0 - gap, aside, speed, id=1), *others)
    here = scene(WAY, ego(WAY, 50.0, ego_speed), people, briefings=(briefing(type, *ids),))
    return _wanted(seen(here, settings))


def _wanted(view):
    wanted = [p for p in ask(view, AdversaryMemory()).proposals if p.cause is Cause.REAR_DANGER]
    assert all(p.raises and p.subject == 1 for p in wanted)
    return wanted[0].target_speed if wanted else None


@pytest.mark.parametrize("gap, expected", [(7.9, 17.0), (8.1, 12.0), (15.9, 12.0), (16.1, None)])
def test_the_closer_the_faster(gap, expected):
    assert raised(gap) == (expected and pytest.approx(expected))
    assert raised(gap, settings=PRIVILEGED) == raised(gap)


def test_it_can_be_switched_off():
    assert raised(7.0, settings=replace(LEAD, rear_danger=False)) is None


@pytest.mark.parametrize("type", ["EnterActorFlowV2", "InterurbanAdvancedActorFlow", "OppositeVehicleTakingPriority"])
def test_situations_it_is_for(type):
    assert raised(7.0, type=type) == pytest.approx(17.0)


def test_only_adversaries_on_the_lane_behind():
    assert raised(7.0, type="Accident") is None
    assert raised(7.0, ids=(2,)) is None
    assert raised(7.0, aside=1.7) is not None
    assert raised(7.0, aside=1.8) is None
    assert raised(0.9) is None
    assert raised(1.1) is not None
    assert raised(-7.0) is None


@pytest.mark.parametrize("speed, ego_speed", [(4.9, 8.0), (12.0, 4.9)])
def test_both_are_fast(speed, ego_speed):
    assert raised(7.0, speed, ego_speed) is None


@pytest.mark.parametrize("distance, speed, blocked", [(20.0, 5.0, True), (20.0, 18.0, False), (22.0, 5.0, False)])
def test_not_with_somebody_slow_close_ahead(distance, speed, blocked):
    """8 + 1 * 8 + 4.9 m between the middles."""
    assert (raised(7.0, others=(car(WAY, 50.0 + distance, 0.0, speed, id=2),)) is None) is blocked


@pytest.mark.parametrize("left, expected", [(1.0, True), (1.7, True), (2.2, False)])
@pytest.mark.parametrize("type", ["SignalizedJunctionRightTurn", "NonSignalizedJunctionLeftTurnEnterFlow"])
def test_in_turns_only_at_the_crossing(type, left, expected):
    behind = car(JUNCTION, MEETING - left - 6.0, 3.0, 8.0)
    assert (_wanted(viewed(type, left + 0.5, behind, speed=6.0)) is not None) is expected
    assert _wanted(viewed("NonSignalizedJunctionLeftTurn", left + 0.5, behind, speed=6.0)) is None
    assert _wanted(viewed(type, left + 0.5, behind, speed=6.0, flow=STREAM[:0])) is None
    assert _wanted(viewed(type, left + 0.5, streaming(10.0), speed=6.0)) is None
