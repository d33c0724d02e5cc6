"""Where kernels write down the contacts of a step."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf


class ContactBuffer(NamedTuple):
    """Contacts (M at most); a row tells the rows of both parties (-1: static, with its label), impulse on the first, point."""

    count: NDArray[np.int64]  # (1,)
    parties: NDArray[np.int64]  # (M, 3) row, other row or -1, CityObjectLabel
    impulse: NDArray[np.float64]  # (M, 3) N s
    point: NDArray[np.float64]  # (M, 3) m


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
    """Append one contact; what does not fit is dropped (the buffer holds far more than a step can bring)."""
    n = contacts.count[0]
    if n >= contacts.parties.shape[0]:
        return
    contacts.parties[n, 0], contacts.parties[n, 1], contacts.parties[n, 2] = row, other, label
    contacts.impulse[n, 0], contacts.impulse[n, 1], contacts.impulse[n, 2] = ix, iy, iz
    contacts.point[n, 0], contacts.point[n, 1], contacts.point[n, 2] = px, py, pz
    contacts.count[0] = n + 1
