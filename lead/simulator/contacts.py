"""Where kernels write down the contacts of a step."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf


class ContactBuffer(NamedTuple):
    """Contacts of a step (M at most), one per pair; a body and all static things of one label are one pair."""

    count: NDArray[np.int64]  # (1,)
    parties: NDArray[np.int64]  # (M, 3) row, other row or -1, Label
    impulse: NDArray[np.float64]  # (M, 3) N s on the first party, summed over the step
    point: NDArray[np.float64]  # (M, 3) m, world, where the pair first touched


@leaf
def record(
    contacts: ContactBuffer,
    row: int,
    other: int,
    label: int,
    ix: float,
    iy: float,
    iz: float,
    px: float,
    py: float,
    pz: float,
) -> None:
    """Note one contact; one of the same pair adds its impulse to the first of the step, and what does not fit is dropped."""
    n = contacts.count[0]
    for k in range(n):
        known = contacts.parties[k]
        if known[0] == row and known[1] == other and known[2] == label:
            contacts.impulse[k, 0] += ix
            contacts.impulse[k, 1] += iy
            contacts.impulse[k, 2] += iz
            return
    if n >= contacts.parties.shape[0]:
        return
    contacts.parties[n, 0], contacts.parties[n, 1], contacts.parties[n, 2] = row, other, label
    contacts.impulse[n, 0], contacts.impulse[n, 1], contacts.impulse[n, 2] = ix, iy, iz
    contacts.point[n, 0], contacts.point[n, 1], contacts.point[n, 2] = px, py, pz
    contacts.count[0] = n + 1
