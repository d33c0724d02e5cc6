"""Buildings that fill their collision boxes: houses with pitched roofs, blocks with shops below, towers, sheds.

Frame of a building: its middle at the origin, x along the street, the street at -y, z up from the ground floor.
The windows of blocks are a pattern that repeats every 2.8 m from the middle of a wall and every 3.2 m from the ground.
"""

from math import floor
from typing import NamedTuple

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, make_mesh, merge
from lead.rendering.street.solids import Row, boxes
from lead.roads.labels import Label
from lead.roads.scenery import STOREY

PARAPET = 0.55  # m of the roof edge above the roof
ATTIC = 1.0  # m of a building above its top storey
TRIM = 0.05  # m by which corner piers stay behind the box
INSET = 0.14  # m by which walls stay behind what sticks out of them
EAVES = 0.45  # m by which a pitched roof sticks out
BAY = 2.8  # m from window to window
OPENING = 0.98  # m from the middle of a window to beyond the widest frame
DOOR = (1.1, 2.15)  # m wide, high
SHOP_HEIGHT = 2.75  # m
HOUSE_STOREYS, HOUSE_SIZE = 2, 16.0  # houses have so many storeys at most and are no longer than this, m
TOWER_STOREYS = 7
WALL_COLOURS = ("#c9b79c", "#b9a184", "#a8957f", "#cbbfae", "#b5a9a0", "#9d6b55", "#b98d6a", "#d5cbb8", "#8f8f8d")
HOUSE_COLOURS = ("#e3dccd", "#d8c9a8", "#cfd3cf", "#dcb894", "#e8e4da", "#b9c2bf", "#c98f6b")
ROOF_COLOURS = ("#7d4436", "#5d4a44", "#4a4d52", "#8a5a45")
FLAT_COLOURS = ("#6d6d6b", "#7c7973", "#5f6264")


class Shell(NamedTuple):
    """A building's outline: half length and half width (m), depth of its footing, storeys, height from the ground floor."""

    a: float
    b: float
    foot: float
    storeys: int
    top: float


def shell_of(extent: tuple[float, float, float]) -> Shell:
    """What stands in a scenery box of half sizes `extent` (m)."""
    height = 2.0 * extent[2]
    storeys = max(1, floor((height - 0.5 - ATTIC + 1e-3) / STOREY))
    top = storeys * STOREY + ATTIC
    return Shell(extent[0], extent[1], height - top, storeys, top)


def building(shell: Shell, rng: np.random.Generator) -> tuple[Mesh, Mesh, tuple[str, str]]:
    """Near and far mesh in the building's frame and the colours of its walls and roof."""
    if shell.storeys <= HOUSE_STOREYS and 2.0 * max(shell.a, shell.b) <= HOUSE_SIZE and rng.random() < 0.85:
        colours = str(rng.choice(HOUSE_COLOURS)), str(rng.choice(ROOF_COLOURS))
        return *_house(shell, rng), colours
    colours = str(rng.choice(WALL_COLOURS)), str(rng.choice(FLAT_COLOURS))
    if shell.storeys == 1:
        return *_shed(shell, rng), colours
    return *_block(shell, rng), colours


def _house(shell: Shell, rng: np.random.Generator) -> tuple[Mesh, Mesh]:
    """Walls with separate windows, a door, and a roof with gables or hips."""
    a, b, top = shell.a, shell.b, shell.top
    eaves = top - min(0.42 * min(2.0 * a, 2.0 * b), 1.9 if shell.storeys == 1 else 2.6)
    stuff = Material.BRICK if rng.random() < 0.3 else Material.PLASTER
    hipped = rng.random() < 0.4
    wall_a, wall_b = a - EAVES, b - EAVES
    walls: list[Row] = [(-wall_a, -wall_b, -shell.foot, wall_a, wall_b, eaves, stuff)]
    roof = _pitched(a, b, eaves, top, EAVES, hipped, stuff)
    far = merge(boxes(walls, Label.BUILDINGS), roof)
    walls.append((-wall_a - 0.05, -wall_b - 0.05, -shell.foot, wall_a + 0.05, wall_b + 0.05, 0.25, Material.STONE))
    door = float(rng.uniform(-0.6, 0.6)) * (wall_a - 1.2)
    rows = walls + _house_windows(shell, wall_a, wall_b, eaves, door)
    rows.append((door - 0.65, -wall_b - 0.07, 0.0, door + 0.65, -wall_b, DOOR[1] + 0.12, Material.WINDOW_FRAME))
    rows.append((door - 0.5, -wall_b - 0.1, 0.05, door + 0.5, -wall_b, DOOR[1], Material.DARK_WOOD))
    rows.append((door - 0.9, -wall_b - 0.4, -shell.foot, door + 0.9, -wall_b, 0.08, Material.STONE))
    chimney = float(rng.uniform(0.2, 0.6)) * wall_a
    rows.append((chimney - 0.35, 0.15 * b, eaves, chimney + 0.35, 0.15 * b + 0.6, top, Material.BRICK))
    return merge(boxes(rows, Label.BUILDINGS), roof), far


