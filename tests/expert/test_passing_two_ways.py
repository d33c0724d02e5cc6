"""The oncoming lane: when it is looked at, which gaps are taken, what is done about one who comes after all."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from scenes import actors, bicycle, car, ego, index, line, route, seen
from situations import AT, approach

from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.memory import Memory
from lead.expert.path import Shift, shifted
from lead.expert.rules import passing
from lead.expert.rules.passing import Manoeuvre, PassingMemory, Stage
from lead.expert.rules.passing.oncoming import seconds_for
from lead.expert.scene import Actors, Route, Scene
from lead.expert.settings import PRIVILEGED, Settings

PARKED = "ParkedObstacleTwoWays"
LINE = AT - 2.6 + 0.5 - 4.0  # m where the way round a parked car begins
END = AT + 2.6 + 0.5 + 4.0  # and ends
LENGTH, ROOM, MARGIN = 2 * 2.44619, 10.0, 0.2  # of the ego; the published room and margin
NEGOTIATING = replace(PRIVILEGED, negotiation=True)


def comes(way: Route, at: float, speed: float, aside: float = -3.5, **more) -> Actors:
    """A car on the oncoming lane."""
    return car(way, at, aside, speed, turned=pi, id=50, **more)


def asked(
    here: Scene, *, opened: float = 0.0, waiting: float | None = None, stage: Stage = Stage.APPROACHING,
    settings: Settings = PRIVILEGED,
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:  # fmt: skip
    """What is asked for where the way round was laid before."""
    first = passing.ask(seen(replace(here, ego=ego(here.route, AT - 49.0)), settings), PassingMemory())
    here.ego.pose[:2] = shifted(here.route, first.shifts).points[index(here.ego.pose[0]), :2]
    before = replace(first.memory.manoeuvres[0], opened=opened, waiting=waiting, stage=stage)
    result = passing.ask(seen(here, settings, Memory(shifts=first.shifts)), PassingMemory((before,)))
    return result.memory.manoeuvres[0], result.proposals


def at_line(*others: Actors, at: float = LINE - 1.0, speed: float = 0.0, time: float = 10.0, **more) -> Scene:
    return approach(PARKED, *others, at=at, speed=speed, time=time, **more)


def goes(*others: Actors, waited: float = 0.0, settings: Settings = PRIVILEGED, **more) -> bool:
    manoeuvre, _ = asked(at_line(*others, **more), waiting=10.0 - waited, settings=settings)
    return manoeuvre.stage is Stage.OVERTAKING


WAY = at_line().route


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


# -- bicycles -------------------------------------------------------------------------------------------------------


def test_bicycles_beside_own_traffic_are_passed_when_the_last_is_within_25_metres():
    for away, laid in ((25.2, False), (24.8, True)):
        here = approach("HazardAtSideLane", at=AT + 9.0 - away)
        assert bool(passing.ask(seen(here), PassingMemory()).shifts) == laid


def test_the_way_past_bicycles_grows_with_them_until_they_are_passed():
    here = approach("HazardAtSideLane", at=AT - 14.0)
    first = passing.ask(seen(here), PassingMemory())
    (shift,) = first.shifts
    assert shift.start == index(AT - 14.0) and shift.transition == 8.0 and shift.left
    assert shift.end == pytest.approx(index(AT + 9.0 + 17.0), abs=10)
    pose = here.actors.pose.copy()
    pose[:, 0] += 12.0
    ridden = replace(here, ego=ego(here.route, AT + 10.0, 10.0), actors=replace(here.actors, pose=pose))
    later = passing.ask(seen(ridden), first.memory)
    assert later.shifts[0].start == shift.start
    assert later.shifts[0].end == pytest.approx(index(AT + 9.0 + 12.0 + 17.0), abs=10)
    for at, stage in ((AT + 29.5, Stage.APPROACHING), (AT + 30.5, Stage.DONE)):
        beyond = passing.ask(seen(replace(ridden, ego=ego(here.route, at, 10.0))), later.memory)
        assert beyond.memory.manoeuvres[0].stage is stage


def test_the_way_does_not_grow_any_more_when_the_ego_is_coming_back():
    here = approach("HazardAtSideLane", at=AT - 14.0)
    first = passing.ask(seen(here), PassingMemory())
    (shift,) = first.shifts
    pose = here.actors.pose.copy()
    pose[:, 0] += 4.0
    for at, grows in ((shift.end / 10 - 50.0 - 8.3, True), (shift.end / 10 - 50.0 - 7.7, False)):
        ridden = replace(here, ego=ego(here.route, at, 10.0), actors=replace(here.actors, pose=pose))
        later = passing.ask(seen(ridden, memory=Memory(shifts=first.shifts)), first.memory).shifts[0]
        assert (later.end > shift.end) == grows


def riding(*others: Actors, at: float = AT - 9.0, opened: float = 0.0, speed: float = 2.5, **more) -> Manoeuvre:
    here = approach("HazardAtSideLaneTwoWays", *others, at=at, speed=speed, time=10.0, **more)
    memory = PassingMemory((Manoeuvre(here.briefings[0].name, opened=opened),))
    return passing.ask(seen(here), memory).memory.manoeuvres[0]


def test_bicycles_beside_oncoming_traffic_are_passed_from_ten_metres_when_it_is_open():
    manoeuvre = riding()
    shift = manoeuvre.shift
    assert manoeuvre.stage is Stage.OVERTAKING and shift is not None
    assert (shift.transition, shift.left, shift.start) == (8.0, True, index(AT - 9.0))
    standing_end = riding(riding=0.0).shift.end
    assert standing_end == pytest.approx(index(AT + 9.0 + 9.0 + 8.0), abs=10)
    assert riding(at=AT - 10.3).stage is Stage.APPROACHING
    assert riding(opened=5.6).stage is Stage.APPROACHING


def test_the_gap_for_bicycles_counts_that_they_ride_on():
    way = route(260.0)
    moving, standing = (
        [place for place in range(110, 300) if riding(comes(way, place, 13.0), riding=ride).stage is Stage.OVERTAKING]
        for ride in (4.0, 0.0)
    )
    assert min(moving) > min(standing) + 20.0


def test_another_bicycle_where_the_way_comes_back_is_in_the_way_and_the_situations_own_are_not():
    assert riding(bicycle(route(260.0), AT + 30.0, 0.9, 2.5, id=60)).stage is Stage.APPROACHING
    assert riding(bicycle(route(260.0), AT + 60.0, 0.9, 2.5, id=60)).stage is Stage.OVERTAKING


def returning(oncoming: float, at: float, stage: Stage = Stage.OVERTAKING) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Of an ego that is beside bicycles at AT and farther on, and meets a car so far (m) ahead."""
    here = approach("HazardAtSideLaneTwoWays", comes(route(260.0), at + oncoming, 8.0), at=at, speed=4.0, time=20.0)
    shift = Shift(index(at - 20.0), index(AT + 40.0), 8.0, True, owner=here.briefings[0].name)
    here.ego.pose[:2] = shifted(here.route, (shift,)).points[index(at), :2]
    before = PassingMemory((Manoeuvre(here.briefings[0].name, stage, shift, 0.0, 0.0),))
    result = passing.ask(seen(here, NEGOTIATING, Memory(shifts=(shift,))), before)
    return result.memory.manoeuvres[0], result.proposals


