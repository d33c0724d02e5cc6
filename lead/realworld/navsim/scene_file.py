"""Scenes and plans on disk, in plain JSON: what `lead navsim score` reads. No pickles, no devkit.

    SCENES/TOKEN.json.gz   one scene each (FORMAT); fields as in `lead.realworld.navsim.scene`
    SCENES/groups.json     {"pairs": {TOKEN: TOKEN 0.5 s before}, "two_stage": [[NOW, BEFORE, [[NOW, BEFORE], ...]], ...]}
    plans.json             {"format": ..., "agent": ..., "plans": {TOKEN: [[x, y, heading] x 8]}}

World positions are ISO 8855 in metres, plans in the frame of the rear axle at the time of planning.
"""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.navsim.motion import Array, Vehicle
from lead.realworld.navsim.scene import Areas, Layer, ObjectKind, Scene, Tracks
from lead.whole_file import written_whole

FORMAT, PLANS_FORMAT, GROUPS = "lead-navsim-scene-1", "lead-navsim-plans-1", "groups.json"
SUFFIX = ".json.gz"
DECIMALS = 6  # of numbers in files: micrometres
POSES = 8


@dataclass(frozen=True)
class Groups:
    """Which scenes belong together."""

    pairs: Mapping[str, str]  # token to that of the frame before
    two_stage: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()  # now, before, pairs of the second stage


def write_scene(folder: Path, token: str, scene: Scene) -> Path:
    """Write a scene, whole or not at all; returns its path."""
    areas, tracks = scene.areas, scene.tracks
    value: dict[str, Any] = {
        "format": FORMAT,
        "token": token,
        "scene_type": "synthetic" if scene.synthetic else "original",
        "start_us": int(scene.start_us),
        "vehicle": asdict(scene.vehicle),
        "polygons": [
            {"layer": Layer(int(layer)).name, "on_route": bool(route), "xy": _listed(ring(polygon)),
             "red_steps": np.flatnonzero(areas.red[:, k]).tolist()}
            for k, (polygon, layer, route) in enumerate(zip(areas.polygon, areas.layer, areas.on_route))
        ],
        "steps": len(areas.red),
        "centerline": _listed(shapely.get_coordinates(scene.centerline)),
        "ego": _listed(scene.ego),
        "history": None if scene.history is None else _listed(scene.history),
        "reference": _listed(scene.reference),
        "human_plan": None if scene.human_plan is None else _listed(scene.human_plan),
        "objects": [_object(tracks, k) for k in range(len(tracks.kind))],
        "track_steps": tracks.visible.shape[1],
    }  # fmt: skip
    path = folder / f"{token}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        with temporary.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
            file.write(json.dumps(value, separators=(",", ":"), allow_nan=False).encode())
    return path


def read_scene(path: Path) -> Scene:
    """A scene. Raises InputError that says what is wrong with the file."""
    try:
        with gzip.open(path) as file:
            value = json.loads(file.read())
        if value["format"] != FORMAT:
            raise InputError(f"{path}: found format {value['format']!r}, expected {FORMAT}")
        return Scene(
            areas=_areas(value["polygons"], value["steps"]),
            tracks=_tracks(value["objects"], value["track_steps"]),
            centerline=shapely.LineString(np.array(value["centerline"])[:, :2]),
            ego=np.array(value["ego"], np.float64),
            reference=np.array(value["reference"], np.float64),
            start_us=value["start_us"],
            history=None if value["history"] is None else np.array(value["history"], np.float64),
            human_plan=None if value["human_plan"] is None else np.array(value["human_plan"], np.float64),
            synthetic=value["scene_type"] == "synthetic",
            vehicle=Vehicle(**value["vehicle"]),
        )
    except (gzip.BadGzipFile, zlib.error, EOFError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: found no whole gzipped JSON ({error}), expected a scene") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{path}: found a scene that lacks or mistakes {error}, expected format {FORMAT}") from error


