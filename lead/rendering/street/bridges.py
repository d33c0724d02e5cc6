"""Roads high above the land: sides, ledges, undersides and pillars of bridges, and banks below road edges."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.ground import heights, stretches_in
from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, merge, tube
from lead.rendering.street.solids import boxes, placed, quads
from lead.roads.labels import Label
from lead.roads.network import LaneKind
from lead.roads.town import Town

LAND = int(Label.TERRAIN)
SQUARE = 64.0  # m
SKIP = 2  # samples: every second one tells whether a rim is high
DECK = 0.9  # m, thickness of a bridge
LEAST_GAP = 0.3  # m between a road's edge and the land beside it that a wall closes
BANK = 1.0  # m of such a gap above which the wall is concrete
SPAN = 3.0  # m of it above which the road is open below
LEDGE = 0.8  # m beyond the outermost lane where guard rails stand
PARAPET = 0.75  # m, height of the wall on a ledge without guard rails
PARAPET_WIDTH = 0.2  # m
FAST = 79.0  # km/h from which the scenery puts guard rails beside roads without sidewalks
PILLAR_HEIGHT, PILLAR_SPACING, PILLAR_RADIUS = 3.5, 24.0, 0.55  # m; least height, distance along the road


class Rims(NamedTuple):
    """What is known of lanes (L rows) as rims of roads."""

    left: NDArray[np.bool_]  # (L,) paved, and nothing paved to the left
    right: NDArray[np.bool_]  # (L,) likewise to the right
    railed: NDArray[np.bool_]  # (L,) of a road along which the scenery puts guard rails
    high: frozenset[tuple[int, int]]  # squares of SQUARE m in and around which a rim stands well above the land


def find_rims(town: Town) -> Rims:
    """The rims of a town's roads."""
    network = town.network
    lanes, samples = network.lanes, network.samples
    paved = (lanes.kind != LaneKind.NONE) & (lanes.lane != 0)
    left, right = ((paved & ((beyond < 0) | ~paved[beyond])) for beyond in (lanes.left, lanes.right))
    walked = np.unique(lanes.road[lanes.kind == LaneKind.SIDEWALK])
    high: set[tuple[int, int]] = set()
    for edge, chosen, sign in ((samples.left, left, -1.0), (samples.right, right, 1.0)):
        rows = np.flatnonzero(chosen[samples.lane])[::SKIP]
        places = edge[rows] + (0.3 * sign) * _outward(samples.yaw[rows])
        tall = edge[rows, 2] - heights(town.surface, places, 0)[0] > LEAST_GAP
        squares = np.unique((edge[rows[tall], :2] // SQUARE).astype(int), axis=0)
        high.update((i + a, j + b) for i, j in squares.tolist() for a in (-1, 0, 1) for b in (-1, 0, 1))
    railed = (town.signals.sample_limit[lanes.first] >= FAST) & ~np.isin(lanes.road, walked) & (lanes.junction < 0)
    return Rims(left, right, railed, frozenset(high))


def _outward(yaw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (..., 3) to the right of headings (...)."""
    return np.stack([-np.sin(yaw), np.cos(yaw), np.zeros(yaw.shape)], axis=-1)


def undersides(town: Town, corners: NDArray[np.float32]) -> Mesh:
    """What is seen from below of road triangles (n, 3, 3) that are a deck above the land."""
    if len(corners) == 0:
        return EMPTY
    flat = corners.reshape(-1, 3).astype(np.float64)
    land, _ = heights(town.surface, flat - [0.0, 0.0, 1.0], LAND)
    high = (flat[:, 2] - land > DECK + 0.1).reshape(-1, 3).any(axis=1)
    if not high.any():
        return EMPTY
    lower = corners[high][:, ::-1] - np.array([0.0, 0.0, DECK], np.float32)
    faces = np.arange(3 * len(lower), dtype=np.int32).reshape(-1, 3)
    stuff = np.full(len(faces), Material.BRIDGE, np.uint8)
    return Mesh(lower.reshape(-1, 3), faces, stuff, np.full(len(faces), Label.BRIDGE, np.uint8))


def bridge_parts(town: Town, rims: Rims, x: float, y: float, size: float) -> Mesh:
    """Walls below the road edges in a square that stand well above the land, and the pillars there.

    The square must lie within one of SQUARE m.
    """
    if (int(x // SQUARE), int(y // SQUARE)) not in rims.high:
        return EMPTY
    network, samples = town.network, town.network.samples
    parts = []
    for edge, chosen, sign in ((samples.left, rims.left, -1.0), (samples.right, rims.right, 1.0)):
        start = stretches_in(network, edge, x, y, size)
        start = start[chosen[samples.lane[start]]]
        if len(start):
            parts.append(_sides(town, rims, edge, start, sign))
    if not any(len(part.faces) for part in parts):
        return EMPTY
    centres = stretches_in(network, samples.centre, x, y, size)
    return merge(*parts, *_pillars(town, centres[network.lanes.lane[samples.lane[centres]] == 0]))


def _sides(town: Town, rims: Rims, edges: NDArray[np.float64], start: NDArray[np.int32], sign: float) -> Mesh:
    """Sides below the stretches of lane edge (N, 3) that start at some samples; the land lies at `sign` times right."""
    surface, samples = town.surface, town.network.samples
    rows = np.stack([start, start + 1], axis=1)
    edge = edges[rows]
    out = sign * _outward(samples.yaw[rows])
    land = _heights(town, edge + 0.3 * out)
    tall = (edge[:, :, 2] - land).max(axis=1) > LEAST_GAP
    if not tall.any():
        return EMPTY
    rows, edge, out, land = rows[tall], edge[tall], out[tall], land[tall]
    top = heights(surface, (edge - 0.03 * out).reshape(-1, 3), 0)[0].reshape(-1, 2)
    free = top - _heights(town, edge + (LEDGE + 0.1) * out)
    gap = (top - land).max(axis=1)
    deck = gap > SPAN
    ledge = LEDGE * (deck & (free.min(axis=1) > 0.5 * DECK))[:, None, None]
    upper = np.concatenate([edge[:, :, :2], top[:, :, None]], axis=2)
    outer = upper + ledge * out
    lower = outer.copy()
    lower[:, :, 2] = np.where(deck[:, None], top - DECK, np.minimum(land, top) - 0.1)
    stuff = np.where(gap > BANK, Material.BRIDGE, Material.SOIL).astype(np.uint8)
    tags = np.where(gap > BANK, Label.BRIDGE, Label.TERRAIN).astype(np.uint8)
    side = _strip(lower, outer, sign, stuff)
    parts = [side._replace(tag=np.repeat(tags, 2))]
    wide = ledge[:, 0, 0] > 0.0
    if wide.any():
        under = upper.copy()
        under[:, :, 2] = top - DECK
        below = outer.copy()
        below[:, :, 2] = top - DECK
        parts.append(_strip(outer[wide], upper[wide], sign, Material.BRIDGE))
        parts.append(_strip(under[wide], below[wide], sign, Material.BRIDGE))
        slow = wide & ~rims.railed[samples.lane[rows[:, 0]]]
        parts.append(_parapet(outer[slow], out[slow], sign))
    return merge(*parts)


def _heights(town: Town, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ground height (n, 2) below places (n, 2, 3)."""
    return heights(town.surface, points.reshape(-1, 3), 0)[0].reshape(-1, 2)


def _strip(low: NDArray[np.float64], high: NDArray[np.float64], sign: float, stuff) -> Mesh:
    """Quads between two lines of stretches (n, 2, 3), seen from the land if `low` lies below `high`."""
    corners = np.stack([low[:, 0], low[:, 1], high[:, 1], high[:, 0]], axis=1)
    return quads(corners if sign > 0.0 else corners[:, [1, 0, 3, 2]], stuff, Label.BRIDGE)


def _parapet(rim: NDArray[np.float64], out: NDArray[np.float64], sign: float) -> Mesh:
    """A low wall on the rim (n, 2, 3) of a deck."""
    up = np.array([0.0, 0.0, PARAPET])
    inner = rim - PARAPET_WIDTH * out
    faces = ((rim, rim + up), (rim + up, inner + up), (inner + up, inner))
    return merge(*(_strip(low, high, sign, Material.CONCRETE) for low, high in faces))


def _pillars(town: Town, rows: NDArray[np.int32]) -> list[Mesh]:
    """Columns with a cross beam under the decks, where centre lines pass multiples of the spacing, off all roads."""
    samples, lanes, found = town.network.samples, town.network.lanes, []
    for row in rows[np.floor(samples.s[rows] / PILLAR_SPACING) != np.floor(samples.s[rows + 1] / PILLAR_SPACING)]:
        lane = samples.lane[row]
        same = np.flatnonzero(
            (lanes.road == lanes.road[lane]) & (lanes.section == lanes.section[lane]) & (lanes.kind != 0)
        )
        k = row - lanes.first[lane]
        at = [lanes.first[n] + k if lanes.lane[n] <= 0 else lanes.last[n] - 1 - k for n in same if lanes.lane[n] != 0]
        if not at:
            continue
        rims = samples.right[at]
        across = np.array([-np.sin(samples.yaw[row]), np.cos(samples.yaw[row])])
        off = np.append((rims[:, :2] - samples.centre[row, :2]) @ across, 0.0)
        x, y = samples.centre[row, :2] + 0.5 * (off.min() + off.max()) * across
        deck = float(rims[:, 2].min()) - DECK
        around = np.array([(x + u, y + v, deck - 3.0) for u, v in ((0, 0), (1.5, 0), (-1.5, 0), (0, 1.5), (0, -1.5))])
        land, label = heights(town.surface, around, 0)
        if deck - land.max() < PILLAR_HEIGHT or (label != LAND).any():
            continue
        half = max(0.35 * float(np.ptp(off)), 0.8)
        foot = float(land.min()) - 0.5
        column = tube([(PILLAR_RADIUS, foot), (PILLAR_RADIUS, deck - 0.5)], Material.BRIDGE, 8, capped=False)
        beam = boxes([(-0.6, -half, deck - 0.6, 0.6, half, deck + 0.3, Material.BRIDGE)], Label.BRIDGE, bottom=True)
        found.append(placed(merge(column.tagged(Label.BRIDGE), beam), (x, y, 0.0, float(samples.yaw[row]))))
    return found
