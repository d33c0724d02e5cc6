"""What keeps a student from what LiDAR and radar show: each rule at, below and above its threshold."""

from dataclasses import replace
from math import inf, tan

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lead.drive.student.cause import Cause
from lead.drive.student.help import Action, Around, Help
from lead.drive.student.options import Options, parse_student
from lead.drive.student.safety import (
    AGAIN,
    FREE,
    GOES,
    HALF_WAY,
    PACE,
    PASSES,
    STEP,
    TICKS,
    TURNS,
    WATCHED,
    WITHIN,
    BlindSpot,
    EmergencyBrake,
    Patience,
    clear_of,
    gap_along,
    gap_turning,
    obstacles,
    planned,
    to_stop,
)
from lead.drive.student.usual import with_usual
from lead.expert.kernels.driving import FRONT_WHEELBASE, REAR_WHEELBASE, STEERING_GAIN
from lead.model.lidar import EGO_HALF_LENGTH
from lead.model.variants import variant

STRAIGHT = np.column_stack([2.5 + np.arange(10.0), np.zeros(10)])
NOTHING, SILENCE = np.empty((0, 3)), np.empty((0, 4))
TOLERANCE = 0.08  # m


def over(aside: float) -> np.ndarray:
    """A way that moves over, steadily, to so many metres at its eighth point."""
    return STRAIGHT + np.column_stack([np.zeros(10), aside * np.arange(10.0) / 7.0])


def thing(gap: float, y: float = 0.0, z: float = 1.0, points: int = 2) -> np.ndarray:
    """Points (points, 3) of something that begins so many metres before the ego's front."""
    return np.tile([EGO_HALF_LENGTH + gap, y, z], (points, 1))


def wall(gap: float) -> np.ndarray:
    """Points of something wide that stands so many metres before the ego's front."""
    return np.concatenate([thing(gap, y=y) for y in np.arange(-8.0, 8.0, 0.2)])


def echoes(x: float, y: float, rate: float, z: float = 0.8, count: int = 2) -> np.ndarray:
    return np.tile([x, y, z, rate], (count, 1))


def gap(points: np.ndarray, reach: float = 40.0) -> float:
    return gap_along(planned(STRAIGHT), obstacles(points, reach))


@pytest.mark.parametrize("ahead", [1.0, 5.3, 9.0, 20.0])
def test_the_gap_is_that_to_what_stands_in_the_way(ahead: float):
    assert gap(thing(ahead, z=1.5)) == pytest.approx(ahead, abs=STEP / 2 + 1e-9)


@pytest.mark.parametrize(
    ("points", "seen"),
    [
        (thing(5.0, y=HALF_WAY - 0.05), True),
        (thing(5.0, y=HALF_WAY + 0.05), False),
        (thing(5.0, z=0.4 + 0.03 * 7.45 + 0.01), True),
        (thing(5.0, z=0.4 + 0.03 * 7.45 - 0.01), False),  # may be ground that rises
        (thing(5.0, z=1.99), True),
        (thing(5.0, z=2.01), False),  # a bridge, a branch
        (thing(-0.1), False),  # the ego
        (thing(5.0, points=1), False),  # a drop of rain
        (thing(60.0), False),
        (NOTHING, False),
    ],
)
def test_what_counts_as_in_the_way(points: np.ndarray, seen: bool):
    assert (gap(points) < inf) == seen


def test_the_way_is_followed_round_and_goes_on_straight():
    beside = over(3.0)
    assert gap_along(planned(beside), obstacles(thing(7.0), 40.0)) == inf
    assert gap_along(planned(beside), obstacles(thing(7.0, y=3.0), 40.0)) < inf
    path = planned(beside)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1) == pytest.approx(STEP, rel=0.02)
    assert path[-1] == pytest.approx(beside[-1] + 20.0 * np.array([1.0, 3 / 7]) / np.hypot(1.0, 3 / 7), abs=STEP)


