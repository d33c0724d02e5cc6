"""Reads a py123d log as a route of ours: its ego, boxes, cameras and LiDAR are facts, all else follows from the drive.

The way ahead is the one that was driven, target points lie on it, and the speed to drive is the one driven. Semantics,
depth, radar and a moved copy are missing, and cameras of other than pinhole models, lenses with distortion, pictures
kept elsewhere (paths, MP4) and Draco clouds are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import laspy
import msgpack
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.codecs import decode_rgb, encode_rgb
from lead.dataset.frame import LIDAR_PLANE, Boxes, Cloud, Ego, Fix, Frame, Intent, Reasons, Surroundings, Track, View
from lead.dataset.ground import is_ground
from lead.dataset.header import Camera, Mounted, Perturbation, Plan, RouteHeader, Weather
from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from lead.dataset.py123d import layout
from lead.dataset.route_record import DriveRecord, Verdict, write_record
from lead.dataset.target_points import PlanFollower
from lead.dataset.writer import FrameWriter
from lead.expert.scene import EvidenceIndex
from lead.geometry.poses import compose, rotation_matrix, to_local
from lead.scenarios.lane_graph import Command

KIND_OF = {
    layout.VEHICLE: BoxKind.VEHICLE, layout.TWO_WHEELER: BoxKind.BICYCLE, layout.PERSON: BoxKind.WALKER,
    layout.CONE: BoxKind.OBSTACLE, layout.BARRIER: BoxKind.OBSTACLE, layout.OBJECT: BoxKind.OBSTACLE,
}  # fmt: skip
FLAG_OF = {layout.CONE: BoxFlag.CONE, layout.BARRIER: BoxFlag.WARNING_SIGN}
PLAN_SPACING = 50.0  # m between the points of the plan on the driven way
ROUTE_FIRST, ROUTE_POINTS = 2.5, 50  # m ahead, and how many a metre apart
REACH = 100.0  # m of LiDAR points around the ego
QUALITY = 95  # of JPEG, in which the cameras' pictures are put side by side


class _Log:
    """The tables of a log and what their schemas tell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sync = self.table(layout.SYNC)
        self.about = _metadata(self.sync)
        self.rows: list[dict[str, Any]] = self.sync.to_pylist()
        needed = [key for key in (layout.EGO, layout.BOXES) if key not in self.sync.column_names]
        if needed or not self.rows:
            raise InputError(f"{folder} lacks {', '.join(needed) or 'moments'}; expected a log with ego and boxes")
        self.cameras = sorted(
            (key for key in self.sync.column_names if key.startswith(f"{layout.CAMERA}.pcam")),
            key=lambda key: _yaw(_metadata(self.table(key))),
        )

    def table(self, key: str) -> pa.Table:
        """A modality's rows. Raises InputError if they cannot be read."""
        path = self.folder / f"{key}.arrow"
        try:
            return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"cannot read {path}: {error}; expected a file of a py123d log") from error


