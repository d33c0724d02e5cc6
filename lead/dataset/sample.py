"""One sample for a trainer: what a student's sensors have, and what is true, in the frame of the view that it sees."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.bev_grid import CARLA, BevWindow
from lead.dataset.bev_map import bev_map
from lead.dataset.box_labels import BoxLabels, LabelSettings, box_labels, seen_boxes
from lead.dataset.codecs import decode_depth, decode_rgb, decode_semantics, planes
from lead.dataset.lidar_raster import count_raster
from lead.dataset.radar_table import radar_table
from lead.dataset.recording import Recording, Seen
from lead.dataset.target_points import told_points
from lead.dataset.viewpoint import moved_by, seen_from, seen_from_above, view_pose
from lead.dataset.way_labels import spaced_route, steps_between
from lead.scenarios.lane_graph import Command

COMMANDS = tuple(command for command in Command if command is not Command.VOID)
"""Commands by the index that a student is told."""


@dataclass(frozen=True)
class SampleSettings:
    """What a sample holds.

    Attributes:
        window: the student's bird's-eye view.
        waypoints, waypoint_ticks: how many, and ticks (0.05 s) from each to the next.
        route_points: how many, 1 m apart.
        pop_distance: m, of the target points; one of the header's.
        noisy_points: whether the target points are those of a student that knows its place by GNSS alone.
        radars, radar_rows: size of the radar table.
        cloud, semantics, depth, bev, boxes: whether these are made; the rest always is.
        labels: which boxes are labels.
    """

    window: BevWindow = CARLA
    waypoints: int = 8
    waypoint_ticks: int = 5
    route_points: int = 10
    pop_distance: float = 3.25
    noisy_points: bool = False
    radars: int = 4
    radar_rows: int = 75
    cloud: bool = True
    semantics: bool = True
    depth: bool = True
    bev: bool = True
    boxes: bool = True
    labels: LabelSettings = field(default_factory=LabelSettings)


@dataclass(frozen=True)
class Sample:
    """Frame: x forward, y right, z up from the ground under the view's pose; m, rad, m/s. None is what was not asked for.

    Inputs come first, then labels, then where it is from.
    """

    rgb: NDArray[np.uint8]  # (3, H, W), the cameras side by side
    lidar: NDArray[np.uint8] | None  # (rows, columns) points per pixel, at most 5: the model gets a fifth of it
    radar: NDArray[np.float32]  # (radars * radar_rows, 5) x, y, z, v, number of the radar
    speed: float  # m/s
    acceleration: float  # m/s2 forwards
    command: int  # index in COMMANDS
    target_points: NDArray[np.float32]  # (3, 2) previous, current, next

    route: NDArray[np.float32]  # (route_points, 2)
    waypoints: NDArray[np.float32]  # (waypoints, 2)
    headings: NDArray[np.float32]  # (waypoints,) rad
    waypoints_valid: NDArray[np.bool_]  # (waypoints,) whether the drive lasted so long
    expert_drove: NDArray[np.bool_]  # (waypoints,) whether no learner had the wheel from here to there
    target_speed: float  # m/s
    brake: bool  # whether the expert brakes
    semantics: NDArray[np.uint8] | None  # (H, W) lead.dataset.kinds.Semantic
    depth: NDArray[np.float32] | None  # (H/4, W/4) m
    bev: NDArray[np.uint8] | None  # (rows, columns) lead.dataset.bev_map.BevClass
    boxes: BoxLabels | None

    recording: str  # folder
    row: int  # of the frame in it
    town: str
    perturbed: bool  # seen by the moved copy of the rig


Roads = Callable[[Recording, NDArray[np.float64], BevWindow], NDArray[np.uint8]]
"""From a recording, a view's world pose (6,) and a window to the roads in it (lead.dataset.roads_below)."""


