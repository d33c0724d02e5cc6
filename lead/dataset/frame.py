"""One saved frame of a drive: what was true, what the sensors saw, and what the expert decided and why.

Facts only: labels are made from them when a sample is read (`lead.dataset.sample`), so that a new label needs no new
recording. Where a thing goes next is not written either: it stands in the frames that follow.

Frames: "world" is CARLA's (x forward, y right, z up; yaw clockwise seen from above), "ego" the same seen from the middle
of the ego's ground. Metres, seconds, m/s, radians. A pose is x, y, z, pitch, yaw, roll. A tick is 0.05 s.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.dataset.schema import BYTES, ROWS, TEXT, stored

Image = bytes | memoryview  # an encoded picture

LIDAR_UNIT = 0.1  # m, of the integers in `Cloud`
LIDAR_PLANE = 1.25  # m above the ego's ground: where z of LiDAR points is 0 (half the LiDAR's height, as published)


@dataclass(frozen=True)
class Ego:
    """The vehicle that is driven."""

    pose: NDArray[np.float64] = stored("float64", (6,), "world pose, as the simulator has it")
    velocity: NDArray[np.float32] = stored("float32", (3,), "m/s, world")
    acceleration: NDArray[np.float32] = stored("float32", (3,), "m/s2, world")
    angular_velocity: NDArray[np.float32] = stored("float32", (3,), "rad/s, world; positive z turns x to y")
    speed: float = stored("float32", (), "m/s forwards, negative backwards; what the speedometer says")
    control: NDArray[np.float32] = stored(
        "float32", (3,), "throttle, steer, brake that the expert asked for in this tick"
    )


@dataclass(frozen=True)
class Track:
    """The ego in every tick since the frame before: T rows, the oldest first, the last is this frame's tick."""

    tick: NDArray[np.int32] = stored("int32", (ROWS,), "ticks since the route's start")
    pose: NDArray[np.float64] = stored("float64", (ROWS, 6), "world pose")
    speed: NDArray[np.float32] = stored("float32", (ROWS,), "m/s forwards")
    control: NDArray[np.float32] = stored("float32", (ROWS, 3), "throttle, steer, brake asked for")


@dataclass(frozen=True)
class Fix:
    """Where the ego's own sensors say that it is."""

    imu: NDArray[np.float64] = stored(
        "float64", (7,), "accelerometer x, y, z (m/s2), gyroscope x, y, z (rad/s), compass (rad)"
    )
    gnss: NDArray[np.float64] = stored("float64", (3,), "latitude, longitude (degrees), altitude (m)")
    position: NDArray[np.float64] = stored("float64", (2,), "world x, y of `gnss`")
    filtered: NDArray[np.float64] = stored("float64", (4,), "world x, y, yaw and speed after the Kalman filter")


@dataclass(frozen=True)
class Intent:
    """Where the ego is to go. The plan's points stand in the route's header."""

    route: NDArray[np.float64] = stored(
        "float64",
        (ROWS, 3),
        "world places of the expert's way ahead with its shifts, 1 m apart from 2.5 m ahead, up to 50",
    )
    changed: bool = stored("bool", (), "whether that way is shifted from the lane's middle")
    reached: NDArray[np.int16] = stored(
        "int16",
        (ROWS,),
        "row of the plan's point last reached, one per pop distance of the header, by the true position",
    )
    reached_gnss: NDArray[np.int16] = stored("int16", (ROWS,), "the same by `Fix.position`")
    remaining: float = stored("float32", (), "m of route left")
    speed_limit: float = stored("float32", (), "m/s of the last sign")
    in_junction: bool = stored("bool", (), "whether the lane at the ego is inside a junction")
    lane_width: float = stored("float32", (), "m, of the lane at the ego")


@dataclass(frozen=True)
class Reasons:
    """What the expert decided, and all that its rules asked for: P rows, in the order asked."""

    target_speed: float = stored("float32", (), "m/s; 0 is a full stop")
    limit: float = stored("float32", (), "m/s it would drive at most if nobody were there")
    binding: int = stored("int16", (), "row of the proposal that set the target speed, -1 if it is the limit")
    fault: str = stored(TEXT, (), "why it stopped for safety, empty otherwise")
    cause: tuple[str, ...] = stored(TEXT, (ROWS,), "lead.expert.decision.Cause, by name")
    asked_speed: NDArray[np.float32] = stored("float32", (ROWS,), "m/s that it asks for")
    subject: NDArray[np.int64] = stored("int64", (ROWS,), "id of the actor that it is about, -1 if none")
    distance: NDArray[np.float32] = stored("float32", (ROWS,), "m to it, infinite if unknown")
    overrides: NDArray[np.bool_] = stored("bool", (ROWS,), "general hazards were not asked")
    raises: NDArray[np.bool_] = stored("bool", (ROWS,), "asks for more speed, not less")


@dataclass(frozen=True)
class Surroundings:
    """Sight, and the situations that are set up: S rows, the nearest first."""

    visibility: int = stored("int8", (), "lead.expert.scene.Visibility of the weather")
    junction_sight: float = stored("float32", (), "how freely the cameras see into the next junction, 0 to 1")
    parked_near: int = stored("int16", (), "parked cars with x in [-8, 32] and |y| <= 10 m")
    name: tuple[str, ...] = stored(TEXT, (ROWS,), "of the situation in the route file")
    type: tuple[str, ...] = stored(TEXT, (ROWS,), "of the situation, such as Accident")
    playing: NDArray[np.bool_] = stored("bool", (ROWS,), "whether the ego has triggered it")
    cast: NDArray[np.int64] = stored("int64", (ROWS, 2), "row of the situation, id of an actor of it that is alive")


