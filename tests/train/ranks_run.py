"""A short training in as many processes as torchrun's variables tell: what `torchrun` does, within one machine."""

import multiprocessing
import os
import socket
from pathlib import Path

import torch
from synthetic import Synthetic, small, stage

from lead.train.config import ComputeConfig, PaceConfig
from lead.train.loop import train_stage
from lead.train.ranks import joined_ranks

WAIT = 250.0
"""s, after which a process is taken to hang."""


def started(count: int, folder: Path) -> list[multiprocessing.Process]:
    """`count` processes that train one run; they are forked from one that has imported torch and nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "lead.train.loop"])
    port = _free_port()
    processes = [context.Process(target=_train, args=(rank, count, port, folder), daemon=True) for rank in range(count)]
    for process in processes:
        process.start()
    return processes


def ended(processes: list[multiprocessing.Process]) -> list[int | None]:
    """Their exit codes, once all have ended."""
    for process in processes:
        process.join(WAIT)
    return [process.exitcode for process in processes]


def _train(rank: int, count: int, port: int, folder: Path) -> None:
    if count > 1:
        told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        os.environ.update({"TORCHELASTIC_RUN_ID": "test"} | {name: str(value) for name, value in told.items()})
    torch.set_num_threads(1)
    run = stage(batch=4, epochs=2, compute=ComputeConfig(batch_norm="frozen"), pace=PaceConfig(log=1))
    with joined_ranks("cpu") as ranks:
        assert ranks.count == count
        train_stage(run, Synthetic(small(), 8), Synthetic(small(), 4), folder, ranks)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
