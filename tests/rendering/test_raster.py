"""The visibility pass: what each sample sees, and how far away it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lead.rendering.kernels.labels import class_code, depth_code
from lead.rendering.kernels.pose import bound
from lead.rendering.kernels.raster import NOTHING, raster
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, box, quad
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items, join_items
from lead.roads.labels import Label

SIZE = 64
FORWARD = np.array([[0, 1, 0], [0, 0, -1], [1, 0, 0]], np.float32)  # looking along x: right is y, down is -z


def stored(*meshes: Mesh):
    """A store with one item and one owner (rows 1, 2, ...) per mesh."""
    store, items = TriangleStore(), []
    for row, mesh in enumerate(meshes, start=1):
        run = store.add(mesh, np.full(len(mesh.faces), row, np.int32))
        item = empty_items(1)
        item.first_vertex[0], item.vertices[0], item.first_face[0], item.faces[0] = run
        bound(store.triangles, item, 0)
        items.append(item)
    return store.triangles, join_items(items)


def seen(*meshes: Mesh, eye=(0.0, 0.0, 0.0), far=100.0, fov=90.0):
    triangles, items = stored(*meshes)
    depth, face = np.empty((SIZE, SIZE), np.float32), np.empty((SIZE, SIZE), np.uint32)
    focal = SIZE / 2.0 / np.tan(np.radians(fov) / 2.0)
    screen = np.empty((4, 10_000), np.float32)
    middle = SIZE / 2.0
    raster(triangles, items, np.array(eye, np.float32), FORWARD, focal, focal, middle, middle, far, depth, face, screen)
    return triangles, depth, face


def wall(x: float, material: Material = Material.BRICK) -> Mesh:
    """A wall 4 m wide and high at x, which shows its front to whom looks along x."""
    return quad((x, -2, -2), (x, -2, 2), (x, 2, 2), (x, 2, -2), material)


def test_a_wall_fills_exactly_the_samples_it_covers():
    _, depth, face = seen(wall(8.0))
    expected = np.zeros((SIZE, SIZE), bool)
    expected[24:40, 24:40] = True  # 2 m at 8 m is a quarter of the half image
    assert ((face != NOTHING) == expected).all()
    assert depth[expected] == pytest.approx(1.0 / 8.0, rel=1e-6)


def test_backs_and_things_beyond_the_far_limit_are_not_seen():
    behind = wall(8.0)._replace(faces=wall(8.0).faces[:, ::-1].copy())
    assert (seen(behind)[2] == NOTHING).all()
    assert (seen(wall(30.0), far=20.0)[2] == NOTHING).all()


def test_the_nearer_of_two_hides_the_other_in_either_order():
    for order in ((wall(8.0), wall(6.0)), (wall(6.0), wall(8.0))):
        _, depth, _ = seen(*order)
        assert depth[32, 32] == pytest.approx(1.0 / 6.0)


def test_the_ground_under_the_camera_is_cut_at_the_near_plane_without_holes():
    ground = quad((-50, -50, -1), (50, -50, -1), (50, 50, -1), (-50, 50, -1), Material.ASPHALT)
    _, depth, face = seen(ground)
    assert (face[33:] != NOTHING).all() and (face[:31] == NOTHING).all()
    down = (np.arange(33, SIZE) + 0.5 - SIZE / 2) / (SIZE / 2)
    assert depth[33:, 10] == pytest.approx(down, rel=1e-4)  # planar depth of a plane 1 m below


def test_no_cracks_between_triangles_that_share_edges():
    _, _, face = seen(ball((3, 3, 3), (8, 0, 0), Material.BRICK, sides=24, rings=14))
    rows = face != NOTHING
    for row in rows[20:44]:
        inside = np.flatnonzero(row)
        assert len(inside) and (np.diff(inside) == 1).all()


@settings(max_examples=30, deadline=None)
@given(some.integers(0, 2**32 - 1))
def test_depth_is_that_of_the_plane_of_the_triangle_seen(seed):
    draw = np.random.default_rng(seed)
    solids = [
        box(draw.uniform(0.5, 4.0, 3), (draw.uniform(4, 30), *draw.uniform(-6, 6, 2)), Material.BRICK).moved(
            yaw=draw.uniform(-0.2, 0.2), pitch=draw.uniform(-0.2, 0.2)
        )
        for _ in range(8)
    ]
    eye = draw.uniform(-1, 1, 3)
    triangles, depth, face = seen(*solids, eye=eye)
    rows, columns = np.nonzero(face != NOTHING)
    hit = face[rows, columns]
    corner = np.stack([triangles.x, triangles.y, triangles.z], axis=1)[triangles.faces[hit, 0]]
    ray = np.stack([np.ones(len(rows)), (columns + 0.5 - 32) / 32, -(rows + 0.5 - 32) / 32], axis=1)
    towards = (triangles.normal[hit] * ray).sum(axis=1)
    assert (towards < 0.0).all(), "only fronts are seen"
    clear = towards < -0.05
    planar = ((corner - eye) * triangles.normal[hit]).sum(axis=1) / towards
    assert (1.0 / depth[rows, columns])[clear] == pytest.approx(planar[clear], rel=1e-3)


def test_codes_are_carlas():
    triangles, depth, face = seen(wall(8.0).tagged(Label.BUILDINGS))
    objects = ObjectStore().objects
    objects.identity[1] = 0x1234
    image = np.empty((SIZE, SIZE, 4), np.uint8)
    depth_code(depth, 1, image.view(np.uint32)[..., 0])
    blue, green, red = (image[..., k].astype(np.int64) for k in range(3))
    metres = 1000.0 * (blue * 65536 + green * 256 + red) / (2**24 - 1)
    assert metres[32, 32] == pytest.approx(8.0, abs=1e-4)
    assert metres[0, 0] == 1000.0
    class_code(triangles, objects, face, 1, True, image.view(np.uint32)[..., 0])
    assert image[32, 32].tolist() == [0x12, 0x34, Label.BUILDINGS, 255]
    assert image[0, 0].tolist() == [0, 0, Label.SKY, 255]
    half = np.empty((SIZE // 2, SIZE // 2, 4), np.uint8)
    class_code(triangles, objects, face, 2, True, half.view(np.uint32)[..., 0])
    assert (half == image[::2, ::2]).all()
