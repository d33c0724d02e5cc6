"""Time to score one plan the way NAVSIM does, and 10,000 predictions the way Waymo does.

    python benchmarks/realworld_metrics.py
    python benchmarks/realworld_metrics.py --objects 100 --runs 15

A scene of 50 objects, 12 map polygons of 100 corners and a history; the proposals are the reference and the plan, 40
steps each. "with v1" is simulation and PDMS, "with v2" simulation and EPDMS, "with filter" scores the human as well.
Prints the median of several runs, by the clock and by the processor's time for this process, which leaves out what
others take of a busy machine. `reference` is a fixed piece of numpy work between the runs, to compare machines by.
Run it with OMP_NUM_THREADS=1 for one core.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import shapely

from lead.realworld.navsim.epdms import HumanFilter, score_epdms, score_plan
from lead.realworld.navsim.motion import STEP, STEPS, StateIndex
from lead.realworld.navsim.pdms import score_pdms, simulate_plans
from lead.realworld.navsim.scene import Areas, Layer, ObjectKind, Scene, Tracks
from lead.realworld.waymo.rfs import rater_feedback_score, trust_regions

OBSERVED = 51  # steps of the tracks
CORNERS = 100  # of a map polygon
SPEED = 8.0  # m/s of ego and traffic
REPEATS = 20  # calls per run
CASES = 10_000  # of RFS


def busy_street(objects: int, rng: np.random.Generator) -> Scene:
    """A street along x with traffic around the ego, some of it in contact."""
    ego = np.zeros(len(StateIndex))
    ego[StateIndex.VELOCITY_X] = SPEED
    way = SPEED * STEP * np.arange(STEPS + 1)
    history = np.tile(ego, (4, 1))
    history[:, StateIndex.X] = SPEED * np.array([-1.5, -1.0, -0.5, 0.0])
    along = np.linspace(-50.0, 100.0, 320)
    human = np.stack([SPEED * 0.5 * np.arange(1, 9), np.zeros(8), np.zeros(8)], axis=1)
    return Scene(
        areas=street_areas(),
        tracks=street_tracks(objects, rng),
        centerline=shapely.LineString(np.stack([along, np.zeros(320)], axis=1)),
        ego=ego,
        reference=np.stack([way, np.zeros(STEPS + 1), np.zeros(STEPS + 1)], axis=1),
        start_us=1_000_000,
        history=history,
        human_plan=human,
    )


def street_areas() -> Areas:
    """Two roadblocks, six lanes, two connectors, two intersections."""
    layers = [Layer.ROADBLOCK] * 2 + [Layer.LANE] * 6 + [Layer.LANE_CONNECTOR] * 2 + [Layer.INTERSECTION] * 2
    polygons = []
    for number, layer in enumerate(layers):
        wide = layer in (Layer.ROADBLOCK, Layer.INTERSECTION)
        lower, width = (-8.75, 17.5) if wide else (3.5 * (number % 5) - 8.75, 3.5)
        start, end = (40.0, 60.0) if layer == Layer.INTERSECTION else (-50.0, 100.0)
        along = np.linspace(start, end, CORNERS // 2)
        below, above = np.full(len(along), lower), np.full(len(along), lower + width)
        ring = np.concatenate([np.stack([along, below], axis=1), np.stack([along[::-1], above], axis=1)])
        polygons.append(shapely.Polygon(ring))
    lanes = np.isin(layers, (Layer.LANE, Layer.LANE_CONNECTOR))
    red = np.zeros((STEPS + 1, len(layers)), bool)
    red[:, 9] = True
    return Areas(np.array(polygons, object), np.array(layers, np.int8), lanes, red)


def street_tracks(objects: int, rng: np.random.Generator) -> Tracks:
    """Boxes within 40 m of the ego that drive along, at different speeds."""
    speed = rng.uniform(0.0, 2.0 * SPEED, objects)
    pose = np.zeros((objects, OBSERVED, 3))
    pose[:, :, 0] = rng.uniform(-30.0, 40.0, objects)[:, None] + STEP * np.arange(OBSERVED) * speed[:, None]
    pose[:, :, 1] = rng.uniform(-12.0, 12.0, objects)[:, None]
    pose[:, :, 2] = rng.normal(0.0, 0.2, objects)[:, None]
    velocity = np.zeros((objects, OBSERVED, 2))
    velocity[..., 0] = speed[:, None]
    kind = rng.integers(0, len(ObjectKind), objects).astype(np.int8)
    size = np.stack([rng.uniform(0.5, 5.0, objects), rng.uniform(0.5, 2.0, objects)], axis=1)
    return Tracks(kind, size, pose, velocity, np.ones((objects, OBSERVED), bool))


def rated_frames(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Predictions, weights, rated trajectories, counts, labels and speeds of many frames."""
    raters = np.cumsum(rng.normal([2.0, 0.0], 0.5, (CASES, 3, 20, 2)), axis=2)
    predictions = np.cumsum(rng.normal([2.0, 0.0], 0.5, (CASES, 1, 20, 2)), axis=2)
    labels, speeds = rng.uniform(0.0, 10.0, (CASES, 3)), rng.uniform(0.0, 20.0, CASES)
    return predictions, np.ones((CASES, 1)), raters, rng.integers(1, 4, CASES), labels, speeds


def reference() -> float:
    """A fixed piece of numpy work of some milliseconds."""
    table = np.linspace(0.0, 1.0, 50_000)
    return float(sum(np.sum(np.sin(table + k)) for k in range(8)))


def measured(work: Callable[[], object], repeats: int, runs: int) -> tuple[float, float]:
    """Median milliseconds per call, by the clock and of processor time."""
    work()
    times = np.empty((runs, 2))
    for run in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        for _ in range(repeats):
            work()
        times[run] = time.perf_counter() - clock, time.process_time() - processor
    by_clock, by_processor = 1e3 * np.median(times, axis=0) / repeats
    return float(by_clock), float(by_processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=50)
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    scene = busy_street(arguments.objects, rng)
    plan = np.stack([SPEED * 0.5 * np.arange(1, 9), np.full(8, 1.0), np.zeros(8)], axis=1)
    motion = simulate_plans(scene, plan[None])
    frames = rated_frames(rng)

    def score_frames() -> object:
        predictions, weights, raters, counts, labels, speeds = frames
        return rater_feedback_score(predictions, weights, trust_regions(raters, counts, labels, speeds))

    works: dict[str, tuple[Callable[[], object], int]] = {
        "simulation alone": (lambda: simulate_plans(scene, plan[None]), REPEATS),
        "PDMS of simulated": (lambda: score_pdms(scene, motion), REPEATS),
        "EPDMS of simulated": (lambda: score_epdms(scene, motion), REPEATS),
        "PDMS, with simulation": (lambda: score_pdms(scene, simulate_plans(scene, plan[None])), REPEATS),
        "EPDMS, with simulation": (lambda: score_plan(scene, plan, HumanFilter.OFF), REPEATS),
        "EPDMS, human filter": (lambda: score_plan(scene, plan), REPEATS),
        f"RFS of {CASES:,} frames": (score_frames, 1),
    }
    print(f"{arguments.objects} objects, {arguments.runs} runs of {REPEATS} calls; ms per call")
    for name, (work, repeats) in {**works, "reference": (reference, REPEATS)}.items():
        by_clock, by_processor = measured(work, repeats, arguments.runs)
        print(f"  {name:24s} clock {by_clock:8.3f}, processor {by_processor:8.3f}", flush=True)


if __name__ == "__main__":
    main()
