"""Drives recorded with the rig `waymo-3cam` as WOD-E2E: TFRecords of `E2EDFrame`, lists of frames and clusters.

    OUT/train/simulated_training.tfrecord-00000-of-00001      OUT/val/simulated_val.tfrecord-...   rated frames
    OUT/test/simulated_test.tfrecord-...                      the rated frames of val without future and ratings
    OUT/val_sequence_name_to_scenario_cluster.json            OUT/test_sequence_frames_for_submission.json

A frame each half second. The ratings are not people's: the drive itself (9), the same way at 70 % of its pace (6), and
one that drifts 2 m to the left (3).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.dataset.codecs import decode_rgb
from lead.dataset.frame import Intent as Way
from lead.dataset.frame import View
from lead.dataset.route_file import RouteFile
from lead.realworld.label_maps import INTENT_OF_TURN
from lead.realworld.simulated import rear_axle_pose
from lead.realworld.standins.cameras import calibration
from lead.realworld.standins.drives import (
    Motion,
    is_held_out,
    log_name,
    moments,
    open_routes,
    read_motion,
    turn_of_route,
)
from lead.realworld.waymo.frame import FUTURE, PAST, Camera, CameraImage, E2EDFrame, EgoStates
from lead.realworld.waymo.reading import write_frames

RIG = "waymo-3cam"
QUALITY = 90  # of the JPEG of each camera
CAMERAS = {"front_left": Camera.FRONT_LEFT, "front": Camera.FRONT, "front_right": Camera.FRONT_RIGHT}
DRIVE, SLOW, DRIFTING = 9.0, 6.0, 3.0  # ratings
PACE, DRIFT = 0.7, 2.0  # of the slow trajectory; m to the left at 5 s
CLUSTERS: dict[str, str] = {
    "ConstructionObstacle": "construction", "ConstructionObstacleTwoWays": "construction",
    "Accident": "foreign_object", "AccidentTwoWays": "foreign_object", "ParkedObstacle": "foreign_object",
    "ParkedObstacleTwoWays": "foreign_object", "HazardAtSideLane": "cyclist", "HazardAtSideLaneTwoWays": "cyclist",
    "CrossingBicycleFlow": "cyclist", "DynamicObjectCrossing": "pedestrian", "PedestrianCrossing": "pedestrian",
    "ParkingCrossingPedestrian": "pedestrian", "ParkingCutIn": "cut_in", "HighwayCutIn": "cut_in", "StaticCutIn": "cut_in",
    "SequentialLaneChange": "multi_lane", "HighwayExit": "multi_lane", "EnterActorFlow": "multi_lane",
    "YieldToEmergencyVehicle": "special_vehicle", "SignalizedJunctionLeftTurn": "intersection",
    "NonSignalizedJunctionRightTurn": "intersection", "OppositeVehicleRunningRedLight": "intersection",
    "BlockedIntersection": "intersection", "VanillaNonSignalizedTurnEncounterStopsign": "intersection",
}  # fmt: skip
"""The benchmark's clusters by situation; all others are "others"."""
TICKS_PER_STEP = 2  # of a frame's name: tenths of a second


@dataclass(frozen=True)
class Written:
    """Frames of each split."""

    train: int
    val: int
    test: int


def write_waymo(recordings: Path, out: Path, validation: float = 0.3) -> Written:
    """Write the stand-in; `validation` is the share of drives that are rated. Raises InputError on other recordings."""
    routes = list(open_routes(recordings, RIG))
    kept = [route for n, route in enumerate(routes) if not is_held_out(n, routes, validation)]
    held_out = [route for n, route in enumerate(routes) if is_held_out(n, routes, validation)]
    for split in ("train", "val", "test"):
        (out / split).mkdir(parents=True, exist_ok=True)
    train = write_frames(_file(out, "train", "training"), (each for route in kept for each in _frames(route)))
    val = write_frames(_file(out, "val", "val"), (_rated(each) for route in held_out for each in _frames(route)))
    last = [_hidden(list(_frames(route))[-1]) for route in held_out]
    test = write_frames(_file(out, "test", "test"), last)
    clusters = {segment(route): CLUSTERS.get((*route.header.situations, "")[0], "others") for route in held_out}
    (out / "val_sequence_name_to_scenario_cluster.json").write_text(json.dumps(clusters, indent=1) + "\n")
    steps = {frame.segment: f"{frame.step:03d}" for frame in last}
    (out / "test_sequence_frames_for_submission.json").write_text(json.dumps(steps, indent=1) + "\n")
    return Written(train, val, test)


def segment(route: RouteFile) -> str:
    """Name of a drive's segment; it holds no dash."""
    return log_name(route).replace("-", "_")


def frame_of(route: RouteFile, motion: Motion, row: int) -> E2EDFrame:
    """The frame at a row of a drive with 15 frames before and 20 after it."""
    way, view = route.part(row, Way, "intent"), route.part(row, View, "view")
    seen = motion.seen_from(row)
    past, future = slice(row - PAST + 1, row + 1), slice(row + 1, row + 1 + FUTURE)
    carla_pose = rear_axle_pose(route.ego_poses([row])[0][0])
    return E2EDFrame(
        name=f"{segment(route)}-{int(motion.tick[row]) // TICKS_PER_STEP:03d}",
        past=EgoStates(
            position_iso=seen[past, :2],
            velocity_iso=motion.turned(motion.velocity[past], row),
            acceleration_iso=motion.turned(motion.acceleration[past], row),
        ),
        future=EgoStates(seen[future, :2], np.zeros(FUTURE)),
        intent=INTENT_OF_TURN[turn_of_route(way.route, carla_pose)],
        images=tuple(_images(route, view)),
        calibrations=tuple(calibration(camera, CAMERAS[camera.name]) for camera in route.header.rig.cameras),
    )


def _frames(route: RouteFile) -> Iterator[E2EDFrame]:
    motion = read_motion(route)
    return (frame_of(route, motion, row) for row in moments(motion, PAST - 1, FUTURE))


def _images(route: RouteFile, view: View) -> Iterator[CameraImage]:
    picture, column = decode_rgb(view.rgb), 0
    for camera in route.header.rig.cameras:
        part: NDArray[np.uint8] = picture[:, column : column + camera.width, ::-1]
        column += camera.width
        encoded = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
        yield CameraImage(CAMERAS[camera.name], encoded.tobytes())


def _rated(frame: E2EDFrame) -> E2EDFrame:
    way = np.concatenate([np.zeros((1, 2)), frame.future.position_iso])
    times = PACE * np.arange(1, FUTURE + 1)
    slow = np.stack([np.interp(times, np.arange(FUTURE + 1), column) for column in way.T], axis=1)
    drifting = frame.future.position_iso + np.stack([np.zeros(FUTURE), np.linspace(0.0, DRIFT, FUTURE)], axis=1)
    rated = (frame.future.position_iso, DRIVE), (slow, SLOW), (drifting, DRIFTING)
    return replace(frame, preferences=tuple(EgoStates(xy, preference_score=score) for xy, score in rated))


def _hidden(frame: E2EDFrame) -> E2EDFrame:
    return replace(frame, future=EgoStates())


def _file(out: Path, split: str, name: str) -> Path:
    return out / split / f"simulated_{name}.tfrecord-00000-of-00001"
