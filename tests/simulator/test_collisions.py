"""Collisions: nothing is left inside another, momentum is kept, energy never grows, nothing tunnels, all is reported."""

import numpy as np
import pytest
from conftest import Stage
from flat import flat_town
from hypothesis import given
from hypothesis import strategies as st

from lead.geometry.boxes import separation
from lead.simulator.blueprints import library
from lead.simulator.impacts import exchange
from lead.simulator.world import World

CAR = "vehicle.tesla.model3"
WALL, POLE, SIDEWALKS = 4, 6, 2
TOWN = flat_town()


def box_of(stage, actor):
    row = stage.world.row(actor)
    pose, centre, half = (
        column[row] for column in (stage.world.table.pose, stage.world.table.centre, stage.world.table.extent)
    )
    c, s = np.cos(pose[4]), np.sin(pose[4])
    return pose[0] + c * centre[0] - s * centre[1], pose[1] + s * centre[0] + c * centre[1], pose[4], half[0], half[1]


def gap(stage, a, b):
    return separation(*box_of(stage, a), *box_of(stage, b))[0]


headings = st.floats(-np.pi, np.pi)
speeds = st.floats(-10.0, 36.0)


@given(headings, headings, speeds, speeds, st.floats(5.5, 12.0), headings)
def test_two_vehicles_never_stay_inside_each_other(yaw_a, yaw_b, speed_a, speed_b, distance, bearing):
    stage = Stage(World(TOWN))
    a = stage.add(CAR, yaw=yaw_a)
    b = stage.add(
        "vehicle.audi.a2", x=float(distance * np.cos(bearing)), y=float(distance * np.sin(bearing)), yaw=yaw_b
    )
    stage.launch(a, speed_a)
    stage.launch(b, speed_b)
    for _ in range(40):
        stage.world.step(0.05)
        assert gap(stage, a, b) > -2e-3


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), headings, speeds), min_size=3, max_size=8))
def test_a_pile_up_comes_apart(places):
    stage = Stage(World(TOWN))
    cars = []
    for x, y, yaw, speed in places:
        try:
            cars.append(stage.add(CAR, x=x, y=y, yaw=yaw, speed=speed))
        except Exception as error:
            assert "Spawn failed" in str(error)
    stage.run(2.0)
    for i, a in enumerate(cars):
        for b in cars[i + 1 :]:
            assert gap(stage, a, b) > -0.02


vectors = st.tuples(st.floats(-30, 30), st.floats(-30, 30))
levers = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


@given(
    vectors,
    vectors,
    st.floats(-3, 3),
    st.floats(-3, 3),
    levers,
    levers,
    headings,
    st.floats(100, 9000),
    st.floats(100, 9000),
)
def test_an_impact_keeps_momentum_and_never_adds_energy(va, vb, wa, wb, ra, rb, normal, mass_a, mass_b):
    velocity = np.array([[*va, 0.0], [*vb, 0.0]])
    rates = np.array([[0.0, 0.0, wa], [0.0, 0.0, wb]])
    masses, inertias = np.array([mass_a, mass_b]), 2.0 * np.array([mass_a, mass_b])

    def energy():
        return 0.5 * (masses * (velocity**2).sum(axis=1)).sum() + 0.5 * (inertias * rates[:, 2] ** 2).sum()

    before, momentum = energy(), masses @ velocity
    n = (np.cos(normal), np.sin(normal))
    impulse = exchange(
        velocity, rates, 0, 1, *n, *ra, *rb, *(1.0 / masses[:1]), 1.0 / inertias[0], 1.0 / masses[1], 1.0 / inertias[1]
    )
    assert energy() <= before * (1.0 + 1e-9) + 1e-6
    assert masses @ velocity == pytest.approx(momentum, rel=1e-9, abs=1e-6)
    assert np.dot(impulse, n) <= 1e-9, "the first body is pushed back, against the normal"


