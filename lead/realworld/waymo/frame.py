"""A frame of WOD-E2E: what the car saw and did until now, where it was told to go, and what raters think of the rest.

Frame of all positions, velocities and trajectories here: the vehicle's at this instant after ISO 8855, as stored
(rear axle, x forward, y left, z up; metres, seconds). Conversion to CARLA's frame is done where a frame is used.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead import InputError

STATE_RATE = 4.0  # states per second of past, future and rated trajectories
FRAME_RATE = 10.0  # frames per second of a segment: the steps of frame names (measured; the time stamps are all zero)
PAST = 16  # states of the last 4 s, the last one now; no heights
FUTURE = 20  # states of the next 5 s, the first one at 0.25 s; positions only, none in the test set


class Camera(IntEnum):
    """Waymo's numbers of the cameras."""

    FRONT = 1
    FRONT_LEFT = 2
    FRONT_RIGHT = 3
    SIDE_LEFT = 4
    SIDE_RIGHT = 5
    REAR_LEFT = 6
    REAR = 7
    REAR_RIGHT = 8


class Intent(IntEnum):
    """Where the route goes."""

    UNKNOWN = 0
    GO_STRAIGHT = 1
    GO_LEFT = 2
    GO_RIGHT = 3


class IntrinsicIndex(IntEnum):
    """Places in `CameraCalibration.intrinsic`: focal lengths and centre (pixels), OpenCV's distortion coefficients."""

    FOCAL_U = 0
    FOCAL_V = 1
    CENTRE_U = 2
    CENTRE_V = 3
    K1 = 4
    K2 = 5
    P1 = 6
    P2 = 7
    K3 = 8


def _floats() -> NDArray[np.float32]:
    return np.zeros((0, 2), np.float32)


@dataclass(frozen=True, eq=False)
class EgoStates:
    """T states of the ego at 4 Hz. What the data leave out has no rows.

    Raises InputError if the arrays do not fit together or are not finite.
    """

    position_iso: NDArray[np.float32] = field(default_factory=_floats)  # (T, 2) m
    height_iso: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))  # (T,) or (0,) m
    velocity_iso: NDArray[np.float32] = field(default_factory=_floats)  # (T, 2) or (0, 2) m/s
    acceleration_iso: NDArray[np.float32] = field(default_factory=_floats)  # (T, 2) or (0, 2) m/s2
    preference_score: float | None = None  # 0...10 by a rater; -1 or None without one

    def __post_init__(self) -> None:
        count = len(self.position_iso)
        for name, shape in (("position", (2,)), ("height", ()), ("velocity", (2,)), ("acceleration", (2,))):
            rows = _frozen(self, f"{name}_iso", np.float32)
            if rows.shape[1:] != shape or rows.ndim != 1 + len(shape) or len(rows) not in (count, 0):
                raise InputError(
                    f"found {name} of shape {rows.shape} beside {count} positions, expected {(count, *shape)}"
                )
            if not np.isfinite(rows).all():
                raise InputError(f"found a {name} that is not finite, expected numbers")

    def __len__(self) -> int:
        return len(self.position_iso)

    @property
    def is_rated(self) -> bool:
        """Whether a rater scored this trajectory."""
        return self.preference_score is not None and self.preference_score >= 0


@dataclass(frozen=True)
class CameraImage:
    """A camera's image of this frame, as encoded in the data (JPEG)."""

    camera: int  # Camera
    encoded: bytes


@dataclass(frozen=True, eq=False)
class CameraCalibration:
    """Where a camera sits and how it sees: a pin hole with OpenCV's lens distortion."""

    camera: int  # Camera
    intrinsic: NDArray[np.float64]  # (9,) IntrinsicIndex, for images of this size
    vehicle_from_camera: NDArray[np.float64]  # (4, 4); camera frame: x along the view, y left, z up
    width: int  # pixels
    height: int
    rolling_shutter_direction: int = 0  # Waymo's number; 0 where it is not told

    def __post_init__(self) -> None:
        for name, shape in (("intrinsic", (len(IntrinsicIndex),)), ("vehicle_from_camera", (4, 4))):
            value = _frozen(self, name, np.float64)
            if value.shape != shape or not np.isfinite(value).all():
                raise InputError(
                    f"found {name} of shape {value.shape} for camera {self.camera}, expected finite numbers of {shape}"
                )


@dataclass(frozen=True, eq=False)
class E2EDFrame:
    """One frame of a segment. `unread` is the part of the record that has no field here; writing puts it back."""

    name: str  # SEGMENT-STEP
    past: EgoStates
    future: EgoStates = field(default_factory=EgoStates)
    intent: Intent = Intent.UNKNOWN
    images: tuple[CameraImage, ...] = ()
    calibrations: tuple[CameraCalibration, ...] = ()
    preferences: tuple[EgoStates, ...] = ()  # usually 3, of 7 to 21 states; place holders where no rater looked
    timestamp_micros: int = 0  # always 0 in the released data
    unread: bytes = b""

    @property
    def segment(self) -> str:
        """Name of the segment that this frame is of."""
        return split_name(self.name)[0]

    @property
    def step(self) -> int:
        """Place of this frame in its segment, in tenths of a second."""
        return split_name(self.name)[1]

    @property
    def is_rated(self) -> bool:
        """Whether raters scored trajectories for this frame (one frame per validation segment)."""
        return any(trajectory.is_rated for trajectory in self.preferences)

    @property
    def speed(self) -> float:
        """Speed now (m/s). Raises InputError where the past has no velocity."""
        if not len(self.past.velocity_iso):
            raise InputError(f"frame {self.name}: found no velocities in the past, expected {PAST}")
        return float(np.hypot(*self.past.velocity_iso[-1]))

    def image(self, camera: Camera) -> bytes:
        """A camera's encoded image. Raises InputError if the frame has none."""
        for image in self.images:
            if image.camera == camera:
                return image.encoded
        raise InputError(
            f"frame {self.name}: found images of cameras {[i.camera for i in self.images]}, not {camera!r}"
        )

    def calibration(self, camera: Camera) -> CameraCalibration:
        """A camera's calibration. Raises InputError if the frame has none."""
        for calibration in self.calibrations:
            if calibration.camera == camera:
                return calibration
        cameras = [calibration.camera for calibration in self.calibrations]
        raise InputError(f"frame {self.name}: found calibrations of cameras {cameras}, not {camera!r}")


def split_name(name: str) -> tuple[str, int]:
    """Segment and step from a frame's name, `SEGMENT-STEP`. Raises InputError on another form."""
    segment, dash, step = name.rpartition("-")
    if not (segment and dash and step.isascii() and step.isdigit()):
        raise InputError(f"found the frame name {name!r}, expected SEGMENT-STEP such as 55bf92e7967598a5-148")
    return segment, int(step)


def _frozen(owner: object, name: str, kind: type[np.floating]) -> NDArray[np.floating]:
    """Put a read-only copy of an array field in the field's place."""
    value = np.array(getattr(owner, name), dtype=kind)
    value.setflags(write=False)
    object.__setattr__(owner, name, value)
    return value
