"""Single rays through the world: all hits in order, the first hit, and the ground below."""

import numpy as np
import pytest
from solids import build, open_places, try_triangles

from lead.rendering.kernels.pose import bound
from lead.rendering.materials import Material
from lead.rendering.mesh import box, merge
from lead.rendering.rays import cast_ray, ground_projection, project_point
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items, join_items
from lead.roads.labels import Label


@pytest.fixture(scope="module")
def town():
    return build(5, 8, seed=2)


def world(town):
    return town.triangles, town.items, town.objects


def test_a_segment_meets_all_that_trying_each_triangle_finds(town):
    generator = np.random.default_rng(1)
    met = 0
    for _ in range(60):
        start, end = generator.uniform((0, 0, 0.2), (160, 160, 8.0), (2, 3))
        length = np.linalg.norm(end - start)
        distance, face = try_triangles(town, start, (end - start) / length)
        distance, face = distance[distance <= length], face[distance <= length]
        fresh = np.diff(distance, prepend=-1.0) > 1e-3
        hits = cast_ray(*world(town), start, end)
        met += len(hits)
        assert len(hits) >= fresh.sum()
        places = [np.linalg.norm(hit.point - start) for hit in hits]
        assert places == sorted(places)
        for place, row in zip(distance, face, strict=True):
            nearest = hits[int(np.argmin(np.abs(np.array(places) - place)))]
            assert np.linalg.norm(nearest.point - start) == pytest.approx(place, abs=2e-3)
            same = [hit for hit in hits if abs(np.linalg.norm(hit.point - start) - place) < 2e-3]
            assert town.triangles.tag[row] in {hit.tag for hit in same}
            assert town.objects.identity[town.triangles.owner[row]] in {hit.identity for hit in same}
    assert met > 60


def test_the_first_hit_is_the_first_of_all(town):
    generator = np.random.default_rng(2)
    start = open_places(town, 1, 2.0, seed=3)[0, :3]
    for _ in range(50):
        direction = generator.normal(size=3) * (1.0, 1.0, 0.2)
        every = cast_ray(*world(town), start, start + 100.0 * direction / np.linalg.norm(direction))
        first = project_point(*world(town), start, 3.7 * direction, 100.0)
        assert (first is None) == (not every)
        if first:
            assert np.allclose(first.point, every[0].point, atol=1e-6)
            beyond = np.linalg.norm(first.point - start)
            assert project_point(*world(town), start, direction, beyond - 0.01) is None
            assert project_point(*world(town), start, direction, beyond + 0.01) is not None


def test_what_is_below(town):
    x, y, height = open_places(town, 1, 3.0, seed=4)[0, :3]
    hit = ground_projection(*world(town), np.array([x, y, height]), 10.0)
    assert hit.tag == Label.ROADS and hit.identity == 0 and np.allclose(hit.point, [x, y, 0.0], atol=1e-6)
    assert ground_projection(*world(town), np.array([x, y, height]), 2.9) is None
    assert ground_projection(*world(town), np.array([x, y, -1.0]), 10.0) is None  # the ground has no lower side
    on_a_vertex = ground_projection(*world(town), np.array([32.0, 64.0, 50.0]), 100.0)
    assert on_a_vertex is not None


def slabs(count):
    """Thin boxes above each other, and the same once more as a coarser level of detail."""
    store, objects = TriangleStore(), ObjectStore()
    pile = merge(*(box((1.0, 1.0, 0.1), (0.0, 0.0, k), Material.CONCRETE) for k in range(count)))
    parts = []
    for least, mesh in ((0.0, pile), (50.0, pile.moved(z=0.3))):
        item = empty_items(1)
        item[0][0], item[1][0], item[2][0], item[3][0] = store.add(mesh, np.full(len(mesh.faces), objects.add(7, None)))
        item.least[0] = least
        bound(store.triangles, item, 0)
        parts.append(item)
    return store.triangles, join_items(parts), objects.objects


def test_shared_edges_count_once_and_there_may_be_many_hits():
    hits = cast_ray(*slabs(300), np.array([0.0, 0.0, 400.0]), np.array([0.0, 0.0, -5.0]))  # along the tops' diagonals
    assert [round(hit.point[2], 3) for hit in hits] == [k + 0.05 for k in range(299, -1, -1)]


def test_the_finest_level_of_detail_counts_from_any_distance():
    hit = ground_projection(*slabs(2), np.array([0.1, 0.2, 500.0]), 1000.0)
    assert hit.point[2] == pytest.approx(1.05) and hit.identity == 7


def test_no_ray_slips_through_a_seam():
    """Floors whose edges miss each other by a tenth of a millimetre are whole; a ray a centimetre beside one misses."""
    store, objects, item = TriangleStore(), ObjectStore(), empty_items(1)
    floor = merge(*(box((1.0, 1.0, 0.1), (k * 1.0001, 0.0, 0.0), Material.CONCRETE) for k in range(3)))
    item[0][0], item[1][0], item[2][0], item[3][0] = store.add(floor, np.full(len(floor.faces), objects.add(7, None)))
    bound(store.triangles, item, 0)
    for x, y in ((0.50005, 0.0), (1.50015, 0.2), (0.50005, 0.5)):
        hits = cast_ray(store.triangles, item, objects.objects, np.array([x, y, 5.0]), np.array([x, y, -5.0]))
        assert [hit.point[2] for hit in hits] == [pytest.approx(0.05, abs=1e-6)]
    assert ground_projection(store.triangles, item, objects.objects, np.array([-0.51, 0.0, 5.0]), 10.0) is None


def test_rays_without_length_meet_nothing_and_infinite_ones_are_refused(town):
    here = np.array([10.0, 10.0, 1.0])
    assert cast_ray(*world(town), here, here) == []
    assert project_point(*world(town), here, np.zeros(3), 10.0) is None
    assert project_point(*world(town), here, np.array([1.0, 0.0, 0.0]), 0.0) is None
    with pytest.raises(ValueError, match="expected finite coordinates"):
        cast_ray(*world(town), here, np.array([np.inf, 0.0, 0.0]))
