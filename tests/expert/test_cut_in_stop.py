"""Stops for cars that pull out."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import actors, briefing, car, ego, route, scene, seen

from lead.expert.decision import Cause
from lead.expert.rules.adversaries import AdversaryMemory, ask
from lead.expert.settings import LEAD

WAY = route(150.0)
NOTHING = AdversaryMemory()


def asked(type, speed, at=45.0, memory=NOTHING, settings=LEAD, ids=(1, 2)):
    """What is asked with a standing car and one at a speed beside the lane, 25 m ahead."""
    people = actors(car(WAY, at - 8.0, 3.5), car(WAY, at, 3.5, speed))
    here = scene(WAY, ego(WAY, 20.0, 8.0), people, briefings=(briefing(type, *ids),))
    return ask(seen(here, settings), memory)


@pytest.mark.parametrize(
    "type, speed, expected", [
        ("ParkingCutIn", 0.9, False), ("ParkingCutIn", 1.1, True), ("ParkingCutIn", 4.2, True),
        ("ParkingCutIn", 4.3, False), ("StaticCutIn", 2.0, False), ("StaticCutIn", 2.2, True),
        ("StaticCutIn", 4.2, True), ("StaticCutIn", 4.3, False), ("HighwayCutIn", 3.0, False),
    ],
)  # fmt: skip
def test_the_first_movement_stops_the_ego(type, speed, expected):
    proposals = asked(type, speed).proposals
    assert [(p.cause, p.target_speed, p.subject) for p in proposals] == [(Cause.CUT_IN, 0.0, 2)] * expected


def test_only_the_cars_of_the_situation_and_with_the_switch():
    assert not asked("ParkingCutIn", 3.0, ids=(1,)).proposals
    assert not asked("ParkingCutIn", 3.0, settings=replace(LEAD, cautious_stops=False)).proposals


def test_falling_is_not_pulling_out():
    people = actors(car(WAY, 45.0, 3.5, velocity=(0.0, 0.0, -3.0)))
    here = scene(WAY, ego(WAY, 20.0, 8.0), people, briefings=(briefing("ParkingCutIn", 1),))
    assert not ask(seen(here, LEAD), NOTHING).proposals


def test_who_has_cut_in_is_not_stopped_for_again():
    assert asked("ParkingCutIn", 4.9).memory.through == set()
    through = asked("ParkingCutIn", 5.0).memory
    assert through.through == {2}
    assert not asked("ParkingCutIn", 3.0, memory=through).proposals
    assert asked("Accident", 3.0, memory=through).memory.through == set()


@pytest.mark.parametrize("at, expected", [(18.0, True), (17.0, False)])
def test_who_is_behind_does_not_count(at, expected):
    assert bool(asked("ParkingCutIn", 3.0, at=at).proposals) is expected


@pytest.mark.parametrize(
    "ahead, aside, inwards, expected", [
        (-2.9, 3.5, 0.25, True), (-3.1, 3.5, 0.25, False), (11.9, 3.5, 0.25, True), (12.1, 3.5, 0.25, False),
        (11.9, 3.5, 0.15, False), (4.9, 3.5, 0.0, True), (5.1, 3.5, 0.0, False), (4.0, -3.5, 0.25, True), (0.0, 4.9, 0.25, True),
        (0.0, 5.1, 0.25, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("speed, target", [(14.0, 12.0), (7.5, 6.0)])
def test_a_car_from_the_ramp_is_let_in(ahead, aside, inwards, expected, speed, target):
    merging = car(WAY, 20.0 + ahead, aside, velocity=(speed, -np.sign(aside) * inwards, 0.0))
    for playing, counts in ((True, expected), (False, False)):
        told = briefing("HighwayCutIn", 1, playing=playing)
        here = scene(WAY, ego(WAY, 20.0, 15.0), actors(merging), briefings=(told,))
        proposals = ask(seen(here, LEAD), NOTHING).proposals
        wanted = [(p.cause, p.subject, p.target_speed) for p in proposals]
        assert wanted == ([(Cause.CUT_IN, 1, pytest.approx(target, abs=0.02))] if counts else [])
