"""The processes of a run, as torchrun starts them: one per GPU, or several on the CPU."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from lead import InputError


@dataclass(frozen=True)
class Ranks:
    """This process among `count`, and the device that it computes on."""

    rank: int = 0
    count: int = 1
    device: torch.device = torch.device("cpu")

    @property
    def first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def share_of(self, batch: int) -> int:
        """This process's part of a batch. Raises InputError if it cannot be divided."""
        if batch % self.count:
            raise InputError(f"a batch of {batch} cannot be shared by {self.count} processes; choose a multiple of it")
        return batch // self.count

    def gathered(self, value: Any) -> list[Any]:
        """The value of each process, in all of them."""
        if self.count == 1:
            return [value]
        values = [None] * self.count
        dist.all_gather_object(values, value)
        return values

    def mean(self, values: Mapping[str, float]) -> dict[str, float]:
        """Of each number, the mean over the processes."""
        each = self.gathered(dict(values))
        return {name: sum(one[name] for one in each) / self.count for name in values}

    def wait(self) -> None:
        """Until all processes are here."""
        if self.count > 1:
            dist.barrier()


ALONE = Ranks()
"""One process on the CPU."""


@contextmanager
def joined_ranks(device: str | None = None) -> Iterator[Ranks]:
    """The processes that torchrun started, joined; or this one alone. Without a `device` it is a GPU if there is one."""
    kind = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if not dist.is_torchelastic_launched():
        yield Ranks(device=torch.device(kind))
        return
    here = torch.device(kind, int(os.environ["LOCAL_RANK"])) if kind == "cuda" else torch.device(kind)
    if here.type == "cuda":
        torch.cuda.set_device(here)
    dist.init_process_group("nccl" if here.type == "cuda" else "gloo")
    try:
        yield Ranks(dist.get_rank(), dist.get_world_size(), here)
    finally:
        dist.destroy_process_group()
