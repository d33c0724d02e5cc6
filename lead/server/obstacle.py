"""The obstacle sensor: the first thing a thick ray along the sensor's x axis meets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix, to_local
from lead.server.sensors import Payload, Sensor, event, number
from lead.server.wire import FARTHEST
from lead.simulator.actors import ActorKind

if TYPE_CHECKING:
    from lead.server.episode import Episode

_BODIES = (ActorKind.VEHICLE, ActorKind.WALKER, ActorKind.PROP)
_GROUND_LABELS = (1, 2, 10, 24, 25)  # roads, sidewalks, terrain, road lines, ground: what one drives on is no obstacle


class Obstacle(Sensor):
    """Reports on every tick on which something is within `distance` (m) of a ray of radius `hit_radius` (m)."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._distance = min(number(attributes, "distance", 5.0), FARTHEST)
        self._radius = min(number(attributes, "hit_radius", 0.5), FARTHEST)
        self._only_dynamics = attributes.get("only_dynamics", "false").lower() == "true"

    def measure(self, episode: "Episode") -> list[Payload]:
        """Own actor, the actor met (or a static thing), distance (m)."""
        world = episode.world
        pose = world.table.pose[world.row(self.actor)]
        parent = self.parent(episode)
        actor, distance = self._nearest_actor(episode, pose, parent)
        label = 0
        if not self._only_dynamics:
            hit = world.project(pose[:3], rotation_matrix(pose[3], pose[4], pose[5])[:, 0], self._distance)
            if hit is not None and int(hit[1]) not in _GROUND_LABELS and not _is_body(int(hit[1])):
                reach = float(np.linalg.norm(np.asarray(hit[0]) - pose[:3]))
                if reach < distance:
                    actor, distance, label = 0, reach, int(hit[1])
        if distance > self._distance:
            return []
        return [[event(episode, parent, actor, label, float(distance))]]

    def _nearest_actor(self, episode: "Episode", pose: NDArray[np.float64], parent: int) -> tuple[int, float]:
        """Id and distance (m) of the nearest body on the ray, (0, inf) if there is none."""
        table = episode.world.table
        best, nearest = 0, np.inf
        direction = rotation_matrix(pose[3], pose[4], pose[5])[:, 0]
        reach = self._distance + self._radius + np.linalg.norm(table.extent + np.abs(table.centre), axis=1)
        near = np.linalg.norm(table.pose[:, :3] - pose[:3], axis=1) < reach
        for row in np.flatnonzero(near & np.isin(table.kind, _BODIES) & (table.id != parent)):
            start, end = to_local(np.stack([pose[:3], pose[:3] + direction]), np.ascontiguousarray(table.pose[row]))
            distance = box_distance(start - table.centre[row], end - start, table.extent[row] + self._radius)
            if distance < nearest:
                best, nearest = int(table.id[row]), distance
        return best, nearest


def box_distance(origin: NDArray[np.float64], direction: NDArray[np.float64], extent: NDArray[np.float64]) -> float:
    """Length along a ray at which it enters a box around 0; inf if it misses, 0 if it starts inside.

    origin (3,), unit direction (3,), half sizes (3,), all in the box's frame, m.
    """
    enter, leave = 0.0, np.inf
    for axis in range(3):
        if abs(direction[axis]) < 1e-12:
            if abs(origin[axis]) > extent[axis]:
                return np.inf
            continue
        one = (-extent[axis] - origin[axis]) / direction[axis]
        two = (extent[axis] - origin[axis]) / direction[axis]
        enter, leave = max(enter, min(one, two)), min(leave, max(one, two))
    return float(enter) if enter <= leave else np.inf


def _is_body(label: int) -> bool:
    """Whether a CityObjectLabel is that of a pedestrian, rider or vehicle."""
    return 12 <= label <= 19
