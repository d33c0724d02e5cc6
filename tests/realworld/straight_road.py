"""Scenes made by hand: a straight road along x, two lanes to drive east on, the ego on the right one at x = 0."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from lead.realworld.navsim.motion import STEP, STEPS, StateIndex
from lead.realworld.navsim.scene import Areas, Layer, ObjectKind, Scene, Tracks

LANE_WIDTH = 3.5  # m
RIGHT, MARKING, LEFT = -0.5 * LANE_WIDTH, 0.5 * LANE_WIDTH, 1.5 * LANE_WIDTH  # m, y of the lanes' borders
START, END = -50.0, 150.0  # m, x of the road's ends
OBSERVED = 51  # steps of the tracks
CONNECTOR = 3  # row of the map polygons


@dataclass(frozen=True)
class Other:
    """An object in constant motion."""

    x: float  # m, of its centre at step 0
    y: float
    kind: ObjectKind = ObjectKind.VEHICLE
    length: float = 4.0
    width: float = 2.0
    speed: float = 0.0  # m/s along its heading
    heading: float = 0.0  # rad
    first_step: int = 0


def plan(speed: float, aside: float = 0.0) -> np.ndarray:
    """(8, 3) straight ahead at that speed (m/s), or parallel to it (m to the left)."""
    way = speed * 0.5 * np.arange(1, 9)
    return np.stack([way, np.full(8, aside), np.zeros(8)], axis=1)


def scene(
    others: Sequence[Other] = (),
    speed: float = 8.0,
    ego_y: float = 0.0,
    reference_speed: float | None = None,
    intersections: Sequence[tuple[float, float]] = (),
    red_from_step: int | None = None,
    centre_y: float = 0.0,
    on_route: bool = True,
    human_plan: np.ndarray | None = None,
    synthetic: bool = False,
    reference_y: float = 0.0,
) -> Scene:
    """The ego drives east at `speed` m/s; the reference plan too, or at a speed of its own.

    `intersections` are stretches of x; from `red_from_step` on the connector at 30 m < x < 40 m is red.
    """
    ego = np.zeros(len(StateIndex))
    ego[StateIndex.Y], ego[StateIndex.VELOCITY_X] = ego_y, speed
    way = (speed if reference_speed is None else reference_speed) * STEP * np.arange(STEPS + 1)
    return Scene(
        areas=areas(intersections, red_from_step, on_route),
        tracks=tracks(others),
        centerline=shapely.LineString([(START, centre_y), (END, centre_y)]),
        ego=ego,
        reference=np.stack([way, np.full(STEPS + 1, ego_y + reference_y), np.zeros(STEPS + 1)], axis=1),
        start_us=1_000_000,
        human_plan=human_plan,
        synthetic=synthetic,
    )


def areas(intersections: Sequence[tuple[float, float]], red_from_step: int | None, on_route: bool) -> Areas:
    boxes = [
        (Layer.ROADBLOCK, shapely.box(START, RIGHT, END, LEFT), False),
        (Layer.LANE, shapely.box(START, RIGHT, END, MARKING), on_route),
        (Layer.LANE, shapely.box(START, MARKING, END, LEFT), on_route),
        (Layer.LANE_CONNECTOR, shapely.box(30.0, RIGHT, 40.0, MARKING), on_route),
        *((Layer.INTERSECTION, shapely.box(start, RIGHT, end, LEFT), False) for start, end in intersections),
    ]
    red = np.zeros((STEPS + 1, len(boxes)), bool)
    if red_from_step is not None:
        red[red_from_step:, CONNECTOR] = True
    layers, polygons, route = zip(*boxes, strict=True)
    return Areas(np.array(polygons, object), np.array(layers, np.int8), np.array(route, bool), red)


def tracks(others: Sequence[Other]) -> Tracks:
    times = STEP * np.arange(OBSERVED)
    pose, velocity = np.zeros((len(others), OBSERVED, 3)), np.zeros((len(others), OBSERVED, 2))
    visible = np.zeros((len(others), OBSERVED), bool)
    for k, other in enumerate(others):
        direction = np.array([np.cos(other.heading), np.sin(other.heading)])
        velocity[k] = other.speed * direction
        pose[k, :, :2] = [other.x, other.y] + times[:, None] * velocity[k]
        pose[k, :, 2] = other.heading
        visible[k, other.first_step :] = True
    return Tracks(
        kind=np.array([other.kind for other in others], np.int8),
        size=np.array([[other.length, other.width] for other in others]).reshape(-1, 2),
        pose=pose,
        velocity=velocity,
        visible=visible,
    )
