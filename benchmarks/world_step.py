"""Time of one simulator step with 80 actors: 60 moving vehicles and 20 walking people, everything included.

    python benchmarks/world_step.py                 # on the generated town "GridCity"
    python benchmarks/world_step.py --town Town03 --vehicles 100 --runs 9

Prints the median over the runs in ms per step, and the spread. Vehicles keep their lanes by a proportional controller
on the lane under them; its time is not counted.
"""

import argparse
import time
from statistics import median

import numpy as np

from lead.roads.locate import nearest_samples
from lead.roads.town import load_town
from lead.simulator.blueprints import library
from lead.simulator.world import SpawnError, World

STEPS = 200
DT = 0.05  # s
DRIVING = 1 << 1  # LaneKind bit
SPEED = 8.0  # m/s the vehicles hold


def populate(world: World, vehicles: int, walkers: int) -> tuple[list[int], list[int]]:
    """Spawn cars on spawn points and people beside them; returns their ids."""
    cars = [name for name, blueprint in library().items() if blueprint.vehicle_class == "car"]
    people = [name for name in library() if name.startswith("walker.")]
    driving, walking = [], []
    for pose in world.town.spawn_points:
        try:
            if len(driving) < vehicles:
                driving.append(world.spawn(cars[len(driving) % len(cars)], {}, pose))
            elif len(walking) < walkers:
                walking.append(world.spawn(people[len(walking) % len(people)], {}, pose + [0, 0, 1.0, 0, 0, 0]))
        except SpawnError:
            continue
    return driving, walking


def steer(world: World, driving: list[int]) -> None:
    """Point every vehicle along its lane."""
    rows = [world.row(actor) for actor in driving]
    poses = np.ascontiguousarray(world.table.pose[rows])
    lanes, _, values = nearest_samples(world.town.network, poses, DRIVING, 10.0)
    for actor, row, lane, (_, offset, yaw, _, _) in zip(driving, rows, lanes, values, strict=True):
        speed = float(np.linalg.norm(world.table.velocity[row, :2]))
        error = (yaw - world.table.pose[row, 4] + np.pi) % (2 * np.pi) - np.pi if lane >= 0 else 0.0
        throttle = min(0.8, max(0.0, 0.35 + 0.3 * (SPEED - speed)))
        world.control_vehicle(actor, [throttle, 1.2 * error - 0.15 * offset, 0.0, 0, 0, 0, 0])


def run(world: World, driving: list[int]) -> float:
    """Seconds per step over STEPS steps, controllers not counted."""
    spent = 0.0
    for _ in range(STEPS):
        steer(world, driving)
        begin = time.perf_counter()
        world.step(DT)
        spent += time.perf_counter() - begin
    return spent / STEPS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--town", default="GridCity", help="map name or path of an .xodr file")
    parser.add_argument("--vehicles", type=int, default=60)
    parser.add_argument("--walkers", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    world = World(load_town(arguments.town))
    driving, walking = populate(world, arguments.vehicles, arguments.walkers)
    for number, actor in enumerate(walking):
        world.control_walker(actor, [np.cos(number), np.sin(number), 0.0], 1.4)
    for _ in range(40):
        steer(world, driving)
        world.step(DT)
    times = [1e3 * run(world, driving) for _ in range(arguments.runs)]
    speeds = [float(np.linalg.norm(world.table.velocity[world.row(actor)])) for actor in driving]
    print(f"{world.town.name}: {len(driving)} vehicles (mean {np.mean(speeds):.1f} m/s), {len(walking)} walkers")
    print(f"{median(times):.3f} ms per step (median of {len(times)} runs, {min(times):.3f} to {max(times):.3f})")


if __name__ == "__main__":
    main()
