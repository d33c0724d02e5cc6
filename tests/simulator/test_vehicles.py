"""Vehicle dynamics: pedals, gears, hills, grip, and the ways a client sets velocities."""

from dataclasses import replace

import numpy as np
import pytest

from lead.geometry.poses import rotation_matrix
from lead.simulator.blueprints import library
from lead.simulator.world import UnknownActor, WorldError, WrongActor

CAR = "vehicle.tesla.model3"
DRIVEN = [name for name in library() if name.startswith("vehicle.")]


def class_of(name):
    return library()[name].vehicle_class


@pytest.mark.parametrize("name", DRIVEN)
def test_acceleration_and_braking_are_plausible(stage, name):
    actor = stage.add(name, x=-390.0)
    stage.run(0.5)
    stage.drive(actor, throttle=1.0)
    seconds = 0.0
    target = 20.0 / 3.6 if class_of(name) == "bicycle" else 45.0 / 3.6
    while stage.speed(actor) < target and seconds < 25.0:
        stage.world.step(0.05)
        seconds += 0.05
    assert 1.0 < seconds < 20.0, f"{name} reaches {3.6 * target:.0f} km/h in {seconds:.1f} s"
    stage.drive(actor, brake=1.0)
    start = stage.pose(actor)[0]
    stage.run(5.0)
    assert stage.speed(actor) == 0.0
    assert 0.3 * target < stage.pose(actor)[0] - start < 3.0 * target


@pytest.mark.parametrize("name", [name for name in DRIVEN if class_of(name) == "bicycle"])
def test_bicycles_stay_bicycles(stage, name):
    actor = stage.add(name, x=-390.0)
    stage.drive(actor, throttle=0.85)
    stage.run(40.0)
    assert 22.0 < 3.6 * stage.speed(actor) < 32.0


@pytest.mark.parametrize("name", DRIVEN)
def test_steering_turns_as_its_wheelbase_says(stage, name):
    actor = stage.add(name)
    stage.run(0.5)
    stage.launch(actor, 30.0 / 3.6)
    stage.drive(actor, steer=0.1)
    stage.world.step(0.05)
    rate = stage.world.table.angular_velocity[stage.world.row(actor), 2]
    curvature = rate / (30.0 / 3.6) / 0.1
    expected = 0.2777 * 2.86 / max(1.8, library()[name].wheelbase)
    assert curvature == pytest.approx(expected, rel=0.03)


def test_full_lock_at_speed_runs_wide_within_the_grip(stage):
    actor = stage.add(CAR, speed=25.0)
    stage.drive(actor, steer=1.0)
    stage.run(1.0)
    row = stage.world.row(actor)
    lateral = stage.speed(actor) * abs(stage.world.table.angular_velocity[row, 2])
    assert lateral == pytest.approx(1.5 * 9.81, rel=0.05)


def test_vehicle_coasts_down_mildly(stage):
    actor = stage.add(CAR, speed=15.0)
    stage.run(2.0)
    assert 0.3 < (15.0 - stage.speed(actor)) / 2.0 < 0.8


@pytest.mark.parametrize("name", ["vehicle.lincoln.mkz_2020", CAR, "vehicle.bh.crossbike"])
@pytest.mark.parametrize("pedal", [{"brake": 0.5}, {"hand": True}])
def test_brake_and_hand_brake_hold_on_a_hill(stage_on, name, pedal):
    stage = stage_on(slope=0.15)
    actor = stage.add(name, z=0.3)
    stage.drive(actor, **pedal)
    stage.run(1.0)
    rest = stage.pose(actor)
    stage.run(10.0)
    assert stage.pose(actor)[:3] == pytest.approx(rest[:3], abs=0.01)
    assert np.degrees(rest[3]) == pytest.approx(8.53, abs=0.3), "the body lies in the slope"


@pytest.mark.parametrize("name", ["vehicle.lincoln.mkz_2020", CAR])
def test_unbraked_it_rolls_back_down_a_hill(stage_on, name):
    stage = stage_on(slope=0.15)
    actor = stage.add(name, z=0.3)
    stage.run(4.0)
    assert stage.pose(actor)[0] < -3.0 and stage.velocity(actor)[0] < -1.0


def test_climbing_is_slower_than_level(stage_on):
    speeds = []
    for slope in (0.0, 0.12):
        stage = stage_on(slope=slope)
        actor = stage.add(CAR, z=0.2)
        stage.drive(actor, throttle=0.5)
        stage.run(4.0)
        speeds.append(stage.speed(actor))
    assert speeds[1] < speeds[0] - 2.0


