"""A moment of a recorded drive as a scene to score plans in: what stands and moves around it, the map, the lights."""

import numpy as np
import shapely
from numpy.typing import NDArray

from lead.dataset.frame import Boxes, Track
from lead.dataset.header import RouteHeader
from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from lead.dataset.route_file import RouteFile
from lead.realworld.navsim.motion import STEPS, StateIndex, Vehicle
from lead.realworld.navsim.scene import Areas, Layer, ObjectKind, Scene, Tracks
from lead.realworld.simulated import REAR_AXLE, TICKS, rear_axle_pose
from lead.realworld.standins.drives import Motion
from lead.realworld.standins.lanes import STOP_LINE, LaneMap, centre_line, lanes_driven, on_route
from lead.roads.town import Town

HISTORY, FUTURE, OBSERVED = 6, 20, 51  # frames before and after a scene's; steps of the others' tracks
FRAME_TICKS = 5  # ticks from frame to frame
RADIUS = 100.0  # m of map around the ego
WHEEL_BASE = 2.86  # m, of the vehicle that is driven
SLOWEST = 0.5  # m/s, below which no steering angle can be told from the motion
KINDS = {
    BoxKind.VEHICLE: ObjectKind.VEHICLE, BoxKind.PARKED: ObjectKind.VEHICLE, BoxKind.BICYCLE: ObjectKind.BICYCLE,
    BoxKind.WALKER: ObjectKind.PEDESTRIAN, BoxKind.OBSTACLE: ObjectKind.GENERIC_OBJECT,
}  # fmt: skip
"""What boxes are in NAVSIM; lights and stop signs are none of its objects."""


def scene(route: RouteFile, motion: Motion, row: int, town: Town, areas: LaneMap) -> Scene:
    """The scene at a row of a drive with 6 frames before and 20 after it."""
    poses, _ = route.ego_poses(range(len(route)))
    rows, centres = lanes_driven(town.network, np.array([rear_axle_pose(pose) for pose in poses]))
    near = areas.near(motion.pose[row, :2], RADIUS)
    driven = on_route(town.network, areas, rows.tolist())[near]
    plan = motion.seen_from(row)
    return Scene(
        areas=Areas(areas.polygon[near], areas.layer[near], driven, _red(route, row, areas, near, driven)),
        tracks=tracks(route, row),
        centerline=centre_line(centres[rows >= 0] if (rows >= 0).any() else motion.pose[:, :2]),
        ego=state(motion, row),
        reference=_every_tenth(route, row),
        start_us=int(motion.tick[row]) * 1_000_000 // TICKS,
        history=np.array([state(motion, k) for k in range(row - HISTORY, row + 1, 2)]),
        human_plan=plan[row + 2 : row + 18 : 2],
        vehicle=vehicle_of(route.header),
    )


def state(motion: Motion, row: int) -> NDArray[np.float64]:
    """The ego's state (11,) of a frame."""
    values = np.zeros(len(StateIndex))
    velocity = motion.turned(motion.velocity[row : row + 1], row)[0]
    values[: StateIndex.VELOCITY_X] = motion.pose[row]
    values[StateIndex.VELOCITY_X] = velocity[0]
    acceleration = motion.turned(motion.acceleration[row : row + 1], row)[0]
    values[StateIndex.ACCELERATION_X : StateIndex.ACCELERATION_Y + 1] = acceleration
    rate = motion.yaw_rate[row]
    values[StateIndex.ANGULAR_VELOCITY] = rate
    values[StateIndex.STEERING_ANGLE] = np.arctan(WHEEL_BASE * rate / velocity[0]) if velocity[0] > SLOWEST else 0.0
    return values


def vehicle_of(header: RouteHeader) -> Vehicle:
    """Sizes of the vehicle that was driven, about its rear axle."""
    front, rear = header.ego_centre[0] + header.ego_extent[0] + REAR_AXLE, header.ego_extent[0] - header.ego_centre[0]
    return Vehicle(2.0 * header.ego_extent[1], front, rear - REAR_AXLE, WHEEL_BASE)