@given(steer=st.floats(-1.0, 1.0), x=st.floats(2.5, 12.0), y=st.floats(-6.0, 6.0))
@example(steer=1.0, x=3.8125, y=0.625)  # its front's outer corner grazes it
def test_the_gap_of_a_turn_is_that_of_a_rectangle_that_turns(steer: float, x: float, y: float):
    point, found = np.array([x + REAR_WHEELBASE, y]), gap_turning(steer, np.tile([x, y], (2, 1)))
    assert driven_until_touched(steer, point, larger=TOLERANCE) - TOLERANCE < found
    assert found <= driven_until_touched(steer, point, larger=-TOLERANCE)


def driven_until_touched(steer: float, point: np.ndarray, larger: float, most: float = 12.0) -> float:
    """Metres, by steps, until a rectangle larger by some metres has a point, from its rear axle, in it; `most` or inf if not."""
    bend = tan(steer * STEERING_GAIN) / (FRONT_WHEELBASE + REAR_WHEELBASE)
    for gone in np.arange(0.0, most, TOLERANCE / 2.0):
        turned = bend * gone
        place = np.array([gone * np.sinc(turned / np.pi), 0.5 * turned * gone * np.sinc(turned / 2.0 / np.pi) ** 2])
        ahead, aside = np.array([[np.cos(turned), np.sin(turned)], [-np.sin(turned), np.cos(turned)]]) @ (point - place)
        if abs(aside) < HALF_WAY + larger and abs(ahead - REAR_WHEELBASE) < EGO_HALF_LENGTH + larger:
            return gone
    return most if larger > 0.0 else inf


@pytest.mark.parametrize("speed", [2.0, 8.0, 14.0])
def test_it_brakes_within_stopping_distance_of_what_stands(speed: float):
    near, far = to_stop(speed) - STEP, to_stop(speed) + STEP
    assert EmergencyBrake().step(speed, 0.0, STRAIGHT, thing(near, z=1.5))
    assert not EmergencyBrake().step(speed, 0.0, STRAIGHT, thing(far, z=1.5))


def test_stopping_takes_reaction_margin_and_braking():
    assert to_stop(10.0) == pytest.approx(1.5 + 0.5 + 100.0 / 13.0)
    assert to_stop(10.0, leads=8.0) == pytest.approx(1.5 + 0.5 + 36.0 / 13.0)
    assert to_stop(10.0, leads=12.0) == pytest.approx(2.0)


def test_it_does_not_brake_for_what_it_stands_before():
    touching = thing(0.1)
    assert not EmergencyBrake().step(0.9, 0.0, STRAIGHT, touching)
    assert EmergencyBrake().step(1.1, 0.0, STRAIGHT, touching)


def test_it_follows_what_is_as_fast_and_brakes_when_that_brakes():
    follows, speed = EmergencyBrake(), 10.0
    told = [follows.step(speed, 0.0, STRAIGHT, thing(6.0)) for _ in range(WATCHED + 2)]
    assert told == [True] * WATCHED + [False] * 2  # until its speed is known it may stand
    closing = [follows.step(speed, 0.0, STRAIGHT, thing(6.0 - 0.4 * tick)) for tick in range(WATCHED)]
    assert not closing[0] and closing[-1]  # 0.4 m a tick is 8 m/s slower


def test_it_brakes_for_where_the_wheel_leads():
    standing = thing(2.5, y=-1.3)  # beside the planned way
    assert not EmergencyBrake().step(7.0, 0.0, STRAIGHT, standing)
    assert EmergencyBrake().step(7.0, -0.25, STRAIGHT, standing)


