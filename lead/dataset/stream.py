"""Samples for training by their keys: drawn, read, seen from one of the two views, and changed in colour."""

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lead.dataset.augment import augmented
from lead.dataset.order import Key, Order
from lead.dataset.recording import Recording
from lead.dataset.roads_below import RoadsBelow
from lead.dataset.routes import RouteEntry
from lead.dataset.sample import Roads, Sample, SampleSettings, make_sample

OPEN = 256
"""Recordings that a process keeps open."""

CONTENT = 7919
"""Tells draws of a sample's content from those of the order."""


@dataclass(frozen=True)
class Augmentation:
    """How samples are varied.

    Attributes:
        recovery: probability of the view from the moved copy of the rig.
        colour: probability of each change of colour and sharpness.
    """

    recovery: float = 0.5
    colour: float = 0.2


PLAIN = Augmentation(0.0, 0.0)
"""As recorded: for validation."""


@dataclass
class OpenRecordings:
    """Recordings by route, the last used of them kept open."""

    limit: int = OPEN
    _open: OrderedDict[Path, Recording] = field(default_factory=OrderedDict)

    def of(self, route: RouteEntry) -> Recording:
        """The recording of a route. Raises InputError if it cannot be read."""
        if route.folder not in self._open:
            self._open[route.folder] = route.opened(route.folder)
            if len(self._open) > self.limit:
                self._open.popitem(last=False)
        self._open.move_to_end(route.folder)
        return self._open[route.folder]

    def __getstate__(self) -> dict[str, object]:
        return {"limit": self.limit, "_open": OrderedDict()}  # open files stay in their process


class SampleStream:
    """Makes the sample of a key; the same key gives the same sample in any process.

    It serves as a data set whose indices are keys, with `order.keys(epoch)` as the sampler.

    Args:
        order: of the frames.
        settings: what a sample holds.
        augmentation: how it is varied.
        roads: under the frames; None reads the towns' maps when they are needed.
    """

    def __init__(
        self, order: Order, settings: SampleSettings, augmentation: Augmentation = PLAIN, roads: Roads | None = None
    ) -> None:
        self.order, self.settings, self.augmentation = order, settings, augmentation
        self._roads: Roads = RoadsBelow() if roads is None else roads
        self._recordings = OpenRecordings()

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, key: Key) -> Sample:
        """The sample of a key. Raises InputError, which names the file, if it cannot be read."""
        pool, item = self.order.at(key)
        rng = np.random.default_rng([self.order.seed, CONTENT, key.epoch, key.place])
        recording = self._recordings.of(pool.routes[pool.route_of[item]])
        perturbed = bool(rng.random() < self.augmentation.recovery)
        probability = self.augmentation.colour
        change = (lambda picture: augmented(picture, rng, probability)) if probability > 0.0 else None
        return make_sample(recording, int(pool.row_of[item]), perturbed, self.settings, self._roads, change)
