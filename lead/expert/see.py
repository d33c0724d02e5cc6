"""From a scene to what the expert may know of it.

Source: spec/lead-expert-and-data.md, 1.3 (visible sets), 1.2 (near lane change).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.places import along_path
from lead.expert.limits import speed_limit
from lead.expert.memory import Memory
from lead.expert.path import Path, Shift, progressed, shifted
from lead.expert.scene import SPACING, Actors, EvidenceIndex, Kind, Route, Scene
from lead.expert.settings import Settings
from lead.expert.tracks import Tracks, motion, observed
from lead.expert.view import View
from lead.geometry.poses import to_local
from lead.scenarios.plan import CHANGES

WINDOW_X, WINDOW_Y = (-34.0, 66.0), (-42.0, 42.0)  # m, ego frame: the student's bird's-eye view and 2 m
WINDOW_RADIUS = 96.0  # m
VEHICLE_RETURNS, VEHICLE_POINTS = 1, 5  # lidar and radar, or camera points from which on a vehicle is seen
WALKER_POINTS = 15  # camera points

REACH = 150.0  # m of path on either side of the ego beside which actors are placed
STOREY, SLOPE = 4.0, 0.15  # m above or below the path, and more per m beside it, from which on it is another level
CHANGE_BEHIND = 15.0  # m
CHANGE_AHEAD = 20.0  # m at least
SAME_WAY = 2.0  # m that a right angle to the route counts when the ego's place on it is looked for at first
FIRST_MATCH = 0.5  # m by which an earlier place may be worse than a later one


def see(scene: Scene, memory: Memory, settings: Settings) -> tuple[View, Tracks]:
    """The view of a tick, and the tracks with what is seen in it."""
    route = scene.route
    path = shifted(route, memory.shifts)
    index = progressed(path, scene.ego.pose[:3], first_index(scene) if memory.index is None else memory.index)
    middle = scene.actors.middle
    in_ego = to_local(middle, scene.ego.pose)
    ahead, aside, turned, rise = beside(path, index, middle, scene.actors.pose[:, 4])
    known = np.abs(rise) < STOREY + SLOPE * np.hypot(aside, np.maximum(0.0, np.abs(ahead) - REACH))
    known &= visible(scene.actors, in_ego, settings)
    actors = scene.actors.rows(known)
    tracks = observed(memory.tracks, actors, scene.time)
    past = motion(tracks, actors.ids)
    if settings.motion == "past":
        actors = _without_intent(actors)
    view = View(
        scene, settings, actors, ahead[known], aside[known], turned[known], in_ego[known], past.acceleration,
        past.yaw_rate, path, index, speed_limit(scene, actors, index, settings),
        near_lane_change(path, index, scene.ego.speed), past.course,
    )  # fmt: skip
    return view, tracks


def reshifted(view: View, shifts: tuple[Shift, ...]) -> View:
    """The same view along another path: the route with these shifts."""
    if shifts == view.path.shifts:
        return view
    path = shifted(view.route, shifts)
    ahead, aside, turned, _ = beside(path, view.index, view.actors.middle, view.actors.pose[:, 4])
    near = near_lane_change(path, view.index, view.speed)
    return replace(view, path=path, ahead=ahead, aside=aside, turned=turned, near_lane_change=near)


def visible(actors: Actors, in_ego: NDArray[np.float64], settings: Settings) -> NDArray[np.bool_]:
    """Mask (A,) of actors with middles `in_ego` (A, 3) m that the settings let the expert know of (V1, V2)."""
    known = np.ones(len(actors), bool)
    if settings.window:
        x, y, _ = in_ego.T
        known &= (x > WINDOW_X[0]) & (x < WINDOW_X[1]) & (y > WINDOW_Y[0]) & (y < WINDOW_Y[1])
        known &= np.linalg.norm(in_ego, axis=1) < WINDOW_RADIUS
    if settings.occlusion:
        points = actors.evidence[:, EvidenceIndex.CAMERA]
        returns = actors.evidence[:, EvidenceIndex.LIDAR] + actors.evidence[:, EvidenceIndex.RADAR]
        vehicle = (actors.kind == Kind.CAR) | (actors.kind == Kind.BICYCLE)
        known &= ~vehicle | (returns >= VEHICLE_RETURNS) | (points >= VEHICLE_POINTS)
        known &= (actors.kind != Kind.WALKER) | (points >= WALKER_POINTS)
    return known


def beside(
    path: Path, index: int, middle: NDArray[np.float64], heading: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Where middles (A, 3) m with headings (A,) rad are along a path: four (A,), ahead of the ego's index (m), to the
    right of it (m), turned against it (rad), above it (m)."""
    result = tuple(np.empty(len(middle)) for _ in range(4))
    along_path(middle, heading, path.points, path.yaw, index, round(REACH / SPACING), SPACING, *result)
    return result


def near_lane_change(path: Path, index: int, speed: float) -> bool:
    """Whether a lane change is on the path from 15 m behind to as far ahead as the ego would take to stop, and 10 m."""
    reach = max(CHANGE_AHEAD, 0.5 * (0.36 * speed) ** 2 + 10.0)
    stretch = path.command[max(0, index - round(CHANGE_BEHIND / SPACING)) : index + round(reach / SPACING) + 1]
    return bool(((stretch == CHANGES[0]) | (stretch == CHANGES[1])).any())


def first_index(scene: Scene) -> int:
    """Where on its route the ego is when nothing is known of where it was: the first of the nearest points that lead
    where it faces."""
    route: Route = scene.route
    away = np.linalg.norm(route.points - scene.ego.pose[:3], axis=1)
    away += SAME_WAY * (1.0 - np.cos(route.yaw - scene.ego.pose[4]))
    return int(np.flatnonzero(away <= away.min() + FIRST_MATCH)[0])


def _without_intent(actors: Actors) -> Actors:
    """The same actors without what is known of their controls only."""
    return replace(actors, control=np.zeros_like(actors.control), walking=np.zeros_like(actors.walking))
