"""Debris that disturbs the ego's controls."""

import carla
import numpy as np
import pytest
from bumping import begin, drive_on, on_the_street, seen_from
from playing import Act, acting, bumps_of, plan_along, situation, visit

START = (78.0, 232.0)  # m, in GridCity; the street is straight for 140 m
DEBRIS_AT = (14.0, 48.0, 74.0)  # m from the trigger


@pytest.fixture
def trigger(client: carla.Client) -> carla.Waypoint:
    """10 m from the route's start."""
    town_map = visit(client, "GridCity").get_world().get_map()
    return town_map.get_waypoint(carla.Location(*START, 0.0)).next(10.0)[0]


def drive_over(act: Act) -> list[tuple[float, float, float]]:
    """Of each tick: m to the nearest debris, and what was applied less what was asked of throttle and wheel."""
    debris = [prop.get_location() for prop in act.actors("static.prop.*")]
    rows = []
    while not act.over:
        asked = act.stage.control
        nearest = min(act.stage.place.distance(place) for place in debris)
        act.tick()
        applied = act.stage.ego.get_control()
        rows.append((nearest, applied.throttle - asked.throttle, applied.steer - asked.steer))
    return rows


def story(client: carla.Client, trigger: carla.Waypoint, seed: int = 0) -> list[tuple[float, float, float]]:
    points = plan_along(trigger.previous(10.0)[0], 250.0)
    with acting(client, "GridCity", points, situation("ControlLoss", trigger.transform), speed=12.0, seed=seed) as act:
        begin(act)
        return drive_over(act)


def test_debris_lies_on_the_lane_when_triggered(client: carla.Client, trigger: carla.Waypoint):
    points = plan_along(trigger.previous(10.0)[0], 250.0)
    with acting(client, "GridCity", points, situation("ControlLoss", trigger.transform)) as act, bumps_of(act) as bumps:
        act.tick()
        act.tick()
        debris = act.actors("static.prop.dirtdebris01")
        assert len(debris) == 3 and all(prop.get_location().z < -100.0 for prop in debris)
        begin(act)
        places = np.array([seen_from(trigger.transform, prop.get_location()) for prop in debris])
        assert places[:, 0] == pytest.approx(DEBRIS_AT, abs=0.5) and np.abs(places[:, 1]).max() < 0.5
        assert all(abs(prop.get_location().z) < 0.5 for prop in debris)
        begun = act.stage.place
        drive_on(act, [], careful=False)
        assert begun.distance(act.stage.place) == pytest.approx(110.0, abs=3.0)
        assert on_the_street(act) == [] and not bumps


def test_noise_only_beside_the_debris(client: carla.Client, trigger: carla.Waypoint):
    rows = np.array(story(client, trigger))
    near = rows[:, 0] < 2.0
    assert near.sum() >= 9 and (~near).sum() > 100
    assert np.abs(rows[~near, 1:]).max() < 1e-6
    steer = np.abs(rows[near, 2])
    assert steer.min() > 0.0 and steer.max() < 0.055 + 6 * 0.015 and steer.mean() == pytest.approx(0.055, abs=0.015)
    assert 0.0 < np.abs(rows[near, 1]).max() < 0.03 + 6 * 0.01
    visits = np.split(rows[near, 2], np.flatnonzero(np.diff(np.flatnonzero(near)) > 1) + 1)
    assert len(visits) == 3 and all(len(set(np.sign(visit))) == 1 for visit in visits)  # one side for each debris


def test_nobody_else_is_disturbed(client: carla.Client, trigger: carla.Waypoint):
    points = plan_along(trigger.previous(10.0)[0], 250.0)
    with acting(client, "GridCity", points, situation("ControlLoss", trigger.transform)) as act:
        blueprint = act.stage.world.get_blueprint_library().find("vehicle.mini.cooper_s")
        pose = trigger.next(DEBRIS_AT[0])[0].get_left_lane().transform
        pose.location.z += 0.3
        other = act.stage.world.spawn_actor(blueprint, pose)
        begin(act)
        controls = set()
        while not act.over:
            act.tick()
            control = other.get_control()
            controls.add((control.throttle, control.steer))
        assert controls == {(0.0, 0.0)}


def test_same_seed_same_noise(client: carla.Client, trigger: carla.Waypoint):
    first, again, other = (story(client, trigger, seed) for seed in (1, 1, 2))
    assert first == again and first != other
