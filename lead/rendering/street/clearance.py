"""How far land is from the nearest lane: where there is room for fields, groves and back yards."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lead.rendering.materials import Material
from lead.roads.network import LaneKind, RoadNetwork

FINE, COARSE = 8.0, 16.0  # m, cells in ordinary towns and in towns wider than WIDE
WIDE = 3000.0  # m
MARGIN = 120.0  # m beyond the outermost lane
PARCEL = 96.0  # m, edge length of a field
OPEN_LAND = 60.0  # m from any lane from which fields begin
FIELDS = 0.35  # share of parcels in open land that are ploughed


class Clearance(NamedTuple):
    """Distance to the nearest lane on a lattice of square cells."""

    origin: NDArray[np.float64]  # (2,) m, low corner of cell (0, 0)
    cell: float  # m
    distance: NDArray[np.float32]  # (rows, columns) m, x along rows

    def at(self, places: NDArray[np.floating]) -> NDArray[np.float32]:
        """Distance (n,) m at places (n, 2 or more); a little uncertain by the size of a cell."""
        i, j = (
            np.clip((places[:, :2] - self.origin) // self.cell, 0, np.array(self.distance.shape) - 1).astype(np.int64).T
        )
        return self.distance[i, j]

    def soil(self, places: NDArray[np.floating], seed: int) -> NDArray[np.uint8]:
        """Material (n,) of open land at places (n, 2 or more): meadow, and ploughed parcels far from roads."""
        parcel = ((places[:, :2] - self.origin) // PARCEL).astype(np.int64)
        mixed = (parcel[:, 0] * 73856093) ^ (parcel[:, 1] * 19349663) ^ (seed * 83492791 + 12345)
        share = (((mixed * 2654435761) >> 7) & 0xFFFF) / 65536.0
        ploughed = (share < FIELDS) & (self.at(places) > OPEN_LAND)
        return np.where(ploughed, Material.SOIL, Material.GRASS).astype(np.uint8)


def measure_clearance(network: RoadNetwork) -> Clearance:
    """Distances around all lanes that are something."""
    used = (network.lanes.kind != LaneKind.NONE)[network.samples.lane]
    centre = network.samples.centre[used if used.any() else slice(None), :2]
    low, high = centre.min(axis=0) - MARGIN, centre.max(axis=0) + MARGIN
    cell = FINE if (high - low).max() < WIDE else COARSE
    rows, columns = ((high - low) // cell).astype(int) + 1
    places = ((centre - low) / cell).astype(np.int32)
    free = np.ones((rows, columns), np.bool_)
    free[places[:, 0], places[:, 1]] = False
    distance = ndimage.distance_transform_edt(free).astype(np.float32) * np.float32(cell)
    return Clearance(low, cell, distance)
