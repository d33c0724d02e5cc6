"""`srunner.scenariomanager.carla_data_provider`: the world, the ego, and actors' states at the last tick."""

from math import hypot

import carla

HERO = "hero"  # role name of the ego


class CarlaDataProvider:
    """What agents ask about the simulation that this process drives in. One per process, as officially."""

    _client: carla.Client | None = None
    _world: carla.World | None = None
    _map: carla.Map | None = None
    _synchronous = False
    _manager_port = 8000
    _carla_actor_pool: dict[int, carla.Actor] = {}
    _transforms: dict[int, carla.Transform] = {}
    _velocities: dict[int, float] = {}

    @staticmethod
    def set_client(client: carla.Client) -> None:
        """Set by the runner."""
        CarlaDataProvider._client = client

    @staticmethod
    def set_world(world: carla.World) -> None:
        """Set by the runner, once per route."""
        CarlaDataProvider._world, CarlaDataProvider._map = world, world.get_map()
        CarlaDataProvider._synchronous = world.get_settings().synchronous_mode

    @staticmethod
    def set_traffic_manager_port(port: int) -> None:
        """Set by the runner."""
        CarlaDataProvider._manager_port = port

    @staticmethod
    def register_actor(actor: carla.Actor, transform: carla.Transform | None = None) -> None:
        """Keep an actor's state from tick to tick."""
        CarlaDataProvider._carla_actor_pool[actor.id] = actor
        CarlaDataProvider._transforms[actor.id] = transform or actor.get_transform()
        CarlaDataProvider._velocities[actor.id] = _speed(actor)

    @staticmethod
    def on_carla_tick() -> None:
        """Read the states of this tick."""
        for number, actor in CarlaDataProvider._carla_actor_pool.items():
            if actor.is_alive:
                CarlaDataProvider._transforms[number] = actor.get_transform()
                CarlaDataProvider._velocities[number] = _speed(actor)

    @staticmethod
    def get_client() -> carla.Client | None:
        """The client."""
        return CarlaDataProvider._client

    @staticmethod
    def get_world() -> carla.World | None:
        """The world."""
        return CarlaDataProvider._world

    @staticmethod
    def get_map(world: carla.World | None = None) -> carla.Map | None:
        """The map of a world; of the one that is driven in, the same object every time."""
        return CarlaDataProvider._map if world is None else world.get_map()

    @staticmethod
    def is_sync_mode() -> bool:
        """Whether the world waits for its client."""
        return CarlaDataProvider._synchronous

    @staticmethod
    def get_traffic_manager_port() -> int:
        """Port of the TrafficManager."""
        return CarlaDataProvider._manager_port

    @staticmethod
    def get_hero_actor() -> carla.Actor | None:
        """The ego."""
        pool = CarlaDataProvider._carla_actor_pool.values()
        return next((actor for actor in pool if actor.attributes.get("role_name") == HERO), None)

    @staticmethod
    def get_all_actors() -> carla.ActorList:
        """Every actor of the world."""
        return CarlaDataProvider._world.get_actors()

    @staticmethod
    def get_actors() -> list[tuple[int, carla.Actor]]:
        """Registered actors with their ids."""
        return list(CarlaDataProvider._carla_actor_pool.items())

    @staticmethod
    def get_transform(actor: carla.Actor) -> carla.Transform:
        """Pose at the last tick."""
        return CarlaDataProvider._transforms.get(actor.id) or actor.get_transform()

    @staticmethod
    def get_location(actor: carla.Actor) -> carla.Location:
        """Place (m) at the last tick."""
        return CarlaDataProvider.get_transform(actor).location

    @staticmethod
    def get_velocity(actor: carla.Actor) -> float:
        """Speed (m/s) at the last tick."""
        return CarlaDataProvider._velocities.get(actor.id, _speed(actor))

    @staticmethod
    def cleanup() -> None:
        """Forget everything."""
        provider = CarlaDataProvider
        provider._client = provider._world = provider._map = None
        provider._synchronous, provider._manager_port = False, 8000
        for known in (provider._carla_actor_pool, provider._transforms, provider._velocities):
            known.clear()


def _speed(actor: carla.Actor) -> float:
    velocity = actor.get_velocity()
    return hypot(velocity.x, velocity.y, velocity.z)
