"""Batches of samples in the order of training, from any step on; nothing is read twice or left out when a run goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from zlib import crc32

import cv2
from torch.utils.data import DataLoader

from lead import InputError
from lead.dataset.order import Key, Order, Part
from lead.dataset.published.route import published_routes
from lead.dataset.routes import RouteEntry, recorded_routes, select
from lead.dataset.sample import Sample
from lead.dataset.stream import PLAIN, SampleStream
from lead.train.batch import Batch, Collate, sample_settings
from lead.train.config import StageConfig
from lead.train.ranks import Ranks

SHARES = 10_000
"""Steps in which the share of routes that are kept apart is counted."""
VALIDATED_EVERY = 4
"""Frames; a second."""


class Keys(Protocol):
    """The order of a stream's samples (lead.dataset.order.Order)."""

    def __len__(self) -> int: ...

    def keys(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Key]:
        """Keys of an epoch from a place on, for one of several processes."""
        ...


class Samples(Protocol):
    """Samples by their keys (lead.dataset.stream.SampleStream)."""

    @property
    def order(self) -> Keys:
        """In which they come."""
        ...

    def __getitem__(self, key: Key) -> Sample: ...


class Schedule:
    """Keys of this process's part of each batch, epoch after epoch, from a step to the last one."""

    def __init__(self, order: Keys, batch: int, ranks: Ranks, steps: range) -> None:
        self.order, self.batch, self.ranks, self.steps = order, batch, ranks, steps
        self.own = ranks.share_of(batch)
        self.per_epoch = steps_per_epoch(order, batch)

    def __iter__(self) -> Iterator[list[Key]]:
        step = self.steps.start
        while step < self.steps.stop:
            epoch, done = divmod(step, self.per_epoch)
            keys = self.order.keys(epoch, done * self.batch, self.ranks.rank, self.ranks.count)
            until = min(self.steps.stop, (epoch + 1) * self.per_epoch)
            for _ in range(step, until):
                yield [next(keys) for _ in range(self.own)]
            step = until

    def __len__(self) -> int:
        return len(self.steps)


def steps_per_epoch(order: Keys, batch: int) -> int:
    """Whole batches of an epoch. Raises InputError if there is none."""
    if len(order) < batch:
        raise InputError(
            f"found {len(order)} samples in an epoch, fewer than a batch of {batch}; choose a smaller batch"
        )
    return len(order) // batch


def load_batches(samples: Samples, keys: Schedule, stage: StageConfig, ranks: Ranks) -> Iterator[Batch]:
    """The batches of these keys, on this process's device, made ahead by the workers. Raises InputError."""
    data = stage.data
    loader = DataLoader(
        samples, batch_sampler=keys, collate_fn=Collate(stage.model), num_workers=data.workers,
        prefetch_factor=data.prefetch if data.workers else None, pin_memory=ranks.device.type == "cuda",
        multiprocessing_context="forkserver" if data.workers else None, worker_init_fn=_one_thread,
    )  # fmt: skip
    try:
        for batch in loader:
            yield batch.to(ranks.device)
    except InputError as error:  # a worker's comes wrapped in its traceback
        raise InputError(str(error).rsplit("InputError: ", 1)[-1].strip()) from error


def open_samples(root: Path, stage: StageConfig) -> tuple[SampleStream, SampleStream | None]:
    """The samples of a data set to train on, and those kept apart to validate on. Raises InputError.

    A folder is read as our own layout, or as the published one if it holds no recording of ours.
    """
    data, settings = stage.data, sample_settings(stage.model, stage.data)
    routes = open_routes(root)
    apart = [route for route in routes if is_apart(route, root, data.validation)]
    kept = [route for route in routes if not is_apart(route, root, data.validation)]
    order = Order([Part(select(kept, data.selection))], data.samples, stage.seed)
    training = SampleStream(order, settings, data.augmentation)
    plain = replace(data.selection, standing_every=1, departures=1)
    chosen = replace(plain, every=max(VALIDATED_EVERY, data.selection.every))
    if not any(chosen.takes(route) and len(chosen.rows(route)) for route in apart):
        return training, None
    pool = select(apart, chosen)
    return training, SampleStream(Order([Part(pool)], None, stage.seed), settings, PLAIN)


def open_routes(root: Path) -> list[RouteEntry]:
    """The routes of a data set in either layout. Raises InputError if there are none."""
    if not root.is_dir():
        raise InputError(f"{root} is no folder; expected a data set's")
    if any(True for _ in root.rglob("frames.arrow")):
        return recorded_routes(root)
    return published_routes(root)


def is_apart(route: RouteEntry, root: Path, share: float) -> bool:
    """Whether a route is one of the share that is kept apart; by its folder's name below the data set's alone."""
    return crc32(str(route.folder.relative_to(root)).encode()) % SHARES < share * SHARES


def _one_thread(worker: int) -> None:
    cv2.setNumThreads(1)  # the workers are as many as the cores already
