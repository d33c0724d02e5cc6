"""A published variant as the fixtures describe it: weights by rule, inputs and labels by seed, and what came of them."""

import gzip
import hashlib
import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lead.model.batch import BevPrediction, Inputs, Predictions
from lead.model.boxes import decode_boxes
from lead.model.config import ModelConfig
from lead.model.transfuser import TransFuser
from lead.model.variants import variant
from lead.train.labels import BevLabels, Labels
from lead.train.losses import LossConfig, batch_losses, loss_weights, weigh

B = 2
STRIDES = {
    "pred_semantic": 8,
    "pred_depth": 4,
    "pred_bev_semantic": 4,
    "pred_bev_semantic_navsim": 4,
    "bev_feature_grid": 2,
    **{f"fusion{k}_{side}_out": 4 if k == 3 else 2 for k in range(4) for side in ("image", "lidar")},
}
"""Of the last two axes, where a big map was thinned out."""


def weights_by_rule(model: TransFuser) -> dict[str, Tensor]:
    """Weights that depend on name and shape alone (fixtures/README.md)."""
    return {key: torch.from_numpy(_weight(key, value)) for key, value in model.state_dict().items()}


def _weight(key: str, value: Tensor) -> np.ndarray:
    if not value.is_floating_point():
        return np.zeros(tuple(value.shape), np.int64)
    seed = int(hashlib.md5(key.encode()).hexdigest()[:8], 16)
    u = np.asarray(np.random.RandomState(seed).uniform(-1, 1, tuple(value.shape)))
    if key.endswith("running_var"):
        u = 1.0 + 0.5 * u
    elif key.endswith("running_mean"):
        u = 0.1 * u
    elif u.ndim == 3:
        u = 0.5 * u
    elif u.ndim >= 2:
        u = u * np.sqrt(3.0 / np.prod(u.shape[1:]))
    elif u.ndim == 1 and key.endswith("weight"):
        u = 1.0 + 0.1 * u
    else:
        u = 0.1 * u
    return u.astype(np.float32)


