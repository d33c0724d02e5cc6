"""Forces, impulses, torques and set velocities: every kind of body follows them, and only while it should."""

import numpy as np
import pytest

from lead.simulator.blueprints import library

CAR = "vehicle.tesla.model3"
WALKER = "walker.pedestrian.0001"
CONE = "static.prop.constructioncone"
MESH = "static.prop.mesh"


def mass_of(stage, actor) -> float:
    return float(stage.world.table.columns.body[stage.world.row(actor), 0])


@pytest.mark.parametrize("name", [CAR, WALKER, CONE])
def test_an_impulse_moves_a_body(stage, name):
    body = stage.add(name)
    stage.run(1.0)
    start = stage.pose(body)[0]
    stage.world.add_impulse(body, [3.0 * mass_of(stage, body), 0.0, 0.0])
    stage.world.step(0.05)
    assert stage.velocity(body)[0] == pytest.approx(3.0, abs=0.25)
    assert stage.pose(body)[0] - start == pytest.approx(0.15, abs=0.02)


@pytest.mark.parametrize("name", [CAR, WALKER, CONE])
def test_a_target_velocity_is_the_velocity_of_the_next_step(stage, name):
    body = stage.add(name)
    stage.run(1.0)
    start = stage.pose(body)[1]
    stage.world.set_target_velocity(body, [0.0, 2.0, 0.0])
    assert stage.velocity(body).tolist() == [0.0, 2.0, 0.0]
    stage.world.step(0.05)
    assert stage.pose(body)[1] - start == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("name", [CAR, WALKER, CONE])
@pytest.mark.parametrize("push", ["velocity", "impulse"])
def test_an_upward_push_lifts_a_body_and_it_falls_back(stage, name, push):
    body = stage.add(name)
    stage.run(1.0)
    foot = stage.pose(body)[2]
    if push == "velocity":
        stage.world.set_target_velocity(body, [0.0, 0.0, 5.0])
    else:
        stage.world.add_impulse(body, [0.0, 0.0, 5.0 * mass_of(stage, body)])
    stage.run(0.3)
    assert stage.pose(body)[2] > foot + 0.5
    stage.run(2.0)
    assert stage.pose(body)[2] == pytest.approx(foot, abs=0.02)


def test_a_velocity_along_a_slope_keeps_the_wheels_on_it(stage_on):
    stage = stage_on(slope=0.1)
    car = stage.add(CAR)
    stage.run(1.0)
    stage.drive(car, steer=0.1)
    for _ in range(20):
        yaw = stage.pose(car)[4]
        stage.world.set_target_velocity(car, [10.0 * np.cos(yaw), 10.0 * np.sin(yaw), np.cos(yaw)])
        stage.world.step(0.05)
    x, _, z = stage.pose(car)[:3]
    assert z == pytest.approx(0.1 * x, abs=0.05)
    assert abs(stage.world.table.angular_velocity[stage.world.row(car), 2]) > 0.1, "it steers: it never took off"


@pytest.mark.parametrize("name", [CAR, CONE])
def test_a_torque_turns_a_body(stage, name):
    body = stage.add(name)
    stage.run(1.0)
    inertia = float(stage.world.table.columns.body[stage.world.row(body), 1])
    stage.world.add_torque(body, [0.0, 0.0, 40.0 * inertia])
    stage.world.step(0.05)
    assert stage.pose(body)[4] > 0.02


@pytest.mark.parametrize("name", [CAR, WALKER, CONE])
def test_forces_on_a_body_without_physics_are_lost(stage, name):
    body = stage.add(name)
    stage.run(1.0)
    stage.world.set_physics(body, False)
    for _ in range(100):
        stage.world.add_force(body, [mass_of(stage, body), 0.0, mass_of(stage, body)])
        stage.world.add_torque(body, [0.0, 0.0, 100.0])
        stage.world.step(0.05)
    stage.world.set_physics(body, True)
    stage.world.step(0.05)
    assert np.abs(stage.velocity(body)).max() < 0.1


