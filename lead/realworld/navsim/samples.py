"""Entries of NAVSIM's cache as samples: four cameras, what the ego knows of itself, and the labels in CARLA's layout."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.model.config import ModelConfig
from lead.realworld.frames import carla_planar_poses
from lead.realworld.label_maps import NavsimBev, Turn
from lead.realworld.navsim.cache import STATUS, CacheEntry, find_entries
from lead.realworld.sample import Future, NavsimPerception, RealSample, packed
from lead.train.batch import Packed
from lead.train.labels import IGNORED, Source

MAP = 256  # pixels of the map's edge: 64 m
POSES = 8


class NavsimTokens:
    """Tokens of a cache as packed samples (lead.realworld.mixture.DataSet)."""

    def __init__(self, entries: Sequence[CacheEntry], model: ModelConfig) -> None:
        self.entries, self.model = tuple(entries), model

    def __len__(self) -> int:
        return len(self.entries)

    def at(self, item: int) -> Packed:
        """A token's sample. Raises InputError, which names the token, if it is not what the model needs."""
        entry = self.entries[item]
        try:
            return packed(sample_of(entry), self.model)
        except InputError as error:
            raise InputError(f"{entry.folder}: {error}") from error


def open_cache(root: Path, model: ModelConfig) -> NavsimTokens:
    """The tokens of a cache for a model. Raises InputError if there are none."""
    return NavsimTokens(find_entries(root), model)


def sample_of(entry: CacheEntry) -> RealSample:
    """What a model is told of a token, and its labels if the cache has them. Raises InputError on other content."""
    feature = entry.feature()
    told = {name: feature.get(name) for name in ("camera_feature", "status_feature")}
    missing = [name for name, value in told.items() if value is None]
    if missing:
        raise InputError(f"found {', '.join(feature)}, expected {', '.join(missing)} too")
    turn, speed, acceleration = status_of(told["status_feature"])
    target = entry.target() if entry.has_target else None
    return RealSample(
        rgb=picture_of(told["camera_feature"]),
        speed=speed,
        acceleration=acceleration,
        turn=turn,
        source=Source.NAVSIM,
        future=None if target is None else future_of(target),
        navsim=None if target is None else perception_of(target),
    )


def status_of(status: NDArray[np.floating]) -> tuple[Turn, float, float]:
    """Turn, speed (m/s) and acceleration (m/s2, both as absolute values) from the status (8,)."""
    status = np.asarray(status, np.float64).reshape(-1)
    if status.shape != (STATUS,) or not np.isfinite(status).all():
        raise InputError(f"found a status of shape {status.shape}, expected {STATUS} finite numbers")
    command = status[:4]
    turn = Turn(int(command.argmax())) if command.max() > 0.5 else Turn.UNKNOWN
    return turn, float(np.hypot(*status[4:6])), float(np.hypot(*status[6:8]))


def picture_of(camera: NDArray) -> NDArray[np.uint8]:
    """The picture (3, H, W) RGB from the bytes of a JPEG whose channels were stored as they are (red first)."""
    data = np.asarray(camera)
    if data.dtype != np.uint8 or data.size != max(data.shape):
        raise InputError(
            f"found a picture of {data.dtype} {data.shape}, expected JPEG bytes of the four cameras side by side; "
            "compute the cache with lead's agent, whose features these are"
        )
    image = cv2.imdecode(data.reshape(-1), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"found {data.size} bytes that are no JPEG; compute the cache of this token again")
    return np.ascontiguousarray(image.transpose(2, 0, 1))


def future_of(target: dict[str, NDArray]) -> Future:
    """Waypoints and headings from a trajectory (8, 3) x, y, heading in ISO 8855."""
    poses = np.asarray(target.get("trajectory", np.zeros(0)))
    if poses.shape != (POSES, 3) or not np.isfinite(poses).all():
        raise InputError(f"found a trajectory of shape {poses.shape}, expected finite ({POSES}, 3)")
    poses = carla_planar_poses(poses).astype(np.float32)
    return Future(poses[:, :2], poses[:, 2], np.ones(POSES, bool))


def perception_of(target: dict[str, NDArray]) -> NavsimPerception:
    """Map and vehicles in CARLA's layout."""
    missing = [name for name in ("bev_semantic_map", "agent_states", "agent_labels") if name not in target]
    if missing:
        raise InputError(f"found {', '.join(target)}, expected {', '.join(missing)} too")
    boxes = np.asarray(target["agent_states"], np.float32)[np.asarray(target["agent_labels"], bool)].reshape(-1, 5)
    boxes = boxes.copy()
    boxes[:, :3] = carla_planar_poses(boxes[:, :3])
    return NavsimPerception(carla_layout(target["bev_semantic_map"]), boxes)


def carla_layout(classes: NDArray) -> NDArray[np.uint8]:
    """The map (256, 256) with rows y to the right and columns x forward, from rows x forward and columns y to the left.

    A map of the front half alone (128, 256), as the devkit's own agent has it, is IGNORED behind. Raises InputError.
    """
    found = np.asarray(classes)
    if found.shape not in ((MAP, MAP), (MAP // 2, MAP)):
        raise InputError(f"found a map of shape {found.shape}, expected {(MAP, MAP)} or {(MAP // 2, MAP)}")
    if found.min() < 0 or found.max() > max(NavsimBev):
        raise InputError(
            f"found classes {found.min()} to {found.max()} in the map, expected 0 to {int(max(NavsimBev))}"
        )
    whole = np.full((MAP, MAP), IGNORED, np.uint8)
    whole[MAP - len(found) :] = found
    return np.ascontiguousarray(np.rot90(whole))


def navsim_layout(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A map (256, 256) of CARLA's layout as NAVSIM stores it; the inverse of `carla_layout`."""
    return np.ascontiguousarray(np.rot90(classes, -1))
