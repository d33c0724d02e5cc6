"""Gaps in a stream of traffic that the ego's way crosses or joins: go through one that is long enough, then clear it.

The forecasts of two seconds see a car that is still ten metres off a crossing that takes three seconds to clear; then
they stop the ego in the stream's way. Here the ego goes only if it can clear the stream before anybody arrives, and once
it is in the way it goes on. Not published: there classes of adversaries are computed and mostly not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lead.expert.decision import Asked, Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.kernels.driving import DT, accelerate
from lead.expert.kernels.overlap import NEVER, first_overlaps
from lead.expert.limits import HIGHEST
from lead.expert.rules.adversaries.turns import TURNS
from lead.expert.rules.conflict_zone import BICYCLE_HALF, CAR_HALF, Zone, forecast_along, members, zone_of
from lead.expert.scene import SPACING, Briefing
from lead.expert.view import View

BICYCLES = "CrossingBicycleFlow"
# situations with a stream that goes on regardless
STREAMS = frozenset(TURNS) | {"CrossJunctionDefectTrafficLight", "HighwayExit", BICYCLES}

HORIZON = 160  # ticks
NEAR = 60.0  # m to the stream from which on it is looked at
MARGIN = 0.5, 0.05  # s that everybody has to be later than the ego: at first, and when it goes or has waited for long
ALONG, BESIDE = (0.7, 0.3), (0.3, 0.1)  # m that are kept free before and behind everybody, and beside, likewise
PATIENT, IMPATIENT = 5.0, 25.0  # s of waiting over which the ones go over to the others
STANDSTILL, HEADWAY = 1.5, 0.5  # m, s before the stream
WAITING = 0.5  # m/s below which the ego waits
MOVING = 1.0  # m/s
SAME_WAY = 0.8  # cosine of a heading against the ego's, of somebody who may lead it
LEADER_GAP = 2.0  # m that the ego keeps behind who leads it
BEHIND = 0.75  # of both half lengths by which somebody must be ahead where the ego meets him, or it meets his side


@dataclass(frozen=True)
class GapMemory:
    """Empty before the first tick.

    Attributes:
        zones: by the name of a situation, where the ego is in its stream's way; None if nowhere.
        going: names of those whose stream the ego has decided to cross or join.
        waited: s that it has stood before each.
        time: s, of the last tick.
        joined: ids of those in a stream that the ego joins.
        pace: m/s of a stream that the ego joins and that is faster than it would be.
        cleared: ids of those who need not be stopped for: the ego is gone when they arrive, or already in their way.
    """

    zones: Mapping[str, Zone | None] = field(default_factory=dict)
    going: frozenset[str] = frozenset()
    waited: Mapping[str, float] = field(default_factory=dict)
    time: float = 0.0
    cleared: frozenset[int] = frozenset()
    joined: frozenset[int] = frozenset()
    pace: float = 0.0


def ask(view: View, memory: GapMemory, factors: NDArray[np.float64]) -> Asked:
    """A stop before each stream in which there is no gap; `factors` (A, 2) as in `forecast_actors`."""
    if not view.settings.gaps:
        return Asked(GapMemory())
    zones, going, waited, cleared, joined = {}, set(), {}, set(), set()
    proposals: list[Proposal] = []
    pace = 0.0
    for told in view.scene.briefings:
        if told.type not in STREAMS or not len(told.flow):
            continue
        name = told.name
        zones[name] = memory.zones[name] if name in memory.zones else _zone(view, told)
        zone = zones[name]
        if zone is None or not _before_or_in(view, zone):
            continue
        waited[name] = memory.waited.get(name, 0.0)
        stream, haste = _Stream(view, told, zone, factors), _haste(name in memory.going, waited[name])
        speed = max(view.limit, stream.speed) if zone.joins else view.limit
        blocker = stream.blocker(haste, speed)
        if blocker is not None and view.index < zone.inside:
            gap = (zone.begin - view.index) * SPACING
            speed = target_speed(view.limit, view.speed, gap, 0.0, STANDSTILL, HEADWAY)
            proposals.append(Proposal(Cause.GAP, speed, int(view.actors.ids[blocker]), gap))
            if abs(view.speed) < WAITING and gap < 3.0 * STANDSTILL:
                waited[name] += max(0.0, view.scene.time - memory.time)
        else:
            going.add(name)
            cleared.update(stream.moving(speed))
            joined.update(stream.everybody() if zone.joins else ())
            if speed > view.limit and stream.blocker(haste, view.limit) is not None:
                pace = max(pace, speed)
    after = GapMemory(zones, frozenset(going), waited, view.scene.time, frozenset(cleared), frozenset(joined), pace)
    return Asked(after, tuple(proposals))


class _Stream:
    """The vehicles of a situation's stream in a tick, and where they and the ego will be."""

    def __init__(self, view: View, told: Briefing, zone: Zone, factors: NDArray[np.float64]) -> None:
        self._view, self._zone, self._flow = view, zone, told.flow
        self._rows, self._along = members(view, told.flow)
        self._speed = view.actors.ground_speed[self._rows]
        # as large as they are where none is told; bicycles' boxes are inflated to be seen by the forecasts, not to be
        # kept free
        self._factors = np.fmax(factors[self._rows], 1.0) if told.type != BICYCLES else np.ones((len(self._rows), 2))

    def moving(self, target: float) -> list[int]:
        """Ids of those who drive, but for those who go before an ego that accelerates to a target (m/s)."""
        before = self._before(target) if self._zone.joins else _ahead_on_way(self._view)[self._rows]
        return self._view.actors.ids[self._rows[(self._speed >= MOVING) & ~before]].tolist()

    def _before(self, target: float) -> NDArray[np.bool_]:
        """Who (K,) is where the ways meet before such an ego, or is ahead of it beyond."""
        view, zone = self._view, self._zone
        own, others = (zone.meets - view.index) * SPACING, zone.along - self._along
        if own <= 0.0:
            return others < own
        time = DT * (1.0 + np.searchsorted(self._gone(target), own))
        return others < self._speed * time

    def everybody(self) -> list[int]:
        """Ids of all of them."""
        return self._view.actors.ids[self._rows].tolist()

    @property
    def speed(self) -> float:
        """m/s of its fastest vehicle, but no more than the ego may ever drive."""
        return min(HIGHEST, float(self._speed.max(initial=0.0)))

    def blocker(self, haste: float, target: float) -> int | None:
        """Row of the first to arrive too early for an ego that goes now, accelerates to a target (m/s) and is in some
        haste (0 to 1); None if nobody does.

        Whom the ego would meet from behind is followed, not waited for: if it joins the stream, as soon as it is in it.
        """
        if not len(self._rows):
            return None
        along = self._along[:, None] + self._speed[:, None] * self._times()
        gone = self._gone(target)
        hits, led = self._met(gone, along, haste)
        if led and self._zone.joins:
            gone = np.minimum(gone, np.min([self._behind(k, along[k]) for k in led], axis=0))
            hits, _ = self._met(np.maximum.accumulate(np.maximum(gone, 0.0)), along, haste)
        return int(self._rows[hits[0]]) if hits else None

    def _met(self, gone: NDArray[np.float64], along: NDArray[np.float64], haste: float) -> tuple[list[int], list[int]]:
        """Those, by their number, who arrive too early for an ego that goes so far (H,) m while they are so far along
        the stream's way (K, H) m, the first to arrive first; and those whom it meets from behind."""
        ego, half = self._ego(gone)
        pose = forecast_along(self._flow, along)
        sooner = 0.5 * _between(MARGIN, haste) * self._speed
        around = np.array([_between(ALONG, haste), _between(BESIDE, haste)])
        factors = self._factors + haste * (1.0 - self._factors)
        reached = self._view.actors.extent[self._rows, :2] * factors + around
        reached[:, 0] += sooner
        taken = pose.copy()
        taken[..., 0] += sooner[:, None] * np.cos(pose[..., 2])
        taken[..., 1] += sooner[:, None] * np.sin(pose[..., 2])
        first = np.zeros(len(pose), np.int64)
        sizes = np.broadcast_to(reached[:, None], (*pose.shape[:2], 2)).copy()
        first_overlaps(ego, half, taken, sizes, first)
        behind = BEHIND * (half[0, 0] + self._view.actors.extent[self._rows, 0])
        met = sorted(np.flatnonzero(first != NEVER).tolist(), key=lambda k: first[k])
        led = [k for k in met if _leads(ego[first[k]], pose[k, first[k]], behind[k])]
        return [k for k in met if k not in led], led

    def _behind(self, k: int, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres (H,) that the ego can go behind the k-th, which is so far (H,) m along the stream's way; infinite
        while that one is not yet where the ego joins it."""
        view, past = self._view, along - self._zone.along
        length = view.actors.extent[self._rows[k], 0] + view.scene.ego.extent[0] + LEADER_GAP
        left = (self._zone.meets - view.index) * SPACING + past - length
        return np.where(past < 0.0, np.inf, left)

    def _times(self) -> NDArray[np.float64]:
        return DT * np.arange(1, HORIZON + 1)

    def _gone(self, target: float) -> NDArray[np.float64]:
        """Metres (H,) that an ego goes which starts now, as fast as who leads it lets it."""
        gone = np.empty(HORIZON)
        accelerate(max(0.0, self._view.speed), target, gone)
        return np.maximum.accumulate(np.minimum(gone, np.maximum(0.0, self._led())))

    def _ego(self, gone: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Poses (H, 3) and half sizes (H, 2) of an ego that goes so far (H,) m."""
        view = self._view
        index = np.minimum(view.index + np.round(gone / SPACING).astype(np.int64), len(view.route) - 1)
        pose = np.column_stack([view.path.points[index, :2], view.path.yaw[index]])
        return pose, np.broadcast_to(view.scene.ego.extent[:2], (HORIZON, 2)).copy()

    def _led(self) -> NDArray[np.float64]:
        """Metres (H,) that the vehicle next ahead on the ego's way leaves it."""
        view = self._view
        rows = np.flatnonzero(_ahead_on_way(view))
        if not len(rows):
            return np.full(HORIZON, np.inf)
        row = rows[np.argmin(view.ahead[rows])]
        room = view.ahead[row] - view.actors.extent[row, 0] - view.scene.ego.extent[0] - LEADER_GAP
        return room + view.actors.ground_speed[row] * self._times()


def _zone(view: View, told: Briefing) -> Zone | None:
    side = BICYCLE_HALF if told.type == BICYCLES else CAR_HALF
    return zone_of(view.route, told.trigger, told.flow, view.scene.ego.extent[:2], side)


def _before_or_in(view: View, zone: Zone) -> bool:
    """Whether the ego is near a zone or in it."""
    return (zone.begin - view.index) * SPACING <= NEAR and view.index <= zone.end


def _ahead_on_way(view: View) -> NDArray[np.bool_]:
    """Who (A,) is ahead of the ego on its way and drives along it."""
    half = 0.5 * view.route.lane_width[view.index]
    return (view.ahead > 0.0) & (np.abs(view.aside) < half) & (np.cos(view.turned) >= SAME_WAY)


def _haste(going: bool, waited: float) -> float:
    """0 to 1: how small a gap the ego takes, which goes already or has waited so long (s)."""
    return 1.0 if going else float(np.clip((waited - PATIENT) / (IMPATIENT - PATIENT), 0.0, 1.0))


def _between(ends: tuple[float, float], haste: float) -> float:
    return ends[0] + haste * (ends[1] - ends[0])


def _leads(ego: NDArray[np.float64], other: NDArray[np.float64], behind: float) -> bool:
    """Whether a pose (3,) is ahead of the ego's by so much (m) and faces its way."""
    ahead = (other[0] - ego[0]) * np.cos(ego[2]) + (other[1] - ego[1]) * np.sin(ego[2])
    return bool(ahead > behind and np.cos(other[2] - ego[2]) >= SAME_WAY)
