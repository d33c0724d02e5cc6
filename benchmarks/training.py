"""How many samples a second a model learns from, on samples made up once and kept on the device.

    python benchmarks/training.py                               # nano, batch 8
    python benchmarks/training.py resnet34 --batch 16 --bf16    # on a GPU

Per variant: the time of a step, what of it is the packing of samples and their way to the device, and on a GPU the most
memory, with an error if a step makes the host wait.
"""

import argparse
from statistics import median
from time import perf_counter

import numpy as np
import torch

from lead.dataset.box_labels import BoxLabels
from lead.dataset.sample import Sample
from lead.model.config import ModelConfig
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS, variant
from lead.train.batch import BOXES, Batch, Collate
from lead.train.config import ComputeConfig, StageConfig
from lead.train.ranks import Ranks
from lead.train.step import Trainer


def made_up(model: ModelConfig, rng: np.random.Generator) -> Sample:
    """A sample of noise, with as many boxes as there may be."""
    height, width, bev, planning = model.rig.image_height, model.rig.image_width, model.bev, model.planning
    raster = round((bev.max_y - bev.min_y) * 4), round((bev.max_x - bev.min_x) * 4)
    places = rng.uniform((bev.min_x, bev.min_y, 0.0), (bev.max_x, bev.max_y, 1.0), (BOXES, 3)).astype(np.float32)
    boxes = BoxLabels(
        np.arange(BOXES), rng.integers(0, 8, BOXES).astype(np.int8), places, np.full((BOXES, 3), 1.5, np.float32),
        np.zeros(BOXES, np.float32), np.ones(BOXES, np.float32), np.ones((BOXES, 3), np.int32), np.zeros(BOXES, np.uint16),
    )  # fmt: skip
    ahead = np.stack([np.arange(1.0, 11.0), np.zeros(10)], 1).astype(np.float32)
    return Sample(
        rgb=rng.integers(0, 256, (3, height, width), np.uint8), lidar=rng.integers(0, 6, raster, np.uint8),
        radar=rng.uniform(0.0, 3.0, (300, 5)).astype(np.float32), speed=8.0, acceleration=0.0, command=3,
        target_points=ahead[:3], route=ahead[: planning.route_points], waypoints=ahead[: planning.waypoints],
        headings=np.zeros(planning.waypoints, np.float32), waypoints_valid=np.ones(planning.waypoints, bool),
        expert_drove=np.ones(planning.waypoints, bool), target_speed=9.0, brake=False,
        semantics=rng.integers(0, 10, (height, width), np.uint8),
        depth=rng.uniform(1.0, 50.0, (height // 4, width // 4)).astype(np.float32),
        bev=rng.integers(0, 13, raster, np.uint8), boxes=boxes, recording="made up", row=0, town="none", perturbed=False,
    )  # fmt: skip


def milliseconds(trainer: Trainer, batch: Batch, steps: int) -> float:
    """Median time of a step, of those after the first three."""
    taken = []
    on_gpu = trainer.ranks.device.type == "cuda"
    for number in range(steps + 3):
        start = perf_counter()
        if on_gpu and number == 2:
            torch.cuda.set_sync_debug_mode("error")
        trainer.step(number, batch, 1.0)
        if on_gpu:
            torch.cuda.set_sync_debug_mode("default")
            torch.cuda.synchronize()
        taken.append(1e3 * (perf_counter() - start))
    return median(taken[3:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", default=["nano"], help=", ".join(VARIANTS))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    chosen = parser.parse_args()
    compute = ComputeConfig(bf16=chosen.bf16, channels_last=chosen.channels_last, compile=chosen.compile)
    ranks, rng = Ranks(device=torch.device(chosen.device)), np.random.default_rng(0)
    print(
        f"batch {chosen.batch}, {chosen.device}, {torch.get_num_threads()} threads, {compute}, torch {torch.__version__}"
    )
    for name in chosen.variants:
        model = variant(name)
        samples = [made_up(model, rng) for _ in range(chosen.batch)]
        start = perf_counter()
        packed = Collate(model)(samples)
        packing, start = perf_counter() - start, perf_counter()
        batch = packed.to(ranks.device)
        moving = perf_counter() - start
        trainer = Trainer(
            StageConfig("benchmark", model, batch=chosen.batch, compute=compute), TransFuser(model), ranks
        )
        step = milliseconds(trainer, batch, chosen.steps)
        memory = f", {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB" if ranks.device.type == "cuda" else ""
        print(
            f"{name:16} step {step:8.1f} ms = {1e3 * chosen.batch / step:7.1f} samples/s; packing {1e3 * packing:.1f} ms, "
            f"to the device {1e3 * moving:.1f} ms{memory}",
            flush=True,
        )


if __name__ == "__main__":
    main()