def tracks(route: RouteFile, row: int) -> Tracks:
    """Everything with a box in the 5 s to come, each 0.1 s: between the frames, which are 0.25 s apart, interpolated."""
    frames = [route.part(k, Boxes, "boxes") for k in range(row, row + FUTURE + 1)]
    seen: dict[int, list[tuple[int, Boxes, int]]] = {}
    for number, boxes in enumerate(frames):
        for k in np.flatnonzero(np.isin(boxes.kind, list(KINDS))):
            seen.setdefault(int(boxes.id[k]), []).append((number, boxes, int(k)))
    told = [_track(rows) for rows in seen.values()]
    count = len(told)
    arrays = [np.array([each[n] for each in told]) for n in range(5)]
    return Tracks(
        kind=arrays[0].astype(np.int8).reshape(count),
        size=arrays[1].reshape(count, 2),
        pose=arrays[2].reshape(count, OBSERVED, 3),
        velocity=arrays[3].reshape(count, OBSERVED, 2),
        visible=arrays[4].astype(bool).reshape(count, OBSERVED),
    )


def _track(rows: list[tuple[int, Boxes, int]]) -> tuple[ObjectKind, NDArray, NDArray, NDArray, NDArray]:
    """Kind, size (2,), poses (OBSERVED, 3), velocities (OBSERVED, 2) and whether it is there (OBSERVED,)."""
    _, first, at = rows[0]
    known = np.array([number for number, _, _ in rows]) * FRAME_TICKS / TICKS
    pose = np.array([_box_pose(boxes, k) for _, boxes, k in rows])
    velocity = np.array([boxes.velocity[k, :2] for _, boxes, k in rows], np.float64) * (1.0, -1.0)
    times = 0.1 * np.arange(OBSERVED)
    columns = (pose[:, 0], pose[:, 1], np.unwrap(pose[:, 2]), velocity[:, 0], velocity[:, 1])
    x, y, heading, along, aside = (np.interp(times, known, column) for column in columns)
    there = (times >= known[0] - 1e-9) & (times <= known[-1] + 1e-9)
    size = 2.0 * np.asarray(first.extent[at, :2], np.float64)
    return KINDS[BoxKind(first.kind[at])], size, np.stack([x, y, heading], 1), np.stack([along, aside], 1), there


def _box_pose(boxes: Boxes, k: int) -> NDArray[np.float64]:
    """x, y, heading (ISO, world) of a box's middle."""
    x, y, yaw = boxes.pose[k, 0], boxes.pose[k, 1], boxes.pose[k, 4]
    c, s = np.cos(yaw), np.sin(yaw)
    dx, dy = boxes.centre[k, 0], boxes.centre[k, 1]
    return np.array([x + c * dx - s * dy, -(y + s * dx + c * dy), -yaw])


def _every_tenth(route: RouteFile, row: int) -> NDArray[np.float64]:
    """Poses (41, 3) of the rear axle that was driven, each 0.1 s from a frame on, from its every tick."""
    parts = [route.part(k, Track, "track") for k in range(row, min(row + 2 + STEPS * 2 // FRAME_TICKS, len(route)))]
    ticks = np.concatenate([part.tick for part in parts])
    poses = np.concatenate([part.pose for part in parts])
    start = int(route.ego_poses([row])[1][0])
    found = [int(np.flatnonzero(ticks == start + 2 * k)[0]) for k in range(STEPS + 1)]
    at = np.array([rear_axle_pose(poses[k]) for k in found])
    return np.column_stack([at[:, 0], -at[:, 1], -at[:, 4]])


def _red(
    route: RouteFile, row: int, areas: LaneMap, near: NDArray[np.int64], driven: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which polygons (41, M) are connectors of the route behind a red light, by the frame before each step."""
    connectors = np.flatnonzero((areas.layer[near] == Layer.LANE_CONNECTOR) & driven)
    red = np.zeros((STEPS + 1, len(near)), bool)
    for step in range(STEPS + 1):
        boxes = route.part(row + step * 2 // FRAME_TICKS, Boxes, "boxes")
        stops = (
            (boxes.kind == BoxKind.LIGHT) & (boxes.state == LightState.RED) & (boxes.flags & BoxFlag.AFFECTS_EGO > 0)
        )
        for k in np.flatnonzero(stops):
            line = shapely.Point(_box_pose(boxes, int(k))[:2])
            red[step, connectors] |= shapely.distance(areas.polygon[near[connectors]], line) < STOP_LINE
    return red
