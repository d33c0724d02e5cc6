"""Simulated and real samples in one batch: fixed counts of each, which may change from epoch to epoch.

It is the samples that `lead.train.loop.train_stage` takes, in perception pre-training and in post-training alike.
Source: spec/tfv6.md, 3.5.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from lead import InputError
from lead.dataset.order import Key
from lead.model.rig import STRICT
from lead.train.batch import Packed


@dataclass(frozen=True, config=STRICT)
class Mixture:
    """How many of `whole` samples are simulated, from which epoch on: (epoch, count), the first from epoch 0."""

    simulated: tuple[tuple[int, int], ...]
    whole: int = 64

    def simulated_in(self, epoch: int, batch: int) -> int:
        """Simulated samples in each batch of an epoch. Raises InputError if that is no whole number."""
        count = [count for first, count in self.simulated if first <= epoch][-1] * batch
        if count % self.whole:
            raise InputError(
                f"found a batch of {batch}, of which {count / self.whole:g} would be simulated in epoch {epoch}; "
                f"choose a multiple of {self.whole // int(np.gcd(count // batch, self.whole))}"
            )
        return count // self.whole


SIM2REAL = Mixture(((0, 40), (1, 32), (3, 24), (7, 16), (15, 8), (31, 0)))
"""The published schedule: simulation first, then more and more real data (spec/tfv6.md, 3.5)."""
EQUAL = Mixture(((0, 32),))
SIMULATED = Mixture(((0, 64),))
REAL = Mixture(((0, 0),))
MIXTURES = {"sim2real": SIM2REAL, "equal": EQUAL, "simulated": SIMULATED, "real": REAL}


class DataSet(Protocol):
    """Samples by their number."""

    def __len__(self) -> int: ...

    def at(self, item: int) -> Packed:
        """A sample. Raises InputError if it cannot be read."""
        ...


class MixedOrder:
    """Places of an epoch: whole batches of it, each the same in every epoch (lead.train.samples.Keys)."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def keys(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Key]:
        """Keys of an epoch from a place on, for one of several processes."""
        end = self._length - (self._length - start) % ranks
        return (Key(epoch, place) for place in range(start + rank, end, ranks))


class MixedSamples:
    """Samples of two data sets in fixed counts per batch; each is gone through whole before any sample comes again.

    Args:
        simulated, real: the data sets; one that the mixture never asks for may be None.
        mixture: counts.
        batch: samples of all processes together.
        batches: of an epoch.
        seed: of the order.

    Raises InputError on a data set that is missing or empty, and counts that are not whole.
    """

    def __init__(
        self, simulated: DataSet | None, real: DataSet | None, mixture: Mixture, batch: int, batches: int, seed: int
    ) -> None:
        self.simulated, self.real, self.mixture = simulated, real, mixture
        self.batch, self.batches, self.seed = batch, batches, seed
        self.order = MixedOrder(batch * batches)
        self._turns: dict[tuple[int, int], NDArray[np.int64]] = {}
        shares = {mixture.simulated_in(epoch, batch) for epoch, _ in mixture.simulated}
        for name, data, asked in (
            ("simulated", simulated, any(shares)),
            ("real", real, any(n < batch for n in shares)),
        ):
            if asked and (data is None or not len(data)):
                raise InputError(f"found no {name} samples, which this mixture takes; give a data set of them")

    def drawn(self, key: Key) -> tuple[bool, int]:
        """Whether a key's sample is simulated, and its number in its data set."""
        number, slot = divmod(key.place, self.batch)
        count = self.mixture.simulated_in(key.epoch, self.batch)
        is_simulated = slot < count  # processes take slots in turn, and so equal shares of each kind
        each, within = (count, slot) if is_simulated else (self.batch - count, slot - count)
        place = self._used(key.epoch, is_simulated) + number * each + within
        data = self.simulated if is_simulated else self.real
        turn, rest = divmod(place, len(data))
        return is_simulated, int(self._permutation(is_simulated, turn, len(data))[rest])

    def __getitem__(self, key: Key) -> Packed:
        is_simulated, item = self.drawn(key)
        return (self.simulated if is_simulated else self.real).at(item)

    def _used(self, epoch: int, is_simulated: bool) -> int:
        """Samples of a data set that all epochs before took."""
        counts = (self.mixture.simulated_in(before, self.batch) for before in range(epoch))
        return self.batches * sum(count if is_simulated else self.batch - count for count in counts)

    def _permutation(self, is_simulated: bool, turn: int, size: int) -> NDArray[np.int64]:
        key = (int(is_simulated), turn)
        if key not in self._turns:
            self._turns = {old: rows for old, rows in self._turns.items() if old[1] >= turn - 1 or old[0] != key[0]}
            self._turns[key] = np.random.default_rng([self.seed, *key]).permutation(size)
        return self._turns[key]
