"""What a simulated plan is: P proposals at T steps of 0.1 s as arrays, with the boxes and outlines that follow.

Frame: ISO 8855 (x forward or east, y left or north, heading counter-clockwise), world coordinates, metres, radians.
The ego's position is its rear axle throughout. Source: spec/benchmarks.md, 5.1 (the vehicle of nuPlan).
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from lead import InputError

Array = NDArray[np.float64]

STEP = 0.1  # s between simulated states
STEPS = 40  # simulated steps after the start: a plan of 4 s


class StateIndex(IntEnum):
    """Columns of a state; velocity and acceleration are those of the rear axle, in the vehicle's axes."""

    X = 0
    Y = 1
    HEADING = 2
    VELOCITY_X = 3
    VELOCITY_Y = 4
    ACCELERATION_X = 5
    ACCELERATION_Y = 6
    STEERING_ANGLE = 7
    STEERING_RATE = 8
    ANGULAR_VELOCITY = 9
    ANGULAR_ACCELERATION = 10


POSE = slice(StateIndex.X, StateIndex.HEADING + 1)
POINT = slice(StateIndex.X, StateIndex.Y + 1)


@dataclass(frozen=True)
class Vehicle:
    """Sizes of the ego in metres."""

    width: float = 2.297
    front: float = 4.049  # from the rear axle
    rear: float = 1.127  # from the rear axle
    wheel_base: float = 3.089

    @property
    def length(self) -> float:
        """Length of the box."""
        return self.front + self.rear

    @property
    def rear_axle_to_centre(self) -> float:
        """How far the box's centre is ahead of the rear axle."""
        return 0.5 * self.length - self.rear


PACIFICA = Vehicle()


@dataclass(frozen=True, eq=False)
class Motion:
    """P proposals at T steps."""

    states: Array  # (P, T, 11) columns StateIndex
    vehicle: Vehicle = PACIFICA

    def __post_init__(self) -> None:
        if self.states.ndim != 3 or self.states.shape[2] != len(StateIndex):
            raise InputError(f"found states of shape {self.states.shape}, expected (proposals, steps, 11)")

    @property
    def rear_axle(self) -> Array:
        """(P, T, 3) x, y, heading."""
        return self.states[..., POSE]

    @cached_property
    def centre(self) -> Array:
        """(P, T, 3) x, y, heading of the box's centre."""
        pose = self.states[..., POSE].copy()
        pose[..., 0] += self.vehicle.rear_axle_to_centre * np.cos(pose[..., 2])
        pose[..., 1] += self.vehicle.rear_axle_to_centre * np.sin(pose[..., 2])
        return pose

    @cached_property
    def speed(self) -> Array:
        """(P, T) m/s."""
        return np.hypot(self.states[..., StateIndex.VELOCITY_X], self.states[..., StateIndex.VELOCITY_Y])

    @cached_property
    def corners(self) -> Array:
        """(P, T, 4, 2) front left, rear left, rear right, front right."""
        heading = self.centre[..., 2]
        ahead = 0.5 * self.vehicle.length * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
        left = 0.5 * self.vehicle.width * np.stack([-np.sin(heading), np.cos(heading)], axis=-1)
        centre = self.centre[..., :2]
        return np.stack([centre + ahead + left, centre - ahead + left, centre - ahead - left, centre + ahead - left], 2)

    def outlines(self, steps: NDArray[np.intp]) -> NDArray[np.object_]:
        """The boxes as polygons (P, len(steps)) at some of the steps."""
        return shapely.polygons(self.corners[:, steps])
