"""Writes a route as a py123d log: ego (20 Hz), boxes, cameras and LiDAR (4 Hz).

Semantics, depth, radar, the moved copy and what the expert thought have no place there. The cloud is ours: five ticks,
without ground.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.codecs import decode_rgb, encode_rgb
from lead.dataset.frame import LIDAR_PLANE, Boxes, Cloud, Frame
from lead.dataset.header import Mounted, RouteHeader
from lead.dataset.kinds import BoxFlag, BoxKind
from lead.dataset.py123d import layout
from lead.dataset.route_file import RouteFile
from lead.expert.scene import EvidenceIndex
from lead.geometry.poses import compose, to_local, to_world

QUALITY = 95  # of JPEG: the pictures are encoded a second time, for they stand side by side here
LABEL_OF = {
    BoxKind.VEHICLE: layout.VEHICLE, BoxKind.PARKED: layout.VEHICLE, BoxKind.BICYCLE: layout.TWO_WHEELER,
    BoxKind.WALKER: layout.PERSON, BoxKind.OBSTACLE: layout.OBJECT,
}  # fmt: skip
ROWS = 10  # of pictures in one record batch

Columns = dict[str, list[Any]]


def export_route(route: RouteFile, logs: Path, split: str = "carla_train") -> Path:
    """Write a route into `logs / split / NAME` and return that folder. Raises InputError if it is there or has no frames."""
    header, name = route.header, f"{route.header.town}_{route.path.parent.name}"
    folder = logs / split / name
    if (folder / "sync.arrow").exists():
        raise InputError(f"{folder} holds a log already; remove it, or choose another --out")
    if not len(route):
        raise InputError(f"{route.path} has no frames")
    folder.mkdir(parents=True, exist_ok=True)
    cameras = layout.camera_keys(np.array([camera.mount[4] for camera in header.rig.cameras]))
    frames = [route.frame(row) for row in range(len(route))]
    written = {layout.EGO: _write_ego(folder, header, frames), layout.BOXES: _write_boxes(folder, frames)}
    for number, key in enumerate(cameras):
        if frames[0].view.rgb is not None:
            written[f"{layout.CAMERA}.{key}"] = _write_camera(folder, header, frames, number, key)
    if header.rig.lidars:
        written[layout.LIDAR] = _write_lidar(folder, header, frames)
    _write_sync(folder, header, frames, split, name, written)
    return folder


def _write_ego(folder: Path, header: RouteHeader, frames: Sequence[Frame]) -> list[int]:
    """All ticks. Returns which row each frame's is."""
    axle = layout.rear_axle(header.ego_centre)
    tick = np.concatenate([frame.track.tick for frame in frames])
    pose = np.concatenate([frame.track.pose for frame in frames])
    speed = np.concatenate([frame.track.speed for frame in frames]).astype(np.float64)
    yaw = np.unwrap(pose[:, 4])
    seconds = tick * layout.TICK_US * 1e-6
    several = len(tick) > 1
    push = np.gradient(speed, seconds) if several else np.zeros(1)
    turning = np.gradient(yaw, seconds) if several else np.zeros(1)
    state = np.zeros((len(tick), 9))
    state[:, 0], state[:, 3], state[:, 8] = speed, push, -turning
    columns: Columns = {
        "timestamp_us": _microseconds(tick),
        "imu_se3": [layout.iso_pose(compose(np.array(p), axle)).tolist() for p in pose],
        "dynamic_state_se3": state.tolist(),
    }
    _write(folder, layout.EGO, layout.described(layout.ego_fields(), layout.EGO, layout.ego_metadata(header)), columns)
    return np.searchsorted(tick, [frame.tick for frame in frames]).tolist()


def _write_boxes(folder: Path, frames: Sequence[Frame]) -> list[int]:
    columns: Columns = {name: [] for name in ("timestamp_us", *layout.box_fields())}
    for frame in frames:
        boxes = frame.boxes.rows(np.isin(frame.boxes.kind, [int(kind) for kind in LABEL_OF]))
        columns["timestamp_us"] += _microseconds([frame.tick])
        columns["bounding_box_se3"].append([_box(boxes, n) for n in range(len(boxes))])
        columns["track_token"].append([str(number) for number in boxes.id.tolist()])
        columns["label"].append([_label(boxes, n) for n in range(len(boxes))])
        columns["velocity_3d"].append(layout.mirrored(boxes.velocity).tolist())
        columns["num_lidar_points"].append(boxes.evidence[:, EvidenceIndex.LIDAR].tolist())
    metadata = {"box_detection_label_class": layout.LABELS}
    _write(folder, layout.BOXES, layout.described(layout.box_fields(), layout.BOXES, metadata), columns)
    return list(range(len(frames)))


def _box(boxes: Boxes, row: int) -> list[float]:
    pose = np.array(boxes.pose[row])
    middle = to_world(np.asarray(boxes.centre[row : row + 1], np.float64), pose)[0]
    sizes = 2.0 * np.asarray(boxes.extent[row], np.float64)
    return [*layout.iso_pose(np.array([*middle, *pose[3:]])).tolist(), *sizes.tolist()]


def _label(boxes: Boxes, row: int) -> int:
    if boxes.kind[row] == BoxKind.OBSTACLE and boxes.flags[row] & (BoxFlag.CONE | BoxFlag.WARNING_SIGN):
        return layout.CONE if boxes.flags[row] & BoxFlag.CONE else layout.BARRIER
    return LABEL_OF[BoxKind(boxes.kind[row])]


