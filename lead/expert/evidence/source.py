"""What an evidence source is asked and what it answers."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lead.expert.evidence.bodies import NOBODY, Bodies
from lead.expert.scene import Actors, Ego

LIGHT_POINTS = 5  # camera points of a traffic light's head with which it counts as seen


@dataclass(frozen=True)
class Heads:
    """The heads of traffic lights (K rows), as boxes in the world. They stand still, so read them once per route."""

    light: NDArray[np.int64]  # (K,) row of the light among the L lights asked about
    centre: NDArray[np.float64]  # (K, 3) m
    half: NDArray[np.float64]  # (K, 3) m
    yaw: NDArray[np.float64]  # (K,) rad
    lights: int  # L

    @classmethod
    def none(cls, lights: int = 0) -> "Heads":
        """Lights of which no head is known."""
        return cls(np.empty(0, np.int64), np.empty((0, 3)), np.empty((0, 3)), np.empty(0), lights)

    @property
    def pose(self) -> NDArray[np.float64]:
        """(K, 6) of the boxes."""
        pose = np.zeros((len(self.light), 6))
        pose[:, :3], pose[:, 4] = self.centre, self.yaw
        return pose


@dataclass(frozen=True)
class Evidence:
    """One tick's answer."""

    actors: NDArray[np.int32]  # (A, 3) points: lead.expert.scene.EvidenceIndex
    lights: NDArray[np.bool_]  # (L,) whether a head of it is seen
    junction_sight: float  # worst score of the cameras (spec/lead-expert-and-data.md, 1.5)


class EvidenceSource(Protocol):
    """Tells what the student's sensors have."""

    def look(self, ego: Ego, actors: Actors, heads: Heads, parked: Bodies = NOBODY) -> Evidence:
        """Evidence of actors (their `evidence` is not looked at) and traffic lights in this tick.

        `parked` are boxes of cars that are no actors but hide others.
        """
        ...


def lights_seen(points: NDArray[np.int32], heads: Heads) -> NDArray[np.bool_]:
    """Whether each light (L,) is seen, from the camera points (K,) of the heads. One without a known head counts as seen:
    to drive on at a red light because its model is unknown would be worse."""
    seen = np.ones(heads.lights, bool)
    seen[heads.light] = False
    seen[heads.light[points >= LIGHT_POINTS]] = True
    return seen
