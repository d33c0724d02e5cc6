"""A short training in as many processes as it is started in: `python ranks_run.py FOLDER`."""

import sys
from pathlib import Path

import torch
from synthetic import Synthetic, small, stage

from lead.train.config import ComputeConfig, PaceConfig
from lead.train.loop import train_stage
from lead.train.ranks import joined_ranks


def main() -> None:
    torch.set_num_threads(1)
    run = stage(batch=4, epochs=2, compute=ComputeConfig(batch_norm="frozen"), pace=PaceConfig(log=1))
    with joined_ranks("cpu") as ranks:
        train_stage(run, Synthetic(small(), 8), Synthetic(small(), 4), Path(sys.argv[1]), ranks)


if __name__ == "__main__":
    main()
