"""What is in the way: of a ray among ground and standing scenery boxes, and of a thick ray among bodies."""

import numpy as np
import pytest
from conftest import Stage
from flat import flat_town
from hypothesis import given
from hypothesis import strategies as st

from lead.simulator.world import World

CAR = "vehicle.tesla.model3"
WALL, BUILDING, ROADS = 4, 3, 1
BOXES = [(20.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, WALL), (60.0, 0.0, 5.0, 4.0, 4.0, 5.0, 0.5, BUILDING)]
AHEAD = [1.0, 0.0, 0.0]


def test_a_ray_meets_the_first_box_and_no_body(stage_on):
    stage = stage_on(boxes=BOXES)
    stage.add(CAR, x=10.0)
    point, label = stage.world.project([0.0, 0.0, 0.7], AHEAD, 100.0)
    assert label == WALL and point == pytest.approx([19.5, 0.0, 0.7])
    point, label = stage.world.project([20.0, 0.0, 0.7], AHEAD, 100.0)
    assert label == BUILDING and point[0] < 60.0, "a box in which it starts is not seen"
    assert stage.world.project([0.0, 50.0, 0.7], AHEAD, 100.0) is None


def test_projection_finds_the_ground_below(stage):
    point, label = stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -3.0], 20.0)
    assert point == pytest.approx([5.0, 5.0, 0.0]) and label == ROADS
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -1.0], 5.0) is None
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, 1.0], 50.0) is None
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, 0.0], 50.0) is None


def test_the_nearer_of_box_and_ground_counts(stage_on):
    world = stage_on(boxes=BOXES).world
    down = [0.0, 0.0, -1.0]
    assert world.project([60.0, 0.0, 40.0], down, 50.0)[1] == BUILDING
    assert world.project([60.0, 0.0, 9.0], down, 50.0)[1] == ROADS
    assert world.project([1e6, 1e6, 5.0], AHEAD, 11.0) is None


def test_boxes_taken_away_are_gone_and_come_back(stage_on):
    stage = stage_on(boxes=BOXES)
    fresh = stage.world.state_hash()
    stage.world.stand_boxes([0], False)
    assert stage.world.project([0.0, 3.0, 0.7], AHEAD, 30.0) is None
    assert stage.world.state_hash() != fresh
    car = stage.add(CAR, speed=20.0)
    assert stage.run(1.5) == [] and stage.pose(car)[0] > 25.0
    stage.world.stand_boxes([0], True)
    assert stage.world.project([0.0, 3.0, 0.7], AHEAD, 30.0)[1] == WALL


def test_a_ray_along_a_slope_meets_the_ground(stage_on):
    point, _ = stage_on(slope=0.1).world.project([0.0, 1.3, 2.0], AHEAD, 50.0)
    assert point[0] == pytest.approx(20.0, abs=0.01)


RANDOM = np.random.default_rng(2)
MANY = [
    (*RANDOM.uniform([-60, -60, 0], [60, 60, 6]), *RANDOM.uniform(0.2, [12, 4, 6]), RANDOM.uniform(0, 6.28), BUILDING)
    for _ in range(150)
]
CROWDED = Stage(World(flat_town(boxes=MANY)))


def brute_force(scenery, start, end):
    """Fractions at which a segment enters boxes, by clipping it against every box."""
    found = []
    for row in range(len(scenery.yaw)):
        c, s = np.cos(scenery.yaw[row]), np.sin(scenery.yaw[row])
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        origin, ray = turn @ (start - scenery.centre[row]), turn @ (end - start)
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = np.array([(-scenery.extent[row] - origin) / ray, (scenery.extent[row] - origin) / ray])
        near, far = bounds.min(axis=0).max(), min(1.0, bounds.max(axis=0).min())
        if 0.0 <= near <= far:
            found.append(near)
    return sorted(found)


@given(
    st.floats(-90.0, 90.0), st.floats(-90.0, 90.0), st.floats(0.1, 12.0), st.floats(0.0, 6.28), st.floats(1.0, 200.0)
)
def test_the_first_box_on_a_ray_is_that_of_a_brute_force_search(x, y, z, angle, reach):
    start = np.array([x, y, z])
    way = np.array([np.cos(angle), np.sin(angle), 0.02])  # upwards: no ground is met
    fractions = brute_force(CROWDED.world.town.scenery, start, start + reach * way)
    hit = CROWDED.world.project(start, way, reach * float(np.linalg.norm(way)))
    assert (hit is None) == (not fractions)
    if hit is not None:
        assert np.linalg.norm(hit[0] - start) == pytest.approx(fractions[0] * reach * np.linalg.norm(way), abs=1e-6)
        assert hit[1] == BUILDING


def test_the_nearest_body_on_a_thick_ray(stage):
    near, far = stage.add(CAR, x=20.0), stage.add(CAR, x=40.0)
    actor, metres = stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 50.0, 0.5, 0)
    assert actor == near and metres == pytest.approx(20.0 - 2.39 - 0.5 + 0.03, abs=0.05)
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 50.0, 0.5, near)[0] == far
    assert stage.world.nearest_body([20.0, 0.0, 0.7], [1.0, 0.0, 0.0], 5.0, 0.0, 0) == (near, 0.0), "from within"
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [1.0, 0.0, 0.0], 10.0, 0.5, 0) is None
    assert stage.world.nearest_body([0.0, 0.0, 0.7], [-1.0, 0.0, 0.0], 50.0, 0.5, 0) is None
