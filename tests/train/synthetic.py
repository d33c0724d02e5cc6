"""Samples drawn at random, the same for the same key, that a small model can learn by heart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lead.dataset.box_labels import BoxLabels
from lead.dataset.order import Key
from lead.dataset.sample import Sample
from lead.model.config import ModelConfig
from lead.model.rig import nano_cameras
from lead.model.variants import nano
from lead.train.config import DataConfig, PaceConfig, StageConfig


def small() -> ModelConfig:
    """`nano` without dropout, with smaller pictures and fewer layers, so that a step takes a twentieth of a second."""
    model = nano()
    return replace(
        model,
        rig=nano_cameras(64),
        bev=replace(model.bev, min_y=-48.0, max_y=48.0, pixels_per_meter=1.0, cell=2),
        backbone=replace(model.backbone, fusion_dropout=0.0),
        radar=replace(model.radar, dropout=0.0, layers=1, queries=4),
        planning=replace(model.planning, dropout=0.0, layers=1, feedforward=64),
    )


def stage(name: str = "posttrain", model: ModelConfig | None = None, **changed) -> StageConfig:
    """A stage of a few steps in this process."""
    told = {
        "epochs": 2, "batch": 2, "data": DataConfig(workers=0, validation=0.0), "pace": PaceConfig(log=2, checkpoint=1000),
    }  # fmt: skip
    return StageConfig(name, model or small(), **(told | changed))


@dataclass(frozen=True)
class Counted:
    """Places in order."""

    count: int

    def __len__(self) -> int:
        return self.count

    def keys(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Key]:
        """Keys of an epoch."""
        end = self.count - (self.count - start) % ranks
        return (Key(epoch, place) for place in range(start + rank, end, ranks))


class Synthetic:
    """`count` samples an epoch, of which `distinct` are different."""

    def __init__(self, model: ModelConfig, count: int, distinct: int = 1000) -> None:
        self.order, self.model, self.distinct = Counted(count), model, distinct
        self.asked: list[Key] = []

    def __getitem__(self, key: Key) -> Sample:
        self.asked.append(key)
        return sample(self.model, (key.epoch * len(self.order) + key.place) % self.distinct)


def sample(model: ModelConfig, seed: int, **changed) -> Sample:
    """A sample of a model's size; its raster has 4 pixels a metre."""
    rng = np.random.default_rng(seed)
    height, width, bev = model.rig.image_height, model.rig.image_width, model.bev
    rows, columns = round((bev.max_y - bev.min_y) * 4), round((bev.max_x - bev.min_x) * 4)
    radar = np.concatenate([rng.uniform(-30, 30, (300, 4)), np.repeat(np.arange(4), 75)[:, None]], 1)
    told = {
        "rgb": blocks(rng, 256, height, width, 3), "lidar": blocks(rng, 6, rows, columns),
        "radar": radar.astype(np.float32), "speed": float(rng.uniform(0, 15)), "acceleration": 0.5,
        "command": int(rng.integers(6)), "target_points": rng.uniform(-10, 60, (3, 2)).astype(np.float32),
        "route": np.cumsum(rng.uniform(0.5, 1, (10, 2)), 0).astype(np.float32),
        "waypoints": np.cumsum(rng.uniform(0, 2, (8, 2)), 0).astype(np.float32),
        "headings": rng.uniform(-0.1, 0.1, 8).astype(np.float32), "waypoints_valid": np.ones(8, bool),
        "expert_drove": np.ones(8, bool),
        "target_speed": float(rng.uniform(0, 20)), "brake": bool(rng.random() < 0.3),
        "semantics": blocks(rng, 10, height, width),
        "depth": rng.uniform(1, 50, (height // 4, width // 4)).astype(np.float32), "bev": blocks(rng, 13, rows, columns),
        "boxes": boxes(rng, 6), "recording": f"synthetic/{seed}", "row": 0, "town": "none", "perturbed": False,
    }  # fmt: skip
    return Sample(**(told | changed))


def blocks(rng: np.random.Generator, values: int, height: int, width: int, planes: int = 0) -> np.ndarray:
    """Squares of 32 pixels, one value each."""
    shape = (planes or 1, height // 32 + 1, width // 32 + 1)
    image = rng.integers(0, values, shape, np.uint8).repeat(32, 1).repeat(32, 2)[:, :height, :width]
    return np.ascontiguousarray(image if planes else image[0])


def boxes(rng: np.random.Generator, count: int) -> BoxLabels:
    """Boxes anywhere, touched by the radars."""
    centre = rng.uniform((-30, -38, -1), (62, 38, 1), (count, 3)).astype(np.float32)
    extent = rng.uniform(0.5, 3, (count, 3)).astype(np.float32)
    yaw, speed = rng.uniform(-3, 3, count).astype(np.float32), rng.uniform(0, 15, count).astype(np.float32)
    category = rng.integers(0, 8, count).astype(np.int8)
    evidence = np.full((count, 3), 9, np.int32)
    return BoxLabels(np.arange(count), category, centre, extent, yaw, speed, evidence, np.zeros(count, np.uint16))
