"""A town for tests: a flat square with straight lanes along +x, and the boxes, kerbs, slopes and lights a test asks for."""

import numpy as np

from lead.geometry.grid import build_grid
from lead.roads.network import LaneKind, Lanes, RoadNetwork, Samples
from lead.roads.scenery import Scenery
from lead.roads.signals import SignalKind, Signals
from lead.roads.surface import Surface, index_surface
from lead.roads.town import Town

HALF = 400.0  # m, half edge of the square
LANES = (0.0, 3.5, 7.0)  # y of the centre lines, m; all run along +x
LIGHT_X = 100.0  # m, stop line of the lights, one per lane


def flat_town(boxes=(), kerb_y=None, slope=0.0, lights=0, junction_after=None) -> Town:
    """A square town. `boxes` are (x, y, z, half x, half y, half z, yaw, label); `kerb_y` a pavement beyond that y, 0.15 m
    high; `slope` tan of an incline along +x; `lights` signals in one group at LIGHT_X, one per lane."""
    network = straight_network(slope)
    return Town(
        "Flat", "", network, lights_at(network, lights), flat_surface(kerb_y, slope), scenery_of(boxes),
        np.array([[0.0, 0.0, 0.5, 0.0, 0.0, 0.0]]), np.zeros((0, 6)), b"", (0.0, 0.0),
    )  # fmt: skip


def straight_network(slope: float) -> RoadNetwork:
    x = np.arange(-HALF, HALF + 0.5, 2.0)
    n, lanes = len(x), len(LANES)
    y = np.repeat(LANES, n)
    centre = np.stack([np.tile(x, lanes), y, slope * np.tile(x, lanes)], axis=1)
    half = np.array([0.0, 1.75, 0.0])
    row = np.repeat(np.arange(lanes, dtype=np.int32), n)
    size = lanes * n
    samples = Samples(
        row, np.tile(x + HALF, lanes), centre, centre - half, centre + half, np.zeros(size), np.full(size, 3.5),
        np.full(size, 1, np.uint8), np.zeros(size, np.uint8), np.full(size, 0.1, np.float32),
    )  # fmt: skip
    first = np.arange(lanes, dtype=np.int64) * n
    none = np.full(lanes, -1, np.int32)
    empty = np.zeros(lanes + 1, np.int64)
    table = Lanes(
        np.ones(lanes, np.int32), np.zeros(lanes, np.int32), -1 - np.arange(lanes, dtype=np.int32),
        np.full(lanes, LaneKind.DRIVING, np.uint8), none.copy(), first, first + n, np.full(lanes, 2 * HALF),
        np.arange(-1, lanes - 1, dtype=np.int32), none.copy(), empty, np.zeros(0, np.int32), empty.copy(), np.zeros(0, np.int32),
    )  # fmt: skip
    low = np.minimum(samples.left, samples.right)[:, :2] - 1.0
    high = np.maximum(samples.left, samples.right)[:, :2] + 1.0
    return RoadNetwork(table, samples, build_grid(low, high, 10.0))


def lights_at(network: RoadNetwork, count: int) -> Signals:
    samples = network.samples
    light = np.full(len(samples.s), -1, np.int32)
    metres = np.full(len(samples.s), np.inf, np.float32)
    for k in range(count):
        approach = (samples.lane == k) & (samples.centre[:, 0] <= LIGHT_X) & (samples.centre[:, 0] >= LIGHT_X - 40.0)
        light[approach] = k
        metres[approach] = LIGHT_X - samples.centre[approach, 0]
    stop = np.array(
        [np.flatnonzero((samples.lane == k) & (samples.centre[:, 0] >= LIGHT_X))[0] for k in range(count)], np.int64
    )
    pose = np.zeros((count, 6))
    pose[:, 0] = LIGHT_X + 20.0
    return Signals(
        np.full(count, SignalKind.LIGHT, np.uint8), np.array([str(900 + k) for k in range(count)], np.str_), pose,
        np.zeros((count, 4)), np.tile([1.0, 1.5, 1.0], (count, 1)), np.zeros(count), np.zeros(count, np.int32),
        np.arange(count, dtype=np.int32), np.arange(count + 1, dtype=np.int64), np.arange(count, dtype=np.int32), stop,
        pose.copy(), light, metres, np.where(samples.centre[:, 0] < 0.0, 50.0, 30.0).astype(np.float32),
    )  # fmt: skip


def flat_surface(kerb_y, slope) -> Surface:
    edge = HALF if kerb_y is None else kerb_y
    strips = [(-HALF, edge, 0.0, 1)] + ([] if kerb_y is None else [(kerb_y, HALF, 0.15, 2)])
    vertices, triangles, labels = [], [], []
    for low, high, z, label in strips:
        for x in np.arange(-HALF, HALF, 50.0):
            first = len(vertices)
            for px, py in ((x, low), (x + 50.0, low), (x + 50.0, high), (x, high)):
                vertices.append((px, py, z + slope * px))
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
            labels += [label, label]
    vertices = np.array(vertices, np.float32)
    triangles = np.array(triangles, np.int32)
    return index_surface(vertices, triangles, np.array(labels, np.uint8), np.array([-HALF, -HALF, HALF, HALF]), 20.0)


def scenery_of(boxes) -> Scenery:
    table = np.array([box[:8] for box in boxes], np.float64).reshape(-1, 8)
    reach = np.hypot(table[:, 3], table[:, 4])[:, None]
    grid = build_grid(table[:, :2] - reach, table[:, :2] + reach, 10.0)
    return Scenery(
        table[:, :3].copy(), table[:, 3:6].copy(), table[:, 6].copy(), table[:, 7].astype(np.uint8),
        np.ones(len(table), np.bool_), np.array([f"box_{k}" for k in range(len(table))], np.str_), grid,
    )  # fmt: skip
