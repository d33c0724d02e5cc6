"""The ground of a quarter tile: the triangles that wheels stand on, dressed by lane, and meadow beyond the map."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.ground import heights, lanes_of, triangles_in, wall_sides
from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, merge
from lead.rendering.street.bridges import undersides
from lead.rendering.street.clearance import Clearance
from lead.rendering.street.solids import quads
from lead.roads.labels import Label
from lead.roads.network import LaneKind
from lead.roads.town import Town

LAND = int(Label.TERRAIN)
APRON_PIECES, APRON_DROP = 2, 0.3  # quads along a square's edge, m below the land's edge
LAWN = 2.0  # m, a raised median wider than this is grown over


def ground_mesh(
    town: Town, clearance: Clearance, x: float, y: float, size: float, seed: int, bridges: bool
) -> tuple[Mesh, Mesh]:
    """The ground whose triangles have their middle in the square with low corner (x, y), and the same without kerbs.

    With `bridges`, roads above the land are given an underside.
    """
    surface = town.surface
    numbers = triangles_in(surface, x, y, size)
    if len(numbers) == 0:
        return EMPTY, EMPTY
    label = surface.label[numbers]
    faces = surface.triangles[numbers]
    upright = np.isinf(surface.reach[numbers, 0])
    faces, label, upright = _face_out(town, faces, label, upright)
    corners = surface.vertices[faces]
    material = np.full(len(faces), Material.ASPHALT, np.uint8)
    paved = (label != LAND) & ~upright
    material[paved] = _paving(town, corners[paved], label[paved])
    material[upright] = Material.KERB
    land = label == LAND
    material[land] = clearance.soil(corners[land, 0], seed)
    used, index = np.unique(faces, return_inverse=True)
    vertices = surface.vertices[used]
    index = index.reshape(-1, 3).astype(np.int32)
    near = Mesh(vertices, index, material, label)
    far = Mesh(vertices, index[~upright], material[~upright], label[~upright])
    under = undersides(town, corners[paved]) if bridges else EMPTY
    return (merge(near, under), merge(far, under)) if len(under.faces) else (near, far)


def _face_out(town: Town, faces: NDArray[np.int32], label: NDArray[np.uint8], upright: NDArray[np.bool_]):
    """Walls turned to the lower ground beside them, or doubled where both sides may be seen."""
    walls = faces[upright]
    if len(walls) == 0:
        return faces, label, upright
    side = wall_sides(town.surface, town.surface.vertices[walls])
    turned = np.where((side < 0)[:, None], walls[:, ::-1], walls)
    both = walls[side == 0][:, ::-1]
    faces = np.concatenate([faces[~upright], turned, both])
    label = np.concatenate([label[~upright], label[upright], label[upright][side == 0]])
    return faces, label, np.arange(len(faces)) >= np.count_nonzero(~upright)


def _paving(town: Town, corners: NDArray[np.float32], label: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Material (n,) of road and sidewalk triangles (n, 3, 3) from the lanes they belong to."""
    lanes, network = lanes_of(town.network, corners), town.network
    kind = np.where(lanes >= 0, network.lanes.kind[lanes], LaneKind.OTHER)
    in_junction = (lanes >= 0) & (network.lanes.junction[lanes] >= 0)
    middle = (network.lanes.first[lanes] + network.lanes.last[lanes]) // 2
    width = np.where(lanes >= 0, network.samples.width[middle], 0.0)
    raised = label == Label.SIDEWALKS
    result = np.where(raised, Material.SIDEWALK, Material.ASPHALT).astype(np.uint8)
    result[raised & (kind != LaneKind.SIDEWALK)] = Material.KERB
    island = (kind == LaneKind.MEDIAN) | (kind == LaneKind.OTHER) | (kind == LaneKind.SHOULDER)
    result[raised & island & (width > LAWN)] = Material.GRASS
    result[~raised & (kind == LaneKind.BIKING) & ~in_junction] = Material.BIKE_LANE
    return result


def apron(town: Town, x: float, y: float, size: float) -> Mesh:
    """Meadow in the part of a square that lies beyond the town's land, a little lower than its edge."""
    low_x, low_y, high_x, high_y = town.surface.bounds.tolist()
    if low_x <= x and low_y <= y and x + size <= high_x and y + size <= high_y:
        return EMPTY
    step = size / APRON_PIECES
    i, j = np.meshgrid(np.arange(APRON_PIECES + 1), np.arange(APRON_PIECES + 1), indexing="ij")
    points = np.column_stack([x + step * i.ravel(), y + step * j.ravel(), np.full(i.size, 1e3)])
    points[:, 2] = heights(town.surface, points, LAND)[0] - APRON_DROP
    inside = (points[:, 0] > low_x) & (points[:, 0] < high_x) & (points[:, 1] > low_y) & (points[:, 1] < high_y)
    corner = (i[:-1, :-1] * (APRON_PIECES + 1) + j[:-1, :-1]).ravel()
    cells = corner[:, None] + np.array([0, APRON_PIECES + 1, APRON_PIECES + 2, 1])
    cells = cells[~inside[cells].all(axis=1)]
    return quads(points[cells], Material.GRASS, Label.TERRAIN)
