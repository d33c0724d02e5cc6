"""How well CARLA's TrafficManager drives in the embedded world.

    python benchmarks/traffic.py GridCity Town03 Town05 Town12 --vehicles 50 --minutes 10

Prints per town: share of vehicles that moved over 200 m, collisions per vehicle-km, red lights run, metres off the road,
ticks per second. What counts as what:
- collision: an event of CARLA's collision sensor, one per pair of actors within 5 s (the leaderboard's rule);
- red light run: the front bumper crosses a stop way-point (as the client's map gives it) all of whose lights are red;
  some lanes of Town12 obey one light for each direction they lead to;
- off the road: the vehicle's centre is farther than half a lane width + 0.5 m from every driving or parking lane (the
  leaderboard's rule, but also asked of the lanes beside the nearest one, which may be the tip of one that is tapering
  out), summed over the distance driven there. Sampled twice per simulated second.
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field

import carla
import numpy as np

from lead.client.launch import connect, start_server
from lead.client.scene import Kind, Scene, SceneReader
from lead.client.world import synchronous, traffic

RED = int(carla.TrafficLightState.Red)


class StopLines:
    """The stop way-points of all lights, and who crosses them on red."""

    def __init__(self, world: carla.World) -> None:
        rows = []
        for light in world.get_actors().filter("traffic.traffic_light"):
            for waypoint in light.get_stop_waypoints():
                t = waypoint.transform
                rows.append(
                    (
                        light.id,
                        t.location.x,
                        t.location.y,
                        t.location.z,
                        np.radians(t.rotation.yaw),
                        waypoint.lane_width,
                    )
                )
        self.rows = np.array(rows).reshape(-1, 6)
        apart = np.linalg.norm(self.rows[:, None, 1:4] - self.rows[None, :, 1:4], axis=2)
        self._shared = (apart < 1.0) & (np.cos(self.rows[:, None, 4] - self.rows[None, :, 4]) > 0.9)
        self._ahead: dict[int, np.ndarray] = {}
        self.run: list[tuple[int, int, float]] = []  # vehicle, light, time

    def update(self, scene: Scene) -> None:
        """Record every vehicle whose front crossed a line of a red light since the last call."""
        if not len(self.rows):
            return
        lights = scene.of(Kind.LIGHT)
        state = dict(zip(scene.ids[lights].tolist(), scene.light[lights].tolist()))
        red = np.array([state[int(i)] == RED for i in self.rows[:, 0]])
        red &= ~(self._shared & ~red).any(axis=1)
        for row in scene.of(Kind.VEHICLE):
            pose, actor = scene.pose[row], int(scene.ids[row])
            yaw = pose[4]
            front = pose[:2] + (scene.extent[row, 0] + scene.centre[row, 0]) * np.array([np.cos(yaw), np.sin(yaw)])
            delta = front - self.rows[:, 1:3]
            c, s = np.cos(self.rows[:, 4]), np.sin(self.rows[:, 4])
            along, across = delta[:, 0] * c + delta[:, 1] * s, -delta[:, 0] * s + delta[:, 1] * c
            near = (np.abs(across) < 0.6 * self.rows[:, 5]) & (np.abs(pose[2] - self.rows[:, 3]) < 4.0)
            near &= np.cos(yaw - self.rows[:, 4]) > 0.5
            before = self._ahead.get(actor)
            crossed = (
                near & (along >= 0.0) & (along < 4.0) & (before < 0.0)
                if before is not None
                else np.zeros(len(near), bool)
            )
            for k in np.flatnonzero(crossed & red):
                self.run.append((actor, int(self.rows[k, 0]), scene.time))
            self._ahead[actor] = along


@dataclass
class Collisions:
    """Collision events, counted once per pair of actors within five seconds."""

    last: dict[tuple[int, int], float] = field(default_factory=dict)
    counted: list[tuple[float, str, str]] = field(default_factory=list)

    def add(self, event: carla.CollisionEvent) -> None:
        """Count an event unless the same pair met less than 5 s ago."""
        pair = tuple(sorted((event.actor.id, event.other_actor.id)))
        if event.timestamp - self.last.get(pair, -1e9) > 5.0:
            self.counted.append((event.timestamp, event.actor.type_id, event.other_actor.type_id))
        self.last[pair] = event.timestamp


def off_road(town_map: carla.Map, x: float, y: float, z: float) -> bool:
    """The leaderboard's off-road rule for a vehicle's centre."""
    place = carla.Location(x, y, z)
    for kind in (carla.LaneType.Driving, carla.LaneType.Parking):  # the second look-up is slow, and rarely needed
        found = town_map.get_waypoint(place, lane_type=kind)
        beside = [] if found is None else [found, found.get_left_lane(), found.get_right_lane()]
        if any(_carries(lane, place) for lane in beside if lane is not None):
            return False
    return True


def _carries(lane: carla.Waypoint, place: carla.Location) -> bool:
    drivable = lane.lane_type in (carla.LaneType.Driving, carla.LaneType.Parking)
    return drivable and place.distance_2d(lane.transform.location) <= lane.lane_width / 2 + 0.5


class Travel:
    """How far each vehicle drove, how much of it off the road, and where."""

    def __init__(self, town_map: carla.Map) -> None:
        self._map = town_map
        self._last: dict[int, np.ndarray] = {}
        self._pending: Counter[int] = Counter()  # m since the last look at the road
        self.driven: Counter[int] = Counter()  # m
        self.off_road = 0.0  # m
        self.places: list[tuple[int, float, float, float]] = []  # vehicle and place, off the road
        self.speeds: list[float] = []  # m/s, mean over vehicles

    def update(self, scene: Scene, look: bool) -> None:
        """Add the way since the last call; `look` also asks the map whether vehicles are off the road."""
        rows = scene.of(Kind.VEHICLE)
        self.speeds.append(float(np.linalg.norm(scene.velocity[rows], axis=1).mean()))
        for actor, pose in zip(scene.ids[rows].tolist(), scene.pose[rows]):
            step = float(np.linalg.norm(pose[:2] - self._last.get(actor, pose)[:2]))
            self._last[actor] = pose
            self.driven[actor] += step
            self._pending[actor] += step
            if look:
                if off_road(self._map, *pose[:3]):
                    self.off_road += self._pending[actor]
                    self.places.append((actor, *(round(float(v), 1) for v in pose[:3])))
                self._pending[actor] = 0.0


def measure(town: str, vehicles: int, minutes: float, seed: int) -> None:
    """Run one town and print its figures."""
    with start_server(town, seed=seed) as server:
        client = connect(server.endpoint, timeout=120.0)
        world = client.get_world()
        with synchronous(world), traffic(client, world, vehicles, port=8100, seed=seed) as ids:
            collisions, lines, reader = Collisions(), StopLines(world), SceneReader(world)
            travel = Travel(world.get_map())
            blueprint = world.get_blueprint_library().find("sensor.other.collision")
            sensors = [world.spawn_actor(blueprint, carla.Transform(), attach_to=car) for car in world.get_actors(ids)]
            for sensor in sensors:
                sensor.listen(collisions.add)
            begun, ticks = time.perf_counter(), int(minutes * 60 * 20)
            for tick in range(ticks):
                world.tick()
                if tick % 2 == 0:
                    scene = reader.read()
                    lines.update(scene)
                    travel.update(scene, look=tick % 10 == 0)
            rate = ticks / (time.perf_counter() - begun)
            for sensor in sensors:
                sensor.stop()
                sensor.destroy()
    kilometres, hits = sum(travel.driven.values()) / 1000, len(collisions.counted)
    moved = np.mean([travel.driven[actor] > 200 for actor in ids])
    print(
        f"{town}: {len(ids)} vehicles, {minutes:g} min, {kilometres:.1f} km, "
        f"mean speed {np.mean(travel.speeds) * 3.6:.1f} km/h; moved > 200 m {100 * moved:.0f} %; "
        f"collisions {hits} = {hits / max(kilometres, 1e-9):.3f} per km; red lights run {len(lines.run)}; "
        f"off road {travel.off_road:.1f} m; {rate:.0f} ticks/s (with this meter)"
    )
    print("   collisions:", Counter((a, b) for _, a, b in collisions.counted).most_common(5))
    print("   red lights:", lines.run[:5])
    print("   off road:", travel.places[:8])
    print("   least driven (m, vehicle):", sorted((round(travel.driven[i]), i) for i in ids)[:5], flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("towns", nargs="+")
    parser.add_argument("--vehicles", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name in arguments.towns:
        measure(name, arguments.vehicles, arguments.minutes, arguments.seed)
