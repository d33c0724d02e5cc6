"""What a client may ask about the world around it: rays, the ground below a point, the boxes of the level."""

from math import inf

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import rotation_matrix
from lead.roads.surface import Surface, cast_ray
from lead.roads.town import Town
from lead.simulator.actors import ActorKind, WorldError
from lead.simulator.blueprints import library
from lead.simulator.light_commands import HEAD_EXTENT
from lead.simulator.obstacles import Obstacles
from lead.simulator.table import ActorTable

ANY_LABEL = 255
TRAFFIC_LIGHT, TRAFFIC_SIGN, PEDESTRIAN, DYNAMIC = 7, 8, 12, 21  # CityObjectLabel
VEHICLE_LABELS = {"car": 14, "van": 14, "truck": 15, "bus": 16, "motorcycle": 18, "bicycle": 19}
SIGN_EXTENT = np.array([0.05, 0.35, 0.35])  # m
FIRST_OBJECT = 1_000_000  # environment object ids start here, clear of actor ids
PAST = 1e-3  # m behind a hit where the ray goes on

Point = NDArray[np.float64]
Box = tuple[NDArray[np.float64], NDArray[np.float64], float]


class Queries:
    """Questions about the level; part of `World`."""

    town: Town
    table: ActorTable
    obstacles: Obstacles
    _blueprint: dict[int, str]

    def label_of(self, actor: int) -> int:
        """CityObjectLabel of an actor: what a semantic camera shows it as; 0 for what cannot be seen."""
        kind = ActorKind(self.table.kind[self.table.row(actor)])
        if kind == ActorKind.VEHICLE:
            return VEHICLE_LABELS[library()[self._blueprint[actor]].vehicle_class]
        fixed = {
            ActorKind.WALKER: PEDESTRIAN,
            ActorKind.PROP: DYNAMIC,
            ActorKind.LIGHT: TRAFFIC_LIGHT,
            ActorKind.SIGN: TRAFFIC_SIGN,
        }
        return fixed.get(kind, 0)

    def cast_ray(self, start: ArrayLike, end: ArrayLike) -> list[tuple[Point, int]]:
        """Everything the segment from start to end (3,) m enters, in order: points (3,) and CityObjectLabels."""
        start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
        hits = _surface_hits(self.town.surface, start, end)
        fractions = _box_fractions(self.obstacles, start, end)
        hits += [(float(fractions[box]), int(self.obstacles.label[box])) for box in np.flatnonzero(fractions < inf)]
        for row in self.table.bodies:
            fraction = self._actor_fraction(int(row), start, end)
            if fraction < inf:
                hits.append((fraction, self.label_of(int(self.table.id[row]))))
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

    def _actor_fraction(self, row: int, start: Point, end: Point) -> float:
        columns = self.table.columns
        pose = columns.pose[row]
        turn = rotation_matrix(pose[3], pose[4], pose[5]).T
        local = turn @ (start - pose[:3]) - columns.centre[row]
        return _slab(local, turn @ (end - start), columns.extent[row])

    def level_boxes(self, label: int = ANY_LABEL) -> list[Box]:
        """Boxes of the level's static things with a CityObjectLabel (255: all): centre (3,), half size (3,) m, yaw rad."""
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
            own = TRAFFIC_LIGHT if light else TRAFFIC_SIGN
            if own in held or label not in (own, ANY_LABEL):
                continue
            name = f"{self._blueprint[int(self.table.id[row])]}_{row}"
            extent = HEAD_EXTENT if light else SIGN_EXTENT
            number = FIRST_OBJECT + len(obstacles.yaw) + row
            found.append((number, name, own, head[:3].copy(), extent.copy(), float(head[4])))
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


@numba.njit(cache=True)
def _slab(start: Point, direction: Point, extent: Point) -> float:
    """Fraction of a segment, in a box's own frame, where it enters the box; infinity where it misses or starts inside."""
    enter, leave = -inf, inf
    for k in range(3):
        if abs(direction[k]) < 1e-12:
            if abs(start[k]) > extent[k]:
                return inf
            continue
        a, b = (-extent[k] - start[k]) / direction[k], (extent[k] - start[k]) / direction[k]
        enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
    return enter if 0.0 <= enter <= min(1.0, leave) else inf


@numba.njit(cache=True)
def _box_fractions(obstacles: Obstacles, start: Point, end: Point) -> NDArray[np.float64]:
    """Fraction (B,) of the segment where it enters each standing box, infinity where it does not."""
    fractions = np.full(obstacles.yaw.shape[0], inf)
    local, direction = np.empty(3), np.empty(3)
    for box in range(obstacles.yaw.shape[0]):
        if not obstacles.standing[box]:
            continue
        c, s = np.cos(obstacles.yaw[box]), np.sin(obstacles.yaw[box])
        dx, dy = start[0] - obstacles.centre[box, 0], start[1] - obstacles.centre[box, 1]
        ex, ey = end[0] - start[0], end[1] - start[1]
        local[0], local[1], local[2] = c * dx + s * dy, c * dy - s * dx, start[2] - obstacles.centre[box, 2]
        direction[0], direction[1], direction[2] = c * ex + s * ey, c * ey - s * ex, end[2] - start[2]
        fractions[box] = _slab(local, direction, obstacles.extent[box])
    return fractions


def _surface_hits(surface: Surface, start: Point, end: Point) -> list[tuple[float, int]]:
    """All ground triangles along the segment: fraction and label."""
    length = float(np.linalg.norm(end - start))
    hits: list[tuple[float, int]] = []
    done = 0.0
    while length > 0.0 and done < 1.0 and len(hits) < 64:
        hit, fraction, label = cast_ray(surface, start + done * (end - start), end)
        if not hit:
            break
        place = done + fraction * (1.0 - done)
        hits.append((float(place), int(label)))
        done = place + PAST / length
    return hits
