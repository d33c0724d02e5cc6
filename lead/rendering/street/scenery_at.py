"""The scenery boxes of a tile as what they stand for: buildings, lamps, rails, walls, fences and trees."""

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh
from lead.rendering.street.buildings import building, shell_of
from lead.rendering.street.furniture import fence, guard_rail, street_lamp, wall
from lead.rendering.street.solids import copies, placed
from lead.rendering.street.thing import Thing, tints
from lead.rendering.street.vegetation import LEAF_COLOURS, NEEDLE_COLOURS, Nursery
from lead.roads.labels import Label
from lead.roads.scenery import FOOTING
from lead.roads.town import Town

PLASTERED = ("#c9b79c", "#b9b2a6", "#d5cbb8", "#a98f78")
FENCE_STUFF = (Material.WOOD, Material.DARK_WOOD, Material.WHITE_METAL)
WALL_STUFF = (Material.BRICK, Material.PLASTER, Material.STONE)


def scenery_things(town: Town, rows: np.ndarray, lamp_post: np.ndarray, nursery: Nursery, seed: int) -> list[Thing]:
    """One thing per box; a tree's trunk brings its crown. Signals have their own boxes, which are left out here.

    `lamp_post` (B,) is the number of each box's street lamp, -1 if it is none.
    """
    things = []
    for row in rows:
        name = str(town.scenery.name[row])
        if lamp_post[row] >= 0:
            things.append(_lamp(town, row, int(lamp_post[row])))
        elif name == "Building":
            things.append(_building(town, row, seed))
        elif name in ("GuardRail", "Wall", "Fence"):
            things.append(_barrier(town, row, name, seed))
        elif name == "Tree_Trunk":
            things.append(_tree(town, row, nursery, seed))
    return things


def _base(town: Town, row: int) -> tuple[float, float, float, float]:
    """x, y, bottom (m) and yaw of a box."""
    x, y, z = town.scenery.centre[row].tolist()
    return x, y, z - float(town.scenery.extent[row, 2]), float(town.scenery.yaw[row])


def lamp_at(town: Town, row: int) -> tuple[tuple[Mesh, Mesh], tuple[float, float, float, float]]:
    """Near and far mesh of the street lamp in a box, and its place x, y, z (m), yaw (rad)."""
    x, y, bottom, yaw = _base(town, row)
    height = 2.0 * float(town.scenery.extent[row, 2]) - FOOTING
    return street_lamp(round(height, 1)), (x, y, bottom + FOOTING, yaw)


def tree_at(town: Town, row: int) -> tuple[tuple[float, float, float, float], float, float]:
    """Place x, y, z (m), yaw (rad) of the tree whose trunk is in a box, half the width of its crown and its height, m."""
    scenery, crown = town.scenery, row + 1
    x, y, bottom, yaw = _base(town, row)
    foot = bottom + FOOTING
    top = float(scenery.centre[crown, 2] + scenery.extent[crown, 2])
    return (x, y, foot, yaw), float(scenery.extent[crown, 0]), top - foot


def _lamp(town: Town, row: int, number: int) -> Thing:
    meshes, place = lamp_at(town, row)
    near, far = (placed(mesh, place) for mesh in meshes)
    return Thing(near, far, f"StreetLamp_{number}", Label.POLES, lamp_post=number)


def _building(town: Town, row: int, seed: int) -> Thing:
    x, y, bottom, yaw = _base(town, row)
    shell = shell_of(tuple(town.scenery.extent[row].tolist()))
    near, far, colours = building(shell, np.random.default_rng([seed, int(row), 1]))
    place = (x, y, bottom + shell.foot, yaw)
    return Thing(
        placed(near, place), placed(far, place), f"Building_{row}", Label.BUILDINGS, tints(*colours), origin=place[:3]
    )


def _barrier(town: Town, row: int, name: str, seed: int) -> Thing:
    x, y, bottom, yaw = _base(town, row)
    half, thick, tall = town.scenery.extent[row].tolist()
    tint, choice = None, (int(row) + seed) % 3
    if name == "GuardRail":
        near, far, label = *guard_rail(half, 0.0, 2.0 * tall), Label.GUARD_RAIL
    elif name == "Wall":
        near, far, label = *wall(half, thick, 0.0, 2.0 * tall, WALL_STUFF[choice]), Label.WALLS
        tint = tints("#8c4f3c" if choice == 0 else PLASTERED[int(row) % len(PLASTERED)])
    else:
        near, far, label = *fence(half, thick, 0.0, 2.0 * tall, FENCE_STUFF[choice]), Label.FENCES
    place = (x, y, bottom, yaw)
    return Thing(placed(near, place), placed(far, place), f"{name}_{row}", label, tint)


def _tree(town: Town, row: int, nursery: Nursery, seed: int) -> Thing:
    """A tree in the boxes of its trunk and, in the next row, its crown."""
    rng = np.random.default_rng([seed, int(row), 2])
    conifer = rng.random() < 0.25
    plants = nursery.conifer if conifer else nursery.broadleaf
    plant = plants[int(rng.integers(len(plants)))]
    place, half, height = tree_at(town, row)
    scale = (half, half, height)
    colour = str(rng.choice(NEEDLE_COLOURS if conifer else LEAF_COLOURS))
    return Thing(
        copies(plant.near, [place], [scale]),
        copies(plant.far, [place], [scale]),
        f"Tree_{row}",
        Label.VEGETATION,
        tints(colour),
    )
