"""Vehicles put somewhere: above, on and below the ground, in any rotation, with and without physics."""

import numpy as np
import pytest

CAR = "vehicle.tesla.model3"


def test_spawned_above_ground_it_settles(stage):
    actor = stage.add(CAR, z=0.5)
    stage.run(1.5)
    assert stage.pose(actor)[2] == pytest.approx(0.0, abs=0.01)
    assert stage.velocity(actor)[2] == 0.0


def test_teleport_keeps_the_velocity(stage):
    actor = stage.add(CAR, speed=10.0)
    stage.run(0.5)
    before = stage.speed(actor)
    stage.world.set_pose(actor, [100.0, 50.0, 0.0, 0.0, 0.0, 0.0])
    stage.world.step(0.05)
    assert stage.pose(actor)[0] == pytest.approx(100.0 + 0.05 * before, abs=0.05)
    assert stage.speed(actor) == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize(
    "pitch, roll", [(360.0, 0.0), (-720.0, 360.0), (85.0, 0.0), (-89.0, 40.0), (180.0, 180.0), (0.0, 170.0)]
)
def test_set_down_in_any_rotation_it_comes_to_stand_upright(stage, pitch, roll):
    actor = stage.add(CAR, yaw=0.4)
    stage.run(0.5)
    stage.world.set_pose(actor, [5.0, 2.0, 0.0, *np.radians([pitch, 30.0, roll])])
    if pitch % 360.0 == roll % 360.0 == 0.0:
        stage.world.step(0.05)
        assert np.degrees(stage.pose(actor)[3:]) == pytest.approx([0.0, 30.0, 0.0], abs=0.01)
    stage.run(3.0)
    assert np.degrees(stage.pose(actor)[[3, 5]]) == pytest.approx([0.0, 0.0], abs=0.5)
    assert np.linalg.norm(stage.pose(actor)[:3] - [5.0, 2.0, 0.0]) < 2.5


def test_without_physics_it_stays_put_even_in_the_air(stage):
    actor = stage.add(CAR, speed=10.0)
    stage.world.set_physics(actor, False)
    stage.world.set_location(actor, [0.0, 0.0, -100.0])
    stage.run(2.0)
    assert stage.pose(actor)[:3].tolist() == [0.0, 0.0, -100.0] and stage.speed(actor) == 0.0
    stage.world.set_location(actor, [0.0, 0.0, 0.2])
    stage.world.set_physics(actor, True)
    stage.drive(actor, throttle=1.0)
    stage.run(2.0)
    assert stage.speed(actor) > 3.0 and stage.pose(actor)[2] == pytest.approx(0.0, abs=0.01)


def test_far_below_the_ground_it_falls_for_ever(stage):
    actor = stage.add(CAR)
    stage.world.set_location(actor, [0.0, 0.0, -100.0])
    stage.run(3.0)
    assert stage.pose(actor)[2] < -130.0
