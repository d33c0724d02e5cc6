"""Time of one decision of the expert with 80 actors around the ego: 60 vehicles, 14 walkers, 6 bicycles.

    python benchmarks/expert.py                          # all presets
    python benchmarks/expert.py --preset lead --actors 200

Prints for each preset the first call (kernels are compiled or loaded in it), the median, the 99th percentile and the least
ms over the ticks of a drive through a bend to a red light, with an obstacle situation that plays; memory goes on from
tick to tick. Processor time, not wall time: it is the same on a busy machine. The wish is a median below 2 ms.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parent.parent / "tests" / "expert"))

from scenes import LANE, RED, actors, bicycle, briefing, car, ego, route, scene, walker  # noqa: E402

from lead.expert.decide import decide  # noqa: E402
from lead.expert.memory import Memory  # noqa: E402
from lead.expert.scene import Scene  # noqa: E402
from lead.expert.settings import PRESETS, Settings  # noqa: E402

DT = 0.05  # s
TICKS = 400
LENGTH = 400.0  # m of route
AHEAD, BEHIND = 90.0, 40.0  # m about the ego's start in which actors are


def street(count: int, seed: int) -> Scene:
    """A street with a bend, a junction with a light, and `count` actors beside and on it."""
    way = route(LENGTH, bends=((80.0, 1.2, 25.0),), junctions=((75.0, 115.0),), lights=(150.0,), stops=(300.0,))
    rng = np.random.default_rng(seed)
    start = 50.0

    def where() -> float:
        return start + rng.uniform(-BEHIND, AHEAD)

    rows = []
    for number in range(count):
        if number % 40 < 30:
            lane, away = rng.choice([-2, -1, 1, 2]), rng.choice([0.0, np.pi])
            rows.append(car(way, where(), LANE * lane, rng.uniform(0.0, 10.0), away, control=(0.4, 0.0, 0.0)))
        elif number % 40 < 37:
            rows.append(walker(way, where(), rng.choice([-9.0, 7.0]), 1.3, rng.uniform(-np.pi, np.pi)))
        else:
            rows.append(bicycle(way, where(), 5.0, 4.0))
    obstacle = car(way, 135.0, 0.6, id=count + 1)
    plays = briefing("ParkedObstacle", count + 1, trigger=start - 10.0, direction="right")
    return scene(way, ego(way, start, 6.0), actors(*rows, obstacle), light_state=(RED,), briefings=(plays,))


def later(here: Scene, tick: int, speed: float) -> Scene:
    """The tick after: everybody straight on, the ego along its route."""
    pose = here.actors.pose.copy()
    pose[:, :3] += DT * here.actors.velocity
    place = here.route.start + round((50.0 + speed * DT * tick) / 0.1)
    own = here.ego.pose.copy()
    own[:3], own[4] = here.route.points[place], here.route.yaw[place]
    velocity = speed * np.array([np.cos(own[4]), np.sin(own[4]), 0.0])
    return replace(
        here, frame=here.frame + 1, time=here.time + DT, actors=replace(here.actors, pose=pose),
        ego=replace(here.ego, pose=own, velocity=velocity),
    )  # fmt: skip


def measure(settings: Settings, count: int, seed: int) -> np.ndarray:
    """Milliseconds (TICKS,) of each decision."""
    here, memory, times = street(count, seed), Memory(), np.empty(TICKS)
    for tick in range(TICKS):
        begin = time.thread_time()
        _, memory = decide(here, memory, settings)
        times[tick] = time.thread_time() - begin
        here = later(here, tick + 1, 4.0)
    return 1e3 * times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", nargs="*", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--actors", type=int, default=80)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    for name in arguments.preset:
        runs = [measure(PRESETS[name], arguments.actors, seed) for seed in range(arguments.runs)]
        first, times = runs[0][0], np.concatenate([run[1:] for run in runs])
        low, high = np.min([np.median(run[1:]) for run in runs]), np.max([np.median(run[1:]) for run in runs])
        print(
            f"{name}: {arguments.actors} actors, first call {first:.0f} ms, then median {np.median(times):.2f} ms "
            f"(runs {low:.2f} to {high:.2f}), 99 % below {np.quantile(times, 0.99):.2f}, least {times.min():.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
