"""Time of one tick's evidence without sensors, with 80 actors around the ego and a dense level.

    python benchmarks/evidence.py
    python benchmarks/evidence.py --actors 200 --level 3000

Prints the first call (kernels are compiled or loaded in it), the median, the 99th percentile and the least ms. Processor
time, not wall time: it is the same on a busy machine. The wish is a median below 2 ms.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parent.parent / "tests" / "expert"))

from scenes import actors, bicycle, car, ego, route, walker  # noqa: E402

from lead.expert.evidence.bodies import Bodies, boxes  # noqa: E402
from lead.expert.evidence.paved import Paved  # noqa: E402
from lead.expert.evidence.sampled import SampledEvidence  # noqa: E402
from lead.expert.evidence.source import Heads  # noqa: E402
from lead.expert.scene import Actors  # noqa: E402

WAY = route(200.0)
SPREAD = 250.0  # m around the ego in which the level stands


def crowd(count: int, rng: np.random.Generator) -> Actors:
    """Three quarters cars, the others walkers and a few cyclists, strewn around the ego."""
    kinds = [car] * 12 + [walker] * 3 + [bicycle]
    rows = []
    for number in range(count):
        at, aside = rng.uniform(-30.0, 90.0), rng.uniform(-40.0, 40.0)
        rows.append(kinds[number % 16](WAY, at, aside, turned=rng.uniform(-np.pi, np.pi)))
    return actors(*rows)


def houses(count: int, rng: np.random.Generator) -> Bodies:
    """Boxes of some metres."""
    pose = np.zeros((count, 6))
    pose[:, :2], pose[:, 4] = rng.uniform(-SPREAD, SPREAD, (count, 2)), rng.uniform(-np.pi, np.pi, count)
    return boxes(pose, np.zeros((count, 3)), np.clip(rng.normal(3.0, 2.0, (count, 3)), 0.1, None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actors", type=int, default=80)
    parser.add_argument("--level", type=int, default=800, help="boxes within 250 m each way")
    parser.add_argument("--ticks", type=int, default=300)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    everybody, level = crowd(options.actors, rng), houses(options.level, rng)
    lane = np.column_stack([WAY.points[::10, :2], WAY.lane_width[::10]])
    source, times = SampledEvidence(level, Paved(lane)), []
    for tick in range(options.ticks):
        here = ego(WAY, at=0.3 * tick % 150.0)
        before = time.process_time()
        source.look(here, everybody, Heads.none())
        times.append(1000.0 * (time.process_time() - before))
    later = np.array(times[1:])
    print(
        f"{options.actors} actors, {options.level} boxes: first {times[0]:.0f} ms, median {np.median(later):.2f} ms, "
        f"99 % {np.quantile(later, 0.99):.2f} ms, least {later.min():.2f} ms"
    )


if __name__ == "__main__":
    main()
