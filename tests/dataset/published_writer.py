"""Writes frames in the published layout, as spec/lead-expert-and-data.md, 4 describes it."""

import json
import lzma
import pickle
from pathlib import Path

import laspy
import numpy as np

from lead.dataset.frame import LIDAR_UNIT, Boxes, Cloud, Frame, View
from lead.dataset.header import RouteHeader
from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from lead.dataset.viewpoint import seen_from
from lead.geometry.poses import rotation_matrix, to_world
from lead.score.record import no_infractions

CLASSES = {
    BoxKind.VEHICLE: "car", BoxKind.BICYCLE: "car", BoxKind.WALKER: "walker", BoxKind.OBSTACLE: "static",
    BoxKind.PARKED: "static_prop_car", BoxKind.LIGHT: "traffic_light", BoxKind.STOP_SIGN: "stop_sign",
}  # fmt: skip


def write_published(root: Path, header: RouteHeader, frames: list[Frame]) -> Path:
    """A route's folder below `root`."""
    folder = root / "data" / header.situations[0] / f"{header.town}_Rep0_{header.route}_route0_01_01_00_00_00"
    for frame in frames:
        name = f"{frame.tick // 5:04d}"
        put(folder / "metas" / f"{name}.pkl", meta(header, frame))
        put(folder / "bboxes" / f"{name}.pkl", [{"class": "ego_car"}, *boxes(frame)])
        for view, which in ((frame.view, ""), (frame.perturbed, "_perturbated")):
            write_view(folder, name, which, view)
        if frame.cloud is not None:
            write_cloud(folder / "lidar" / f"{name}.laz", frame.cloud)
    scores = {"score_route": 100.0, "score_penalty": 1.0, "score_composed": 100.0}
    lengths = {"route_length": 90.0, "duration_game": 20.0, "duration_system": 30.0}
    kinds = {"route_id": "RouteScenario_7_rep0", "index": 0, "status": "Perfect", "num_infractions": 0}
    none = {key: [] for key in no_infractions()}
    (folder / "results.json").write_text(json.dumps({**kinds, "infractions": none, "scores": scores, "meta": lengths}))
    return folder


def put(path: Path, value: object) -> None:
    """An xz-compressed pickle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(pickle.dumps(value)))


def meta(header: RouteHeader, frame: Frame) -> dict:
    """The dictionary of a frame."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation_matrix(*frame.ego.pose[3:]), frame.ego.pose[:3]
    places, commands = header.plan.points[:, :2], list(header.plan.commands)
    told = {
        "town": header.town, "ego_matrix": matrix, "speed": np.float64(frame.ego.speed), "theta": frame.ego.pose[4],
        "throttle": frame.ego.control[0], "steer": frame.ego.control[1], "brake": bool(frame.ego.control[2]),
        "accel_xyz": matrix[:3, :3].T @ frame.ego.acceleration, "target_speed": frame.reasons.target_speed,
        "route": seen_from(frame.intent.route, frame.ego.pose)[:, :2], "weather_setting": header.weather.name,
        "jpeg_storage_quality": header.jpeg_quality, "perturbation_translation": header.perturbation.shift,
        "perturbation_rotation": np.degrees(header.perturbation.turn), "noisy_pos_global": frame.fix.position,
        "current_active_scenario_type": frame.surroundings.type[0] if frame.surroundings.type else None,
        "scenario_actors_ids": frame.surroundings.cast[:, 1].tolist(),
    }  # fmt: skip
    for kind, reached in (("", frame.intent.reached), ("gps_", frame.intent.reached_gnss)):
        for distance, row in zip(header.pop_distances, reached.tolist()):
            told[f"previous_{kind}target_points_{distance}"] = places[:row].tolist()
            told[f"next_{kind}target_points_{distance}"] = places[row:].tolist()
            told[f"previous_{kind}commands_{distance}"] = commands[:row]
            told[f"next_{kind}commands_{distance}"] = commands[row:]
    return told


def boxes(frame: Frame) -> list[dict]:
    """The dictionaries of a frame's boxes."""
    table: Boxes = frame.boxes
    found = []
    for k in range(len(table)):
        flags, kind = BoxFlag(int(table.flags[k])), BoxKind(table.kind[k])
        middle = to_world(table.centre[k : k + 1].astype(float), table.pose[k])
        box = {
            "class": CLASSES[kind], "id": int(table.id[k]), "extent": table.extent[k].tolist(),
            "position": seen_from(middle, frame.ego.pose)[0], "yaw": table.pose[k, 4] - frame.ego.pose[4],
            "speed": np.linalg.norm(table.velocity[k]), "visible_pixels": table.evidence[k, 0],
            "num_points": table.evidence[k, 1], "num_radar_points": table.evidence[k, 2], "type_id": table.type_id[k],
        }  # fmt: skip
        if kind in (BoxKind.LIGHT, BoxKind.STOP_SIGN):
            box["affects_ego"] = bool(flags & BoxFlag.AFFECTS_EGO)
        if kind == BoxKind.LIGHT:
            box |= {"state": LightState(table.state[k]).name.capitalize()}
            box |= {"over_head_traffic_light": bool(flags & BoxFlag.OVERHEAD)}
        if kind == BoxKind.BICYCLE:
            box["base_type"] = "bicycle"
        found.append(box)
    return found


def write_view(folder: Path, name: str, which: str, view: View) -> None:
    """Pictures and radar of one view."""
    for kind, ending in (("rgb", "jpg"), ("semantics", "png"), ("depth", "png")):
        data = getattr(view, kind)
        if data is not None:
            path = folder / f"{kind}{which}" / f"{name}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    if view.radar is not None:
        path = folder / f"radar{which}" / f"{name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **{f"radar{k + 1}": view.radar[view.radar_sensor == k] for k in range(4)})


def write_cloud(path: Path, cloud: Cloud) -> None:
    """LAZ of point format 0 with the age as an extra dimension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    las = laspy.LasHeader(point_format=0, version="1.2")
    las.scales = [LIDAR_UNIT] * 3
    las.add_extra_dim(laspy.ExtraBytesParams("time", np.uint8))
    data = laspy.LasData(las)
    data.x, data.y, data.z = cloud.points.T
    data["time"] = cloud.age
    data.write(str(path), do_compress=True)
