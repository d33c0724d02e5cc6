"""Time that the asymmetry meter takes beside the expert's decision, with 80 actors of whom half are hidden.

    python benchmarks/asymmetry.py                       # all presets, every fifth tick audited, as on board
    python benchmarks/asymmetry.py --every 1             # every tick

Prints for each preset the mean ms per tick of a decision, of the meter (what is seen and known every tick, the expert asked
again in audited ones), and of both measures in an audited tick; then of a count of ways in GridCity. Processor time. The wish
is a meter below three decisions per tick.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import carla
import numpy as np

sys.path.append(str(Path(__file__).parent.parent))
sys.path.append(str(Path(__file__).parent.parent / "tests" / "expert"))

from benchmarks.expert import TICKS, later, street  # noqa: E402
from lead.expert.decide import decide  # noqa: E402
from lead.expert.memory import Memory  # noqa: E402
from lead.expert.settings import PRESETS, Settings  # noqa: E402
from lead.roads.library import find_map  # noqa: E402
from lead.scenarios.lane_graph import LaneGraph  # noqa: E402
from lead.scenarios.plan import trace  # noqa: E402
from lead.study.intent import Ambiguity, VisibleRoads  # noqa: E402
from lead.study.knowledge import Senses  # noqa: E402
from lead.study.meter import EVERY, Meter  # noqa: E402

PLAN = np.array([[0.0, 0.0, 0.0], [200.0, 0.0, 0.0], [390.0, 0.0, 0.0]])
TOWN, METRES = "GridCity", 300.0


class NoRoads:
    """Leaves the ways out of the time."""

    def ambiguity(self, pose: np.ndarray, told: np.ndarray) -> Ambiguity:
        """None."""
        return Ambiguity(0, 0, 0)


def measure(settings: Settings, count: int, every: int, seed: int) -> tuple[float, float, float]:
    """Mean ms of a decision, of the meter's step, and of a step in which the expert is asked again."""
    here, memory = street(count, seed), Memory()
    hidden = np.random.default_rng(seed).random(count + 1) < 0.5
    evidence = np.where(hidden[:, None], 0, 100).repeat(3, 1).astype(np.int32)
    here = replace(here, actors=replace(here.actors, evidence=evidence))
    meter = Meter(settings, PLAN, np.full(len(PLAN), 4, np.int8), NoRoads(), every)
    deciding, metering = np.empty(TICKS), np.empty(TICKS)
    asked = np.zeros(TICKS, bool)
    for tick in range(TICKS):
        begin = time.thread_time()
        decision, after = decide(here, memory, settings)
        middle = time.thread_time()
        rows = len(meter.rows)
        meter.step(here, memory, decision, Senses.of(here))
        deciding[tick], metering[tick] = middle - begin, time.thread_time() - middle
        asked[tick] = len(meter.rows) > rows
        here, memory = later(here, tick + 1, 4.0), after
    warm = slice(10, None)
    return (
        1e3 * deciding[warm].mean(), 1e3 * metering[warm].mean(), 1e3 * metering[warm][asked[warm]].mean()
    )  # fmt: skip


def ways() -> tuple[float, float]:
    """Mean ms of a count of ways along a way through GridCity, and ms to get its lanes ready."""
    graph = LaneGraph.of(carla.Map(TOWN, find_map(TOWN)[1]))
    entry = next(w for w, _ in graph.map.get_topology() if not w.is_junction)
    end = entry.next(METRES)[0].transform.location
    start = entry.transform.location
    plan = trace(graph, np.array([[start.x, start.y, start.z], [end.x, end.y, end.z]]))
    begin = time.thread_time()
    roads = VisibleRoads(graph, plan.pose)
    ready = time.thread_time() - begin
    told = plan.sampled(50.0).pose[:3, :2]
    begin = time.thread_time()
    for pose in plan.pose:
        roads.ambiguity(pose, told)
    return 1e3 * (time.thread_time() - begin) / len(plan), 1e3 * ready


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", nargs="*", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--actors", type=int, default=80)
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    for name in arguments.preset:
        runs = np.array([
            measure(PRESETS[name], arguments.actors, arguments.every, seed) for seed in range(arguments.runs)
        ])  # fmt: skip
        decision, meter, asked = runs.mean(axis=0)
        print(
            f"{name}: decision {decision:.2f} ms, meter {meter:.2f} ms a tick ({meter / decision:.2f} decisions; "
            f"{asked:.2f} ms in an audited tick, one in {arguments.every})",
            flush=True,
        )
    count, ready = ways()
    print(f"ways: {count:.2f} ms per audited tick, {ready:.0f} ms once per drive")


if __name__ == "__main__":
    main()
