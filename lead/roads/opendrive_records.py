"""The parsed content of an OpenDRIVE map: flat arrays and small records, in OpenDRIVE's own frame (y left, counter-clockwise).

Only what the project uses is kept. Conversion to CARLA's frame happens in `reference_line.py` (`road_points`).
Lengths m, angles rad, speeds km/h. "Row" means an index into these arrays; "id" is the number written in the file.
Source: ASAM OpenDRIVE 1.4H, and what CARLA 0.9.16 reads of it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead import InputError

NO_LINK = -(2**31)  # lane id that stands for "no link": lane ids may be negative, positive or 0


class OpenDriveError(InputError):
    """The text is no OpenDRIVE we can read; the message says where and why."""


class GeometryKind(IntEnum):
    """Shapes of a piece of reference line, and what `Geometries.shape` holds for each."""

    LINE = 0
    ARC = 1  # curvature
    SPIRAL = 2  # curvature at its start and end
    POLY3 = 3  # a b c d
    PARAM_POLY3 = 4  # aU bU cU dU aV bV cV dV, parameter range (1 or the length)


class LinkKind(IntEnum):
    """What a road's predecessor or successor is."""

    NONE = 0
    ROAD = 1
    JUNCTION = 2


class Cubics(NamedTuple):
    """Piecewise cubics a + b ds + c ds^2 + d ds^3 per owner; owner i holds rows start[i]:start[i + 1], ascending in s."""

    start: NDArray[np.int64]  # (owners + 1,)
    s: NDArray[np.float64]  # (K,) m, where the piece begins (for widths: from the lane section's start)
    coefficients: NDArray[np.float64]  # (K, 4) a b c d


class Geometries(NamedTuple):
    """Pieces of reference lines; road row i holds rows start[i]:start[i + 1]."""

    start: NDArray[np.int64]  # (R + 1,)
    s: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    heading: NDArray[np.float64]
    length: NDArray[np.float64]
    kind: NDArray[np.uint8]  # GeometryKind
    shape: NDArray[np.float64]  # (G, 9), see GeometryKind


class Roads(NamedTuple):
    """One row per road (R rows), in file order."""

    id: NDArray[np.int32]
    length: NDArray[np.float64]
    junction: NDArray[np.int32]  # id, -1 outside junctions
    predecessor_kind: NDArray[np.uint8]  # LinkKind
    predecessor: NDArray[np.int32]  # id of a road or junction
    predecessor_at_end: NDArray[np.bool_]  # contact point of a linked road: its end (True) or its start
    successor_kind: NDArray[np.uint8]
    successor: NDArray[np.int32]
    successor_at_end: NDArray[np.bool_]
    section_start: NDArray[np.int64]  # (R + 1,) rows in Sections
    speed_start: NDArray[np.int64]  # (R + 1,) rows in speed_s / speed
    speed_s: NDArray[np.float64]  # m, where a speed limit of <type><speed> begins
    speed: NDArray[np.float64]  # km/h, 0 where the type names none


class Sections(NamedTuple):
    """Lane sections (M rows)."""

    road: NDArray[np.int32]  # road row
    s: NDArray[np.float64]
    end: NDArray[np.float64]  # s of the next section or the end of the road
    lane_start: NDArray[np.int64]  # (M + 1,) rows in SectionLanes


class SectionLanes(NamedTuple):
    """Lanes of all sections (L rows), within a section by descending id (leftmost in OpenDRIVE's sense first)."""

    section: NDArray[np.int32]  # section row
    id: NDArray[np.int32]
    kind: NDArray[np.uint8]  # LaneKind
    predecessor: NDArray[np.int32]  # lane id, NO_LINK if none
    successor: NDArray[np.int32]
    width: Cubics  # by lane, s from the section's start
    height_start: NDArray[np.int64]  # (L + 1,) rows in the height arrays: <height> above the road
    height_s: NDArray[np.float64]  # m from the section's start
    height_inner: NDArray[np.float64]  # m
    height_outer: NDArray[np.float64]  # m
    mark_start: NDArray[np.int64]  # (L + 1,) rows in the mark arrays
    mark_s: NDArray[np.float64]  # m from the section's start
    mark_kind: NDArray[np.uint8]  # MarkKind
    mark_colour: NDArray[np.uint8]  # MarkColour
    mark_width: NDArray[np.float32]  # m
    speed_start: NDArray[np.int64]  # (L + 1,) rows in the lane speed arrays (<lane><speed>)
    speed_s: NDArray[np.float64]  # m from the section's start
    speed: NDArray[np.float64]  # km/h


class LaneLinks(NamedTuple):
    """Junction lane links, one row per <laneLink> (a connection without one has none)."""

    junction: NDArray[np.int32]  # id
    incoming: NDArray[np.int32]  # road id
    connecting: NDArray[np.int32]  # road id
    at_end: NDArray[np.bool_]  # contact point on the connecting road is its end
    source: NDArray[np.int32]  # lane id on the incoming road
    target: NDArray[np.int32]  # lane id on the connecting road


@dataclass(frozen=True)
class Signal:
    """A <signal>. `orientation` is "+", "-" or "none"; `validities` are (from lane, to lane) id pairs as written."""

    id: str
    road: int  # road id
    s: float
    t: float
    z_offset: float
    h_offset: float
    pitch: float
    roll: float
    orientation: str
    type: str
    subtype: str
    value: float  # 0 where missing or -1
    unit: str
    name: str
    text: str
    dynamic: bool
    width: float
    height: float
    validities: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SignalReference:
    """A <signalReference>: the signal `id` also counts at (road, s, t) for the lanes of `validities`."""

    id: str
    road: int
    s: float
    t: float
    orientation: str
    validities: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Controller:
    """Signals that switch together."""

    id: str
    name: str
    sequence: int
    signals: tuple[str, ...]  # signal ids


@dataclass(frozen=True)
class RoadObject:
    """An <object>: crosswalk, parking space, stop line, stencil, ... placed at (s, t) of a road."""

    id: str
    road: int
    type: str
    name: str
    s: float
    t: float
    z_offset: float
    heading: float  # relative to the road's direction
    pitch: float
    roll: float
    orientation: str
    length: float  # m along the object's u, 0 where missing
    width: float
    height: float
    corners_local: tuple[tuple[float, float, float], ...]  # outline as u, v, z in the object's frame; empty if none
    corners_road: tuple[tuple[float, float, float], ...]  # outline as s, t, dz on the road; empty if none
    parking_space: bool  # has a <parkingSpace> child


@dataclass(frozen=True)
class OpenDrive:
    """A parsed map."""

    geo_reference: tuple[float, float]  # latitude, longitude (degrees) of the origin; (0, 0) where not written
    roads: Roads
    geometries: Geometries  # by road row
    elevation: Cubics  # by road row
    superelevation: Cubics  # by road row
    lane_offset: Cubics  # by road row
    sections: Sections
    lanes: SectionLanes
    lane_links: LaneLinks
    junctions: tuple[int, ...]  # junction ids in file order
    signals: tuple[Signal, ...]
    references: tuple[SignalReference, ...]
    controllers: tuple[Controller, ...]  # in file order
    junction_controllers: dict[int, tuple[str, ...]]  # junction id -> controller ids by ascending sequence
    objects: tuple[RoadObject, ...]
