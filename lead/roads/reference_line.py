"""Where a road runs: its reference line, elevation and lane offset at any s, and (s, t) as points in CARLA's frame."""

from math import atan, atan2, cos, sin

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.roads.opendrive import Cubics, Geometries, OpenDrive, OpenDriveError

# Gauss-Legendre nodes and weights on [0, 1]: exact to rounding for a spiral that turns up to about 3 rad.
_NODES = 0.5 * (np.polynomial.legendre.leggauss(12)[0] + 1.0)
_WEIGHTS = 0.5 * np.polynomial.legendre.leggauss(12)[1]
MAX_TURN = 2.0  # rad of turning integrated with one set of nodes


@numba.njit(cache=True)
def last_at_or_before(values: NDArray[np.float64], first: int, last: int, s: float) -> int:
    """Row in [first, last) of the last ascending value <= s, or `first` where all are larger."""
    low, high = first, last
    while high - low > 1:
        middle = (low + high) // 2
        if values[middle] <= s:
            low = middle
        else:
            high = middle
    return low


@numba.njit(cache=True)
def cubic_at(cubics: Cubics, owner: int, s: float) -> tuple[float, float]:
    """Value and slope at s of an owner's piecewise cubic; (0, 0) where it has no pieces.

    Before its first piece the first one is extended, as CARLA does.
    """
    first, last = cubics.start[owner], cubics.start[owner + 1]
    if first == last:
        return 0.0, 0.0
    k = last_at_or_before(cubics.s, first, last, s)
    ds = s - cubics.s[k]
    a, b, c, d = cubics.coefficients[k]
    return a + ds * (b + ds * (c + ds * d)), b + ds * (2.0 * c + ds * 3.0 * d)


@numba.njit(cache=True)
def _spiral(length: float, k0: float, rate: float) -> tuple[float, float]:
    """End point of a clothoid that starts along +x with curvature k0 (1/m), which changes by `rate` (1/m^2)."""
    turn = abs(k0) * length + 0.5 * abs(rate) * length * length
    pieces = int(turn / MAX_TURN) + 1
    x, y, step = 0.0, 0.0, length / pieces
    for p in range(pieces):
        for n in range(_NODES.shape[0]):
            u = (p + _NODES[n]) * step
            theta = u * (k0 + 0.5 * rate * u)
            x += _WEIGHTS[n] * step * cos(theta)
            y += _WEIGHTS[n] * step * sin(theta)
    return x, y


@numba.njit(cache=True)
def _local(kind: int, shape: NDArray[np.float64], length: float, ds: float) -> tuple[float, float, float, float]:
    """Point, heading and curvature ds metres into a piece, in the frame of its start."""
    if kind == 0 or (kind == 1 and shape[0] == 0.0):
        return ds, 0.0, 0.0, 0.0
    if kind == 1:
        k = shape[0]
        half = 0.5 * k * ds
        chord = ds * (sin(half) / half if abs(half) > 1e-9 else 1.0)
        return chord * cos(half), chord * sin(half), k * ds, k
    if kind == 2:
        k0, rate = shape[0], (shape[1] - shape[0]) / max(length, 1e-9)
        x, y = _spiral(ds, k0, rate)
        return x, y, ds * (k0 + 0.5 * rate * ds), k0 + rate * ds
    if kind == 3:
        return _poly3(shape, ds)
    scale = shape[8] / max(length, 1e-9)  # the parameter runs to 1 or to the length
    p = ds * scale
    u = shape[0] + p * (shape[1] + p * (shape[2] + p * shape[3]))
    v = shape[4] + p * (shape[5] + p * (shape[6] + p * shape[7]))
    du, dv = shape[1] + p * (2 * shape[2] + p * 3 * shape[3]), shape[5] + p * (2 * shape[6] + p * 3 * shape[7])
    ddu, ddv = 2 * shape[2] + 6 * p * shape[3], 2 * shape[6] + 6 * p * shape[7]
    speed = max((du * du + dv * dv) ** 0.5, 1e-9)
    return u, v, atan2(dv, du), (du * ddv - dv * ddu) / speed**3


@numba.njit(cache=True)
def _poly3(shape: NDArray[np.float64], ds: float) -> tuple[float, float, float, float]:
    """A cubic v(u) followed for ds metres of arc length: u found by Newton steps on the integrated length."""
    a, b, c, d = shape[0], shape[1], shape[2], shape[3]
    u = ds / (1.0 + b * b) ** 0.5
    for _ in range(8):
        length = 0.0
        for n in range(_NODES.shape[0]):
            slope = b + _NODES[n] * u * (2 * c + 3 * d * _NODES[n] * u)
            length += _WEIGHTS[n] * u * (1.0 + slope * slope) ** 0.5
        slope = b + u * (2 * c + 3 * d * u)
        u += (ds - length) / (1.0 + slope * slope) ** 0.5
    slope = b + u * (2 * c + 3 * d * u)
    return u, a + u * (b + u * (c + u * d)), atan(slope), (2 * c + 6 * d * u) / (1.0 + slope * slope) ** 1.5


@numba.njit(cache=True)
def reference_at(geometries: Geometries, road: int, s: float) -> tuple[float, float, float, float]:
    """x, y (m), heading (rad) and curvature (1/m) of the reference line of a road row at s, in OpenDRIVE's frame.

    Beyond either end the first or last piece is continued.
    """
    k = last_at_or_before(geometries.s, geometries.start[road], geometries.start[road + 1], s)
    u, v, turn, curvature = _local(geometries.kind[k], geometries.shape[k], geometries.length[k], s - geometries.s[k])
    c, sn = cos(geometries.heading[k]), sin(geometries.heading[k])
    return geometries.x[k] + c * u - sn * v, geometries.y[k] + sn * u + c * v, geometries.heading[k] + turn, curvature


@numba.njit(cache=True)
def _points(geometries, elevation, superelevation, roads, s, t):
    result = np.empty((s.shape[0], 4))
    for n in range(s.shape[0]):
        x, y, heading, _ = reference_at(geometries, roads[n], s[n])
        height, _ = cubic_at(elevation, roads[n], s[n])
        tilt, _ = cubic_at(superelevation, roads[n], s[n])
        result[n, 0] = x - t[n] * sin(heading)
        result[n, 1] = -(y + t[n] * cos(heading))
        result[n, 2] = height + t[n] * sin(tilt)
        result[n, 3] = -heading
    return result


def road_points(opendrive: OpenDrive, road_ids: ArrayLike, s: ArrayLike, t: ArrayLike) -> NDArray[np.float64]:
    """Rows (N, 4) of x, y, z (m), yaw (rad) in CARLA's frame of the places (road id, s, t); yaw is the road's along +s."""
    wanted = np.atleast_1d(np.asarray(road_ids, np.int64))
    order = np.argsort(opendrive.roads.id)
    ids = opendrive.roads.id[order]
    place = np.searchsorted(ids, wanted)
    missing = (place >= len(ids)) | (ids[np.minimum(place, len(ids) - 1)] != wanted)
    if missing.any():
        raise OpenDriveError(f"road {wanted[missing][0]} is not in the map, expected one of its {len(ids)} road ids")
    along, across = (np.ascontiguousarray(np.broadcast_to(np.asarray(v, np.float64), wanted.shape)) for v in (s, t))
    return _points(opendrive.geometries, opendrive.elevation, opendrive.superelevation, order[place], along, across)