def find_scenes(folder: Path) -> dict[str, Path]:
    """Scenes by token. Raises InputError if there are none."""
    found = {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    if not found:
        raise InputError(f"{folder}: found no TOKEN{SUFFIX}, expected a folder of scenes")
    return found


def write_groups(folder: Path, groups: Groups) -> None:
    """Write which scenes belong together."""
    value = {"pairs": dict(groups.pairs), "two_stage": groups.two_stage}
    with written_whole(folder / GROUPS) as temporary:
        temporary.write_text(json.dumps(value, indent=1) + "\n")


def read_groups(folder: Path) -> Groups:
    """The groups of a folder of scenes; without a file there are none. Raises InputError."""
    path = folder / GROUPS
    if not path.is_file():
        return Groups({})
    try:
        value = json.loads(path.read_text())
        stages = tuple((now, before, tuple(map(tuple, second))) for now, before, second in value["two_stage"])
        return Groups(dict(value["pairs"]), stages)
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: found no groups ({error}), expected objects pairs and two_stage") from error


def write_plans(path: Path, agent: str, plans: Mapping[str, Array]) -> None:
    """Write plans (8, 3) by token, whole or not at all."""
    value = {"format": PLANS_FORMAT, "agent": agent, "plans": {token: _listed(plan) for token, plan in plans.items()}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(value, allow_nan=False) + "\n")


def read_plans(path: Path) -> tuple[str, dict[str, Array]]:
    """The agent's name and plans (8, 3) by token. Raises InputError on other content."""
    try:
        value = json.loads(path.read_text())
        if value["format"] != PLANS_FORMAT:
            raise InputError(f"{path}: found format {value['format']!r}, expected {PLANS_FORMAT}")
        plans = {token: np.array(plan, np.float64) for token, plan in value["plans"].items()}
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: found no plans ({error}), expected format {PLANS_FORMAT}") from error
    wrong = [token for token, plan in plans.items() if plan.shape != (POSES, 3) or not np.isfinite(plan).all()]
    if wrong or not plans:
        raise InputError(f"{path}: found {len(wrong)} plans that are not finite ({POSES}, 3), or none: {wrong[:3]}")
    return str(value["agent"]), plans


def ring(polygon: shapely.Polygon) -> Array:
    """Corners (N, 2) of a polygon's outer ring, the first not repeated."""
    return shapely.get_coordinates(polygon.exterior)[:-1]


def _areas(polygons: list[dict[str, Any]], steps: int) -> Areas:
    red = np.zeros((steps, len(polygons)), bool)
    for k, polygon in enumerate(polygons):
        red[polygon["red_steps"], k] = True
    return Areas(
        polygon=np.array([shapely.Polygon(polygon["xy"]) for polygon in polygons], object),
        layer=np.array([Layer[polygon["layer"]] for polygon in polygons], np.int8),
        on_route=np.array([polygon["on_route"] for polygon in polygons], bool),
        red=red,
    )


def _object(tracks: Tracks, k: int) -> dict[str, Any]:
    steps = np.flatnonzero(tracks.visible[k])
    states = np.concatenate([tracks.pose[k, steps], tracks.velocity[k, steps]], axis=1)
    return {
        "kind": ObjectKind(int(tracks.kind[k])).name, "length": float(tracks.size[k, 0]), "width": float(tracks.size[k, 1]),
        "steps": steps.tolist(), "states": _listed(states),
    }  # fmt: skip


def _tracks(objects: list[dict[str, Any]], steps: int) -> Tracks:
    count = len(objects)
    pose, velocity, visible = np.zeros((count, steps, 3)), np.zeros((count, steps, 2)), np.zeros((count, steps), bool)
    for k, track in enumerate(objects):
        states = np.array(track["states"], np.float64).reshape(-1, 5)
        pose[k, track["steps"]], velocity[k, track["steps"]] = states[:, :3], states[:, 3:]
        visible[k, track["steps"]] = True
    kinds = np.array([ObjectKind[track["kind"]] for track in objects], np.int8)
    size = np.array([[track["length"], track["width"]] for track in objects], np.float64).reshape(count, 2)
    return Tracks(kinds, size, pose, velocity, visible)


def _listed(values: NDArray[np.floating]) -> list[Any]:
    return np.round(np.asarray(values, np.float64), DECIMALS).tolist()
