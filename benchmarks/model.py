"""How long a forward pass takes, one sample at a time, in fp32.

    python benchmarks/model.py                              # ResNet-34 and nano, two threads
    python benchmarks/model.py regnety032 --threads 1

Per variant: milliseconds of all heads and of those that control needs: the least and the median over the runs.
"""

import argparse
from statistics import median
from time import perf_counter

import torch

from lead.model.batch import ALL, CONTROL, Heads, Inputs
from lead.model.config import ModelConfig
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS, variant


def make_inputs(config: ModelConfig) -> Inputs:
    """One sample of noise."""
    status = config.planning.status if config.planning else None
    radar = torch.rand(1, 300, 5) * torch.tensor([60.0, 30.0, 1.0, 10.0, 3.99])
    return Inputs(
        rgb=torch.randint(0, 256, (1, 3, config.rig.image_height, config.rig.image_width), dtype=torch.uint8),
        speed=torch.tensor([8.0]),
        lidar=torch.rand(1, 1, config.bev.height, config.bev.width),
        radar=torch.cat([radar[..., :4], radar[..., 4:].floor()], -1),
        acceleration=torch.tensor([1.0]),
        command=torch.eye(status.commands)[:1] if status and status.commands else None,
        target_points=torch.rand(1, 3, 2) * 40.0,
        past_positions=torch.rand(1, 6, 2),
        past_speeds=torch.rand(1, 6),
    )


def milliseconds(model: TransFuser, inputs: Inputs, heads: Heads, runs: int) -> tuple[float, float]:
    """Least and median over the runs, after two that do not count."""
    taken = []
    with torch.inference_mode():
        for _ in range(runs + 2):
            start = perf_counter()
            model(inputs, heads)
            taken.append(1e3 * (perf_counter() - start))
    return min(taken[2:]), median(taken[2:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", default=["resnet34", "nano"], help=", ".join(VARIANTS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    print(f"{chosen.runs} runs, {chosen.threads} threads, torch {torch.__version__}")
    for name in chosen.variants:
        config = variant(name)
        model, inputs = TransFuser(config).eval(), make_inputs(config)
        for what, heads in (("all heads", ALL), ("control", CONTROL)):
            least, middle = milliseconds(model, inputs, heads, chosen.runs)
            print(f"{name:18} {what:10} least {least:7.1f} ms  median {middle:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
