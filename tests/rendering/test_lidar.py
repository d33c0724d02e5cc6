"""LiDAR: exact hits, the sweep of a tick, and CARLA's rules of intensity, loss and noise."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import pi

import numpy as np
import pytest
from solids import build, corners, open_places, try_triangles

from lead.geometry.poses import rotation_matrix, to_world
from lead.rendering.beams import cast_bundle, make_bundle, nearest_hits
from lead.rendering.kernels.raster import NOTHING, raster
from lead.rendering.lidar import LidarSettings, lidar_settings, scan_lidar, scan_semantic_lidar
from lead.roads.labels import Label

STEP = 0.05  # s
PLAIN = LidarSettings(
    channels=64, range=85.0, points_per_second=600_000, dropoff_general_rate=0.0, dropoff_zero_intensity=0.0
)


@pytest.fixture(scope="module")
def town():
    return build(6, 8, seed=4)


@pytest.fixture(scope="module")
def poses(town):
    return open_places(town, 8, 2.5, seed=5)


def scan(town, pose, settings=PLAIN, angle=0.0, seed=0, duration=STEP, pool=None):
    generator = np.random.default_rng(seed)
    return scan_lidar(town.triangles, town.items, pose, settings, angle, duration, generator, pool)


def all_round(count: int) -> np.ndarray:
    """Directions (count, 3) spread over the whole sphere."""
    generator = np.random.default_rng(7)
    return generator.normal(size=(count, 3))


def test_hits_are_those_of_an_independent_ray_caster(town, poses):
    scenes = pytest.importorskip("embreex.rtcore_scene")
    meshes = pytest.importorskip("embreex.mesh_construction")
    reference = scenes.EmbreeScene()
    meshes.TriangleMesh(reference, corners(town)[town.triangles.faces[: town.faces]].astype(np.float32))
    for pose in poses:
        pitch, yaw = np.meshgrid(np.radians(np.linspace(10, -30, 64)), np.arange(938) * 2 * pi / 938, indexing="ij")
        rays = np.stack([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)], axis=-1)
        bundle = make_bundle(rays.reshape(-1, 3))
        hits = cast_bundle(town.triangles, town.items, pose, bundle, 85.0)
        along = (bundle.directions @ rotation_matrix(*pose[3:]).T).astype(np.float32)
        answer = reference.run(np.tile(pose[:3].astype(np.float32), (len(along), 1)), along, output=1)
        expected = np.where((answer["primID"] >= 0) & (answer["tfar"] <= 85.0), answer["tfar"], np.inf)
        hit = np.isfinite(hits.distance)
        assert np.mean(hit == np.isfinite(expected)) > 0.9995
        both = hit & np.isfinite(expected)
        assert both.sum() > 20_000
        assert np.mean(np.abs(hits.distance[both] - expected[both]) < 0.002) > 0.9995


def test_rays_in_every_direction_hit_what_trying_each_triangle_finds(town, poses):
    directions = all_round(150)
    hits = nearest_hits(town.triangles, town.items, poses[0, :3], directions, 200.0)
    for k, direction in enumerate(directions):
        distance, face = try_triangles(town, poses[0, :3], direction / np.linalg.norm(direction))
        assert (hits.face[k] != NOTHING) == (len(face) > 0 and distance[0] < 200.0)
        if len(face):
            assert hits.distance[k] == pytest.approx(distance[0], abs=1e-3)
            assert hits.face[k] == face[0] or distance[1] - distance[0] < 1e-6


def test_nothing_beyond_the_range_and_the_range_is_along_the_ray(town, poses):
    far, near = (
        nearest_hits(town.triangles, town.items, poses[1, :3], all_round(4000), reach) for reach in (90.0, 20.0)
    )
    close = far.distance <= 20.0
    assert 0.1 < close.mean() < np.isfinite(far.distance).mean()
    assert np.array_equal(np.isfinite(near.distance), close)
    assert np.array_equal(near.distance[close], far.distance[close])


def test_points_lie_in_the_depth_image(town, poses):
    pose, size = poses[2], 512
    depth, face = np.empty((size, size), np.float32), np.empty((size, size), np.uint32)
    turn = rotation_matrix(*pose[3:])
    axes = np.stack([turn[:, 1], -turn[:, 2], turn[:, 0]]).astype(np.float32)
    screen = np.empty((4, int(town.items.vertices.max())), np.float32)
    raster(
        town.triangles, town.items, pose[:3].astype(np.float32), axes, size / 2, size / 2, size / 2, size / 2, 200.0,
        depth, face, screen,
    )  # fmt: skip
    points = scan_semantic_lidar(town.triangles, town.items, town.objects, pose, PLAIN, pi / 2, STEP).points
    ahead = points[points["x"] > 0.3]
    column, row = size / 2 * (1 + ahead["y"] / ahead["x"]), size / 2 * (1 - ahead["z"] / ahead["x"])
    shown = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    ahead, column, row = ahead[shown], column[shown].astype(int), row[shown].astype(int)
    assert len(ahead) > 8000
    seen = np.where(face[row, column] == NOTHING, 0, face[row, column])
    assert np.mean(np.abs(ahead["x"] * depth[row, column] - 1.0) < 0.03) > 0.97
    assert np.mean(town.triangles.tag[seen] == ahead["tag"]) > 0.97
    assert np.mean(town.objects.identity[town.triangles.owner[seen]] == ahead["identity"]) > 0.97


def test_two_ticks_at_ten_turns_a_second_are_one_turn(town, poses):
    first = scan(town, poses[0])
    second = scan(town, poses[0], angle=first.angle)
    assert first.angle == pytest.approx(pi) and second.angle == 0.0
    yaw = [np.arctan2(points[:, 1], points[:, 0]) for points in (first.points, second.points)]
    assert yaw[0].min() == pytest.approx(-pi, abs=1e-5) or yaw[0].max() > pi - 1e-5  # the first ray looks back
    assert np.all((yaw[0] < 0.01) | (yaw[0] > pi - 1e-5)) and np.all(yaw[1] > -0.01)
    whole = scan(town, poses[0], replace(PLAIN, points_per_second=1_200_000, rotation_frequency=20.0))
    assert whole.angle == 0.0
    assert np.array_equal(whole.counts, first.counts + second.counts)
    parts = np.concatenate([first.points, second.points])
    assert np.allclose(np.sort(parts, axis=0), np.sort(whole.points, axis=0), atol=1e-3)


def test_channels_come_from_the_top_and_are_counted(town, poses):
    result = scan(town, poses[0])
    assert result.counts.sum() == len(result.points) and result.counts.dtype == np.uint32
    pitch = np.degrees(np.arcsin(result.points[:, 2] / np.linalg.norm(result.points[:, :3], axis=1)))
    expected = np.repeat(np.linspace(10.0, -30.0, 64), result.counts)
    assert np.abs(pitch - expected).max() < 0.001
    yaw = np.arctan2(result.points[:, 1], result.points[:, 0])[np.cumsum(result.counts)[-2] :]
    assert np.all(np.diff(yaw[1:]) > 0.0)


def test_a_narrow_field_is_swept_around_the_x_axis(town, poses):
    settings = replace(PLAIN, horizontal_fov=90.0, rotation_frequency=7.0)
    angle, swept = 0.0, []
    for _ in range(3):
        result = scan(town, poses[0], settings, angle)
        swept.append(np.degrees(np.arctan2(result.points[:, 1], result.points[:, 0])))
        angle = result.angle
    assert np.degrees(angle) == pytest.approx(3 * 31.5 - 90.0)
    assert all(np.abs(yaw).max() < 45.001 for yaw in swept)
    assert swept[0].max() < -13.5 < swept[1].min() + 0.1
    assert swept[2].max() > 44.5 and swept[2].min() < -40.0  # over the end and on from the start


def test_points_are_lost_and_dimmed_as_carla_does(town, poses):
    settings = LidarSettings(
        channels=128, range=70.0, points_per_second=4_000_000, rotation_frequency=20.0, upper_fov=5.0,
        atmosphere_attenuation_rate=0.02, dropoff_general_rate=0.3, dropoff_intensity_limit=0.7, dropoff_zero_intensity=0.9,
    )  # fmt: skip
    complete = replace(settings, dropoff_general_rate=0.0, dropoff_zero_intensity=0.0)
    every, kept = (scan(town, poses[3], s).points for s in (complete, settings))
    distance = np.linalg.norm(kept[:, :3], axis=1)
    assert np.abs(kept[:, 3] - np.exp(-0.02 * distance)).max() < 1e-5
    for low, high in ((0.35, 0.45), (0.45, 0.55), (0.55, 0.68), (0.72, 0.9)):
        among, left = (p[(p[:, 3] > low) & (p[:, 3] < high)] for p in (every, kept))
        lost = 0.9 * np.maximum(0.0, 1.0 - among[:, 3] / 0.7)
        assert len(among) > 3000
        assert len(left) / len(among) == pytest.approx(0.7 * np.mean(1.0 - lost), abs=0.03)


def test_noise_is_along_the_ray(town, poses):
    noisy = scan(town, poses[4], replace(PLAIN, noise_stddev=0.1)).points
    exact = scan(town, poses[4]).points
    lengths = [np.linalg.norm(points[:, :3], axis=1) for points in (exact, noisy)]
    error = lengths[1] - lengths[0]
    assert np.std(error) == pytest.approx(0.1, rel=0.03) and abs(np.mean(error)) < 0.003
    assert np.abs(exact[:, :3] / lengths[0][:, None] - noisy[:, :3] / lengths[1][:, None]).max() < 1e-5
    assert np.array_equal(exact[:, 3], noisy[:, 3])


def test_same_seed_same_bytes(town, poses):
    settings = LidarSettings(range=60.0, points_per_second=300_000, noise_stddev=0.05)
    with ThreadPoolExecutor(2) as pool:
        one, two, other = (
            scan(town, poses[5], settings, 0.3, seed, pool=p) for seed, p in ((1, None), (1, pool), (2, None))
        )
    assert one.points.tobytes() == two.points.tobytes() and one.counts.tobytes() == two.counts.tobytes()
    assert one.points.tobytes() != other.points.tobytes()


def test_semantic_points_name_what_they_hit(town, poses):
    pose = poses[6]
    result = scan_semantic_lidar(town.triangles, town.items, town.objects, pose, PLAIN, 0.0, STEP)
    plain = scan(town, pose)
    place = np.stack([result.points[axis] for axis in "xyz"], axis=1)
    assert np.allclose(place, plain.points[:, :3], atol=1e-5) and np.array_equal(result.counts, plain.counts)
    assert result.points.nbytes == 24 * len(place)
    on_ground = result.points["tag"] == Label.ROADS
    world = to_world(place.astype(np.float64), pose)
    assert np.abs(world[on_ground, 2]).max() < 1e-3
    expected = pose[2] / np.linalg.norm(place[on_ground], axis=1)  # of a ray that meets level ground
    assert np.abs(result.points["cosine"][on_ground] - expected).max() < 1e-4
    assert np.all(result.points["identity"][on_ground] == 0) and np.all(result.points["identity"][~on_ground] >= 100)
    assert result.points["cosine"].min() > 0.0 and {Label.CAR, Label.BUILDINGS} <= set(result.points["tag"])


def test_odd_scans_are_empty_or_whole(town, poses):
    assert len(scan(town, poses[0], duration=0.0).points) == 0
    still = scan(town, poses[0], LidarSettings(points_per_second=100), angle=1.0)  # fewer points than channels
    assert len(still.points) == 0 and still.angle == 1.0 and still.counts.shape == (32,)
    below = poses[0] * [1, 1, -1, 1, 1, 1]
    assert len(scan(town, below).points) < 30_000
    vertical = LidarSettings(
        channels=2, upper_fov=90.0, lower_fov=-90.0, dropoff_general_rate=0.0, dropoff_zero_intensity=0.0
    )
    down = scan(town, np.array([*poses[0, :3], 0.0, 0.0, 0.0]), vertical)
    assert np.allclose(down.points[:, :3], [0.0, 0.0, -2.5], atol=1e-5)


@pytest.mark.parametrize(
    ("attributes", "complaint"),
    [
        ({"channels": "0"}, "channels is 0, expected 1 to 512"),
        ({"channels": "many"}, "channels is 'many', expected a whole number"),
        ({"channels": "2.5"}, "channels is '2.5'"),
        ({"points_per_second": "-5"}, "points_per_second is -5"),
        ({"points_per_second": "1e12"}, "points_per_second is 1e\\+12"),
        ({"range": "0"}, "range is 0, expected above 0"),
        ({"range": "nan"}, "range is 'nan'"),
        ({"upper_fov": "-30"}, "upper_fov is -30, expected more than lower_fov"),
        ({"lower_fov": "-100"}, "lower_fov is -100, expected -90 to 90 degrees"),
        ({"horizontal_fov": "361"}, "horizontal_fov is 361"),
        ({"dropoff_general_rate": "1.1"}, "dropoff_general_rate"),
        ({"noise_stddev": "-0.1"}, "noise_stddev"),
    ],
)
def test_bad_attributes_are_named(attributes, complaint):
    with pytest.raises(ValueError, match=complaint):
        lidar_settings(attributes)


def test_attributes_are_carla_texts():
    settings = lidar_settings({"channels": "64", "range": "85", "points_per_second": "600000", "role_name": "front"})
    assert (settings.channels, settings.range, settings.points_per_second) == (64, 85.0, 600_000)
    assert settings.upper_fov == 10.0 and settings.dropoff_general_rate == 0.45
