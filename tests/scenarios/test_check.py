"""The linter of routes finds each defect, and nothing in a good route."""

import re
from dataclasses import replace
from functools import cache

import carla
import numpy as np
import pytest
from typer.testing import CliRunner

from lead.cli.routes import app
from lead.roads.generate import fixed_town
from lead.scenarios.check import check_route
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import trace
from lead.scenarios.route_file import Route
from lead.scenarios.situation import Situation
from lead.scenarios.weather import WeatherPoint


@cache
def graph() -> LaneGraph:
    return LaneGraph.of(carla.Map("GridCity", fixed_town("GridCity")))


def good_route() -> Route:
    """Over one junction, with a situation before it."""
    for entry, end in graph().map.get_topology():
        before, behind = entry.previous(40.0), end.next(30.0)
        if entry.is_junction and before and behind and not before[0].is_junction and not behind[0].is_junction:
            break
    places = [waypoint.transform.location for waypoint in (before[0], entry, behind[0])]
    points = np.array([[place.x, place.y, place.z] for place in places])
    pose = trace(graph(), points).pose[10]
    situation = Situation("ControlLoss_1", "ControlLoss", np.array([*pose[:3], pose[4]]), {})
    return Route("1", "GridCity", points, (WeatherPoint.of(0.0, {}),), (situation,))


def test_a_good_route_gives_no_findings():
    assert check_route(graph(), good_route()) == []


def moved(route: Route, point: int, by: tuple[float, float, float]) -> Route:
    points = route.key_points.copy()
    points[point] += by
    return replace(route, key_points=points)


def triggered(route: Route, change: tuple[float, float, float, float]) -> Route:
    situation = route.situations[0]
    return replace(route, situations=(replace(situation, trigger=situation.trigger + change),))


@pytest.mark.parametrize(
    "spoil, finding",
    [
        (lambda route: replace(route, notes=("odd",)), "odd"),
        (lambda route: moved(route, 2, (5000.0, 0.0, 0.0)), "key point 2 .* off the road"),
        (lambda route: replace(route, key_points=route.key_points[::-1].copy()), "in order"),
        (lambda route: triggered(route, (0.0, 0.0, 0.0, 0.2)), "never triggered.*turned by 11 degrees"),
        (lambda route: triggered(route, (40.0, 40.0, 0.0, 0.0)), "never triggered"),
        (lambda route: triggered(route, (0.0, 0.0, -2.1, 0.0)), "is never triggered"),
        (lambda route: triggered(route, (0.0, 0.0, 5.0, 0.0)), "set up but never triggered.* 5.0 m below"),
    ],
)
def test_each_defect_is_told(spoil, finding):

    found = check_route(graph(), spoil(good_route()))
    assert any(re.search(finding, line) for line in found), found


def test_a_trigger_just_within_reach_counts():
    assert check_route(graph(), triggered(good_route(), (0.0, 0.0, 1.9, 0.17))) == []


def test_the_command_tells_and_exits_with_one(tmp_path):
    route = good_route()
    positions = "".join('<position x="{}" y="{}" z="{}"/>'.format(*point) for point in route.key_points.tolist())
    for yaw, code in ((float(np.degrees(route.situations[0].trigger[3])), 0), (400.0, 1)):
        x, y, z = route.situations[0].trigger[:3].tolist()
        path = tmp_path / "routes.xml"
        path.write_text(
            f'<routes><route id="1" town="GridCity"><waypoints>{positions}</waypoints><scenarios><scenario name="a" '
            f'type="ControlLoss"><trigger_point x="{x}" y="{y}" z="{z}" yaw="{yaw}"/></scenario></scenarios></route></routes>'
        )
        result = CliRunner().invoke(app, ["check", str(path)])
        assert result.exit_code == code, result.output
        assert ("never triggered" in result.output) == bool(code)
