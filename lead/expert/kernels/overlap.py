"""When boxes in motion first touch."""

import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import separation
from lead.geometry.leaf import leaf

NEVER = -1


@leaf
def first_overlaps(
    ego: NDArray[np.float64], ego_half: NDArray[np.float64], pose: NDArray[np.float64], half: NDArray[np.float64],
    first: NDArray[np.int64],
) -> None:  # fmt: skip
    """Write the first tick (A,) at which boxes `pose` (A, H, 3) of half sizes `half` (A, H, 2) m touch the ego's.

    The ego's are (H, 3) and (H, 2). Rows whose `first` is NEVER already are left out, as are boxes without a size.
    """
    for i in range(pose.shape[0]):
        if first[i] == NEVER:
            continue
        first[i] = NEVER
        for h in range(pose.shape[1]):
            length, width = half[i, h, 0], half[i, h, 1]
            if length <= 0.0 or width <= 0.0:
                break
            dx, dy = pose[i, h, 0] - ego[h, 0], pose[i, h, 1] - ego[h, 1]
            reach = ego_half[h, 0] + ego_half[h, 1] + length + width
            if dx * dx + dy * dy > reach * reach:
                continue
            gap, _, _ = separation(
                ego[h, 0], ego[h, 1], ego[h, 2], ego_half[h, 0], ego_half[h, 1],
                pose[i, h, 0], pose[i, h, 1], pose[i, h, 2], length, width,
            )  # fmt: skip
            if gap <= 0.0:
                first[i] = h
                break
