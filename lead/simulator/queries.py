"""What a client may ask about the world around it: rays, the ground below a point, the boxes of the level."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import PoseIndex
from lead.roads.labels import Label
from lead.roads.town import Town
from lead.simulator.actors import ActorKind, WorldError
from lead.simulator.blueprints import library
from lead.simulator.light_commands import HEAD_EXTENT
from lead.simulator.obstacles import Obstacles
from lead.simulator.rays import bodies_on_ray, ground_on_ray, obstacles_on_ray
from lead.simulator.table import ActorTable

ANY_LABEL = 255  # CARLA's CityObjectLabel.Any
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
SIGN_EXTENT = np.array([0.05, 0.35, 0.35])  # m
FIRST_OBJECT = 1_000_000  # environment object ids start here, clear of actor ids

Point = NDArray[np.float64]
Box = tuple[NDArray[np.float64], NDArray[np.float64], float]


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

    def cast_ray(self, start: ArrayLike, end: ArrayLike) -> list[tuple[Point, int]]:
        """Everything the segment from start to end (3,) m enters, in order: points (3,) and labels.

        A box in which the segment starts is not seen.
        """
        start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
        hits = ground_on_ray(self.town.surface, start, end)
        boxes, fractions = obstacles_on_ray(self.obstacles, start, end)
        hits += zip(fractions.tolist(), self.obstacles.label[boxes].tolist(), strict=True)
        rows, fractions = bodies_on_ray(self.table.columns, self.table.bodies, start, end, 0.0)
        labels = [int(self.label_of(actor)) for actor in self.table.id[rows].tolist()]
        hits += [hit for hit in zip(fractions.tolist(), labels, strict=True) if hit[0] >= 0.0]
        hits.sort()
        return [(start + fraction * (end - start), label) for fraction, label in hits]

    def project(self, location: ArrayLike, direction: ArrayLike, distance: float) -> tuple[Point, int] | None:
        """First thing met from a location (3,) along a direction (3,) within `distance` m: point and label, or None."""
        start, direction = np.asarray(location, np.float64), np.asarray(direction, np.float64)
        length = float(np.linalg.norm(direction))
        if length == 0.0:
            return None
        hits = self.cast_ray(start, start + direction / length * distance)
        return hits[0] if hits else None

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

    def level_boxes(self, label: int = ANY_LABEL) -> list[Box]:
        """Boxes of the level's static things with a label (255: all): centre (3,), half size (3,) m, yaw rad."""
        return [(centre, extent, yaw) for _, _, _, centre, extent, yaw in self.environment_objects(label)]

    def environment_objects(self, label: int = ANY_LABEL) -> list[tuple[int, str, int, Point, Point, float]]:
        """Static things with a label (255: all): object id, name, label, centre (3,), half size (3,) m, yaw rad."""
        scenery, obstacles = self.town.scenery, self.obstacles
        wanted = obstacles.standing & ((obstacles.label == label) | (label == ANY_LABEL))
        found = [
            (
                FIRST_OBJECT + int(box), str(scenery.name[box]), int(obstacles.label[box]), obstacles.centre[box].copy(),
                obstacles.extent[box].copy(), float(obstacles.yaw[box]),
            )
            for box in np.flatnonzero(wanted)
        ]  # fmt: skip
        held = set(obstacles.label.tolist())
        for row, head in enumerate(self.town.signals.head):
            light = self.table.kind[row] == ActorKind.LIGHT
            own = Label.TRAFFIC_LIGHT if light else Label.TRAFFIC_SIGNS
            if own in held or label not in (own, ANY_LABEL):
                continue
            name = f"{self._blueprint[int(self.table.id[row])]}_{row}"
            extent = HEAD_EXTENT if light else SIGN_EXTENT
            number = FIRST_OBJECT + len(obstacles.yaw) + row
            found.append((number, name, int(own), head[:3].copy(), extent.copy(), float(head[PoseIndex.YAW])))
        return found

    def enable_environment_objects(self, objects: list[int], enabled: bool) -> None:
        """Put static things in place or take them away, for collisions, rays and lists; light heads always stay."""
        count = len(self.obstacles.yaw)
        for number in objects:
            place = number - FIRST_OBJECT
            if not 0 <= place < count + len(self.town.signals.head):
                raise WorldError(f"environment object {number}: not in this town; ask environment_objects for ids")
            if place < count:
                self.obstacles.standing[place] = enabled