def _write_camera(folder: Path, header: RouteHeader, frames: Sequence[Frame], number: int, name: str) -> list[int]:
    key, camera = f"{layout.CAMERA}.{name}", header.rig.cameras[number]
    left = sum(other.width for other in header.rig.cameras[:number])
    mount, axle = np.array(camera.mount), layout.rear_axle(header.ego_centre)
    columns: Columns = {name: [] for name in ("timestamp_us", *layout.camera_fields())}
    for frame in frames:
        assert frame.view.rgb is not None
        picture = decode_rgb(frame.view.rgb)[:, left : left + camera.width]
        columns["timestamp_us"] += _microseconds([frame.tick])
        columns["data"].append(encode_rgb(np.ascontiguousarray(picture), QUALITY))
        place = compose(np.array(frame.ego.pose), mount)
        columns["camera_to_global_se3"].append(layout.iso_pose(place, optical=True).tolist())
        columns["exposure_factor"].append(None)
    metadata = {
        "camera_model": "pinhole", "camera_name": camera.name, "camera_id": layout.CAMERA_IDS[name],
        "intrinsics": [camera.focal, camera.focal, 0.5 * camera.width, 0.5 * camera.height, 0.0], "distortion": None,
        "width": camera.width, "height": camera.height,
        "camera_to_imu_se3": layout.iso_pose(_from(mount, axle), optical=True).tolist(), "is_undistorted": True,
    }  # fmt: skip
    _write(folder, key, layout.described(layout.camera_fields(), key, metadata), columns)
    return list(range(len(frames)))


def _write_lidar(folder: Path, header: RouteHeader, frames: Sequence[Frame]) -> list[int]:
    axle = layout.rear_axle(header.ego_centre)
    columns: Columns = {name: [] for name in ("timestamp_us", *layout.lidar_fields())}
    for frame in frames:
        (now,) = _microseconds([frame.tick])
        columns["timestamp_us"].append(now)
        columns["end_timestamp_us"].append(now)
        columns["data"].append(None if frame.cloud is None else _points(frame.cloud, axle, now))
    _write(
        folder, layout.LIDAR, layout.described(layout.lidar_fields(), layout.LIDAR, _lidars(header.rig, axle)), columns
    )
    return list(range(len(frames)))


def _lidars(rig: Mounted, axle: NDArray[np.float64]) -> dict[str, Any]:
    place = layout.iso_pose(_from(np.array([*rig.lidars[0][:3], 0.0, 0.0, 0.0]), axle)).tolist()
    told = {
        "lidar_name": "lidar",
        "lidar_id": layout.LIDAR_TOP,
        "lidar_to_imu_se3": place,
        "segmentation_label_class": None,
    }
    return {str(layout.LIDAR_TOP): told}


def _points(cloud: Cloud, axle: NDArray[np.float64], now: int) -> bytes:
    """Points in the rear axle's frame with the number of their LiDAR and their time, as an Arrow IPC stream."""
    places = layout.mirrored(cloud.points + (0.0, 0.0, LIDAR_PLANE) - axle[:3]).astype(np.float32)
    batch = pa.RecordBatch.from_pydict({
        "x": places[:, 0], "y": places[:, 1], "z": places[:, 2], "ids": np.full(len(places), layout.LIDAR_TOP, np.uint8),
        "timestamps": now - layout.TICK_US * cloud.age.astype(np.int64),
    })  # fmt: skip
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _write_sync(
    folder: Path, header: RouteHeader, frames: Sequence[Frame], split: str, name: str, rows: dict[str, list[int]]
) -> None:
    times = _microseconds([frame.tick for frame in frames])
    columns: Columns = {
        "sync.uuid": [uuid.uuid5(layout.NAMESPACE, f"{split}:{name}:{time}").bytes for time in times],
        "sync.timestamp_us": times, **rows,
    }  # fmt: skip
    fields = [("sync.uuid", pa.uuid()), *((key, pa.int64()) for key in list(columns)[1:])]
    told = {
        "dataset": "carla", "split": split, "log_name": name, "location": header.town, "version": layout.VERSION,
        "map_metadata": None,
    }  # fmt: skip
    schema = pa.schema(fields, {layout.METADATA: msgpack.packb(told, use_bin_type=True)})
    _save(folder / "sync.arrow", schema, columns)


def _write(folder: Path, key: str, schema: pa.Schema, columns: Columns) -> None:
    _save(folder / f"{key}.arrow", schema, {f"{key}.{name}": values for name, values in columns.items()})


def _save(path: Path, schema: pa.Schema, columns: Columns) -> None:
    batch = pa.record_batch([pa.array(columns[name], schema.field(name).type) for name in schema.names], schema=schema)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for first in range(0, len(batch), ROWS):
            writer.write_batch(batch.slice(first, ROWS))


def _microseconds(ticks: "Sequence[int] | NDArray[np.integer]") -> list[int]:
    return [layout.TICK_US * int(tick) for tick in ticks]


def _from(mount: NDArray[np.float64], axle: NDArray[np.float64]) -> NDArray[np.float64]:
    """A pose in the ego frame as seen from the rear axle."""
    return np.array([*to_local(mount[None, :3].copy(), axle)[0], *mount[3:]])
