"""Stages for agents on an embedded server: a route with a turn, and an evaluator's tick."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import carla
import numpy as np

from lead.client.launch import free_port
from lead.drive.agent import Agent, Observation, Task
from lead.roads.library import find_map
from lead.scenarios.lane_graph import Command, LaneGraph
from lead.scenarios.plan import Plan, trace
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged

TOWN = "GridCity"


@cache
def graph_of(town: str) -> LaneGraph:
    """The lanes of a town, once for all tests."""
    return LaneGraph.of(carla.Map(town, find_map(town)[1]))


def way_from(start: carla.Waypoint, metres: float, fork: int = 0) -> np.ndarray:
    """Key points (N, 3) m along the lane from a waypoint; at a fork the branch of that number."""
    points, here = [start], start
    for _ in range(int(metres / 5.0)):
        following = here.next(5.0)
        if not following:
            break
        here = following[fork % len(following)]
        points.append(here)
    return np.array([[w.transform.location.x, w.transform.location.y, w.transform.location.z] for w in points])


@cache
def route_with(command: Command, metres: float = 200.0) -> Plan:
    """A route of that length in GridCity with one stretch of that command."""
    graph = graph_of(TOWN)
    for entry, _ in graph.map.get_topology():
        before = entry.previous(0.4 * metres) if entry.is_junction else []
        if not before or before[0].is_junction:
            continue
        start = before[0]
        for fork in range(3):
            plan = trace(graph, way_from(start, metres, fork))
            changes = np.diff(plan.command.astype(int)) != 0
            commands = [c for c in plan.command[1:][changes].tolist() if c != Command.LANE_FOLLOW]
            if commands == [command] and abs(plan.length - metres) < 10.0 and not plan.waypoints[-1].is_junction:
                return plan
    raise AssertionError(f"{TOWN} has no way with one {command.name}")


@contextmanager
def on_stage(client: carla.Client, plan: Plan, seed: int = 0) -> Iterator[Stage]:
    """The stage of a route in GridCity, its lights green."""
    with staged(client, graph_of(TOWN), plan, seed=seed, manager_port=free_port()) as stage:
        for light in stage.world.get_actors().filter("traffic.traffic_light"):
            light.set_state(carla.TrafficLightState.Green)
            light.freeze(True)
        yield stage


def task_of(stage: Stage, **settings: object) -> Task:
    """A task as the leaderboard gives it."""
    return Task(stage.plan.sampled(200.0), "1", TOWN, **settings)


def drive(stage: Stage, agent: Agent, until: Callable[[Stage], bool], seconds: float) -> bool:
    """Tick in the evaluator's order until something holds; False if it did not within the simulated seconds."""
    for _ in range(int(seconds * 20)):
        frame = stage.world.tick()
        stage.update()
        control = agent.control(Observation(frame, stage.time))
        if control is not None:
            stage.ego.apply_control(control)
        if until(stage):
            return True
    return False


def at_end(stage: Stage) -> bool:
    """Whether the ego is less than 10 m from the route's last point."""
    end = stage.plan.waypoints[-1].transform.location
    return stage.place.distance(end) < 10.0
