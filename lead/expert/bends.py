"""How fast a bend ahead lets one drive, so that the tyres hold.

Not published: there traffic or the situation always slows the ego before a turn off a fast road.
"""

import numpy as np

from lead.expert.scene import SPACING, Route
from lead.scenarios.plan import CHANGES

LATERAL = 8.0  # m/s^2 that are asked of the tyres in a bend; they have about 10
LEAST = 5.0  # m/s that any bend allows: a kink of the route is none
BRAKING = 4.0  # m/s^2 at which the ego comes down to a bend's speed
LOOK, STEP, WINDOW = 60.0, 1.0, 5.0  # m ahead that are looked at, m between the places, m over which the turning counts


def bend_speed(route: Route, index: int) -> float:
    """The most (m/s) at an index of a route, so that no bend ahead is too fast; infinite where none is near.

    A change of lane is no bend: the ego drives a gentler line than the route's.
    """
    half = round(0.5 * WINDOW / SPACING)
    places = np.arange(index, min(index + round(LOOK / SPACING), len(route) - half), round(STEP / SPACING))
    if not len(places):
        return np.inf
    turned = route.yaw[places + half - 1] - route.yaw[np.maximum(places - half, 0)]
    bent = np.abs(np.arctan2(np.sin(turned), np.cos(turned))) / WINDOW
    first = max(index - half, 0)
    orders = route.command[first : places[-1] + half]
    changes = np.concatenate([[0], np.cumsum((orders == CHANGES[0]) | (orders == CHANGES[1]))])
    bent[changes[places + half - first] > changes[np.maximum(places - half - first, 0)]] = 0.0
    ahead = (places - index) * SPACING
    allowed = np.maximum(LEAST**2, LATERAL / np.maximum(bent, 1e-6))
    return float(np.sqrt((allowed + 2.0 * BRAKING * ahead).min()))
