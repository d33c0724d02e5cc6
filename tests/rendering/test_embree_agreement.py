"""Cameras and LiDAR of real towns against embree, an independent ray caster, on the same triangles."""

import numpy as np
import pytest
from staged import LABELS, before, busy_world, camera, city, metres, picture

from lead.geometry.poses import rotation_matrix
from lead.rendering.beams import make_bundle
from lead.rendering.camera import VIEW, Channel
from lead.rendering.lidar import LidarSettings, scan_semantic_lidar
from lead.rendering.stage import Stage
from lead.roads.library import list_maps
from lead.roads.town import load_town
from lead.simulator.world import World

scenes = pytest.importorskip("embreex.rtcore_scene", reason="embreex (test extra) is not installed")
meshes = pytest.importorskip("embreex.mesh_construction")

CLOSE = 0.02  # m
RANGE = 85.0  # m, of the LiDAR
SHARE_CLOSE, SHARE_HIT = 0.98, 0.995
SCAN = LidarSettings(
    channels=64, range=RANGE, points_per_second=1_200_000, rotation_frequency=20.0, upper_fov=10.0, lower_fov=-25.0
)  # one turn in a tick


class Embree:
    """The triangles that are shown to an eye, in embree; backs let rays through, as everywhere here."""

    def __init__(self, stage: Stage, eye: np.ndarray) -> None:
        items, triangles = stage.items, stage.triangles
        away = np.linalg.norm(items.centre - eye, axis=1)
        shown = np.flatnonzero((away >= items.least) & (away < items.most))
        rows = np.concatenate([np.arange(items.first_face[k], items.first_face[k] + items.faces[k]) for k in shown])
        corners = np.stack(triangles[:3], axis=1)[triangles.faces[rows]]
        self.normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self._scene = scenes.EmbreeScene()
        meshes.TriangleMesh(self._scene, np.ascontiguousarray(corners, np.float32))

    def distances(self, eye: np.ndarray, along: np.ndarray) -> np.ndarray:
        """Distances (N,) m to the first outward side in unit directions (N, 3), inf where there is none."""
        origin = np.tile(eye, (len(along), 1)).astype(np.float64)
        total, found = np.zeros(len(along)), np.full(len(along), np.inf)
        left = np.arange(len(along))
        for _ in range(12):
            answer = self._scene.run(origin[left].astype(np.float32), along[left].astype(np.float32), output=1)
            hit = answer["primID"] >= 0
            left, face, reach = left[hit], answer["primID"][hit], answer["tfar"][hit].astype(np.float64)
            total[left] += reach
            outward = (self.normal[face] * along[left]).sum(axis=1) < 0.0
            found[left[outward]] = total[left[outward]]
            left = left[~outward]
            if not len(left):
                break
            total[left] += 1e-3
            origin[left] = eye + total[left, None] * along[left]
        return found


def towns() -> list[str]:
    here = {entry.name for entry in list_maps() if entry.source != "fetchable"}
    return ["GridCity", *(["Town03"] if "Town03" in here else [])]


@pytest.fixture(scope="module", params=towns())
def scene(request):
    """A stage of a town, its world, and places to look from."""
    if request.param == "GridCity":
        town = city()
        world = busy_world(town)[0]
    else:
        town = load_town(request.param)
        world = World(town, seed=0)
    points = town.spawn_points[np.linspace(0, len(town.spawn_points) - 1, 3).astype(int)]
    return Stage(town, 0), world, [before(point, -0.5, 0.0, 2.4) + [0, 0, 0, 0.02, 0.3, -0.01] for point in points]


def compare(found: np.ndarray, expected: np.ndarray, reach: float) -> None:
    """Require distances (N,) m, inf or beyond `reach` where nothing is hit, to agree."""
    hit, due = found < reach, expected < reach
    both = hit & due
    assert both.mean() > 0.3
    assert np.mean(hit == due) > SHARE_HIT
    assert np.mean(np.abs(found[both] - expected[both]) < CLOSE) > SHARE_CLOSE


def test_lidar_ranges_are_embrees(scene):
    stage, world, poses = scene
    pitch = np.radians(np.linspace(SCAN.upper_fov, SCAN.lower_fov, SCAN.channels))[:, None]
    count = round(SCAN.points_per_second * 0.05 / SCAN.channels)
    yaw = 2.0 * np.pi * np.arange(count) / count - np.pi
    rays = np.stack(np.broadcast_arrays(np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)), -1)
    local = make_bundle(rays.reshape(-1, 3)).directions
    for pose in poses:
        stage.update(world, pose[None, :3])
        scan = scan_semantic_lidar(stage.triangles, stage.items, stage.objects, pose, SCAN, 0.0, 0.05)
        points = np.stack([scan.points[name] for name in "xyz"], axis=1).astype(np.float64)
        expected = Embree(stage, pose[:3]).distances(pose[:3], local @ rotation_matrix(*pose[3:]).T)
        found = np.full(len(local), np.inf)
        found[rays_of(points, scan.counts, count)] = np.linalg.norm(points, axis=1)
        compare(found, expected, RANGE)


def rays_of(points: np.ndarray, counts: np.ndarray, per_channel: int) -> np.ndarray:
    """Which ray (N,) made each point: channel by channel, by its angle."""
    channel = np.repeat(np.arange(len(counts)), counts)
    angle = np.arctan2(points[:, 1], points[:, 0]) + np.pi
    return channel * per_channel + np.round(angle * per_channel / (2.0 * np.pi)).astype(int) % per_channel


def test_depth_images_are_embrees(scene):
    stage, world, poses = scene
    for pose in poses:
        view = camera(pose, 400, 300, 100.0, False)
        depth = metres(picture(stage, world, view, LABELS & {Channel.DEPTH})[Channel.DEPTH]).ravel()
        row, column = (index.ravel() + 0.5 for index in np.indices((view.height, view.width)))
        along = np.stack(
            [np.ones(len(row)), (column - view.width / 2) / view.focal, -(row - view.height / 2) / view.focal], axis=1
        )
        stretch = np.linalg.norm(along, axis=1)
        directions = (along / stretch[:, None]) @ rotation_matrix(*pose[3:]).T
        planar = Embree(stage, pose[:3]).distances(pose[:3], directions) / stretch
        compare(depth, planar, VIEW - 5.0)  # things at the limit are drawn or not by their item
        near = (depth < 100.0) & (planar < 100.0)
        assert np.mean(np.abs(depth[near] - planar[near]) < CLOSE) > SHARE_CLOSE
