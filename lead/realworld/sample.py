"""One sample of recorded data, and how samples of several data sets are packed so that they fit into one batch.

What a data set does not label stays unknown in the batch: `source`, `waypoints_valid` and IGNORED tell the losses, and
what stands in its place is nothing that could be learnt from (NaN, class 255, no boxes).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.box_labels import BoxLabels
from lead.dataset.sample import COMMANDS, Sample
from lead.model.boxes import Box
from lead.model.config import BevGrid, ModelConfig
from lead.realworld.label_maps import REAL_BEV_OF_CARLA, REAL_BOX_OF_CARLA, TURN_OF_COMMAND, Turn, mapped
from lead.train.batch import BOXES, Packed, box_rows
from lead.train.labels import IGNORED, Source

PIXELS = 4.0  # per metre, of maps as they are packed


@dataclass(frozen=True)
class Past:
    """The ego's states before now, the oldest first."""

    position: NDArray[np.float32]  # (P, 2) m
    speed: NDArray[np.float32]  # (P,) m/s


@dataclass(frozen=True)
class Future:
    """Where the ego went: W waypoints."""

    waypoints: NDArray[np.float32]  # (W, 2) m
    headings: NDArray[np.float32] | None  # (W,) rad
    valid: NDArray[np.bool_]  # (W,) whether the drive lasted so long


@dataclass(frozen=True)
class NavsimPerception:
    """NAVSIM's labels in CARLA's axes and layout."""

    bev: NDArray[np.uint8]  # (rows, columns) NavsimBev of lead.realworld.label_maps; IGNORED where unknown
    boxes: NDArray[np.float32]  # (N, 5) x, y (m), yaw (rad), length, width (m)


@dataclass(frozen=True)
class RealSample:
    """What a model is told and trained towards. Axes are CARLA's (x forward, y right), the origin the rear axle; m, rad.

    Labels that the data do not have are None.
    """

    rgb: NDArray[np.uint8]  # (3, H, W), the cameras side by side
    speed: float  # m/s, without sign
    acceleration: float  # m/s2, without sign
    turn: Turn
    source: Source
    past: Past | None = None
    future: Future | None = None
    navsim: NavsimPerception | None = None


def packed(sample: RealSample, model: ModelConfig) -> Packed:
    """The sample as rows of a batch for a model. Raises InputError on what the model cannot be given."""
    rgb = cropped(sample.rgb, model)
    row = _told(rgb, sample.speed, sample.acceleration, sample.turn, sample.source) | _past(sample.past, model)
    if model.perspective is not None:
        row["semantic"] = np.full(rgb.shape[1:], IGNORED, np.uint8)
    if model.carla is not None:
        row |= {"bev": _unknown_map(model.bev)} | _no_boxes("")
    if model.navsim is not None:
        row |= _navsim(sample.navsim, model.bev)
    if model.planning is not None:
        row |= _plan(sample.future, model)
    return Packed(_checked(row))


def packed_simulated(sample: Sample, past: Past | None, model: ModelConfig) -> Packed:
    """A simulated sample as rows of the same batch: CARLA's labels in the classes that real data can have.

    Its picture is that of the real data's rig. Raises InputError on what the model cannot be given.
    """
    rgb = cropped(sample.rgb, model)
    turn = TURN_OF_COMMAND[COMMANDS[sample.command]]
    row = _told(rgb, abs(sample.speed), abs(sample.acceleration), turn, Source.CARLA) | _past(past, model)
    if model.perspective is not None:
        row["semantic"] = np.ascontiguousarray(sample.semantics[: rgb.shape[1]])
    if model.carla is not None:
        boxes, valid = box_rows(real_boxes(sample.boxes), model.bev)
        row |= {"bev": mapped(sample.bev, REAL_BEV_OF_CARLA), "boxes": boxes, "boxes_valid": valid}
    if model.navsim is not None:
        row |= _navsim(None, model.bev)
    if model.planning is not None:
        row |= _plan(Future(sample.waypoints, sample.headings, sample.waypoints_valid), model)
    return Packed(_checked(row))


def cropped(rgb: NDArray[np.uint8], model: ModelConfig) -> NDArray[np.uint8]:
    """The upper rows of pictures (3, H, W) that a model sees. Raises InputError unless they are a multiple of its own."""
    rig = model.rig
    scale, rest = divmod(rgb.shape[2], rig.image_width)
    if rest or not scale or rgb.shape[1] < scale * rig.image_height:
        raise InputError(
            f"found pictures of {rgb.shape[2]} x {rgb.shape[1]} pixels; model {model.name} sees {rig.image_width} x "
            f"{rig.image_height} or a multiple of it, with more rows below: use the data of its rig"
        )
    return np.ascontiguousarray(rgb[:, : scale * rig.image_height])


