"""A route of the published LEAD data as a recording like our own.

Source: spec/lead-expert-and-data.md, 4.1; spec/tfv6.md, 4.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import laspy
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.frame import Cloud, View
from lead.dataset.header import Mounted, Perturbation, Plan, RouteHeader, Weather
from lead.dataset.published.facts import Meta, boxes_of, ego_of, intent_of, plan_of, pose_of, surroundings_of
from lead.dataset.published.pickles import read_pickle
from lead.dataset.recording import Seen
from lead.dataset.route_record import judge
from lead.dataset.routes import RouteEntry
from lead.score.record import record_from_json

TICKS_PER_FRAME = 5
PERTURBED = "_perturbated"  # sic
RADARS = 4
RESULTS = "results.json"


class PublishedRoute:
    """A folder of the published layout.

    Args:
        folder: of one route, with metas, bboxes, rgb and so on.

    Raises InputError if it has no frames, or one that is needed cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._names = sorted(path.stem for path in (folder / "metas").glob("*.pkl"))
        if not self._names:
            raise InputError(f"{folder} has no metas/*.pkl; expected a route of the published data")
        self._pose = lru_cache(maxsize=None)(self._read_pose)
        meta = self._meta(0)
        places, commands = plan_of(meta)
        self.header = RouteHeader(
            route=folder.name, source="published", town=str(meta["town"]), situations=_situations(folder),
            weather=Weather(str(meta.get("weather_setting", "")), _numbers(meta.get("weather_parameters", {}))),
            repetition=0, seed=0, ego_type="vehicle.lincoln.mkz_2020", ego_extent=(2.45, 1.06, 0.75),
            ego_centre=(0.0, 0.0, 0.75), expert={}, rig=Mounted("published", ()),
            perturbation=Perturbation(
                float(meta.get("perturbation_translation", 0.0)),
                float(np.radians(meta.get("perturbation_rotation", 0.0))),
            ),
            plan=Plan(tuple(map(tuple, places.tolist())), tuple(commands)),
            jpeg_quality=int(meta.get("jpeg_storage_quality", 30)), simulator="CARLA", versions={},
            ticks_per_frame=TICKS_PER_FRAME,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._names)

    def seen(self, row: int, perturbed: bool, cloud: bool = True) -> Seen:
        """What a sample of a frame needs. Raises InputError if a file is missing or damaged."""
        meta = self._meta(row)
        ego = ego_of(meta)
        return Seen(
            tick=self._tick(row),
            ego=ego,
            position=np.array(meta.get("noisy_pos_global", ego.pose[:2]), np.float64)[:2],
            intent=intent_of(meta, ego, len(self.header.plan.places)),
            target_speed=float(meta["target_speed"]),
            surroundings=surroundings_of(meta),
            boxes=boxes_of(read_pickle(self._file("bboxes", row, "pkl")), ego),
            view=self._view(row, PERTURBED if perturbed else ""),
            cloud=self._cloud(row) if cloud else None,
        )

    def ego_poses(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """World poses (K, 6) of the ego and ticks (K,) in some frames."""
        poses = [self._pose(row) for row in rows]
        return np.array(poses, np.float64).reshape(-1, 6), np.array([self._tick(row) for row in rows], np.int64)

    def learner_drove(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Never (K,): the expert alone drove."""
        return np.zeros(len(rows), bool)

    def speeds(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Speeds (K, 2) in some frames, m/s: the ego's, and that which the expert aims at."""
        metas = [self._meta(row) for row in rows]
        return np.array([(meta["speed"], meta["target_speed"]) for meta in metas], np.float64).reshape(-1, 2)

    def _tick(self, row: int) -> int:
        return int(self._names[row]) * TICKS_PER_FRAME

    def _read_pose(self, row: int) -> NDArray[np.float64]:
        return pose_of(self._meta(row)["ego_matrix"])

    def _meta(self, row: int) -> Meta:
        path = self._file("metas", row, "pkl")
        meta = read_pickle(path)
        missing = [key for key in ("town", "ego_matrix", "speed", "theta", "route", "target_speed") if key not in meta]
        if missing:
            raise InputError(f"{path} lacks {', '.join(missing)}; expected a meta file of the published data")
        return meta

    def _file(self, kind: str, row: int, ending: str) -> Path:
        return self.path / kind / f"{self._names[row]}.{ending}"

    def _view(self, row: int, which: str) -> View:
        pictures = {
            name: _bytes(self._file(folder + which, row, ending))
            for name, folder, ending in (
                ("rgb", "rgb", "jpg"),
                ("semantics", "semantics", "png"),
                ("depth", "depth", "png"),
            )
        }
        radar = _bytes(self._file("radar" + which, row, "npz"))
        if radar is None:
            return View(**pictures)
        with np.load(BytesIO(radar), allow_pickle=False) as arrays:
            returns = [arrays[f"radar{k + 1}"].reshape(-1, 4).astype(np.float16) for k in range(RADARS)]
        sensor = np.repeat(np.arange(RADARS, dtype=np.uint8), [len(each) for each in returns])
        return View(**pictures, radar=np.concatenate(returns), radar_sensor=sensor)

    def _cloud(self, row: int) -> Cloud | None:
        data = _bytes(self._file("lidar", row, "laz"))
        if data is None:
            return None
        points = laspy.read(BytesIO(data))
        return Cloud.of(points.xyz, np.asarray(points["time"], np.uint8))


def published_routes(root: Path) -> list[RouteEntry]:
    """All routes below a folder of the published data. Raises InputError if there are none."""
    folders = sorted(path.parent for path in root.rglob("metas") if path.is_dir())
    if not folders:
        raise InputError(f"{root} holds no route of the published data (folders with metas, bboxes and rgb)")
    return [_entry(folder) for folder in folders]


def _entry(folder: Path) -> RouteEntry:
    names = sorted((folder / "metas").glob("*.pkl"))
    results = folder / RESULTS
    kept = bool(names) and results.exists()
    if kept:
        record = record_from_json(json.loads(results.read_text()), str(results))
        kept = judge(record, len(names)).kept
    first = read_pickle(names[0]) if names else {}
    weather, town = str(first.get("weather_setting", "")), str(first.get("town", ""))
    return RouteEntry(folder, len(names), town, _situations(folder), weather, kept, PublishedRoute)


def _situations(folder: Path) -> tuple[str, ...]:
    name = folder.parent.name
    return () if name == "noScenarios" else (name,)


def _numbers(values: Meta) -> dict[str, float]:
    return {str(key): float(value) for key, value in values.items() if isinstance(value, (int, float, np.number))}


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
