"""Drives recorded with the rig `navsim-4cam` as NAVSIM: a training cache in the devkit's layout, and scenes to score in.

    OUT/train/LOG/TOKEN/transfuser_{feature,target}.gz      OUT/test/LOG/TOKEN/transfuser_feature.gz
    OUT/scenes/TOKEN.json.gz, OUT/scenes/groups.json        of the test tokens

A token each half second. The reference plan, which the benchmark takes from a rule-based planner, is the recorded drive
itself, as is the human's plan; the route's centre line is that of the lanes driven on. The vehicle is the simulator's.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from lead.dataset.bev_grid import NAVSIM
from lead.dataset.codecs import decode_rgb
from lead.dataset.frame import Intent as Way
from lead.dataset.frame import View
from lead.dataset.roads_below import RoadsBelow
from lead.dataset.route_file import RouteFile
from lead.dataset.sample import Sample, SampleSettings, make_sample
from lead.realworld.frames import ego_poses, iso_planar_poses
from lead.realworld.label_maps import NAVSIM_BEV_OF_CARLA, NAVSIM_VEHICLES, NavsimBev, mapped
from lead.realworld.navsim.agent import QUALITY
from lead.realworld.navsim.cache import FEATURE, TARGET, write_entry
from lead.realworld.navsim.samples import navsim_layout
from lead.realworld.navsim.scene_file import Groups, write_groups, write_scene
from lead.realworld.simulated import FromRearAxle, rear_axle_pose
from lead.realworld.standins.drives import (
    Motion,
    is_held_out,
    log_name,
    moments,
    open_routes,
    read_motion,
    turn_of_route,
)
from lead.realworld.standins.lanes import LaneMap, lane_map
from lead.realworld.standins.navsim_scene import FUTURE, HISTORY, scene
from lead.roads.town import Town, load_town

RIG = "navsim-4cam"
ROWS = 270  # of the picture
AGENTS = 30  # rows of the target's vehicles
SETTINGS = SampleSettings(window=NAVSIM, cloud=False, semantics=False, depth=False)
"""What of a sample the targets are made of."""


@dataclass(frozen=True)
class Written:
    """Tokens of each split; all of `test` have a scene."""

    train: int
    test: int


class Towns:
    """Towns and their polygons by name, made when first needed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Town, LaneMap]] = {}

    def of(self, name: str) -> tuple[Town, LaneMap]:
        """A town and its polygons. Raises MapNotFoundError."""
        if name not in self._made:
            town = load_town(name)
            self._made[name] = town, lane_map(town.network)
        return self._made[name]


def write_navsim(recordings: Path, out: Path, validation: float = 0.3) -> Written:
    """Write the stand-in; `validation` is the share of drives that are scored. Raises InputError on other recordings."""
    routes, towns, roads = list(open_routes(recordings, RIG)), Towns(), RoadsBelow()
    counts, pairs = {"train": 0, "test": 0}, {}
    for number, route in enumerate(routes):
        split = "test" if is_held_out(number, routes, validation) else "train"
        motion, before = read_motion(route), None
        town, areas = towns.of(route.header.town)
        for row in moments(motion, HISTORY, FUTURE):
            token = f"{log_name(route)}_{int(motion.tick[row]):05d}"
            folder = out / split / log_name(route) / token
            write_entry(folder / FEATURE, feature(route, motion, row))
            if split == "train":
                write_entry(folder / TARGET, target(route, motion, row, areas, roads))
            else:
                write_scene(out / "scenes", token, scene(route, motion, row, town, areas))
                pairs |= {} if before is None else {token: before}
            before = token
            counts[split] += 1
    (out / "scenes").mkdir(parents=True, exist_ok=True)
    write_groups(out / "scenes", Groups(pairs))
    return Written(counts["train"], counts["test"])


def feature(route: RouteFile, motion: Motion, row: int) -> dict[str, NDArray]:
    """What an agent is told, as LEAD's agent caches it: JPEG bytes with the channels as they are, and the status."""
    picture = np.ascontiguousarray(decode_rgb(route.part(row, View, "view").rgb)[:ROWS])
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    way = route.part(row, Way, "intent")
    command = np.zeros(4, np.float32)
    command[turn_of_route(way.route, rear_axle_pose(route.ego_poses([row])[0][0]))] = 1.0
    velocity = motion.turned(motion.velocity[row : row + 1], row)[0]
    acceleration = motion.turned(motion.acceleration[row : row + 1], row)[0]
    return {
        "camera_feature": encoded,
        "status_feature": np.concatenate([command, velocity, acceleration]).astype(np.float32),
    }


def target(route: RouteFile, motion: Motion, row: int, areas: LaneMap, roads: RoadsBelow) -> dict[str, NDArray]:
    """What is true, as the devkit's target builder tells it."""
    recording = FromRearAxle(route)
    sample = make_sample(recording, row, False, SETTINGS, roads)
    vehicles = sample.boxes.rows(np.isin(sample.boxes.category, NAVSIM_VEHICLES))
    states, labels = np.zeros((AGENTS, 5), np.float32), np.zeros(AGENTS, bool)
    count = min(len(vehicles), AGENTS)
    poses = iso_planar_poses(np.column_stack([vehicles.centre[:count, :2], vehicles.yaw[:count]]).reshape(-1, 3))
    states[:count], labels[:count] = np.concatenate([poses, 2.0 * vehicles.extent[:count, :2]], axis=1), True
    return {
        "trajectory": motion.seen_from(row)[row + 2 : row + 18 : 2].astype(np.float32),
        "agent_states": states,
        "agent_labels": labels,
        "bev_semantic_map": navsim_layout(bev_map(sample, motion.pose[row], areas)).astype(np.int64),
    }


def bev_map(sample: Sample, ego: NDArray[np.float64], areas: LaneMap) -> NDArray[np.uint8]:
    """NAVSIM's map in CARLA's layout: walkways beside the road, centre lines on it, the rest from the sample's map."""
    image = mapped(sample.bev, NAVSIM_BEV_OF_CARLA)
    reach = shapely.Point(ego[:2]).buffer(1.5 * NAVSIM.max_x)

    def pixels(places: NDArray[np.float64]) -> NDArray[np.int32]:
        local = ego_poses(np.column_stack([places, np.zeros(len(places))]), ego)[:, :2] * (1.0, -1.0)
        return np.round(NAVSIM.pixels(local) - 0.5).astype(np.int32)

    walks = np.zeros_like(image)
    for polygon in areas.walkways[shapely.intersects(areas.walkways, reach)] if len(areas.walkways) else ():
        for part in shapely.get_parts(polygon):
            cv2.fillPoly(walks, [pixels(shapely.get_coordinates(part.exterior))], 1)
    lines = np.zeros_like(image)
    for line in areas.centres:
        if np.linalg.norm(line - ego[:2], axis=1).min() < 1.5 * NAVSIM.max_x:
            cv2.polylines(lines, [pixels(line)], False, 1, thickness=2)
    image[(walks > 0) & (image == NavsimBev.UNLABELED)] = NavsimBev.WALKWAY
    image[(lines > 0) & (image == NavsimBev.ROAD)] = NavsimBev.CENTERLINE
    return image