@pytest.mark.parametrize(
    ("speed", "aside", "returns", "stays"),
    [
        (0.0, -1.0, echoes(-20.0, -3.5, -8.0), True),
        (0.4, -1.0, echoes(-20.0, -3.5, -8.0), True),
        (0.6, -1.0, echoes(-20.0, -3.5, -8.0), False),  # it is already on its way
        (0.0, 1.0, echoes(-20.0, -3.5, -8.0), False),  # on the other side
        (0.0, -0.3, echoes(-20.0, -3.5, -8.0), False),  # the way keeps to the lane
        (0.0, -4.5, echoes(-20.0, -3.5, -8.0), False),  # it turns off
        (0.0, -1.0, echoes(-40.0, -3.5, -8.0), False),  # 5 s away
        (0.0, -1.0, echoes(-3.0, -3.5, -1.9), False),  # hardly moves
        (0.0, -1.0, echoes(-20.0, -3.5, 8.0), False),  # goes away
        (0.0, -1.0, echoes(-20.0, -0.5, -8.0), False),  # behind, in the same lane
        (0.0, -1.0, echoes(-20.0, -6.0, -8.0), False),  # two lanes away
        (0.0, -1.0, echoes(20.0, -3.5, -8.0), False),  # ahead
        (0.0, -1.0, echoes(-20.0, -3.5, -8.0, z=0.1), False),  # ground
        (0.0, -1.0, echoes(-20.0, -3.5, -8.0, count=1), False),
        (0.0, -1.0, SILENCE, False),
    ],
)
def test_it_stays_for_who_comes_from_behind_where_it_moves_over(speed, aside, returns, stays):
    assert BlindSpot().step(speed, over(aside), returns) == stays


def test_it_goes_on_after_standing_for_long_where_nothing_lies_in_its_way():
    waits, most = Patience(2.0), 2 * TICKS
    assert [waits.step(0.0, 0.0, STRAIGHT, NOTHING) for _ in range(most)] == [None] * most
    assert waits.step(0.0, 0.0, STRAIGHT, NOTHING) == PACE
    assert waits.step(2.0, 0.0, STRAIGHT, wall(FREE - 2.0)) is None  # nothing leads past
    assert waits.step(2.0, 0.0, STRAIGHT, thing(FREE + 0.5)) == PACE
    told = [waits.step(2.0, 0.0, STRAIGHT, NOTHING) for _ in range(round(GOES / 2.0 * TICKS))]
    assert told[:-5] == [PACE] * (len(told) - 5) and told[-1] is None


def test_who_went_by_itself_has_not_stood_and_who_stirs_has():
    goes, stirs, most = Patience(2.0), Patience(2.0), 2 * TICKS
    for _ in range(most - 10):
        goes.step(0.0, 0.0, STRAIGHT, NOTHING)
        stirs.step(0.0, 0.0, STRAIGHT, NOTHING)
    told = [goes.step(8.0, 0.0, STRAIGHT, NOTHING) for _ in range(6)]  # 2.4 m
    told += [goes.step(0.0, 0.0, STRAIGHT, NOTHING) for _ in range(most - 1)]
    assert told == [None] * len(told) and goes.step(0.0, 0.0, STRAIGHT, NOTHING) == PACE
    told = [stirs.step(4.0, 0.0, STRAIGHT, NOTHING) for _ in range(9)]  # 1.8 m
    assert told == [None] * 9 and stirs.step(0.0, 0.0, STRAIGHT, NOTHING) is None
    assert stirs.step(0.0, 0.0, STRAIGHT, NOTHING) == PACE


@pytest.mark.parametrize(
    ("steer", "y", "goes"),
    [
        (-0.1, 0.9, True),  # a little more, and it is past the corner
        (-0.1, 0.0, False),  # as much as that is not meant
        (0.0, 0.9, False),  # nor is any of it: who stands in its lane may only wait
        (0.1, 0.9, False),
    ],
)
def test_it_goes_past_what_its_plan_turns_out_for(steer: float, y: float, goes: bool):
    before = np.concatenate([thing(2.5, y=y + aside) for aside in (-0.4, 0.0, 0.4)])
    waits = Patience(0.0)
    assert (waits.step(0.0, steer, STRAIGHT, before) == PACE) == goes


