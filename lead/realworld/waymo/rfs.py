"""The rater feedback score (RFS) and the average displacement error (ADE) of WOD-E2E.

A frame has up to three trajectories that people rated from 0 to 10. A prediction earns, at 3 s and at 5 s, the best
label among them, decayed by how far it is out of that trajectory's trust region; out of every region it earns at least
4. Everything is in the vehicle's frame at the time of prediction (ISO 8855: x forward, y left), metres, at 4 Hz.
Source: spec/benchmarks.md, 6, and the metric's published behaviour. ADE is no part of the published metric: its target
follows the comment of the data set's metrics message, its arithmetic the data set's tutorial.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead import InputError

POINTS = 20  # way-points of a trajectory: 0.25 s to 5 s
AT_3_S, AT_5_S = 11, 19  # indices of the way-points at which a prediction is judged
TIMES = np.array([AT_3_S, AT_5_S])
BASE_THRESHOLDS = np.array([1.0, 1.8])  # m, at 3 s and at 5 s
SLOW, FAST = 1.4, 11.0  # m/s between which the trust regions grow
LEAST_SCALE = 0.5  # of the thresholds, at low speed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RfsSettings:
    """What the published metric lets one set, with its defaults."""

    lateral: float = 1.0  # of the base thresholds
    longitudinal: float = 4.0  # of the base thresholds
    decay: float = 0.1  # of the label, per threshold outside of the region
    floor: float = 4.0  # least score of a prediction that is in no region
    raters: int = 3  # trajectories per frame: more are left out, fewer are filled up with the last


@dataclass(frozen=True)
class TrustRegions:
    """Rectangles around the rated trajectories of N frames, R each, at 3 s and 5 s."""

    centre: Array  # (N, R, 2, 2) m
    forward: Array  # (N, R, 2, 2) unit vector along which the longitudinal threshold counts
    thresholds: Array  # (N, 2, 2) m, half sizes: at 3 s and 5 s, longitudinal and lateral
    label: Array  # (N, R) score of the rater


@dataclass(frozen=True)
class RfsResult:
    """Scores of N frames with M proposals each."""

    score: Array  # (N,) sum over the proposals, each by its weight
    per_proposal: Array  # (N, M)
    inside: NDArray[np.bool_]  # (N, M) within the region of one and the same rater at both times


def rater_feedback_score(
    predictions: ArrayLike, weights: ArrayLike, regions: TrustRegions, settings: RfsSettings = RfsSettings()
) -> RfsResult:
    """RFS of predictions (N, M, 20, 2) m with weights (N, M), which are used as they are.

    On the border of a region counts as inside. A label of -1 (not rated) takes part as a number, as officially.
    A proposal of no weight may be NaN. Raises InputError on other shapes.
    """
    xy, weight = np.asarray(predictions, np.float64), np.asarray(weights, np.float64)
    if xy.shape[:1] != regions.label.shape[:1] or xy.shape[2:] != (POINTS, 2) or weight.shape != xy.shape[:2]:
        raise InputError(
            f"found predictions {xy.shape} with weights {weight.shape} for {len(regions.label)} frames; "
            f"expected ({len(regions.label)}, proposals, {POINTS}, 2) and ({len(regions.label)}, proposals)"
        )
    error = xy[:, :, None, TIMES] - regions.centre[:, None]  # (N, M, R, 2 times, 2)
    forward = regions.forward[:, None]
    along = np.abs(error[..., 0] * forward[..., 0] + error[..., 1] * forward[..., 1])
    aside = np.abs(error[..., 1] * forward[..., 0] - error[..., 0] * forward[..., 1])
    limits = regions.thresholds[:, None, None]
    distance = np.maximum(along / limits[..., 0], aside / limits[..., 1])  # (N, M, R, 2)
    label = regions.label[:, None, :, None]
    best = np.max(label * settings.decay ** np.maximum(distance - 1.0, 0.0), axis=2)  # (N, M, 2)
    inside = np.any(np.all(distance <= 1.0, axis=3), axis=2)
    scores = np.mean(best, axis=2)
    scores = np.where(inside, scores, np.maximum(scores, settings.floor))
    weighted = np.where(weight == 0.0, 0.0, weight * scores)
    return RfsResult(np.sum(weighted, axis=1), scores, inside)


def trust_regions(
    rater_xy: Array, rater_count: ArrayLike, labels: Array, init_speed: ArrayLike, settings: RfsSettings = RfsSettings()
) -> TrustRegions:
    """Regions of N frames from rated trajectories (N, R, 20, 2) m, of which the first `rater_count` (N,) are there.

    `labels` (N, R), `init_speed` (N,) m/s at the time of prediction. Raises InputError where a frame has no rater.
    """
    count = np.asarray(rater_count)
    if np.any(count < 1) or np.any(count > labels.shape[1]):
        raise InputError(f"found a frame with {count.min()} raters, expected 1 to {labels.shape[1]}; leave it out")
    used = np.minimum(np.arange(settings.raters), count[:, None] - 1)  # the last one fills up
    frames = np.arange(len(count))[:, None]
    xy = rater_xy[frames, used]  # (N, R, 20, 2)
    grown = (np.asarray(init_speed, np.float64) - SLOW) / (FAST - SLOW)
    scale = np.clip(LEAST_SCALE + (1.0 - LEAST_SCALE) * grown, LEAST_SCALE, 1.0)
    multipliers = np.array([settings.longitudinal, settings.lateral])
    thresholds = scale[:, None, None] * (BASE_THRESHOLDS[:, None] * multipliers)
    return TrustRegions(xy[:, :, TIMES], _directions(xy), thresholds, labels[frames, used])


def padded(trajectories: Sequence[ArrayLike]) -> Array:
    """Trajectories of any length >= 1 as one array (R, 20, 2): cut at 20 way-points, or the last one repeated."""
    rows = []
    for trajectory in trajectories:
        xy = np.asarray(trajectory, np.float64)
        if xy.ndim != 2 or xy.shape[1] != 2 or not len(xy):
            raise InputError(f"found a trajectory of shape {xy.shape}, expected (way-points, 2) with at least one")
        rows.append(xy[np.minimum(np.arange(POINTS), len(xy) - 1)])
    return np.array(rows).reshape(-1, POINTS, 2)


def average_displacement_error(predictions: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    """Mean distance (m) to the target (..., 20, 2) over the way-points to 3 s and to 5 s; predictions (..., 20, 2)."""
    error = np.asarray(predictions, np.float64) - np.asarray(target, np.float64)
    if error.shape[-2:] != (POINTS, 2):
        raise InputError(f"found trajectories of shape {error.shape[-2:]}, expected ({POINTS}, 2)")
    distance = np.hypot(error[..., 0], error[..., 1])
    return np.mean(distance[..., : AT_3_S + 1], axis=-1), np.mean(distance[..., : AT_5_S + 1], axis=-1)


def best_rater(labels: Array, rater_count: ArrayLike, settings: RfsSettings = RfsSettings()) -> NDArray[np.intp]:
    """Index (N,) of the used rater with the highest of the labels (N, R), the first on ties: the target of the ADE."""
    used = np.minimum(np.asarray(rater_count), settings.raters)[:, None]
    return np.argmax(np.where(np.arange(labels.shape[1]) < used, labels, -np.inf), axis=1)


def score_by_cluster(scores: ArrayLike, clusters: Iterable[str]) -> tuple[float, dict[str, float]]:
    """Overall score and the mean score of each cluster, by name: overall is the plain mean of the clusters' means."""
    values, names = np.asarray(scores, np.float64), np.array(list(clusters))
    if values.shape != names.shape or not len(values):
        raise InputError(f"found {len(values)} scores and {len(names)} clusters, expected as many, and at least one")
    means = {str(name): float(np.mean(values[names == name])) for name in np.unique(names)}
    return float(np.mean(list(means.values()))), means


def _directions(xy: Array) -> Array:
    """Unit vectors (N, R, 2, 2) of the last step that moved, up to 3 s and to 5 s; (1, 0) if none did."""
    start = np.zeros_like(xy[:, :, :1])
    steps = np.diff(np.concatenate([start, xy], axis=2), axis=2)
    moved = np.any(steps != 0.0, axis=3)
    last = np.maximum.accumulate(np.where(moved, np.arange(POINTS), -1), axis=2)[:, :, TIMES]
    step = np.take_along_axis(steps, np.maximum(last, 0)[..., None], axis=2)
    step = np.where(last[..., None] >= 0, step, [1.0, 0.0])
    return step / np.linalg.norm(step, axis=3, keepdims=True)
