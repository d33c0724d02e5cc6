"""Radar: where its rays go, what they return, and the sign of the velocity."""

from math import pi, radians, tan

import numpy as np
import pytest
from solids import Solids, build, car, ground, open_places

from lead.geometry.poses import rotation_matrix
from lead.rendering.kernels.pose import bound
from lead.rendering.materials import Material
from lead.rendering.mesh import box, merge
from lead.rendering.radar import RadarIndex, RadarSettings, radar_settings, scan_radar
from lead.rendering.rays import project_point
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items

STILL = np.zeros(3)


@pytest.fixture(scope="module")
def town():
    return build(6, 8, seed=4)


def scene(*meshes, velocities=()) -> Solids:
    """Meshes as one item, each its own object with a velocity."""
    store, objects = TriangleStore(), ObjectStore()
    rows = [objects.add(100 + k, None) for k in range(len(meshes))]
    for row, velocity in zip(rows, velocities, strict=False):
        objects.objects.velocity[row] = velocity
    owner = np.concatenate([np.full(len(mesh.faces), row, np.int32) for mesh, row in zip(meshes, rows, strict=True)])
    items = empty_items(1)
    items[0][0], items[1][0], items[2][0], items[3][0] = store.add(merge(*meshes), owner)
    bound(store.triangles, items, 0)
    return Solids(store.triangles, items, objects.objects, store.faces)


def detect(solids: Solids, pose, settings, velocity=STILL, seed=0, duration=0.05):
    generator = np.random.default_rng(seed)
    return scan_radar(
        solids.triangles, solids.items, solids.objects, np.asarray(pose, float), velocity, settings, duration, generator
    )


def test_velocity_grows_with_the_distance_and_counts_the_sensors_own():
    settings = RadarSettings(horizontal_fov=20.0, vertical_fov=2.0, points_per_second=20_000)
    leaving = scene(car().moved(30.0), velocities=[(7.0, 3.0, 0.0)])
    pose = (0.0, 0.0, 0.7, 0.0, 0.0, 0.0)
    seen = detect(leaving, pose, settings)
    assert len(seen) > 100
    cosine, sine = np.cos(seen[:, RadarIndex.AZIMUTH]), np.sin(seen[:, RadarIndex.AZIMUTH])
    level = np.cos(seen[:, RadarIndex.ALTITUDE])
    assert np.allclose(seen[:, RadarIndex.VELOCITY], level * (7.0 * cosine + 3.0 * sine), atol=1e-4)
    chased = detect(leaving, pose, settings, np.array([12.0, 3.0, 0.0]))
    assert np.allclose(chased[:, RadarIndex.VELOCITY], level * -5.0 * cosine, atol=1e-4)
    assert seen[:, RadarIndex.DEPTH].min() == pytest.approx(27.7, abs=0.01)


def test_right_is_positive_azimuth_and_up_positive_altitude():
    wide = RadarSettings(horizontal_fov=60.0, vertical_fov=60.0, points_per_second=100_000)
    right_above = scene(box((1.0, 1.0, 1.0), (10.0, 3.0, 2.0), Material.CONCRETE))
    seen = detect(right_above, np.zeros(6), wide)
    assert len(seen) > 20
    assert np.all(seen[:, RadarIndex.AZIMUTH] > 0.2) and np.all(seen[:, RadarIndex.ALTITUDE] > 0.1)
    turned = detect(right_above, (0.0, 0.0, 0.0, 0.0, pi / 2, 0.0), wide)
    assert len(turned) == 0


