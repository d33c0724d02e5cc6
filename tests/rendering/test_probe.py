"""Rays through a town and its actors: they meet what is drawn, wherever cameras are, and cost what lies beside them."""

import numpy as np
import pytest
from staged import before, busy_world, city

from lead.rendering.beams import nearest_hits
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.probe import Probe
from lead.rendering.rays import cast_ray
from lead.rendering.stage import Stage
from lead.rendering.street.tiles import TILE, Street
from lead.roads.generate import fixed_town
from lead.roads.labels import Label
from lead.roads.surface import ground_height
from lead.roads.town import build_town
from lead.simulator.world import World

DOWN = np.array([0.0, 0.0, -1.0])


@pytest.fixture(scope="module")
def street():
    return Street(city())


@pytest.fixture(scope="module")
def scene(street):
    """A busy world, its actors, and a probe."""
    return *busy_world(street.town), Probe(street)


def test_rays_meet_what_a_stage_shows(scene, street):
    world, _, probe = scene
    start = street.town.spawn_points[0]
    stage = Stage(street.town, 0, street)
    stage.update(world, before(start, 15.0, 0.0, 1.0)[None, :3])
    draw, met, movers = np.random.default_rng(4), 0, 0
    for _ in range(150):
        a, b = (before(start, *draw.uniform((-5.0, -9.0, low), (45.0, 9.0, low + 1.5)))[:3] for low in (1.5, -1.0))
        shown = cast_ray(stage.triangles, stage.items, stage.objects, a, b)
        hits = probe.cast(world, a, b)
        assert [(hit.tag, hit.point.tolist()) for hit in hits] == [(hit.tag, hit.point.tolist()) for hit in shown]
        first = probe.project(world, a, b - a, float(np.linalg.norm(b - a)))
        assert (first is None) == (not hits)
        if first is not None:
            assert first.point == pytest.approx(hits[0].point, abs=1e-5)
        met += len(hits)
        movers += sum(hit.identity in set(world.table.id.tolist()) for hit in hits)
    assert met > 120 and movers > 10


def test_actors_are_met_where_they_are_at_that_moment(scene):
    world, actors, probe = scene
    row = world.row(actors["car"])
    place = world.table.pose[row].copy()
    above = place[:3] + [0.0, 0.0, 5.0]
    hit = probe.project(world, above, DOWN, 20.0)
    assert (hit.tag, hit.identity) == (Label.CAR, actors["car"])
    assert hit.point[2] == pytest.approx(place[2] + 2.0 * world.table.extent[row, 2], abs=0.15)
    world.table.pose[row, :3] = place[:3] + [0.0, 0.0, 300.0]
    assert probe.project(world, above, DOWN, 20.0).tag in (Label.ROADS, Label.ROAD_LINES)
    assert probe.project(world, above + [0.0, 0.0, 300.0], DOWN, 20.0).identity == actors["car"], "far above the town"
    world.table.pose[row] = place


@pytest.mark.parametrize("name", ["MotorwayRing", "InterurbanHills"])
def test_the_ground_below_is_what_wheels_stand_on_and_lidars_see(name):
    town = build_town(name, fixed_town(name))
    street = Street(town)
    probe, stage, world = Probe(street), Stage(town, 0, street), World(town)
    sloped = np.abs(np.gradient(town.network.samples.centre[:, 2])) > 0.02
    places = town.network.samples.centre[sloped][:: max(1, sloped.sum() // 8)] + [0.213, 0.137, 3.0]
    assert np.ptp(places[:, 2]) > 3.0
    for place in places:
        hit = probe.project(world, place, DOWN, 10.0)
        assert hit.point[2] == pytest.approx(ground_height(town.surface, *place)[0], abs=0.035), "paint is 3 cm thick"
        stage.update(world, place[None])
        seen = nearest_hits(stage.triangles, stage.items, place, DOWN[None], np.array([10.0], np.float32))
        assert seen.face[0] != NOTHING and place[2] - seen.distance[0] == pytest.approx(hit.point[2], abs=0.02)


def test_hidden_things_are_passed_through(scene, street):
    world, _, probe = scene
    scenery = street.town.scenery
    row = int(np.flatnonzero(scenery.name == "Building")[0])
    above = scenery.centre[row] + [0.0, 0.0, scenery.extent[row, 2] + 5.0]
    reach = 2.0 * scenery.extent[row, 2] + 10.0
    before = probe.cast(world, above, above + reach * DOWN)
    assert before[0].tag == Label.BUILDINGS
    probe.hide(frozenset({f"Building_{row}"}))
    assert {hit.tag for hit in probe.cast(world, above, above + reach * DOWN)} <= {Label.TERRAIN, Label.SIDEWALKS}
    probe.hide(frozenset())
    again = probe.cast(world, above, above + reach * DOWN)
    assert [hit.point.tolist() for hit in again] == [hit.point.tolist() for hit in before]


def test_rays_build_what_they_pass_and_no_more(street):
    world, probe = World(street.town), Probe(street)
    tiles = probe._surroundings._tiles
    probe.project(world, np.append(street.town.spawn_points[0, :2], 50.0), DOWN, 100.0)
    assert len(tiles) == 9
    assert probe.project(world, np.array([0.0, 0.0, 1e4]), np.array([1.0, 0.0, 0.0]), 1e5) is None
    assert probe.project(world, np.array([9e5, 9e5, 10.0]), DOWN, 100.0) is None
    assert len(tiles) == 9, "nothing is built high above the town or far from it"
    across = probe.cast(world, np.array([-9e5, -9e5, 1.0]), np.array([9e5, 9e5, 1.0]))
    assert len(across) > 5 and np.abs([hit.point[0] for hit in across]).max() < 800.0
    assert len(tiles) < 5.5 * 1500.0 / TILE
