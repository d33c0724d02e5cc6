"""The static things of a town as a list: what each is called, the box it fills, and what else stands for it.

They stand where the tiles have their triangles, and none need be built to list them. Ground, bridges, and what grows or
is built away from the roads are not listed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import to_world
from lead.rendering.mesh import Mesh
from lead.rendering.models.model import bounds
from lead.rendering.street.parked import parked_car, parked_name
from lead.rendering.street.scenery_at import lamp_at, tree_at
from lead.rendering.street.signals_at import signal_name, signal_parts
from lead.rendering.street.tiles import Street
from lead.rendering.street.vegetation import ROOT
from lead.roads.labels import Label

_FILLED = {
    "Building": Label.BUILDINGS, "GuardRail": Label.GUARD_RAIL, "Wall": Label.WALLS, "Fence": Label.FENCES,
}  # fmt: skip


class LevelObject(NamedTuple):
    """A static thing, or a piece of one."""

    name: str  # of it alone
    label: Label
    pose: NDArray[np.float64]  # (6,) of the middle of its box, m and rad
    extent: NDArray[np.float64]  # (3,) half sizes of its box, m
    thing: str  # name of the Thing it is a piece of
    boxes: tuple[int, ...]  # rows of Town.scenery that stand for that thing in collisions


def list_level(street: Street) -> list[LevelObject]:
    """The things of a town in a fixed order: traffic lights and signs, scenery, parked cars."""
    return _signals(street) + _scenery(street) + _parked(street)


class _Fit:
    """Boxes around meshes that many things share."""

    def __init__(self) -> None:
        self._bounds: dict[int, tuple[Mesh, NDArray[np.float64], NDArray[np.float64]]] = {}

    def box(self, mesh: Mesh, pose: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pose (6,) of the middle and half sizes (3,) of the box around a mesh at a pose (6,)."""
        if id(mesh) not in self._bounds:  # the mesh is held, so that its id stays its own
            low, high = (corner.astype(np.float64) for corner in bounds(mesh))
            self._bounds[id(mesh)] = mesh, 0.5 * (low + high), 0.5 * (high - low)
        _, middle, half = self._bounds[id(mesh)]
        placed = np.array(pose, np.float64)
        placed[:3] = to_world(middle[None], placed)[0]
        return placed, half


def _upright(place: tuple[float, float, float, float]) -> list[float]:
    """The pose (6,) of x, y, z (m), yaw (rad)."""
    return [*place[:3], 0.0, place[3], 0.0]


def _signals(street: Street) -> list[LevelObject]:
    town, fit, found = street.town, _Fit(), []
    boxes = _signal_boxes(street)
    for k in range(len(town.signals.kind)):
        thing = signal_name(town, k)
        for part in signal_parts(town, k):
            pose, extent = fit.box(part.meshes[0], _upright(part.place))
            found.append(LevelObject(f"{thing}_{part.name}", part.label, pose, extent, thing, boxes.get(k, ())))
    return found


def _signal_boxes(street: Street) -> dict[int, tuple[int, ...]]:
    """Rows of the scenery by row of the signals: a pole and what follows it stand for one signal, in their order."""
    found: dict[int, tuple[int, ...]] = {}
    signal = -1
    for row, name in enumerate(street.town.scenery.name.tolist()):
        if name.startswith("Signal_"):
            signal += name.endswith("_Pole")
            found[signal] = (*found.get(signal, ()), row)
    return found


def _scenery(street: Street) -> list[LevelObject]:
    town, fit, found = street.town, _Fit(), []
    scenery = town.scenery
    for row, name in enumerate(scenery.name.tolist()):
        if street.lamp_post[row] >= 0:
            meshes, place = lamp_at(town, row)
            pose, extent = fit.box(meshes[0], _upright(place))
            name = f"StreetLamp_{street.lamp_post[row]}"
            found.append(LevelObject(name, Label.POLES, pose, extent, name, (row,)))
        elif name in _FILLED:
            place = (*scenery.centre[row].tolist(), float(scenery.yaw[row]))
            extent, own = scenery.extent[row].astype(np.float64), f"{name}_{row}"
            found.append(LevelObject(own, _FILLED[name], np.array(_upright(place)), extent, own, (row,)))
        elif name == "Tree_Trunk":
            place, half, height = tree_at(town, row)
            middle = np.array(_upright(place)) + [0.0, 0.0, 0.5 * height * (1.0 - ROOT), 0.0, 0.0, 0.0]
            extent, own = np.array([half, half, 0.5 * height * (1.0 + ROOT)]), f"Tree_{row}"
            found.append(LevelObject(own, Label.VEGETATION, middle, extent, own, (row, row + 1)))
    return found


def _parked(street: Street) -> list[LevelObject]:
    fit, found = _Fit(), []
    for k in range(len(street.parked.slot)):
        meshes, pose = parked_car(street.town, street.parked, k)
        name = parked_name(street.parked, k)
        found.append(LevelObject(name, Label.CAR, *fit.box(meshes[0], pose), name, ()))
    return found