def test_it_waits_for_long_but_once_at_a_place():
    waits = Patience(10.0)

    def waited() -> float:
        """Seconds until it goes."""
        ticks = next(tick for tick in range(1000) if waits.step(0.0, 0.0, STRAIGHT, NOTHING))
        return ticks / TICKS

    def drive(metres: float) -> None:
        for _ in range(round(metres / 8.0 * TICKS)):
            waits.step(8.0, 0.0, STRAIGHT, NOTHING)

    assert waited() == 10.0
    drive(GOES + 2.0)
    assert waited() == pytest.approx(AGAIN, abs=0.3)
    drive(WITHIN + 2.0)
    assert waited() == pytest.approx(10.0, abs=0.3)


def around(way: np.ndarray = STRAIGHT, points: np.ndarray = NOTHING, returns: np.ndarray = SILENCE) -> Around:
    return Around(way, None, points, returns, np.zeros(6))


def test_it_turns_the_wheel_as_far_as_it_needs_to_pass_what_it_stands_before():
    corner = thing(0.5, y=0.9)
    assert clear_of(-0.1, 2.1, corner) == -0.1  # too fast for that
    assert clear_of(-0.1, 0.5, thing(3.5, y=0.9)) == -0.1  # far enough
    turned = clear_of(-0.1, 0.5, corner)
    assert -1.0 <= turned < -0.1 and gap_turning(turned, corner[:, :2]) > PASSES
    assert gap_turning(turned + 2 * TURNS, corner[:, :2]) < PASSES  # no farther than it needs
    assert clear_of(0.1, 0.5, thing(0.5, y=-0.9)) == pytest.approx(-turned)
    assert clear_of(-0.1, 0.5, wall(0.2)) == -0.1  # nothing leads past


def test_help_puts_pedals_and_wheel_right_and_says_why():
    usual, go, stop = with_usual(Options(), variant("nano")), Action(0.7, -0.1, 0.0), Action(0.0, 0.0, 1.0)
    blocked, coming = around(points=thing(1.0)), around(over(-1.0), returns=echoes(-20.0, -3.5, -8.0))
    assert Help(usual).step(go, 5.0, around()) == (go, Cause(0))
    assert Help(usual).step(go, 5.0, blocked) == (Action(0.0, -0.1, 1.0), Cause.OBSTACLE)
    assert Help(usual).step(go, 0.0, coming) == (Action(0.0, -0.1, 1.0), Cause.BLIND_SPOT)
    action, cause = Help(usual).step(go, 0.5, around(points=thing(0.5, y=0.9)))
    assert action.throttle == 0.7 and action.steer < -0.1 and cause == Cause.CLEARANCE
    alone = Help(replace(usual, guard=False, patience=0.0))
    assert alone.step(go, 5.0, blocked) == (go, Cause(0)) == alone.step(go, 0.5, around(points=thing(0.5, y=0.9)))
    helped = Help(replace(usual, patience=0.05))
    assert helped.step(stop, 0.0, around()) == (stop, Cause(0))
    action, cause = helped.step(stop, 0.0, around())
    assert action.throttle > 0.0 and action.brake == 0.0 and cause == Cause.PATIENCE
    assert helped.step(stop, 2.0, around(points=thing(0.5))) == (stop, Cause.OBSTACLE)


def test_who_is_helped():
    ours, published, blind = variant("nano"), replace(variant("nano"), compat=True), variant("nano_blind")
    usual = with_usual(Options(), ours)
    assert usual.guard and usual.patience == 50.0
    for other in (published, blind):
        usual = with_usual(Options(), other)
        assert not usual.guard and usual.patience == 0.0
        asked = with_usual(Options(guard=True, patience=9.0), other)
        assert asked.guard and asked.patience == 9.0
    assert parse_student("student:x,guard=off,patience=0")[1] == Options(guard=False, patience=0.0)
