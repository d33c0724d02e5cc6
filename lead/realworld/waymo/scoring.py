"""A submission against frames that people rated: RFS per cluster and overall, and ADE at 3 s and 5 s."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.waymo.frame import FUTURE, E2EDFrame, split_name
from lead.realworld.waymo.rfs import (
    average_displacement_error,
    best_rater,
    padded,
    rater_feedback_score,
    score_by_cluster,
    trust_regions,
)

UNKNOWN = "unknown"
"""Cluster of segments that no list names."""


@dataclass(frozen=True)
class WaymoScore:
    """Means over frames; NaN where no frame has what a number needs.

    Attributes:
        frames, rated: that were predicted and read; of which people rated trajectories.
        rfs: over clusters, each with the same weight; `by_cluster` their means; `inside`: share of frames in a region.
        ade_log: (m) to where the car went, at 3 s and 5 s; `ade_rater`: to the trajectory that was rated best.
    """

    frames: int
    rated: int
    rfs: float
    by_cluster: Mapping[str, float]
    count_by_cluster: Mapping[str, int]
    inside: float
    ade_log: tuple[float, float]
    ade_rater: tuple[float, float]


def score_predictions(
    plans: Mapping[str, NDArray[np.floating]], frames: Iterable[E2EDFrame], clusters: Mapping[str, str] | None = None
) -> WaymoScore:
    """Score plans (20, 2) by frame name. `clusters` by segment; frames without a plan are left out.

    Raises InputError if no frame is predicted, or a plan's frame is nowhere.
    """
    found = [_without_images(frame) for frame in frames if frame.name in plans]
    missing = sorted(plans.keys() - {frame.name for frame in found})
    if missing or not found:
        raise InputError(
            f"found no frames for {len(missing)} of {len(plans)} plans ({', '.join(missing[:3])}); read all"
        )
    rated = [frame for frame in found if frame.is_rated]
    driven = [frame for frame in found if len(frame.future) == FUTURE]
    logged = _ade(plans, driven, [frame.future.position_iso for frame in driven])
    if not rated:
        return WaymoScore(len(found), 0, np.nan, {}, {}, np.nan, logged, (np.nan, np.nan))
    xy, count, label, speed = rated_arrays(rated)
    plan = np.array([plans[frame.name] for frame in rated], np.float64)
    result = rater_feedback_score(plan[:, None], np.ones((len(rated), 1)), trust_regions(xy, count, label, speed))
    names = [(clusters or {}).get(split_name(frame.name)[0], UNKNOWN) for frame in rated]
    overall, by_cluster = score_by_cluster(result.score, names)
    target = xy[np.arange(len(rated)), best_rater(label, count)]
    return WaymoScore(
        len(found), len(rated), overall, by_cluster, {name: names.count(name) for name in by_cluster},
        float(result.inside.mean()), logged, _ade(plans, rated, target),
    )  # fmt: skip


def rated_arrays(frames: list[E2EDFrame]) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Rated trajectories (N, R, 20, 2), how many (N,), their labels (N, R) and the speeds (N,) m/s of rated frames."""
    most = max(len(frame.preferences) for frame in frames)
    xy, label = np.zeros((len(frames), most, FUTURE, 2)), np.full((len(frames), most), -1.0)
    for row, frame in enumerate(frames):
        xy[row, : len(frame.preferences)] = padded([each.position_iso for each in frame.preferences])
        scores = [each.preference_score for each in frame.preferences]
        label[row, : len(scores)] = [-1.0 if score is None else score for score in scores]
    speeds = np.array([frame.speed for frame in frames])
    return xy, np.array([len(frame.preferences) for frame in frames]), label, speeds


def read_clusters(path: Path) -> dict[str, str]:
    """Segment to cluster, from `val_sequence_name_to_scenario_cluster.json`. Raises InputError on other content."""
    try:
        value = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: found text that is not JSON ({error}), expected segment to cluster") from error
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        raise InputError(f"{path}: found no object of segment to cluster")
    return value


def _ade(plans: Mapping[str, NDArray], frames: list[E2EDFrame], target: object) -> tuple[float, float]:
    if not frames:
        return np.nan, np.nan
    said = np.array([plans[frame.name] for frame in frames], np.float64)
    at_3_s, at_5_s = average_displacement_error(said, np.asarray(target, np.float64))
    return float(at_3_s.mean()), float(at_5_s.mean())


def _without_images(frame: E2EDFrame) -> E2EDFrame:
    return E2EDFrame(frame.name, frame.past, frame.future, frame.intent, preferences=frame.preferences)
