"""What a student's radars are in a sample: a table of fixed size (spec/tfv6.md, 2)."""

import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import BevWindow
from lead.dataset.frame import View


def radar_table(view: View, radars: int, rows: int, window: BevWindow) -> NDArray[np.float32]:
    """Returns (radars * rows, 5): x, y, z (m), v (m/s), number of the radar.

    Of each radar the first `rows` returns that lie in the window; missing rows are zero but for the radar's number, as the
    published weights were trained with.
    """
    table = np.zeros((radars, rows, 5), np.float32)
    table[..., 4] = np.arange(radars)[:, None]
    if view.radar is not None and view.radar_sensor is not None:
        returns = view.radar.astype(np.float32)
        inside = window.holds(returns)
        for number in range(radars):
            mine = returns[inside & (view.radar_sensor == number)][:rows]
            table[number, : len(mine), :4] = mine
    return table.reshape(-1, 5)
