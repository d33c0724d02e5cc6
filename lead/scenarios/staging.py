"""Set the stage for a route: a fresh synchronous world, the ego at the start, a TrafficManager of its own.

Source: spec/benchmarks.md, 1.2.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import carla
import numpy as np

from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import Plan
from lead.scenarios.stage import TICK, SetupFault, Stage
from lead.scenarios.traffic.directives import NoTraffic

EGO_MODEL, EGO_ROLE, EGO_LIFT = "vehicle.lincoln.mkz_2020", "hero", 0.5  # m above the first route point
ACTIVE_DISTANCE = 650.0  # m around the ego in which CARLA keeps large maps alive


@contextmanager
def staged(
    client: carla.Client, graph: LaneGraph, plan: Plan, *, seed: int = 0, manager_port: int = 8000
) -> Iterator[Stage]:
    """The stage of a route in the client's present world; everything on it is gone afterwards.

    Args:
        client: connected; its world is the route's town, freshly loaded.
        graph: lanes of that town.
        plan: the route, traced.
        seed: of all that is drawn on the stage, and of the TrafficManager.
        manager_port: free TCP port for the TrafficManager.

    Raises:
        SetupFault: the ego does not fit where the route begins.
    """
    world = client.get_world()
    before = world.get_settings()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, TICK
    settings.deterministic_ragdolls, settings.spectator_as_ego = True, False
    settings.tile_stream_distance = settings.actor_active_distance = ACTIVE_DISTANCE
    world.apply_settings(settings)
    try:
        ego = _spawn_ego(world, plan)
        try:
            world.tick()
            with _traffic_manager(client, manager_port, seed) as manager:
                world.reset_all_traffic_lights()
                generator = np.random.default_rng([seed, 2000])
                stage = Stage(client, world, graph.map, graph, plan, ego, manager, generator, NoTraffic())
                stage.update()
                yield stage
        finally:
            with suppress(RuntimeError):  # the server may be what failed
                ego.destroy()
    finally:
        with suppress(RuntimeError):
            world.apply_settings(before)


@contextmanager
def _traffic_manager(client: carla.Client, port: int, seed: int) -> Iterator[carla.TrafficManager]:
    """A synchronous TrafficManager; it ends before the ego does, for it aborts when its hero is gone."""
    manager = client.get_trafficmanager(port)
    try:
        manager.set_synchronous_mode(True)
        manager.set_hybrid_physics_mode(True)
        manager.set_random_device_seed(seed)
        yield manager
    finally:
        with suppress(RuntimeError):
            manager.set_synchronous_mode(False)
        manager.shut_down()


def _spawn_ego(world: carla.World, plan: Plan) -> carla.Vehicle:
    blueprint = world.get_blueprint_library().find(EGO_MODEL)
    blueprint.set_attribute("role_name", EGO_ROLE)
    start = plan.waypoints[0].transform
    pose = carla.Transform(start.location + carla.Location(z=EGO_LIFT), start.rotation)
    ego = world.try_spawn_actor(blueprint, pose)
    if ego is None:
        raise SetupFault(f"the ego does not fit at the route's start ({start.location.x:.1f}, {start.location.y:.1f})")
    return ego
