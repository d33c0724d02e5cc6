"""From samples to what the model and the losses take: packed small by the workers, unfolded on the device."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from lead import InputError
from lead.dataset.bev_grid import PIXELS_PER_METRE, BevWindow
from lead.dataset.box_labels import BoxLabels, LabelSettings, radar_labels
from lead.dataset.lidar_raster import MOST
from lead.dataset.sample import Sample, SampleSettings
from lead.model.batch import Inputs, moved
from lead.model.boxes import Box
from lead.model.config import BevGrid, BevHeadsConfig, ModelConfig
from lead.train.config import DataConfig
from lead.train.labels import IGNORED, BevLabels, Labels

BOXES = LabelSettings().most
"""Rows of boxes of a sample, so that all batches have one shape."""
TICK = 0.05
"""s."""


@dataclass(frozen=True)
class Packed:
    """A sample that comes as the rows of a `Batch` already: one of several data sets that are trained on together."""

    row: Mapping[str, NDArray]  # by the names of `Batch`, without the first axis


@dataclass(frozen=True)
class Batch:
    """B samples as the workers pack them; what a variant does not need is None. Frame and units as in `Sample`."""

    rgb: Tensor | None  # (B, 3, k H, k W) uint8, the model's pictures k times as large; None with a `view`
    speed: Tensor  # (B,)
    acceleration: Tensor  # (B,)
    command: Tensor  # (B,) index
    target_points: Tensor  # (B, 3, 2)
    lidar: Tensor | None = None  # (B, rows, columns) uint8 points per pixel, 4 pixels a metre
    radar: Tensor | None = None  # (B, R, 5)
    route: Tensor | None = None  # (B, route_points, 2)
    waypoints: Tensor | None = None  # (B, waypoints, 2)
    headings: Tensor | None = None  # (B, waypoints)
    target_speed: Tensor | None = None  # (B,)
    brake: Tensor | None = None  # (B,) bool
    semantic: Tensor | None = None  # (B, k H, k W) uint8
    depth: Tensor | None = None  # (B, h, w) at any resolution
    bev: Tensor | None = None  # (B, rows, columns) uint8
    boxes: Tensor | None = None  # (B, BOXES, 8) Box up to the class, in pixels of the model's raster
    boxes_valid: Tensor | None = None  # (B, BOXES) bool
    radar_objects: Tensor | None = None  # (B, queries, 4) RadarLabel
    past_positions: Tensor | None = None  # (B, past_samples, 2)
    past_speeds: Tensor | None = None  # (B, past_samples)
    waypoints_valid: Tensor | None = None  # (B, waypoints) bool: known; None: all are
    navsim_bev: Tensor | None = None  # as `bev` and `boxes`, in NAVSIM's classes
    navsim_boxes: Tensor | None = None
    navsim_boxes_valid: Tensor | None = None
    source: Tensor | None = None  # (B,) lead.train.labels.Source; None: all samples have all labels
    bev_features: Tensor | None = None  # (B, C, Y, X) as `Inputs.bev_features`, cached (lead.train.feature_cache)

    def __len__(self) -> int:
        return len(self.speed)

    def to(self, device: torch.device | str) -> "Batch":
        """The same samples on a device; copies from pinned memory do not wait."""
        return moved(self, device)

    def pin_memory(self) -> "Batch":
        """The same samples in memory that the device reads by itself."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: v.pin_memory() for name, v in values.items() if isinstance(v, Tensor)})


def sample_settings(model: ModelConfig, data: DataConfig) -> SampleSettings:
    """What samples of a data set must hold for a model."""
    grid, planning = model.bev, model.planning
    wanted = {}
    if planning is not None:
        wanted = {
            "waypoints": planning.waypoints, "waypoint_ticks": round(planning.waypoint_interval / TICK),
            "route_points": max(1, planning.route_points),
        }  # fmt: skip
    if model.radar is not None:
        wanted |= {"radars": model.radar.sensors, "radar_rows": model.radar.points_per_sensor}
    return SampleSettings(
        window=BevWindow(grid.min_x, grid.max_x, grid.min_y, grid.max_y),
        pop_distance=data.pop_distance, noisy_points=data.noisy_points, cloud=model.sees_lidar,
        semantics=model.perspective is not None, depth=model.perspective is not None and model.perspective.depth,
        bev=model.carla is not None, boxes=model.carla is not None or model.radar is not None, **wanted,
    )  # fmt: skip


class Sensed(Protocol):
    """What a student has of a moment, as `Sample` describes it: that is what it learns from, and what it drives by."""

    rgb: NDArray[np.uint8]
    lidar: NDArray[np.uint8] | None
    radar: NDArray[np.float32]
    speed: float
    acceleration: float
    command: int
    target_points: NDArray[np.float32]


