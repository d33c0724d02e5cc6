"""A trained model's plans for frames of a benchmark, in the benchmark's own frame."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.model.ensemble import Ensemble
from lead.model.weights import load_ensemble
from lead.realworld.frames import iso_planar_poses
from lead.realworld.navsim.cache import find_entries
from lead.realworld.navsim.samples import sample_of as navsim_sample
from lead.realworld.sample import RealSample, packed
from lead.realworld.waymo.plans import challenge_plan
from lead.realworld.waymo.reading import read_frames
from lead.realworld.waymo.samples import sample_of as waymo_sample
from lead.train.batch import Collate, unfold

BATCH = 8
Plan = NDArray[np.float64]
Named = tuple[str, RealSample]


def plan_tokens(model: Path, cache: Path) -> Iterator[tuple[str, Plan]]:
    """Plans (8, 3) x, y, heading in ISO 8855 by token of a NAVSIM cache, of the models in a folder as one.

    Raises InputError on a model that does not plan with headings, and on data that it cannot be given.
    """
    ensemble = _planner(model)
    if not ensemble.config.planning.headings:
        raise InputError(f"{model} holds model {ensemble.config.name}, which plans no headings; NAVSIM asks for them")
    samples = ((entry.token, navsim_sample(entry)) for entry in find_entries(cache))
    for token, _, waypoints, headings in _planned(ensemble, samples):
        yield token, iso_planar_poses(np.column_stack([waypoints, headings]))


def plan_frames(
    model: Path, frames: Path | Sequence[Path], wanted: set[str] | None = None
) -> Iterator[tuple[str, Plan]]:
    """Plans (20, 2) m in Waymo's frame by name of those frames that are wanted (None: all). Raises InputError."""
    ensemble = _planner(model)
    samples = (
        (frame.name, waymo_sample(frame)) for frame in read_frames(frames) if wanted is None or frame.name in wanted
    )
    for name, sample, waypoints, _ in _planned(ensemble, samples):
        yield name, challenge_plan(waypoints, sample.speed, ensemble.config.planning.waypoint_interval)


def _planner(folder: Path) -> Ensemble:
    ensemble = load_ensemble(folder)
    if ensemble.config.planning is None:
        raise InputError(f"{folder} holds model {ensemble.config.name} without a planner; give a post-trained one")
    return ensemble


def _planned(ensemble: Ensemble, samples: Iterator[Named]) -> Iterator[tuple[str, RealSample, Plan, Plan]]:
    """Name, sample, waypoints (W, 2) and headings (W,), zeros if there are none, in CARLA's axes."""
    collate = Collate(ensemble.config)
    while batch := list(islice(samples, BATCH)):
        inputs, _ = unfold(collate([packed(sample, ensemble.config) for _, sample in batch]), ensemble.config)
        said = ensemble(inputs.to(ensemble.device)).predictions
        waypoints = said.waypoints.double().cpu().numpy()
        headings = np.zeros(waypoints.shape[:2]) if said.headings is None else said.headings.double().cpu().numpy()
        for (name, sample), places, turns in zip(batch, waypoints, headings):
            yield name, sample, places, turns
