"""How well boxes are found: mean average precision with places compared, as nuScenes has it (Caesar et al. 2020)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lead.model.boxes import Box

DISTANCES = (0.5, 1.0, 2.0, 4.0)
"""m between centres, up to which a box is found; the precision is the mean over them."""


@dataclass
class BoxPrecision:
    """Boxes that were said and that there were, sample by sample."""

    score: list[NDArray[np.float32]] = field(default_factory=list)  # (N,)
    category: list[NDArray[np.int64]] = field(default_factory=list)  # (N,)
    right: list[NDArray[np.bool_]] = field(
        default_factory=list
    )  # (N, distances) whether it is an object, none before it
    there: list[NDArray[np.int64]] = field(default_factory=list)  # (M,) class of each object

    def add(self, said_N9: NDArray[np.float32], there_M8: NDArray[np.float32]) -> None:
        """Count a sample: boxes as `Box` (m) with scores, and what is there."""
        said_N9 = said_N9[np.argsort(-said_N9[:, Box.SCORE], kind="stable")]
        same = said_N9[:, None, Box.CLASS] == there_M8[None, :, Box.CLASS]
        offset = said_N9[:, None, : Box.HALF_LENGTH] - there_M8[None, :, : Box.HALF_LENGTH]
        distance = np.where(same, np.linalg.norm(offset, axis=2), np.inf)
        self.score.append(said_N9[:, Box.SCORE])
        self.category.append(said_N9[:, Box.CLASS].astype(np.int64))
        self.right.append(np.stack([found(distance, limit) for limit in DISTANCES], 1))
        self.there.append(there_M8[:, Box.CLASS].astype(np.int64))

    def extend(self, other: "BoxPrecision") -> None:
        """Count the samples of another."""
        for name, values in vars(other).items():
            getattr(self, name).extend(values)

    def mean(self) -> float:
        """The mean over the classes that there are, 0 to 1; nan if there is no object."""
        there = np.concatenate(self.there) if self.there else np.empty(0, np.int64)
        each = [self._of_class(int(category), int((there == category).sum())) for category in np.unique(there)]
        return float(np.mean(each)) if each else float("nan")

    def _of_class(self, category: int, objects: int) -> float:
        mine = np.concatenate(self.category) == category
        order = np.argsort(-np.concatenate(self.score)[mine], kind="stable")
        right = np.concatenate(self.right)[mine][order]
        return float(np.mean([average_precision(right[:, k], objects) for k in range(len(DISTANCES))]))


def found(distance_NM: NDArray[np.floating], limit: float) -> NDArray[np.bool_]:
    """Which of the boxes (N,), best first, are the nearest object within a limit (m) that no better one is."""
    right, free = np.zeros(len(distance_NM), bool), np.ones(distance_NM.shape[1], bool)
    for row in np.flatnonzero((distance_NM <= limit).any(1)):
        distance = np.where(free, distance_NM[row], np.inf)
        nearest = int(distance.argmin())
        if distance[nearest] <= limit:
            right[row], free[nearest] = True, False
    return right


def average_precision(right_N: NDArray[np.bool_], objects: int) -> float:
    """Area under the precision, made to fall, over the recall of boxes ordered by their scores."""
    hits = np.cumsum(right_N)
    precision = hits / np.arange(1, len(hits) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((falling * right_N).sum() / objects)
