"""What fills land without scenery: trees and bushes on meadows, back gardens and low buildings inside blocks.

These things are drawn and seen by rays, but are no obstacles: they stand where no car gets to, well off every lane.
"""

import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import separation
from lead.rendering.kernels.ground import heights
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.street.buildings import building, shell_of
from lead.rendering.street.clearance import Clearance
from lead.rendering.street.solids import boxes, copies, placed
from lead.rendering.street.thing import Thing, tints
from lead.rendering.street.vegetation import LEAF_COLOURS, NEEDLE_COLOURS, Nursery
from lead.roads.labels import Label
from lead.roads.roadside import clear_of_lanes
from lead.roads.town import Town

LAND = int(Label.TERRAIN)
PATCH = 16.0  # m, one thing at most grows on each square of this size
FROM_LANES = 14.0  # m between any lane and a tree of the wild
HOUSE_FROM_LANES = 26.0  # m between any lane and a house inside a block
HEDGED = 0.5  # share of those houses with a hedge around the garden
GARDEN = 2.6  # m from the house to the hedge
SETTLED = 90.0  # m from a building within which land counts as gardens
REMOTE = 85.0  # m from any lane from which woods close the view
WOODS = 0.5  # share of the open land that is wooded
OFFSET = 1 << 20  # seeds of generators are not negative


