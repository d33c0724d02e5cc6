"""Play one situation on an embedded server with a simple ego, and write down what happened each tick."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import carla
import numpy as np

from lead.client.launch import free_port
from lead.roads.library import find_map
from lead.scenarios.director import Director, Part, Played
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.movers.driver import PathDriver
from lead.scenarios.plan import Plan, trace
from lead.scenarios.situation import Situation
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged


class Orders:
    """Takes the place of background traffic and remembers what situations asked of it, as (name, arguments)."""

    def __init__(self) -> None:
        self.given: list[tuple[str, tuple, dict]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: self.given.append((name, args, kwargs))

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.given]

    def arguments(self, name: str) -> tuple:
        """Arguments of the first order of that name."""
        return next(args for given, args, _ in self.given if given == name)


@cache
def graph_of(town: str) -> LaneGraph:
    """The lanes of a town, once for all tests."""
    return LaneGraph.of(carla.Map(town, find_map(town)[1]))


def visit(client: carla.Client, town: str) -> carla.Client:
    """The client with that town loaded; nothing is done if it is there already."""
    if not client.get_world().get_map().name.endswith(town):
        client.load_world(town)
    return client


def plan_along(
    start: carla.Waypoint, metres: float, turn: Callable[[list[carla.Waypoint]], carla.Waypoint] | None = None
):
    """Key points (N, 3) m every 5 m along the lane from a waypoint; `turn` chooses where it forks, else straight on."""
    points, here = [start], start
    for _ in range(int(metres / 5.0)):
        following = here.next(5.0)
        if not following:
            break
        here = turn(following) if turn and len(following) > 1 else following[0]
        points.append(here)
    return np.array([[w.transform.location.x, w.transform.location.y, w.transform.location.z] for w in points])


def situation(kind: str, trigger: carla.Transform, **parameters: Any) -> Situation:
    """A situation as a route file would order it: a number or text is `value`, a pair an interval, a Location a place."""
    attributes = {}
    for name, value in parameters.items():
        if isinstance(value, carla.Location):
            attributes[name] = {"x": str(value.x), "y": str(value.y), "z": str(value.z)}
        elif isinstance(value, tuple):
            attributes[name] = {"from": str(value[0]), "to": str(value[1])}
        else:
            attributes[name] = {"value": str(value)}
    place = trigger.location
    return Situation(
        f"{kind}_1", kind, np.array([place.x, place.y, place.z, np.radians(trigger.rotation.yaw)]), attributes
    )


@dataclass
class Act:
    """A situation being played: the stage, its director and the ego's driver."""

    stage: Stage
    director: Director
    driver: PathDriver
    orders: Orders
    ticks: int = 0
    seen: list[Any] = field(default_factory=list)

    @property
    def played(self) -> Played:
        return self.director.played[0]

    @property
    def over(self) -> bool:
        return self.played.part in (Part.ENDED, Part.LEFT_OUT)

    def tick(self, *, ego_drives: bool = True) -> None:
        """One tick in the evaluator's order: world, state, ego's control, situations."""
        self.stage.world.tick()
        self.stage.update()
        self.stage.control = self.driver.control() if ego_drives else carla.VehicleControl(brake=1.0)
        self.stage.ego.apply_control(self.stage.control)
        self.director.step()
        self.ticks += 1

    def run(self, until: Callable[["Act"], bool], seconds: float = 60.0, *, ego_drives: bool = True) -> bool:
        """Tick until something holds; False if it did not within the simulated seconds."""
        for _ in range(int(seconds * 20)):
            if until(self):
                return True
            self.tick(ego_drives=ego_drives)
        return until(self)

    def actors(self, pattern: str) -> list[carla.Actor]:
        """All actors of a kind but the ego, by rising id."""
        found = [actor for actor in self.stage.world.get_actors().filter(pattern) if actor.id != self.stage.ego.id]
        return sorted(found, key=lambda actor: actor.id)


@contextmanager
def acting(
    client: carla.Client, town: str, key_points: np.ndarray, order: Situation, *, speed: float = 8.0, seed: int = 0
) -> Iterator[Act]:
    """Stage a route with one situation; the client's world must be that town. The ego drives `speed` (m/s) blindly."""
    graph = graph_of(town)
    plan: Plan = trace(graph, key_points)
    with staged(client, graph, plan, seed=seed, manager_port=free_port()) as stage:
        orders = Orders()
        stage.traffic = orders
        director = Director(stage, [order])
        try:
            yield Act(stage, director, PathDriver(stage.ego, plan.pose, speed), orders)
        finally:
            director.close()
            stage.world.tick()


@contextmanager
def bumps_of(act: Act) -> Iterator[list[str]]:
    """Kinds of actors that the ego touches, one entry a touch and tick."""
    world, touched = act.stage.world, []
    blueprint = world.get_blueprint_library().find("sensor.other.collision")
    sensor = world.spawn_actor(blueprint, carla.Transform(), attach_to=act.stage.ego)
    sensor.listen(lambda event: touched.append(event.other_actor.type_id))
    try:
        yield touched
    finally:
        sensor.stop()
        sensor.destroy()
