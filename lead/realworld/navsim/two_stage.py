"""Scores over several frames: pairs of neighbours for EC, and the two stages of pseudo-simulation (NAVSIM v2).

Stage two holds scenes rendered at other start poses; those near to where the plan of stage one ends count most.
Source: spec/benchmarks.md, 5.3.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from lead import InputError
from lead.realworld.navsim.comfort import extended_comfort
from lead.realworld.navsim.epdms import PlanScore
from lead.realworld.navsim.motion import Array

VARIANCE = 0.1  # m^2 of the kernel that weighs the second stage
NOTHING = 1e-8  # sum of weights up to which all scenes of the second stage count alike
SECOND = 1e-6  # seconds per microsecond

Columns = dict[str, float]
"""The sub-scores as told, "ec" and "score"."""


@dataclass(frozen=True)
class FramePair:
    """One plan and the plan made in the frame before it (at most 0.55 s earlier)."""

    now: PlanScore
    previous: PlanScore

    @property
    def ec(self) -> float:
        """Extended comfort of the pair."""
        interval = (self.now.start_us - self.previous.start_us) * SECOND
        return extended_comfort(self.now.states, self.previous.states, interval)


@dataclass(frozen=True)
class TwoStageScore:
    """Averages of one group, column by column: of each stage, and of the product of the two."""

    stage_one: Columns
    stage_two: Columns
    combined: Columns
    weights_now: Array  # (N,) of the second stage's scenes
    weights_previous: Array  # (N,) of the scenes before them

    @property
    def score(self) -> float:
        """EPDMS of the group; that of a data set is the plain mean over its groups."""
        return self.combined["score"]


def columns(plan: PlanScore, ec: float) -> Columns:
    """Everything told about a plan."""
    return {**asdict(plan.told), "ec": ec, "score": plan.score(ec)}


def score_two_stages(first: FramePair, second: Sequence[FramePair]) -> TwoStageScore:
    """Combine a pair of original frames with the synthetic pairs that follow; raises InputError if there are none."""
    if not second:
        raise InputError("found no scene of the second stage, expected at least one")
    comforts = [pair.ec for pair in second]
    averages = []
    weights = []
    for frame in ("now", "previous"):
        original, scenes = getattr(first, frame), [getattr(pair, frame) for pair in second]
        weight = stage_weights(original.end, np.array([scene.start for scene in scenes]))
        one = columns(original, first.ec)
        two = [columns(scene, ec) for scene, ec in zip(scenes, comforts)]
        averages.append((one, {name: float(weight @ [row[name] for row in two]) for name in one}))
        weights.append(weight)
    (one_now, two_now), (one_before, two_before) = averages
    return TwoStageScore(
        stage_one={name: 0.5 * (one_now[name] + one_before[name]) for name in one_now},
        stage_two={name: 0.5 * (two_now[name] + two_before[name]) for name in one_now},
        combined={
            name: 0.5 * (one_now[name] * two_now[name] + one_before[name] * two_before[name]) for name in one_now
        },
        weights_now=weights[0],
        weights_previous=weights[1],
    )


def stage_weights(end: Array, starts: Array) -> Array:
    """Weights (N,) of scenes that start at (N, 2) m for a plan that ends at `end` (2,) m; they sum to 1."""
    weights = np.exp(-np.sum((starts - end) ** 2, axis=1) / (2.0 * VARIANCE))
    total = np.sum(weights)
    return weights / total if total > NOTHING else np.full(len(weights), 1.0 / len(weights))