def test_rays_fill_the_ellipse_and_end_on_the_plane_at_the_range():
    wall = scene(box((1.0, 400.0, 400.0), (50.5, 0.0, 0.0), Material.CONCRETE))
    settings = RadarSettings(horizontal_fov=90.0, vertical_fov=30.0, range=50.1, points_per_second=200_000)
    seen = detect(wall, np.zeros(6), settings)
    assert len(seen) == 10_000  # also the oblique ones, longer than the range
    assert np.allclose(seen[:, 3] * np.cos(seen[:, 1]) * np.cos(seen[:, 2]), 50.0, atol=1e-3)
    across = np.tan(seen[:, RadarIndex.AZIMUTH]) / tan(radians(45.0))
    upwards = np.tan(seen[:, RadarIndex.ALTITUDE]) / np.cos(seen[:, RadarIndex.AZIMUTH]) / tan(radians(15.0))
    radius = np.hypot(across, upwards)
    assert radius.max() <= 1.0 + 1e-5
    assert np.allclose(np.histogram(radius, 5, (0.0, 1.0))[0] / 2000, 1.0, atol=0.1)
    assert len(detect(wall, np.zeros(6), RadarSettings(90.0, 30.0, 49.9, 200_000))) == 0


def test_a_flat_fan_sees_what_single_rays_see(town):
    settings = RadarSettings(horizontal_fov=90.0, vertical_fov=0.1)
    for pose in open_places(town, 3, 0.6, seed=9):
        pose[3] = pose[5] = 0.0
        seen = detect(town, pose, settings, seed=3)
        assert 10 < len(seen) <= 75
        turn = rotation_matrix(*pose[3:])
        for velocity, azimuth, altitude, depth in seen.astype(np.float64):
            ray = np.array([np.cos(altitude) * np.cos(azimuth), np.cos(altitude) * np.sin(azimuth), np.sin(altitude)])
            hit = project_point(town.triangles, town.items, town.objects, pose[:3], turn @ ray, 150.0)
            assert np.linalg.norm(hit.point - pose[:3]) == pytest.approx(depth, abs=0.01)
            row = np.flatnonzero(town.objects.identity == hit.identity)[0]
            assert velocity == pytest.approx(town.objects.velocity[row] @ (turn @ ray), abs=1e-3)


def test_a_surface_seen_edge_on_does_not_come_nearer():
    level = scene(box((60.0, 60.0, 1.0), (40.0, 0.0, 0.1), Material.CONCRETE))  # its top at the radar's height
    settings = RadarSettings(horizontal_fov=20.0, vertical_fov=0.0, points_per_second=100_000)
    for height in 0.6 + np.linspace(-1e-6, 1e-6, 21):
        seen = detect(level, (0.0, 0.0, height, 0.0, 0.0, 0.0), settings)
        assert np.all(seen[:, RadarIndex.DEPTH] * np.cos(seen[:, RadarIndex.AZIMUTH]) > 9.99)


def test_same_seed_same_bytes_and_as_many_rays_as_time(town):
    pose = open_places(town, 1, 1.0, seed=1)[0]
    one, two, other = (detect(town, pose, RadarSettings(), seed=seed) for seed in (1, 1, 2))
    assert one.tobytes() == two.tobytes() != other.tobytes()
    floor = scene(ground(400.0, 20.0).moved(-200.0, -200.0))
    looking_down = (0.0, 0.0, 3.0, -pi / 2, 0.0, 0.0)
    assert [len(detect(floor, looking_down, RadarSettings(), duration=t)) for t in (0.05, 0.1, 0.0)] == [75, 150, 0]


@pytest.mark.parametrize(
    ("attributes", "complaint"),
    [
        ({"horizontal_fov": "180"}, "horizontal_fov is 180, expected 0 to 179 degrees"),
        ({"vertical_fov": "-1"}, "vertical_fov"),
        ({"range": "-3"}, "range is -3"),
        ({"points_per_second": "0"}, "points_per_second is 0, expected 1 to"),
        ({"points_per_second": "lots"}, "points_per_second is 'lots', expected a whole number"),
    ],
)
def test_bad_radar_attributes_are_named(attributes, complaint):
    with pytest.raises(ValueError, match=complaint):
        radar_settings(attributes)
