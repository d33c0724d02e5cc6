"""Two groups of runs on the same routes with the same seeds: differences per route, and how sure they are.

Drives are paired by route and seed. A route's difference is the mean over its common seeds; routes are what is drawn
anew in the bootstrap, so that several seeds of one route do not count as several routes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.report.groups import Group
from lead.report.runs import Run
from lead.score.protocols import protocol_named
from lead.score.record import RouteRecord

RESAMPLES = 10_000
CONFIDENCE = 0.95
SEED = 0  # of the bootstrap
FEW = 5  # routes from which there is an interval at all
EQUAL = 0.005  # points of driving score within which two drives are a tie

MEASURES = ("driving score", "success rate", "route completion")


@dataclass(frozen=True)
class Difference:
    """A measure's mean difference in percentage points, other minus base, with its bootstrap interval."""

    measure: str
    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True)
class Comparison:
    """Two groups on the routes that both drove.

    `per_route` is the difference in driving score of each common route (points), from the worst to the best for the
    other; `left_out` counts drives that had no partner.
    """

    base: str
    other: str
    differences: tuple[Difference, ...]
    per_route: tuple[tuple[str, float], ...]
    pairs: int
    left_out: int
    same_protocol: bool

    @property
    def has_intervals(self) -> bool:
        """Whether there are routes enough to draw anew."""
        return len(self.per_route) >= FEW

    @property
    def wins(self) -> int:
        """Routes on which the other did better."""
        return sum(value > EQUAL for _, value in self.per_route)

    @property
    def losses(self) -> int:
        """Routes on which the base did better."""
        return sum(value < -EQUAL for _, value in self.per_route)


def compare(base: Group, other: Group) -> Comparison | None:
    """The paired comparison, None if no route was driven by both with the same seed."""
    left, right = _drives(base), _drives(other)
    common = sorted(set(left) & set(right))
    if not common:
        return None
    routes = list(dict.fromkeys(route for route, _ in common))
    steps = {key: right[key] - left[key] for key in common}
    by_route = np.array([np.mean([steps[key] for key in common if key[0] == route], axis=0) for route in routes])
    low, high = bootstrap(by_route)
    mean = by_route.mean(0)
    differences = (
        Difference(name, float(m), float(a), float(b)) for name, m, a, b in zip(MEASURES, mean, low, high, strict=True)
    )
    order = sorted(range(len(routes)), key=lambda row: (by_route[row, 0], routes[row]))
    return Comparison(
        base.name, other.name, tuple(differences), tuple((routes[row], float(by_route[row, 0])) for row in order),
        len(common), len(left) + len(right) - 2 * len(common), base.protocol == other.protocol,
    )  # fmt: skip


def bootstrap(
    values_NM: NDArray[np.float64], resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile interval (M,), (M,) of the mean of N rows drawn with replacement; the same for the same seed."""
    rng = np.random.default_rng(seed)
    count = len(values_NM)
    means = np.empty((resamples, values_NM.shape[1]))
    for start in range(0, resamples, 500):  # a few at a time: memory
        stop = min(start + 500, resamples)
        means[start:stop] = values_NM[rng.integers(count, size=(stop - start, count))].mean(1)
    tail = 50.0 * (1.0 - CONFIDENCE)
    low, high = np.percentile(means, [tail, 100.0 - tail], axis=0)
    return low, high


def _drives(group: Group) -> Mapping[tuple[str, int], NDArray[np.float64]]:
    """Measures (3,) of each drive by route and seed."""
    success = protocol_named(group.protocol).success

    def measures(record: RouteRecord) -> NDArray[np.float64]:
        return np.array(
            [record.scores.score_composed, 100.0 * success(record), record.scores.score_route], dtype=np.float64
        )

    def seed(run: Run) -> int:
        return -1 if run.seed is None else run.seed

    return {(entry.route, seed(run)): measures(entry.record) for run in group.runs for entry in run.judged}
