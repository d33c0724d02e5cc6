"""What the rules look at: the scene as far as the settings let the expert know it, and the way ahead of the ego."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.path import Path
from lead.expert.scene import Actors, Route, Scene
from lead.expert.settings import Settings


@dataclass(frozen=True)
class Forecast:
    """Boxes over the next H ticks (0.05 s each): of the ego (A = 1) or of actors, rows as in `View.actors`."""

    pose: NDArray[np.float64]  # (A, H, 3) x, y (m) of the box centre and yaw (rad)
    half: NDArray[np.float64]  # (A, H, 2) half length and half width (m), margins included
    speed: NDArray[np.float64]  # (A, H) m/s


@dataclass(frozen=True)
class View:
    """One tick as the rules see it.

    `actors` are those of the scene that the settings let the expert know of: with `window` and `occlusion` off all of
    them. Rows of every array here are rows of `actors`. With `motion` "past" their `control` and `walking` are zero
    and must not be used; `acceleration` and `yaw_rate` come from past observations then.
    """

    scene: Scene
    settings: Settings
    actors: Actors
    ahead: NDArray[np.float64]  # (A,) m along the path from the ego's index to the actor's middle; negative behind
    aside: NDArray[np.float64]  # (A,) m to the right of the path, negative to the left
    turned: NDArray[np.float64]  # (A,) rad in [-pi, pi], the actor's yaw against the path's there
    in_ego: NDArray[np.float64]  # (A, 3) box middles in the ego's frame
    acceleration: NDArray[np.float64]  # (A,) m/s^2 along the heading, estimated from past observations
    yaw_rate: NDArray[np.float64]  # (A,) rad/s, estimated from past observations
    path: Path
    index: int  # the ego's, on route and path
    limit: float  # m/s
    near_lane_change: bool
    course: NDArray[np.float64]  # (A,) rad, where each was last seen moving to; NaN if it was not within a second

    @property
    def route(self) -> Route:
        """The route, unshifted."""
        return self.scene.route

    @property
    def speed(self) -> float:
        """The ego's, m/s."""
        return self.scene.ego.speed

    @property
    def outwards(self) -> NDArray[np.float64]:
        """(A,) m/s at which each actor gets farther from the path; negative where it comes nearer."""
        along, velocity = self.actors.pose[:, 4] - self.turned, self.actors.velocity
        return np.sign(self.aside) * (velocity[:, 1] * np.cos(along) - velocity[:, 0] * np.sin(along))
