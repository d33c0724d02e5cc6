"""Cars parked in a share of a town's parking slots: which model, which colour, and how they stand."""

from functools import cache
from math import atan2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.rendering.kernels.ground import heights, lanes_of
from lead.rendering.mesh import Mesh
from lead.rendering.models.model import resting
from lead.rendering.models.vehicle_size import size_of
from lead.rendering.models.vehicles import vehicle_model
from lead.rendering.street.painted import Painted, crosswalk_points
from lead.rendering.street.thing import Thing, tints
from lead.roads.labels import Label
from lead.roads.town import Town
from lead.simulator.blueprints import library

SHARE = 0.5  # of the slots that are taken
FROM_CROSSWALK = 3.6  # m between a crosswalk and the middle of a parked car
SLACK = 0.5  # m by which cars stand off the middle of their slot, along it, at most
MODELS = (
    "vehicle.audi.a2", "vehicle.audi.etron", "vehicle.citroen.c3", "vehicle.dodge.charger_2020", "vehicle.lincoln.mkz_2017",
    "vehicle.mercedes.coupe", "vehicle.mini.cooper_s", "vehicle.nissan.micra", "vehicle.nissan.patrol", "vehicle.seat.leon",
    "vehicle.tesla.model3", "vehicle.toyota.prius", "vehicle.jeep.wrangler_rubicon",
)  # fmt: skip
COLOURS = (
    "#d8d8d6", "#b4b7ba", "#8c9094", "#3b3f44", "#17181a", "#7a1a1e", "#1d3a6e", "#2f5f8a", "#5b6b52", "#c8c2b0", "#a3492c"
)  # fmt: skip


class ParkedCars(NamedTuple):
    """One row per parked car (N rows)."""

    slot: NDArray[np.int64]  # (N,) row of Town.parking_slots
    pose: NDArray[np.float64]  # (N, 6) on the ground, m and rad
    model: NDArray[np.int64]  # (N,) row of MODELS
    colour: NDArray[np.int64]  # (N,) row of COLOURS


def usable_slots(town: Town, painted: Painted) -> NDArray[np.bool_]:
    """Which parking slots (P,) lie outside junctions and off crosswalks: maps lead parking lanes through some."""
    slots = town.parking_slots
    lane = lanes_of(town.network, slots[:, None, :3].repeat(3, axis=1).astype(np.float32))
    usable = (lane < 0) | (town.network.lanes.junction[lane] < 0)
    crosswalks = crosswalk_points(painted)
    if len(crosswalks) and len(slots):
        usable &= cKDTree(crosswalks).query(slots[:, :2])[0] > FROM_CROSSWALK
    return usable


def parked_cars(town: Town, usable: NDArray[np.bool_], seed: int = 0) -> ParkedCars:
    """The parked cars of a town in its usable slots (P,); the same town and seed give the same ones."""
    slots = town.parking_slots
    draw = np.random.default_rng([seed, 5]).random((len(slots), 4))
    taken = np.flatnonzero(usable & (draw[:, 0] < SHARE))
    pose = slots[taken].copy()
    along = (2.0 * draw[taken, 3] - 1.0) * SLACK
    pose[:, 0] += along * np.cos(pose[:, 4])
    pose[:, 1] += along * np.sin(pose[:, 4])
    pose[:, 2] = heights(town.surface, pose[:, :3], 0)[0]
    model, colour = ((draw[taken, k] * count).astype(np.int64) for k, count in ((1, len(MODELS)), (2, len(COLOURS))))
    return ParkedCars(taken, pose, model, colour)


def parked_things(town: Town, cars: ParkedCars, rows: NDArray[np.int64]) -> list[Thing]:
    """One thing per row of `cars`, tilted as the ground under its wheels."""
    things = []
    for k in rows:
        meshes, pose = parked_car(town, cars, int(k))
        tint = tints(COLOURS[cars.colour[k]], "#e8e8e4")
        things.append(Thing(*(mesh.moved(*pose) for mesh in meshes), parked_name(cars, int(k)), Label.CAR, tint))
    return things


def parked_name(cars: ParkedCars, k: int) -> str:
    """What the thing of a row of `cars` is called."""
    return f"ParkedCar_{cars.slot[k]}"


def parked_car(town: Town, cars: ParkedCars, k: int) -> tuple[tuple[Mesh, Mesh], tuple[float, ...]]:
    """Near and far mesh of a row of `cars` in its own frame, and its pose (6,), m and rad."""
    near, far, wheelbase, track = _model(MODELS[cars.model[k]])
    x, y, _, _, yaw, _ = cars.pose[k].tolist()
    z, pitch, roll = _stance(town, cars.pose[k], 0.5 * wheelbase, 0.5 * track)
    return (near, far), (x, y, z, pitch, yaw, roll)


@cache
def _model(blueprint: str) -> tuple[Mesh, Mesh, float, float]:
    """Near and far mesh of a standing car, its wheelbase and track (m)."""
    size = size_of(library()[blueprint])
    near, far = (resting(model) for model in vehicle_model(size))
    return near, far, size.wheelbase, size.track[0]


def _stance(town: Town, pose: NDArray[np.float64], u: float, v: float) -> tuple[float, float, float]:
    """z (m), pitch and roll (rad) of a car whose wheels stand u and v m from its middle."""
    c, s = np.cos(pose[4]), np.sin(pose[4])
    wheels = np.array([(u, v), (u, -v), (-u, v), (-u, -v)])
    places = np.column_stack([pose[0] + wheels @ [c, -s], pose[1] + wheels @ [s, c], np.full(4, pose[2])])
    fr, fl, rr, rl = heights(town.surface, places, 0)[0].tolist()
    return 0.25 * (fr + fl + rr + rl), atan2(fr + fl - rr - rl, 4.0 * u), atan2(fl + rl - fr - rr, 4.0 * v)
