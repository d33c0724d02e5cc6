"""What a vehicle's model must fit: its blueprint's box and wheels. And how models are made to fit exactly."""

from dataclasses import dataclass

import numpy as np

from lead.rendering.models.model import Joint, Model, Part, bounds, resting
from lead.roads.labels import Label
from lead.simulator.blueprints import Blueprint
from lead.simulator.queries import VEHICLE_LABELS


@dataclass(frozen=True)
class VehicleSize:
    """Measures (m) in the actor's frame: origin on the ground, x forward."""

    id: str  # of the blueprint
    kind: str  # car, van, truck, bus, motorcycle, bicycle
    extent: tuple[float, float, float]  # half size of the box
    centre: tuple[float, float, float]  # of the box
    wheelbase: float
    track: tuple[float, float]  # front, rear
    wheel_radius: tuple[float, float]  # front, rear
    doors: bool  # they open

    @property
    def front(self) -> float:
        """x of the box's front."""
        return self.centre[0] + self.extent[0]

    @property
    def rear(self) -> float:
        """x of the box's rear."""
        return self.centre[0] - self.extent[0]

    @property
    def top(self) -> float:
        """z of the box's top."""
        return self.centre[2] + self.extent[2]

    @property
    def tag(self) -> Label:
        """Semantic class of the vehicle, without its rider."""
        return VEHICLE_LABELS[self.kind]


def size_of(blueprint: Blueprint) -> VehicleSize:
    """The measures of a vehicle's blueprint."""
    if blueprint.physics is None or blueprint.vehicle_class not in VEHICLE_LABELS:
        raise ValueError(
            f"blueprint {blueprint.id}: class {blueprint.vehicle_class!r}; expected one of {sorted(VEHICLE_LABELS)}"
        )
    wheels = blueprint.physics.wheels
    return VehicleSize(
        blueprint.id,
        blueprint.vehicle_class,
        blueprint.extent,
        blueprint.centre,
        blueprint.wheelbase,
        blueprint.track,
        (wheels[0].radius / 100.0, wheels[-1].radius / 100.0),
        blueprint.default("has_dynamic_doors") == "true",
    )


WHEELS = (Joint.WHEEL_FL, Joint.WHEEL_FR, Joint.WHEEL_RL, Joint.WHEEL_RR)


def fitted(model: Model, size: VehicleSize) -> Model:
    """The model stretched to touch the blueprint's box on all sides but the lower one.

    Wheels stand on the ground and stay round; where the box reaches below the ground (a few gen-1 cars) nothing does.
    """
    low, high = bounds(resting(model))
    goal_low = np.array([size.rear, size.centre[1] - size.extent[1], 0.0])
    goal_high = np.array([size.front, size.centre[1] + size.extent[1], size.top])
    low[2] = 0.0
    scale = (goal_high - goal_low) / (high - low)
    parts = []
    for part in model.parts:
        pivot = goal_low + (np.array(part.pivot) - low) * scale
        if part.joint in WHEELS:
            pivot[2] = part.pivot[2]
            parts.append(part._replace(pivot=tuple(pivot.tolist())))
        else:
            parts.append(Part(part.mesh.scaled(*scale.tolist()), part.joint, tuple(pivot.tolist()), part.parent))
    return model._replace(parts=tuple(parts))
