"""What a ray meets of the scenery's boxes and the actors' boxes, as fractions of a segment."""

from math import cos, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import slab
from lead.geometry.grid import cells_along
from lead.geometry.poses import PoseIndex, rotation_matrix
from lead.simulator.obstacles import Obstacles
from lead.simulator.table import Columns

Point = NDArray[np.float64]
Hits = tuple[NDArray[np.int64], NDArray[np.float64]]  # (n,) what was met, (n,) at which fraction of the segment


@numba.njit(cache=True)
def obstacles_on_ray(obstacles: Obstacles, start: Point, end: Point) -> Hits:
    """Standing boxes that the segment from start to end (3,) m enters; one in which it starts is not seen."""
    box, fraction = np.empty(8, np.int64), np.empty(8)
    count = 0
    grid, ray = obstacles.grid, end - start
    for cell in cells_along(grid, start, end):
        for place in range(grid.start[cell], grid.start[cell + 1]):
            item = grid.items[place]
            if not obstacles.standing[item]:
                continue
            c, s = cos(obstacles.yaw[item]), sin(obstacles.yaw[item])
            x, y, z = start - obstacles.centre[item]
            enter, leave = slab(
                (c * x + s * y, c * y - s * x, z),
                (c * ray[0] + s * ray[1], c * ray[1] - s * ray[0], ray[2]),
                obstacles.extent[item],
            )
            if not 0.0 <= enter <= min(1.0, leave) or (box[:count] == item).any():
                continue
            if count == box.shape[0]:
                box, fraction = np.concatenate((box, box)), np.concatenate((fraction, fraction))
            box[count], fraction[count] = item, enter
            count += 1
    return box[:count], fraction[:count]


@numba.njit(cache=True)
def bodies_on_ray(columns: Columns, bodies: NDArray[np.int64], start: Point, end: Point, radius: float) -> Hits:
    """Rows of `bodies` whose boxes, grown by `radius` m, meet the segment; fraction below 0 for one in which it starts."""
    row, fraction = np.empty(bodies.shape[0], np.int64), np.empty(bodies.shape[0])
    count = 0
    for body in bodies:
        pose = columns.pose[body]
        turn = rotation_matrix(pose[PoseIndex.PITCH], pose[PoseIndex.YAW], pose[PoseIndex.ROLL])
        from_x, from_y, from_z = -columns.centre[body, 0], -columns.centre[body, 1], -columns.centre[body, 2]
        ray_x, ray_y, ray_z = 0.0, 0.0, 0.0
        for k in range(3):
            offset, way = start[k] - pose[k], end[k] - start[k]
            from_x, from_y, from_z = (
                from_x + turn[k, 0] * offset,
                from_y + turn[k, 1] * offset,
                from_z + turn[k, 2] * offset,
            )
            ray_x, ray_y, ray_z = ray_x + turn[k, 0] * way, ray_y + turn[k, 1] * way, ray_z + turn[k, 2] * way
        enter, leave = slab((from_x, from_y, from_z), (ray_x, ray_y, ray_z), columns.extent[body] + radius)
        if leave >= 0.0 and enter <= min(1.0, leave):
            row[count], fraction[count] = body, enter
            count += 1
    return row[:count], fraction[:count]
