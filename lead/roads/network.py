"""The road network as arrays: every lane of every lane section, sampled along its direction of travel.

Frame: CARLA's (metres, radians). A lane with negative OpenDRIVE id travels along its road's s, one with positive id
against it; samples are ordered by travel, and `left`/`right` are seen in that direction. Sidewalks and other
lanes without traffic follow the same rule.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.grid import Grid


class LaneKind(IntEnum):
    """OpenDRIVE lane types that matter here; everything else is OTHER."""

    NONE = 0
    DRIVING = 1
    SHOULDER = 2
    SIDEWALK = 3
    PARKING = 4
    BIKING = 5
    BIDIRECTIONAL = 6
    MEDIAN = 7
    BORDER = 8
    OTHER = 9


class MarkKind(IntEnum):
    """Road-mark types on the outer edge of a lane."""

    NONE = 0
    SOLID = 1
    BROKEN = 2
    SOLID_SOLID = 3
    SOLID_BROKEN = 4
    BROKEN_SOLID = 5
    BROKEN_BROKEN = 6
    BOTTS_DOTS = 7
    GRASS = 8
    CURB = 9
    OTHER = 10


class MarkColour(IntEnum):
    """Road-mark colours; OpenDRIVE's "standard" is WHITE."""

    WHITE = 0
    YELLOW = 1
    BLUE = 2
    GREEN = 3
    RED = 4


class Lanes(NamedTuple):
    """One row per lane (L rows); the centre lane (id 0) has a row too, of width 0, because it carries the centre mark."""

    road: NDArray[np.int32]  # OpenDRIVE road id
    section: NDArray[np.int32]  # index of the lane section in its road
    lane: NDArray[np.int32]  # OpenDRIVE lane id
    kind: NDArray[np.uint8]  # LaneKind
    junction: NDArray[np.int32]  # OpenDRIVE junction id, -1 outside junctions
    first: NDArray[np.int64]  # first sample
    last: NDArray[np.int64]  # one past the last sample
    length: NDArray[np.float64]  # m along the centre line
    left: NDArray[np.int32]  # neighbour lane row to the left in travel direction (may run the other way), -1 if none
    right: NDArray[np.int32]  # likewise to the right
    successor_start: NDArray[np.int64]  # (L + 1,) compressed rows: lanes a traveller may enter at the end of this one
    successor: NDArray[np.int32]
    predecessor_start: NDArray[np.int64]  # (L + 1,)
    predecessor: NDArray[np.int32]


class Samples(NamedTuple):
    """Cross-sections along the lanes (N rows); every lane has one at its very start and one at its very end."""

    lane: NDArray[np.int32]  # row in Lanes
    s: NDArray[np.float64]  # m, OpenDRIVE s on the road
    centre: NDArray[np.float64]  # (N, 3) m
    left: NDArray[np.float64]  # (N, 3) m, left edge in travel direction
    right: NDArray[np.float64]  # (N, 3) m
    yaw: NDArray[np.float64]  # rad, direction of travel
    width: NDArray[np.float64]  # m
    mark: NDArray[np.uint8]  # MarkKind on the lane's outer edge (the edge away from lane 0; for lane 0 the centre mark)
    mark_colour: NDArray[np.uint8]  # MarkColour
    mark_width: NDArray[np.float32]  # m


class RoadNetwork(NamedTuple):
    """Lanes, their samples and a grid over the samples' cross-sections."""

    lanes: Lanes
    samples: Samples
    grid: Grid  # items are sample indices; an item covers its cross-section and reaches half-way to its neighbours


@dataclass(frozen=True)
class LanePoint:
    """A place on a lane: row in Lanes, nearest sample, distance from the centre line (m, positive to the right)."""

    lane: int
    sample: int
    offset: float
