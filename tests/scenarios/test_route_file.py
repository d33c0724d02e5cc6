"""Route files: the official ones and broken ones."""

import zipfile
from collections import Counter
from math import radians
from pathlib import Path

import numpy as np
import pytest

from lead import InputError
from lead.scenarios.route_file import read_routes
from lead.scenarios.weather import FIELDS, to_carla, weather_at

ROUTES = Path(__file__).parents[2].parent / "shared" / "routes"
published = pytest.mark.skipif(not ROUTES.is_dir(), reason="the published route files (../shared/routes) are not here")

WEATHERS = """
<weathers>
  <weather route_percentage="100" cloudiness="90" wetness="40"/>
  <weather route_percentage="0" cloudiness="10"/>
</weathers>"""
SITUATION = """
<scenario name="ParkedObstacle_1" type="ParkedObstacle">
  <trigger_point x="5" y="0.5" z="0" yaw="90"/>
  <distance value="40"/><distance value="55.5"/>
  <frequency from="20" to="80"/>
  <direction value="left"/>
  <start_actor_flow x="1" y="2" z="3"/>
</scenario>"""


def route_xml(identity="7", town="Town03", weathers=WEATHERS, points=2, scenarios=SITUATION) -> str:
    positions = "".join(f'<position x="{10 * k}" y="1.5" z="0"/>' for k in range(points))
    return (
        f'<route id="{identity}" town="{town}">{weathers}<waypoints>{positions}</waypoints>'
        f"<scenarios>{scenarios}</scenarios></route>"
    )


def written(folder: Path, *routes: str) -> Path:
    path = folder / "routes.xml"
    path.write_text("<routes>" + "".join(routes) + "</routes>")
    return path


def test_a_route_is_read_whole(tmp_path):
    (route,) = read_routes(written(tmp_path, route_xml()))
    assert (route.id, route.town) == ("7", "Town03")
    assert np.array_equal(route.key_points, [[0.0, 1.5, 0.0], [10.0, 1.5, 0.0]])
    (situation,) = route.situations
    assert (situation.name, situation.type) == ("ParkedObstacle_1", "ParkedObstacle")
    assert np.allclose(situation.trigger, [5.0, 0.5, 0.0, radians(90.0)])
    assert situation.number("distance", 1.0) == 55.5 and situation.number("speed", 60.0) == 60.0
    assert situation.interval("frequency", (1.0, 2.0)) == (20.0, 80.0)
    assert situation.interval("source_dist_interval", (1.0, 2.0)) == (1.0, 2.0)
    assert situation.text("direction", "right") == "left" and situation.text("blocker", "cart") == "cart"
    assert np.array_equal(situation.place("start_actor_flow"), [1.0, 2.0, 3.0]) and situation.place("end") is None
    assert route.notes == ("situation 'ParkedObstacle_1' has <distance> twice; the last counts",)


def test_weather_blends_field_by_field_and_holds_beyond_its_ends(tmp_path):
    (route,) = read_routes(written(tmp_path, route_xml()))
    cloudiness, wetness, sun = (FIELDS.index(name) for name in ("cloudiness", "wetness", "sun_altitude_angle"))
    half = weather_at(route.weather, 50.0)
    assert (half[cloudiness], half[wetness], half[sun]) == (50.0, 20.0, 70.0)
    assert weather_at(route.weather, -5.0)[cloudiness] == 10.0 and weather_at(route.weather, 120.0)[cloudiness] == 90.0
    assert to_carla(half).cloudiness == 50.0 and to_carla(half).rayleigh_scattering_scale == pytest.approx(0.0331)


def test_without_weather_it_is_the_leaderboards(tmp_path):
    (route,) = read_routes(written(tmp_path, route_xml(weathers="")))
    weather = to_carla(weather_at(route.weather, 30.0))
    assert (weather.cloudiness, weather.sun_altitude_angle, weather.wetness) == (50.0, 70.0, 0.0)


def test_a_subset_is_chosen_by_ids_in_the_files_order(tmp_path):
    path = written(tmp_path, *(route_xml(name) for name in ("3", "0", "12", "night-1", "5")))
    assert [route.id for route in read_routes(path)] == ["3", "0", "12", "night-1", "5"]
    assert [route.id for route in read_routes(path, "5, 0-3")] == ["3", "0", "5"]
    assert [route.id for route in read_routes(path, "night-1")] == ["night-1"]
    with pytest.raises(InputError, match="no route '99'; it has 5: 3, 0, 12"):
        read_routes(path, "0,99")


@pytest.mark.parametrize(
    "routes, message",
    [
        ("<routes><route", "not well-formed"),
        ("<scenes/>", "begins with <scenes>"),
        ("<routes/>", "holds no <route>"),
        (f"<routes>{route_xml(town='')}</routes>", "expected 'id' and 'town'"),
        (f"<routes>{route_xml(points=1)}</routes>", "1 positions"),
        (f"<routes>{route_xml()}</routes>".replace('x="10"', 'x="ten"'), "position 'x' is 'ten'"),
        (f"<routes>{route_xml()}</routes>".replace('x="10"', 'x="nan"'), "finite number"),
        ("<routes>" + route_xml(scenarios='<scenario name="a" type="T"/>') + "</routes>", "0 <trigger_point>"),
        (f"<routes>{route_xml()}</routes>".replace('yaw="90"', ""), "trigger_point 'yaw' is ''"),
        (f"<routes>{route_xml()}</routes>".replace('cloudiness="90"', 'cloudiness=""'), "weather 'cloudiness' is ''"),
    ],
)
def test_a_broken_file_says_what_was_found_and_expected(tmp_path, routes, message):
    path = tmp_path / "broken.xml"
    path.write_text(routes)
    with pytest.raises(InputError, match=message):
        read_routes(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot read the route file .*none.xml"):
        read_routes(tmp_path / "none.xml")


def test_wrong_parameters_name_the_situation(tmp_path):
    xml = SITUATION.replace('value="55.5"', 'value="far"')
    (situation,) = read_routes(written(tmp_path, route_xml(scenarios=xml)))[0].situations
    with pytest.raises(InputError, match=r"ParkedObstacle_1 \(ParkedObstacle\): <distance> 'value' is 'far'"):
        situation.number("distance", 1.0)
    with pytest.raises(InputError, match="<frequency> has .*expected 'value'"):
        situation.number("frequency", 1.0)


@published
@pytest.mark.parametrize(
    "name, routes, situations, types",
    [("bench2drive220.xml", 220, 220, 44), ("longest6.xml", 36, 429, 6), ("Town13.xml", 20, 1786, 36)],
)
def test_published_benchmarks_are_read_completely(name, routes, situations, types):
    read = read_routes(ROUTES / name)
    kinds = Counter(situation.type for route in read for situation in route.situations)
    assert (len(read), sum(kinds.values()), len(kinds)) == (routes, situations, types)
    assert not any(route.notes for route in read if name != "Town13.xml")
    for route in read:
        assert len(route.weather) == (1 if name == "longest6.xml" else 2)


@published
def test_published_training_routes_are_read_with_their_defects_told(tmp_path):
    with zipfile.ZipFile(ROUTES / "training-routes-sample.zip") as archive:
        archive.extractall(tmp_path)
    routes = [route for path in sorted(tmp_path.rglob("*.xml")) for route in read_routes(path)]
    assert len(routes) == 204
    odd = Counter(note for route in routes for note in route.notes)
    assert odd["<weathis_juncer> in <weathers> is no <weather>; left out"] == 154
    assert all(len(route.weather) >= 1 for route in routes)