def _house_windows(shell: Shell, wall_a: float, wall_b: float, eaves: float, door: float) -> list[Row]:
    """Frames and panes on all four sides."""
    rows: list[Row] = []
    for storey in range(shell.storeys):
        low = storey * STOREY + 0.95
        high = min(low + 1.35, eaves - 0.2)
        if high - low < 0.6:
            continue
        for half, depth, along_x in ((wall_a, wall_b, True), (wall_b, wall_a, False)):
            count = max(1, int((2.0 * half - 0.8) / 2.6))
            for k in range(count):
                middle = (k + 0.5) / count * 2.0 * half - half
                for side in (-1.0, 1.0):
                    if along_x and side < 0.0 and storey == 0 and abs(middle - door) < 1.3:
                        continue
                    for reach, out, stuff in ((0.56, 0.05, Material.WINDOW_FRAME), (0.46, 0.07, Material.SHOP_WINDOW)):
                        shrink = 0.56 - reach
                        face = sorted((side * depth, side * (depth + out)))
                        box = (middle - reach, face[0], low + shrink, middle + reach, face[1], high - shrink, stuff)
                        rows.append(box if along_x else (box[1], box[0], box[2], box[4], box[3], box[5], stuff))
    return rows


def _pitched(a: float, b: float, eaves: float, top: float, out: float, hipped: bool, walls: Material) -> Mesh:
    """A roof over the box with its ridge along the longer side; gables stand back by `out` (m) from its ends."""
    turned = b > a
    if turned:
        a, b = b, a
    low = eaves - 0.12
    ridge = max(a - b, 0.3 * a) if hipped else a
    corners = [(-a, -b, low), (a, -b, low), (a, b, low), (-a, b, low), (-ridge, 0.0, top), (ridge, 0.0, top)]
    faces = [[0, 1, 5], [0, 5, 4], [2, 3, 4], [2, 4, 5]]
    parts = []
    if hipped:
        faces += [[1, 2, 5], [3, 0, 4], [0, 2, 1], [0, 3, 2]]
        parts.append(make_mesh(corners, faces, Material.ROOF, Label.BUILDINGS))
    else:
        parts.append(make_mesh(corners, faces, Material.ROOF, Label.BUILDINGS))
        rise = (top - low) * (1.0 - (b - out) / b)
        x, y = a - out, b - out
        side = [(-y, eaves - 0.1), (y, eaves - 0.1), (y, low + rise), (0.0, top), (-y, low + rise)]
        gable = [(end, across, up) for end in (x, -x) for across, up in side]
        fan = [[0, 1, 2], [0, 2, 3], [0, 3, 4]]
        parts.append(make_mesh(gable, [*fan, *([5 + r, 5 + q, 5 + p] for p, q, r in fan)], walls, Label.BUILDINGS))
        barge = [(a, -b, low), (a, b, low), (a, 0.0, top), (-a, -b, low), (-a, b, low), (-a, 0.0, top)]
        inner = [(x0, y0, z0 - 0.25) for x0, y0, z0 in barge]
        edges = ((0, 2), (2, 1), (5, 3), (4, 5))
        boards = [[(p, 6 + p, 6 + q), (p, 6 + q, q)] for p, q in edges]
        parts.append(
            make_mesh(barge + inner, [f for pair in boards for f in pair], Material.WINDOW_FRAME, Label.BUILDINGS)
        )
        soffit = [[2, 0, 3], [2, 3, 5], [1, 2, 5], [1, 5, 4]]
        parts.append(make_mesh([(p[0], p[1], p[2] - 0.02) for p in barge], soffit, Material.WOOD, Label.BUILDINGS))
        eave = [
            (-a, -b, low),
            (a, -b, low),
            (a, -y, low),
            (-a, -y, low),
            (-a, y, low),
            (a, y, low),
            (a, b, low),
            (-a, b, low),
        ]
        parts.append(make_mesh(eave, [[0, 2, 1], [0, 3, 2], [4, 6, 5], [4, 7, 6]], Material.WOOD, Label.BUILDINGS))
    roof = merge(*parts)
    if not turned:
        return roof
    return roof._replace(vertices=roof.vertices[:, [1, 0, 2]] * np.array([1.0, -1.0, 1.0], np.float32))