def test_a_force_acts_for_the_whole_of_a_long_step(stage):
    walker = stage.add(WALKER)
    stage.run(1.0)
    stage.world.add_force(walker, [75.0, 0.0, 0.0])
    stage.world.step(0.2)
    assert stage.velocity(walker)[0] > 2.0 * 0.05


def test_numbers_that_are_none_reach_no_body(stage):
    car = stage.add(CAR)
    calls = [
        (stage.world.set_pose, [0.0, 0.0, np.nan, 0.0, 0.0, 0.0]),
        (stage.world.set_location, [np.inf, 0.0, 0.0]),
        (stage.world.set_target_velocity, [np.nan, 0.0, 0.0]),
        (stage.world.set_target_angular_velocity, [0.0, 0.0, np.nan]),
        (stage.world.enable_constant_velocity, [np.nan, 0.0, 0.0]),
        (stage.world.add_impulse, [np.nan, 0.0, 0.0]),
        (stage.world.add_angular_impulse, [0.0, 0.0, np.nan]),
        (stage.world.add_force, [np.nan, 0.0, 0.0]),
        (stage.world.add_torque, [0.0, 0.0, np.nan]),
    ]
    for call, values in calls:
        with pytest.raises(Exception, match="finite numbers"):
            call(car, values)
    walker = stage.add(WALKER, x=10.0)
    with pytest.raises(Exception, match="finite numbers"):
        stage.world.set_walker(walker, [0.0, 0.0, 0.0, 0.0, np.nan, 0.0], 1.0)
    with pytest.raises(Exception, match="finite numbers"):
        stage.world.control_walker(walker, [1.0, 0.0, 0.0], np.nan)
    stage.run(0.5)
    assert np.isfinite(stage.world.table.pose).all()


def test_what_is_attached_has_its_parents_motion_of_the_same_step(stage):
    car = stage.add(CAR, speed=10.0)
    sensor = stage.world.spawn("sensor.other.imu", {}, np.zeros(6), parent=car)
    stage.drive(car, brake=1.0)
    stage.run(0.2)
    table = stage.world.table
    assert table.acceleration[stage.world.row(car), 0] < -2.0
    for column in (table.acceleration, table.velocity, table.angular_velocity):
        assert column[stage.world.row(sensor)].tolist() == column[stage.world.row(car)].tolist()


def test_a_long_step_reports_every_pair_once_with_all_its_impulse(stage_on):
    def crash(seconds, dt):
        stage = stage_on(boxes=[(10.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, 4)])
        car = stage.add(CAR, x=5.0, speed=5.0)
        stage.drive(car, throttle=1.0)
        return stage.run(seconds, dt)

    ((once,), many) = crash(5.0, 5.0), crash(5.0, 0.05)
    assert len(many) > 24
    assert once.impulse[0] == pytest.approx(sum(contact.impulse[0] for contact in many))


def test_mesh_props_need_a_possible_mass_and_scale(stage):
    for attribute, text in (("mass", "-5"), ("mass", "nan"), ("mass", "1e30"), ("scale", "0"), ("scale", "inf")):
        with pytest.raises(Exception, match=f"attribute {attribute}.*{text}"):
            stage.add(MESH, **{attribute: text})
    assert len(stage.world.table) == 0
    for x, text in enumerate(("0", "0.0", "1e-9", "50f", "")):
        prop = stage.add(MESH, x=10.0 * x, mass=text)
        stage.world.set_physics(prop, True)
        stage.world.add_force(prop, [10.0, 0.0, 0.0])
    stage.add(CAR, x=-5.0, speed=10.0)
    stage.run(2.0)
    assert np.isfinite(stage.world.table.pose).all()
    with pytest.raises(Exception, match="attribute friction.*-1"):
        stage.world.spawn("static.trigger.friction", {"friction": "-1"}, np.zeros(6))
    with pytest.raises(Exception, match="attribute extent_z.*nan"):
        stage.world.spawn("static.trigger.friction", {"extent_z": "nan"}, np.zeros(6))


@pytest.mark.parametrize("name", [name for name in library() if name.startswith("vehicle.")])
def test_a_vehicle_takes_its_own_physics_back(stage, name):
    car = stage.add(name)
    stage.world.set_physics_control(car, stage.world.physics_control(car))
