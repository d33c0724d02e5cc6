"""Two who wait for each other: after some patience the ego drives round a vehicle that stands across its way.

Not published: there the ego waits for as long as the other one does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.overlap import NEVER, first_overlaps
from lead.expert.path import Path, Shift, lateral
from lead.expert.rules.lights import GREEN
from lead.expert.rules.passing.obstacles import on_wheels
from lead.expert.scene import LOST, SPACING, Side
from lead.expert.view import View

OWNER = "standoff"
PATIENCE = 8.0  # s
STANDING, DRIVING = 0.1, 1.0  # m/s up to which a vehicle stands, from which on the ego drives
LOOK, STRIDE = 20.0, 0.5  # m of way ahead that are looked at, m between the places on it
ASIDE = 8.0  # m from the way within which vehicles are looked at
NEAR = 12.0  # m of way to the vehicle in it
ROOM = 0.6  # m to every vehicle: the ego does not follow a sharp swerve exactly
EDGE = 0.1  # m to the lane's edge where there is nothing to drive on beyond it
STEP, WIDEST = 0.5, 3.0  # m by which the way is moved
SAME_WAY = 0.8  # cosine of a heading against the path's, from which on somebody is waited behind
RAMP, BEYOND = 4.0, 2.0  # m over which it moves aside, and behind the vehicle before it comes back


@dataclass(frozen=True)
class Standoff:
    """Who stands across the way of an ego that stands, and since when (s); nobody before the first tick."""

    vehicle: int = LOST
    since: float = 0.0


def standoff(view: View, memory: Standoff) -> tuple[Standoff, Shift | None]:
    """The standoff as it goes on, and a way round the vehicle when it has lasted too long and there is one."""
    if abs(view.speed) > DRIVING or _before_a_light(view):
        return Standoff(), None
    others = _Standing(view)
    vehicle, reach = others.first_met(view.path, np.zeros(1))
    if reach > NEAR or not _across(view, vehicle):
        return Standoff(), None
    if vehicle != memory.vehicle:
        return Standoff(vehicle, view.scene.time), None
    if view.scene.time - memory.since < PATIENCE:
        return memory, None
    for aside in np.arange(STEP, WIDEST + STEP, STEP):
        for left in (False, True):
            shift = _shift(view, reach, float(aside), left)
            if (
                _stays_on_road(view, shift)
                and others.first_met(view.path, lateral(view.route, shift, others.index))[0] == LOST
            ):
                return Standoff(vehicle, view.scene.time), shift
    return Standoff(vehicle, view.scene.time), None


def _before_a_light(view: View) -> bool:
    """Whether a light that is not green is close ahead."""
    near = (view.route.light_index >= view.index) & (view.route.light_index < view.index + round(LOOK / SPACING))
    return bool((near & (view.scene.light_state != GREEN)).any())


def _across(view: View, vehicle: int) -> bool:
    """Whether a vehicle faces another way than the ego's, and is of no situation that has an end of its own."""
    if any(vehicle in told.ids for told in view.scene.briefings):
        return False
    return bool((np.cos(view.turned[view.actors.ids == vehicle]) < SAME_WAY).all())


class _Standing:
    """The vehicles that stand about, and the places (indices of the route) of the way ahead."""

    def __init__(self, view: View) -> None:
        actors = view.actors
        near = (view.ahead > 0.0) & (view.ahead < LOOK + ASIDE) & (np.abs(view.aside) < ASIDE)
        self._rows = np.flatnonzero(near & on_wheels(actors) & (actors.ground_speed <= STANDING))
        self._view = view
        last = min(view.index + round(LOOK / SPACING), len(view.route) - 1)
        self.index = np.arange(view.index, last + 1, round(STRIDE / SPACING))

    def first_met(self, path: Path, aside: NDArray[np.float64]) -> tuple[int, float]:
        """Id of the first whose box an ego meets that drives `aside` (P,) m to the right of the path, and the metres of
        way to there; LOST if it meets nobody."""
        actors, rows, yaw = self._view.actors, self._rows, path.yaw[self.index]
        if not len(rows):
            return LOST, np.inf
        turn = np.gradient(np.broadcast_to(aside, len(yaw)), STRIDE) if len(yaw) > 1 else np.zeros(len(yaw))
        ego = np.column_stack([
            path.points[self.index, 0] - aside * np.sin(yaw), path.points[self.index, 1] + aside * np.cos(yaw),
            yaw + np.arctan(turn),
        ])  # fmt: skip
        half = np.tile(self._view.scene.ego.extent[:2] + np.array([0.0, ROOM]), (len(ego), 1))
        middle = actors.middle[rows]
        pose = np.repeat(np.column_stack([middle[:, :2], actors.pose[rows, 4]])[:, None], len(ego), axis=1)
        size = np.repeat(actors.extent[rows, :2][:, None], len(ego), axis=1)
        first = np.zeros(len(rows), np.int64)
        first_overlaps(ego, half, pose, size, first)
        met = np.flatnonzero(first != NEVER)
        if not len(met):
            return LOST, np.inf
        nearest = met[np.argmin(first[met])]
        return int(actors.ids[rows[nearest]]), float(first[nearest]) * STRIDE


def _shift(view: View, reach: float, aside: float, left: bool) -> Shift:
    """The way moved aside, from here to behind the vehicle that the ego would meet after `reach` m."""
    end = reach + 4.0 * view.scene.ego.extent[0] + BEYOND + RAMP
    return Shift(view.index, view.index + round(end / SPACING), RAMP, left, offset=aside, owner=OWNER)


def _stays_on_road(view: View, shift: Shift) -> bool:
    """Whether a moved way stays in its lane where there is neither a junction nor a lane beside."""
    route = view.route
    there = np.arange(shift.start, min(shift.end, len(route) - 1) + 1)
    side = (route.left_side if shift.left else route.right_side)[there]
    wide = route.in_junction[there] | (side == Side.SAME) | (side == Side.OPPOSITE)
    edge = np.maximum(0.0, 0.5 * route.lane_width[there] - view.scene.ego.extent[1] - EDGE)
    return bool((wide | (np.abs(lateral(route, shift, there)) <= edge)).all())