def inputs_by_seed(config: ModelConfig) -> Inputs:
    """Inputs of two samples drawn in the fixtures' order."""
    r = np.random.RandomState(1234)
    height, width, bev = config.rig.image_height, config.rig.image_width, config.bev
    base = r.randint(0, 256, (B, 3, -(-height // 32), -(-width // 32)))
    base = base.repeat(32, 2).repeat(32, 3)[:, :, :height, :width]
    rgb = np.clip(base + r.randint(-20, 21, (B, 3, height, width)), 0, 255).astype(np.uint8)
    occupied = r.uniform(size=(B, 1, bev.height, bev.width)) < 0.05
    lidar = occupied * r.randint(1, 6, (B, 1, bev.height, bev.width)) / 5
    radar = np.stack(
        [
            r.uniform(bev.min_x + 0.5, bev.max_x - 0.5, (B, 300)),
            r.uniform(bev.min_y + 0.5, bev.max_y - 0.5, (B, 300)),
            r.uniform(-1, 3, (B, 300)),
            r.uniform(-10, 10, (B, 300)),
            np.repeat(np.arange(4), 75)[None].repeat(B, 0),
        ],
        -1,
    )
    radar[:, 70:75, :4] = 0
    speed, acceleration = r.uniform(0, 12, B), r.uniform(0, 3, B)
    commands = 4 if config.rig.cameras[0].mount is None else 6
    command = np.eye(commands)[r.randint(0, commands, B)]
    points = [np.stack([r.uniform(-20, 80, B), r.uniform(-20, 20, B)], 1) for _ in range(3)]
    values = (lidar, radar, speed, acceleration, command, np.stack(points, 1))
    lidar, radar, speed, acceleration, command, points = (torch.from_numpy(v.astype(np.float32)) for v in values)
    return Inputs(torch.from_numpy(rgb), speed, lidar, radar, acceleration, command, points)


def labels_by_seed(config: ModelConfig) -> Labels:
    """Labels drawn in the fixtures' order; every row of the boxes counts, those of zeros too (spec/tfv6.md, trap 3)."""
    r = np.random.RandomState(4321)
    height, width = config.rig.image_height, config.rig.image_width
    rows, columns = config.bev.height, config.bev.width
    semantic = r.randint(0, 10, (B, height, width))
    depth = r.uniform(0, 50, (B, height, width))
    bev_semantic = r.randint(0, 13, (B, rows, columns))
    boxes = np.zeros((B, 90, 9))
    for b in range(B):
        boxes[b, :12, 0] = r.uniform(8, columns - 8, 12)
        boxes[b, :12, 1] = r.uniform(8, rows - 8, 12)
        boxes[b, :12, 2] = r.uniform(2, 12, 12)
        boxes[b, :12, 3] = r.uniform(2, 6, 12)
        boxes[b, :12, 4] = r.uniform(-np.pi, np.pi, 12)
        boxes[b, :12, 5] = r.uniform(0, 15, 12)
        boxes[b, :12, 7] = r.randint(0, 8, 12)
    radar = np.zeros((B, 20, 4))
    for b, n in enumerate((5, 9)):
        radar[b, :n, 0] = r.uniform(-30, 60, n)
        radar[b, :n, 1] = r.uniform(-38, 38, n)
        radar[b, :n, 2] = r.uniform(0, 20, n)
        radar[b, :n, 3] = 1
    route = np.stack([r.uniform(0.5, 1, (B, 10)), r.uniform(-0.3, 0.3, (B, 10))], -1).cumsum(1)
    waypoints = np.stack([r.uniform(0, 2, (B, 8)), r.uniform(-0.3, 0.3, (B, 8))], -1).cumsum(1)

    def tensor(values: np.ndarray) -> Tensor:
        return torch.from_numpy(values.astype(np.float32))

    return Labels(
        route=tensor(route),
        waypoints=tensor(waypoints),
        target_speed=torch.tensor([9.1, 3.3]),
        brake=torch.tensor([False, True]),
        semantic=torch.from_numpy(semantic),
        depth=tensor(depth),
        radar=tensor(radar),
        carla=BevLabels(torch.from_numpy(bev_semantic), tensor(boxes), torch.ones(B, 90, dtype=torch.bool)),
    )


class Published:
    """One variant, run on the fixtures' weights and inputs."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / f"{name}.npz"
        self.numbers = np.load(path) if path.is_file() else None
        self.described = json.loads(gzip.decompress((folder / f"{name}.statedict.json.gz").read_bytes()))
        self.config = replace(variant(name), compat=True)

    @cached_property
    def model(self) -> TransFuser:
        """The model in evaluation mode."""
        model = TransFuser(self.config)
        model.load_state_dict(weights_by_rule(model))
        return model.eval()

    @cached_property
    def inputs(self) -> Inputs:
        return inputs_by_seed(self.config)

    @cached_property
    def answer(self) -> tuple[Predictions, dict[str, Tensor]]:
        """What the model says in a single pass, with its graph where losses are published, and what was seen on the way."""
        seen: dict[str, Tensor] = {}
        hooks = [part.register_forward_hook(_keep(seen, names)) for part, names in self._watched()]
        with torch.set_grad_enabled("loss_names" in self.numbers.files):
            predictions = self.model(self.inputs)
            if predictions.carla or predictions.navsim:
                seen["bev_feature_grid"] = self.model.backbone.top_down(seen["bev_features"])
        for hook in hooks:
            hook.remove()
        return predictions, seen

    @property
    def found(self) -> dict[str, Tensor]:
        """Outputs and what was seen on the way, by the fixtures' names."""
        predictions, seen = self.answer
        named = seen | _named(predictions, self.config.bev.cell)
        return {name: value.detach() for name, value in named.items()}

    @cached_property
    def losses(self) -> dict[str, Tensor]:
        """The losses, with their graph."""
        labels = labels_by_seed(self.config)
        return batch_losses(self.answer[0], labels, self.config, LossConfig(whole_metres=True))

    def total(self, *names: str) -> Tensor:
        """The weighted sum of all losses, or of some."""
        counted = {name: self.losses[name] for name in names or self.losses}
        return weigh(counted, loss_weights(self.config))

    def gradients(self, *names: str) -> list[Tensor | None]:
        """Of the weighted sum of some losses, in the order of the published names; None where no loss reaches."""
        parameters = dict(self.model.named_parameters())
        wanted = [parameters[name] for name in self.numbers["grad_names"].tolist()]
        return list(torch.autograd.grad(self.total(*names), wanted, allow_unused=True, retain_graph=True))

    def _watched(self) -> list[tuple[torch.nn.Module, tuple[str, ...]]]:
        model = self.model
        watched = [
            (fusion, (f"fusion{k}_image_out", f"fusion{k}_lidar_out"))
            for k, fusion in enumerate(model.backbone.transformers)
        ]
        watched.append((model.backbone, ("bev_features", "image_features")))
        if model.radar_detector is not None:
            watched.append((model.radar_detector, ("pred_radar_predictions", "pred_radar_features")))
        if model.planning_decoder is not None:
            watched.append((model.planning_decoder.transformer_decoder, ("planning_query_out",)))
            watched.append((model.planning_decoder.planning_context_encoder, ("planning_context_tokens",)))
        return watched


def thinned(name: str, found: Tensor) -> Tensor:
    """A map as the fixtures keep it."""
    stride = STRIDES.get(name, 1)
    return found[..., ::stride, ::stride] if stride > 1 else found


def _keep(seen: dict[str, Tensor], names: tuple[str, ...]):
    def hook(module, args, output) -> None:
        outputs = output if isinstance(output, tuple) else (output,)
        seen.update(zip(names, outputs, strict=True))

    return hook


def _named(predictions: Predictions, cell: int) -> dict[str, Tensor]:
    named = {
        "pred_future_waypoints": predictions.waypoints,
        "pred_headings": predictions.headings,
        "pred_route": predictions.route,
        "pred_target_speed_distribution": predictions.target_speed_logits,
        "pred_target_speed_scalar": predictions.target_speed,
        "pred_semantic": predictions.semantic,
        "pred_depth": predictions.depth,
        **_bev_named("", predictions.carla, cell),
        **_bev_named("_navsim", predictions.navsim, cell),
    }
    return {name: value for name, value in named.items() if value is not None}


def _bev_named(suffix: str, bev: BevPrediction | None, cell: int) -> dict[str, Tensor]:
    if bev is None:
        return {}
    boxes = f"pred_bounding_box{suffix}"
    return {
        f"pred_bev_semantic{suffix}": bev.semantic,
        f"{boxes}.center_heatmap_pred": bev.boxes.heatmap.sigmoid(),
        f"{boxes}.wh_pred": bev.boxes.extent,
        f"{boxes}.offset_pred": bev.boxes.offset,
        f"{boxes}.yaw_class_pred": bev.boxes.yaw_class,
        f"{boxes}.yaw_res_pred": bev.boxes.yaw_residual,
        f"{boxes}.velocity_pred": bev.boxes.velocity,
        f"{boxes}.decoded_top100_image_system": decode_boxes(bev.boxes, cell),
    }
