"""The whole expert drives past situations: it gets by, and its box keeps clear of everybody's."""

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from rolling import Change, roll
from scenes import actors, car, ego
from situations import AT, SIGN, approach, chased, clearance

from lead.expert.decision import Cause, Decision
from lead.expert.rules.passing import Stage
from lead.expert.rules.passing.oncoming import EAGER_FROM
from lead.expert.scene import Actors, Route, Scene
from lead.expert.settings import ALIGNED, PRIVILEGED, Settings

LEAST = 0.25  # m between boxes
ONE_WAY = ("Accident", "ParkedObstacle", "ConstructionObstacle", "HazardAtSideLane")
TWO_WAYS = (
    "AccidentTwoWays", "ParkedObstacleTwoWays", "ConstructionObstacleTwoWays", "VehicleOpensDoorTwoWays",
    "HazardAtSideLaneTwoWays",
)  # fmt: skip
OPEN = 5.0  # s after which metres on the oncoming lane do not count as on a wrong one


def driven(here: Scene, settings: Settings, seconds: float, change: Change | None = None):
    """Scenes, decisions and memory of so long; the ego has its route behind the situation."""
    return roll(here, settings, round(20 * seconds), change=change)


def place(here: Scene) -> float:
    return float(here.ego.pose[0])


def crossed(scenes: list[Scene], width: float) -> float:
    """s at which the ego's middle comes onto the lane to its left."""
    return next(here.time for here in scenes if here.ego.pose[1] < -0.5 * width)


@pytest.mark.parametrize("settings", [PRIVILEGED, ALIGNED], ids=["privileged", "aligned"])
@pytest.mark.parametrize("width", [2.75, 3.5])
@pytest.mark.parametrize("type_name", ONE_WAY + TWO_WAYS)
def test_the_ego_gets_past_on_a_free_lane(type_name: str, width: float, settings: Settings):
    scenes, decisions, memory = driven(approach(type_name, width=width), settings, 17.0)
    assert clearance(scenes, but=SIGN) > LEAST
    assert place(scenes[-1]) > AT + 50.0
    assert abs(scenes[-1].ego.pose[1]) < 0.3
    assert memory.passing.manoeuvres[0].stage is Stage.DONE
    if type_name in TWO_WAYS:
        assert crossed(scenes, width) > OPEN - 0.2
        assert any(proposal.overrides for decision in decisions for proposal in decision.proposals)


@pytest.mark.parametrize("type_name", ["Accident", "ConstructionObstacle"])
def test_an_obstacle_on_the_left_is_passed_on_the_right(type_name: str):
    here = approach(type_name, side=-1.0)
    way, count = here.route, len(here.route)
    sides = {
        "left_side": np.zeros(count, np.int8),
        "right_side": way.left_side,
        "left": np.zeros(count),
        "right": way.left,
    }
    scenes, _, _ = driven(replace(here, route=replace(way, **sides)), PRIVILEGED, 14.0)
    assert clearance(scenes, but=SIGN) > LEAST and place(scenes[-1]) > AT + 40.0
    assert max(scene.ego.pose[1] for scene in scenes) > 3.0


def stream(way: Route, spacing: float, speed: float) -> list[Actors]:
    """Oncoming cars at a speed (m/s), so far (m) apart."""
    places = np.arange(AT - 10.0, AT + 100.0, spacing)
    return [car(way, at, -3.5, speed, turned=pi, id=100 + k) for k, at in enumerate(places)]


def flowing(spacing: float, speed: float) -> Change:
    """Such cars go on coming; each brakes for an ego in its lane."""

    def change(here: Scene) -> Scene:
        others = here.actors
        if others.pose[others.ids >= 100, 0].max() < AT + 100.0 - spacing:
            others = actors(others, car(here.route, AT + 100.0, -3.5, speed, turned=pi, id=int(others.ids.max()) + 1))
        x, y = here.ego.pose[:2]
        velocity = others.velocity.copy()
        for row in np.flatnonzero(others.ids >= 100):
            gap = others.pose[row, 0] - x - 2.4 - 2.45 - 2.0
            meets = others.pose[row, 0] > x and abs(others.pose[row, 1] - y) < 1.0 + 0.92 + 0.3
            wanted = min(speed, np.sqrt(max(0.0, 10.0 * gap))) if meets else speed
            now = -velocity[row, 0]
            velocity[row, 0] = -float(np.clip(wanted, now - 0.4, now + 0.15))
        return replace(here, actors=replace(others, velocity=velocity))

    return change


