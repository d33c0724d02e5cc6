"""A run of training: which stages, and in each what is trained on what and how."""

from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from lead.dataset.routes import Selection
from lead.dataset.stream import Augmentation
from lead.model.config import ModelConfig
from lead.model.rig import STRICT
from lead.train.losses import LossConfig


@dataclass(frozen=True, config=STRICT)
class OptimiserConfig:
    """AdamW on all parameters (spec/tfv6.md, 3.4).

    Attributes:
        lr: learning rate at the start of a cycle.
        clip: greatest norm of the gradient; None: not clipped.
        ema: decay per step of a moving average of the weights, which is then what is validated and saved; None: none.
    """

    lr: float = 3e-4
    weight_decay: float = 0.01
    amsgrad: bool = True
    clip: float | None = None
    ema: float | None = None


@dataclass(frozen=True, config=STRICT)
class ScheduleConfig:
    """The learning rate over steps (lead.train.schedule).

    Attributes:
        kind: cosine from `lr` to 0 with restarts, one cosine over all epochs, or constant.
        first, growth: epochs of the first cycle, and how many times as long each other one is as that before it.
        warmup: steps over which the rate grows from 0.
    """

    kind: Literal["restarts", "cosine", "constant"] = "restarts"
    first: int = Field(1, ge=1)
    growth: int = Field(2, ge=1)
    warmup: int = Field(0, ge=0)


@dataclass(frozen=True, config=STRICT)
class DataConfig:
    """What samples are drawn.

    Attributes:
        selection: routes and frames.
        augmentation: how samples are varied.
        samples: of an epoch; None: all.
        pop_distance: m, of the target points.
        noisy_points: whether target points are as a student knows them that has GNSS alone.
        validation: share of the routes that are kept apart; 0: none are validated on.
        workers: processes that make samples; 0: the training's own.
        prefetch: batches that each of them is ahead.
    """

    selection: Selection = Selection()
    augmentation: Augmentation = Augmentation()
    samples: int | None = Field(None, ge=1)
    pop_distance: float = 3.25
    noisy_points: bool = False
    validation: float = Field(0.02, ge=0.0, lt=1.0)
    workers: int = Field(8, ge=0)
    prefetch: int = Field(4, ge=1)


@dataclass(frozen=True, config=STRICT)
class ComputeConfig:
    """How the arithmetic is done.

    Attributes:
        bf16: matrix products in bfloat16; losses and labels stay in fp32.
        compile: the model through torch.compile.
        channels_last: pictures and weights of convolutions with the channels innermost.
        batch_norm: statistics of each process alone, of all of them (GPUs only), or those that the weights came with.
        deterministic: where there is a choice, the kernel that gives the same bits each time.
    """

    bf16: bool = False
    compile: bool = False
    channels_last: bool = False
    batch_norm: Literal["local", "sync", "frozen"] = "local"
    deterministic: bool = False


@dataclass(frozen=True, config=STRICT)
class PaceConfig:
    """When what is told and kept; none of it changes what is learnt.

    Attributes:
        log: steps from line to line of the log.
        checkpoint: steps from checkpoint to checkpoint; there is one after each epoch in any case.
        validate: epochs from validation to validation.
        alarm: a loss so many times the least of all lines before is an alarm.
    """

    log: int = Field(50, ge=1)
    checkpoint: int = Field(1000, ge=1)
    validate: int = Field(1, ge=1)
    alarm: float = Field(10.0, gt=1.0)


@dataclass(frozen=True, config=STRICT)
class StageConfig:
    """One stage of training.

    Attributes:
        batch: of all processes together.
        cached_epochs: if not 0, perception is frozen and computes the features of so many epochs of samples once, and
            the planner alone learns, from those (lead.train.feature_cache).
    """

    name: str
    model: ModelConfig
    losses: LossConfig = LossConfig()
    epochs: int = Field(31, ge=1)
    batch: int = Field(64, ge=1)
    cached_epochs: int = Field(0, ge=0)
    seed: int = Field(0, ge=0)
    optimiser: OptimiserConfig = OptimiserConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    data: DataConfig = DataConfig()
    compute: ComputeConfig = ComputeConfig()
    pace: PaceConfig = PaceConfig()


@dataclass(frozen=True, config=STRICT)
class Recipe:
    """Stages in order; each begins with the weights of the one before."""

    name: str
    stages: tuple[StageConfig, ...]
