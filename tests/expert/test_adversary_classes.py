"""Dangerous, safe and ignored cars of a stream."""

from dataclasses import replace

import pytest
from streams import STREAM, streaming, viewed

from lead.expert.rules.adversaries import AdversaryMemory, ask
from lead.expert.rules.adversaries.classes import Danger, classified, known_crossings
from lead.expert.settings import LEAD

RIGHT, ENTER, LEFT = "NonSignalizedJunctionRightTurn", "NonSignalizedJunctionLeftTurnEnterFlow", "InterurbanActorFlow"
EPS = 0.4  # m by which the crossing lies before the middle of the stream


def classes(view, safe=()):
    memory = AdversaryMemory(safe=frozenset(safe))
    return classified(view, replace(memory, crossings=known_crossings(view, memory))).tolist()


def one(type, left, before, **more):
    """Class of one car `before` m from the middle, for an ego `left` m from the crossing."""
    return classes(viewed(type, left + EPS, streaming(before, **more)))[0]


@pytest.mark.parametrize(
    "type, near", [
        (RIGHT, 18.0), ("SignalizedJunctionRightTurn", 18.0), (ENTER, 13.0),
        ("SignalizedJunctionLeftTurnEnterFlow", 13.0), (LEFT, 13.0), ("NonSignalizedJunctionLeftTurn", 13.0),
        ("SignalizedJunctionLeftTurn", 23.0),
    ],
)  # fmt: skip
def test_all_are_ignored_until_the_ego_is_near(type, near):
    junction = 9.5  # m to the crossing where the junction begins; it has to be less than 10 m away
    last = min(near, junction + 10.0)
    assert one(type, last + 0.3, 40.0) == Danger.IGNORED
    assert one(type, last - 0.3, 40.0) == Danger.DANGEROUS


@pytest.mark.parametrize(
    "type, left, farthest", [
        (RIGHT, 10.0, 11.0), ("SignalizedJunctionRightTurn", 10.0, 12.0), ("SignalizedJunctionRightTurn", 13.1, 20.96),
        ("SignalizedJunctionRightTurn", 14.0, 22.0), (LEFT, 12.0, 13.2), ("SignalizedJunctionLeftTurn", 12.0, 14.4),
        ("SignalizedJunctionLeftTurn", 18.0, 22.0),
    ],
)  # fmt: skip
def test_who_is_there_first_is_safe(type, left, farthest):
    assert one(type, left, farthest - 0.1) == Danger.SAFE
    assert one(type, left, farthest + 0.1) == Danger.DANGEROUS
    assert one(type, left, -30.0) == Danger.SAFE  # across already


@pytest.mark.parametrize("type, commit", [(RIGHT, 5.0), (LEFT, 3.0)])
def test_the_ego_commits_close_to_the_crossing(type, commit):
    assert one(type, commit + 0.2, 30.0) == Danger.DANGEROUS
    assert one(type, commit - 0.2, 30.0) == Danger.SAFE
    assert one(type, -15.0, 30.0) == Danger.SAFE


@pytest.mark.parametrize("aside, expected", [(0.9, Danger.DANGEROUS), (1.1, Danger.SAFE)])
def test_in_a_stream_that_is_joined_only_who_leaves_it_is_safe(aside, expected):
    assert one(ENTER, 8.0, 2.0, aside=aside) == expected


def test_others_have_no_class():
    view = viewed(RIGHT, 10.0, streaming(30.0), streaming(40.0), ids=(2,))
    assert classes(view) == [Danger.NONE, Danger.DANGEROUS]
    assert classes(viewed("Accident", 10.0, streaming(30.0))) == [Danger.NONE]
    assert classes(viewed(RIGHT, 10.0, streaming(30.0), flow=STREAM[:0])) == [Danger.NONE]


def test_once_safe_always_safe():
    close, far = viewed(RIGHT, 10.0, streaming(9.0)), viewed(RIGHT, 10.0, streaming(30.0))
    memory = ask(close, AdversaryMemory()).memory
    assert memory.safe == {1}
    assert classified(far, memory).tolist() == [Danger.SAFE]
    assert ask(far, memory).memory.safe == {1}
    assert ask(viewed("Accident", 10.0, streaming(30.0), ids=()), memory).memory.safe == set()


def test_without_commitment_each_tick_judges_anew():
    settings = replace(LEAD, commitment=False)
    memory = ask(viewed(RIGHT, 10.0, streaming(9.0), settings=settings), AdversaryMemory()).memory
    assert memory.safe == set()
    far = viewed(RIGHT, 10.0, streaming(30.0), settings=settings)
    assert classified(far, replace(memory, safe=frozenset({1}))).tolist() == [Danger.DANGEROUS]


def test_crossings_are_looked_up_once():
    view = viewed(RIGHT, 10.0, streaming(30.0))
    memory = ask(view, AdversaryMemory()).memory
    (known,) = memory.crossings.values()
    (again,) = ask(view, memory).memory.crossings.values()
    assert again is known