@dataclass(frozen=True)
class Boxes:
    """Everything with a box within 96 m: B rows, the nearest first. The ego is not among them."""

    id: NDArray[np.int64] = stored("int64", (ROWS,), "the same in all frames")
    kind: NDArray[np.int8] = stored("int8", (ROWS,), "lead.dataset.kinds.BoxKind")
    flags: NDArray[np.uint16] = stored("uint16", (ROWS,), "lead.dataset.kinds.BoxFlag bits")
    state: NDArray[np.int8] = stored("int8", (ROWS,), "lead.dataset.kinds.LightState")
    type_id: tuple[str, ...] = stored(TEXT, (ROWS,), "blueprint, or the mesh of what is no actor")
    role: tuple[str, ...] = stored(TEXT, (ROWS,), "role_name, empty where there is none")
    pose: NDArray[np.float64] = stored("float64", (ROWS, 6), "world pose of the actor")
    centre: NDArray[np.float32] = stored("float32", (ROWS, 3), "m, middle of the box in the actor's frame")
    extent: NDArray[np.float32] = stored("float32", (ROWS, 3), "m, half length, width and height")
    velocity: NDArray[np.float32] = stored("float32", (ROWS, 3), "m/s, world")
    control: NDArray[np.float32] = stored("float32", (ROWS, 3), "throttle, steer, brake of vehicles, else 0")
    evidence: NDArray[np.int32] = stored(
        "int32", (ROWS, 3), "points in the student's cameras, LiDAR and radars (lead.expert.scene.EvidenceIndex)"
    )
    speed_limit: NDArray[np.float32] = stored("float32", (ROWS,), "m/s for vehicles, else 0")
    lane: NDArray[np.int32] = stored("int32", (ROWS, 2), "OpenDRIVE road and lane at its place; 0, 0 where unknown")

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, chosen: NDArray[Any]) -> "Boxes":
        """The boxes of a mask or of row numbers."""
        numbers = np.arange(len(self))[chosen]
        return Boxes(
            **{
                name: tuple(value[n] for n in numbers) if isinstance(value, tuple) else value[numbers]
                for name, value in vars(self).items()
            }
        )


@dataclass(frozen=True)
class View:
    """What is seen from one pose of the rig. The cameras' pictures stand side by side in the header's order.

    Raw sensors of a rig that has none, and pictures of runs that leave them out, are None.
    """

    rgb: Image | None = stored(BYTES, (), "JPEG, (H, W) pixels", optional=True)
    semantics: Image | None = stored(
        BYTES, (), "8-bit PNG (H, W), lead.dataset.kinds.Semantic, of the instance cameras", optional=True
    )
    depth: Image | None = stored(
        BYTES,
        (),
        "8-bit PNG (H/4, W/4): m along the camera's axis, 0 to 255 for 0 to 50 m, mean of 4 x 4 pixels",
        optional=True,
    )
    radar: NDArray[np.float16] | None = stored(
        "float16", (ROWS, 4), "m, m/s: x, y, z (ego, z from 0.3 m above the ground), radial speed", optional=True
    )
    radar_sensor: NDArray[np.uint8] | None = stored(
        "uint8", (ROWS,), "which radar of the header, in its order", optional=True
    )


@dataclass(frozen=True)
class Cloud:
    """LiDAR points without ground, of this tick and those before it, moved to where the ego is now; N rows sorted by
    x, y, z, age. Integers count LIDAR_UNIT. Radar returns are among them, as published (spec/tfv6.md, 2)."""

    x: NDArray[np.int16] = stored("int16", (ROWS,), "0.1 m, ego")
    y: NDArray[np.int16] = stored("int16", (ROWS,), "0.1 m, ego")
    z: NDArray[np.int16] = stored("int16", (ROWS,), "0.1 m from 1.25 m above the ego's ground")
    age: NDArray[np.uint8] = stored("uint8", (ROWS,), "ticks; 0 is this one")

    def __len__(self) -> int:
        return len(self.x)

    @property
    def points(self) -> NDArray[np.float64]:
        """(N, 3) m, ego, z from LIDAR_PLANE above the ground."""
        return np.column_stack([self.x, self.y, self.z]) * LIDAR_UNIT

    @classmethod
    def of(cls, points: NDArray[np.floating], age: NDArray[np.integer]) -> "Cloud":
        """The cloud of points (N, 3) m, ego, z from LIDAR_PLANE above the ground, and their ages (N,) in ticks."""
        whole = np.round(np.asarray(points, np.float64) / LIDAR_UNIT).astype(np.int16).reshape(-1, 3)
        age = np.asarray(age, np.uint8)
        order = np.lexsort((age, whole[:, 2], whole[:, 1], whole[:, 0]))
        x, y, z = (np.ascontiguousarray(whole[order, k]) for k in range(3))
        return cls(x, y, z, age[order])


@dataclass(frozen=True)
class Frame:
    """All that is written of one tick."""

    tick: int = stored("int32", (), "ticks since the route's start")
    time: float = stored("float64", (), "s since the route's start")
    ego: Ego
    track: Track
    fix: Fix
    intent: Intent
    reasons: Reasons
    surroundings: Surroundings
    boxes: Boxes
    view: View  # of the rig as it is mounted
    perturbed: View  # of its copy
    cloud: Cloud | None = None  # None where the rig has no LiDAR; seen from the mounted rig only
    moved: NDArray[np.float32] | None = stored(
        "float32", (2,), "m to the right, rad clockwise: how the copy was moved in this frame, if not as the header says",
        optional=True,
    )  # fmt: skip
    learner: bool | None = stored(
        "bool", (), "whether a learner had the wheel in any tick since the frame before; none: the expert alone drives",
        optional=True,
    )  # fmt: skip
