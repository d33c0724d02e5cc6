"""Which light governs a vehicle and which speed limit holds for it: asked of the lane under its front bumper."""

from math import cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import PoseIndex, wrap_angle
from lead.roads.locate import nearest_sample
from lead.roads.network import RoadNetwork
from lead.simulator.actors import LightState, Motion
from lead.simulator.drivetrain import GRAVITY
from lead.simulator.table import Columns

DRIVABLE = (1 << 1) | (1 << 6)  # LaneKind DRIVING and BIDIRECTIONAL as bits
REACH = 4.0  # m from a lane's centre line; farther out a vehicle is off the road
LINE_SETBACK = 2.0  # m from the end of a lane back to where clients find the stop line
STOP_ZONE = 6.0  # m before the stop line where a light governs every front bumper, as CARLA's trigger volumes do
CALM_BRAKING = 4.5  # m/s2 on the level; a faster vehicle is governed from where it must brake this hard
LEAST_BRAKING = 1.5  # m/s2, on the steepest ways down
STANDING = 0.5  # m/s; a vehicle that stopped short of the stop zone is released and may draw up
MOVED = 0.5  # m of movement after which the lane is looked up again
TURNED = 0.1  # rad


@leaf
def regulate(
    columns: Columns, rows: NDArray[np.int64], network: RoadNetwork, sample_light: NDArray[np.int32],
    sample_stop: NDArray[np.float32], sample_limit: NDArray[np.float32], signal_actor: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Update speed limit, governing light and its state for the vehicles in `rows`; off the road the limit stays.

    A light governs from 6 m before its stop line, and earlier a vehicle that needs longer to stop calmly: with a fixed
    zone TrafficManager, which brakes only once it is governed, would run the light from 30 km/h.
    On the tick on which the light leaves green, vehicles that can still stop are governed by none: TrafficManager goes
    by a green it has seen for as long as the vehicle is governed, and would lead a queue held up at green over red.
    """
    for n in range(rows.shape[0]):
        row = rows[n]
        pose, motion = columns.pose[row], columns.motion[row]
        reach = columns.extent[row, 0] + columns.centre[row, 0]
        x, y = pose[0] + reach * cos(pose[PoseIndex.YAW]), pose[1] + reach * sin(pose[PoseIndex.YAW])
        moved = hypot(x - motion[Motion.SEEN_X], y - motion[Motion.SEEN_Y]) > MOVED
        if moved or abs(wrap_angle(pose[PoseIndex.YAW] - motion[Motion.SEEN_YAW])) > TURNED:
            found = nearest_sample(network, x, y, pose[2], pose[PoseIndex.YAW], DRIVABLE, REACH)
            sample = found[1] if found[0] >= 0 else -1
            columns.sample[row] = sample
            motion[Motion.SEEN_X], motion[Motion.SEEN_Y], motion[Motion.SEEN_YAW] = x, y, pose[PoseIndex.YAW]
            if sample >= 0 and sample_limit[sample] > 0.0:
                columns.speed_limit[row] = sample_limit[sample]
        sample = columns.sample[row]
        light = sample_light[sample] if sample >= 0 else -1
        if light >= 0:
            speed = hypot(columns.velocity[row, 0], columns.velocity[row, 1])
            yaw, middle = network.samples.yaw[sample], network.samples.centre[sample]
            past = (x - middle[0]) * cos(yaw) + (y - middle[1]) * sin(yaw)
            left = sample_stop[sample] - past - LINE_SETBACK
            braking = max(LEAST_BRAKING, CALM_BRAKING + GRAVITY * sin(pose[3]))
            needed = 0.5 * speed * speed / braking
            too_far = left > max(STOP_ZONE, 1.0 + needed)
            governed = columns.governing_light[row] == signal_actor[light]
            if speed > STANDING and governed:
                too_far = False  # braking must not release it
            # signals are the first rows of the table
            changed = columns.light_state[row] == LightState.GREEN and columns.light_state[light] != LightState.GREEN
            if governed and changed and left > needed:
                too_far = True
            wrong_way = abs(wrap_angle(yaw - pose[PoseIndex.YAW])) > 0.5 * pi
            if too_far or wrong_way:
                light = -1
        if light >= 0:
            columns.governing_light[row] = signal_actor[light]
            columns.light_state[row] = columns.light_state[light]
        else:
            columns.governing_light[row] = 0
            columns.light_state[row] = LightState.GREEN