class Collate:
    """Packs samples into a `Batch`. Raises InputError that names the frame if one is not what the model needs."""

    def __init__(self, model: ModelConfig) -> None:
        self.model = model

    def __call__(self, samples: Sequence[Sample | Packed]) -> Batch:
        rows: list[Mapping[str, NDArray]] = []
        for sample in samples:
            if isinstance(sample, Packed):
                rows.append(sample.row)
                continue
            try:
                rows.append(self._row(sample))
            except InputError as error:
                raise InputError(f"frame {sample.row} of {sample.recording}: {error}") from error
        shapes = sorted({row["rgb"].shape for row in rows})
        if len(shapes) > 1:
            raise InputError(f"found pictures of {shapes} in one batch; record all routes with one rig")
        return Batch(**{name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]})

    def _row(self, sample: Sample) -> dict[str, NDArray]:
        row = self.inputs(sample) | self._pictures(sample) | self._objects(sample)
        if self.model.planning is not None:
            row |= self._plan(sample)
        for name, value in row.items():
            if value.dtype == np.float32 and not np.isfinite(value).all():
                raise InputError(
                    f"found a number in {name} that is not finite; leave this route out, or record it again"
                )
        return row

    def inputs(self, sample: Sensed) -> dict[str, NDArray]:
        """The fields of a `Batch` that enter the model, of one sample. Raises InputError if one is not what it needs."""
        rig, model = self.model.rig, self.model
        height, width = np.asarray(sample.rgb).shape[-2:]
        if sample.rgb.ndim != 3 or height % rig.image_height or height * rig.image_width != width * rig.image_height:
            raise InputError(
                f"found pictures {sample.rgb.shape}; model {model.name} sees {(3, rig.image_height, rig.image_width)} "
                "or a multiple of it: record with its rig"
            )
        row = {
            "rgb": sample.rgb, "speed": np.float32(sample.speed), "acceleration": np.float32(sample.acceleration),
            "command": np.int64(sample.command), "target_points": _of_shape("target_points", sample.target_points, (3, 2)),
        }  # fmt: skip
        if model.sees_lidar:
            row["lidar"] = _of_shape("lidar", sample.lidar, self._raster())
        if model.radar is not None:
            row["radar"] = _of_shape("radar", sample.radar, (model.radar.sensors * model.radar.points_per_sensor, 5))
        return {name: np.asarray(value) for name, value in row.items()}

    def _pictures(self, sample: Sample) -> dict[str, NDArray]:
        row, model = {}, self.model
        if model.perspective is not None:
            row["semantic"] = _of_shape("semantics", sample.semantics, sample.rgb.shape[1:])
            _check_classes("semantics", sample.semantics, model.perspective.semantic_classes)
            if model.perspective.depth:
                row["depth"] = _of_shape("depth", sample.depth, None).astype(np.float32)
        if model.carla is not None:
            row["bev"] = _of_shape("bev", sample.bev, self._raster())
            _check_classes("bev", sample.bev, model.carla.semantic_classes)
        return row

    def _objects(self, sample: Sample) -> dict[str, NDArray]:
        row, model = {}, self.model
        if (model.carla is not None or model.radar is not None) and sample.boxes is None:
            raise InputError("found no boxes in the sample; ask for them in its settings")
        if model.carla is not None:
            row["boxes"], row["boxes_valid"] = box_rows(sample.boxes, model.bev)
        if model.radar is not None:
            row["radar_objects"] = radar_labels(sample.boxes, model.radar.queries)
        return row

    def _plan(self, sample: Sample) -> dict[str, NDArray]:
        planning = self.model.planning
        if not sample.waypoints_valid.all():
            raise InputError(
                f"found {int(sample.waypoints_valid.sum())} of {planning.waypoints} waypoints before the drive's end; "
                f"leave out that many frames at the end of a route (data.selection.skip_last)"
            )
        return {
            "route": _of_shape("route", sample.route, (max(1, planning.route_points), 2)),
            "waypoints": _of_shape("waypoints", sample.waypoints, (planning.waypoints, 2)),
            "waypoints_valid": _of_shape("expert_drove", sample.expert_drove, (planning.waypoints,)),
            "headings": _of_shape("headings", sample.headings, (planning.waypoints,)),
            "target_speed": np.asarray(sample.target_speed, np.float32),
            "brake": np.asarray(sample.brake, np.bool_),
        }

    def _raster(self) -> tuple[int, int]:
        scale = PIXELS_PER_METRE / self.model.bev.pixels_per_meter
        return round(self.model.bev.height * scale), round(self.model.bev.width * scale)


