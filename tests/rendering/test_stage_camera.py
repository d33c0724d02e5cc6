"""A whole stage through cameras, without a server: labels, ranges, determinism, levels of detail, odd cameras."""

import numpy as np
import pytest
from staged import ALL, ALPHA, LABELS, PAINTER, TAG, before, busy_world, camera, city, identity, look, metres, picture

from lead.geometry.poses import rotation_matrix
from lead.rendering import camera as camera_room
from lead.rendering import surroundings as surroundings_room
from lead.rendering.beams import nearest_hits
from lead.rendering.camera import VIEW, Channel, View
from lead.rendering.kernels.pose import pose_models
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.lidar import LidarSettings, scan_lidar, scan_semantic_lidar
from lead.rendering.mesh import face_normals
from lead.rendering.models.model import Joint, posed
from lead.rendering.models.vehicle_size import size_of
from lead.rendering.models.vehicles import vehicle_model
from lead.rendering.models.walkers import walker_model
from lead.rendering.movers import DETAIL
from lead.rendering.stage import Stage
from lead.rendering.templates import TemplateStore
from lead.rendering.triangles import TriangleStore, empty_items
from lead.roads.labels import Label
from lead.simulator.blueprints import library

DENSE = LidarSettings(
    channels=64, range=85.0, points_per_second=1_200_000, lower_fov=-25.0, dropoff_general_rate=0.0,
    dropoff_zero_intensity=0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def town():
    return city()


@pytest.fixture(scope="module")
def scene(town):
    """A world, its actors, and a stage; tests bring it up to date for their own viewers."""
    world, actors = busy_world(town)
    return world, actors, Stage(town, 0)


@pytest.fixture(scope="module")
def eye(town):
    """Where a driver on the first spawn point looks from."""
    return before(town.spawn_points[0], 0.0, 0.0, 1.6)


def same(one, other) -> bool:
    return all(np.array_equal(one[channel], other[channel]) for channel in one)


def building(town) -> np.ndarray:
    """The pose (6,) of a camera in the middle of a large building."""
    boxes = town.scenery
    large = np.flatnonzero((boxes.label == Label.BUILDINGS) & (boxes.extent.min(axis=1) > 3.0))
    chosen = large[np.argmin(np.linalg.norm(boxes.centre[large, :2] - town.spawn_points[0, :2], axis=1))]
    return np.array([*boxes.centre[chosen], 0.0, 0.3, 0.0])


def check_against_rays(stage: Stage, view: View, images, least: float = 0.99) -> int:
    """Require an image's depths and labels to be what single rays through pixel centres hit; the number that hit."""
    luck = np.random.default_rng(view.width)
    rows, columns = luck.integers(0, view.height, 500), luck.integers(0, view.width, 500)
    along = np.stack(
        [np.ones(500), (columns + 0.5 - view.width / 2) / view.focal, -(rows + 0.5 - view.height / 2) / view.focal], 1
    )
    directions = along @ rotation_matrix(*view.pose[3:]).T
    reach = (VIEW * np.linalg.norm(along, axis=1)).astype(np.float32)  # cameras see as far as the plane there
    hits = nearest_hits(stage.triangles, stage.items, np.array(view.pose[:3]), directions, reach)
    hit = hits.face != NOTHING
    face = np.where(hit, hits.face, 0)
    depth = np.where(hit, hits.distance / np.linalg.norm(along, axis=1), 1000.0)
    owner = stage.triangles.owner[face]
    number = np.where(hit, stage.objects.identity[owner] & 0xFFFF, 0)
    tag = np.where(hit, stage.triangles.tag[face], Label.SKY)
    seen = metres(images[Channel.DEPTH])[rows, columns]
    clear = (depth < VIEW - 5.0) | (depth == 1000.0)  # things at the limit are drawn or not by their item
    right = np.abs(seen - depth) < 0.01 + 0.003 * depth
    right &= images[Channel.SEMANTIC][rows, columns, TAG] == tag
    right &= identity(images[Channel.INSTANCE])[rows, columns] == number
    assert np.mean(right[clear]) > least
    return int(hit.sum())


@pytest.mark.parametrize(
    "name", ["vehicle.lincoln.mkz_2020", "vehicle.harley-davidson.low_rider", "vehicle.bh.crossbike", "walker"]
)
def test_posing_in_the_kernel_is_posing_by_the_model(name):
    draw = np.random.default_rng(3)
    models = (
        walker_model("walker.pedestrian.0001", (0.2, 0.2, 0.93), "adult", "female", False)
        if name == "walker"
        else vehicle_model(size_of(library()[name]))
    )
    store, triangles, items = TemplateStore(), TriangleStore(), empty_items(3)
    numbers = np.array([store.add(model) for model in (models[0], models[1], models[0])])
    poses, angles = draw.uniform(-2.0, 2.0, (3, 6)), draw.uniform(-0.8, 0.8, (3, len(Joint), 2))
    triangles.reserve(sum(store.vertices), sum(store.triangles))
    pose_models(
        store.templates, numbers, poses, angles, np.array([7, 8, 9], np.int32), triangles.triangles, items, 0, 0
    )
    vertices = np.stack(triangles.triangles[:3], axis=1)
    for k, model in enumerate((models[0], models[1], models[0])):
        expected = posed(model, angles[k])
        placed = expected.vertices @ rotation_matrix(*poses[k, 3:]).T + poses[k, :3]
        own = slice(items.first_vertex[k], items.first_vertex[k] + items.vertices[k])
        faces = slice(items.first_face[k], items.first_face[k] + items.faces[k])
        assert vertices[own] == pytest.approx(placed, abs=1e-5)
        assert np.array_equal(triangles.triangles.faces[faces] - own.start, expected.faces)
        normals = face_normals(expected._replace(vertices=placed.astype(np.float32)))
        whole = np.linalg.norm(normals, axis=1) > 0.5
        assert (triangles.triangles.normal[faces] * normals).sum(axis=1)[whole].min() > 0.99
        assert np.array_equal(triangles.triangles.tag[faces], expected.tag)
        assert (triangles.triangles.owner[faces] == 7 + k).all()
        assert np.linalg.norm(vertices[own] - items.centre[k], axis=1).max() <= items.radius[k]


@pytest.mark.parametrize("point", [0, 12, 30])
def test_points_of_both_lidars_lie_in_the_depth_and_instance_images(scene, town, point):
    world, _, stage = scene
    pose = before(town.spawn_points[point], 0.0, 0.0, 2.2)
    pose[3:6] += (0.03, 0.1, -0.02)
    size = 1024
    images = picture(stage, world, camera(pose, size, size, 90.0, False), LABELS)
    depth, number = metres(images[Channel.DEPTH]), identity(images[Channel.INSTANCE])
    tag = images[Channel.SEMANTIC][..., TAG]
    assert np.array_equal(tag, images[Channel.INSTANCE][..., TAG])
    points = scan_semantic_lidar(stage.triangles, stage.items, stage.objects, pose, DENSE, np.pi / 2, 0.05).points
    plain = scan_lidar(stage.triangles, stage.items, pose, DENSE, np.pi / 2, 0.05, np.random.default_rng(0)).points
    assert np.array_equal(plain[:, 0], points["x"]), "both LiDARs hit the same"
    ahead = points[points["x"] > 0.3]
    column = np.floor(size / 2 * (1 + ahead["y"] / ahead["x"])).astype(int)
    row = np.floor(size / 2 * (1 - ahead["z"] / ahead["x"])).astype(int)
    inner = (column >= 1) & (column < size - 1) & (row >= 1) & (row < size - 1)
    ahead, column, row = ahead[inner], column[inner], row[inner]
    assert len(ahead) > 8000
    around = [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    near, far = (choose([depth[place] for place in around], axis=0) for choose in (np.min, np.max))
    inside = (ahead["x"] > near - 0.02) & (ahead["x"] < far + 0.02)
    assert inside.mean() > 0.995
    even = far / near < 1.05  # elsewhere a pixel is no wider than what stands in it
    for place in around:
        even &= (number[place] == number[row, column]) & (tag[place] == tag[row, column])
    assert even.mean() > 0.6
    assert (np.abs(ahead["x"] / depth[row, column] - 1.0) < 0.03)[even].mean() > 0.99
    assert (tag[row, column] == ahead["tag"])[even].mean() > 0.99
    assert (number[row, column] == (ahead["identity"] & 0xFFFF))[even].mean() > 0.99


def test_actors_are_labelled_where_they_stand(scene, eye):
    world, actors, stage = scene
    images = picture(stage, world, camera(eye, 640, 480, 70.0))
    number, tags, depth = (
        identity(images[Channel.INSTANCE]), images[Channel.INSTANCE][..., TAG], metres(images[Channel.DEPTH])
    )  # fmt: skip
    expected = {
        "car": {Label.CAR}, "truck": {Label.TRUCK}, "bicycle": {Label.BICYCLE, Label.RIDER}, "walker": {Label.PEDESTRIANS},
        "prop": {Label.DYNAMIC, Label.STATIC},
    }  # fmt: skip
    for name, actor in actors.items():
        shown = number == actor
        assert shown.sum() > 40, name
        assert set(tags[shown].tolist()) <= {int(tag) for tag in expected[name]}, name
        row = world.row(actor)
        away = rotation_matrix(*eye[3:])[:, 0] @ (world.table.pose[row, :3] - eye[:3])
        reach = np.linalg.norm(world.table.extent[row]) + 0.3
        assert np.abs(depth[shown] - away).max() < reach, name


def test_antialiasing_changes_the_picture_and_no_label(scene, eye):
    world, _, stage = scene
    smooth = picture(stage, world, camera(eye, 321, 243, 80.0, True))
    plain = picture(stage, world, camera(eye, 321, 243, 80.0, False))
    assert not np.array_equal(smooth.pop(Channel.COLOUR), plain.pop(Channel.COLOUR))
    alone = picture(stage, world, camera(eye, 321, 243, 80.0, True), LABELS)
    assert same(plain, alone)
    for channel, image in smooth.items():
        assert np.mean((image == plain[channel]).all(axis=2)) > 0.999, channel  # the rest is the rounding of sums


def test_strips_do_not_show(scene, eye, monkeypatch):
    world, _, stage = scene
    view = camera(eye, 500, 60, 100.0)
    strips = picture(stage, world, view)
    monkeypatch.setattr(camera_room, "STRIP", 500)
    whole = look(stage, view)
    one, other = (metres(images.pop(Channel.DEPTH)) for images in (strips, whole))
    assert np.mean(np.abs(one - other) < 1e-4 + 1e-5 * one) > 0.999
    for channel, image in strips.items():
        least = 0.99 if channel is Channel.COLOUR else 0.999  # fine patterns turn on the rounding of sums
        assert np.mean((image == whole[channel]).all(axis=2)) > least, channel


def test_the_same_world_gives_the_same_bytes_wherever_a_stage_has_been(scene, town, eye, monkeypatch):
    world, _, _ = scene
    view = camera(eye, 320, 200, 90.0)
    first = Stage(town, 0)
    once = picture(first, world, view)
    assert same(once, picture(first, world, view))
    monkeypatch.setattr(surroundings_room, "MOST_TILES", 110)
    travelled = Stage(town, 0)
    kept, stored = [], []
    for away in (0.0, 30.0, 90.0):
        travelled.update(world, eye[None, :3] + [away, away, 0.0])
        kept.append(len(travelled._surroundings._tiles))
        stored.append(travelled._triangles.faces)
    assert max(kept) <= 110 and kept[1] > kept[0] > kept[2], "tiles are kept until there are too many"
    assert stored[2] < stored[1]
    assert same(once, picture(travelled, world, view))
    again = busy_world(town)[0]
    assert same(once, picture(Stage(town, 0), again, view)), "same seed, same calls, same pixels"


def test_far_away_actors_have_fewer_triangles_and_the_same_outline(scene, eye):
    world, actors, stage = scene
    place = world.table.pose[world.row(actors["truck"])]
    view = camera(before(place, -DETAIL - 20.0, 0.0, 2.5), 200, 200, 10.0)
    far = picture(stage, world, view)
    truck = list(actors).index("truck") - len(actors)
    few = stage.items.faces[truck]
    stage.update(world, np.array([view.pose[:3], place[:3]]))
    near = look(stage, view)
    assert few < 0.5 * stage.items.faces[truck]
    masks = [identity(images[Channel.INSTANCE]) == actors["truck"] for images in (far, near)]
    assert masks[0].sum() > 2000
    assert (masks[0] & masks[1]).sum() > 0.85 * (masks[0] | masks[1]).sum()


def test_actors_out_of_reach_cost_nothing(scene, eye):
    world, actors, stage = scene
    stage.update(world, eye[None, :3])
    near = len(stage.items.faces)
    stage.update(world, eye[None, :3] + [0.0, 0.0, 400.0])
    assert len(stage.items.faces) == near - len(actors)


@pytest.mark.parametrize("fov", [1.0, 20.0, 120.0, 170.0])
def test_every_field_of_view_sees_what_rays_hit(scene, eye, fov):
    world, _, stage = scene
    tilted = eye + [0.0, 0.0, 0.5, -0.05, 0.2, 0.1]
    view = camera(tilted, 200, 150, fov)
    images = picture(stage, world, view)
    assert (images[Channel.COLOUR][..., ALPHA] == 255).all()
    assert check_against_rays(stage, view, images, 0.97) > 100


@pytest.mark.parametrize("width, height", [(1, 1), (1, 7), (9, 1), (193, 2)])
def test_every_size_sees_what_rays_hit(scene, eye, width, height):
    world, _, stage = scene
    for antialias in (True, False):
        view = camera(eye + [0.0, 0.0, 0.3, -0.2, 0.1, 0.0], width, height, 60.0, antialias)
        images = picture(stage, world, view)
        assert all(image.shape == (height, width, 4) for image in images.values())
        check_against_rays(stage, view, images, 0.97)
        assert images[Channel.COLOUR][..., :3].max() > 5


@pytest.mark.parametrize(
    "where", ["under the ground", "inside a building", "high up", "inside a car", "far outside", "nowhere"]
)
def test_odd_places_give_the_frame_of_what_faces_them(scene, town, eye, where):
    world, actors, stage = scene
    pose = {
        "under the ground": eye - [0.0, 0.0, 5.0, 0.0, 0.0, 0.0],
        "inside a building": building(town),
        "high up": eye + [0.0, 0.0, 150.0, -1.5, 0.0, 0.0],
        "inside a car": before(world.table.pose[world.row(actors["car"])], 0.0, 0.0, 0.6),
        "far outside": np.array([5e5, -5e5, 50.0, -0.5, 0.3, 0.0]),
        "nowhere": np.array([1e30, -1e30, 3e38, -0.5, 0.3, 0.0]),
    }[where]
    view = camera(pose, 160, 120, 90.0)
    images = picture(stage, world, view)
    hits = check_against_rays(stage, view, images, 0.97)
    assert (hits == 0) == (where == "nowhere")
    assert set(np.unique(images[Channel.SEMANTIC][..., TAG]).tolist()) <= {int(tag) for tag in Label}
    assert same(images, picture(stage, world, view))


def test_upside_down_is_the_picture_turned(scene, eye):
    world, _, stage = scene
    view = camera(eye, 200, 200, 60.0)
    upright = picture(stage, world, view, LABELS)
    turned = picture(stage, world, camera(eye + [0, 0, 0, 0, 0, np.pi], 200, 200, 60.0), LABELS)
    assert np.mean(upright[Channel.INSTANCE][::-1, ::-1] == turned[Channel.INSTANCE]) > 0.99
    one, other = metres(upright[Channel.DEPTH])[::-1, ::-1], metres(turned[Channel.DEPTH])
    assert np.mean(np.abs(one - other) < 0.01 + 0.005 * one) > 0.99


def test_several_views_at_once_are_those_views_one_by_one(scene, eye):
    world, _, stage = scene
    views = [camera(eye + [0, 0, 0, 0, yaw, 0], 100, 80, 90.0) for yaw in (0.0, 1.5, 3.0)]
    stage.update(world, eye[None, :3])
    together = PAINTER.draw(stage, [(view, ALL) for view in views])
    for view, images in zip(views, together):
        assert same(images, look(stage, view))
