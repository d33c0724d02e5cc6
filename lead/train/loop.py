"""The training of one stage, from the first step or from where it was stopped, to its last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import torch

from lead.model.transfuser import TransFuser
from lead.model.weights import read_weights
from lead.train.batch import Batch
from lead.train.checkpoint import FILE, MODEL, load_checkpoint, save_checkpoint, start_from
from lead.train.config import StageConfig
from lead.train.feature_cache import cache_features
from lead.train.logs import Alarm, Log, Meter, refuse_broken
from lead.train.ranks import ALONE, Ranks
from lead.train.run_file import UNKNOWN, Origin, settle
from lead.train.samples import Samples, Schedule, load_batches, steps_per_epoch
from lead.train.schedule import rate_at
from lead.train.step import Trainer
from lead.train.validation import validate


@dataclass(frozen=True)
class Report:
    """Where a stage is, told after each step; `values` are those of the log's line, when there is one."""

    stage: str
    step: int
    steps: int
    wait: float  # share of the time in which samples were waited for, since the log's last line
    values: dict[str, float] | None = None
    note: str | None = None


def train_stage(
    stage: StageConfig,
    samples: Samples,
    held_out: Samples | None,
    folder: Path,
    ranks: Ranks = ALONE,
    initial: Path | None = None,
    report: Callable[[Report], None] = lambda report: None,
    origin: Origin = UNKNOWN,
) -> Path:
    """Train a stage in its folder, where it goes on if it was stopped; returns the folder of its weights.

    Args:
        stage: what to train and how.
        samples, held_out: to train and to validate on.
        folder: of the stage: `run.json`, `checkpoint.pt`, `model/`, `train.csv`, `validation.csv`, `events/`.
        ranks: the processes that train it.
        initial: weights to begin with (a file); only the planner's may be missing in them.
        report: told about each step.
        origin: written beside the settings.

    Raises InputError on samples or weights that do not fit, Diverged, and CheckpointError on a full disk.
    """
    per_epoch = steps_per_epoch(samples.order, stage.batch)
    steps, pace = stage.epochs * per_epoch, stage.pace
    if ranks.first:
        settle(stage, folder, origin)
    ranks.wait()
    trainer, meter, alarm, done = _begin(stage, folder, ranks, initial)
    log = Log(folder, done) if ranks.first else None
    schedule = Schedule(samples.order, stage.batch, ranks, range(done, steps))
    batches, clock = _batches(stage, samples, trainer.model, schedule, ranks, report), Clock()
    for number in range(done, steps):
        with clock.waiting():
            batch = next(batches)
        meter.add(trainer.step(number, batch, rate_at(number, per_epoch, stage.epochs, stage.schedule)))
        step, values, note = number + 1, None, None
        whole_epoch = step % per_epoch == 0
        if step % pace.log == 0 or step == steps:
            speed = meter.steps * stage.batch
            values = ranks.mean(meter.read())  # here, and at checkpoints, the host waits for the device
            note = alarm.check(step, values)
            values |= {"rate": trainer.optimiser.param_groups[0]["lr"], "epoch": step / per_epoch} | clock.read(speed)
            if log is not None:
                log.write("train", step, values)
        if whole_epoch and held_out is not None and (step // per_epoch) % pace.validate == 0:
            metrics = validate(trainer.best, stage, held_out, ranks)
            if log is not None:
                log.write("validation", step, metrics)
        if whole_epoch or step % pace.checkpoint == 0:
            sums = ranks.mean({name: float(value) for name, value in meter.sums.items()})
            refuse_broken(step, sums | {"weights": trainer.weight_sum()})
            if ranks.first:
                told = {"step": step, "logged_steps": meter.steps, "logged_sums": sums, "least_loss": alarm.least}
                save_checkpoint(folder, trainer, told)
            ranks.wait()
        report(Report(stage.name, step, steps, clock.share, values, note))
    if log is not None:
        log.close()
    return folder / MODEL


def _batches(
    stage: StageConfig,
    samples: Samples,
    model: TransFuser,
    schedule: Schedule,
    ranks: Ranks,
    report: Callable[[Report], None],
) -> Iterator[Batch]:
    """The batches of a schedule: loaded, or out of a cache that is filled when the first is asked for."""
    if not stage.cached_epochs:
        yield from load_batches(samples, schedule, stage, ranks)
        return

    def looked(number: int, of: int) -> None:
        report(Report(f"{stage.name}: looking", number, of, 0.0))

    yield from cache_features(samples, model, stage, ranks, looked).batches(schedule, ranks)


def _begin(stage: StageConfig, folder: Path, ranks: Ranks, initial: Path | None) -> tuple[Trainer, Meter, Alarm, int]:
    """A trainer that is new, or as it was at the last checkpoint, and how many steps it has done."""
    torch.manual_seed(stage.seed)
    model = TransFuser(stage.model)
    goes_on = (folder / FILE).is_file()
    if initial is not None and not goes_on:
        start_from(model, read_weights(initial), str(initial))
    trainer, meter, alarm = Trainer(stage, model, ranks), Meter(), Alarm(stage.pace.alarm)
    if not goes_on:
        return trainer, meter, alarm, 0
    progress = load_checkpoint(folder, trainer)
    meter.steps = progress["logged_steps"]
    meter.sums = {name: torch.tensor(value, device=ranks.device) for name, value in progress["logged_sums"].items()}
    alarm.least = progress["least_loss"]
    return trainer, meter, alarm, progress["step"]


class Clock:
    """How the time goes: all of it, and that in which samples were waited for."""

    def __init__(self) -> None:
        self._begun, self._waited, self._asked = perf_counter(), 0.0, 0.0

    def waiting(self) -> "Clock":
        """A context in which samples are waited for."""
        return self

    def __enter__(self) -> None:
        self._asked = perf_counter()

    def __exit__(self, *exception: object) -> None:
        self._waited += perf_counter() - self._asked

    @property
    def share(self) -> float:
        """Of the time since the last reading, that of waiting."""
        return self._waited / max(perf_counter() - self._begun, 1e-9)

    def read(self, samples: int) -> dict[str, float]:
        """Samples per second and the share of waiting since the last reading."""
        told = {"samples_per_s": samples / max(perf_counter() - self._begun, 1e-9), "data_wait": self.share}
        self._begun, self._waited = perf_counter(), 0.0
        return told