def _shed(shell: Shell, rng: np.random.Generator) -> tuple[Mesh, Mesh]:
    """One large storey: a hall with a gate, or a supermarket with a glass front."""
    a, b, top = shell.a, shell.b, shell.top
    x, y = a - INSET, b - INSET
    walls: list[Row] = [(-x, -y, -shell.foot, x, y, top - 0.45, Material.PLASTER)]
    band: list[Row] = [(-a, -b, top - 0.9, a, b, top - 0.25, Material.PLASTER)]
    far = boxes([*walls, *band], Label.BUILDINGS)
    rows = [*walls, *band, (-x, -y, top - 0.3, x, y, top - 0.2, Material.ROOF)]
    rows.append((-a, -b, -shell.foot, a, b, 0.3, Material.STONE))
    if rng.random() < 0.5:
        reach = 0.7 * x
        rows.append((-reach, -b, 0.3, reach, -y, 2.6, Material.SHOP_WINDOW))
        panes = int(reach / 0.9)
        for k in range(panes + 1):
            at = -reach + 2.0 * reach * k / max(panes, 1)
            rows.append((at - 0.05, -b, 0.3, at + 0.05, -y, 2.6, Material.WINDOW_FRAME))
    else:
        for at in (-0.5 * x, 0.2 * x):
            rows.append((at - 1.6, -b, 0.05, at + 1.6, -y, 2.9, Material.GALVANISED))
        rows.append((0.7 * x - 0.5, -b, 0.05, 0.7 * x + 0.5, -y, DOOR[1], Material.DARK_STEEL))
    rows += _roof_units(x, y, top - 0.25, top, rng)
    return boxes(rows, Label.BUILDINGS), far


def _block(shell: Shell, rng: np.random.Generator) -> tuple[Mesh, Mesh]:
    """Storeys of windows between corner piers, a ground floor with shops or a door, a cornice and a flat roof."""
    a, b, top = shell.a, shell.b, shell.top
    x, y, rim_a, rim_b = a - INSET, b - INSET, a - TRIM, b - TRIM
    brick = rng.random() < 0.25
    trim = Material.BRICK if brick else Material.PLASTER
    roof, rim = top - PARAPET - 0.35, top - 0.35
    wall: Row = (-x, -y, -shell.foot, x, y, roof, Material.FACADE)
    cornice: Row = (-a, -b, shell.storeys * STOREY + 0.1, a, b, rim, trim)
    lid: Row = (-a + 0.3, -b + 0.3, rim - 0.5, a - 0.3, b - 0.3, rim + 0.01, Material.ROOF)
    plinth: Row = (-a, -b, -shell.foot, a, b, 0.35, Material.STONE)
    far = boxes([wall, cornice, lid], Label.BUILDINGS)
    rows = [wall, plinth, cornice, lid]
    pier_x, pier_y = _pier(x), _pier(y)
    low = -shell.foot
    for side_x in (-1.0, 1.0):
        for side_y in (-1.0, 1.0):
            if pier_x > 0.0:
                ends = sorted((side_x * rim_a, side_x * (x - pier_x)))
                deep = sorted((side_y * rim_b, side_y * (y - 0.02)))
                rows.append((ends[0], deep[0], low, ends[1], deep[1], rim, trim))
            if pier_y > 0.0:
                ends = sorted((side_y * (rim_b - 0.01), side_y * (y - pier_y)))
                deep = sorted((side_x * (rim_a - 0.01), side_x * (x - 0.02)))
                rows.append((deep[0], ends[0], low, deep[1], ends[1], rim, trim))
    rows += _shop_front(a, b, y, rng) if rng.random() < 0.6 else _entrance(b, y)
    if shell.storeys >= 4:
        rows += [
            (-a + 0.01, -b + 0.01, k * STOREY + 0.1, a - 0.01, b - 0.01, k * STOREY + 0.3, trim)
            for k in ([1] if shell.storeys < TOWER_STOREYS else [1, shell.storeys - 1])
        ]
    rows += _roof_units(x, y, rim, top, rng)
    return boxes(rows, Label.BUILDINGS), far


