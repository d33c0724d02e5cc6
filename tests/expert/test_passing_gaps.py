"""The oncoming lane: when it is looked at, and which gaps are taken."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import car, ego, index, line, route, seen
from situations import AT, approach
from way_round import END, LENGTH, LINE, MARGIN, PARKED, ROOM, WAY, asked, at_line, comes, goes

from lead.expert.decision import Cause
from lead.expert.idm import target_speed
from lead.expert.rules import passing
from lead.expert.rules.passing import PassingMemory, Stage
from lead.expert.rules.passing.oncoming import seconds_for
from lead.expert.settings import PRIVILEGED

# -- when it is looked at -------------------------------------------------------------------------------------------


def test_a_free_lane_is_borrowed_at_forty_km_per_h_without_regard_to_the_traffic_rules():
    manoeuvre, (proposal,) = asked(at_line())
    assert manoeuvre.stage is Stage.OVERTAKING
    assert proposal.cause is Cause.OVERTAKING and proposal.overrides
    assert proposal.target_speed == pytest.approx(40 / 3.6)


def test_it_is_looked_at_from_eight_metres_before_the_way_leaves_the_lane():
    for at, stage in ((LINE - 8.3, Stage.APPROACHING), (LINE - 7.7, Stage.OVERTAKING)):
        assert asked(at_line(at=at, speed=5.0))[0].stage is stage


def test_it_is_not_looked_at_before_the_situation_opens_it():
    for opened, stage in ((5.6, Stage.APPROACHING), (5.4, Stage.OVERTAKING)):
        assert asked(at_line(time=10.0), opened=opened)[0].stage is stage


def test_before_a_junction_it_is_not_looked_at_before_the_first_car_has_come_out_of_it():
    reach = 4.0 * 13.9
    for beyond, opened, stage in (
        (reach - 1.0, 4.5, Stage.APPROACHING), (reach - 1.0, 4.3, Stage.OVERTAKING), (reach + 1.0, 4.5, Stage.OVERTAKING),
    ):  # fmt: skip
        here = at_line(time=10.0)
        junction = np.zeros(len(here.route), bool)
        junction[index(END + beyond) : index(END + beyond + 20.0)] = True
        assert asked(replace(here, route=replace(here.route, in_junction=junction)), opened=opened)[0].stage is stage


@pytest.mark.parametrize(
    ("type_name", "nearer", "speed"),
    [(PARKED, 50.0, 8.0), ("AccidentTwoWays", 50.0, 8.0), ("ConstructionObstacleTwoWays", 25.0, 8.0),
     ("VehicleOpensDoorTwoWays", 24.0, 8.0), ("VehicleOpensDoorTwoWays", 10.0, 2.0)],
)  # fmt: skip
def test_the_clock_runs_from_where_the_situation_begins_to_wait(type_name, nearer, speed):
    first = AT - 5.0 if type_name.startswith("Construction") else AT
    for away, runs in ((nearer + 0.3, False), (nearer - 0.3, True)):
        here = approach(type_name, at=0.0, time=3.0)
        far = np.sqrt(away**2 - here.actors.pose[here.actors.ids == 11][0, 1] ** 2)
        here = replace(here, ego=ego(here.route, first - far, speed))
        manoeuvre = passing.ask(seen(here), PassingMemory()).memory.manoeuvres[0]
        if runs or manoeuvre.shift is not None:
            assert (manoeuvre.opened == 3.0) == runs


def test_the_ego_waits_at_the_begin_of_the_way_round():
    blocking = comes(WAY, 115.0, 0.0)
    for away, speed in ((0.5, 1.0), (3.0, 4.0), (20.0, 9.0)):
        here = at_line(blocking, at=LINE - away, speed=speed)
        proposal = asked(here)[1][0]
        gap = round(10 * away) / 10 + 1.0
        assert proposal.cause is Cause.ONCOMING
        assert proposal.distance == pytest.approx(gap, abs=0.06)
        wanted = target_speed(seen(here).limit, speed, proposal.distance, 0.0, 2.0, 0.1)
        assert proposal.target_speed == pytest.approx(wanted, rel=1e-6)
        assert proposal.subject == (50 if away < 8.0 else -1)


def test_the_clock_runs_where_the_ego_waits_whatever_the_situation_does():
    for at, runs in ((LINE - 2.3, False), (LINE - 1.7, True)):
        here = at_line(at=at)
        quiet = replace(here, briefings=(replace(here.briefings[0], playing=False),))
        first = passing.ask(seen(quiet), PassingMemory()).memory.manoeuvres[0]
        assert (first.opened == 10.0) == runs


# -- which gaps are taken -------------------------------------------------------------------------------------------


def critical(speed: float, *, room: float = LENGTH + ROOM, ego_speed: float = 0.0, at: float = LINE - 1.0) -> float:
    """Place (m along the route) from which an oncoming car at `speed` is just late enough."""
    time = seconds_for(END - at + room, ego_speed, 40 / 3.6)
    return END + room + speed * (time + MARGIN)


@pytest.mark.parametrize("speed", [5.0, 9.0, 13.0])
def test_an_oncoming_car_must_need_longer_than_the_ego(speed: float):
    assert goes(comes(WAY, critical(speed) + 1.0, speed))
    assert not goes(comes(WAY, critical(speed) - 1.0, speed))


def test_a_rolling_ego_takes_smaller_gaps():
    place = 0.5 * (critical(13.0) + critical(13.0, ego_speed=8.0))
    assert not goes(comes(WAY, place, 13.0))
    assert goes(comes(WAY, place, 13.0), speed=8.0)


def test_a_standing_car_is_expected_to_move_at_a_metre_per_second():
    assert goes(comes(WAY, critical(1.0) + 0.4, 0.0))
    assert not goes(comes(WAY, critical(1.0) - 0.4, 0.0))


def test_a_car_between_the_ego_and_the_end_is_in_the_way_and_one_behind_is_not():
    assert not goes(comes(WAY, AT, 2.0))
    assert not goes(car(WAY, AT + 5.0, -3.5, 4.0, id=50))
    assert goes(comes(WAY, LINE - 4.0, 8.0))


def test_a_fast_car_close_by_is_past_before_a_standing_ego_is_on_the_lane():
    away = 0.45 * 12.0
    assert goes(comes(WAY, LINE - 1.0 + away - 0.3, 12.0))
    assert not goes(comes(WAY, LINE - 1.0 + away + 0.3, 12.0))
    assert goes(comes(WAY, LINE - 1.0 + away - 0.3, 12.0), speed=0.95)
    assert not goes(comes(WAY, LINE - 1.0 + away - 0.3, 12.0), speed=1.05)
    assert goes(comes(WAY, LINE - 1.0 + 1.0, 3.05)) and not goes(comes(WAY, LINE - 1.0 + 1.0, 2.95))


@pytest.mark.parametrize(
    ("type_name", "width", "metres"),
    [(PARKED, 2.75, 7.0), (PARKED, 3.0, 7.0), (PARKED, 3.5, 8.0), (PARKED, 3.6, 9.0), ("AccidentTwoWays", 2.75, 8.0),
     ("AccidentTwoWays", 3.0, 8.0), ("AccidentTwoWays", 3.5, 9.0), ("AccidentTwoWays", 3.6, 10.0)],
)  # fmt: skip
def test_how_close_depends_on_the_lane_and_the_obstacle(type_name: str, width: float, metres: float):
    for away, stage in ((metres - 0.2, Stage.OVERTAKING), (metres + 0.2, Stage.APPROACHING)):
        other = comes(route(260.0), LINE - 1.0 + away, 30.0, aside=-width)
        here = approach(type_name, other, at=LINE - 1.0, speed=0.0, width=width, time=10.0)
        assert asked(here)[0].stage is stage


def test_who_is_not_on_the_borrowed_lane_is_not_in_the_way():
    assert goes(comes(WAY, 130.0, 13.0, aside=-6.5))
    assert goes(comes(WAY, 130.0, 13.0, aside=0.0))
    for aside in (-3.5 - 0.6 * 3.5, -3.5 + 0.6 * 3.5):
        outwards = 0.1 if aside > -3.5 else -0.1
        assert not goes(comes(WAY, 130.0, 13.0, aside=aside - outwards))
        assert goes(comes(WAY, 130.0, 13.0, aside=aside + outwards))
    assert goes(comes(WAY, 130.0, 13.0, z=6.0))


def test_the_oncoming_lane_is_followed_where_the_route_leaves_it():
    way = route(260.0, bends=((115.0, 1.2, 15.0),))
    here = at_line(comes(WAY, 130.0, 13.0))
    here = replace(here, route=replace(way, left_side=WAY.left_side, left=WAY.left))
    told = here.briefings[0]
    assert asked(here)[0].stage is Stage.APPROACHING
    unknown = replace(here, briefings=(replace(told, beside=np.empty((0, 3))),))
    assert asked(unknown)[0].stage is Stage.OVERTAKING
    same_way = replace(here, briefings=(replace(told, beside=line(WAY, AT - 90.0, AT + 40.0, -3.5)),))
    assert asked(same_way)[0].stage is Stage.OVERTAKING


def test_only_those_whom_the_ego_sees_count_if_so_set():
    hidden = comes(WAY, 120.0, 13.0, evidence=(0, 0, 0))
    seeing = replace(PRIVILEGED, occlusion=True, oncoming_seen=True)
    assert not goes(hidden)
    assert goes(hidden, settings=seeing)
    assert not goes(hidden, settings=replace(seeing, oncoming_seen=False))
    assert not goes(comes(WAY, 120.0, 13.0), settings=seeing)


def test_the_longer_it_waits_the_smaller_a_gap_it_takes():
    for waited, share in ((10.0, 1.0), (15.0, 2 / 3), (20.0, 1 / 3), (25.0, 0.0), (30.0, 0.0)):
        place = critical(9.0, room=share * (LENGTH + ROOM))
        assert goes(comes(WAY, place + 0.8, 9.0), waited=waited)
        assert not goes(comes(WAY, place - 0.8, 9.0), waited=waited)
    for waited, share in ((45.0, 0.875), (60.0, 0.75), (90.0, 0.5), (500.0, 0.5)):
        place = END + share * (critical(9.0, room=0.0) - END)
        assert goes(comes(WAY, place + 0.3, 9.0), waited=waited)
        assert not goes(comes(WAY, place - 0.3, 9.0), waited=waited)
    assert not goes(comes(WAY, AT, 9.0), waited=1000.0)
