"""The data of the cameras of a saved tick as they are written, and as evidence is counted in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import carla
import cv2
import numpy as np
from carla import CityObjectLabel as Label
from numpy.typing import NDArray

from lead.dataset.codecs import encode_bgra, encode_depth, encode_semantics
from lead.dataset.header import Camera, Mounted
from lead.dataset.kinds import Semantic
from lead.drive.recording.rig_sensors import DEPTH, INSTANCE, RGB, Data, Key
from lead.expert.evidence.bodies import Bodies
from lead.expert.evidence.pictures import depth_of, tags_of
from lead.geometry.poses import compose, to_world

GROUPS = {
    Semantic.VEHICLE: (Label.Car, Label.Truck, Label.Bus, Label.Train, Label.Motorcycle),
    Semantic.ROAD: (Label.Roads,),
    Semantic.TRAFFIC_LIGHT: (Label.TrafficLight,),
    Semantic.PEDESTRIAN: (Label.Pedestrians,),
    Semantic.ROAD_LINE: (Label.RoadLines,),
    Semantic.BIKER: (Label.Bicycle, Label.Rider),
}
"""CARLA's classes of each of ours; the classes that are not here are told by the thing that a pixel is of."""
FAR = 100.0  # m, beyond which no thing is told from others of its class
MARGIN = 0.25  # m around the box of a thing
MOST_OF_IT = 0.5  # share of an image's pixels of a thing that lie in its box


def _group_of() -> NDArray[np.uint8]:
    found = np.full(256, Semantic.UNLABELED, np.uint8)
    for group, labels in GROUPS.items():
        found[[int(label) for label in labels]] = group
    return found


GROUP_OF = _group_of()


@cache
def _flags_of(labels: tuple[Label, ...]) -> NDArray[np.bool_]:
    """For each class (256,) whether it is among some."""
    found = np.zeros(256, bool)
    found[[int(label) for label in labels]] = True
    return found


@dataclass(frozen=True)
class Things:
    """Things of one group that their class does not tell: their boxes in the world, and the classes they have."""

    group: Semantic
    labels: tuple[Label, ...]
    boxes: Bodies


@dataclass(frozen=True)
class Seen:
    """What the cameras of a view have of a tick, as written, and their depth, tags and instances one by one."""

    rgb: bytes
    semantics: bytes
    depth: bytes
    metres: tuple[NDArray[np.float32], ...]
    tags: tuple[NDArray[np.uint8], ...]
    instances: tuple[NDArray[np.uint16], ...]


def seen_by(
    data: Data, rig: Mounted, pose: NDArray[np.float64], moved: bool, things: Sequence[Things], quality: int
) -> Seen:
    """The pictures of a view from its world pose (6,); `quality` is that of JPEG."""
    colours, classes, metres, tags, instances = [], [], [], [], []
    for number, camera in enumerate(rig.cameras):
        colours.append(_image(data[Key(RGB, number, moved)]))
        metres.append(depth_of(_image(data[Key(DEPTH, number, moved)])))
        tag, instance = tags_of(_image(data[Key(INSTANCE, number, moved)]))
        classes.append(grouped(camera, pose, metres[-1], tag, instance, things))
        tags.append(tag)
        instances.append(instance)
    return Seen(
        encode_bgra(np.concatenate(colours, axis=1), quality),
        encode_semantics(np.concatenate(classes, axis=1)),
        encode_depth(np.concatenate(metres, axis=1)),
        tuple(metres), tuple(tags), tuple(instances),
    )  # fmt: skip


def grouped(
    camera: Camera, pose: NDArray[np.float64], metres: NDArray[np.float32], tag: NDArray[np.uint8],
    instance: NDArray[np.uint16], things: Sequence[Things],
) -> NDArray[np.uint8]:  # fmt: skip
    """Classes (H, W) of a camera's pixels.

    A thing is found by its place, for the engine's numbers are not those of actors: an instance of which most pixels
    lie in a thing's box is that thing.
    """
    classes = cv2.LUT(tag, GROUP_OF)
    for kind in things:
        if not len(kind.boxes.half):
            continue
        may_be = _flags_of(kind.labels)[tag] & (metres < FAR)
        if not may_be.any():
            continue
        row, column = np.nonzero(may_be)
        inside = _inside(_places(camera, pose, metres, row, column), kind.boxes)
        _, which = np.unique(instance[row, column], return_inverse=True)
        share = np.bincount(which, inside) / np.bincount(which)
        found = np.isin(which, np.flatnonzero(share > MOST_OF_IT))
        classes[row[found], column[found]] = kind.group
    return classes


def _image(data: carla.Image) -> NDArray[np.uint8]:
    """(H, W, 4) BGRA, as long as `data` is there."""
    return np.frombuffer(data.raw_data, np.uint8).reshape(data.height, data.width, 4)


def _places(
    camera: Camera, pose: NDArray[np.float64], metres: NDArray[np.float32], row: NDArray[np.int64],
    column: NDArray[np.int64],
) -> NDArray[np.float64]:  # fmt: skip
    """World places (P, 3) m of pixels."""
    ahead = metres[row, column].astype(np.float64)
    right = (column + 0.5 - 0.5 * camera.width) / camera.focal * ahead
    down = (row + 0.5 - 0.5 * camera.height) / camera.focal * ahead
    return to_world(np.stack([ahead, right, -down], axis=1), compose(pose, np.array(camera.mount)))


def _inside(places: NDArray[np.float64], boxes: Bodies) -> NDArray[np.bool_]:
    """Whether places (P, 3) lie in any of the boxes, with a margin."""
    found = np.zeros(len(places), bool)
    for centre, axes, half in zip(*boxes, strict=True):
        found |= (np.abs((places - centre) @ axes.T) <= half + MARGIN).all(axis=1)
    return found
