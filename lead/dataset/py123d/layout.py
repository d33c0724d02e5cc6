"""Where things stand in a py123d log, and its frames.

A log is a folder `SPLIT/NAME` with an Arrow IPC file per modality, rows by time, and `sync.arrow`, whose rows say which
row of each modality belongs to one moment. Every file's schema has a MessagePack dictionary under the key `metadata`.

World and ego are ISO 8855 there: x forward, y left, z up, so y and the turns about x and z change their sign against
ours. The ego's pose is that of its rear axle; camera frames are x right, y down, z forward. Time is whole microseconds.
Source: the writer of py123d 0.7.0.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import msgpack
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lead.dataset.header import RouteHeader, Vector
from lead.geometry.poses import angles_of, rotation_matrix

VERSION = "0.7.0"
NAMESPACE = uuid.UUID("123d123d-123d-123d-123d-123d123d123d")
METADATA = b"metadata"
TICK_US = 50_000  # microseconds

SYNC, EGO, BOXES, LIDAR, CAMERA = "sync", "ego_state_se3", "box_detections_se3", "lidar.lidar_merged", "camera"
LABELS = "py123d.datatypes.detections.box_detection_label.DefaultBoxDetectionLabel"
VEHICLE, TWO_WHEELER, PERSON, CONE, BARRIER, OBJECT = 1, 3, 4, 7, 9, 10
"""Of those labels the ones that we have things for."""

CAMERA_IDS = {
    "pcam_f0": 0,
    "pcam_b0": 1,
    "pcam_l0": 2,
    "pcam_l1": 3,
    "pcam_l2": 4,
    "pcam_r0": 5,
    "pcam_r1": 6,
    "pcam_r2": 7,
}
LIDAR_TOP = 2

AXLE_TO_CENTRE, WHEEL_BASE = (1.64855, 0.38579), 2.86048  # m forwards and up, m: CARLA's Lincoln MKZ 2020
MIRROR = np.diag([1.0, -1.0, 1.0])
OPTICAL = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""Columns are a camera's right, down and forward in its own ISO frame."""


def iso_pose(pose: NDArray[np.float64], optical: bool = False) -> NDArray[np.float64]:
    """Our pose (6,) as x, y, z and quaternion w, x, y, z (7,); of a camera with its optical axes if asked for."""
    turn = MIRROR @ rotation_matrix(*pose[3:].tolist()) @ MIRROR
    if optical:
        turn = turn @ OPTICAL
    x, y, z, w = Rotation.from_matrix(turn).as_quat(canonical=True).tolist()
    return np.array([pose[0], -pose[1], pose[2], w, x, y, z])


def own_pose(pose: NDArray[np.float64], optical: bool = False) -> NDArray[np.float64]:
    """Inverts `iso_pose`."""
    w, x, y, z = pose[3:7].tolist()
    turn = Rotation.from_quat([x, y, z, w]).as_matrix()
    if optical:
        turn = turn @ OPTICAL.T
    return np.array([pose[0], -pose[1], pose[2], *angles_of(np.ascontiguousarray(MIRROR @ turn @ MIRROR))])


def mirrored(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Vectors (..., 3) of one frame in the other."""
    return np.asarray(vectors, np.float64) * (1.0, -1.0, 1.0)


def rear_axle(centre: Vector) -> NDArray[np.float64]:
    """The rear axle's pose (6,) in our ego frame, when the middle of the ego's box is at `centre` (m)."""
    return np.array([centre[0] - AXLE_TO_CENTRE[0], centre[1], centre[2] - AXLE_TO_CENTRE[1], 0.0, 0.0, 0.0])


def described(fields: Mapping[str, pa.DataType], key: str, metadata: Mapping[str, Any]) -> pa.Schema:
    """The schema of a modality's file: its time first, then the fields, all named after its key."""
    columns = {"timestamp_us": pa.int64(), **fields}
    named = [(f"{key}.{name}", kind) for name, kind in columns.items()]
    return pa.schema(named, {METADATA: msgpack.packb(dict(metadata), use_bin_type=True)})


def ego_fields() -> dict[str, pa.DataType]:
    """Pose and x, y, z of velocity, acceleration and turning rate in the ego's frame."""
    return {"imu_se3": pa.list_(pa.float64(), 7), "dynamic_state_se3": pa.list_(pa.float64(), 9)}


def box_fields() -> dict[str, pa.DataType]:
    """World pose with length, width, height; velocity in the world."""
    return {
        "bounding_box_se3": pa.list_(pa.list_(pa.float64(), 10)), "track_token": pa.list_(pa.string()),
        "label": pa.list_(pa.uint16()), "velocity_3d": pa.list_(pa.list_(pa.float64(), 3)),
        "num_lidar_points": pa.list_(pa.int32()),
    }  # fmt: skip


def camera_fields() -> dict[str, pa.DataType]:
    """An encoded picture and the camera's world pose."""
    return {
        "data": pa.binary(), "camera_to_global_se3": pa.list_(pa.float64(), 7), "exposure_factor": pa.float32(),
    }  # fmt: skip


def lidar_fields() -> dict[str, pa.DataType]:
    """Points as an Arrow IPC stream of columns x, y, z and features, in the rear axle's frame."""
    return {"end_timestamp_us": pa.int64(), "data": pa.binary()}


def ego_metadata(header: RouteHeader) -> dict[str, Any]:
    """The vehicle's sizes."""
    length, width, height = (2.0 * half for half in header.ego_extent)
    return {
        "vehicle_name": header.ego_type, "width": width, "length": length, "height": height, "wheel_base": WHEEL_BASE,
        "center_to_imu_se3": [AXLE_TO_CENTRE[0], 0.0, AXLE_TO_CENTRE[1], 1.0, 0.0, 0.0, 0.0],
        "rear_axle_to_imu_se3": [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
    }  # fmt: skip


def camera_keys(yaws: NDArray[np.float64]) -> list[str]:
    """Their names for cameras that look along yaws (rad, clockwise) from the ego.

    One looks to the front, perhaps one to the rear; on each side they count from the front.
    """
    turn = np.abs((yaws + np.pi) % (2.0 * np.pi) - np.pi)
    names = [""] * len(yaws)
    names[int(turn.argmin())] = "pcam_f0"
    if turn.max() > np.radians(150.0):
        names[int(turn.argmax())] = "pcam_b0"
    for side, chosen in (("l", yaws < 0.0), ("r", yaws >= 0.0)):
        rest = [n for n in np.argsort(turn, kind="stable") if chosen[n] and not names[n]]
        for place, n in enumerate(rest):
            names[n] = f"pcam_{side}{place}"
    return names
