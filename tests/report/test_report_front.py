"""The front view drawn anew: what stands ahead is seen, and nothing of one drive is left in the next."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lead.report.front import FrontView
from lead.roads.town import load_town

CAR, WALKER = "vehicle.tesla.model3", "walker.pedestrian.0001"


@pytest.fixture(scope="module")
def view():
    """A small picture in a shipped town."""
    with ThreadPoolExecutor(1) as pool:
        yield FrontView(load_town("GridCity"), pool, 128, 72)


def look(view, town_pose, ahead=None, kind=CAR, number=1):
    """The picture from a pose, with an actor so many metres ahead of it."""
    places = np.empty((0, 6))
    if ahead is not None:
        forward = np.array([np.cos(town_pose[4]), np.sin(town_pose[4]), 0.0])
        places = np.array([[*(town_pose[:3] + ahead * forward), *town_pose[3:]]])
    count = len(places)
    return view.draw(1.0, town_pose, [number] * count, [kind] * count, places, np.zeros(count), {})


def test_a_car_ahead_is_seen_and_gone_with_its_drive(view):
    pose = load_town("GridCity").spawn_points[0].copy()
    view.begin()
    empty = look(view, pose)
    assert empty.shape == (72, 128, 3) and empty.std() > 10
    near, far = look(view, pose, 8.0), look(view, pose, 40.0)
    changed = [(np.abs(picture.astype(int) - empty) > 20).any(2) for picture in (near, far)]
    assert changed[0].sum() > 8 * changed[1].sum() > 0
    assert np.nonzero(changed[0])[1].mean() == pytest.approx(64, abs=3)  # straight ahead is the middle
    assert np.array_equal(look(view, pose), empty)  # it is not there at the moment
    look(view, pose, 8.0)
    view.begin()
    assert np.array_equal(look(view, pose), empty)
    assert not np.array_equal(look(view, pose, 8.0, WALKER), empty)  # the same number is another actor now


def test_what_the_simulator_does_not_know_is_left_out(view):
    pose = load_town("GridCity").spawn_points[0]
    view.begin()
    assert np.array_equal(look(view, pose, 8.0, "vehicle.not.there", 5), look(view, pose))
