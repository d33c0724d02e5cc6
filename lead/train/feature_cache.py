"""The features of samples from above, computed once by a frozen perception; the planner then learns from this cache.

On two cores a planner sees ten times as many samples a second as with the pictures. What is cached is some epochs of the
training's own samples, moved and recoloured as they are drawn, so whatever gives samples can be cached.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields

import numpy as np
import torch
from torch import Tensor

from lead import InputError
from lead.model.transfuser import TransFuser
from lead.train.batch import Batch, unfold
from lead.train.config import StageConfig
from lead.train.ranks import Ranks
from lead.train.samples import Samples, Schedule, load_batches, steps_per_epoch
from lead.train.step import precision

PERCEIVED = frozenset(
    ("rgb", "lidar", "semantic", "depth", "bev", "boxes", "boxes_valid", "radar_objects")
    + ("navsim_bev", "navsim_boxes", "navsim_boxes_valid")
)
"""Fields of a `Batch` that a planner needs no more once there are features of them."""
SHUFFLE = 11
"""Tells the draws here from those of the samples."""


class FeatureCache:
    """N cached samples of this process, drawn anew in each epoch, the same again for the same seed.

    Args:
        rows: the fields of a `Batch` but those that were perceived, each (N, ...), on the CPU; `bev_features` in half precision.
        seed: of the draws.
    """

    def __init__(self, rows: dict[str, Tensor], seed: int) -> None:
        self.rows, self.seed = rows, seed

    def __len__(self) -> int:
        return len(self.rows["speed"])

    def batches(self, schedule: Schedule, ranks: Ranks) -> Iterator[Batch]:
        """The batches of a schedule, on the process's device. A key's place says which of the epoch's draws it is."""
        epoch, drawn = -1, np.empty(0, np.int64)
        for keys in schedule:
            if keys[0].epoch != epoch:
                epoch = keys[0].epoch
                drawn = np.random.default_rng([self.seed, SHUFFLE, epoch, ranks.rank]).permutation(len(self))
            index = torch.from_numpy(drawn[[key.place // ranks.count for key in keys]])
            yield Batch(rgb=None, **{name: rows[index] for name, rows in self.rows.items()}).to(ranks.device)


@torch.no_grad()
def cache_features(
    samples: Samples, model: TransFuser, stage: StageConfig, ranks: Ranks, report: Callable[[int, int], None]
) -> FeatureCache:
    """Look at `stage.cached_epochs` epochs of samples; `report` is told how many batches of how many are done.

    It is done again when a run goes on, with the same result on the same machine. Raises InputError for a model that
    does not see or does not plan.
    """
    if model.backbone is None or model.planning_decoder is None:
        raise InputError(
            f"cached_epochs={stage.cached_epochs}: model {model.config.name} has no perception or no planner to keep apart"
        )
    steps = range(stage.cached_epochs * steps_per_epoch(samples.order, stage.batch))
    training, kept = model.training, list[dict[str, Tensor]]()
    model.eval()
    schedule = Schedule(samples.order, stage.batch, ranks, steps)
    for number, batch in enumerate(load_batches(samples, schedule, stage, ranks)):
        inputs, _ = unfold(batch, stage.model)
        with precision(stage.compute, ranks.device):
            features, _ = model.backbone(inputs.rgb, inputs.lidar)
        named = {field.name: getattr(batch, field.name) for field in fields(batch) if field.name not in PERCEIVED}
        kept.append({name: value.cpu() for name, value in named.items() if value is not None})
        kept[-1]["bev_features"] = features.half().cpu()
        report(number + 1, len(steps))
    model.train(training)
    return FeatureCache({name: torch.cat([part[name] for part in kept]) for name in kept[0]}, stage.seed)
