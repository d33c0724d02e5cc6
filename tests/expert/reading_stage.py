"""A stage in GridCity on an embedded server for the tests of reading: a straight way, and a director if asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import carla
import numpy as np

from lead.client.launch import free_port
from lead.roads.library import find_map
from lead.scenarios.director import Director
from lead.scenarios.lane_graph import LaneGraph, lane_key, position
from lead.scenarios.plan import Plan, trace
from lead.scenarios.situation import Situation
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged

TOWN = "GridCity"


@cache
def graph_of_town() -> LaneGraph:
    return LaneGraph.of(carla.Map(TOWN, find_map(TOWN)[1]))


@cache
def plan_beside(*, oncoming: bool, metres: float = 100.0) -> Plan:
    """A way along one lane that has, on its left, a lane of the same direction or one of the other."""
    for entry, _ in graph_of_town().map.get_topology():
        lane = [entry.next(step) for step in (15.0, 15.0 + metres)]
        left = entry.get_left_lane()
        if entry.is_junction or left is None or not all(lane) or any(lane_key(w[0]) != lane_key(entry) for w in lane):
            continue
        if left.lane_type == carla.LaneType.Driving and (left.lane_id * entry.lane_id < 0) == oncoming:
            return trace(graph_of_town(), np.array([position(found[0]) for found in lane]))
    raise AssertionError(f"{TOWN} has no such lane")


def situation_at(kind: str, waypoint: carla.Waypoint, **parameters: object) -> Situation:
    """A situation as a route file orders it, triggered at a waypoint."""
    given = {name: {"value": str(value)} for name, value in parameters.items()}
    yaw = np.radians(waypoint.transform.rotation.yaw)
    return Situation(f"{kind}_1", kind, np.array([*position(waypoint), yaw]), given)


@contextmanager
def on_stage(
    client: carla.Client, plan: Plan, situations: Sequence[Situation] = ()
) -> Iterator[tuple[Stage, Director]]:
    """The stage of a plan, with situations on it."""
    with staged(client, graph_of_town(), plan, manager_port=free_port()) as stage:
        director = Director(stage, situations)
        try:
            yield stage, director
        finally:
            director.close()
            stage.world.tick()


def tick(stage: Stage, director: Director) -> int:
    """A tick in which the ego stands; the frame."""
    frame = stage.world.tick()
    stage.update()
    director.step()
    return frame
