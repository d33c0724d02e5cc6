"""Does a plan follow what is seen? What a student says of recorded frames against what is true, view by view.

    python benchmarks/following.py STUDENT --data DATA     # nano's, some minutes on one core

First, what the frames that count are worth: how many stand, depart, or brake while they aim at a speed. Then, on routes that
were trained on and on those kept apart, from the rig as mounted and from its moved copy: the slope of the said lateral
position of the way's near points over the true one (1: follows, 0: does not look) with its correlation, the errors of way and
target speed, and how often the student means to stand (below 1 m/s) where it is to go (above 3 m/s) and the other way round.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from lead.dataset.frame import Ego
from lead.dataset.order import Order, Part
from lead.dataset.route_file import RouteFile
from lead.dataset.routes import CREEPS, GOES, STANDS, RouteEntry, Selection, select
from lead.dataset.stream import Augmentation, SampleStream
from lead.drive.student.checkpoint import find_checkpoint
from lead.model.ensemble import Ensemble
from lead.model.weights import load_ensemble
from lead.train.batch import sample_settings, unfold
from lead.train.config import DataConfig, StageConfig
from lead.train.ranks import ALONE
from lead.train.samples import Schedule, is_apart, load_batches, open_routes

ENDS = Selection(skip_first=1, skip_last=8)
NEAR = 3
"""Points of the way whose lateral position is compared: the first ones, in which an error is a drift."""
STOPPED, GOING = 1.0, 3.0  # m/s
VIEWS = {"mounted": 0.0, "moved": 1.0}


def told_frames(routes: Sequence[RouteEntry]) -> str:
    """How many frames stand, depart, and brake although they aim at a speed."""
    own, target, brake = (np.concatenate(values) for values in zip(*map(speeds, routes)))
    standing, moving = (own < STANDS) & (target < STANDS), own >= STANDS
    braking = moving & brake
    return (
        f"{len(own)} frames of {len(routes)} routes: {standing.sum()} stand and are to, "
        f"{((own < CREEPS) & (target > own + GOES)).sum()} stand or creep and are to go; of {braking.sum()} that move "
        f"and brake {(braking & (target > STOPPED)).sum()} aim at more than {STOPPED} m/s"
    )


def speeds(route: RouteEntry) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Own and target speed (m/s) of a route's frames, and whether the expert brakes."""
    frames = RouteFile(route.folder)
    both = frames.speeds(range(len(frames)))
    return (
        both[:, 0],
        both[:, 1],
        np.array([frames.part(row, Ego, "ego").control[2] > 0.0 for row in range(len(frames))]),
    )


def measured(student: Ensemble, routes: Sequence[RouteEntry], view: str, count: int) -> list[str]:
    """A row of the table: errors on at most `count` frames of routes."""
    stage = StageConfig("following", student.config, epochs=1, batch=16, data=DataConfig(workers=1))
    order = Order([Part(select(routes, ENDS))], count, seed=0)
    samples = SampleStream(order, sample_settings(stage.model, stage.data), Augmentation(VIEWS[view], 0.0))
    steps = range(len(order) // stage.batch)
    pairs: dict[str, list[torch.Tensor]] = {"said": [], "true": [], "way": [], "speed": [], "aim": []}
    batches = load_batches(samples, Schedule(order, stage.batch, ALONE, steps), stage, ALONE)
    for batch in track(batches, f"{view}, {len(routes)} routes", total=len(steps), transient=True):
        inputs, labels = unfold(batch, stage.model)
        plan = student(inputs).predictions
        for name, value in (
            ("said", plan.route[:, :NEAR, 1]), ("true", labels.route[:, :NEAR, 1]),
            ("way", (plan.route - labels.route[:, : plan.route.shape[1]]).abs().mean((1, 2))),
            ("speed", plan.target_speed), ("aim", labels.target_speed),
        ):  # fmt: skip
            pairs[name].append(value)
    said, true, way, speed, aim = (torch.cat(values).flatten().double().numpy() for values in pairs.values())
    (variance, covariance), (_, own) = np.cov(true, said)
    go, stop = aim > GOING, aim < STOPPED
    return [
        f"{covariance / variance:.2f}", f"{covariance / np.sqrt(variance * own):.2f}", f"{way.mean():.3f}",
        f"{np.abs(speed - aim).mean():.2f}", f"{100 * (speed[go] < STOPPED).mean():.0f} %",
        f"{100 * (speed[stop] > GOING).mean():.0f} %",
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("student", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--apart", type=float, default=0.05, help="share of routes that the training kept apart")
    parser.add_argument("--frames", type=int, default=960)
    chosen = parser.parse_args()
    student, routes = load_ensemble(find_checkpoint(chosen.student).folder), open_routes(chosen.data)
    routes = [route for route in routes if route.kept]
    apart = [route for route in routes if is_apart(route, chosen.data, chosen.apart)]
    known = [route for route in routes if not is_apart(route, chosen.data, chosen.apart)]
    print(told_frames(routes))
    print("| routes | view | slope | correlation | way m | speed m/s | stands, is to go | goes, is to stand |")
    print("|---|---|---|---|---|---|---|---|")
    for name, group in (("trained on", known), ("kept apart", apart)):
        for view in VIEWS:
            print(f"| {name} | {view} | {' | '.join(measured(student, group, view, chosen.frames))} |", flush=True)


if __name__ == "__main__":
    main()
