"""How far one sees into a junction: with pictures, without, and both the same on a plain."""

from dataclasses import replace

import numpy as np
import pytest

from lead.expert.evidence import junction_sight as without
from lead.expert.evidence import measured
from lead.expert.evidence.bodies import NOBODY, boxes, eye_of
from lead.expert.evidence.paved import BESIDE, CELL, Paved
from lead.expert.evidence.rig import STUDENT
from lead.roads.library import find_map

ROAD, TERRAIN = 1, 10
FRONT = STUDENT.cameras[1]
HEIGHT = FRONT.mount[2]
OPEN = 1.0 / (1 / 48 + 0.1 * (1 / 6 - 1 / 48)) / 48  # rows are even in 1 / distance; nine tenths of them are nearer


def measured_on_plain(camera, wall=1e9, tag=ROAD):
    """The score of a picture of a plain with a wall across at so many metres of depth."""
    down = (np.arange(camera.height) + 0.5 - camera.height / 2) / camera.focal
    ground = np.where(down > 1e-3, HEIGHT / np.maximum(down, 1e-3), 1000.0)
    depth = np.minimum(ground, wall)[:, None].repeat(camera.width, 1).astype(np.float32)
    tags = np.where(depth < wall, tag, 3).astype(np.uint8)
    return measured.junction_sight(camera, depth, measured.BITS[tags])


def sampled(camera=FRONT, level=NOBODY, paved=None):
    return without.junction_sight(eye_of(np.zeros(6), camera.mount), camera, level, paved)


def wall_at(x):
    return boxes(np.array([[x + 0.1, 0.0, 3.0, 0.0, 0.0, 0.0]]), np.zeros((1, 3)), np.array([[0.1, 90.0, 3.0]]))


def test_on_a_plain():
    assert measured_on_plain(FRONT) == pytest.approx(OPEN, rel=0.06)
    assert sampled() == pytest.approx(OPEN, rel=0.06)


@pytest.mark.parametrize("distance", [10.0, 16.0, 25.0, 40.0])
def test_before_a_wall(distance):
    pictures, boxes_only = measured_on_plain(FRONT, distance), sampled(level=wall_at(distance + 0.35))
    assert boxes_only == pytest.approx(pictures, abs=0.04)
    assert pictures < OPEN - 0.01


def test_before_a_wall_at_16_metres():
    """The ground's rows from 6 to 16 m and the wall's up to 1 m; nine tenths of the ground's are nearer than 13.7 m."""
    ground, wall = HEIGHT * (1 / 6 - 1 / 16), 1 / 16
    expected = 1.0 / (1 / 16 + 0.1 * (1 / 6 - 1 / 16)) / 48 * ground / (ground + wall)
    narrow = replace(FRONT, fov=0.05)
    assert sampled(narrow, level=wall_at(16.35)) == pytest.approx(expected, rel=0.03)


def test_a_wall_close_by_leaves_nothing():
    assert measured_on_plain(FRONT, 3.0) == 0.0
    assert sampled(level=wall_at(5.0)) == 0.0


def test_ground_without_a_road():
    assert measured_on_plain(FRONT, tag=TERRAIN) == 0.0
    assert sampled(paved=Paved(np.array([[500.0, 500.0, 3.5]]))) == 0.0
    assert sampled(paved=Paved(np.empty((0, 3)))) == 0.0


def test_a_road_ahead_is_seen_by_the_front_camera():
    road = np.column_stack([np.arange(0.0, 100.0), np.zeros(100), np.full(100, 7.0)])
    left, front, right = (sampled(camera, paved=Paved(road)) for camera in STUDENT.cameras)
    assert front > 0.3 > max(left, right)
    assert left == pytest.approx(right, abs=0.02)


def test_paved_is_beside_the_lanes():
    paved = Paved(np.column_stack([np.arange(0.0, 40.0), np.zeros(40), np.full(40, 4.0)]))
    edge = 2.0 + BESIDE
    assert paved.at(np.array([[20.0, 0.0], [20.0, edge - CELL], [20.0, -edge + CELL], [5.0, 1.0]])).all()
    assert not paved.at(np.array([[20.0, edge + CELL], [-edge - CELL, 0.0], [60.0, 0.0]])).any()


def test_paved_around_a_route():
    import carla

    from lead.scenarios.lane_graph import LaneGraph

    graph = LaneGraph.of(carla.Map("VillageCrossing", find_map("VillageCrossing")[1]))
    ends = [edge for edges in graph.edges.values() for edge in edges.values() if edge.path]
    place = ends[0].path[0].transform.location
    paved = Paved.around(graph, np.array([[place.x, place.y, 0.0]]))
    lanes = [w.transform.location for edge in ends for w in edge.path]
    near = np.array([[p.x, p.y] for p in lanes if p.distance(place) < 100.0])
    assert paved.at(near).all()
    grid = np.stack(np.meshgrid(*np.linspace(-80, 80, 41)[None].repeat(2, 0)), -1) + (place.x, place.y)
    assert 0.02 < paved.at(grid).mean() < 0.7
