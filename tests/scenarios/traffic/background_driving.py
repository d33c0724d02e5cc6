"""Drive a route among the background traffic on an embedded server, and look at where its vehicles are."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from math import radians

import carla
import numpy as np
from playing import graph_of, plan_along
from shapely import affinity, box
from shapely.geometry import Polygon

from lead.client.launch import free_port
from lead.scenarios.movers.driver import PathDriver
from lead.scenarios.plan import trace
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged
from lead.scenarios.traffic.background import BackgroundTraffic


@dataclass
class Drive:
    """An ego on its way."""

    stage: Stage
    traffic: BackgroundTraffic
    driver: PathDriver
    ticks: int = 0

    def tick(self, *, ego_drives: bool = True) -> None:
        """One tick in the evaluator's order."""
        self.stage.world.tick()
        self.stage.update()
        self.stage.ego.apply_control(self.driver.control() if ego_drives else carla.VehicleControl(brake=1.0))
        self.traffic.step()
        self.ticks += 1

    def go(self, seconds: float, *, ego_drives: bool = True) -> None:
        """Drive on for so long."""
        for _ in range(round(seconds * 20)):
            self.tick(ego_drives=ego_drives)

    def until(self, condition: Callable[[], bool], seconds: float = 40.0, *, ego_drives: bool = True) -> bool:
        """Drive on until something holds; False if it did not within the time."""
        for _ in range(round(seconds * 20)):
            if condition():
                return True
            self.tick(ego_drives=ego_drives)
        return condition()

    def along(self, vehicle: carla.Actor) -> float:
        """Metres by which a vehicle is in front of the ego."""
        away = vehicle.get_location() - self.stage.place
        return away.x * self.stage.heading.x + away.y * self.stage.heading.y

    def aside(self, vehicle: carla.Actor) -> float:
        """Metres by which it is to the right of it."""
        away = vehicle.get_location() - self.stage.place
        return away.y * self.stage.heading.x - away.x * self.stage.heading.y

    def turned(self, vehicle: carla.Actor) -> float:
        """Cosine of the angle between its heading and the ego's."""
        ahead = vehicle.get_transform().get_forward_vector()
        return ahead.x * self.stage.heading.x + ahead.y * self.stage.heading.y

    def in_lane(self, offset: int = 0, *, width: float = 3.5) -> list[carla.Vehicle]:
        """Those of the ego's direction in its lane, or `offset` to its right, on a straight road; by distance ahead."""
        found = [
            vehicle
            for vehicle in self.traffic.vehicles
            if abs(self.aside(vehicle) - offset * width) < 0.5 * width and self.turned(vehicle) > 0.8
        ]
        return sorted(found, key=self.along)

    def oncoming(self) -> list[carla.Vehicle]:
        """Those on the other half of a straight road."""
        return [v for v in self.traffic.vehicles if self.turned(v) < -0.8 and abs(self.aside(v)) < 20.0]


def straight_start(town: str, metres: float, *, lanes: int = 1, skip: int = 0) -> carla.Waypoint:
    """A waypoint at the beginning of a straight road, so long and with so many lanes of its direction or more.

    Both sides must be clear of junctions for that length; `skip` leaves the first such places out.
    """
    for waypoint in graph_of(town).map.generate_waypoints(10.0):
        if waypoint.is_junction or waypoint.lane_type != carla.LaneType.Driving:
            continue
        way, count = [waypoint], 1
        while count * 5.0 < metres:
            following = way[-1].next(5.0)
            if not following or following[0].is_junction:
                break
            way.append(following[0])
            count += 1
        turn = abs((way[-1].transform.rotation.yaw - waypoint.transform.rotation.yaw + 180.0) % 360.0 - 180.0)
        if count * 5.0 < metres or turn > 3.0:
            continue
        left = waypoint.get_left_lane()
        inner = left is not None and left.lane_type == carla.LaneType.Driving and left.lane_id * waypoint.lane_id > 0
        if inner or _lanes_to_the_right(waypoint) < lanes - 1:
            continue
        if skip == 0:
            return waypoint
        skip -= 1
    raise AssertionError(f"{town} has no straight road of {metres:.0f} m with {lanes} lanes")


def _lanes_to_the_right(waypoint: carla.Waypoint) -> int:
    count, here = 0, waypoint.get_right_lane()
    while here is not None and here.lane_type == carla.LaneType.Driving:
        count, here = count + 1, here.get_right_lane()
    return count


@contextmanager
def driving(
    client: carla.Client, town: str, start: carla.Waypoint, metres: float, *, speed: float = 8.0, seed: int = 0
) -> Iterator[Drive]:
    """An ego that drives straight on from a waypoint at `speed` (m/s) and brakes for the background traffic."""
    graph = graph_of(town)
    plan = trace(graph, plan_along(start, metres))
    with staged(client, graph, plan, seed=seed, manager_port=free_port()) as stage:
        traffic = BackgroundTraffic(stage)
        stage.traffic = traffic
        try:
            yield Drive(stage, traffic, PathDriver(stage.ego, plan.pose, speed, lambda: traffic.vehicles))
        finally:
            traffic.close()
            stage.world.tick()


def outline(vehicle: carla.Vehicle) -> Polygon:
    """A vehicle seen from above."""
    pose, extent, centre = vehicle.get_transform(), vehicle.bounding_box.extent, vehicle.bounding_box.location
    shape = box(centre.x - extent.x, centre.y - extent.y, centre.x + extent.x, centre.y + extent.y)
    turned = affinity.rotate(shape, radians(pose.rotation.yaw), origin=(0.0, 0.0), use_radians=True)
    return affinity.translate(turned, pose.location.x, pose.location.y)


def touching(vehicles: Iterable[carla.Vehicle]) -> list[tuple[int, int]]:
    """Ids of the pairs that overlap."""
    shapes = [(vehicle.id, outline(vehicle)) for vehicle in vehicles]
    return [(a, b) for (a, first), (b, second) in combinations(shapes, 2) if first.intersects(second)]


def speeds_kmh(vehicles: Iterable[carla.Vehicle]) -> np.ndarray:
    """Speeds (N,) km/h."""
    return np.array([3.6 * vehicle.get_velocity().length() for vehicle in vehicles])
