"""Hold a world in synchronous mode, spawn into it and leave it as it was found."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import carla
import numpy as np


@contextmanager
def synchronous(world: carla.World, delta_seconds: float = 0.05) -> Iterator[carla.World]:
    """Switch `world` to synchronous mode with a fixed step (seconds); restore its former settings on the way out."""
    before = world.get_settings()
    settings = world.get_settings()
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = delta_seconds
    world.apply_settings(settings)
    try:
        yield world
    except BaseException:
        with suppress(RuntimeError):  # what went wrong is worth more than that the server is gone too
            world.apply_settings(before)
        raise
    world.apply_settings(before)


def apply(client: carla.Client, world: carla.World, commands: list) -> list[carla.command.Response]:
    """Carry out a batch in synchronous mode, tick once, and return the responses.

    Not by `apply_batch_sync(commands, True)`, which keeps Python's lock while it waits for the tick: with sensors
    listening, their call-backs wait for the lock on the threads that should receive the tick, and it times out.
    """
    responses = client.apply_batch_sync(commands, False)
    world.tick()
    return responses


@contextmanager
def traffic(
    client: carla.Client, world: carla.World, vehicles: int, *, port: int = 8000, seed: int = 0
) -> Iterator[list[int]]:
    """Spawn `vehicles` cars on autopilot and yield their actor ids; destroy them and free the TrafficManager at the end.

    Blueprints and spawn points are taken in a fixed order from the seed, so that the same world and seed give the same
    traffic. The world must be in synchronous mode. Fewer vehicles than asked for are spawned where the map has fewer
    spawn points.

    Raises:
        RuntimeError: the TrafficManager cannot open its port.
    """
    manager = client.get_trafficmanager(port)
    ids: list[int] = []
    try:
        manager.set_synchronous_mode(True)
        manager.set_random_device_seed(seed)
        ids += spawn_vehicles(client, world, vehicles, seed=seed, autopilot_port=manager.get_port())
        yield ids
    except BaseException:
        with suppress(RuntimeError):  # what went wrong is worth more than that the server is gone too
            _clear(client, world, manager, ids)
        raise
    else:
        _clear(client, world, manager, ids)
    finally:
        manager.shut_down()  # its thread would end this process when the server is gone


def _clear(client: carla.Client, world: carla.World, manager: carla.TrafficManager, ids: list[int]) -> None:
    """Take vehicles from their TrafficManager and destroy them."""
    for actor in world.get_actors(ids):
        if isinstance(actor, carla.Vehicle):
            actor.set_autopilot(False, manager.get_port())
    apply(client, world, [carla.command.DestroyActor(i) for i in ids])
    manager.set_synchronous_mode(False)


def spawn_vehicles(
    client: carla.Client, world: carla.World, count: int, *, seed: int = 0, autopilot_port: int | None = None
) -> list[int]:
    """Spawn up to `count` four-wheeled vehicles on distinct spawn points spread by `seed`; returns their actor ids."""
    generator = np.random.default_rng(seed)
    points = world.get_map().get_spawn_points()
    order = generator.permutation(len(points))[:count]
    blueprints = sorted(
        (b for b in world.get_blueprint_library().filter("vehicle.*") if b.get_attribute("base_type") == "car"),
        key=lambda b: b.id,
    )
    commands = []
    for index in order:
        blueprint = blueprints[generator.integers(len(blueprints))]
        blueprint.set_attribute("role_name", "autopilot")
        command = carla.command.SpawnActor(blueprint, points[index])
        if autopilot_port is not None:
            command = command.then(carla.command.SetAutopilot(carla.command.FutureActor, True, autopilot_port))
        commands.append(command)
    return [r.actor_id for r in apply(client, world, commands) if not r.error]


def spawn_walkers(client: carla.Client, world: carla.World, count: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """Spawn walkers with AI controllers that stroll to random places; returns (walker id, controller id) pairs.

    The client's crowd draws from its own generator, seeded here. A town without a walker mesh gives an empty list.
    """
    world.set_pedestrians_seed(seed)
    places = [world.get_random_location_from_navigation() for _ in range(count)]
    blueprints = sorted(world.get_blueprint_library().filter("walker.pedestrian.*"), key=lambda b: b.id)
    spawn = [
        carla.command.SpawnActor(
            blueprints[(seed + k) % len(blueprints)], carla.Transform(place + carla.Location(z=1.0))
        )
        for k, place in enumerate(places)
        if place is not None
    ]
    walkers = [r.actor_id for r in apply(client, world, spawn) if not r.error]
    controller = world.get_blueprint_library().find("controller.ai.walker")
    attach = [carla.command.SpawnActor(controller, carla.Transform(), walker) for walker in walkers]
    answers = apply(client, world, attach)
    people = [(walker, r.actor_id) for walker, r in zip(walkers, answers) if not r.error]
    alone = [walker for walker, r in zip(walkers, answers) if r.error]
    if alone:
        apply(client, world, [carla.command.DestroyActor(walker) for walker in alone])
    start_controllers(world, world.get_actors([controller for _, controller in people]))
    return people


def start_controllers(world: carla.World, controllers: Sequence[carla.Actor]) -> None:
    """Set each AI walker controller off to a random place at walking speed (1.4 m/s)."""
    for actor in controllers:
        actor.start()
        place = world.get_random_location_from_navigation()
        if place is not None:
            actor.go_to_location(place)
        actor.set_max_speed(1.4)


def light_manager(client: carla.Client) -> carla.LightManager:
    """The street lamps of the client's world. The client lives on until the process ends.

    For a client whose light manager was used aborts the process in its destructor (0.9.15, 0.9.16: the manager, which
    is destroyed with it, asks it for the episode).
    """
    manager = client.get_world().get_lightmanager()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(client))
    return manager