def test_body_follows_a_slope_at_speed_without_sinking(stage_on):
    stage = stage_on(slope=0.1)
    actor = stage.add(CAR, x=-300.0, z=-29.9)
    stage.run(1.0)
    stage.launch(actor, 30.0)
    for _ in range(60):
        stage.world.step(0.05)
        pose = stage.pose(actor)
        assert pose[2] == pytest.approx(0.1 * pose[0], abs=0.12)


@pytest.mark.parametrize("name", ["vehicle.lincoln.mkz_2020", CAR])
def test_reverse_drives_backwards(stage, name):
    actor = stage.add(name)
    stage.drive(actor, throttle=0.6, reverse=True)
    stage.run(3.0)
    assert stage.velocity(actor)[0] < -1.0
    assert stage.world.table.control[stage.world.row(actor), 6] == -1


def test_automatic_gears_climb_and_are_reported(stage):
    actor = stage.add("vehicle.audi.tt", x=-390.0)
    stage.run(0.5)
    stage.drive(actor, throttle=1.0)
    gears = []
    for _ in range(200):
        stage.world.step(0.05)
        gears.append(int(stage.world.table.control[stage.world.row(actor), 6]))
    assert gears[0] == 1 and max(gears) >= 4 and gears == sorted(gears)
    assert stage.world.telemetry(actor)["gear"] == gears[-1]


def test_manual_neutral_has_no_drive_and_first_gear_limits_speed(stage):
    idle, first = stage.add("vehicle.audi.tt", y=0.0), stage.add("vehicle.audi.tt", y=10.0)
    stage.drive(idle, throttle=1.0, manual=True, gear=0)
    stage.drive(first, throttle=1.0, manual=True, gear=1)
    stage.run(10.0)
    assert stage.speed(idle) == 0.0
    assert 5.0 < stage.speed(first) < 18.0


def test_target_velocity_holds_at_once_and_then_dynamics_go_on(stage):
    actor = stage.add(CAR)
    stage.run(0.5)
    stage.launch(actor, 10.0)
    stage.world.step(0.05)
    assert stage.pose(actor)[0] == pytest.approx(0.5, abs=0.01)
    stage.drive(actor, brake=1.0)
    stage.run(3.0)
    assert stage.speed(actor) == 0.0


def test_sideways_velocity_is_worn_down_by_the_tyres(stage):
    actor = stage.add(CAR)
    stage.run(0.5)
    stage.world.set_target_velocity(actor, [0.0, 5.0, 0.0])
    stage.run(2.0)
    assert stage.speed(actor) < 0.01 and 0.5 < stage.pose(actor)[1] < 3.0


def test_constant_velocity_holds_while_steering_turns(stage):
    actor = stage.add(CAR)
    stage.run(0.5)
    stage.world.enable_constant_velocity(actor, [8.0, 0.0, 0.0])
    stage.drive(actor, brake=1.0, steer=0.2)
    stage.run(2.0)
    yaw = stage.pose(actor)[4]
    assert abs(yaw) > 0.3
    assert stage.velocity(actor)[:2] == pytest.approx([8.0 * np.cos(yaw), 8.0 * np.sin(yaw)], abs=1e-9)
    stage.world.disable_constant_velocity(actor)
    stage.run(4.0)
    assert stage.speed(actor) == 0.0


def test_impulse_and_force_follow_newton(stage):
    actor = stage.add(CAR)
    stage.run(0.5)
    mass = library()[CAR].physics.mass
    stage.world.add_impulse(actor, [5.0 * mass, 0.0, 0.0])
    assert stage.velocity(actor)[0] == pytest.approx(5.0)
    other = stage.add(CAR, y=20.0)
    stage.run(0.5)
    stage.world.add_force(other, [20.0 * 4.0 * library()[CAR].physics.mass, 0.0, 0.0])
    stage.world.step(0.05)
    assert stage.velocity(other)[0] == pytest.approx(4.0, abs=0.1)
    stage.world.step(0.05)
    assert stage.velocity(other)[0] < 4.01, "a force acts for one step only"


def test_impulse_off_centre_spins_and_tyres_stop_the_spin(stage):
    actor = stage.add(CAR)
    stage.run(0.5)
    stage.world.add_impulse_at(actor, [0.0, 6000.0, 0.0], [2.0, 0.0, 0.5])
    row = stage.world.row(actor)
    assert stage.world.table.angular_velocity[row, 2] > 1.0
    stage.run(3.0)
    assert abs(stage.world.table.angular_velocity[row, 2]) < 1e-6 and stage.pose(actor)[4] > 0.1