@pytest.mark.parametrize("speed", [2.0, 10.0, 30.0])
def test_rear_end_impact_shares_momentum(stage, speed):
    back, front = stage.add(CAR), stage.add(CAR, x=6.0)
    stage.run(0.5)
    stage.launch(back, speed)
    contacts = []
    while not contacts:
        stage.world.step(0.05)
        contacts = stage.world.contacts
    assert stage.velocity(back)[0] + stage.velocity(front)[0] == pytest.approx(speed, rel=0.1, abs=0.3)
    assert stage.velocity(front)[0] > stage.velocity(back)[0]
    assert {(contact.actor, contact.other) for contact in contacts} == {(back, front), (front, back)}
    mine, theirs = contacts
    assert np.array(mine.impulse) == pytest.approx(-np.array(theirs.impulse))
    assert abs(mine.impulse[0]) == pytest.approx(0.55 * 1845.0 * speed, rel=0.15)


def test_a_hit_at_the_corner_spins_both(stage):
    a, b = stage.add(CAR), stage.add(CAR, x=8.0, y=1.5)
    stage.run(0.5)
    stage.launch(a, 20.0)
    stage.run(0.5)
    rows = [stage.world.row(actor) for actor in (a, b)]
    assert (np.abs(stage.world.table.pose[rows, 4]) > 0.02).all()


@pytest.mark.parametrize("offset", np.linspace(0.0, 1.75, 8).tolist())
@pytest.mark.parametrize("half", [0.05, 0.5])
def test_nothing_tunnels_a_thin_wall_at_130(stage_on, offset, half):
    stage = stage_on(boxes=[(50.0, 0.0, 1.0, half, 5.0, 1.0, 0.0, WALL)])
    small = stage.add("vehicle.micro.microlino", x=20.0 + offset, speed=36.0)
    contacts = stage.run(1.5)
    front = stage.pose(small)[0] + library()["vehicle.micro.microlino"].extent[0]
    assert front < 50.0 - half + 0.02
    assert contacts and contacts[0].other == 0 and contacts[0].other_label == WALL
    assert contacts[0].impulse[0] < -513.0 * 30.0


@pytest.mark.parametrize("offset", np.linspace(0.0, 1.75, 8).tolist())
@pytest.mark.parametrize(
    "blueprint", ["walker.pedestrian.0001", "static.prop.constructioncone", "vehicle.bh.crossbike"]
)
@pytest.mark.parametrize("aside", [0.0, 0.6])
def test_thin_things_are_hit_in_front_at_130(stage, offset, blueprint, aside):
    target = stage.add(blueprint, x=60.0, y=aside, yaw=np.pi / 2)
    car = stage.add(CAR, x=30.0 + offset, speed=36.0)
    contacts = stage.run(1.0)
    hits = [contact for contact in contacts if contact.actor == car]
    assert hits and hits[0].other == target
    assert stage.pose(target)[0] > 60.5, "it is pushed ahead, not aside"


def test_a_glancing_pass_is_no_collision(stage):
    car = stage.add(CAR, speed=30.0)
    stage.add("walker.pedestrian.0001", x=30.0, y=1.4)
    assert stage.run(2.0) == [] and stage.pose(car)[0] > 50.0


def test_pole_stops_a_car_and_both_sides_of_a_gap_let_it_pass(stage_on):
    stage = stage_on(
        boxes=[(40.0, 0.0, 3.0, 0.15, 0.15, 3.0, 0.0, POLE), (40.0, 20.0 - 1.4, 3.0, 0.15, 0.15, 3.0, 0.0, POLE)]
    )
    stopped, free = stage.add(CAR, speed=15.0), stage.add(CAR, y=20.0, speed=15.0)
    stage.run(4.0)
    assert stage.pose(stopped)[0] < 38.0 and stage.pose(free)[0] > 45.0


def test_debris_is_driven_over_and_a_cone_knocked_away(stage):
    stage.add("static.prop.dirtdebris01", x=20.0)
    cone = stage.add("static.prop.constructioncone", x=40.0)
    car = stage.add(CAR, speed=15.0)
    contacts = stage.run(3.0)
    stage.drive(car, brake=1.0)
    contacts += stage.run(6.0)
    assert {contact.other for contact in contacts if contact.actor == car} == {cone}
    assert stage.pose(cone)[0] > 45.0 and stage.speed(cone) == 0.0
    assert stage.pose(car)[0] > 40.0


