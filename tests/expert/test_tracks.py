"""What past observations tell of others' motion."""

from dataclasses import replace

import numpy as np
from scenes import actors, car, route, walker

from lead.expert.tracks import LENGTH, Tracks, motion, observed

WAY = route()
DT = 0.05


def watched(make, count, tracks=None, start=0.0):
    """Tracks after watching `make(time)` for so many ticks, and the last actors."""
    tracks = Tracks() if tracks is None else tracks
    for k in range(count):
        seen = make(start + k * DT)
        tracks = observed(tracks, seen, start + k * DT)
    return tracks, seen


def braking(time):
    return actors(car(WAY, at=20.0 + 8.0 * time - time**2, speed=8.0 - 2.0 * time))


def test_braking_and_turning_are_told_by_the_past():
    tracks, seen = watched(braking, 30)
    found = motion(tracks, seen.ids)
    np.testing.assert_allclose(found.acceleration, [-2.0], atol=1e-6)
    np.testing.assert_allclose(found.yaw_rate, [0.0], atol=1e-9)
    turning = motion(*_ids(watched(lambda t: actors(car(WAY, 20.0, speed=5.0, turned=3.0 + 0.4 * t)), 30)))
    np.testing.assert_allclose(turning.yaw_rate, [0.4], atol=1e-6)  # across the jump from pi to -pi


def _ids(found):
    return found[0], found[1].ids


def test_one_look_tells_no_motion():
    tracks, seen = watched(braking, 1)
    found = motion(tracks, seen.ids)
    assert found.acceleration[0] == 0.0 and found.yaw_rate[0] == 0.0
    tracks, seen = watched(braking, 3)  # 0.1 s
    assert motion(tracks, seen.ids).acceleration[0] == 0.0
    tracks, seen = watched(braking, 4)  # 0.15 s
    assert abs(motion(tracks, seen.ids).acceleration[0] + 2.0) < 1e-6


def test_gaps_do_not_bias():
    tracks = Tracks()
    for k in range(20):
        seen = braking(k * DT)
        tracks = observed(tracks, seen if k % 3 else actors(), k * DT)
    np.testing.assert_allclose(motion(tracks, seen.ids).acceleration, [-2.0], atol=1e-6)


def test_who_is_not_seen_for_a_second_is_forgotten():
    tracks, _ = watched(braking, 5)
    for k in range(LENGTH - 1):
        tracks = observed(tracks, actors(), (5 + k) * DT)
        assert len(tracks.ids) == 1
    tracks = observed(tracks, actors(), (5 + LENGTH) * DT)
    assert len(tracks.ids) == 0


def test_only_the_last_second_counts():
    """Someone who changed from speeding up to braking 1 s ago brakes."""

    def make(time):
        speed = 5.0 + 2.0 * time if time < 1.0 else 7.0 - 3.0 * (time - 1.0)
        return actors(car(WAY, 20.0, speed=speed))

    tracks, seen = watched(make, 41)
    np.testing.assert_allclose(motion(tracks, seen.ids).acceleration, [-3.0], atol=1e-6)


def test_courses_are_remembered_by_who_stopped_and_unknown_of_who_never_moved():
    def make(time):
        return actors(walker(WAY, 20.0, speed=1.5 if time < 0.3 else 0.0, turned=-1.2), walker(WAY, 30.0, turned=0.7))

    tracks, seen = watched(make, 15)
    found = motion(tracks, seen.ids)
    assert abs(found.course[0] + 1.2) < 1e-9 and np.isnan(found.course[1])


def test_a_trembling_is_no_course():
    def make(time):
        return actors(walker(WAY, 20.0, speed=0.09), walker(WAY, 30.0, speed=0.11))

    tracks, seen = watched(make, 5)
    assert np.isnan(motion(tracks, seen.ids).course).tolist() == [True, False]


def test_ids_come_and_go():
    first, second = car(WAY, 20.0, speed=3.0, id=7), car(WAY, 40.0, speed=4.0, id=3)
    tracks, _ = watched(lambda t: actors(first), 5)
    tracks, seen = watched(lambda t: actors(first, second), 5, tracks, 5 * DT)
    assert tracks.ids.tolist() == [3, 7]
    assert np.isnan(tracks.speed[0]).sum() == LENGTH - 5 and np.isnan(tracks.speed[1]).sum() == LENGTH - 10
    assert motion(tracks, np.array([7])).acceleration.shape == (1,)
    assert len(motion(tracks, actors().ids).acceleration) == 0


def test_time_that_jumps_begins_anew():
    tracks, seen = watched(braking, 20)
    last = tracks.time[-1]
    for time in (0.2, 5.0, last, last + 1.01):
        assert motion(observed(tracks, seen, time), seen.ids).acceleration[0] == 0.0
    assert motion(observed(tracks, seen, last + 0.99), seen.ids).acceleration[0] != 0.0


def test_the_same_looks_give_the_same_tracks():
    one, two = watched(braking, 12)[0], watched(braking, 12)[0]
    assert all(np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True) for name in vars(one))
    assert replace(one) is not two
