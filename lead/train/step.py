"""One step of training: forward, losses, backward, update. Nothing in it waits for the device."""

from contextlib import AbstractContextManager
from dataclasses import replace
from inspect import signature

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import get_ema_multi_avg_fn

from lead.model.batch import ALL, CONTROL, Inputs, Predictions
from lead.model.config import ModelConfig
from lead.model.transfuser import TransFuser
from lead.train.batch import Batch, unfold
from lead.train.config import ComputeConfig, OptimiserConfig, StageConfig
from lead.train.losses import batch_losses, loss_weights, weigh
from lead.train.ranks import Ranks

SEED_STRIDE = 1_000_003
"""Tells the draws (dropout) of one seed's steps from another's."""
BUFFERS = (
    "forward_sync_buffers"
    if "forward_sync_buffers" in signature(DistributedDataParallel).parameters
    else "broadcast_buffers"
)
"""What tells whether ranks share their buffers in each forward pass; the second is its name before torch 2.13."""


class Trainer:
    """A model with its optimiser, the average of its weights, and the step that changes them.

    What is drawn in a step depends on seed, step and rank alone, so a run goes on as if it had never stopped.
    """

    def __init__(self, stage: StageConfig, model: TransFuser, ranks: Ranks) -> None:
        self.stage, self.ranks = stage, ranks
        self.weights = loss_weights(learning_part(stage), stage.losses)
        if stage.cached_epochs:
            freeze_perception(model)
        self.model = prepared(model, stage.compute, ranks)
        self.average = Average(self.model, stage.optimiser.ema) if stage.optimiser.ema else None
        self.optimiser = adamw(self.model, stage.optimiser)
        self._forward = replicated(self.model, stage.compute, ranks, unused=0.0 in self.weights.values())

    @property
    def best(self) -> TransFuser:
        """The model that is validated and saved: the average if there is one."""
        return self.model if self.average is None else self.average.model

    def weight_sum(self) -> float:
        """The sum of all weights: no number if one of them is none. Waits for the device."""
        return float(torch.stack([p.detach().sum() for p in self.model.parameters()]).sum())

    def step(self, number: int, batch: Batch, rate: float) -> dict[str, Tensor]:
        """Learn from a batch on the device; returns its losses, unweighted, with their weighted sum as `loss`."""
        torch.manual_seed((self.stage.seed * SEED_STRIDE + number) * self.ranks.count + self.ranks.rank)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * self.stage.optimiser.lr
        self._to_training()
        inputs, labels = unfold(batch, self.stage.model)
        predictions = self._predicted(inputs)
        losses = batch_losses(predictions, labels, self.stage.model, self.stage.losses)
        loss = weigh(losses, self.weights)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if self.stage.optimiser.clip is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.stage.optimiser.clip)
        self.optimiser.step()
        if self.average is not None:
            self.average.update(self.model)
        return {"loss": loss.detach()} | {name: each.detach() for name, each in losses.items()}

    def _predicted(self, inputs: Inputs) -> Predictions:
        with precision(self.stage.compute, self.ranks.device):
            return self._forward(inputs, CONTROL if self.stage.cached_epochs else ALL)

    def _to_training(self) -> None:
        self.model.train(not self.stage.cached_epochs)
        if self.stage.cached_epochs:
            self.model.planning_decoder.train()
        if self.stage.compute.batch_norm == "frozen":
            for part in self.model.modules():
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.eval()


def learning_part(stage: StageConfig) -> ModelConfig:
    """The model without the heads that a stage does not train."""
    return replace(stage.model, perspective=None, carla=None, navsim=None) if stage.cached_epochs else stage.model


def freeze_perception(model: TransFuser) -> None:
    """Let the planner alone learn."""
    model.requires_grad_(False)
    if model.planning_decoder is not None:
        model.planning_decoder.requires_grad_(True)


class Average:
    """An exponential moving average of a model's weights; its buffers are those of the last step."""

    def __init__(self, model: TransFuser, decay: float) -> None:
        self.model = TransFuser(model.config).to(next(model.parameters()).device)
        self.model.load_state_dict(model.state_dict())
        self.model.eval().requires_grad_(False)
        self._blend = get_ema_multi_avg_fn(decay)

    @torch.no_grad()
    def update(self, model: TransFuser) -> None:
        """Take a step's weights into the average."""
        self._blend(list(self.model.parameters()), list(model.parameters()), None)
        for mine, its in zip(self.model.buffers(), model.buffers()):
            mine.copy_(its)


def prepared(model: TransFuser, compute: ComputeConfig, ranks: Ranks) -> TransFuser:
    """The model on its device, laid out as asked for."""
    if compute.deterministic:
        torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = not compute.deterministic
    model = model.to(ranks.device)
    if compute.channels_last:
        model = model.to(memory_format=torch.channels_last)
    if compute.batch_norm == "sync" and ranks.count > 1:
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    return model


def replicated(model: TransFuser, compute: ComputeConfig, ranks: Ranks, unused: bool) -> nn.Module:
    """The model as the step calls it; `unused` if some parameters are reached by no loss."""
    forward: nn.Module = model
    if ranks.count > 1:
        forward = DistributedDataParallel(model, find_unused_parameters=unused, **{BUFFERS: False})
    return torch.compile(forward) if compute.compile else forward


def adamw(model: nn.Module, config: OptimiserConfig) -> torch.optim.AdamW:
    """AdamW on all parameters, in one kernel."""
    return torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay, amsgrad=config.amsgrad, fused=True
    )


def precision(compute: ComputeConfig, device: torch.device) -> AbstractContextManager[None]:
    """Where a forward pass runs: in bfloat16 if asked for."""
    return torch.autocast(device.type, torch.bfloat16, enabled=compute.bf16)
