"""What the criteria see of one tick."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, sin

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.stage import Referee

Place = tuple[float, float, float]


@dataclass(frozen=True)
class Contact:
    """A blow that the ego felt, and the ego as it was in the tick before: by the blow it may have come to a stand."""

    actor_id: int  # of the other, 0 for what is no actor
    type_id: str
    time: float  # s
    place: Place  # m, of the ego
    speed: float  # m/s, of the ego seen from above


@dataclass(frozen=True)
class Moment:
    """The ego and what is judged around it. Places in m in CARLA's frame, time in s since the route began."""

    time: float
    place: NDArray[np.float64]  # (3,)
    yaw: float = 0.0  # rad
    velocity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))  # (3,) m/s
    half_extents: Place = (2.4, 0.95, 0.75)  # m: half length, width and height
    speed_limit: float = 50.0 / 3.6  # m/s, where the ego is
    collisions: tuple[Contact, ...] = ()  # since the tick before
    background_speed: float | None = None  # m/s, mean of the vehicles with role "background"; None without any
    lights: Mapping[int, carla.TrafficLightState] = field(default_factory=dict)  # of the lights near the ego, by id
    referee: Referee = field(default_factory=Referee)

    @property
    def speed(self) -> float:
        """m/s seen from above, as the official tools measure it."""
        return float(np.hypot(self.velocity[0], self.velocity[1]))

    @property
    def heading(self) -> NDArray[np.float64]:
        """Unit vector (3,) to the front, level."""
        return np.array([cos(self.yaw), sin(self.yaw), 0.0])

    @property
    def at(self) -> Place:
        """The place as three numbers."""
        x, y, z = self.place.tolist()
        return x, y, z

    @property
    def location(self) -> carla.Location:
        """The place as maps are asked for it."""
        return carla.Location(*self.place.tolist())
