"""Past observations of every actor, and the motion estimated from them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lead.expert.scene import Actors

WINDOW = 1.0  # s of observations that are kept
LENGTH = 20  # of them at most
MOVED = 0.1  # m/s from which on somebody's direction is told by his motion
LEAST_SPAN = 0.15  # s between the first and the last observation from which on motion is estimated


def _none(*shape: int) -> NDArray[np.float64]:
    return np.full(shape, np.nan)


@dataclass(frozen=True)
class Tracks:
    """What was observed of T actors in the last second, the newest last; NaN where there is no observation.

    Empty before the first tick. Who is not seen for a second is forgotten.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # (T,) ascending
    time: NDArray[np.float64] = field(default_factory=lambda: _none(LENGTH))  # (LENGTH,) s
    speed: NDArray[np.float64] = field(default_factory=lambda: _none(0, LENGTH))  # (T, LENGTH) m/s forward
    yaw: NDArray[np.float64] = field(default_factory=lambda: _none(0, LENGTH))  # (T, LENGTH) rad, without jumps
    course: NDArray[np.float64] = field(default_factory=lambda: _none(0))  # (T,) rad, of the last motion; NaN if none

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each id; all of them must be there."""
        return np.searchsorted(self.ids, ids)


@dataclass(frozen=True)
class Motion:
    """What past observations tell of actors (A rows)."""

    acceleration: NDArray[np.float64]  # (A,) m/s^2 along the heading
    yaw_rate: NDArray[np.float64]  # (A,) rad/s
    course: NDArray[np.float64]  # (A,) rad, where they last moved to; NaN if they have not been seen moving


def observed(tracks: Tracks, actors: Actors, time: float) -> Tracks:
    """The tracks after another observation, at `time` s. Time that does not go on, or jumps, begins them anew."""
    last = tracks.time[-1]
    if not last < time < last + WINDOW:
        tracks = Tracks()
    times = np.append(tracks.time[1:], time)
    old = tracks.ids[~np.isnan(tracks.speed[:, 1:]).all(axis=1)] if len(tracks.ids) else tracks.ids
    ids = np.union1d(old, actors.ids)
    speed, yaw, course = _none(len(ids), LENGTH), _none(len(ids), LENGTH), _none(len(ids))
    to, kept = np.searchsorted(ids, old), tracks.rows(old)
    speed[to, :-1], yaw[to, :-1], course[to] = tracks.speed[kept, 1:], tracks.yaw[kept, 1:], tracks.course[kept]
    seen = np.searchsorted(ids, actors.ids)
    heading, velocity = actors.pose[:, 4], actors.velocity
    before = _last(yaw[seen])
    turn = np.where(np.isnan(before), 0.0, (heading - before + np.pi) % (2.0 * np.pi) - np.pi)
    yaw[seen, -1] = np.where(np.isnan(before), heading, before + turn)
    speed[seen, -1] = velocity[:, 0] * np.cos(heading) + velocity[:, 1] * np.sin(heading)
    moves = np.hypot(velocity[:, 0], velocity[:, 1]) > MOVED
    course[seen[moves]] = np.arctan2(velocity[moves, 1], velocity[moves, 0])
    return Tracks(ids, times, speed, yaw, course)


def motion(tracks: Tracks, ids: NDArray[np.int64]) -> Motion:
    """Motion of actors that the tracks know, by least squares over their last second; none where that is too short."""
    rows = tracks.rows(ids)
    return Motion(_slope(tracks.time, tracks.speed[rows]), _slope(tracks.time, tracks.yaw[rows]), tracks.course[rows])


def _last(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A,) the newest value of each row (A, LENGTH), NaN if there is none."""
    known = ~np.isnan(values)
    newest = values.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    return values[np.arange(len(values)), newest]


def _slope(time: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A,) change per second of values (A, LENGTH) with gaps."""
    known = ~np.isnan(values)
    weight = known.astype(np.float64)
    value, when = np.where(known, values, 0.0), np.where(np.isnan(time), 0.0, time)
    count = np.maximum(1.0, weight.sum(axis=1))
    away = (when[None] - ((weight @ when) / count)[:, None]) * weight
    square = (away * away).sum(axis=1)
    first = time[np.argmax(known, axis=1)]
    last = time[known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)]
    long_enough = (last - first >= LEAST_SPAN) & (square > 0.0)
    return np.where(long_enough, (away * value).sum(axis=1) / np.where(square > 0.0, square, 1.0), 0.0)
