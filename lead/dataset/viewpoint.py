"""Where a view of the rig is seen from, and how the world looks from there."""

import numpy as np
from numpy.typing import NDArray

from lead.dataset.header import Perturbation, RouteHeader
from lead.geometry.poses import compose, to_local

AS_MOUNTED = Perturbation()


def moved_by(perturbed: bool, header: RouteHeader, moved: NDArray[np.floating] | None) -> Perturbation:
    """How the rig of a view was moved; `moved` is `Frame.moved`."""
    if not perturbed:
        return AS_MOUNTED
    return header.perturbation if moved is None else Perturbation(*moved.tolist())


def view_pose(ego_pose: NDArray[np.float64], perturbation: Perturbation) -> NDArray[np.float64]:
    """World pose (6,) from which a copy of the rig saw: the ego's, shifted to its right and then turned.

    So a place p of the ego frame is at R(-turn) (p - (0, shift)) of the view (spec/tfv6.md, 3.3).
    """
    moved = np.array([0.0, perturbation.shift, 0.0, 0.0, perturbation.turn, 0.0])
    return compose(np.asarray(ego_pose, np.float64), moved)


def seen_from(places: NDArray[np.floating], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """World places (N, 3) m in the frame of a view's pose (6,)."""
    return to_local(np.ascontiguousarray(places, np.float64).reshape(-1, 3), np.asarray(pose, np.float64))


def seen_from_above(places: NDArray[np.floating], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """World places (N, 2 or more) m as (N, 2) on the ground plane of a view, by its place and yaw alone."""
    offset = np.asarray(places, np.float64)[:, :2] - pose[:2]
    c, s = np.cos(pose[4]), np.sin(pose[4])
    return offset @ np.array([[c, -s], [s, c]])


def perturbed_points(points: NDArray[np.floating], perturbation: Perturbation) -> NDArray[np.float64]:
    """Points (N, 3) m of the ego frame in the frame of the moved copy of the rig."""
    here = np.array([0.0, perturbation.shift, 0.0, 0.0, perturbation.turn, 0.0])
    return to_local(np.ascontiguousarray(points, np.float64).reshape(-1, 3), here)
