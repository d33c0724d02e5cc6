"""What keeps a student from what LiDAR and radar show in its way, and from standing for ever. Nothing here is learnt.

Rules on the points of the last tick and the planned way; nothing is tracked. Published weights drive without them.
"""

from collections import deque
from math import hypot, inf, tan

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.driving import FRONT_WHEELBASE, REAR_WHEELBASE, STEERING_GAIN
from lead.model.lidar import EGO_HALF_LENGTH

TICKS = 20  # a second
HALF_WAY = 1.1  # m to the side of a path within which a point lies in it
LOW, HIGH = 0.4, 2.0  # m from the ground between which points count
RISE = 0.03  # m that the lower one is higher a metre ahead, for hills
STEP = 0.4  # m along a path
ON = 20.0  # m that the planned way is continued straight
NOISE = 1  # points that may lie in a path without being anything

DECELERATION, REACTION, MARGIN = 6.5, 0.15, 0.5  # m/s², s, m
ROLLING = 1.0  # m/s below which nothing is braked for: it would stand before it for ever
NO_BEND = 1e-4  # 1/m
FORESEEN = 1.0  # s for which the wheel is taken to stay as it is
WATCHED = 10  # ticks over which the speed of what lies ahead is measured

WALKING, TURNS = 2.0, 0.1  # m/s up to which the wheel is turned farther, and by what steps
PASSES = 3.0  # m to be free then

SIDE, NEAR = (1.2, 5.0), 2.0  # m to the side of, and ahead of, the ego's centre, of who comes from behind
MOVES_OVER = (0.4, 4.0)  # m to the side of the planned way's LOOKED_AT-th point when it moves over
LOOKED_AT = 7
SETS_OFF = 0.5  # m/s, up to which it can still stay
COMES, SOON = 2.0, 4.0  # m/s at which it comes nearer, and s until it is there
ECHOES, ECHO_LOW = 2, 0.3  # of it, and m above the ground

PACE, GOES, FREE = 2.5, 15.0, 4.5  # m/s at which it goes on, m for which it does, and m that are to be free for that
STIRS = 2.0  # m in which it stands still: its plan wavers and lets go for a tick
FARTHER = 0.3  # of steering, that the wheel may be turned for that
AGAIN, WITHIN = 5.0, 30.0  # s of standing, at most, once it has waited as long as it is to, and m for which that holds

Points = NDArray[np.floating]


class EmergencyBrake:
    """Brakes for what lies within stopping distance in the planned way, or where the wheel leads within a second."""

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=WATCHED + 1)

    def step(self, speed: float, steer: float, route_R2: Points, points_N3: Points) -> bool:
        """Whether to brake.

        Args:
            speed: m/s.
            steer: from -1 to 1.
            route_R2: the planned way, m, ego frame.
            points_N3: of LiDAR and radar in this tick, m, ego frame, z from the ground.
        """
        solid = obstacles(points_N3, EGO_HALF_LENGTH + 2.0 * to_stop(speed))
        gap = gap_along(planned(route_R2), solid)
        self._gaps.append(gap)
        known = len(self._gaps) > WATCHED and np.isfinite(self._gaps).all()
        leads = max(0.0, speed + (gap - self._gaps[0]) * TICKS / WATCHED) if known else 0.0  # m/s
        needed = to_stop(speed, leads)
        turning = gap_turning(steer, solid)
        return speed > ROLLING and (gap < needed or turning < min(needed, FORESEEN * speed))


class BlindSpot:
    """Does not set off into the way of who comes from behind, as radar shows it."""

    def step(self, speed: float, route_R2: Points, returns_M4: Points) -> bool:
        """Whether to stay; radar returns are x, y, z (m, ego frame, z from the ground) and radial speed (m/s)."""
        aside = float(route_R2[min(LOOKED_AT, len(route_R2) - 1), 1])
        if speed > SETS_OFF or not MOVES_OVER[0] < abs(aside) < MOVES_OVER[1]:
            return False
        x, y, z, rate = returns_M4.T
        y = y * np.sign(aside)
        coming = (-rate > COMES) & (np.hypot(x, y) < -rate * SOON)
        return int((coming & (x < NEAR) & (y > SIDE[0]) & (y < SIDE[1]) & (z > ECHO_LOW)).sum()) >= ECHOES


class Patience:
    """Goes on along the planned way, or past what lies in it, after standing for long, at walking pace.

    It waits once at a place: what it waited for, a red light too, is over.

    Args:
        seconds: of standing. Who stirs by less than STIRS stands.
    """

    def __init__(self, seconds: float) -> None:
        self._most, self._standing = seconds, 0  # s, ticks
        self._gone, self._since = 0.0, inf  # m since it stood, and since it waited

    def step(self, speed: float, steer: float, route_R2: Points, points_N3: Points) -> float | None:
        """Speed (m/s) to go at, None to do as planned. Arguments as in `EmergencyBrake.step`."""
        self._since += max(0.0, speed) / TICKS
        self._gone += max(0.0, speed) / TICKS
        if self._gone > STIRS:
            self._gone, self._standing = 0.0, 0
        self._standing += 1
        most = min(self._most, AGAIN) if self._since < WITHIN else self._most
        if self._standing > most * TICKS:
            self._standing, self._gone, self._since = 0, 0.0, 0.0
        return PACE if self._since < GOES and can_go(speed, steer, route_R2, points_N3) else None


