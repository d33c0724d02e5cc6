"""PDMS, the score of NAVSIM v1: NC x DAC x (5 EP + 5 TTC + 2 C) / 12. DDC is told but has no weight.

Source: spec/benchmarks.md, 5.2, and fixtures (devkit v1.1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead import InputError
from lead.realworld.navsim import comfort
from lead.realworld.navsim.areas import (
    Whereabouts,
    drivable_area_compliance,
    driving_direction_compliance,
    progress_along,
    whereabouts,
)
from lead.realworld.navsim.contacts import Collisions, collisions, time_to_collision
from lead.realworld.navsim.motion import STEPS, Array, Motion
from lead.realworld.navsim.sampling import sample_plan, sample_reference
from lead.realworld.navsim.scene import Scene
from lead.realworld.navsim.tracker import simulate

PROGRESS_WEIGHT, TTC_WEIGHT, COMFORT_WEIGHT = 5.0, 5.0, 2.0
SHORT = 5.0  # m: where nobody makes more progress, everybody's counts as full
LOOKED_FROM = STEPS + 1  # steps from which v1 looks ahead for TTC: all


@dataclass(frozen=True)
class Evidence:
    """What the sub-scores of P proposals rest on."""

    where: Whereabouts
    collisions: Collisions
    first_near: NDArray[np.int64]  # (P,) first step that fails TTC, contacts.NEVER if none
    comfort_parts: NDArray[np.bool_]  # (P, 6) within limits, in the order of comfort.PARTS
    progress: Array  # (P,) m along the centre line


@dataclass(frozen=True)
class Pdms:
    """Sub-scores of P proposals and their PDMS; arrays (P,). Row 0 is the reference of the scene."""

    nc: Array  # no at-fault collision
    dac: Array  # drivable area compliance
    ddc: Array  # driving direction compliance
    ep: Array  # ego progress
    ttc: Array  # time to collision
    c: Array  # comfort
    score: Array
    evidence: Evidence


def simulate_plans(scene: Scene, plans_ego: ArrayLike) -> Motion:
    """The reference of the scene (row 0) and plans (P, 8, 3) in the ego's frame as the vehicle would drive them."""
    plans = np.asarray(plans_ego, np.float64)
    if plans.ndim != 3:
        raise InputError(f"found plans of shape {plans.shape}, expected (plans, poses, 3)")
    sampled = [sample_plan(plan, scene.ego, scene.start_us) for plan in plans]
    poses = np.stack([sample_reference(scene.reference, scene.start_us), *sampled])
    return Motion(simulate(poses, scene.ego, scene.vehicle), scene.vehicle)


def score_pdms(scene: Scene, motion: Motion) -> Pdms:
    """PDMS of simulated proposals, each measured against the best progress among them."""
    where = whereabouts(motion, scene.areas)
    contacts = collisions(motion, scene.tracks, scene.tracks.visible, where)
    dac = drivable_area_compliance(where)
    ttc, first_near = time_to_collision(motion, scene.tracks, scene.tracks.visible, where, LOOKED_FROM)
    parts = comfort.comfort_parts(motion.states, comfort.V1, scene.vehicle)
    c = np.all(parts, axis=1).astype(np.float64)
    progress = progress_along(motion, scene.centerline)
    product = contacts.score * dac
    ep = progress_shares(progress, product)
    weights = PROGRESS_WEIGHT + TTC_WEIGHT + COMFORT_WEIGHT
    score = product * (PROGRESS_WEIGHT * ep + TTC_WEIGHT * ttc + COMFORT_WEIGHT * c) / weights
    ddc = driving_direction_compliance(motion, where.oncoming)
    evidence = Evidence(where, contacts, first_near, parts, progress)
    return Pdms(contacts.score, dac, ddc, ep, ttc, c, score, evidence)


def progress_shares(progress: Array, product: Array) -> Array:
    """EP (P,) of v1: progress (m), times the proposal's own penalties, as a share of the largest such product."""
    earned = progress * product
    most = np.max(earned)
    return earned / most if most > SHORT else (product > 0.0).astype(np.float64)
