"""Which frame comes when: drawn anew in each epoch, and the same again for the same seed, wherever one begins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.routes import Pool


@dataclass(frozen=True)
class Part:
    """A pool of frames and the share of an epoch's samples that come from it."""

    pool: Pool
    share: float = 1.0


@dataclass(frozen=True)
class Key:
    """A sample's place in training; it says all that the sample depends on, so that any process can make it."""

    epoch: int
    place: int  # in the epoch


@dataclass(frozen=True)
class Drawn:
    """What stands at a place: row numbers in a part's pool."""

    part: NDArray[np.int16]  # (N,)
    item: NDArray[np.int64]  # (N,)


class Order:
    """Draws epochs of a mixture.

    A part whose pool is smaller than its portion is gone through as often as needed, each time in a new order; a larger
    one gives other frames in each epoch, and all of its frames before any comes again.

    Args:
        parts: what is mixed.
        length: samples of an epoch; None: all frames of the parts once, if their shares are equal.
        seed: of the draws.

    Raises InputError on shares that cannot be mixed.
    """

    def __init__(self, parts: Sequence[Part], length: int | None = None, seed: int = 0) -> None:
        shares = np.array([part.share for part in parts], float)
        if not len(parts) or not np.isfinite(shares).all() or (shares < 0.0).any() or shares.sum() <= 0.0:
            raise InputError(f"found shares {shares.tolist()}; expected numbers from 0 on, not all 0")
        if length is None and len(set(shares)) > 1:
            raise InputError(
                f"found unequal shares {shares.tolist()} and no length of an epoch; say how many samples it has"
            )
        self.parts, self.seed = tuple(parts), seed
        sizes = np.array([len(part.pool) for part in parts])
        self.portions = sizes if length is None else _portions(shares / shares.sum(), length)
        self._epoch: tuple[int, Drawn] | None = None

    def __len__(self) -> int:
        return int(self.portions.sum())

    def keys(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Key]:
        """The keys of an epoch from a place on (to go on where training stopped), for one of several processes.

        All processes get equally many: what does not divide is left out at the end.
        """
        end = len(self) - (len(self) - start) % ranks
        return (Key(epoch, place) for place in range(start + rank, end, ranks))

    def at(self, key: Key) -> tuple[Pool, int]:
        """The pool and the row in it that stand at a key."""
        drawn = self._drawn(key.epoch)
        return self.parts[drawn.part[key.place]].pool, int(drawn.item[key.place])

    def _drawn(self, epoch: int) -> Drawn:
        if self._epoch is None or self._epoch[0] != epoch:
            self._epoch = epoch, self._draw(epoch)
        return self._epoch[1]

    def _draw(self, epoch: int) -> Drawn:
        parts, items = [], []
        for number, (part, portion) in enumerate(zip(self.parts, self.portions.tolist())):
            parts.append(np.full(portion, number, np.int16))
            items.append(self._stretch(number, len(part.pool), epoch * portion, portion))
        shuffled = np.random.default_rng([self.seed, epoch]).permutation(len(self))
        return Drawn(np.concatenate(parts)[shuffled], np.concatenate(items)[shuffled])

    def _stretch(self, part: int, size: int, start: int, count: int) -> NDArray[np.int64]:
        """`count` rows from a place on in the endless row of permutations of a pool."""
        rounds = range(start // size, (start + count - 1) // size + 1) if count else range(0)
        rows = [np.random.default_rng([self.seed, 1 + part, turn]).permutation(size) for turn in rounds]
        first = start - (start // size) * size
        return np.concatenate(rows)[first : first + count] if rows else np.empty(0, np.int64)


def _portions(shares: NDArray[np.float64], length: int) -> NDArray[np.int64]:
    """Whole numbers that add up to the length, as near to the shares as can be (largest remainders)."""
    exact = shares * length
    portions = np.floor(exact).astype(np.int64)
    largest = np.argsort(portions - exact, kind="stable")[: length - int(portions.sum())]
    portions[largest] += 1
    return portions
