"""From the dictionaries of the published layout to parts of a frame, as far as they go.

Flags of hazards are left out: they are not the proposals that an expert of ours makes.

Source: spec/lead-expert-and-data.md, 4.2 and 4.3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.dataset.frame import Boxes, Ego, Intent, Surroundings
from lead.dataset.header import POP_DISTANCES
from lead.dataset.kinds import PARKED_IDS, BoxFlag, BoxKind, LightState
from lead.geometry.poses import angles_of, compose, rotation_matrix, to_world

Meta = Mapping[str, Any]

KINDS = {
    "car": BoxKind.VEHICLE, "walker": BoxKind.WALKER, "static": BoxKind.OBSTACLE, "static_prop_car": BoxKind.PARKED,
    "traffic_light": BoxKind.LIGHT, "stop_sign": BoxKind.STOP_SIGN,
}  # fmt: skip
FLAGS = {
    "affects_ego": BoxFlag.AFFECTS_EGO, "same_lane_as_ego": BoxFlag.SAME_LANE, "vehicle_cuts_in": BoxFlag.CUTS_IN,
    "over_head_traffic_light": BoxFlag.OVERHEAD, "europe_traffic_light": BoxFlag.EUROPEAN,
}  # fmt: skip
CONE, WARNING = "constructioncone", "warning"  # in type ids of props
EMERGENCY = ("police", "ambulance", "firetruck")  # in type ids of vehicles


def pose_of(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pose (6,) of a world matrix (4, 4)."""
    matrix = np.asarray(matrix, np.float64)
    return np.array([*matrix[:3, 3], *angles_of(np.ascontiguousarray(matrix[:3, :3]))])


def ego_of(meta: Meta) -> Ego:
    """The ego of a frame; its velocity is its speed along its nose, which the layout has no other word of."""
    pose, speed = pose_of(meta["ego_matrix"]), float(meta["speed"])
    turn = rotation_matrix(pose[3], pose[4], pose[5])
    push = np.array(meta.get("accel_xyz", (0.0, 0.0, 0.0)), np.float64) * (1.0, 1.0, 0.0)  # without gravity
    control = np.array([meta["throttle"], meta["steer"], float(meta["brake"])])
    spin = np.array(meta.get("angular_velocity_xyz", (0.0, 0.0, 0.0)), np.float64)
    return Ego(pose, turn[:, 0] * speed, turn @ push, turn @ spin, speed, control)


def plan_of(meta: Meta, distance: float = POP_DISTANCES[0]) -> tuple[NDArray[np.float64], list[int]]:
    """The whole plan as the lists of a frame hold it: places (P, 3) m, world, and commands (P,)."""
    parts = [np.array(meta[f"{when}_target_points_{distance}"], np.float64) for when in ("previous", "next")]
    flat = np.concatenate([part.reshape(len(part), -1)[:, :2] for part in parts if len(part)])
    commands = [int(c) for when in ("previous", "next") for c in meta[f"{when}_commands_{distance}"]]
    return np.column_stack([flat, np.zeros(len(flat))]), commands


def intent_of(meta: Meta, ego: Ego, points: int) -> Intent:
    """Where the ego is to go, in a route whose plan has that many points."""
    way = np.array(meta["route"], np.float64).reshape(-1, 2)
    world = to_world(np.column_stack([way, np.zeros(len(way))]), ego.pose)

    def reached(kind: str) -> NDArray[np.int16]:
        left = [len(meta.get(f"next_{kind}target_points_{d}", ())) or points for d in POP_DISTANCES]
        return np.array([points - n for n in left], np.int16)

    return Intent(
        world, bool(meta.get("changed_route", False)), reached(""), reached("gps_"),
        float(meta.get("route_left_length", 0.0)), float(meta.get("speed_limit", 0.0)),
        bool(meta.get("is_in_junction", False)), float(meta.get("ego_lane_width", 0.0)),
    )  # fmt: skip


def surroundings_of(meta: Meta) -> Surroundings:
    """The situation that plays."""
    name = str(meta.get("current_active_scenario_type") or "")
    ids = [*meta.get("scenario_actors_ids", ()), *meta.get("scenario_obstacles_ids", ())] if name else []
    cast = np.array([(0, int(i)) for i in dict.fromkeys(ids)], np.int64).reshape(-1, 2)
    names = (name,) if name else ()
    visibility = int(meta.get("visual_visibility", 0))
    parked = int(meta.get("num_parking_vehicles_in_proximity", 0))
    return Surroundings(visibility, 1.0, parked, names, names, np.ones(len(names), bool), cast)


def boxes_of(found: Sequence[Meta], ego: Ego) -> Boxes:
    """All boxes but the ego's."""
    told = [box for box in found if box["class"] in KINDS]
    count = len(told)

    def column(name: str, otherwise: float = 0.0) -> NDArray[np.float64]:
        return np.array([_number(box.get(name), otherwise) for box in told], np.float64)

    pose = np.empty((count, 6))
    for row, box in enumerate(told):
        pose[row] = compose(ego.pose, np.array([*box["position"], 0.0, float(box["yaw"]), 0.0], np.float64))
    heading = np.column_stack([np.cos(pose[:, 4]), np.sin(pose[:, 4]), np.zeros(count)])
    evidence = np.column_stack([column("visible_pixels"), column("num_points"), column("num_radar_points")])
    return Boxes(
        id=np.array([int(box.get("id", PARKED_IDS + row)) for row, box in enumerate(told)], np.int64),
        kind=np.array([_kind(box) for box in told], np.int8),
        flags=np.array([_flags(box) for box in told], np.uint16),
        state=np.array([_state(box) for box in told], np.int8),
        type_id=tuple(str(box.get("type_id", "")) for box in told),
        role=tuple(str(box.get("role_name", "")) for box in told),
        pose=pose,
        centre=np.zeros((count, 3), np.float32),
        extent=np.array([box["extent"] for box in told], np.float32).reshape(-1, 3),
        velocity=(heading * column("speed")[:, None]).astype(np.float32),
        control=np.column_stack([column("throttle"), column("steer"), column("brake")]).astype(np.float32),
        evidence=np.maximum(evidence, 0).astype(np.int32),
        speed_limit=column("speed_limit").astype(np.float32),
        lane=np.column_stack([column("road_id"), column("lane_id")]).astype(np.int32),
    )


def _number(value: Any, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def _kind(box: Meta) -> BoxKind:
    if box["class"] == "car" and box.get("base_type") == "bicycle":
        return BoxKind.BICYCLE
    if box["class"] == "static" and "parked" in str(box.get("mesh_path", "")).lower():
        return BoxKind.PARKED
    return KINDS[box["class"]]


def _flags(box: Meta) -> int:
    flags, type_id = (
        sum(int(flag) for name, flag in FLAGS.items() if box.get(name)),
        str(box.get("type_id", "")).lower(),
    )
    if box["class"] == "static":
        flags |= BoxFlag.CONE * (CONE in type_id) | BoxFlag.WARNING_SIGN * (WARNING in type_id)
    if box["class"] == "car":
        flags |= BoxFlag.EMERGENCY * any(word in type_id for word in EMERGENCY)
    doors = str(box.get("door_side") or "")
    return int(flags | BoxFlag.DOOR_LEFT * (doors == "left") | BoxFlag.DOOR_RIGHT * (doors == "right"))


def _state(box: Meta) -> LightState:
    if box["class"] != "traffic_light":
        return LightState.NONE
    state = box.get("state", "Unknown")
    return LightState(int(state)) if not isinstance(state, str) else LightState[state.rsplit(".", 1)[-1].upper()]
