"""A scene to score plans in: the map as polygons, the tracks of the others, lights, the route and the ego.

World frame, ISO 8855, metres, radians, steps of 0.1 s from the time of planning.
Source: spec/benchmarks.md, 5.2; the field-by-field meaning follows what NAVSIM's metric caches hold.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.navsim.motion import PACIFICA, STEPS, Array, StateIndex, Vehicle


class Layer(IntEnum):
    """What a map polygon is."""

    ROADBLOCK = 0
    LANE = 1
    LANE_CONNECTOR = 2
    INTERSECTION = 3
    CARPARK_AREA = 4
    DRIVABLE_AREA = 5


LANES = (Layer.LANE, Layer.LANE_CONNECTOR)
DRIVABLE = (Layer.ROADBLOCK, Layer.INTERSECTION, Layer.DRIVABLE_AREA, Layer.CARPARK_AREA)


class ObjectKind(IntEnum):
    """What a track is; the first three are agents, the others count as standing obstacles."""

    VEHICLE = 0
    PEDESTRIAN = 1
    BICYCLE = 2
    TRAFFIC_CONE = 3
    BARRIER = 4
    CZONE_SIGN = 5
    GENERIC_OBJECT = 6


LAST_AGENT = ObjectKind.BICYCLE


@dataclass(frozen=True, eq=False)
class Areas:
    """M map polygons."""

    polygon: NDArray[np.object_]  # (M,) shapely polygons
    layer: NDArray[np.int8]  # (M,) Layer
    on_route: NDArray[np.bool_]  # (M,) lanes and connectors of the route
    red: NDArray[np.bool_]  # (T, M) lane connectors whose light is red at that step; T >= 41

    def __post_init__(self) -> None:
        count = len(self.polygon)
        if self.layer.shape != (count,) or self.on_route.shape != (count,) or self.red.shape[1:] != (count,):
            raise InputError(
                f"found {count} polygons with layer {self.layer.shape}, on_route {self.on_route.shape}, red "
                f"{self.red.shape}; expected one entry per polygon in each"
            )
        if len(self.red) <= STEPS:
            raise InputError(f"found lights at {len(self.red)} steps, expected at least {STEPS + 1}")
        shapely.prepare(self.polygon)

    @cached_property
    def is_lane(self) -> NDArray[np.bool_]:
        """(M,) lanes and lane connectors."""
        return np.isin(self.layer, LANES)

    @cached_property
    def is_drivable(self) -> NDArray[np.bool_]:
        """(M,) polygons that make up the drivable area."""
        return np.isin(self.layer, DRIVABLE)

    @cached_property
    def is_intersection(self) -> NDArray[np.bool_]:
        """(M,) intersections."""
        return self.layer == Layer.INTERSECTION


@dataclass(frozen=True, eq=False)
class Tracks:
    """K other road users and objects at T steps."""

    kind: NDArray[np.int8]  # (K,) ObjectKind
    size: Array  # (K, 2) length, width
    pose: Array  # (K, T, 3) x, y, heading of the box's centre; anything where not visible
    velocity: Array  # (K, T, 2) m/s in world axes
    visible: NDArray[np.bool_]  # (K, T)

    def __post_init__(self) -> None:
        count, steps = self.visible.shape
        shapes = (self.kind.shape, self.size.shape, self.pose.shape, self.velocity.shape)
        if shapes != ((count,), (count, 2), (count, steps, 3), (count, steps, 2)):
            raise InputError(
                f"found kind, size, pose, velocity of shapes {shapes} for visible ({count}, {steps}); "
                "expected (K,), (K, 2), (K, T, 3), (K, T, 2) for (K, T)"
            )

    @property
    def is_agent(self) -> NDArray[np.bool_]:
        """(K,) vehicles, pedestrians and bicycles."""
        return self.kind <= LAST_AGENT

    @property
    def first_speed(self) -> Array:
        """(K,) m/s at the first visible step: what the benchmark takes for the whole track."""
        first = np.argmax(self.visible, axis=1) if self.visible.size else np.zeros(len(self.kind), int)
        velocity = self.velocity[np.arange(len(self.kind)), first] if self.velocity.size else np.zeros((0, 2))
        return np.hypot(velocity[:, 0], velocity[:, 1])


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that plans of one frame are judged by."""

    areas: Areas
    tracks: Tracks
    centerline: shapely.LineString  # along the route
    ego: Array  # (11,) state at the time of planning, columns StateIndex
    reference: Array  # (41, 3) poses of the rear axle: the plan of the rule-based planner that progress is measured by
    start_us: int  # time stamp of step 0, microseconds
    history: Array | None = None  # (H, 11) past states every 0.5 s, the last is `ego`
    human_plan: Array | None = None  # (8, 3) poses that people drove, ego frame
    synthetic: bool = False  # a rendered second-stage scene, on which the human filter never acts
    vehicle: Vehicle = PACIFICA

    def __post_init__(self) -> None:
        if self.ego.shape != (len(StateIndex),) or self.reference.shape != (STEPS + 1, 3):
            raise InputError(
                f"found an ego state {self.ego.shape} and a reference {self.reference.shape}, "
                f"expected ({len(StateIndex)},) and ({STEPS + 1}, 3)"
            )
        if self.tracks.visible.shape[1] <= STEPS:
            raise InputError(f"found tracks of {self.tracks.visible.shape[1]} steps, expected at least {STEPS + 1}")
        shapely.prepare(self.centerline)
