"""Open-loop metrics: what the model says of held-out samples against what is true. They do not tell how it drives."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from lead.model.batch import Predictions
from lead.model.boxes import boxes_to_ego, decode_boxes
from lead.model.config import BevGrid
from lead.model.transfuser import TransFuser
from lead.train.batch import unfold
from lead.train.box_precision import BoxPrecision
from lead.train.config import StageConfig
from lead.train.labels import IGNORED, BevLabels, Labels
from lead.train.losses import LossConfig, batch_losses, loss_weights, stopping, weigh
from lead.train.ranks import Ranks
from lead.train.samples import Samples, Schedule, load_batches
from lead.train.step import precision


@dataclass
class Tally:
    """Sums over samples, on the CPU; those of several processes add up."""

    samples: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)  # of sums that are not over all samples
    confusion: dict[str, Tensor] = field(default_factory=dict)  # (classes, classes) true, said
    boxes: BoxPrecision = field(default_factory=BoxPrecision)

    def add(self, other: "Tally") -> None:
        """Count the samples of another."""
        self.samples += other.samples
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0.0) + count
        for name, counts in other.confusion.items():
            self.confusion[name] = self.confusion[name] + counts if name in self.confusion else counts
        self.boxes.extend(other.boxes)

    def metrics(self) -> dict[str, float]:
        """By name: errors in m and m/s, mean IoU and mean average precision 0 to 1, and the loss."""
        told = {name: value / max(self.counts.get(name, self.samples), 1) for name, value in self.sums.items()}
        told |= {f"{name}_iou": mean_iou(counts) for name, counts in self.confusion.items()}
        return told | ({"box_map": self.boxes.mean()} if self.boxes.there else {})


@torch.no_grad()
def validate(model: TransFuser, stage: StageConfig, samples: Samples, ranks: Ranks) -> dict[str, float]:
    """Metrics of a model over held-out samples, each process taking its part; what does not fill a batch is left out.

    `route_l1`, `waypoint_l1` (m, mean over points and axes; of waypoints those that are known), `waypoint_last` (m, distance
    at the last), `speed_l1` (m/s),
    `depth_l1` (m), `semantic_iou`, `bev_iou`, `box_map` (lead.train.box_precision) and `loss`.
    """
    if len(samples.order) < ranks.count:
        return {}
    training = model.training
    model.eval()
    batch = min(stage.batch, len(samples.order)) // ranks.count * ranks.count
    steps = range(len(samples.order) // batch)
    weights, tally = loss_weights(stage.model, stage.losses), Tally()
    for held in load_batches(samples, Schedule(samples.order, batch, ranks, steps), stage, ranks):
        inputs, labels = unfold(held, stage.model)
        with precision(stage.compute, ranks.device):
            said = model(inputs)
        loss = weigh(batch_losses(said, labels, stage.model, stage.losses), weights)
        tally.add(tallied(said, labels, stage, {"loss": loss * len(held)}, len(held)))
    model.train(training)
    whole = Tally()
    for part in ranks.gathered(tally):
        whole.add(part)
    return whole.metrics()


def tallied(said: Predictions, labels: Labels, stage: StageConfig, sums: dict[str, Tensor], samples: int) -> Tally:
    """A batch's sums."""
    sums = {name: float(value) for name, value in (sums | dict(_errors(said, labels, stage.losses))).items()}
    tally = Tally(samples, sums)
    if said.waypoints is not None:
        tally.add(waypoint_errors(said.waypoints, labels))
    if said.semantic is not None:
        tally.confusion["semantic"] = confusion(said.semantic, labels.semantic)
    if said.carla is not None:
        tally.confusion["bev"] = confusion(said.carla.semantic, labels.carla.semantic)
        decoded = boxes_to_ego(decode_boxes(said.carla.boxes, stage.model.bev.cell), stage.model.bev)
        for said_K9, there_M8 in zip(decoded.float().cpu().numpy(), true_boxes(labels.carla, stage.model.bev)):
            tally.boxes.add(said_K9, there_M8.numpy())
    return tally


def true_boxes(labels: BevLabels, grid: BevGrid) -> list[Tensor]:
    """Boxes (M, 8) of each sample in the ego frame (m)."""
    boxes_BN8 = boxes_to_ego(labels.boxes, grid).float().cpu()
    return [rows[valid] for rows, valid in zip(boxes_BN8, labels.boxes_valid.cpu())]


def waypoint_errors(said_BW2: Tensor, labels: Labels) -> Tally:
    """A batch's sums over the waypoints that are known."""
    off_BW2 = said_BW2.float() - labels.waypoints[:, : said_BW2.shape[1]].float()
    known_BW = torch.ones_like(off_BW2[..., 0], dtype=torch.bool)
    if labels.waypoints_valid is not None:
        known_BW = labels.waypoints_valid[:, : said_BW2.shape[1]]
    off_BW2 = torch.where(known_BW[..., None], off_BW2, 0.0)
    sums = {"waypoint_l1": off_BW2.abs().mean(-1).sum(), "waypoint_last": off_BW2[:, -1].norm(dim=-1).sum()}
    counts = {"waypoint_l1": known_BW.sum(), "waypoint_last": known_BW[:, -1].sum()}
    return Tally(0, *({name: float(value) for name, value in told.items()} for told in (sums, counts)))


def _errors(said: Predictions, labels: Labels, losses: LossConfig) -> Iterator[tuple[str, Tensor]]:
    """Sums over the samples of a batch."""
    if said.route is not None:
        yield "route_l1", _total(said.route, labels.route)
    if said.target_speed is not None:
        speed_B = torch.where(stopping(labels, losses), 0.0, labels.target_speed)
        yield "speed_l1", (said.target_speed - speed_B).abs().sum()
    if said.depth is not None:
        yield "depth_l1", _total(said.depth, labels.depth)


def _total(said: Tensor, true: Tensor) -> Tensor:
    """Sum over samples of the mean absolute error."""
    return (said.float() - true.float()).abs().flatten(1).mean(1).sum()


def confusion(logits_BCHW: Tensor, class_BHW: Tensor) -> Tensor:
    """Counts (classes, classes) of pixels by true and said class."""
    classes = logits_BCHW.shape[1]
    counted = class_BHW != IGNORED
    pairs = class_BHW[counted].long() * classes + logits_BCHW.argmax(1)[counted]
    return torch.bincount(pairs, minlength=classes**2).reshape(classes, classes).cpu()


def mean_iou(confusion_CC: Tensor) -> float:
    """The mean over classes that occur of intersection over union."""
    right = confusion_CC.diagonal().double()
    union = confusion_CC.sum(0) + confusion_CC.sum(1) - confusion_CC.diagonal()
    return float((right / union)[union > 0].mean())
