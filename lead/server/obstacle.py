"""The obstacle sensor: the first thing a thick ray along the sensor's x axis meets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lead.geometry.poses import PoseIndex, rotation_matrix
from lead.roads.labels import Label
from lead.server.sensors import Payload, Sensor, event
from lead.server.wire import FARTHEST
from lead.simulator.finite import number

if TYPE_CHECKING:
    from lead.server.episode import Episode

_GROUND = {Label.ROADS, Label.SIDEWALKS, Label.TERRAIN, Label.ROAD_LINES, Label.GROUND}  # what one drives on


class Obstacle(Sensor):
    """Reports on every tick on which something is within `distance` (m) of a ray of radius `hit_radius` (m)."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._distance = min(FARTHEST, max(0.0, number(attributes, "distance", 5.0)))
        self._radius = min(FARTHEST, max(0.0, number(attributes, "hit_radius", 0.5)))
        self._only_dynamics = attributes.get("only_dynamics", "false").lower() == "true"

    def measure(self, episode: "Episode") -> list[Payload]:
        """Own actor, the actor met (or a static thing), distance (m)."""
        world = episode.world
        pose = world.table.pose[world.row(self.actor)]
        parent = self.parent(episode)
        start, direction = pose[:3], rotation_matrix(*pose[PoseIndex.PITCH :])[:, 0]
        body = world.nearest_body(start, direction, self._distance, self._radius, parent)
        actor, distance = (0, np.inf) if body is None else body
        label = Label.NONE
        hit = None if self._only_dynamics else world.project(start, direction, self._distance)
        if hit is not None and hit[1] not in _GROUND:
            reach = float(np.linalg.norm(hit[0] - start))
            if reach < distance:
                actor, distance, label = 0, reach, hit[1]
        if distance > self._distance:
            return []
        return [[event(episode, parent, actor, label, float(distance))]]