@dataclass(frozen=True)
class _Drive:
    """The ego's ticks: numbers from the first, world poses (T, 6) of ours, speeds (T,)."""

    tick: NDArray[np.int64]
    pose: NDArray[np.float64]
    speed: NDArray[np.float64]
    metres: NDArray[np.float64]  # (T,) driven

    def place(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (N, 3) after so many metres (N,)."""
        return np.column_stack([np.interp(metres, self.metres, self.pose[:, axis]) for axis in range(3)])


def import_log(folder: Path, out: Path) -> Path:
    """Write a log as a route below `out`; returns the route's folder. Raises InputError if it cannot be read as one."""
    log = _Log(folder)
    ego = _metadata(log.table(layout.EGO))
    height, centre = ego["height"], np.array(ego["center_to_imu_se3"][:3]) * (1.0, -1.0, 1.0)
    ground = np.array([*centre[:2], centre[2] - 0.5 * height, 0.0, 0.0, 0.0])  # of the ego frame, from the rear axle
    start = log.rows[0]["sync.timestamp_us"]
    drive = _driven(log, ground, start)
    header = _header(log, ego, ground, drive)
    route = out / "routes" / str(log.about["log_name"])
    with FrameWriter(route, header) as writer:
        reader = _Reader(log, drive, header, ground)
        for row in log.rows:
            frame = reader.frame(row, start)
            if frame is not None:
                writer.append(frame)
    versions = {"py123d": str(log.about.get("version"))}
    write_record(
        route,
        DriveRecord(
            header.route, header.town, (), header.weather.name, 0, 0, writer.count, int(drive.tick[-1]), "Completed",
            100.0, 100.0, {}, Verdict(writer.count > 0, f"a log of {log.about['dataset']}"), versions,
        ),
    )  # fmt: skip
    return route


def _driven(log: _Log, ground: NDArray[np.float64], start: int) -> _Drive:
    table = log.table(layout.EGO)
    times = table[f"{layout.EGO}.timestamp_us"].to_numpy()
    tick, rows = np.unique(np.round((times - start) / layout.TICK_US).astype(np.int64), return_index=True)
    axles = np.array(table[f"{layout.EGO}.imu_se3"].to_pylist(), np.float64)[rows]
    pose = np.array([compose(layout.own_pose(axle), ground) for axle in axles])
    state = table[f"{layout.EGO}.dynamic_state_se3"].to_pylist()
    steps = np.linalg.norm(np.diff(pose[:, :2], axis=0), axis=1)
    metres = np.concatenate([[0.0], np.cumsum(steps)])
    speeds = [state[k][0] if state[k] is not None else np.nan for k in rows]
    by_place = np.gradient(metres, tick * layout.TICK_US * 1e-6) if len(tick) > 1 else np.zeros(1)
    return _Drive(tick, pose, np.where(np.isnan(speeds), by_place, speeds), metres)


def _header(log: _Log, ego: Mapping[str, Any], ground: NDArray[np.float64], drive: _Drive) -> RouteHeader:
    points = drive.place(np.append(np.arange(0.0, drive.metres[-1], PLAN_SPACING), drive.metres[-1]))
    ticks = np.round(np.diff([row["sync.timestamp_us"] for row in log.rows]) / layout.TICK_US)
    lidars = ()
    if layout.LIDAR in log.sync.column_names:
        told = next(iter(_metadata(log.table(layout.LIDAR)).values()))
        lidars = (tuple(_in_ego(layout.own_pose(np.array(told["lidar_to_imu_se3"])), ground).tolist()),)
    return RouteHeader(
        route=str(log.about["log_name"]), source=str(log.about["split"]), town=str(log.about.get("location") or "unknown"),
        situations=(), weather=Weather("unknown", {}), repetition=0, seed=0, ego_type=str(ego["vehicle_name"]),
        ego_extent=(0.5 * ego["length"], 0.5 * ego["width"], 0.5 * ego["height"]),
        ego_centre=(0.0, 0.0, 0.5 * ego["height"]), expert={"preset": "log"},
        rig=Mounted("py123d", tuple(_camera(log, key, ground) for key in log.cameras), lidars),
        perturbation=Perturbation(),
        plan=Plan(tuple(map(tuple, points.tolist())), (int(Command.LANE_FOLLOW),) * len(points)),
        jpeg_quality=QUALITY, simulator=str(log.about["dataset"]), versions={"py123d": str(log.about.get("version"))},
        ticks_per_frame=max(1, int(np.median(ticks))) if len(ticks) else 1,
    )  # fmt: skip


def _camera(log: _Log, key: str, ground: NDArray[np.float64]) -> Camera:
    told = _metadata(log.table(key))
    bent = told.get("distortion") and any(told["distortion"]) and not told.get("is_undistorted")
    if told.get("camera_model") != "pinhole" or bent or told.get("intrinsics") is None:
        raise InputError(
            f"{log.folder / key}.arrow is of a lens that is no plain pinhole; undistort its pictures first"
        )
    mount = _in_ego(layout.own_pose(np.array(told["camera_to_imu_se3"]), optical=True), ground)
    fov = 2.0 * np.arctan(0.5 * told["width"] / told["intrinsics"][0])
    return Camera(told["camera_name"], tuple(mount.tolist()), told["width"], told["height"], float(fov))


class _Reader:
    """Moments of a log as frames, in order."""

    def __init__(self, log: _Log, drive: _Drive, header: RouteHeader, ground: NDArray[np.float64]) -> None:
        self._drive, self._header, self._ground = drive, header, ground
        self._tables = {key: log.table(key) for key in (layout.BOXES, *log.cameras)}
        self._lidar = log.table(layout.LIDAR) if header.rig.lidars else None
        self._cameras, self._ids = log.cameras, dict[str, int]()
        self._follower = PlanFollower(header.plan.points, header.pop_distances)
        self._last = -1

    def frame(self, row: Mapping[str, Any], start: int) -> Frame | None:
        """A moment's frame; None if a modality has nothing for it."""
        tick = round((row["sync.timestamp_us"] - start) / layout.TICK_US)
        now = int(np.searchsorted(self._drive.tick, tick))
        lacks = any(row[key] is None for key in self._tables) or (self._lidar is not None and row[layout.LIDAR] is None)
        if lacks or now >= len(self._drive.tick) or self._drive.tick[now] != tick or tick <= self._last:
            return None
        since = slice(int(np.searchsorted(self._drive.tick, self._last, side="right")), now + 1)
        self._last = tick
        drive, pose, speed = self._drive, self._drive.pose[now], float(self._drive.speed[now])
        for place in drive.pose[since, :2]:
            self._follower.step(place)
        turn = rotation_matrix(*pose[3:].tolist())
        ticks = drive.tick[since]
        return Frame(
            tick=tick, time=tick * layout.TICK_US * 1e-6,
            ego=Ego(pose, (turn @ [speed, 0.0, 0.0]).astype(np.float32), np.zeros(3), np.zeros(3), speed, np.zeros(3)),
            track=Track(ticks.astype(np.int32), drive.pose[since], drive.speed[since], np.zeros((len(ticks), 3))),
            fix=Fix(np.zeros(7), np.zeros(3), pose[:2], np.array([*pose[:2], pose[4], speed])),
            intent=self._intent(now), reasons=_no_reasons(speed), surroundings=_nothing_set_up(),
            boxes=self._boxes(row[layout.BOXES], pose), view=View(rgb=self._picture(row)), perturbed=View(),
            cloud=None if self._lidar is None else self._cloud(row[layout.LIDAR]),
        )  # fmt: skip

    def _intent(self, now: int) -> Intent:
        ahead = self._drive.metres[now] + ROUTE_FIRST + np.arange(ROUTE_POINTS)
        route = self._drive.place(ahead[ahead <= self._drive.metres[-1]])
        reached, left = self._follower.reached.copy(), self._drive.metres[-1] - self._drive.metres[now]
        return Intent(route, False, reached, reached, float(left), 0.0, False, 0.0)

    def _picture(self, row: Mapping[str, Any]) -> bytes | None:
        pictures = []
        for key in self._cameras:
            data = self._tables[key][f"{key}.data"][row[key]].as_py()
            if not isinstance(data, bytes):
                raise InputError(
                    f"{key} keeps its pictures elsewhere ({data!r}); expected JPEG or PNG in the log itself"
                )
            pictures.append(decode_rgb(data))
        return encode_rgb(np.concatenate(pictures, axis=1), QUALITY) if pictures else None

    def _boxes(self, row: int, ego: NDArray[np.float64]) -> Boxes:
        table = self._tables[layout.BOXES].slice(row, 1).to_pylist()[0]
        told = {name: table[f"{layout.BOXES}.{name}"] for name in layout.box_fields()}
        known = [n for n, label in enumerate(told["label"]) if label in KIND_OF]
        count = len(known)
        box = np.array([told["bounding_box_se3"][n] for n in known], np.float64).reshape(-1, 10)
        label = [told["label"][n] for n in known]
        ids = [self._ids.setdefault(told["track_token"][n], len(self._ids) + 1) for n in known]
        points = [(told["num_lidar_points"] or [])[n : n + 1] or [None] for n in known]
        evidence = np.zeros((count, len(EvidenceIndex)), np.int32)
        evidence[:, EvidenceIndex.LIDAR] = [each[0] or 0 for each in points]
        velocity = [(told["velocity_3d"] or [])[n] or [0.0] * 3 for n in known]
        pose = np.array([layout.own_pose(each) for each in box]).reshape(-1, 6)
        boxes = Boxes(
            id=np.array(ids, np.int64), kind=np.array([KIND_OF[k] for k in label], np.int8),
            flags=np.array([FLAG_OF.get(k, 0) for k in label], np.uint16),
            state=np.full(count, LightState.NONE, np.int8), type_id=("",) * count, role=("",) * count, pose=pose,
            centre=np.zeros((count, 3)), extent=0.5 * box[:, 7:], velocity=layout.mirrored(np.array(velocity).reshape(-1, 3)),
            control=np.zeros((count, 3)), evidence=evidence, speed_limit=np.zeros(count), lane=np.zeros((count, 2), np.int32),
        )  # fmt: skip
        return boxes.rows(np.argsort(np.linalg.norm(pose[:, :2] - ego[:2], axis=1), kind="stable"))

    def _cloud(self, row: int) -> Cloud:
        assert self._lidar is not None
        points = layout.mirrored(_points(self._lidar[f"{layout.LIDAR}.data"][row].as_py()))
        here = to_local(points[np.abs(points).max(axis=1) < REACH], self._ground)
        here = here[~is_ground(here)]
        return Cloud.of(here - (0.0, 0.0, LIDAR_PLANE), np.zeros(len(here), np.uint8))


def _points(data: Any) -> NDArray[np.float64]:
    """Points (N, 3) of an Arrow IPC stream or of LAZ."""
    if isinstance(data, bytes) and data.startswith(b"\xff\xff\xff\xff"):
        batch = pa.ipc.open_stream(data).read_next_batch()
        return np.column_stack([batch.column(axis).to_numpy() for axis in "xyz"]).astype(np.float64)
    if isinstance(data, bytes) and data.startswith(b"LASF"):
        return np.array(laspy.read(BytesIO(data)).xyz, np.float64)
    raise InputError("found LiDAR points as Draco or a path; expected Arrow IPC or LAZ in the log itself")


def _no_reasons(speed: float) -> Reasons:
    none = np.empty(0)
    return Reasons(speed, speed, -1, "", (), none, none.astype(np.int64), none, none.astype(bool), none.astype(bool))


def _nothing_set_up() -> Surroundings:
    return Surroundings(0, 1.0, 0, (), (), np.empty(0, bool), np.empty((0, 2), np.int64))


def _in_ego(from_axle: NDArray[np.float64], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """A pose seen from the rear axle as seen from our ego frame, which is turned alike."""
    return np.array([*(from_axle[:3] - ground[:3]), *from_axle[3:]])


def _yaw(camera: Mapping[str, Any]) -> float:
    return float(layout.own_pose(np.array(camera["camera_to_imu_se3"]), optical=True)[4])


def _metadata(table: pa.Table) -> dict[str, Any]:
    told = (table.schema.metadata or {}).get(layout.METADATA)
    if told is None:
        raise InputError("a file of the log has no metadata; expected one that py123d wrote")
    return msgpack.unpackb(told, raw=False, strict_map_key=False)