def test_acceleration_is_the_change_of_velocity(stage):
    actor = stage.add(CAR, speed=10.0)
    stage.run(0.5)
    stage.drive(actor, brake=0.4)
    before = stage.velocity(actor)
    stage.world.step(0.05)
    row = stage.world.row(actor)
    assert stage.world.table.acceleration[row] == pytest.approx((stage.velocity(actor) - before) / 0.05)
    assert stage.world.table.acceleration[row, 0] < -2.0


def test_physics_control_round_trip_and_effect(stage):
    actor = stage.add(CAR)
    read = stage.world.physics_control(actor)
    assert replace(read, wheels=()) == replace(library()[CAR].physics, wheels=())
    positions = np.array([wheel.position for wheel in read.wheels]) / 100.0
    assert positions[:, 0].max() == pytest.approx(0.5 * library()[CAR].wheelbase)
    stage.world.set_physics_control(actor, read)
    assert stage.world.physics_control(actor) == read
    weak = replace(read, torque_curve=((0.0, 50.0), (5000.0, 50.0)), mass=2.0 * read.mass)
    stage.world.set_physics_control(actor, weak)
    other = stage.add(CAR, y=10.0)
    for car in (actor, other):
        stage.launch(car, 12.0)  # faster than where every car is helped
        stage.drive(car, throttle=1.0)
    stage.run(3.0)
    assert stage.speed(actor) - 12.0 < 0.2 * (stage.speed(other) - 12.0)


def test_less_tyre_friction_means_a_wider_turn_and_a_longer_stop(stage):
    slick, stock = stage.add(CAR, y=0.0), stage.add(CAR, y=100.0)
    physics = stage.world.physics_control(slick)
    wheels = tuple(replace(wheel, tire_friction=1.0) for wheel in physics.wheels)
    stage.world.set_physics_control(slick, replace(physics, wheels=wheels))
    for car in (slick, stock):
        stage.launch(car, 20.0)
        stage.drive(car, brake=1.0)
    stage.run(1.0)
    assert stage.speed(slick) > stage.speed(stock) + 3.0


def test_friction_trigger_takes_the_grip(stage):
    stage.world.spawn(
        "static.trigger.friction",
        {"friction": "0.5", "extent_x": "5000.0", "extent_y": "1000.0"},
        [50.0, 0, 0, 0, 0, 0],
    )
    inside, outside = stage.add(CAR, x=20.0), stage.add(CAR, x=20.0, y=40.0)
    for car in (inside, outside):
        stage.launch(car, 20.0)
        stage.drive(car, brake=1.0)
    stage.run(1.0)
    assert stage.speed(inside) > stage.speed(outside) + 4.0


def friction_trigger(stage, friction, z=0.0):
    size = {"extent_x": "5000.0", "extent_y": "1000.0", "extent_z": "100.0"}
    return stage.world.spawn("static.trigger.friction", {"friction": friction, **size}, [50.0, 0, z, 0, 0, 0])


def test_grip_comes_back_when_the_trigger_goes(stage):
    trigger = friction_trigger(stage, "0.0")
    car, never = stage.add(CAR, x=20.0), stage.add(CAR, x=20.0, y=40.0)
    for actor in (car, never):
        stage.launch(actor, 20.0)
        stage.drive(actor, brake=1.0)
    stage.run(0.5)
    assert stage.speed(car) == pytest.approx(20.0, abs=1.0), "a friction of 0 lets it slide"
    stage.world.destroy(trigger)
    stage.launch(car, stage.speed(never))
    stage.run(0.5)
    assert stage.speed(car) == pytest.approx(stage.speed(never), abs=0.01)


def test_a_friction_trigger_on_another_level_does_nothing(stage):
    friction_trigger(stage, "0.0", z=6.0)
    car = stage.add(CAR, x=20.0, speed=20.0)
    stage.drive(car, brake=1.0)
    stage.run(0.5)
    assert stage.speed(car) < 17.0


@pytest.mark.parametrize("yaw", [0.0, np.pi / 2])
def test_angular_velocity_is_a_world_vector_that_turns_the_body(stage_on, yaw):
    """Over a kerb the body pitches and rolls: its angular velocity is what turned its axes, whatever its heading."""
    stage = stage_on(kerb_y=3.0 if yaw else 1.0)
    car = stage.add(CAR, yaw=yaw + 0.3, speed=6.0)
    row, table = stage.world.row(car), stage.world.table
    worst = 0.0
    for _ in range(40):
        before = rotation_matrix(*stage.pose(car)[3:])
        stage.world.step(0.05)
        after, turn = rotation_matrix(*stage.pose(car)[3:]), table.angular_velocity[row]
        moved = (after - before)[:, 2] / 0.05
        worst = max(worst, float(np.abs(turn[:2]).max()))
        assert np.cross(turn, 0.5 * (before + after)[:, 2]) == pytest.approx(moved, abs=0.05)
    assert worst > 0.1