def wild_things(
    town: Town, clearance: Clearance, nursery: Nursery, ix: int, iy: int, size: float, seed: int
) -> list[Thing]:
    """Plants (a thing per quarter tile and kind) and houses of the tile."""
    rng = np.random.default_rng([seed, ix + OFFSET, iy + OFFSET, 3])
    count = int(size // PATCH)
    i, j = np.meshgrid(np.arange(count), np.arange(count), indexing="ij")
    spots = np.column_stack([i.ravel(), j.ravel()]) * PATCH + (ix * size, iy * size)
    spots = spots + rng.uniform(2.0, PATCH - 2.0, spots.shape)
    draw = rng.random((len(spots), 5))
    boxes = _boxes_near(town, ix * size, iy * size, size)
    settled = _is_settled(town, boxes, spots)
    free = clearance.at(spots) > FROM_LANES
    houses, taken = _houses(town, spots, draw, free & settled, clearance, boxes, seed, (ix, iy))
    grown = free & (draw[:, 0] < np.where(settled, 0.75, _density(clearance, spots, seed)))
    grown &= _clear_of_boxes(town, boxes, spots, 3.0) & _clear_of(taken, spots)
    places = spots[grown]
    return houses + _plants(town, nursery, places, draw[grown], settled[grown], clearance, seed, (ix, iy))


def _density(clearance: Clearance, spots: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Share of patches (n,) with a tree in open land: woods and meadows alternate every 100 m or so."""
    x, y = spots[:, 0] / 130.0 + 0.37 * seed, spots[:, 1] / 130.0
    wave = np.sin(1.7 * x + 1.3 * np.sin(0.9 * y)) + np.sin(1.9 * y + 1.1 * np.sin(1.3 * x))
    return np.where((wave > 2.0 * (1.0 - 2.0 * WOODS)) | (clearance.at(spots) > REMOTE), 0.8, 0.12)


def _boxes_near(town: Town, x: float, y: float, size: float) -> NDArray[np.int64]:
    """Rows of the scenery's boxes on a tile and 100 m around it."""
    centre, reach = town.scenery.centre, 100.0
    return np.flatnonzero(
        (np.abs(centre[:, 0] - x - 0.5 * size) < 0.5 * size + reach)
        & (np.abs(centre[:, 1] - y - 0.5 * size) < 0.5 * size + reach)
    )


def _is_settled(town: Town, boxes: NDArray[np.int64], spots: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether at least three buildings are near."""
    houses = town.scenery.centre[boxes[town.scenery.label[boxes] == Label.BUILDINGS], :2]
    gap = np.hypot(spots[:, None, 0] - houses[None, :, 0], spots[:, None, 1] - houses[None, :, 1])
    return (gap < SETTLED).sum(axis=1) >= 3


def _clear_of_boxes(town: Town, rows: NDArray[np.int64], spots: NDArray[np.float64], gap: float) -> NDArray[np.bool_]:
    """Whether spots (n, 2) lie at least `gap` m outside all boxes."""
    scenery = town.scenery
    dx, dy = (spots[:, None, k] - scenery.centre[None, rows, k] for k in (0, 1))
    c, s = np.cos(scenery.yaw[rows]), np.sin(scenery.yaw[rows])
    u, v = np.abs(c * dx + s * dy) - scenery.extent[rows, 0], np.abs(c * dy - s * dx) - scenery.extent[rows, 1]
    return (np.maximum(u, v) > gap).all(axis=1)


def _clear_of(taken: list[tuple[float, float, float]], spots: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether spots (n, 2) lie outside circles x, y, radius (m)."""
    free = np.ones(len(spots), np.bool_)
    for x, y, radius in taken:
        free &= np.hypot(spots[:, 0] - x, spots[:, 1] - y) > radius
    return free


def _houses(
    town: Town, spots: NDArray[np.float64], draw: NDArray[np.float64], wanted: NDArray[np.bool_], clearance: Clearance,
    boxes: NDArray[np.int64], seed: int, tile: tuple[int, int],
) -> tuple[list[Thing], list[tuple[float, float, float]]]:  # fmt: skip
    """Low buildings behind the rows along the streets, and the circles (x, y, radius) they take."""
    things, taken = [], []
    scenery = town.scenery
    for k in np.flatnonzero(wanted & (clearance.at(spots) > HOUSE_FROM_LANES) & (draw[:, 1] < 0.3)):
        x, y = spots[k].tolist()
        near = boxes[np.argmin(np.hypot(*(scenery.centre[boxes, :2] - (x, y)).T))]
        yaw, half = float(scenery.yaw[near]), (4.5 + 3.0 * draw[k, 2], 4.0 + 2.0 * draw[k, 3])
        if not _clear_of(taken, np.array([[x, y]]))[0] or not _has_room(town, boxes, x, y, yaw, half):
            continue
        corner = np.array([[x + u * half[0], y + v * half[1], 1e3] for u in (-1, 1) for v in (-1, 1)])
        ground = heights(town.surface, corner, LAND)[0]
        storeys = 1 + int(draw[k, 4] * 2.0)
        tall = storeys * 3.2 + 1.0 + float(np.ptp(ground)) + 0.5
        shell = shell_of((*half, 0.5 * tall))
        rng = np.random.default_rng([seed, tile[0] + OFFSET, tile[1] + OFFSET, int(k), 4])
        near_mesh, far_mesh, colours = building(shell, rng)
        if draw[k, 0] < HEDGED:
            near_mesh = merge(near_mesh, _hedge(*half, shell.foot + 0.8, 0.9 + 0.6 * draw[k, 2]))
        place = (x, y, float(ground.max()), yaw)
        name = f"House_{tile[0]}_{tile[1]}_{k}"
        meshes = placed(near_mesh, place), placed(far_mesh, place)
        things.append(Thing(*meshes, name, Label.BUILDINGS, tints(*colours), origin=place[:3]))
        taken.append((x, y, float(np.hypot(*half)) + 3.0))
    return things, taken


def _hedge(a: float, b: float, low: float, high: float) -> Mesh:
    """A hedge around a house of half sizes a and b (m), open towards the street."""
    x, y, thick = a + GARDEN, b + GARDEN, 0.35
    rows = [
        (-x, y - thick, -low, x, y + thick, high, Material.HEDGE),
        (-x - thick, -y, -low, -x + thick, y, high, Material.HEDGE),
        (x - thick, -y, -low, x + thick, y, high, Material.HEDGE),
    ]
    return boxes(rows, Label.VEGETATION)


def _has_room(town: Town, boxes: NDArray[np.int64], x: float, y: float, yaw: float, half: tuple[float, float]) -> bool:
    """Whether a rectangle keeps off the boxes around it and far from all lanes."""
    scenery = town.scenery
    for row in boxes[np.hypot(*(scenery.centre[boxes, :2] - (x, y)).T) < 40.0]:
        other = (*scenery.centre[row, :2], scenery.yaw[row], *scenery.extent[row, :2])
        if separation(x, y, yaw, *half, *other)[0] < 4.0:
            return False
    return bool(clear_of_lanes(town.network, x, y, yaw, half[0] + 20.0, half[1] + 20.0))


def _plants(
    town: Town, nursery: Nursery, places: NDArray[np.float64], draw: NDArray[np.float64], settled: NDArray[np.bool_],
    clearance: Clearance, seed: int, tile: tuple[int, int],
) -> list[Thing]:  # fmt: skip
    """Trees and bushes, those of one kind and quarter tile together."""
    green = clearance.soil(places, seed) != Material.SOIL
    places, draw, settled = places[green], draw[green], settled[green]
    if len(places) == 0:
        return []
    z, _ = heights(town.surface, np.column_stack([places, np.full(len(places), 1e3)]), LAND)
    pose = np.column_stack([places, z, 6.28 * draw[:, 1]])
    height, crown = 5.0 + 6.0 * draw[:, 2], 1.6 + 1.4 * draw[:, 3]
    kind = np.where(draw[:, 4] < 0.3, 2, np.where(draw[:, 1] < np.where(settled, 0.15, 0.45), 1, 0))
    height, crown = np.where(kind == 2, 0.8 + draw[:, 2], height), np.where(kind == 2, 0.7 + 0.6 * draw[:, 3], crown)
    quarter = ((places[:, 0] // 32.0) % 2 * 2 + (places[:, 1] // 32.0) % 2).astype(int)
    things = []
    kinds = (
        (nursery.broadleaf, LEAF_COLOURS, "Trees"),
        (nursery.conifer, NEEDLE_COLOURS, "Conifers"),
        (nursery.bush, LEAF_COLOURS, "Bushes"),
    )
    for group, (plants, colours, name) in enumerate(kinds):
        for q in range(4):
            rows = np.flatnonzero((kind == group) & (quarter == q))
            if len(rows) == 0:
                continue
            first = int(1e3 * draw[rows[0], 0])
            near, far = [], []
            for variant, plant in enumerate(plants):
                some = rows[(np.arange(len(rows)) + first) % len(plants) == variant]
                scale = np.column_stack([crown[some], crown[some], height[some]])
                near.append(copies(plant.near, pose[some], scale))
                far.append(copies(plant.far, pose[some], scale))
            tint = tints(colours[first % len(colours)])
            label = f"{name}_{tile[0]}_{tile[1]}_{q}"
            things.append(Thing(merge(*near), merge(*far), label, Label.VEGETATION, tint))
    return things