def box_rows(boxes: BoxLabels, grid: BevGrid) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Boxes (BOXES, 8) as `Box` up to the class in pixels of a raster, and which rows are boxes."""
    rows, count = np.zeros((BOXES, Box.SCORE), np.float32), min(len(boxes), BOXES)
    low = np.float32([grid.min_x, grid.min_y])
    rows[:count, : Box.HALF_LENGTH] = (boxes.centre[:count, :2] - low) * grid.pixels_per_meter
    rows[:count, Box.HALF_LENGTH : Box.YAW] = boxes.extent[:count, :2] * grid.pixels_per_meter
    rows[:count, Box.YAW], rows[:count, Box.VELOCITY] = boxes.yaw[:count], boxes.speed[:count]
    rows[:count, Box.CLASS] = boxes.category[:count]
    return rows, np.arange(BOXES) < count


def unfold(batch: Batch, model: ModelConfig) -> tuple[Inputs, Labels]:
    """What the model and the losses take, on the batch's device, in fp32; nothing here waits for it."""
    smaller = 1 if batch.rgb is None else batch.rgb.shape[-2] // model.rig.image_height
    coarser = round(PIXELS_PER_METRE / model.bev.pixels_per_meter)
    commands = model.planning.status.commands if model.planning else 0
    inputs = Inputs(
        rgb=batch.rgb if smaller == 1 else F.avg_pool2d(batch.rgb.float(), smaller),
        speed=batch.speed,
        lidar=_present(batch.lidar, lambda counts: _lidar(counts, coarser)),
        radar=batch.radar,
        acceleration=batch.acceleration,
        command=(batch.command[:, None] == torch.arange(commands, device=batch.command.device)).float(),
        target_points=batch.target_points,
        past_positions=batch.past_positions,
        past_speeds=batch.past_speeds,
        bev_features=_present(batch.bev_features, Tensor.float),
    )
    apart = model.perspective.stride if model.perspective else 1
    size = (model.rig.image_height // apart, model.rig.image_width // apart)
    return inputs, Labels(
        route=batch.route, waypoints=batch.waypoints, waypoints_valid=batch.waypoints_valid, headings=batch.headings,
        target_speed=batch.target_speed,
        brake=batch.brake, semantic=_present(batch.semantic, lambda classes: _every(classes, smaller * apart)),
        depth=_present(batch.depth, lambda depth: F.interpolate(depth[:, None], size, mode="bilinear")[:, 0]),
        radar=batch.radar_objects,
        carla=_bev_labels(model.carla, coarser, batch.bev, batch.boxes, batch.boxes_valid),
        navsim=_bev_labels(model.navsim, coarser, batch.navsim_bev, batch.navsim_boxes, batch.navsim_boxes_valid),
        source=batch.source,
    )  # fmt: skip


def _bev_labels(
    heads: BevHeadsConfig | None, coarser: int, classes: Tensor | None, boxes: Tensor | None, valid: Tensor | None
) -> BevLabels | None:
    """Labels of a bird's-eye view as its heads say it; None without heads or labels."""
    if heads is None or classes is None:
        return None
    return BevLabels(_every(classes, coarser * heads.stride), boxes, valid)


def _lidar(counts_BYX: Tensor, coarser: int) -> Tensor:
    """The model's raster (B, 1, h, w): sums over pixels of the coarser grid, saturated again."""
    counts_B1YX = counts_BYX[:, None].float()
    if coarser > 1:
        counts_B1YX = (F.avg_pool2d(counts_B1YX, coarser) * coarser**2).clamp(max=MOST)
    return counts_B1YX / MOST


def _every(classes_BYX: Tensor, step: int) -> Tensor:
    """The classes in the middles of `step` x `step` pixels; what is left over at the far sides is left out."""
    rows, columns = classes_BYX.shape[1] // step, classes_BYX.shape[2] // step
    return classes_BYX[:, step // 2 :: step, step // 2 :: step][:, :rows, :columns]


def _present(value: Tensor | None, change: Callable):
    return None if value is None else change(value)


def _of_shape(name: str, value: NDArray | None, shape: tuple[int, ...] | None) -> NDArray:
    if value is None:
        raise InputError(f"found no {name} in the sample; ask for it in its settings, or record it")
    if shape is not None and value.shape != tuple(shape):
        raise InputError(f"found {name} of shape {value.shape}, expected {tuple(shape)}")
    return value


def _check_classes(name: str, classes: NDArray[np.uint8], count: int) -> None:
    known = classes[classes != IGNORED]
    if known.size and known.max() >= count:
        raise InputError(f"found class {known.max()} in {name}; the model has {count}")
