"""Which light governs a vehicle and which speed limit holds for it: asked of the lane under its front bumper."""

from math import cos, hypot, pi, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import wrap_angle
from lead.roads.locate import nearest_sample
from lead.roads.network import RoadNetwork
from lead.simulator.actors import LightState, Motion
from lead.simulator.table import Columns

DRIVABLE = (1 << 1) | (1 << 6)  # LaneKind DRIVING and BIDIRECTIONAL as bits
REACH = 4.0  # m from a lane's centre line; farther out a vehicle is off the road
MOVED = 0.5  # m of movement after which the lane is looked up again
TURNED = 0.1  # rad


@numba.njit(cache=True)
def regulate(
    columns: Columns, rows: NDArray[np.int64], network: RoadNetwork, sample_light: NDArray[np.int32],
    sample_limit: NDArray[np.float32], signal_actor: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Update speed limit, governing light and its state for the vehicles in `rows`; off the road the limit stays."""
    for n in range(rows.shape[0]):
        row = rows[n]
        pose, motion = columns.pose[row], columns.motion[row]
        reach = columns.extent[row, 0] + columns.centre[row, 0]
        x, y = pose[0] + reach * cos(pose[4]), pose[1] + reach * sin(pose[4])
        moved = hypot(x - motion[Motion.SEEN_X], y - motion[Motion.SEEN_Y]) > MOVED
        if moved or abs(wrap_angle(pose[4] - motion[Motion.SEEN_YAW])) > TURNED:
            found = nearest_sample(network, x, y, pose[2], pose[4], DRIVABLE, REACH)
            sample = found[1] if found[0] >= 0 else -1
            columns.sample[row] = sample
            motion[Motion.SEEN_X], motion[Motion.SEEN_Y], motion[Motion.SEEN_YAW] = x, y, pose[4]
            if sample >= 0 and sample_limit[sample] > 0.0:
                columns.speed_limit[row] = sample_limit[sample]
        sample = columns.sample[row]
        light = sample_light[sample] if sample >= 0 else -1
        if light >= 0:
            wrong_way = abs(wrap_angle(network.samples.yaw[sample] - pose[4])) > 0.5 * pi
            if wrong_way or network.lanes.junction[network.samples.lane[sample]] >= 0:
                light = -1
        if light >= 0:
            columns.governing_light[row] = signal_actor[light]
            columns.light_state[row] = columns.light_state[light]  # signals are the first rows of the table
        else:
            columns.governing_light[row] = 0
            columns.light_state[row] = LightState.GREEN
