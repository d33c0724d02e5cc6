"""On the oncoming lane: when overtaking ends, and what is done about one who comes after all."""

from math import pi

import numpy as np
import pytest
from scenes import car
from situations import AT, approach
from way_round import END, LINE, NEGOTIATING, PARKED, WAY, asked, comes, goes

from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.rules.passing import Manoeuvre, Stage
from lead.expert.rules.passing.oncoming import seconds_for
from lead.expert.scene import Actors
from lead.expert.settings import PRIVILEGED, Settings

# -- overtaking -----------------------------------------------------------------------------------------------------


def overtaking(*others: Actors, at: float = AT - 8.0, speed: float = 8.0, limit: float = 13.9, type_name: str = PARKED,
               settings: Settings = NEGOTIATING) -> tuple[Manoeuvre, tuple[Proposal, ...]]:  # fmt: skip
    here = approach(type_name, *others, at=at, speed=speed, limit=limit, time=10.0)
    return asked(here, stage=Stage.OVERTAKING, settings=settings)


def test_overtaking_ends_two_metres_before_the_way_is_back():
    for at, stage in ((END - 2.3, Stage.OVERTAKING), (END - 1.7, Stage.DONE)):
        manoeuvre, proposals = overtaking(at=at)
        assert manoeuvre.stage is stage and bool(proposals) == (stage is Stage.OVERTAKING)


def test_a_door_is_passed_slower_on_narrow_lanes():
    for width, speed in ((3.0, 8.75), (3.1, 40 / 3.6)):
        here = approach("VehicleOpensDoorTwoWays", at=AT - 3.0, width=width, time=10.0)
        _, (proposal,) = asked(here, stage=Stage.OVERTAKING)
        assert proposal.target_speed == pytest.approx(speed)


@pytest.mark.parametrize(
    ("type_name", "limit", "seconds"),
    [("AccidentTwoWays", 13.9, 1.75), ("ConstructionObstacleTwoWays", 13.9, 2.0), ("AccidentTwoWays", 15.1, 2.75)],
)
def test_the_ego_stops_for_an_opposing_vehicle_within_its_reach_if_so_set(type_name, limit, seconds):
    at, speed = AT - 13.0, 0.9  # so that whoever is in reach is where the way is moved over
    reach = seconds * speed + 7.0 + 2.44619 + 2.4
    for away, stops in ((reach - 0.2, True), (reach + 0.2, False)):
        other = comes(WAY, at + away, 3.0)
        _, (proposal,) = overtaking(other, at=at, speed=speed, limit=limit, type_name=type_name)
        assert (proposal.cause is Cause.ONCOMING) == stops
        if stops:
            assert proposal.target_speed == 0.0 and not proposal.overrides and proposal.subject == 50
        _, (proposal,) = overtaking(other, at=at, speed=speed, limit=limit, type_name=type_name, settings=PRIVILEGED)
        assert proposal.cause is Cause.OVERTAKING


def test_others_than_opposing_vehicles_on_the_way_do_not_stop_it():
    for other in (
        comes(WAY, AT + 2.0, 3.0, aside=-7.0), car(WAY, AT + 2.0, -3.5, 3.0, turned=np.radians(134.0), id=50),
        car(WAY, AT + 2.0, -3.5, 3.0, id=50), comes(WAY, AT - 16.0, 3.0),
    ):  # fmt: skip
        _, proposals = overtaking(other)
        assert proposals[0].cause is Cause.OVERTAKING
    _, proposals = overtaking(car(WAY, AT + 2.0, -3.5, 3.0, turned=np.radians(136.0), id=50))
    assert proposals[0].cause is Cause.ONCOMING


def test_where_both_stand_the_situation_is_given_up():
    met = comes(WAY, AT + 1.0, 0.0)
    manoeuvre, proposals = overtaking(met, speed=0.0)
    assert manoeuvre.stage is Stage.DONE and not proposals
    assert overtaking(met, speed=0.12)[0].stage is Stage.OVERTAKING
    assert overtaking(comes(WAY, AT + 1.0, 0.09), speed=0.09)[0].stage is Stage.DONE
    assert overtaking(comes(WAY, AT + 1.0, 0.12), speed=0.0)[0].stage is Stage.OVERTAKING


def test_nobody_is_run_into_where_the_way_comes_back():
    for at, slower in ((END + 8.0, True), (END + 80.0, False)):
        _, proposals = overtaking(car(WAY, at, 0.0, 0.0, id=50), at=END - 6.0, speed=10.0)
        assert (min(p.target_speed for p in proposals) < 9.9) == slower
        assert proposals[-1].cause is Cause.LEADER and proposals[-1].subject == 50
        gap = proposals[-1].distance - 2.4 - 2.44619
        assert proposals[-1].target_speed == pytest.approx(target_speed(40 / 3.6, 10.0, gap, 0.0, 4.0, 0.25), rel=1e-4)
    for aside, met in ((1.0 + 0.91835 + 0.3 - 0.05, 2), (1.0 + 0.91835 + 0.3 + 0.05, 1)):
        assert len(overtaking(car(WAY, END + 9.0, aside, 0.0, id=50), at=END - 6.0)[1]) == met
    _, proposals = overtaking(car(WAY, END + 8.0, -3.5, 0.0, turned=pi, id=50), at=END - 6.0, speed=10.0)
    assert [p.cause for p in proposals] == [Cause.OVERTAKING]


def test_nobody_overtakes_who_finds_no_room_behind_it():
    needed = END + 2.44619 + 8.0 + 2.4
    assert goes(car(WAY, needed + 0.3, 0.0, 0.0, id=50))
    assert not goes(car(WAY, needed - 0.3, 0.0, 0.0, id=50))
    time = seconds_for(END - LINE + 1.0, 0.0, 40 / 3.6)
    assert goes(car(WAY, needed + 0.5 - 3.0 * time, 0.0, 3.0, id=50))
    assert not goes(car(WAY, needed - 0.5 - 3.0 * time, 0.0, 3.0, id=50))
    assert goes(car(WAY, needed - 1.0, 3.0, 0.0, id=50))
