"""The expert asked again with other knowledge: visibility and uncertainty of one tick, and their causes.

Definitions and reasons: docs/asymmetry.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead.expert.decide import decide
from lead.expert.decision import Decision
from lead.expert.limits import speed_limit
from lead.expert.memory import Memory
from lead.expert.scene import Kind, Route, Scene
from lead.expert.see import first_index, visible
from lead.expert.settings import Settings
from lead.geometry.poses import to_local
from lead.study.change import NONE, Change, change
from lead.study.knowledge import (
    Known,
    Senses,
    memory_of_seen,
    memory_of_shown,
    seen_actors,
    with_lights_out,
    without_signs,
)


class Cause(IntEnum):
    """What the expert knew and its student did not."""

    CAR = 0  # hidden ones; every vehicle but bicycles
    BICYCLE = 1
    WALKER = 2
    OBSTACLE = 3
    LIGHT = 4  # out of sight
    STOP_SIGN = 5
    SPEED_LIMIT = 6  # of a sign, where the traffic does not tell it
    CAR_MOTION = 7  # controls, in place of what their past tells
    BICYCLE_MOTION = 8
    WALKER_MOTION = 9  # commanded directions
    BRIEFING = 10  # situations that have not shown themselves


HIDDEN = tuple(Cause(kind) for kind in Kind) + (Cause.LIGHT, Cause.STOP_SIGN)
MOTION_OF = {Kind.CAR: Cause.CAR_MOTION, Kind.BICYCLE: Cause.BICYCLE_MOTION, Kind.WALKER: Cause.WALKER_MOTION}

Ask = Callable[[Scene, Memory, Settings], tuple[Decision, Memory]]


@dataclass(frozen=True)
class Tick:
    """What the expert decided on, and what the student had of it.

    Attributes:
        scene: of the tick; its evidence is the student's.
        memory: of the expert, before it decided.
        settings: of the expert.
        decision: what it decided.
        senses: of the student.
        known: to the student before the tick.
        bare: the scene's route without stop signs.
    """

    scene: Scene
    memory: Memory
    settings: Settings
    decision: Decision
    senses: Senses
    known: Known
    bare: Route

    @classmethod
    def of(
        cls, scene: Scene, memory: Memory, settings: Settings, decision: Decision, senses: Senses, known: Known,
        bare: Route | None = None,
    ) -> "Tick":  # fmt: skip
        """With the student's evidence in place of the expert's."""
        scene = replace(scene, actors=replace(scene.actors, evidence=senses.actors), light_seen=senses.lights)
        return cls(scene, memory, settings, decision, senses, known, bare or without_signs(scene.route))


@dataclass(frozen=True)
class Asymmetry:
    """One measure in one tick.

    Attributes:
        change: of the decision by all that the student does not know.
        by_cause: of the decision by what it does not know of each cause alone, where that counts.
        subject: id of the actor, light or sign that bound the expert, or would have bound it; -1 if none.
    """

    change: Change = NONE
    by_cause: tuple[tuple[Cause, Change], ...] = ()
    subject: int = -1

    @property
    def causes(self) -> frozenset[Cause]:
        """Those that count."""
        return frozenset(cause for cause, _ in self.by_cause)


def visibility(tick: Tick, ask: Ask = decide) -> Asymmetry:
    """How the decision changes without actors, lights and signs of which the student's sensors have nothing.

    Hidden things first, all at once and, where that counts, class by class; then the speed limit.
    """
    scene, settings = tick.scene, tick.settings
    seen = seen_actors(scene.actors, scene.ego.pose)
    memory = memory_of_seen(tick.memory, tick.known)
    asymmetry = Asymmetry()
    if _may_matter(tick, seen, memory):
        other = ask(_without(tick, seen, HIDDEN), memory, settings)[0]
        whole = change(tick.decision, other, scene.ego.speed)
        asymmetry = Asymmetry(whole, subject=_subject(tick.decision, other))
        if whole.counts:
            parts = [(cause, _by_class(tick, seen, memory, cause, other, ask)) for cause in _present(tick, seen)]
            found = tuple((cause, part) for cause, part in parts if part.counts)
            asymmetry = replace(asymmetry, by_cause=found or tuple((cause, whole) for cause, _ in parts))
    told = _limit_change(tick, seen)
    if told.counts:
        asymmetry = replace(asymmetry, by_cause=(*asymmetry.by_cause, (Cause.SPEED_LIMIT, told)))
    return asymmetry


def uncertainty(tick: Tick, ask: Ask = decide) -> Asymmetry:
    """How the decision changes if exact motion and intent are replaced by what past observations tell.

    Controls and commanded directions give way to the motion of the last second, situations are known of only when they
    have shown themselves. Who is hidden is not asked here.
    """
    scene, settings, speed = tick.scene, tick.settings, tick.scene.ego.speed
    estimating = replace(settings, motion="past")
    shown = tuple(told for told in scene.briefings if told.name in tick.known.shown)
    secret = len(shown) < len(scene.briefings)
    exact = settings.motion != "past" and len(scene.actors) > 0
    parts: list[tuple[Cause, Change]] = []
    whole, other = NONE, tick.decision
    if exact:
        other = ask(scene, tick.memory, estimating)[0]
        whole = change(tick.decision, other, speed)
        if whole.counts:
            parts.append((_motion_cause(tick, other), whole))
    if secret:
        blank, memory = replace(scene, briefings=shown), memory_of_shown(tick.memory, tick.known)
        untold = ask(blank, memory, settings)[0]
        by_briefing = change(tick.decision, untold, speed)
        if by_briefing.counts:
            parts.append((Cause.BRIEFING, by_briefing))
        if exact and by_briefing != NONE:
            other = ask(blank, memory, estimating)[0]
            whole = change(tick.decision, other, speed)
        elif not exact:
            whole, other = by_briefing, untold
    return Asymmetry(whole, tuple(parts), _subject(tick.decision, other) if whole.counts else -1)


def _may_matter(tick: Tick, seen: NDArray[np.bool_], memory: Memory) -> bool:
    """Whether the expert could have known of anything that the student does not."""
    scene, settings = tick.scene, tick.settings
    reached = visible(scene.actors, to_local(scene.actors.middle, scene.ego.pose), settings)
    if not settings.oncoming_seen:
        reached = np.ones(len(reached), bool)
    for told in scene.briefings:
        reached |= np.isin(scene.actors.ids, told.ids)
    if (reached & ~seen).any() or memory.passing != tick.memory.passing:
        return True
    if memory.walkers != tick.memory.walkers or memory.adversaries != tick.memory.adversaries:
        return True
    if settings.motion == "past" and not (settings.occlusion and settings.window):
        return True  # who has just appeared was perhaps watched before
    return _light_hidden(tick) or _sign_hidden(tick)


def _limit_change(tick: Tick, seen: NDArray[np.bool_]) -> Change:
    """By how much the limit of a sign is above (or below) what the traffic that is seen tells, where it is driven."""
    scene, decision = tick.scene, tick.decision
    if tick.settings.observable_limit or decision.binding is not None:
        return NONE
    index = first_index(scene) if tick.memory.index is None else tick.memory.index
    told = speed_limit(scene, scene.actors.rows(seen), index, replace(tick.settings, observable_limit=True))
    return Change(speed=decision.limit - told)


def _light_hidden(tick: Tick) -> bool:
    """Whether the next light on the route is out of sight; those after it do not matter yet."""
    return _next_hidden(tick, tick.scene.route.light_index, tick.senses.lights)


def _sign_hidden(tick: Tick) -> bool:
    """Likewise the next stop sign."""
    return _next_hidden(tick, tick.scene.route.stop_index, tick.senses.stops)


def _next_hidden(tick: Tick, index: NDArray[np.int64], seen: NDArray[np.bool_]) -> bool:
    coming = np.flatnonzero(index >= (tick.memory.index or 0))
    return bool(len(coming)) and not seen[coming[0]]


def _present(tick: Tick, seen: NDArray[np.bool_]) -> list[Cause]:
    """Of what something is hidden."""
    kinds = np.unique(tick.scene.actors.kind[~seen]).tolist()
    found = [Cause(kind) for kind in kinds]
    if _light_hidden(tick):
        found.append(Cause.LIGHT)
    if _sign_hidden(tick):
        found.append(Cause.STOP_SIGN)
    return found


def _by_class(
    tick: Tick, seen: NDArray[np.bool_], memory: Memory, cause: Cause, student: Decision, ask: Ask
) -> Change:  # fmt: skip
    """The change by one class of hidden things: taken from the expert, or given to the student, whichever does more."""
    speed = tick.scene.ego.speed
    taken = change(tick.decision, ask(_without(tick, seen, (cause,)), memory, tick.settings)[0], speed)
    rest = frozenset(HIDDEN) - {cause}
    given = change(ask(_without(tick, seen, rest), memory, tick.settings)[0], student, speed)
    return max(taken, given, key=lambda part: abs(part.speed) + part.path)


def _without(tick: Tick, seen: NDArray[np.bool_], causes: Iterable[Cause]) -> Scene:
    """The scene without the hidden things of some causes."""
    scene, causes = tick.scene, frozenset(causes)
    scene = scene.without(~seen & np.isin(scene.actors.kind, [cause.value for cause in causes]))
    if Cause.LIGHT in causes and _light_hidden(tick):
        scene = with_lights_out(scene, tick.senses.lights)
    if Cause.STOP_SIGN in causes and _sign_hidden(tick):
        scene = replace(scene, route=tick.bare)
    return scene


def _motion_cause(tick: Tick, other: Decision) -> Cause:
    """Whose exact motion made the difference: of whoever bound the slower of two decisions."""
    subject = _subject(tick.decision, other)
    row = np.flatnonzero(tick.scene.actors.ids == subject)
    kind = Kind(int(tick.scene.actors.kind[row[0]])) if len(row) else Kind.CAR
    return MOTION_OF.get(kind, Cause.CAR_MOTION)


def _subject(decided: Decision, other: Decision) -> int:
    """Id of what bound the slower of two decisions; of the first that knows one."""
    slower, faster = sorted((decided, other), key=lambda decision: decision.target_speed)
    for decision in (slower, faster):
        if decision.binding is not None and decision.binding.subject >= 0:
            return decision.binding.subject
    return -1
