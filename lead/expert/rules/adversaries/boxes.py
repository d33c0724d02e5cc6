"""Sizes of conflicting traffic's boxes in the forecast.

Source: spec/lead-expert-and-data.md, 2.2 (U5) and 1.12 (bicycle flows).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lead.expert.rules.adversaries.classes import Danger, classified, known_crossings
from lead.expert.rules.adversaries.memory import AdversaryMemory
from lead.expert.rules.adversaries.turns import TURNS, Turn
from lead.expert.scene import Kind
from lead.expert.view import View

BICYCLE_FLOW = "CrossingBicycleFlow"
BICYCLE_FACTORS = (4.0, 10.0)  # of length and width


def box_factors(view: View, memory: AdversaryMemory) -> NDArray[np.float64]:
    """Factors (A, 2) of length and width that take the place of the forecast's margins, NaN where those apply.

    0 and 0 leave an actor out. `memory` is that of the tick before. With boxes "exact" all are NaN.
    """
    factors = np.full((len(view.actors), 2), np.nan)
    if view.settings.boxes == "exact" or not len(factors):
        return factors
    classes = classified(view, replace(memory, crossings=known_crossings(view, memory)))
    for told in view.scene.briefings:
        if told.type == BICYCLE_FLOW:
            factors[view.actors.kind == Kind.BICYCLE] = BICYCLE_FACTORS
        turn = TURNS.get(told.type)
        if turn is None or not (turn.published or view.settings.boxes == "all turns"):
            continue
        of_turn = view.actors.among(told.ids)
        factors[of_turn & (classes == Danger.SAFE)] = turn.safe_length, 1.0
        factors[of_turn & (classes == Danger.IGNORED)] = 0.0
        dangerous = of_turn & (classes == Danger.DANGEROUS)
        factors[dangerous, 0] = turn.length
        factors[dangerous, 1] = _width(view, turn) / (2.0 * view.actors.extent[dangerous, 1])
    return factors


def _width(view: View, turn: Turn) -> float:
    """Metres of a dangerous vehicle: its lane, taken to be as wide as the ego's, and part of the ego's spare room."""
    lane = float(view.route.lane_width[view.index])
    return lane + turn.spread * max(0.0, 0.5 * (lane - float(view.scene.ego.extent[1])))
