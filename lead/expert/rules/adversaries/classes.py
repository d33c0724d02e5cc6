"""Who of a stream at a junction is dangerous, who is safe, and who does not matter yet.

Source: spec/lead-expert-and-data.md, 1.10 (adversary classes) and 2.2 (U6).
"""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead.expert.rules.adversaries.crossing import Crossing, crossing_of, on_way
from lead.expert.rules.adversaries.memory import AdversaryMemory
from lead.expert.rules.adversaries.turns import TURNS, Turn
from lead.expert.rules.adversaries.violators import VIOLATIONS
from lead.expert.scene import SPACING, Briefing
from lead.expert.view import View

JUNCTION_NEAR = 10.0  # m to the junction from which its traffic counts
FARTHEST = 22.0  # m to the crossing beyond which nobody is safe
SLOWER, SLOWER_FAR, FAR = 1.2, 1.6, 13.0  # per metre of the ego at lights, near and far (m)
EQUAL = 1.1  # m of a vehicle to the crossing per metre of the ego below which it is there first
OFF_WAY = 1.0  # m


class Danger(IntEnum):
    """Class of an actor."""

    NONE = 0  # not one of them
    DANGEROUS = 1
    SAFE = 2
    IGNORED = 3


def known_crossings(view: View, memory: AdversaryMemory) -> Mapping[str, Crossing | None]:
    """The crossings of this tick's situations: remembered or, as soon as their traffic's way is known, looked up."""
    return {
        told.name: memory.crossings[told.name]
        if told.name in memory.crossings
        else crossing_of(view.route, told.trigger, told.flow)
        for told in view.scene.briefings
        if (told.type in TURNS or told.type in VIOLATIONS) and len(told.flow)
    }


def to_crossing(view: View, crossing: Crossing) -> float:
    """Metres of route from the ego to a crossing, negative past it."""
    return (crossing.index - view.index) * SPACING


def classified(view: View, memory: AdversaryMemory) -> NDArray[np.int8]:
    """Class (A,) of each actor: Danger."""
    classes = np.full(len(view.actors), Danger.NONE, np.int8)
    for told in view.scene.briefings:
        crossing = memory.crossings.get(told.name)
        rows = np.flatnonzero(view.actors.among(told.ids))
        if told.type in TURNS and crossing is not None and len(rows):
            classes[rows] = _of_turn(view, memory, TURNS[told.type], told, crossing, rows)
    return classes


def safe_ones(view: View, memory: AdversaryMemory, classes: NDArray[np.int8]) -> frozenset[int]:
    """Ids of those who stay safe from now on, as long as their situation lasts."""
    if not view.settings.commitment:
        return frozenset()
    still = {actor for told in view.scene.briefings for actor in told.ids}
    return (memory.safe & still) | frozenset(view.actors.ids[classes == Danger.SAFE].tolist())


def _of_turn(
    view: View, memory: AdversaryMemory, turn: Turn, told: Briefing, crossing: Crossing, rows: NDArray[np.int64]
) -> NDArray[np.int8]:
    """Class of each of the rows."""
    left = to_crossing(view, crossing)
    along, off = on_way(view.actors.pose[rows, :2], told.flow)
    if left < turn.commit:
        safe = np.ones(len(rows), bool)
    elif turn.joins:
        safe = off > OFF_WAY
    else:
        safe = crossing.along - along < _is_there_first(turn, left)
    classes = np.where(safe, Danger.SAFE, Danger.DANGEROUS)
    junction = view.route.in_junction[view.index : view.index + round(JUNCTION_NEAR / SPACING)]
    if left >= turn.near or (left >= turn.commit and not junction.any()):
        classes[:] = Danger.IGNORED
    if view.settings.commitment:
        classes[view.actors.among(memory.safe)[rows]] = Danger.SAFE
    return classes.astype(np.int8)


def _is_there_first(turn: Turn, left: float) -> float:
    """Metres to the crossing within which a vehicle is there before an ego that has `left` m to go."""
    factor = EQUAL
    if turn.signalised:
        factor = SLOWER if left < FAR else SLOWER_FAR
    return min(FARTHEST, factor * left)
