"""The ground: heights under lanes, kerbs, bridges and land, and rays against brute force."""

import numpy as np
import pytest
import small_maps as maps
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.roads.opendrive import parse_opendrive
from lead.roads.sampling import build_network
from lead.roads.strips import SIDEWALK_HEIGHT
from lead.roads.surface import _height_in, cast_ray, ground_height

ROADS, SIDEWALKS, TERRAIN = 1, 2, 10


def ground(text):
    from lead.roads.surface import build_surface

    opendrive = parse_opendrive(text)
    network = build_network(opendrive)
    return network, build_surface(opendrive, network)


HILLS = maps.straight(200.0, heading=0.4, elevation=(2.0, 0.05, -1e-3, 4e-6))
_, STREET = ground(maps.straight())
NETWORK, HILLY = ground(HILLS)
_, BRIDGE = ground(maps.bridge())
_, WINDING = ground(maps.winding())


def test_a_street_has_road_kerb_sidewalk_and_land_in_its_cross_section():
    assert ground_height(STREET, 50.0, 1.0, 0.0) == (pytest.approx(0.0, abs=1e-6), ROADS)
    assert ground_height(STREET, 50.0, 3.8, 0.0) == (pytest.approx(0.0, abs=1e-6), ROADS), "shoulder"
    assert ground_height(STREET, 50.0, 5.0, 0.0) == (pytest.approx(SIDEWALK_HEIGHT), SIDEWALKS)
    z, label = ground_height(STREET, 50.0, 30.0, 0.0)
    assert label == TERRAIN and -0.5 < z < 0.0
    start, end = np.array([50.0, 0.0, 0.05]), np.array([50.0, 10.0, 0.05])
    hit, fraction, label = cast_ray(STREET, start, end)
    assert (hit, label) == (True, SIDEWALKS) and fraction * 10 == pytest.approx(4.0, abs=1e-3), "the kerb's wall"


def test_written_lane_heights_replace_the_default():
    height = '<height sOffset="0" inner="0.3" outer="0.3"/>'
    lanes = maps.lane(-1) + maps.lane(-2, "sidewalk", 2.0, extra=height) + maps.lane(-3, "sidewalk", 2.0)
    text = maps.document(maps.road(1, 50, maps.geometry(0, 0, 0, 0, 50), maps.section(0, "", lanes)))
    _, surface = ground(text)
    assert ground_height(surface, 25.0, 4.5, 0.0)[0] == pytest.approx(0.3)
    assert ground_height(surface, 25.0, 6.5, 0.0)[0] == pytest.approx(0.0), (
        "a map that writes heights means the others as 0"
    )


def test_the_ground_under_every_lane_sample_is_the_lane():
    """On a hilly street, chords included, the ground stays within two centimetres of the sampled lanes."""
    for row in np.flatnonzero((NETWORK.lanes.kind == 1)[NETWORK.samples.lane]):
        x, y, z = NETWORK.samples.centre[row]
        height, label = ground_height(HILLY, x, y, z)
        assert label == ROADS and abs(height - z) < 0.02


@given(st.floats(-400, 400), st.floats(-400, 400), st.floats(-20, 20))
@settings(max_examples=200, deadline=None)
def test_heights_are_always_finite_everywhere(x, y, z_above):
    for surface in (STREET, HILLY, BRIDGE, WINDING):
        height, label = ground_height(surface, x, y, z_above)
        assert np.isfinite(height) and label in (ROADS, SIDEWALKS, TERRAIN)


@given(st.floats(1, 199), st.floats(-5.9, 5.9))
@settings(max_examples=200, deadline=None)
def test_terrain_lies_a_little_below_the_road(s, t):
    x, y = s * np.cos(0.4) - t * np.sin(0.4), -(s * np.sin(0.4) + t * np.cos(0.4))
    heights = [_height_in(HILLY, k, x, y) for k in np.flatnonzero(HILLY.label == TERRAIN)]
    land = np.nanmax(heights)
    road = 2.0 + 0.05 * s - 1e-3 * s**2 + 4e-6 * s**3
    assert 0.0 < road - land < 0.4


def test_heights_agree_with_brute_force():
    """Neither the grid nor the triangles' reaches leave out a triangle that carries the point."""
    rng = np.random.default_rng(1)
    for surface in (STREET, HILLY, BRIDGE, WINDING):
        low, high = surface.bounds[:2], surface.bounds[2:]
        corners = surface.vertices[rng.integers(len(surface.vertices), size=40), :2]  # edges meet there
        for x, y in np.clip([*rng.uniform(low, high, (40, 2)), *corners], low, high):
            heights = np.array([_height_in(surface, k, x, y) for k in range(len(surface.triangles))])
            carrying = heights[~np.isnan(heights)]
            assert ground_height(surface, x, y, 100.0)[0] == carrying.max()
            assert ground_height(surface, x, y, -100.0)[0] == carrying.min()


def test_bridges_are_told_apart_by_height():
    for z_above, expected in ((0.0, 0.0), (3.0, 0.0), (6.5, 7.0), (8.0, 7.0), (-5.0, 0.0)):
        height, label = ground_height(BRIDGE, 1.0, -1.0, z_above)
        if z_above >= 0:
            assert height == pytest.approx(expected, abs=1e-4) and label == ROADS
        else:
            assert height < 0.0, "below everything the lowest surface counts"


def test_rays_agree_with_brute_force():
    rng = np.random.default_rng(0)
    for surface in (HILLY, BRIDGE, WINDING):
        a = surface.vertices[surface.triangles].astype(np.float64)
        compared = 0
        for _ in range(150):
            start = rng.uniform((-80, -80, -3), (250, 120, 15))
            end = start + rng.uniform((-80, -80, -12), (80, 80, 8))
            hit, fraction, label = cast_ray(surface, start, end)
            matrix = np.stack([start - end + 0 * a[:, 0], a[:, 1] - a[:, 0], a[:, 2] - a[:, 0]], axis=-1)
            good = np.abs(np.linalg.det(matrix)) > 1e-9
            solved = np.linalg.solve(matrix[good], (start - a[good, 0])[..., None])[..., 0]
            inside = (
                (solved[:, 0] >= 0) & (solved[:, 0] <= 1) & (solved[:, 1:] >= 0).all(1) & (solved[:, 1:].sum(1) <= 1)
            )
            assert hit == bool(inside.any())
            if hit:
                first = solved[inside, 0].min()
                assert fraction == pytest.approx(first, abs=1e-3)
                compared += 1
            else:
                assert (fraction, label) == (1.0, 0)
        assert compared > 20


def test_vertical_and_outside_rays():
    hit, fraction, label = cast_ray(STREET, np.array([50.0, 1.0, 10.0]), np.array([50.0, 1.0, -10.0]))
    assert (hit, label) == (True, ROADS) and fraction == pytest.approx(0.5)
    assert cast_ray(STREET, np.array([1e4, 0.0, 1.0]), np.array([1e4, 50.0, -9.0])) == (False, 1.0, 0)
    hit, _, label = cast_ray(STREET, np.array([-1e4, 1.0, 5.0]), np.array([50.0, 1.0, 0.0]))
    assert hit and label in (ROADS, TERRAIN), "a ray that enters the grid from far away"


def test_flat_triangles_face_up():
    a, b, c = np.moveaxis(WINDING.vertices[WINDING.triangles].astype(np.float64), 1, 0)
    up = np.cross(b - a, c - a)[:, 2]
    assert up.min() > -1e-4 and (up > 1e-3).sum() > 100
