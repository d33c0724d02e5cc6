"""Streams are crossed and joined through gaps that are long enough, and cleared once the ego is in them."""

from dataclasses import replace

import numpy as np
import pytest
from rolling import roll
from scenes import EGO_EXTENT, actors, briefing, car, ego, index, route, scene, seen
from situations import clearance
from streams import MEETING, STREAM, WAY, streaming, viewed

from lead.expert.decide import decide
from lead.expert.decision import Cause
from lead.expert.memory import Memory
from lead.expert.rules.conflict_zone import BICYCLE_HALF, CAR_HALF, INSIDE, REACH, zone_of
from lead.expert.rules.gaps import ALONG, IMPATIENT, MARGIN, STREAMS, GapMemory, ask
from lead.expert.rules.passing.oncoming import seconds_for
from lead.expert.settings import ALIGNED, PRIVILEGED

LEFT = "NonSignalizedJunctionLeftTurn"
PLAIN = replace(PRIVILEGED, limit_factor=1.0)
STEP = (
    8.0 * (MARGIN[0] - MARGIN[1]) + ALONG[0] - ALONG[1]
)  # m by which haste makes a gap smaller, and a tick at its side
HALF = np.array(EGO_EXTENT[:2])
WAIT = 8.0  # m before the meeting, where an ego stands


def usual(view):
    return np.full((len(view.actors), 2), np.nan)


def asked(left, *cars, speed=0.0, memory=None, settings=PLAIN, type=LEFT, **more):
    view = viewed(type, left, *cars, settings=settings, speed=speed, **more)
    return ask(view, memory or GapMemory(), usual(view))


def waits(*more, **named):
    return bool(asked(*more, **named).proposals)


def least_gap(**more):
    """m from the meeting of the nearest car (8 m/s) before which an ego that stands WAIT m before it goes."""
    low, high = 12.0, 60.0
    assert waits(WAIT, streaming(low), **more) and not waits(WAIT, streaming(high), **more)
    while high - low > 0.02:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if waits(WAIT, streaming(middle), **more) else (low, middle)
    return high


def test_the_zone_is_where_the_ego_s_box_is_close_to_the_stream():
    for side in (CAR_HALF, BICYCLE_HALF):
        zone = zone_of(WAY, index(10.0), STREAM, HALF, side)
        reach, inside = REACH + side + HALF[0], INSIDE + side + HALF[0]
        for place, off in ((zone.begin, -reach), (zone.inside, -inside), (zone.end, reach)):
            assert WAY.points[place, 0] == pytest.approx(MEETING + off, abs=0.31)
        assert not zone.joins
    assert zone_of(WAY, index(10.0), STREAM + [0.0, 100.0, 0.0], HALF) is None
    assert zone_of(WAY, index(10.0), STREAM[:0], HALF) is None


def test_the_zone_of_a_way_that_joins_begins_with_the_corner_that_comes_near():
    slope = 0.3  # it comes from the right and ends on the ego's lane at 50 m
    joined = np.stack([np.arange(151.0), np.maximum(0.0, slope * (50.0 - np.arange(151.0))), np.zeros(151)], 1)
    zone = zone_of(WAY, index(10.0), joined, HALF)
    corner = 50.0 - (HALF[1] + (REACH + CAR_HALF) * np.hypot(1.0, slope)) / slope - HALF[0]
    assert WAY.points[zone.begin, 0] == pytest.approx(corner, abs=0.35)
    assert zone.joins and zone.begin < zone.inside < zone.end


def test_the_ego_goes_if_it_is_gone_half_a_second_before_the_next_comes():
    exact = least_gap(memory=GapMemory(going=frozenset({f"{LEFT}_1"})))
    assert least_gap() - exact == pytest.approx(STEP, abs=0.3)
    clearing = seconds_for(WAIT + 1.3 + 2.446, 0.0, 11.1)  # until its rear is past the car's side
    assert exact == pytest.approx(8.0 * (clearing + MARGIN[1]) + 2.4 + ALONG[1], abs=0.6)


def test_before_a_car_that_is_past_when_the_ego_comes_it_need_not_wait():
    assert not waits(WAIT, streaming(4.0)) and not waits(WAIT, streaming(-5.0))


def test_an_ego_on_the_move_takes_smaller_gaps():
    assert not waits(WAIT, streaming(least_gap() - 4.0), speed=8.0)


def test_the_longer_it_waits_the_smaller_the_gap():
    tired = GapMemory(waited={f"{LEFT}_1": IMPATIENT})
    assert least_gap() - least_gap(memory=tired) == pytest.approx(STEP, abs=0.3)


def test_waiting_is_counted_where_it_stands():
    for speed, counted in ((0.0, 0.05), (2.0, 0.0)):
        memory = asked(WAIT - 2.0, streaming(10.0), speed=speed, memory=GapMemory(time=4.95)).memory
        assert memory.waited[f"{LEFT}_1"] == pytest.approx(counted)


def test_it_stops_before_the_stream():
    (proposal,) = asked(20.0, streaming(20.0), speed=8.0).proposals
    assert proposal.cause is Cause.GAP and proposal.subject == 1 and proposal.target_speed < 10.0
    assert proposal.distance == pytest.approx(20.0 - REACH - CAR_HALF - 2.446, abs=0.31)


def test_far_ahead_nothing_is_asked():
    far = {"trigger": 0.0}
    way = route(200.0)
    for left, waiting in ((63.5, True), (65.5, False)):
        here = scene(
            way, ego(way, 100.0 - left, 0.0), actors(car(way, 100.0, 12.0, 1.5, turned=-np.pi / 2)),
            briefings=(briefing(LEFT, 1, flow=STREAM + [50.0, 0.0, 0.0], **far),),
        )  # fmt: skip
        view = seen(here, PLAIN)
        memory = ask(view, GapMemory(), usual(view)).memory
        assert (f"{LEFT}_1" in memory.waited) is waiting


