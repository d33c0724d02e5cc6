"""The limits of comfort, part by part, on motions whose derivatives are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.realworld.navsim.comfort import (
    LARGEST_DIFFERENCE,
    PARTS,
    V1,
    V2,
    comfort_parts,
    extended_comfort,
    frame_differences,
)
from lead.realworld.navsim.motion import PACIFICA, STEP, STEPS, StateIndex

TIMES = STEP * np.arange(STEPS + 1)


def motion(lon=0.0, lat=0.0, heading=0.0, yaw_rate=0.0) -> np.ndarray:
    """(1, 41, 11) with these signals over time."""
    states = np.zeros((1, STEPS + 1, len(StateIndex)))
    states[0, :, StateIndex.ACCELERATION_X], states[0, :, StateIndex.ACCELERATION_Y] = lon, lat
    states[0, :, StateIndex.HEADING], states[0, :, StateIndex.ANGULAR_VELOCITY] = heading, yaw_rate
    return states


def failing(states, rules=V2):
    """Names of the parts out of their limits."""
    return {name for name, within in zip(PARTS, comfort_parts(states, rules, PACIFICA)[0], strict=True) if not within}


@pytest.mark.parametrize("rules", [V1, V2])
@pytest.mark.parametrize(
    "signals, part",
    [
        ({"lon": 2.40}, "lon_acceleration"),
        ({"lon": -4.05}, "lon_acceleration"),
        ({"lat": 4.89}, "lat_acceleration"),
        ({"lat": -4.89}, "lat_acceleration"),
        ({"heading": 0.95 * TIMES}, "yaw_rate"),
    ],
)
def test_the_limits_are_exclusive(signals, part, rules):
    assert failing(motion(**signals), rules) == {part}
    assert failing(motion(**{name: 0.9999 * value for name, value in signals.items()}), rules) == set()


@pytest.mark.parametrize("rules", [V1, V2])
@pytest.mark.parametrize("slope, parts", [(3.5, set()), (4.14, {"lon_jerk"}), (-4.14, {"lon_jerk"})])
def test_longitudinal_jerk(slope, parts, rules):
    """Eight samples have no middle one, so that a ramp gets a kink at its ends: only up to some 3.7 m/s^3 are fine."""
    assert failing(motion(lon=slope * (TIMES - 2.0)), rules) & {"lon_jerk"} == parts


def test_jerk_is_that_of_the_length_of_the_acceleration():
    """Turning the acceleration about is no jerk, growing it is."""
    angle = 3.0 * TIMES
    turning = motion(lon=2.0 * np.cos(angle), lat=2.0 * np.sin(angle))
    assert "jerk" not in failing(turning)
    assert "jerk" in failing(motion(lat=8.5 * (TIMES + 1.0)))


def test_yaw_acceleration_is_exact_for_cubic_headings_to_the_last_step():
    growing = 1.93 / 23.5 * TIMES**3  # 1.97 rad/s^2 at 4 s, 1.87 at 3.8 s
    assert "yaw_acceleration" in failing(motion(heading=growing))
    assert "yaw_acceleration" not in failing(motion(heading=0.97 * growing))


@given(turn=st.floats(-np.pi, np.pi))
def test_headings_that_wrap_are_no_turns(turn):
    heading = (turn + 0.8 * TIMES + np.pi) % (2 * np.pi) - np.pi
    assert failing(motion(heading=heading)) == set()


def test_the_centre_of_a_turning_box_accelerates_more():
    """v2 takes the box's centre, 1.461 m ahead of the rear axle: 1 rad/s there adds 1.461 m/s^2."""
    states = motion(lon=1.0, yaw_rate=1.0)
    assert failing(states, V1) == set()
    assert failing(states, V2) == {"lon_acceleration"}


def test_a_short_peak_passes_in_v1_only():
    peak = np.where(np.abs(TIMES - 2.0) < 0.45, 2.6, 0.0)
    assert "lon_acceleration" in failing(motion(lon=peak), V2)
    assert "lon_acceleration" not in failing(motion(lon=peak), V1)


def test_differences_at_the_limit_are_comfortable():
    """Two frames with steady accelerations: half a metre per second squared apart, then at the limit, then beyond."""
    still = motion()[0]
    at_limit, beyond = motion(lon=LARGEST_DIFFERENCE[0])[0], motion(lon=LARGEST_DIFFERENCE[0] + 1e-7)[0]
    assert frame_differences(at_limit, still, 0.5)[0] == pytest.approx(0.7, abs=1e-9)
    assert extended_comfort(motion(lon=0.5)[0], still, 0.5) == 1.0
    assert extended_comfort(beyond, still, 0.5) == 0.0


def test_frames_are_compared_where_both_are():
    """A plan made 0.5 s later that goes on as the earlier one did differs by nothing."""
    rising = motion(lon=np.sin(TIMES), heading=0.1 * TIMES**2)[0]
    later = motion(lon=np.sin(TIMES + 0.5), heading=0.1 * (TIMES + 0.5) ** 2)[0]
    assert np.allclose(frame_differences(later, rising, 0.5), 0.0, atol=1e-7)
    assert frame_differences(later, rising, 0.4)[0] > 0.01
