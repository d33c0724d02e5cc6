"""Reads the published-metric fixtures of NAVSIM into scenes."""

from typing import Any

import numpy as np
import shapely

from lead.realworld.navsim.motion import STEPS
from lead.realworld.navsim.scene import Areas, Layer, ObjectKind, Scene, Tracks

OBSERVED = 51  # steps of the tracks in the file


def scene_from_json(record: dict[str, Any]) -> Scene:
    """The scene of one record of `pdm_scenes.json.gz`."""
    return Scene(
        areas=_areas(record),
        tracks=_tracks(record["objects"]),
        centerline=shapely.LineString(np.array(record["centerline"])[:, :2]),
        ego=np.array(record["ego"]),
        reference=np.array(record["reference"]),
        start_us=record["t0_us"],
        history=np.array(record["history"]),
        human_plan=None if record["human_plan"] is None else np.array(record["human_plan"]),
        synthetic=record["scene_type"] == "synthetic",
    )


def _areas(record: dict[str, Any]) -> Areas:
    polygons = record["map"]["polygons"]
    layers = np.array([Layer[polygon["type"]] for polygon in polygons], np.int8)
    lanes = np.isin(layers, (Layer.LANE, Layer.LANE_CONNECTOR))
    ids = [polygon["id"] for polygon in polygons]
    connectors = layers == Layer.LANE_CONNECTOR
    red = np.array([[name in names for name in ids] for names in record["red_connector_ids"]], bool)
    return Areas(
        polygon=np.array([shapely.Polygon(polygon["xy"]) for polygon in polygons], object),
        layer=layers,
        on_route=lanes & np.isin(ids, record["route_lane_ids"]),
        red=red.reshape(STEPS + 1, len(ids)) & connectors,
    )


def _tracks(objects: list[dict[str, Any]]) -> Tracks:
    count = len(objects)
    pose, velocity = np.zeros((count, OBSERVED, 3)), np.zeros((count, OBSERVED, 2))
    visible = np.zeros((count, OBSERVED), bool)
    for k, track in enumerate(objects):
        states = np.array(track["states"])
        steps = slice(track["first_step"], track["first_step"] + len(states))
        pose[k, steps], velocity[k, steps], visible[k, steps] = states[:, :3], states[:, 3:], True
    kinds = np.array([ObjectKind[track["type"].upper()] for track in objects], np.int8)
    size = np.array([[track["length"], track["width"]] for track in objects]).reshape(count, 2)
    return Tracks(kinds, size, pose, velocity, visible)
