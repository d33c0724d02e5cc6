"""All that the expert is told of one tick: immutable arrays, so that it can be asked again with other knowledge.

Frame: CARLA's (x forward, y right, z up; yaw clockwise seen from above); m, m/s, rad.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.places import middles

SPACING = 0.1  # m between the points of a route
LOST = -1  # an id or index of nothing


class Kind(IntEnum):
    """What an actor is."""

    CAR = 0  # every vehicle but bicycles
    BICYCLE = 1
    WALKER = 2
    OBSTACLE = 3  # props on the road: cones, warning signs, debris


class EvidenceIndex(IntEnum):
    """Columns of `Actors.evidence`: how many points of an actor the student's sensors have."""

    CAMERA = 0
    LIDAR = 1
    RADAR = 2


class Side(IntEnum):
    """What lies beside a lane."""

    NONE = 0
    SAME = 1  # a lane of the same direction
    OPPOSITE = 2  # a lane of the other direction
    SHOULDER = 3


class Mount(IntEnum):
    """Where the head of a traffic light hangs, seen from its stop line."""

    NEAR = 0  # before or beside the stop line as usual
    OVERHEAD = 1  # right above the stop line (Town11, 12, 13, 15)
    EUROPEAN = 2  # right beside the stop line (Town01 to 07, 10HD)


class Visibility(IntEnum):
    """How far the weather lets one see (spec/lead-expert-and-data.md, 4.4)."""

    CLEAR = 0
    OK = 1
    LIMITED = 2
    VERY_LIMITED = 3


@dataclass(frozen=True)
class Ego:
    """The vehicle that is driven."""

    pose: NDArray[np.float64]  # (6,) x, y, z, pitch, yaw, roll
    velocity: NDArray[np.float64]  # (3,) m/s, world
    extent: NDArray[np.float64]  # (3,) half sizes of its box
    centre: NDArray[np.float64]  # (3,) box centre in its frame
    speed_limit: float  # m/s, of the last sign

    @property
    def speed(self) -> float:
        """Forward speed, m/s; negative backwards."""
        return float(self.velocity[0] * np.cos(self.pose[4]) + self.velocity[1] * np.sin(self.pose[4]))


@dataclass(frozen=True)
class Actors:
    """Everybody but the ego (A rows, ascending id)."""

    ids: NDArray[np.int64]  # (A,)
    kind: NDArray[np.int8]  # (A,) Kind
    pose: NDArray[np.float64]  # (A, 6)
    extent: NDArray[np.float64]  # (A, 3) half sizes
    centre: NDArray[np.float64]  # (A, 3) box centre in the actor's frame
    velocity: NDArray[np.float64]  # (A, 3) m/s, world
    yaw_rate: NDArray[np.float64]  # (A,) rad/s
    speed_limit: NDArray[np.float64]  # (A,) m/s; 0 for others than vehicles
    emergency: NDArray[np.bool_]  # (A,) police cars, ambulances, fire engines
    control: NDArray[np.float64]  # (A, 3) throttle, steer, brake of vehicles: privileged
    walking: NDArray[np.float64]  # (A, 3) m/s, commanded direction times speed of walkers: privileged
    evidence: NDArray[np.int32]  # (A, 3) EvidenceIndex

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def speed(self) -> NDArray[np.float64]:
        """(A,) m/s."""
        return np.linalg.norm(self.velocity, axis=1)

    @property
    def ground_speed(self) -> NDArray[np.float64]:
        """(A,) m/s along the ground: who has just been put on the street falls, but does not drive or walk."""
        return np.hypot(self.velocity[:, 0], self.velocity[:, 1])

    @property
    def middle(self) -> NDArray[np.float64]:
        """(A, 3) centres of the boxes in the world."""
        return middles(self.pose, self.centre)

    def among(self, ids: Collection[int]) -> NDArray[np.bool_]:
        """(A,) whose id is one of these; for a handful of ids much faster than `np.isin`."""
        wanted = frozenset(ids)
        return np.fromiter((actor in wanted for actor in self.ids.tolist()), np.bool_, len(self))

    def rows(self, mask: NDArray[np.bool_]) -> "Actors":
        """The actors of a mask or of row numbers."""
        return Actors(**{name: value[mask] for name, value in vars(self).items()})


@dataclass(frozen=True)
class Route:
    """The way to drive, every 0.1 m from up to 50 m behind the start to 50 m past the end; the same for a whole drive.

    A drive that begins in a parking slot starts with the ego's own place and a change of lane to the left.
    Source: spec/lead-expert-and-data.md, 1.2.
    """

    points: NDArray[np.float64]  # (N, 3) of the lane's middle, SPACING apart
    yaw: NDArray[np.float64]  # (N,)
    command: NDArray[np.int8]  # (N,) lead.scenarios.lane_graph.Command
    lane_width: NDArray[np.float64]  # (N,) m
    in_junction: NDArray[np.bool_]  # (N,)
    left: NDArray[np.float64]  # (N,) m to the middle of what lies to the left, 0 for NONE
    left_side: NDArray[np.int8]  # (N,) Side
    right: NDArray[np.float64]  # (N,) m, likewise
    right_side: NDArray[np.int8]  # (N,)
    start: int  # index of the plan's first point
    end: int  # index of the plan's last point

    light_id: NDArray[np.int64]  # (L,) actor ids of the traffic lights met, in their order on the route
    light_index: NDArray[np.int64]  # (L,) index of the stop line
    light_mount: NDArray[np.int8]  # (L,) Mount
    stop_id: NDArray[np.int64]  # (K,) actor ids of the stop signs met, in their order
    stop_index: NDArray[np.int64]  # (K,) index at which to stop

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class Briefing:
    """What is known of a situation that is set up: what the published expert reads from the running scenario.

    Attributes:
        name, type: as in the route file.
        playing: whether the ego has triggered it.
        trigger: index on the route nearest to its trigger point.
        ids: its actors that are alive, in the order in which they were spawned.
        direction: "left" or "right" where the route file has one, else "".
        offset: m, of InvadingTurn; 0 elsewhere.
        flow: (M, 3) points 1 m apart of the way its traffic takes, from source to sink; (0, 3) if it has none.
        beside: (M, 3) points 1 m apart of the lane to be borrowed to pass its obstacle, in that lane's own direction,
            from 100 m before the place where the ego would come back (for the oncoming driver) to the obstacle's begin;
            (0, 3) if there is none.
    """

    name: str
    type: str
    playing: bool
    trigger: int
    ids: tuple[int, ...] = ()
    direction: str = ""
    offset: float = 0.0
    flow: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    beside: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))


@dataclass(frozen=True)
class Scene:
    """One tick."""

    frame: int
    time: float  # s since the route's start
    ego: Ego
    actors: Actors
    route: Route
    light_state: NDArray[np.int8]  # (L,) carla.TrafficLightState of the route's lights
    light_seen: NDArray[np.bool_]  # (L,) whether its head is in a camera's picture and not hidden
    briefings: tuple[Briefing, ...] = ()  # the nearest first, by the least distance of an actor of theirs
    visibility: Visibility = Visibility.CLEAR
    parked_near: int = 0  # parked cars with x in [-8, 32] and |y| <= 10 m of the ego
    junction_sight: float = 1.0  # worst of the front cameras' scores (spec/lead-expert-and-data.md, 1.5)

    def without(self, mask: NDArray[np.bool_]) -> "Scene":
        """The same tick without the actors of a mask (A,)."""
        return replace(self, actors=self.actors.rows(~mask))