def met(type_name: str, spacing: float, speed: float, at: float) -> Scene:
    """The ego stands before a situation beside a stream of oncoming cars."""
    way = approach(type_name).route
    return approach(type_name, *stream(way, spacing, speed), at=at, speed=0.0, limit=speed)


@pytest.mark.parametrize(("spacing", "speed"), [(45.0, 8.0), (55.0, 12.0)])
def test_where_no_gap_of_the_published_size_comes_the_ego_gets_past_in_the_end(spacing: float, speed: float):
    here = met("ParkedObstacleTwoWays", spacing, speed, AT - 7.0)
    scenes, _, memory = driven(here, PRIVILEGED, 28.0, flowing(spacing, speed))
    beyond = next(scene for scene in scenes if place(scene) > AT + 20.0)
    assert beyond.time > OPEN + EAGER_FROM
    assert clearance([scene for scene in scenes if scene.time <= beyond.time], but=SIGN) > 0.15
    assert memory.passing.manoeuvres[0].stage is Stage.DONE


def test_cars_that_follow_each_other_closely_are_let_by():
    scenes, decisions, _ = driven(met("AccidentTwoWays", 25.0, 12.0, AT - 8.0), ALIGNED, 20.0, flowing(25.0, 12.0))
    assert all(place(scene) < AT - 5.0 for scene in scenes)
    assert decisions[-1].binding is not None and decisions[-1].binding.cause is Cause.ONCOMING


@pytest.mark.parametrize("spacing", [22.0, 40.0])
@pytest.mark.parametrize("type_name", ["ParkedObstacle", "HazardAtSideLane"])
def test_a_lane_change_finds_its_gap_in_a_stream_that_does_not_brake(type_name: str, spacing: float):
    way = approach(type_name).route
    places = np.arange(-40.0, AT - 10.0, spacing)
    stream = [car(way, at, -3.5, 9.0, id=100 + k) for k, at in enumerate(places)]
    scenes, _, memory = driven(approach(type_name, *stream, limit=13.9), ALIGNED, 25.0)
    assert clearance(scenes, but=SIGN) > LEAST
    assert memory.passing.manoeuvres[0].stage is Stage.DONE


def test_an_emergency_vehicle_gets_past():
    here = chased(28.0, speed=9.0)

    def comes_up(now: Scene) -> Scene:
        x, y = now.ego.pose[:2]
        siren, gap = now.actors.pose[0], x - now.actors.pose[0, 0] - 2.4 - 2.45 - 1.0
        meets = gap > -3.0 and abs(siren[1] - y) < 1.0 + 0.92
        speed = now.ego.speed * max(0.0, 1.0 + min(0.0, gap)) if meets and gap <= 0.0 else now.ego.speed + 25.0
        if meets and gap > 0.0:
            speed = min(speed, np.sqrt(now.ego.speed**2 + 20.0 * gap))
        return replace(now, actors=replace(now.actors, velocity=np.array([[speed, 0.0, 0.0]])))

    scenes, _, memory = driven(here, ALIGNED, 9.0, comes_up)
    assert scenes[-1].actors.pose[0, 0] > place(scenes[-1]) + 10.0
    assert clearance(scenes) > LEAST
    assert memory.passing.manoeuvres[0].stage is Stage.DONE


def test_the_same_drive_twice_is_the_same():
    def controls(decisions: list[Decision]) -> list:
        return [decision.control for decision in decisions]

    first, again = (driven(approach("AccidentTwoWays"), ALIGNED, 6.0)[1] for _ in range(2))
    assert controls(first) == controls(again)


def test_a_drive_goes_on_from_its_memory():
    here = approach("ParkedObstacleTwoWays")
    scenes, decisions, _ = driven(here, PRIVILEGED, 8.0)
    half, _, memory = driven(here, PRIVILEGED, 4.0)
    _, rest, _ = roll(scenes[len(half)], PRIVILEGED, 40, memory=memory)
    assert [d.control for d in rest] == [d.control for d in decisions[len(half) : len(half) + 40]]


def test_it_does_not_matter_where_the_drive_begins():
    here = approach("AccidentTwoWays", at=AT - 30.0, speed=4.0)
    late = replace(here, ego=ego(here.route, AT - 30.0, 4.0))
    scenes, _, _ = driven(late, PRIVILEGED, 16.0)
    assert clearance(scenes, but=SIGN) > LEAST and place(scenes[-1]) > AT + 40.0