def make_sample(
    recording: Recording,
    row: int,
    perturbed: bool,
    settings: SampleSettings,
    roads: Roads | None = None,
    change: Callable[[NDArray[np.uint8]], NDArray[np.uint8]] | None = None,
) -> Sample:
    """The sample of a frame. `roads` are needed for the bird's-eye map; `change` may alter the picture (H, W, 3).

    Raises InputError if the recording has not what the settings ask for.
    """
    header = recording.header
    frame = recording.seen(row, perturbed, settings.cloud)
    view = frame.view
    moved = moved_by(perturbed, header, frame.moved)
    pose = view_pose(frame.ego.pose, moved)
    asked = {"rgb": True, "semantics": settings.semantics, "depth": settings.depth}
    missing = [name for name, needed in asked.items() if needed and getattr(view, name) is None]
    if settings.cloud and frame.cloud is None:
        missing.append("cloud")
    if missing:
        raise InputError(f"frame {row} of {recording.path} has no {', '.join(missing)}; leave them out in the settings")
    points, command = _told(recording, frame, pose, settings)
    waypoints, headings, valid, own = _waypoints(recording, row, frame.tick, pose, settings)
    window, places = settings.window, seen_from(frame.intent.route, pose)
    seen = seen_boxes(frame.boxes, frame.surroundings, pose, settings.labels)
    picture = decode_rgb(view.rgb)
    bev = None
    if settings.bev:
        if roads is None:
            raise InputError("a bird's-eye map needs roads; pass them, or leave `bev` out in the settings")
        bev = bev_map(roads(recording, pose, window), seen, frame.surroundings, window)
    return Sample(
        rgb=planes(picture if change is None else change(picture)),
        lidar=count_raster(frame.cloud, window, moved) if settings.cloud else None,
        radar=radar_table(view, settings.radars, settings.radar_rows, window),
        speed=frame.ego.speed,
        acceleration=_forward(frame),
        command=command,
        target_points=points.astype(np.float32),
        route=spaced_route(places, settings.route_points).astype(np.float32),
        waypoints=waypoints.astype(np.float32),
        headings=headings.astype(np.float32),
        waypoints_valid=valid,
        expert_drove=own,
        target_speed=frame.target_speed,
        brake=bool(frame.ego.control[2] > 0.0),
        semantics=decode_semantics(view.semantics) if settings.semantics else None,
        depth=decode_depth(view.depth) if settings.depth else None,
        bev=bev,
        boxes=box_labels(seen, window, settings.labels) if settings.boxes else None,
        recording=str(recording.path),
        row=row,
        town=header.town,
        perturbed=perturbed,
    )


def _told(
    recording: Recording, frame: Seen, pose: NDArray[np.float64], settings: SampleSettings
) -> tuple[NDArray[np.float64], int]:
    """Target points (3, 2) m in the view's frame and the command's index."""
    header = recording.header
    if settings.pop_distance not in header.pop_distances:
        raise InputError(f"found pop distance {settings.pop_distance}; {recording.path} has {header.pop_distances}")
    which = header.pop_distances.index(settings.pop_distance)
    reached = (frame.intent.reached_gnss if settings.noisy_points else frame.intent.reached)[which]
    points, commands = told_points(header.plan.points, header.plan.commands, int(reached))
    if settings.noisy_points:
        points = points + frame.ego.pose[:2] - frame.position
    return seen_from_above(points, pose), command_index(int(commands[0]))


def command_index(command: int) -> int:
    """Place in COMMANDS of a plan's command; what is none of them counts as following the lane."""
    return COMMANDS.index(Command(command) if command in COMMANDS else Command.LANE_FOLLOW)


def _waypoints(
    recording: Recording, row: int, tick: int, pose: NDArray[np.float64], settings: SampleSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the ego is in the ticks to come: places (W, 2), headings (W,), whether it was still driving (W,), and whether
    the expert alone drove it there (W,).

    Raises InputError if the frames are farther apart than the waypoints.
    """
    step, rest = divmod(settings.waypoint_ticks, recording.header.ticks_per_frame)
    if rest or not step:
        raise InputError(
            f"found waypoints every {settings.waypoint_ticks} ticks; the frames of {recording.path} are "
            f"{recording.header.ticks_per_frame} ticks apart: ask for a multiple of that"
        )
    wanted = row + step * np.arange(1, settings.waypoints + 1)
    poses, ticks = recording.ego_poses([min(int(k), len(recording) - 1) for k in wanted])
    valid = ticks == tick + settings.waypoint_ticks * np.arange(1, settings.waypoints + 1)
    ahead = [min(k, len(recording) - 1) for k in range(row + 1, int(wanted[-1]) + 1)]
    own = ~np.logical_or.accumulate(recording.learner_drove(ahead))[step - 1 :: step]
    return *steps_between(poses, pose), valid, own


def _forward(frame: Seen) -> float:
    yaw = frame.ego.pose[4]
    return float(frame.ego.acceleration[0] * np.cos(yaw) + frame.ego.acceleration[1] * np.sin(yaw))