def test_an_ego_that_is_met_beside_bicycles_comes_back_behind_them_if_there_is_room():
    manoeuvre, (proposal,) = returning(17.0, AT - 6.0)  # the first is too near to come back yet
    assert manoeuvre.stage is Stage.RETURNING and proposal.target_speed == 0.0 and proposal.overrides
    manoeuvre, (proposal,) = returning(13.0, AT - 6.0)  # no room before the car
    assert manoeuvre.stage is Stage.OVERTAKING and proposal.cause is Cause.ONCOMING
    manoeuvre, proposals = returning(17.0, AT - 20.0, Stage.RETURNING)
    assert manoeuvre.stage is Stage.APPROACHING and proposals == ()
    assert manoeuvre.shift.end == pytest.approx(index(AT - 12.0), abs=2)
    manoeuvre, _ = returning(170.0, AT - 6.0, Stage.RETURNING)
    assert manoeuvre.stage is Stage.OVERTAKING


def test_a_situation_of_another_type_is_left_alone():
    here = approach(PARKED, at=60.0)
    other = replace(here.briefings[0], type="DynamicObjectCrossing")
    result = passing.ask(seen(replace(here, briefings=(other,))), PassingMemory())
    assert result.memory == PassingMemory() and result.proposals == () and result.shifts == ()


