"""Stops for vehicles that take the priority."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import car
from streams import STREAM, WAY, streaming, viewed

from lead.expert.decision import Cause
from lead.expert.rules.adversaries import AdversaryMemory, ask
from lead.expert.settings import LEAD

RED, PRIORITY = "OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority"


def stops(view):
    return any(p.cause is Cause.VIOLATOR for p in ask(view, AdversaryMemory()).proposals)


@pytest.mark.parametrize("type", [RED, PRIORITY])
def test_a_vehicle_that_takes_the_priority_is_stopped_for(type):
    (proposal,) = ask(viewed(type, 15.0, streaming(20.0)), AdversaryMemory()).proposals
    assert (proposal.cause, proposal.target_speed, proposal.subject) == (Cause.VIOLATOR, 0.0, 1)
    assert proposal.distance == pytest.approx(25.0, abs=0.1)


def test_only_there_and_with_the_switch():
    assert not stops(viewed("Accident", 15.0, streaming(20.0)))
    assert not stops(viewed(RED, 15.0, streaming(20.0), settings=replace(LEAD, cautious_stops=False)))
    assert not stops(viewed(RED, 15.0, streaming(20.0), ids=()))


@pytest.mark.parametrize("speed, expected", [(0.09, False), (0.11, True)])
def test_it_has_to_move(speed, expected):
    assert stops(viewed(RED, 15.0, streaming(20.0, speed=speed))) is expected


@pytest.mark.parametrize("evidence, expected", [((9, 9, 99), False), ((10, 0, 0), True), ((0, 10, 0), True)])
def test_it_has_to_be_seen(evidence, expected):
    hidden = streaming(20.0, evidence=evidence)
    assert stops(viewed(RED, 15.0, hidden)) is expected
    assert stops(viewed(RED, 15.0, hidden, settings=replace(LEAD, violators_seen=False)))


@pytest.mark.parametrize("before, expected", [(1.0, True), (-5.2, True), (-5.6, False)])
def test_until_it_has_crossed(before, expected):
    """3 m and half of its 4.8 m past the crossing."""
    assert stops(viewed(RED, 15.0, streaming(before))) is expected


@pytest.mark.parametrize(
    "before, speed, expected", [(3.0, 8.0, True), (-3.9, 8.0, True), (-4.1, 8.0, False), (-7.0, 0.45, True),
    (-7.0, 0.55, False), (7.0, 8.0, True)],
)  # fmt: skip
def test_without_its_way_until_it_drives_off(before, speed, expected):
    assert stops(viewed(RED, 15.0, streaming(before, speed=speed), flow=STREAM[:0])) is expected


def test_an_oncoming_one_counts_until_it_is_past():
    def oncoming(at):
        return car(WAY, at, -3.5, 16.0, turned=np.pi)

    assert stops(viewed(RED, 15.0, oncoming(60.0), flow=STREAM[:0]))
    assert not stops(viewed(RED, 15.0, oncoming(30.0), flow=STREAM[:0]))


@pytest.mark.parametrize("left, expected", [(0.0, True), (-2.5, True), (-2.8, False)])
def test_an_ego_that_is_across_drives_on(left, expected):
    ahead = streaming(10.0, aside=8.0)
    assert stops(viewed(RED, left, ahead)) is expected


@pytest.mark.parametrize("before, expected", [(34.0, True), (38.0, False)])
def test_an_ego_that_would_stand_in_the_way_goes_on_if_it_is_first(before, expected):
    """At 15 m/s it needs 14.1 m to stop and is over in 1.36 s; 18 m are too few to stop 8 m before the crossing."""
    near = streaming(before, speed=16.0)
    assert stops(viewed(RED, 18.0, near, speed=15.0)) is expected
    assert stops(viewed(RED, 18.0, near, speed=15.0, settings=replace(LEAD, gaps=False)))


@pytest.mark.parametrize("left, expected", [(24.8, False), (25.1, True)])
def test_an_ego_that_can_stop_in_time_stops(left, expected):
    assert stops(viewed(RED, left, streaming(40.0, speed=10.0), speed=15.0)) is expected
