"""Does it learn at all? A model is trained on a few recorded frames until it knows them by heart.

    python benchmarks/overfit.py --data DATA                      # nano, 32 frames, under ten minutes on one core
    python benchmarks/overfit.py --data DATA --model nano_blind   # what status and target points alone can tell

Frames are spread over the whole data set. Told are errors on the same frames: waypoints under 0.1 m and target speeds
under 0.3 m/s (means of absolute errors) say that inputs, targets, losses and planner fit together.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from lead.dataset.order import Order, Part
from lead.dataset.routes import Pool, Selection, select
from lead.dataset.stream import PLAIN, SampleStream
from lead.model.config import ModelConfig
from lead.model.transfuser import TransFuser
from lead.model.variants import variant
from lead.train.batch import Collate, sample_settings
from lead.train.config import ComputeConfig, DataConfig, OptimiserConfig, ScheduleConfig, StageConfig
from lead.train.ranks import ALONE
from lead.train.samples import open_routes
from lead.train.schedule import rate_at
from lead.train.step import Trainer
from lead.train.validation import validate

ENDS = Selection(skip_first=8, skip_last=8)
TOLD = ("waypoint_l1", "waypoint_last", "route_l1", "speed_l1", "semantic_iou", "bev_iou", "box_map")
TIMES = 8
"""That errors are told."""


def spread(pool: Pool, count: int) -> Pool:
    """`count` frames at equal distances in a pool."""
    taken = np.linspace(0, len(pool) - 1, count).round().astype(int)
    return replace(pool, route_of=pool.route_of[taken], row_of=pool.row_of[taken])


def main() -> None:
    """Train and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of a recorded data set")
    parser.add_argument("--model", default="nano")
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=2e-3)
    chosen = parser.parse_args()
    model: ModelConfig = variant(chosen.model)
    model = replace(model, planning=replace(model.planning, dropout=0.0))  # what is learnt by heart is learnt sooner so
    stage = StageConfig(
        "overfit", model, epochs=1, batch=chosen.batch, data=DataConfig(workers=0),
        optimiser=OptimiserConfig(lr=chosen.lr, weight_decay=0.0, clip=5.0),
        schedule=ScheduleConfig("cosine", warmup=50), compute=ComputeConfig(channels_last=True),
    )  # fmt: skip
    pool = spread(select(open_routes(chosen.data), ENDS), chosen.frames)
    stream = SampleStream(Order([Part(pool)]), sample_settings(model, stage.data), PLAIN)
    samples = [stream[key] for key in stream.order.keys(0)]
    torch.manual_seed(0)
    trainer, pack, rng = Trainer(stage, TransFuser(model), ALONE), Collate(model), np.random.default_rng(0)
    begun = perf_counter()
    for step in range(chosen.steps):
        batch = pack([samples[k] for k in rng.permutation(len(samples))[: chosen.batch]])
        loss = trainer.step(step, batch, rate_at(step, chosen.steps, 1, stage.schedule))["loss"]
        if (step + 1) % (chosen.steps // TIMES) == 0:
            found = validate(trainer.best, stage, stream, ALONE)
            told = "  ".join(f"{name} {found[name]:.3f}" for name in TOLD if name in found)
            print(f"step {step + 1}  {perf_counter() - begun:.0f} s  loss {loss:.4f}  {told}", flush=True)


if __name__ == "__main__":
    main()
