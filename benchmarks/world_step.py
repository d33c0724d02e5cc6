"""Time of one simulator step with 80 actors: 60 moving vehicles and 20 walking people, everything included.

    python benchmarks/world_step.py                              # on the four generated towns
    python benchmarks/world_step.py --town Town03 --vehicles 100 --runs 9

Prints per town the median and the least ms per step, and their ratio to a fixed kernel of known work (`reference`), timed
after each step: on a busy or slow machine the ratio stays comparable where the milliseconds do not. Vehicles keep their
lanes by a proportional controller on the lane under them; its time is not counted.
"""

import argparse
import time
from math import cos, sin

import numba
import numpy as np

from lead.roads.generate import TOWNS
from lead.roads.locate import nearest_samples
from lead.roads.town import load_town
from lead.simulator.blueprints import library
from lead.simulator.world import SpawnError, World

STEPS = 200
WARM_UP = 40  # steps
DT = 0.05  # s
DRIVING = 1 << 1  # LaneKind bit
SPEED = 8.0  # m/s the vehicles hold
REFERENCE_ROUNDS = 2000


@numba.njit(cache=True)
def reference(table):
    """A sine, a cosine and two random rows of a 1 MB table per round: the mix of arithmetic and memory of a step."""
    total, place = 0.0, 1
    for _ in range(REFERENCE_ROUNDS):
        place = (place * 1103515245 + 12345) % table.shape[0]
        total += sin(table[place] + total) * cos(table[table.shape[0] - 1 - place])
    return total


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


def prepare(town: str, vehicles: int, walkers: int) -> tuple[World, list[int], int]:
    """A world in motion, the vehicles to steer and the number of walkers."""
    world = World(load_town(town))
    driving, walking = populate(world, vehicles, walkers)
    for number, actor in enumerate(walking):
        world.control_walker(actor, [np.cos(number), np.sin(number), 0.0], 1.4)
    for _ in range(WARM_UP):
        steer(world, driving)
        world.step(DT)
    return world, driving, len(walking)


def run(world: World, driving: list[int], table: np.ndarray) -> np.ndarray:
    """Milliseconds (STEPS, 2) of each step and of the reference right after it; controllers are not counted."""
    times = np.empty((STEPS, 2))
    for number in range(STEPS):
        steer(world, driving)
        begin = time.perf_counter()
        world.step(DT)
        middle = time.perf_counter()
        reference(table)
        times[number] = middle - begin, time.perf_counter() - middle
    return 1e3 * times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--town", nargs="*", default=list(TOWNS), help="map names or paths of .xodr files")
    parser.add_argument("--vehicles", type=int, default=60)
    parser.add_argument("--walkers", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    table = np.random.default_rng(0).random(1 << 17)
    reference(table)
    for name in arguments.town:
        world, driving, walking = prepare(name, arguments.vehicles, arguments.walkers)
        runs = [run(world, driving, table) for _ in range(arguments.runs)]
        speeds = [float(np.linalg.norm(world.table.velocity[world.row(actor)])) for actor in driving]
        middle, least = np.median(runs, axis=(0, 1)), np.min(runs, axis=(0, 1))
        spread = [float(np.median(times[:, 0])) for times in runs]
        print(f"{world.town.name}: {len(driving)} vehicles (mean {np.mean(speeds):.1f} m/s), {walking} walkers")
        print(f"  step       median {middle[0]:.3f} ms, least {least[0]:.3f} ms; ", end="")
        print(f"medians of {len(runs)} runs {min(spread):.3f} to {max(spread):.3f} ms")
        print(f"  reference  median {middle[1]:.3f} ms, least {least[1]:.3f} ms")
        print(f"  ratio      median {middle[0] / middle[1]:.2f}, least {least[0] / least[1]:.2f}", flush=True)


if __name__ == "__main__":
    main()