@pytest.mark.parametrize(
    ("field", "value"),
    [("mass", 1e-300), ("mass", 1e7), ("drag_coefficient", -1.0), ("final_ratio", -4.0), ("max_rpm", np.nan)],
)
def test_impossible_physics_are_named_and_change_nothing(stage, field, value):
    car = stage.add(CAR)
    physics = stage.world.physics_control(car)
    with pytest.raises(WorldError, match=f"{field}.*expected"):
        stage.world.set_physics_control(car, replace(physics, **{field: value}))
    wheels = (replace(physics.wheels[0], tire_friction=-1.0), *physics.wheels[1:])
    with pytest.raises(WorldError, match="tire_friction -1"):
        stage.world.set_physics_control(car, replace(physics, wheels=wheels))
    assert stage.world.physics_control(car) == physics


def test_ackermann_reaches_and_holds_its_speed(stage):
    actor = stage.add(CAR, x=-390.0)
    stage.world.control_ackermann(actor, [0.0, 0.0, 10.0, 2.0, 0.0])
    stage.run(20.0)
    assert stage.speed(actor) == pytest.approx(10.0, abs=1.0)
    stage.world.control_ackermann(actor, [0.0, 0.0, 0.0, 0.0, 0.0])
    stage.run(15.0)
    assert stage.speed(actor) < 0.2


def test_doors_lamps_and_wheel_angles_are_kept(stage):
    actor = stage.add(CAR)
    stage.world.set_door(actor, 0, True)
    stage.world.set_door(actor, 3, True)
    row = stage.world.row(actor)
    assert stage.world.table.doors[row] == 0b1001
    stage.world.set_door(actor, 6, False)
    assert stage.world.table.doors[row] == 0
    stage.world.set_lamps(actor, 0x28)
    assert stage.world.table.lamps[row] == 0x28
    stage.drive(actor, steer=-0.5)
    stage.run(0.1)
    assert np.degrees(stage.world.wheel_angle(actor, 0)) == pytest.approx(-35.0)
    assert stage.world.wheel_angle(actor, 2) == 0.0


@pytest.mark.parametrize("door, beside, hits", [(0, -2.3, True), (0, 2.3, False), (1, 2.3, True), (2, -2.3, True)])
def test_an_open_door_is_hit_by_who_passes_close(stage, door, beside, hits):
    standing, passing = stage.add(CAR, x=20.0), stage.add(CAR, x=0.0, y=beside, speed=8.0)
    row = stage.world.row(standing)
    before = stage.world.table.extent[row].copy(), stage.world.table.centre[row].copy()
    stage.drive(standing, hand=True)
    stage.world.set_door(standing, door, True)
    met = {(contact.actor, contact.other) for contact in stage.run(4.0)}
    assert ((passing, standing) in met) == hits and (met == set()) != hits
    stage.world.set_door(standing, 6, False)
    assert np.allclose((stage.world.table.extent[row], stage.world.table.centre[row]), before)


def test_wrong_requests_name_what_was_wrong(stage):
    walker = stage.add("walker.pedestrian.0001", y=30.0)
    car = stage.add(CAR)
    with pytest.raises(UnknownActor, match="999"):
        stage.drive(999)
    with pytest.raises(WrongActor, match="WALKER"):
        stage.drive(walker)
    with pytest.raises(WorldError, match="door"):
        stage.world.set_door(car, 5, True)
    with pytest.raises(WorldError, match="mass"):
        stage.world.set_physics_control(car, replace(stage.world.physics_control(car), mass=0.0))


@pytest.mark.parametrize("bad", [[np.nan, 0, 0, 0, 0, 0, 0], [0, np.inf, 0, 0, 0, 0, 0], [0.5, 0.0, 0.0]])
def test_controls_that_are_not_seven_finite_numbers_are_refused_and_change_nothing(stage, bad):
    car = stage.add("vehicle.lincoln.mkz_2020")
    stage.world.control_vehicle(car, [0.5, 0.1, 0.0, 0, 0, 0, 0])
    before = stage.world.state_hash()
    with pytest.raises(WorldError, match="expected 7 finite numbers"):
        stage.world.control_vehicle(car, bad)
    assert stage.world.state_hash() == before
