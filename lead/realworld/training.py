"""The samples of a stage of co-training: its two data sets, opened and mixed for `lead.train.loop.train_stage`."""

from collections.abc import Callable
from pathlib import Path

from lead import InputError
from lead.model.config import ModelConfig
from lead.realworld.mixture import DataSet, MixedSamples, Mixture
from lead.realworld.navsim.samples import open_cache
from lead.realworld.recipes import Benchmark
from lead.realworld.simulated import open_drives
from lead.realworld.waymo.samples import open_frames
from lead.train.config import StageConfig

OPENED: dict[Benchmark, Callable[[Path, ModelConfig], DataSet]] = {"navsim": open_cache, "waymo": open_frames}


def open_mixture(
    benchmark: Benchmark, stage: StageConfig, mixture: Mixture, simulated: Path | None, real: Path | None
) -> MixedSamples:
    """The samples of a stage. An epoch is `data.samples` long, or as long as the real data, or as the simulated if no
    real sample is ever drawn; whole batches of it.

    Raises InputError on data that are missing, unreadable, or fewer than a batch.
    """
    counts = [mixture.simulated_in(epoch, stage.batch) for epoch, _ in mixture.simulated]
    drives = open_drives(simulated, stage.model) if simulated is not None and any(counts) else None
    drawn = any(count < stage.batch for count in counts)
    recorded = OPENED[benchmark](real, stage.model) if real is not None and drawn else None
    length = stage.data.samples or len(recorded or drives or ())
    if length < stage.batch:
        raise InputError(
            f"found {length} samples for an epoch of stage {stage.name}, fewer than a batch of {stage.batch}; give "
            "--real and --simulated as the stage's mixture needs them, or choose a smaller batch"
        )
    return MixedSamples(drives, recorded, mixture, stage.batch, length // stage.batch, stage.seed)
