"""The way ahead as a student is to say it: places a metre apart, and places in time."""

from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from lead.dataset.viewpoint import seen_from

FIRST, SPACING = 2.5, 1.0  # m from the ego to the first place, and from each place to the next
SMOOTHED_FROM = 20  # recorded places that are looked at (spec/tfv6.md, 3.2)
SAME = 1e-6  # m: places nearer than that are one


def spaced_route(route: NDArray[np.floating], count: int) -> NDArray[np.float64]:
    """`count` places (count, 2) m of a way (N, 2 or more), both in the ego frame.

    The first lies 2.5 m from the ego, each other one exactly 1 m from the one before, all on the way; where it ends it is
    continued straight on. An empty way is straight ahead. Source: spec/tfv6.md, 3.2 (route).
    """
    way = np.asarray(route, np.float64)[:SMOOTHED_FROM, :2]
    if len(way):
        way = way[np.concatenate([[True], np.linalg.norm(np.diff(way, axis=0), axis=1) > SAME])]
    if len(way) < 2:
        start = way[0] if len(way) else np.array([FIRST, 0.0])
        way = np.stack([start, start + (SPACING, 0.0)])
    last = way[-1] - way[-2]
    beyond = way[-1] + last / np.linalg.norm(last) * (FIRST + SPACING * (count + 1))
    points = [*way.tolist(), beyond.tolist()]
    places, here, segment = [], (0.0, 0.0), 0
    for k in range(count):
        here, segment = _next_place(points, segment, here, FIRST if k == 0 else SPACING)
        places.append(here)
    return np.array(places)


def _next_place(
    way: list[list[float]], segment: int, centre: tuple[float, float], radius: float
) -> tuple[tuple[float, float], int]:
    """Where the way leaves a circle from some segment on, and in which segment.

    A way that begins outside is gone to in a straight line.
    """
    x, y = way[segment][0] - centre[0], way[segment][1] - centre[1]
    if segment == 0 and hypot(x, y) > radius:
        return (centre[0] + x / hypot(x, y) * radius, centre[1] + y / hypot(x, y) * radius), 0
    for k in range(segment, len(way) - 1):
        x, y = way[k][0] - centre[0], way[k][1] - centre[1]
        if hypot(way[k + 1][0] - centre[0], way[k + 1][1] - centre[1]) < radius:
            continue
        dx, dy = way[k + 1][0] - way[k][0], way[k + 1][1] - way[k][1]
        a, b, c = dx * dx + dy * dy, x * dx + y * dy, x * x + y * y - radius * radius
        share = (sqrt(max(0.0, b * b - a * c)) - b) / a
        return (way[k][0] + share * dx, way[k][1] + share * dy), k
    raise AssertionError("the way goes on beyond all circles")


def steps_between(
    poses: NDArray[np.float64], origin: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (N, 2) m and headings (N,) rad, from -pi on, of world poses (N, 6) in the frame of a pose (6,)."""
    places = seen_from(poses[:, :3], origin)[:, :2]
    headings = (poses[:, 4] - origin[4] + np.pi) % (2.0 * np.pi) - np.pi
    return places, headings
