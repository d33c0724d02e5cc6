"""Models of the props of CARLA's blueprint library, and of the meshes that `static.prop.mesh` takes.

Tags follow what LEAD reads from CARLA: what can be moved is DYNAMIC, cones and the warning signs of road works and
accidents included; what is fixed to the ground is STATIC, street signs TRAFFIC_SIGNS, trees VEGETATION.
"""

from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import Lamp
from lead.rendering.materials import Material, linear
from lead.rendering.mesh import Mesh, box
from lead.rendering.models import prop_containers, prop_garden, prop_nature, prop_small, prop_street, prop_traffic
from lead.rendering.models.model import Joint, Model, Part, resting
from lead.rendering.models.prop_kit import Shape, fitted, stand_in
from lead.rendering.models.vehicle_size import size_of
from lead.rendering.models.vehicles import vehicle_model
from lead.roads.labels import Label
from lead.simulator.blueprints import library

PREFIX = "static.prop."
FEW = 48  # triangles up to which a prop looks the same from afar
SHAPES: dict[str, Shape] = {
    **prop_traffic.SHAPES,
    **prop_street.SHAPES,
    **prop_containers.SHAPES,
    **prop_garden.SHAPES,
    **prop_nature.SHAPES,
    **prop_small.SHAPES,
}
PARKED_CARS = {
    "SM_LincolnParked": "vehicle.lincoln.mkz_2020",
    "SM_ChargerParked": "vehicle.dodge.charger_2020",
    "SM_VolkswagenT2_2021_Parked": "vehicle.volkswagen.t2_2021",
    "SM_FordCrown_parked": "vehicle.ford.crown",
    "SM_NissanPatrol2021_parked": "vehicle.nissan.patrol_2021",
    "SM_MercedesCCC_Parked": "vehicle.mercedes.coupe_2020",
    "SM_TeslaM3_parked": "vehicle.tesla.model3",
    "SM_Mini2021_parked": "vehicle.mini.cooper_s_2021",
}
PARKED_COLOURS = ("#8b1a1a", "#1e2a44", "#c8c9c7", "#2b2c2e", "#e6e6e2", "#5c6f7b", "#6d6a5f", "#23413a")
MESHES = {
    "SM_PlasticTable": "plastictable",
    "SM_PlasticChair": "plasticchair",
    "SM_ConstructionCone": "constructioncone",
}
Vector = tuple[float, float, float]


@cache
def prop_model(uid: str, extent: Vector, centre: Vector) -> tuple[Model, Model]:
    """Near and far model of a prop blueprint that fill its box (half sizes and centre, m). A prop that is unknown here
    is a plain box."""
    shape = SHAPES.get(uid.removeprefix(PREFIX))
    if shape is None:
        plain = box((2.0, 2.0, 2.0), (0.0, 0.0, 0.0), Material.PLASTIC_GREY)
        return _models(plain, plain, Label.DYNAMIC, extent, centre)
    size = (extent[0], extent[1], 2.0 * extent[2])
    near = fitted(shape.build(*size), extent, (0.0, 0.0, extent[2]))
    if shape.far is not None:
        far = shape.far(*size)
    else:
        far = stand_in(near) if shape.solid and len(near.faces) > FEW else near
    return _models(near, far, shape.tag, extent, centre)


@cache
def mesh_model(path: str, extent: Vector) -> tuple[Model, Model]:
    """Near and far model of a mesh of `static.prop.mesh`, standing on its origin, with half sizes `extent` (m): a parked
    car, a prop, or a plain box."""
    name = path.rpartition(".")[2]
    centre = (0.0, 0.0, extent[2])
    car = PARKED_CARS.get(name)
    if car is None:
        return prop_model(PREFIX + MESHES.get(name, name), extent, centre)
    near, far = (resting(model) for model in vehicle_model(size_of(library()[car])))
    return _models(near, far, Label.CAR, extent, centre)


def mesh_tints(path: str) -> NDArray[np.float32]:
    """Linear RGB (3, 3) of a parked car's paint, always the same for one mesh; other meshes have none to colour."""
    paint = linear(PARKED_COLOURS[crc32(path.encode()) % len(PARKED_COLOURS)])
    return np.tile(np.array(paint, np.float32), (3, 1))


def prop_lamps(uid: str) -> Lamp:
    """Lamps of a prop that are always on: those of the arrow board."""
    return Lamp.SPECIAL1 if uid == f"{PREFIX}trafficwarning" else Lamp(0)


def _models(near: Mesh, far: Mesh, tag: Label, extent: Vector, centre: Vector) -> tuple[Model, Model]:
    boxed = (fitted(mesh, extent, centre).tagged(tag) for mesh in (near, far))
    return tuple(Model((Part(mesh, Joint.BODY),)) for mesh in boxed)