def test_inflated_boxes_need_larger_gaps_until_it_has_waited():
    def goes(before, factor, waited):
        view = viewed(LEFT, WAIT, streaming(before), settings=PLAIN, speed=0.0)
        memory = GapMemory(waited={f"{LEFT}_1": waited})
        return not ask(view, memory, np.full((1, 2), factor)).proposals

    enough = least_gap() + 0.1
    assert goes(enough, np.nan, 0.0) and goes(enough, 0.75, 0.0) and goes(enough, 0.0, 0.0)
    assert not goes(enough, 1.5, 0.0) and goes(enough, 1.5, IMPATIENT)


def test_in_the_stream_it_goes_on():
    edge = MEETING - INSIDE - CAR_HALF - 2.446
    before, inside = edge - 0.4, edge + 0.4
    assert waits(MEETING - before, streaming(10.0))
    within = asked(MEETING - inside, streaming(10.0))
    assert within.proposals == () and within.memory.cleared == {1}
    assert asked(-8.0, streaming(10.0)).memory.cleared == frozenset()  # past it


def test_who_stands_in_the_stream_is_stopped_for():
    assert asked(3.0, streaming(3.0, speed=1.1)).memory.cleared == {1}
    assert asked(3.0, streaming(3.0, speed=0.9)).memory.cleared == frozenset()


def test_whoever_drives_there_belongs_to_the_stream():
    assert waits(WAIT, streaming(10.0), ids=())  # aligned: it shows in where it drives
    assert waits(WAIT, streaming(10.0, aside=1.9)) and not waits(WAIT, streaming(10.0, aside=2.1))
    against = car(WAY, MEETING, 10.0, 8.0, turned=np.pi / 2)
    assert not waits(WAIT, against)


def test_only_for_streams_and_only_if_switched_on():
    for type in sorted(STREAMS):
        assert waits(WAIT, streaming(10.0), type=type)
    assert not waits(WAIT, streaming(10.0), type="Accident")
    assert not waits(WAIT, streaming(10.0), settings=replace(PLAIN, gaps=False))


def test_who_leads_the_ego_on_a_joined_lane_is_no_reason_to_wait():
    """The stream drives along the ego's own lane from 50 m on."""
    joined = np.stack(
        [np.linspace(0.0, 150.0, 151), np.r_[np.linspace(30.0, 0.0, 51), np.zeros(100)], np.zeros(151)], 1
    )
    ahead = car(WAY, MEETING + 8.0, 0.0, 6.0)
    behind = car(WAY, 30.0, 12.0, 12.0, turned=float(np.arctan2(-30.0, 50.0)))
    assert not waits(WAIT, ahead, flow=joined)
    assert waits(WAIT, behind, flow=joined)
    assert asked(-5.0, ahead, behind, flow=joined).memory.cleared == {2}  # and the one ahead is followed


def test_a_faster_stream_that_is_joined_sets_the_pace():
    """Somebody comes from behind where the ego joins; the limit is 15 m/s."""
    joined = np.stack(
        [np.linspace(0.0, 150.0, 151), np.r_[np.linspace(15.0, 0.0, 51), np.zeros(100)], np.zeros(151)], 1
    )
    slope = float(np.arctan2(-15.0, 50.0))
    for speed, pace in ((20.0, 20.0), (14.0, 0.0)):
        told = asked(10.0, car(WAY, 0.0, 15.0, speed, turned=slope), speed=9.0, flow=joined)
        assert told.proposals == () and told.memory.pace == pytest.approx(pace, abs=0.01)
    assert asked(10.0, streaming(40.0, speed=16.0), speed=9.0).memory.pace == 0.0  # it is only crossed


@pytest.mark.parametrize("settings", [PRIVILEGED, ALIGNED])
@pytest.mark.parametrize("spacing", [22.0, 30.0, 45.0])
def test_a_stream_that_brakes_for_nobody_is_crossed_unharmed(settings, spacing):
    """Cars at 10 m/s, the gaps wide enough in turn: the ego crosses in one of them, without a touch."""
    places = np.cumsum([spacing, 20.0, spacing, 20.0, spacing, 55.0, 20.0]) - 20.0
    cars = [streaming(float(before), speed=10.0) for before in places]
    told = briefing(LEFT, *range(1, len(cars) + 1), trigger=10.0, flow=np.concatenate([
        np.stack([np.full(300, MEETING), 360.0 - np.arange(300.0), np.zeros(300)], axis=1), STREAM]))  # fmt: skip
    here = scene(WAY, ego(WAY, 20.0, 8.0), actors(*cars), briefings=(told,))
    scenes, _, _ = roll(here, settings, 500)
    assert clearance(scenes) > 0.3
    assert scenes[-1].ego.pose[0] > MEETING + 10.0


def test_without_the_rule_it_stops_in_the_way():
    """The forecast's horizon alone lets the ego begin and then stops it; the rule's memory keeps it going."""
    view_left = 2.0
    told = briefing(LEFT, 1, trigger=10.0, flow=STREAM)
    here = scene(WAY, ego(WAY, MEETING - view_left, 4.0), actors(streaming(8.0, speed=10.0)), briefings=(told,))
    assert decide(here, Memory(), PLAIN)[0].target_speed > 4.0
    assert decide(here, Memory(), replace(PLAIN, gaps=False))[0].binding.cause is Cause.VEHICLE