def to_stop(speed: float, leads: float = 0.0) -> float:
    """Metres that an ego at a speed (m/s) needs behind one that leads at another and brakes as hard."""
    return REACTION * speed + MARGIN + max(0.0, speed**2 - leads**2) / (2.0 * DECELERATION)


def can_go(speed: float, steer: float, route_R2: Points, points_N3: Points) -> bool:
    """Whether the next metres of the planned way are free, or those where a wheel turned a little farther leads.

    The latter if the plan turns at all: behind who stands in its lane it stays. Arguments as in `EmergencyBrake.step`.
    """
    if gap_along(planned(route_R2), obstacles(points_N3, EGO_HALF_LENGTH + FREE)) >= FREE:
        return True
    turned = clear_of(steer, speed, points_N3)
    meant = abs(steer) > TURNS / 2.0 and turned * steer > 0.0 and abs(turned - steer) < FARTHER
    return meant and gap_turning(turned, obstacles(points_N3, EGO_HALF_LENGTH + 2.0 * PASSES)) > PASSES


def clear_of(steer: float, speed: float, points_N3: Points) -> float:
    """Steering (-1 to 1) nearest to the planned that leads past what stands before an ego at walking pace (speed in m/s).

    The planned if that does, or if none does, or if it is faster. Points in m, ego frame, z from the ground.
    """
    if speed > WALKING:
        return steer
    solid = obstacles(points_N3, EGO_HALF_LENGTH + 2.0 * PASSES)
    others = np.arange(-1.0, 1.0 + TURNS / 2.0, TURNS)
    for wheel in (steer, *others[np.argsort(np.abs(others - steer))].tolist()):
        if gap_turning(wheel, solid) > PASSES:
            return wheel
    return steer


def obstacles(points_N3: Points, reach: float) -> Points:
    """Where (K, 2) points lie that are before the ego's front, within reach (m), above the ground and below a roof."""
    x, y, z = points_N3.T
    near = (x > EGO_HALF_LENGTH) & (x < reach) & (np.abs(y) < reach) & (z > LOW + RISE * x) & (z < HIGH)
    return points_N3[near, :2]


def planned(route_R2: Points) -> NDArray[np.float64]:
    """The planned way from the ego's centre on, continued straight, as a path (P, 2)."""
    path = np.vstack([[0.0, 0.0], route_R2])
    last = path[-1] - path[-2]
    return _dense(np.vstack([path, path[-1] + last / max(hypot(*last), STEP) * ON]))


def gap_turning(steer: float, solid_K2: Points) -> float:
    """Metres that the ego goes until it touches what lies where the wheel leads when it stays at `steer` (-1 to 1).

    It is taken as a rectangle: its front swings out beyond the path of its centre, its inner side cuts the bend.
    """
    forward, aside = solid_K2[:, 0] + REAR_WHEELBASE, solid_K2[:, 1]
    front = EGO_HALF_LENGTH + REAR_WHEELBASE
    bend = tan(steer * STEERING_GAIN) / (FRONT_WHEELBASE + REAR_WHEELBASE)  # 1/m
    if abs(bend) < NO_BEND:
        return _nearest((forward - front)[np.abs(aside) < HALF_WAY])
    radius = 1.0 / abs(bend)
    inner, outer = max(0.0, radius - HALF_WAY), hypot(radius + HALF_WAY, front)  # of the ring that is swept
    across = radius - aside * np.sign(bend)  # m to the line from the centre of the turn along the ego
    away = np.hypot(forward, across)
    swept = (away > inner) & (away < outer)
    forward, across, away = forward[swept], across[swept], away[swept]
    touching = np.minimum(front, np.sqrt(away**2 - inner**2))  # m before the rear axle, by the front or the inner side
    gaps = radius * (np.arctan2(forward, across) - np.arcsin(touching / away))
    return _nearest(gaps[gaps > 0.0])


def gap_along(path_P2: NDArray[np.float64], solid_K2: Points) -> float:
    """Metres from the ego's front along a path of points STEP apart to what lies in it, infinite if nothing does."""
    if not len(solid_K2):
        return inf
    away = np.hypot(solid_K2[:, None, 0] - path_P2[:, 0], solid_K2[:, None, 1] - path_P2[:, 1])  # (K, P)
    nearest = away.argmin(axis=1)
    inside = away[np.arange(len(nearest)), nearest] < HALF_WAY
    return _nearest(nearest[inside] * STEP - EGO_HALF_LENGTH)


def _nearest(gaps: Points) -> float:
    return float(np.partition(gaps, NOISE)[NOISE]) if len(gaps) > NOISE else inf


def _dense(path_P2: NDArray[np.float64]) -> NDArray[np.float64]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path_P2, axis=0).T))])
    wanted = np.arange(0.0, along[-1], STEP)
    return np.column_stack([np.interp(wanted, along, path_P2[:, axis]) for axis in (0, 1)])
