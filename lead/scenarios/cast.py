"""The actors of a situation: spawned where it says, hidden until they play, and gone when it ends."""

from collections.abc import Callable, Hashable
from types import TracebackType

import carla

from lead.scenarios.order import Order
from lead.scenarios.stage import SetupFault, Stage

LIFT = 0.2  # m above the lane at which vehicles are spawned, so that they do not touch it
UNDER = 500.0  # m below its place where a hidden actor waits
STANDING = 1.0  # m above its feet at which a walker is placed
Lights = carla.VehicleLightState


class Cast:
    """Context: every actor that it spawned is destroyed at the end of it. An order is told who they are."""

    def __init__(self, stage: Stage, order: Order | None = None) -> None:
        self._stage, self._order = stage, order
        self._actors: list[carla.Actor] = []
        self._found: dict[Hashable, list[carla.ActorBlueprint]] = {}  # what was asked for; asking takes 10 ms

    def __enter__(self) -> "Cast":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.dismiss(*self._actors)

    def car(
        self, pose: carla.Transform, model: str = "vehicle.*", *, role: str = "scenario", lights: bool = False,
        special: str | None = None, doors: bool = False, keep: Callable[[carla.ActorBlueprint], bool] | None = None,
    ) -> carla.Vehicle:  # fmt: skip
        """Spawn a vehicle at a pose on the road; a pattern draws one of the four-wheeled cars that fit.

        Args:
            pose: on the lane; the vehicle is spawned a little above it.
            model: blueprint id, or a pattern of which a car is drawn by the stage's generator.
            role: its role name; "scenario no lights" is left alone by the night lights.
            lights: only vehicles that have lights.
            special: the `special_type` they must have ("" for none, "emergency", "taxi"); any if None.
            doors: only vehicles whose doors open.
            keep: a further condition on the blueprints.

        Raises:
            SetupFault: no blueprint fits, or something stands in its place.
        """
        found = [
            blueprint for blueprint in self._models(model, lights, special, doors) if keep is None or keep(blueprint)
        ]
        if not found:
            raise SetupFault(f"no vehicle is {model!r} with special type {special!r}, doors {doors}, lights {lights}")
        blueprint = found[int(self._stage.random.integers(len(found)))]
        blueprint.set_attribute("role_name", role)
        raised = carla.Transform(pose.location + carla.Location(z=LIFT), pose.rotation)
        return self._spawn(blueprint, raised)

    def prop(self, pose: carla.Transform, model: str) -> carla.Actor:
        """Spawn a prop ("static.prop.trafficwarning") that nothing moves. Raises SetupFault if there is no such one."""
        try:
            blueprint = self._stage.world.get_blueprint_library().find(model)
        except IndexError as error:
            raise SetupFault(f"no prop is {model!r}") from error
        blueprint.set_attribute("role_name", "prop")
        actor = self._spawn(blueprint, pose)
        actor.set_simulate_physics(False)
        return actor

    def walker(self, pose: carla.Transform, model: str = "walker.pedestrian.*") -> carla.Walker:
        """Spawn a walker whose feet stand at a pose."""
        found = sorted(self._stage.world.get_blueprint_library().filter(model), key=lambda blueprint: blueprint.id)
        blueprint = found[int(self._stage.random.integers(len(found)))]
        if blueprint.has_attribute("is_invincible"):
            blueprint.set_attribute("is_invincible", "true")
        return self._spawn(blueprint, carla.Transform(pose.location + carla.Location(z=STANDING), pose.rotation))

    def join(self, actor: carla.Actor) -> carla.Actor:
        """Take an actor that was spawned elsewhere into the cast."""
        self._actors.append(actor)
        self._tell()
        return actor

    def dismiss(self, *actors: carla.Actor) -> None:
        """Destroy actors of the cast now."""
        for actor in list(actors):
            if actor in self._actors:
                self._actors.remove(actor)
            if actor.is_alive:
                actor.destroy()
        self._tell()

    def _tell(self) -> None:
        if self._order is not None:
            self._order.actors = tuple(self._actors)

    def _models(self, pattern: str, *wanted: object) -> list[carla.ActorBlueprint]:
        """Vehicles of a pattern that fit, by id."""
        asked = (pattern, *wanted)
        if asked not in self._found:
            found = self._stage.world.get_blueprint_library().filter(pattern)
            fitting = [blueprint for blueprint in found if "*" not in pattern or fits(blueprint, *wanted)]
            self._found[asked] = sorted(fitting, key=lambda blueprint: blueprint.id)
        return self._found[asked]

    def _spawn(self, blueprint: carla.ActorBlueprint, pose: carla.Transform) -> carla.Actor:
        actor = self._stage.world.try_spawn_actor(blueprint, pose)
        if actor is None:
            place = pose.location
            raise SetupFault(f"{blueprint.id} cannot be spawned at ({place.x:.1f}, {place.y:.1f}, {place.z:.1f})")
        return self.join(actor)


def hide(actor: carla.Actor, place: carla.Location | None = None) -> None:
    """Take an actor from the street: without physics, far below its place.

    One that was spawned in this tick does not know its place yet, so it must be given.
    """
    actor.set_simulate_physics(False)
    actor.set_location((place or actor.get_location()) - carla.Location(z=UNDER))


def show(actor: carla.Actor, pose: carla.Transform, *, physics: bool = True) -> None:
    """Put an actor into its place."""
    actor.set_transform(pose)
    actor.set_simulate_physics(physics)


def park(vehicle: carla.Vehicle) -> None:
    """Hold a vehicle by its hand brake."""
    vehicle.apply_control(carla.VehicleControl(hand_brake=True))


def blink(vehicle: carla.Vehicle, *lights: carla.VehicleLightState) -> None:
    """Switch lights on, and all others off."""
    bits = 0
    for light in lights:
        bits |= int(light)
    vehicle.set_light_state(carla.VehicleLightState(bits))


def fits(
    blueprint: carla.ActorBlueprint, lights: bool = False, special: str | None = None, doors: bool = False
) -> bool:
    """Whether a blueprint is a car that has what is asked for, as in `Cast.car`."""
    return (
        _value(blueprint, "base_type") == "car"
        and (not lights or _value(blueprint, "has_lights") == "true")
        and (special is None or _value(blueprint, "special_type") == special)
        and (not doors or _value(blueprint, "has_dynamic_doors") == "true")
    )


def second_generation(blueprint: carla.ActorBlueprint) -> bool:
    """Whether it is one of CARLA's newer models, for `Cast.car`."""
    return blueprint.has_attribute("generation") and blueprint.get_attribute("generation").as_int() == 2


def _value(blueprint: carla.ActorBlueprint, name: str) -> str:
    if not blueprint.has_attribute(name):
        return ""
    attribute = blueprint.get_attribute(name)
    return str(attribute.as_str() if attribute.type == carla.ActorAttributeType.String else attribute.as_bool()).lower()
