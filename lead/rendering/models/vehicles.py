"""The models of all vehicles, by blueprint."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType

from lead.rendering.models.model import Model
from lead.rendering.models.vehicle_bicycles import BICYCLES, bicycle
from lead.rendering.models.vehicle_car import car
from lead.rendering.models.vehicle_cars import CARS
from lead.rendering.models.vehicle_emergency import ambulance, fire_engine
from lead.rendering.models.vehicle_motorcycles import MOTORCYCLES, motorcycle
from lead.rendering.models.vehicle_size import VehicleSize
from lead.rendering.models.vehicle_trucks import carlacola, european_hgv
from lead.rendering.models.vehicle_vans import CAMPER, van

Builder = Callable[[VehicleSize], tuple[Model, Model]]

BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        **{name: partial(car, style=style) for name, style in CARS.items()},
        **{name: partial(bicycle, style=style) for name, style in BICYCLES.items()},
        **{name: partial(motorcycle, style=style) for name, style in MOTORCYCLES.items()},
        "vehicle.carlamotors.carlacola": carlacola,
        "vehicle.carlamotors.european_hgv": european_hgv,
        "vehicle.carlamotors.firetruck": fire_engine,
        "vehicle.ford.ambulance": ambulance,
        "vehicle.mercedes.sprinter": van,
        "vehicle.volkswagen.t2": partial(car, style=CAMPER),
        "vehicle.volkswagen.t2_2021": partial(car, style=CAMPER),
    }
)


@cache
def vehicle_model(size: VehicleSize) -> tuple[Model, Model]:
    """Near and far model of a vehicle, in the actor's frame (origin on the ground, x forward, y right, z up).

    Colour slots of the object that carries it: 0 paint and cyclists' shirts, 1 second paint, 2 skin. The far model is
    one rigid part. Raises ValueError for an id that is no vehicle.
    """
    builder = BUILDERS.get(size.id)
    if builder is None:
        raise ValueError(f"vehicle {size.id!r}: no model; expected one of {sorted(BUILDERS)}")
    return builder(size)
