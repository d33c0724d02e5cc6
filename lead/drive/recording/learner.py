"""Who drives while it is recorded: the expert, or in turns with it a student that is to learn from the answers (DAgger).

A student that has seen only its expert's drives has never seen where its own mistakes lead. Here it leads there, and the
expert, which goes on deciding, says what to do. Source: Ross et al. 2011, with turns instead of a draw per tick, so that a
mistake has time to grow.
"""

import numpy as np

OWN, EXPERTS = (4.0, 12.0), (1.0, 3.0)
"""s: bounds of a turn of the learner's, and of one of the expert's between two of them."""
STANDS, WOULD_GO = 0.1, 1.0
"""m/s: a learner that is slower than the first where the expert would go faster than the second holds the drive up."""
PATIENCE = 3.0  # s of that until its turn ends


class Turns:
    """Whose turn it is, tick by tick.

    Args:
        random: draws how long the turns are; the learner's comes first.
        tick: s.
    """

    def __init__(self, random: np.random.Generator, tick: float) -> None:
        self._random, self._tick = random, tick
        self._learner, self._left, self._held = True, random.uniform(*OWN), 0.0

    def step(self, speed: float, wanted: float) -> bool:
        """Whether the learner drives in this tick: the ego's speed, and that which the expert aims at (m/s)."""
        self._left -= self._tick
        self._held = self._held + self._tick if speed < STANDS and wanted > WOULD_GO else 0.0
        if self._left <= 0.0 or (self._learner and self._held > PATIENCE):
            self._learner, self._held = not self._learner, 0.0
            self._left = self._random.uniform(*(OWN if self._learner else EXPERTS))
        return self._learner
