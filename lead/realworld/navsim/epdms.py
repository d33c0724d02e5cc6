"""EPDMS, the score of NAVSIM v2: NC x DAC x DDC x TLC x (5 EP + 5 TTC + 2 LK + 2 HC + 2 EC) / 16.

EC compares two frames; a frame without an earlier one is scored without it, over 14. What the human driver of the log
failed as well is not held against a plan: the human filter. Source: spec/benchmarks.md, 5.2, and fixtures.
"""

from dataclasses import dataclass, fields, replace
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead import InputError
from lead.realworld.navsim import comfort
from lead.realworld.navsim.areas import (
    drivable_area_compliance,
    driving_direction_compliance,
    lane_keeping,
    progress_along,
    traffic_light_compliance,
    whereabouts,
)
from lead.realworld.navsim.contacts import LOOK_AHEAD, collisions, time_to_collision, without_overlapping
from lead.realworld.navsim.motion import STEPS, Array, Motion
from lead.realworld.navsim.pdms import SHORT, Evidence, simulate_plans
from lead.realworld.navsim.sampling import resample_history, sample_plan
from lead.realworld.navsim.scene import Scene
from lead.realworld.navsim.tracker import simulate

WEIGHTS = {"ep": 5.0, "ttc": 5.0, "lk": 2.0, "hc": 2.0}  # and EXTENDED_COMFORT_WEIGHT where there are two frames
EXTENDED_COMFORT_WEIGHT = 2.0
LOOKED_FROM = STEPS + 1 - int(LOOK_AHEAD[-1])  # steps from which v2 looks ahead for TTC


class HumanFilter(Enum):
    """What becomes of a sub-score that is 0 for the human of the log."""

    OFF = "off"  # nothing
    SINCE_2025_09_29 = "since-2025-09-29"  # it is 1 for the plan, and the score is made of that
    BEFORE_2025_09_29 = "before-2025-09-29"  # it is told as 1, but the score is made of what it was


@dataclass(frozen=True)
class SubScores:
    """The parts of EPDMS but EC for one plan."""

    nc: float  # no at-fault collision
    dac: float  # drivable area compliance
    ddc: float  # driving direction compliance
    tlc: float  # traffic light compliance
    ep: float  # ego progress
    ttc: float  # time to collision
    lk: float  # lane keeping
    hc: float  # history comfort

    @property
    def product(self) -> float:
        """The factors, multiplied."""
        return self.nc * self.dac * self.ddc * self.tlc

    def score(self, ec: float | None = None) -> float:
        """EPDMS; over the parts without EC if that is None."""
        total = sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())
        weights = sum(WEIGHTS.values())
        if ec is not None:
            total, weights = total + EXTENDED_COMFORT_WEIGHT * ec, weights + EXTENDED_COMFORT_WEIGHT
        return self.product * total / weights


@dataclass(frozen=True)
class Epdms:
    """Sub-scores of P proposals before the human filter; arrays (P,)."""

    nc: Array
    dac: Array
    ddc: Array
    tlc: Array
    ep: Array
    ttc: Array
    lk: Array
    hc: Array
    evidence: Evidence  # its comfort parts are those with history

    def of(self, proposal: int) -> SubScores:
        """The parts of one proposal."""
        return SubScores(**{part.name: float(getattr(self, part.name)[proposal]) for part in fields(SubScores)})


@dataclass(frozen=True)
class PlanScore:
    """What one plan earned in one frame."""

    told: SubScores  # as the benchmark's tables list them
    scored: SubScores  # of which the score is made; differs from `told` under the older human filter alone
    states: Array  # (41, 11) as simulated
    start: Array  # (2,) m in the world, rear axle at the time of planning
    end: Array  # (2,) m in the world, rear axle at the plan's last pose (not the simulated one)
    start_us: int
    proposals: Epdms  # reference and plan, before the filter

    def score(self, ec: float | None = None) -> float:
        """EPDMS; without EC if that is None."""
        return self.scored.score(ec)


def score_plan(
    scene: Scene, plan_ego: ArrayLike, human_filter: HumanFilter = HumanFilter.SINCE_2025_09_29
) -> PlanScore:
    """Score a plan (8, 3) in the ego's frame, each 0.5 s, against the scene's reference.

    The filter acts where the scene is an original one; it then needs a human plan, or InputError is raised.
    """
    motion = simulate_plans(scene, np.asarray(plan_ego, np.float64)[None])
    proposals = score_epdms(scene, motion)
    plain = told = proposals.of(1)
    if human_filter is not HumanFilter.OFF and not scene.synthetic:
        told = forgiven(plain, score_human(scene))
    return PlanScore(
        told=told,
        scored=plain if human_filter is HumanFilter.BEFORE_2025_09_29 else told,
        states=motion.states[1],
        start=scene.ego[:2],
        end=sample_plan(plan_ego, scene.ego, scene.start_us)[-1, :2],
        start_us=scene.start_us,
        proposals=proposals,
    )


def score_epdms(scene: Scene, motion: Motion, past: bool = True) -> Epdms:
    """Sub-scores of simulated proposals; HC without the scene's history if `past` is False."""
    where = whereabouts(motion, scene.areas)
    visible = without_overlapping(scene.tracks, motion)
    contacts = collisions(motion, scene.tracks, visible, where)
    dac = drivable_area_compliance(where)
    ddc = driving_direction_compliance(motion, where.oncoming & ~where.centre_on_intersection)
    tlc = traffic_light_compliance(motion, scene.areas)
    ttc, first_near = time_to_collision(motion, scene.tracks, visible, where, LOOKED_FROM)
    progress = progress_along(motion, scene.centerline)
    parts = _history_comfort(scene, motion, past)
    return Epdms(
        nc=contacts.score,
        dac=dac,
        ddc=ddc,
        tlc=tlc,
        ep=progress_shares(progress, contacts.score * dac * ddc * tlc),
        ttc=ttc,
        lk=lane_keeping(motion, scene.centerline, where.centre_on_intersection),
        hc=np.all(parts, axis=1).astype(np.float64),
        evidence=Evidence(where, contacts, first_near, parts, progress),
    )


def score_human(scene: Scene) -> SubScores:
    """What the human of the log would have earned, simulated and judged alone: HC and EP come out as 1."""
    if scene.human_plan is None:
        raise InputError(
            "found no human plan, expected one for the human filter; add it to the scene or use HumanFilter.OFF"
        )
    poses = sample_plan(scene.human_plan, scene.ego, scene.start_us)
    motion = Motion(simulate(poses[None], scene.ego, scene.vehicle), scene.vehicle)
    return score_epdms(scene, motion, past=False).of(0)


def forgiven(plan: SubScores, human: SubScores) -> SubScores:
    """The plan's parts with 1 for each that is exactly 0 for the human; 0.5 forgives nothing."""
    return replace(plan, **{part.name: 1.0 for part in fields(SubScores) if getattr(human, part.name) == 0.0})


def progress_shares(progress: Array, product: Array) -> Array:
    """EP (P,) of v2: progress (m) as a share of the largest progress times penalties, at most 1."""
    most = np.max(progress * product)
    return np.clip(progress / most, 0.0, 1.0) if most > SHORT else np.ones(len(progress))


def _history_comfort(scene: Scene, motion: Motion, past: bool) -> NDArray[np.bool_]:
    """Comfort parts (P, 6) with the logged history ahead of the states; all true where there is none."""
    if scene.history is None or not past:
        return np.ones((len(motion.states), len(comfort.PARTS)), bool)
    states = comfort.with_history(motion.states, resample_history(scene.history))
    return comfort.comfort_parts(states, comfort.V2, scene.vehicle)
