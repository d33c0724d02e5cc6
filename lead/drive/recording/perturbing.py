"""How far the copy of a rig is moved: drawn once per route, or anew for each frame. Source: spec/lead-expert-and-data.md, 3.3."""

from collections.abc import Sequence

import numpy as np

from lead.dataset.header import Perturbation

MOST, LEAST = 1.0, 0.1  # m of shift
NARROWEST = 2.75  # m, least width of a lane that is taken for true
SLOW = 15.0  # m/s, limit below which roads are narrow
GAP, GAP_SLOW = 0.25, 0.40  # m left to the lane's edge
TURNS = (-12.5, -5.0, 5.0, 12.5)  # degrees: bounds at full shift to one side and to the other
LEAST_TURN = 0.5  # degrees


def draw_perturbation(
    random: np.random.Generator, lane_widths: Sequence[float], ego_half_width: float, highest_limit: float
) -> Perturbation:
    """A shift and a turn that leave the copy on the narrowest lane (m; outside junctions) of a route.

    `highest_limit` is the route's, m/s. The copy is turned mostly back towards where it was shifted from.
    """
    narrowest = max(min(lane_widths, default=NARROWEST), NARROWEST)
    gap = GAP_SLOW if highest_limit < SLOW else GAP
    most = min(MOST, max(LEAST, 0.5 * narrowest - 0.5 * ego_half_width - gap))
    shift = float(random.choice((-1.0, 1.0)) * random.uniform(LEAST, most))
    low = most * float(np.interp(shift, (-1.0, 1.0), (TURNS[1], TURNS[0])))
    high = most * float(np.interp(shift, (-1.0, 1.0), (TURNS[3], TURNS[2])))
    turn = 0.0
    while abs(turn) < LEAST_TURN:
        turn = random.uniform(low, high)
    return Perturbation(shift, float(np.radians(turn)))
