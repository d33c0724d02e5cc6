"""Boxes of conflicting traffic."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import bicycle
from streams import WAY, streaming, viewed

from lead.expert.rules.adversaries import AdversaryMemory, box_factors
from lead.expert.settings import ALIGNED, LEAD

EXACT = replace(LEAD, boxes="exact")
LANE, EGO_HALF, HALF = 3.5, 0.91835, 1.0  # m


def factors(type, left=10.0, before=30.0, settings=ALIGNED):
    return box_factors(viewed(type, left, streaming(before), settings=settings), AdversaryMemory())[0]


@pytest.mark.parametrize(
    "type, length, spread, published", [
        ("NonSignalizedJunctionRightTurn", 1.5, 1.75, True), ("SignalizedJunctionRightTurn", 1.6, 1.75, True),
        ("NonSignalizedJunctionLeftTurnEnterFlow", 1.25, 0.8, True),
        ("SignalizedJunctionLeftTurnEnterFlow", 1.25, 0.8, True),
        ("NonSignalizedJunctionLeftTurn", 1.25, 0.8, False), ("SignalizedJunctionLeftTurn", 1.25, 0.8, False),
        ("InterurbanActorFlow", 1.25, 0.8, False),
    ],
)  # fmt: skip
def test_dangerous_boxes_are_as_wide_as_their_lane_and_more(type, length, spread, published):
    width = LANE + spread * (LANE - EGO_HALF) / 2
    expected = [length, width / (2 * HALF)]
    assert factors(type) == pytest.approx(expected)
    assert factors(type, settings=LEAD) == pytest.approx(expected if published else [np.nan] * 2, nan_ok=True)
    assert np.isnan(factors(type, settings=EXACT)).all()


@pytest.mark.parametrize("type, length", [("SignalizedJunctionRightTurn", 1.0), ("InterurbanActorFlow", 1.0)])
def test_safe_boxes_are_exact(type, length):
    assert factors(type, before=5.0) == pytest.approx([length, 1.0])


def test_safe_boxes_beside_a_joined_stream_are_shorter():
    view = viewed("SignalizedJunctionLeftTurnEnterFlow", 10.0, streaming(5.0, aside=2.0))
    assert box_factors(view, AdversaryMemory())[0] == pytest.approx([0.75, 1.0])


def test_ignored_ones_have_none():
    assert factors("SignalizedJunctionRightTurn", left=30.0).tolist() == [0.0, 0.0]


def test_what_was_safe_the_tick_before_is_safe():
    view = viewed("SignalizedJunctionRightTurn", 10.0, streaming(30.0))
    assert box_factors(view, AdversaryMemory(safe=frozenset({1})))[0] == pytest.approx([1.0, 1.0])


def test_bicycle_flows():
    people = bicycle(WAY, 50.0, 10.0, 3.0), streaming(20.0)
    for settings, expected in ((LEAD, [4.0, 10.0]), (ALIGNED, [4.0, 10.0]), (EXACT, [np.nan, np.nan])):
        rider, car = box_factors(viewed("CrossingBicycleFlow", 10.0, *people, settings=settings), AdversaryMemory())
        assert rider == pytest.approx(expected, nan_ok=True)
        assert np.isnan(car).all()


def test_elsewhere_and_with_nobody_the_ordinary_margins_apply():
    assert np.isnan(factors("Accident")).all()
    assert box_factors(viewed("SignalizedJunctionRightTurn", 10.0), AdversaryMemory()).shape == (0, 2)
