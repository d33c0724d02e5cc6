"""Before a bend the ego comes down to a speed at which the tyres hold."""

from dataclasses import replace
from math import pi, sqrt

import pytest
from rolling import roll
from scenes import ego, index, route, scene, seen

from lead.expert.bends import BRAKING, LATERAL, LEAST, bend_speed
from lead.expert.settings import ALIGNED, PRIVILEGED
from lead.scenarios.lane_graph import Command

AT = 100.0


def way(radius: float, angle: float = pi / 2):
    return route(250.0, bends=((AT, angle, radius),))


@pytest.mark.parametrize("angle", [pi / 2, -pi / 2])
@pytest.mark.parametrize("radius", [8.0, 15.0, 30.0])
def test_in_a_bend_it_is_the_speed_of_its_radius(radius: float, angle: float):
    inside = index(AT + 0.25 * pi * radius)
    assert bend_speed(way(radius, angle), inside) == pytest.approx(sqrt(LATERAL * radius), rel=0.03)


def test_before_it_there_is_room_to_brake_and_behind_it_nothing_holds():
    bend = way(15.0)
    near, far = bend_speed(bend, index(AT - 10.0)), bend_speed(bend, index(AT - 30.0))
    assert far**2 - near**2 == pytest.approx(2.0 * BRAKING * 20.0, rel=0.02)
    assert bend_speed(bend, index(AT + 30.0)) > 100.0 and bend_speed(route(250.0), index(AT)) > 100.0


def test_a_kink_is_no_bend():
    assert bend_speed(way(0.5), index(AT)) == pytest.approx(LEAST, abs=0.1)


def test_a_change_of_lane_is_no_bend():
    bend = route(250.0, bends=((AT, pi / 2, 15.0),), commands=((AT - 5.0, AT + 40.0, Command.CHANGE_LANE_LEFT),))
    assert bend_speed(bend, index(AT)) > 100.0


def test_it_is_part_of_the_limit_if_switched_on():
    here = scene(way(15.0), ego(way(15.0), AT + 10.0, limit=30.0))
    assert seen(here, PRIVILEGED).limit == pytest.approx(sqrt(LATERAL * 15.0), rel=0.03)
    assert seen(here, replace(PRIVILEGED, bends=False)).limit == pytest.approx(20.0)


def test_a_fast_ego_keeps_to_its_lane_in_a_turn():
    """At 20 m/s without the rule it would not."""
    bend = way(12.0)
    scenes, _, _ = roll(scene(bend, ego(bend, 20.0, 20.0, limit=25.0)), ALIGNED, 200)
    speeds = [here.ego.speed for here in scenes if here.ego.pose[0] > AT + 2.0 and here.ego.pose[1] < 8.0]
    assert max(speeds) < sqrt(LATERAL * 12.0) + 1.5
