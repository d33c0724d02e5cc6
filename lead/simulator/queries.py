"""What is around a place: what an actor counts as, and what is in the way among bodies, scenery boxes and ground."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.roads.labels import Label
from lead.roads.surface import cast_ray
from lead.roads.town import Town
from lead.simulator.actors import ActorKind
from lead.simulator.blueprints import library
from lead.simulator.obstacles import Obstacles
from lead.simulator.rays import bodies_on_ray, obstacles_on_ray
from lead.simulator.table import ActorTable

VEHICLE_LABELS = {
    "car": Label.CAR,
    "van": Label.CAR,
    "truck": Label.TRUCK,
    "bus": Label.BUS,
    "motorcycle": Label.MOTORCYCLE,
    "bicycle": Label.BICYCLE,
}
OTHER_LABELS = {
    ActorKind.WALKER: Label.PEDESTRIANS,
    ActorKind.PROP: Label.DYNAMIC,
    ActorKind.LIGHT: Label.TRAFFIC_LIGHT,
    ActorKind.SIGN: Label.TRAFFIC_SIGNS,
}

Point = NDArray[np.float64]


class Queries:
    """Questions about the level; part of `World`."""

    town: Town
    table: ActorTable
    obstacles: Obstacles
    _blueprint: dict[int, str]

    def label_of(self, actor: int) -> Label:
        """What a semantic camera shows an actor as; NONE for what cannot be seen."""
        kind = ActorKind(self.table.kind[self.table.row(actor)])
        if kind == ActorKind.VEHICLE:
            return VEHICLE_LABELS[library()[self._blueprint[actor]].vehicle_class]
        return OTHER_LABELS.get(kind, Label.NONE)

    def project(self, location: ArrayLike, direction: ArrayLike, distance: float) -> tuple[Point, Label] | None:
        """The first that a ray from a location (3,) along a direction (3,) meets of ground and standing scenery boxes.

        Point and label, None if nothing is within `distance` m. A box in which the ray starts is not seen.
        """
        start, direction = np.asarray(location, np.float64), np.asarray(direction, np.float64)
        length = float(np.linalg.norm(direction))
        if length == 0.0:
            return None
        end = start + direction / length * distance
        found, fraction, label = cast_ray(self.town.surface, start, end)
        boxes, fractions = obstacles_on_ray(self.obstacles, start, end)
        if len(boxes) and (not found or fractions.min() < fraction):
            nearest = int(np.argmin(fractions))
            found, fraction, label = True, fractions[nearest], self.obstacles.label[boxes[nearest]]
        return (start + float(fraction) * (end - start), Label(label)) if found else None

    def nearest_body(
        self, location: ArrayLike, direction: ArrayLike, distance: float, radius: float, but: int
    ) -> tuple[int, float] | None:
        """First body other than actor `but` that a ray `radius` m thick meets within `distance` m: actor and metres.

        `direction` (3,) is a unit vector; 0 m for a body in which the ray starts.
        """
        table = self.table
        start = np.asarray(location, np.float64)
        others = table.bodies[table.id[table.bodies] != but]
        rows, fractions = bodies_on_ray(
            table.columns, others, start, start + distance * np.asarray(direction, np.float64), radius
        )
        if not len(rows):
            return None
        nearest = int(np.argmin(np.maximum(0.0, fractions)))
        return int(table.id[rows[nearest]]), distance * max(0.0, float(fractions[nearest]))

    def stand_boxes(self, boxes: ArrayLike, standing: bool) -> None:
        """Put boxes (N,) of the scenery in place or take them away, for collisions and for `project`."""
        self.obstacles.standing[np.asarray(boxes, np.int64)] = standing
