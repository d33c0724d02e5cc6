"""Rays, projections and level boxes."""

import numpy as np
import pytest

from lead.simulator.world import WorldError

CAR = "vehicle.tesla.model3"
WALL, BUILDING, ROADS = 4, 3, 1
BOXES = [(20.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, WALL), (60.0, 0.0, 5.0, 4.0, 4.0, 5.0, 0.5, BUILDING)]


def test_ray_meets_everything_in_order(stage_on):
    stage = stage_on(boxes=BOXES)
    stage.add(CAR, x=10.0)
    hits = stage.world.cast_ray([0.0, 0.0, 0.7], [100.0, 0.0, 0.7])
    assert [label for _, label in hits] == [14, WALL, BUILDING]
    assert hits[0][0][0] == pytest.approx(10.0 - 2.39 + 0.03, abs=0.05) and hits[1][0] == pytest.approx(
        [19.5, 0.0, 0.7]
    )
    assert stage.world.cast_ray([0.0, 50.0, 0.7], [100.0, 50.0, 0.7]) == []


def test_projection_finds_the_ground_below(stage):
    point, label = stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -1.0], 20.0)
    assert point == pytest.approx([5.0, 5.0, 0.0]) and label == ROADS
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, -1.0], 5.0) is None
    assert stage.world.project([5.0, 5.0, 10.0], [0.0, 0.0, 1.0], 50.0) is None


def test_level_boxes_by_label(stage_on):
    stage = stage_on(boxes=BOXES, lights=2)
    ((centre, extent, yaw),) = stage.world.level_boxes(BUILDING)
    assert centre.tolist() == [60.0, 0.0, 5.0] and extent.tolist() == [4.0, 4.0, 5.0] and yaw == 0.5
    assert len(stage.world.level_boxes(7)) == 2
    assert len(stage.world.level_boxes()) == 4


def test_disabled_objects_are_gone_and_come_back(stage_on):
    stage = stage_on(boxes=BOXES)
    wall = next(number for number, _, label, *_ in stage.world.environment_objects() if label == WALL)
    stage.world.enable_environment_objects([wall], False)
    assert stage.world.environment_objects(WALL) == []
    car = stage.add(CAR, speed=20.0)
    assert stage.run(1.5) == [] and stage.pose(car)[0] > 25.0
    stage.world.enable_environment_objects([wall], True)
    assert len(stage.world.cast_ray([0.0, 3.0, 0.7], [30.0, 3.0, 0.7])) >= 1
    with pytest.raises(WorldError, match="not in this town"):
        stage.world.enable_environment_objects([5], True)


def test_a_ray_along_a_slope_enters_the_ground_once(stage_on):
    stage = stage_on(slope=0.1)
    hits = stage.world.cast_ray([0.0, 1.3, 2.0], [50.0, 1.3, 2.0])
    assert len(hits) == 1 and hits[0][0][0] == pytest.approx(20.0, abs=0.01)
    assert np.isfinite(hits[0][0]).all()
