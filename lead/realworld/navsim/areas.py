"""Where on the map each step of a plan is, and what follows: DAC, DDC, TLC, LK and the metres of progress.

Being in a polygon is strict: a point on its border is outside; touching a red connector is enough.
Source: spec/benchmarks.md, 5.2, and fixtures (points 2, 6, 8 and 9).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from lead.realworld.navsim.motion import POINT, STEPS, Array, Motion
from lead.realworld.navsim.scene import Areas

Flags = NDArray[np.bool_]

ON_TIME, OFTEN_OFF = 2.0, 6.0  # m against the traffic within a second from which the score is 0.5, and 0
DIRECTION_STEPS = 11  # that are summed up: the current one and the ten before
OFF_CENTRE = 0.5  # m from the centre line of the route
OFF_CENTRE_STEPS = 20  # in a row, that fail lane keeping


@dataclass(frozen=True)
class Whereabouts:
    """P proposals at T steps; each array (P, T)."""

    multiple_lanes: Flags  # corners in several lanes, and no lane holds all four
    non_drivable: Flags  # a corner is in no drivable polygon
    oncoming: Flags  # the centre is in no lane or connector of the route; the heading plays no role
    centre_on_intersection: Flags
    rear_axle_on_intersection: Flags

    @property
    def unsafe(self) -> Flags:
        """(P, T) where the ego answers for more kinds of contact."""
        return self.multiple_lanes | self.non_drivable


def whereabouts(motion: Motion, areas: Areas) -> Whereabouts:
    """Locate corners, centre and rear axle of every step in the map polygons."""
    proposals, steps = motion.states.shape[:2]
    centre, rear_axle = motion.centre[:, :, None, :2], motion.states[:, :, None, POINT]
    points = np.concatenate([motion.corners, centre, rear_axle], axis=2).reshape(-1, 2)
    held = shapely.contains_xy(areas.polygon[:, None], points[:, 0], points[:, 1])
    held = held.reshape(len(areas.polygon), proposals, steps, 6)  # 4 corners, centre, rear axle

    in_lane = np.sum(held[areas.is_lane, :, :, :4], axis=3)
    in_drivable = np.any(held[areas.is_drivable, :, :, :4], axis=0)
    on_intersection = np.any(held[areas.is_intersection], axis=0)
    return Whereabouts(
        multiple_lanes=(np.sum(in_lane > 0, axis=0) > 1) & np.all(in_lane != 4, axis=0),
        non_drivable=~np.all(in_drivable, axis=2),
        oncoming=~np.any(held[areas.on_route, :, :, 4], axis=0),
        centre_on_intersection=on_intersection[:, :, 4],
        rear_axle_on_intersection=on_intersection[:, :, 5],
    )


def drivable_area_compliance(where: Whereabouts) -> Array:
    """DAC (P,): 0 where any step is off the drivable area, else 1."""
    return 1.0 - np.any(where.non_drivable, axis=1)


def driving_direction_compliance(motion: Motion, against: Flags) -> Array:
    """DDC (P,) from the steps (P, T) that count as against the traffic: by the way driven on them within a second."""
    centre = motion.centre[..., :2]
    way = np.zeros(against.shape)
    way[:, 1:] = np.linalg.norm(np.diff(centre, axis=1), axis=2)
    way[~against] = 0.0
    padded = np.concatenate([np.zeros((len(way), DIRECTION_STEPS - 1)), way], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, DIRECTION_STEPS, axis=1)
    most = np.max(np.sum(windows, axis=2), axis=1)
    return np.select([most < ON_TIME, most < OFTEN_OFF], [1.0, 0.5], 0.0)


def traffic_light_compliance(motion: Motion, areas: Areas) -> Array:
    """TLC (P,): 0 where the box touches a lane connector of the route at a step at which its light is red."""
    score = np.ones(len(motion.states))
    red = areas.red[: STEPS + 1] & areas.on_route
    steps, polygons = np.nonzero(red)
    if len(steps):
        touches = shapely.intersects(areas.polygon[polygons], motion.outlines(steps))
        score[np.any(touches, axis=1)] = 0.0
    return score


def progress_along(motion: Motion, centerline: shapely.LineString) -> Array:
    """Metres (P,) along the centre line from the first centre to the last, at least 0."""
    ends = shapely.line_locate_point(centerline, shapely.points(motion.centre[:, [0, -1], :2]))
    return np.maximum(ends[:, 1] - ends[:, 0], 0.0)


def lane_keeping(motion: Motion, centerline: shapely.LineString, on_intersection: Flags) -> Array:
    """LK (P,): 0 after 20 steps in a row off the centre line; steps on intersections (P, T) neither count nor reset."""
    off = ~shapely.dwithin(centerline, shapely.points(motion.centre[..., :2]), OFF_CENTRE)
    score = np.ones(len(off))
    for p, (row, skipped) in enumerate(zip(off, on_intersection)):
        counted = row[~skipped]
        fine = np.concatenate([[-1], np.flatnonzero(~counted), [len(counted)]])
        score[p] = float(np.max(np.diff(fine)) <= OFF_CENTRE_STEPS)
    return score