def test_a_scene_without_actors_can_be_asked():
    here = approach(PARKED, at=60.0)
    assert passing.ask(seen(replace(here, actors=actors())), PassingMemory()).proposals == ()


# -- the lane of one's own direction --------------------------------------------------------------------------------


def changes(*others: Actors, waited: float = 0.0, speed: float = 8.0) -> bool:
    here = approach("HazardAtSideLane", *others, at=AT - 12.0, speed=speed, time=50.0)
    memory = PassingMemory((Manoeuvre(here.briefings[0].name, waiting=50.0 - waited),))
    return bool(passing.ask(seen(here), memory).shifts)


def test_the_lane_beside_is_changed_to_when_nobody_is_there_or_would_be_soon():
    here, lengths = AT - 12.0, 2.4 + 2.44619
    for sign in (1.0, -1.0):
        for closing, metres in ((0.0, 1.5), (4.0, 1.5 + 4.0 * 1.5), (-4.0, 1.5)):
            for more, free in ((0.2, True), (-0.2, False)):
                other = car(WAY, here + sign * (lengths + metres + more), -3.5, 8.0 - sign * closing, id=50)
                assert changes(other) == free
    assert not changes(car(WAY, here, -3.5, 8.0, id=50))
    assert changes(car(WAY, here, -7.5, 8.0, id=50)) and changes(car(WAY, here, 3.5, 8.0, id=50))


def test_who_has_waited_long_takes_a_smaller_gap_but_nobody_is_cut_off():
    for waited, seconds in ((10.0, 1.5), (25.0, 0.85), (40.0, 0.2), (400.0, 0.2)):
        for more, free in ((0.2, True), (-0.2, False)):
            other = car(WAY, AT - 12.0 - 4.84619 - 1.5 - seconds * 4.0 - more, -3.5, 12.0, id=50)
            assert changes(other, waited=waited) == free
    assert not changes(car(WAY, AT - 12.0, -3.5, 8.0, id=50), waited=1000.0)


def changing(*others: Actors, at: float, speed: float = 6.0) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """At the begin (AT - 13.6 m) of the way round a parked car."""
    here = approach("ParkedObstacle", *others, at=AT - 30.0, speed=speed, time=20.0)
    first = passing.ask(seen(here), PassingMemory())
    here = replace(here, ego=ego(here.route, at, speed, limit=13.9))
    result = passing.ask(seen(here, memory=Memory(shifts=first.shifts)), first.memory)
    return result.memory.manoeuvres[0], result.proposals


def test_a_lane_change_waits_before_the_lane_until_it_is_free_and_is_not_broken_off_then():
    begin = AT - 13.6
    close = car(WAY, begin - 6.0, -3.5, 9.0, id=50)
    for at, stage in ((begin - 8.3, Stage.APPROACHING), (begin - 7.7, Stage.OVERTAKING)):
        assert changing(at=at)[0].stage is stage
    for at, stage in ((begin - 12.2, Stage.APPROACHING), (begin - 11.8, Stage.OVERTAKING)):
        assert changing(at=at, speed=12.0)[0].stage is stage
    manoeuvre, (proposal,) = changing(close, at=begin - 4.0)
    assert manoeuvre.stage is Stage.APPROACHING and proposal.cause is Cause.OBSTACLE
    wanted = target_speed(seen(approach("ParkedObstacle")).limit, 6.0, proposal.distance, 0.0, 2.0, 0.1)
    assert proposal.target_speed == pytest.approx(wanted, rel=0.05)
    assert proposal.distance == pytest.approx(5.0, abs=0.11)
    going = PassingMemory((replace(manoeuvre, stage=Stage.OVERTAKING),))
    here = approach("ParkedObstacle", close, at=begin + 2.0, speed=6.0, time=20.0)
    assert passing.ask(seen(here, memory=Memory(shifts=(manoeuvre.shift,))), going).proposals == ()
