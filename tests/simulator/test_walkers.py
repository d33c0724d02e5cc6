"""Walkers: they go where they are told, stand on what is below, jump, and obey a client's crowd."""

import numpy as np
import pytest

WALKER = "walker.pedestrian.0001"
HALF = 0.93  # m, half height


def test_walks_at_its_speed_and_faces_its_way(stage):
    walker = stage.add(WALKER)
    stage.run(1.0)
    stage.world.control_walker(walker, [0.0, 2.0, 0.0], 1.5)
    start = stage.pose(walker)
    stage.run(2.0)
    pose = stage.pose(walker)
    assert pose[1] - start[1] == pytest.approx(3.0) and pose[0] == pytest.approx(start[0], abs=1e-9)
    assert pose[4] == pytest.approx(np.pi / 2)
    assert stage.velocity(walker)[:2] == pytest.approx([0.0, 1.5])
    stage.world.control_walker(walker, [0.0, 1.0, 0.0], 0.0)
    stage.world.step(0.05)
    assert stage.speed(walker) == 0.0


def test_origin_is_half_a_body_above_road_and_pavement(stage_on):
    stage = stage_on(kerb_y=3.0)
    walker = stage.add(WALKER)
    stage.run(1.0)
    assert stage.pose(walker)[2] == pytest.approx(HALF)
    stage.world.control_walker(walker, [0.0, 1.0, 0.0], 1.5)
    stage.run(4.0)
    assert stage.pose(walker)[2] == pytest.approx(HALF + 0.15)
    stage.world.control_walker(walker, [0.0, -1.0, 0.0], 1.5)
    stage.run(4.0)
    assert stage.pose(walker)[2] == pytest.approx(HALF)


def test_jumps_and_lands(stage):
    walker = stage.add(WALKER)
    stage.run(1.0)
    stage.world.control_walker(walker, [1.0, 0.0, 0.0], 0.0, True)
    heights = []
    for _ in range(30):
        stage.world.step(0.05)
        heights.append(stage.pose(walker)[2])
    assert 0.5 < max(heights) - HALF < 1.2 and heights[-1] == pytest.approx(HALF)


def test_walls_hold_it_softly(stage_on):
    stage = stage_on(boxes=[(5.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, 4)])
    walker = stage.add(WALKER)
    stage.world.control_walker(walker, [1.0, 0.3, 0.0], 2.0)
    assert stage.run(4.0) == []
    assert stage.pose(walker)[0] < 4.5 - 0.18 and stage.pose(walker)[1] > 1.5, "it slides along the wall"


def test_crowd_sets_pose_and_speed(stage):
    walker = stage.add(WALKER)
    stage.run(1.0)
    for k in range(1, 11):
        stage.world.set_walker(walker, [0.07 * k, 0.0, 0.1, 0.0, 0.0, 0.0], 1.4)
        stage.world.step(0.05)
    pose = stage.pose(walker)
    assert pose[0] == pytest.approx(0.7) and pose[2] == pytest.approx(HALF)
    assert stage.velocity(walker)[:2] == pytest.approx([1.4, 0.0])


def test_without_physics_it_stays_below_the_ground(stage):
    walker = stage.add(WALKER)
    stage.world.set_physics(walker, False)
    stage.world.set_location(walker, [0.0, 0.0, -100.0])
    stage.world.control_walker(walker, [1.0, 0.0, 0.0], 2.0)
    stage.run(2.0)
    assert stage.pose(walker)[:3].tolist() == [0.0, 0.0, -100.0]


def test_a_dead_walker_ignores_its_control(stage):
    walker = stage.add(WALKER)
    stage.run(1.0)
    stage.world.set_dead(walker)
    stage.world.control_walker(walker, [1.0, 0.0, 0.0], 2.0)
    stage.run(1.0)
    assert stage.speed(walker) == 0.0


def test_bones_are_kept(stage):
    walker = stage.add(WALKER)
    assert stage.world.bones(walker) == []
    stage.world.set_bones(walker, [["crl_hips__C", [0, 0, 0]]])
    assert stage.world.bones(walker) == [["crl_hips__C", [0, 0, 0]]]