def real_boxes(boxes: BoxLabels) -> BoxLabels:
    """Simulated boxes in the classes that real data can have; those without a counterpart are left out."""
    table = {kind: other for kind, other in REAL_BOX_OF_CARLA.items() if other is not None}
    kept = boxes.rows(np.isin(boxes.category, list(table)))
    category = np.array([table[kind] for kind in kept.category.tolist()], np.int8)
    return BoxLabels(**(vars(kept) | {"category": category}))


def _told(rgb: NDArray, speed: float, acceleration: float, turn: Turn, source: Source) -> dict[str, NDArray]:
    values = {
        "rgb": rgb, "speed": np.float32(speed), "acceleration": np.float32(acceleration), "command": np.int64(turn),
        "target_points": np.zeros((3, 2), np.float32), "source": np.int64(source),
    }  # fmt: skip  # nobody tells target points on real roads, and no model here has an input for them
    return {name: np.asarray(value) for name, value in values.items()}


def _past(past: Past | None, model: ModelConfig) -> dict[str, NDArray]:
    wanted = model.planning.status.past_samples if model.planning is not None else 0
    if not wanted:
        return {}
    if past is None or past.position.shape != (wanted, 2) or past.speed.shape != (wanted,):
        found = "none" if past is None else f"{len(past.speed)}"
        raise InputError(f"found {found} past states, expected {wanted} for model {model.name}")
    return {"past_positions": past.position, "past_speeds": past.speed}


def _plan(future: Future | None, model: ModelConfig) -> dict[str, NDArray]:
    """Waypoints and headings with NaN where they are not known."""
    count = model.planning.waypoints
    waypoints, headings, valid = np.full((count, 2), np.nan, np.float32), np.full(count, np.nan, np.float32), False
    if future is not None:
        if future.waypoints.shape != (count, 2):
            raise InputError(f"found waypoints {future.waypoints.shape}, expected {(count, 2)}")
        if model.planning.headings and future.headings is None:
            raise InputError(f"found waypoints without headings, which model {model.name} is trained towards")
        valid = future.valid
        waypoints[valid] = future.waypoints[valid]
        if future.headings is not None:
            headings[valid] = future.headings[valid]
    known = np.broadcast_to(np.asarray(valid, np.bool_), (count,)).copy()
    return {"waypoints": waypoints, "headings": headings, "waypoints_valid": known}


def _navsim(labels: NavsimPerception | None, grid: BevGrid) -> dict[str, NDArray]:
    if labels is None:
        return {"navsim_bev": _unknown_map(grid)} | _no_boxes("navsim_")
    if labels.bev.shape != _unknown_map(grid).shape:
        raise InputError(f"found a map of {labels.bev.shape} pixels, expected {_unknown_map(grid).shape}")
    rows, count = np.zeros((BOXES, Box.SCORE), np.float32), min(len(labels.boxes), BOXES)
    boxes, low = labels.boxes[:count], np.float32([grid.min_x, grid.min_y])
    rows[:count, : Box.HALF_LENGTH] = (boxes[:, :2] - low) * grid.pixels_per_meter
    rows[:count, Box.HALF_LENGTH : Box.YAW] = 0.5 * boxes[:, 3:5] * grid.pixels_per_meter
    rows[:count, Box.YAW] = boxes[:, 2]
    return {"navsim_bev": labels.bev, "navsim_boxes": rows, "navsim_boxes_valid": np.arange(BOXES) < count}


def _unknown_map(grid: BevGrid) -> NDArray[np.uint8]:
    scale = PIXELS / grid.pixels_per_meter
    return np.full((round(grid.height * scale), round(grid.width * scale)), IGNORED, np.uint8)


def _no_boxes(prefix: str) -> dict[str, NDArray]:
    return {f"{prefix}boxes": np.zeros((BOXES, Box.SCORE), np.float32), f"{prefix}boxes_valid": np.zeros(BOXES, bool)}


def _checked(row: dict[str, NDArray]) -> dict[str, NDArray]:
    for name, value in row.items():
        known = value[row["waypoints_valid"]] if name in ("waypoints", "headings") and "headings" in row else value
        if name == "headings" and np.isnan(known).all():
            continue  # a data set without headings
        if value.dtype == np.float32 and not np.isfinite(known).all():
            raise InputError(f"found a number in {name} that is not finite; leave this frame out")
    return row