def _pier(half: float) -> float:
    """Width of a corner pier that hides the windows a wall of half length `half` (m) would cut."""
    rest = half % BAY
    if rest < OPENING:
        return rest + OPENING
    return rest - (BAY - OPENING) if rest > BAY - OPENING else 0.0


def _shop_front(a: float, b: float, y: float, rng: np.random.Generator) -> list[Row]:
    """Glass between pillars along the street, a fascia above, perhaps an awning's edge."""
    count = max(1, int(2.0 * a / 4.2))
    rows: list[Row] = [(-a + 0.02, -b + 0.02, 0.35, a - 0.02, -y + 0.02, SHOP_HEIGHT + 0.55, Material.PLASTER)]
    stuff = rng.choice(
        [Material.SIGN_BLUE, Material.SIGN_RED, Material.DARK_WOOD, Material.SIGN_GREEN, Material.TRIM], count
    )
    for k in range(count):
        low, high = -a + 2.0 * a * k / count + 0.3, -a + 2.0 * a * (k + 1) / count - 0.3
        rows.append((low, -b - 0.0, SHOP_HEIGHT + 0.05, high, -b + 0.1, SHOP_HEIGHT + 0.5, int(stuff[k])))
        door = low + 0.65 * (high - low)
        rows.append((low, -b, 0.55, door - 0.1, -b + 0.06, SHOP_HEIGHT - 0.1, Material.SHOP_WINDOW))
        rows.append((low - 0.06, -b - 0.02, 0.45, door - 0.04, -b + 0.06, 0.57, Material.STONE))
        for share in (0.36, 0.68):
            bar = low + share * (door - 0.1 - low)
            rows.append((bar - 0.035, -b - 0.02, 0.55, bar + 0.035, -b + 0.06, SHOP_HEIGHT - 0.1, Material.DARK_STEEL))
        rows.append((door, -b, 0.05, min(door + 1.1, high), -b + 0.06, 2.4, Material.SHOP_WINDOW))
        rows.append((door - 0.06, -b - 0.02, 0.05, door, -b + 0.06, 2.4, Material.DARK_STEEL))
    return rows


def _entrance(b: float, y: float) -> list[Row]:
    """A door in the middle of the street side, with a frame and a step."""
    half = 0.5 * BAY - 0.15
    return [
        (-half, -b + 0.02, 0.35, half, -y + 0.02, 2.9, Material.STONE),
        (-0.75, -b, 0.05, 0.75, -b + 0.1, 2.35, Material.DARK_WOOD),
        (-0.3, -b - 0.0, 1.1, 0.3, -b + 0.08, 2.1, Material.SHOP_WINDOW),
    ]


def _roof_units(x: float, y: float, roof: float, top: float, rng: np.random.Generator) -> list[Row]:
    """Air conditioners and a stair head, up to the top of the building's box."""
    rows: list[Row] = []
    for _ in range(int(rng.integers(1, 4))):
        px, py = rng.uniform(-0.7, 0.7) * x, rng.uniform(-0.6, 0.6) * y
        long, wide = rng.uniform(0.5, 1.4, 2)
        long, wide = min(long, 0.25 * x), min(wide, 0.25 * y)
        rows.append((px - long, py - wide, roof - 0.5, px + long, py + wide, top, Material.GALVANISED))
    return rows