def test_large_props_stand_fast(stage):
    stand = stage.add("static.prop.vendingmachine", x=20.0)
    car = stage.add(CAR, speed=15.0)
    stage.run(2.0)
    assert stage.pose(stand)[0] == 20.0 and stage.pose(car)[0] < 20.0


def test_a_car_without_physics_blocks_but_not_without_collisions(stage):
    parked = stage.add(CAR, x=20.0)
    stage.world.set_physics(parked, False)
    car = stage.add(CAR, speed=15.0)
    assert stage.run(2.0)
    assert stage.pose(parked)[0] == 20.0 and stage.pose(car)[0] < 16.0
    stage.world.set_collisions(parked, False)
    stage.launch(car, 15.0)
    assert stage.run(2.0) == [] and stage.pose(car)[0] > 25.0


def test_hidden_actors_below_the_ground_touch_nothing(stage):
    hidden = stage.add(CAR, x=20.0, z=-100.0)
    stage.world.set_physics(hidden, False)
    car = stage.add(CAR, speed=15.0)
    assert stage.run(3.0) == [] and stage.pose(car)[0] > 30.0


def test_pushing_against_a_wall_is_reported_while_it_lasts(stage_on):
    stage = stage_on(boxes=[(10.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, WALL)])
    car = stage.add(CAR, x=3.0)
    stage.drive(car, throttle=0.8)
    stage.run(3.0)
    stage.world.step(0.05)
    assert [contact.other_label for contact in stage.world.contacts] == [WALL]
    stage.drive(car, brake=1.0)
    stage.run(0.5)
    stage.world.step(0.05)
    assert stage.world.contacts == []


def test_bridge_overhead_is_no_obstacle(stage_on):
    stage = stage_on(boxes=[(20.0, 0.0, 6.0, 5.0, 5.0, 1.0, 0.0, WALL)])
    car = stage.add(CAR, speed=15.0)
    assert stage.run(3.0) == [] and stage.pose(car)[0] > 25.0


def test_mounting_a_kerb_is_one_contact_and_costs_a_little_speed(stage_on):
    stage = stage_on(kerb_y=5.0)
    car = stage.add(CAR, yaw=np.pi / 2, speed=8.0)
    contacts = stage.run(2.0)
    assert [(contact.other, contact.other_label) for contact in contacts] == [(0, SIDEWALKS)]
    assert stage.pose(car)[2] == pytest.approx(0.15, abs=0.01)
    assert 5.0 < stage.speed(car) < 7.5


def test_dropping_off_a_kerb_or_starting_on_it_is_no_contact(stage_on):
    stage = stage_on(kerb_y=5.0)
    car = stage.add(CAR, y=12.0, z=0.3, yaw=-np.pi / 2)
    stage.run(1.0)
    stage.launch(car, 6.0)
    assert stage.run(2.5) == [] and stage.pose(car)[2] == pytest.approx(0.0, abs=0.01)


def test_a_walker_in_the_way_is_pushed_and_the_car_hardly_slowed(stage):
    walker = stage.add("walker.pedestrian.0001", x=15.0)
    car = stage.add(CAR, speed=10.0)
    contacts = stage.run(1.5)
    assert {(contact.actor, contact.other) for contact in contacts} >= {(car, walker), (walker, car)}
    assert stage.speed(car) > 8.0 and stage.pose(walker)[0] > 17.0


def test_a_walker_is_stopped_by_a_parked_car_and_does_not_move_it(stage):
    car = stage.add(CAR)
    walker = stage.add("walker.pedestrian.0001", x=0.0, y=-5.0)
    stage.drive(car, brake=1.0)
    stage.world.control_walker(walker, [0.0, 1.0, 0.0], 1.5)
    stage.run(5.0)
    assert stage.pose(walker)[1] < -1.2
    assert np.abs(stage.pose(car)[:2]).max() < 0.02


def test_two_walkers_make_room_without_a_contact(stage):
    a, b = stage.add("walker.pedestrian.0001"), stage.add("walker.pedestrian.0002", x=3.0)
    stage.world.control_walker(a, [1.0, 0.0, 0.0], 1.5)
    stage.world.control_walker(b, [-1.0, 0.0, 0.0], 1.5)
    assert stage.run(2.0) == []
    assert gap(stage, a, b) > -2e-3
