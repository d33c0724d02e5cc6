"""Boxes as a student is to say them: those that it could see, in its classes.

Source: spec/tfv6.md, 3.2 (boxes); spec/lead-expert-and-data.md, 2.1 (V9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import BevWindow
from lead.dataset.frame import Boxes, Surroundings
from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from lead.dataset.viewpoint import seen_from
from lead.expert.kernels.places import middles
from lead.expert.scene import EvidenceIndex


class BoxClass(IntEnum):
    """Classes of boxes, numbered as the published heads number them."""

    VEHICLE = 0
    WALKER = 1
    TRAFFIC_LIGHT = 2
    STOP_SIGN = 3
    SPECIAL = 4
    OBSTACLE = 5
    PARKING = 6
    BIKER = 7


CLASS_OF: Mapping[BoxKind, BoxClass] = {
    BoxKind.VEHICLE: BoxClass.VEHICLE,
    BoxKind.BICYCLE: BoxClass.BIKER,
    BoxKind.WALKER: BoxClass.WALKER,
    BoxKind.OBSTACLE: BoxClass.OBSTACLE,
    BoxKind.PARKED: BoxClass.PARKING,
    BoxKind.LIGHT: BoxClass.TRAFFIC_LIGHT,
    BoxKind.STOP_SIGN: BoxClass.STOP_SIGN,
}

STANDING = 0.1  # m/s, below which a vehicle of a situation is part of its scene
SCENE_CLASS: Mapping[str, BoxClass] = {
    **dict.fromkeys(
        (
            "Accident", "AccidentTwoWays", "BlockedIntersection", "ParkedObstacle", "ParkedObstacleTwoWays",
            "VehicleOpensDoorTwoWays",
        ),
        BoxClass.OBSTACLE,
    ),
    **dict.fromkeys(
        ("ParkingCutIn", "StaticCutIn", "ParkingCrossingPedestrian", "ParkingExit", "DynamicObjectCrossing"), BoxClass.PARKING
    ),
}  # fmt: skip
"""What standing vehicles of a situation are, by its type."""


@dataclass(frozen=True)
class LabelSettings:
    """Which boxes are labels.

    Attributes:
        evidence: points of LiDAR and of cameras of which a box needs either; others need none.
        height: m, most distance up or down.
        most: how many, the nearest first.
        scene_class: see SCENE_CLASS.
    """

    evidence: Mapping[BoxKind, tuple[int, int]] = field(
        default_factory=lambda: {
            BoxKind.VEHICLE: (1, 1), BoxKind.BICYCLE: (1, 1), BoxKind.WALKER: (5, 15), BoxKind.PARKED: (3, 5)
        }
    )  # fmt: skip
    height: float = 4.0
    most: int = 90
    scene_class: Mapping[str, BoxClass] = field(default_factory=lambda: SCENE_CLASS)


@dataclass(frozen=True)
class BoxLabels:
    """Boxes in the frame of a view, N rows, the nearest first; m, rad, m/s."""

    id: NDArray[np.int64]  # (N,)
    category: NDArray[np.int8]  # (N,) BoxClass
    centre: NDArray[np.float32]  # (N, 3)
    extent: NDArray[np.float32]  # (N, 3) half length, width, height
    yaw: NDArray[np.float32]  # (N,) from -pi on
    speed: NDArray[np.float32]  # (N,)
    evidence: NDArray[np.int32]  # (N, 3) EvidenceIndex
    flags: NDArray[np.uint16]  # (N,) BoxFlag

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "BoxLabels":
        """Those of a mask or of row numbers."""
        return BoxLabels(**{name: value[chosen] for name, value in vars(self).items()})


def is_seen(boxes: Boxes, settings: LabelSettings) -> NDArray[np.bool_]:
    """Which boxes (B,) the student's sensors have enough points of."""
    seen = np.ones(len(boxes), bool)
    for kind, (lidar, camera) in settings.evidence.items():
        enough = (boxes.evidence[:, EvidenceIndex.LIDAR] >= lidar) | (boxes.evidence[:, EvidenceIndex.CAMERA] >= camera)
        seen &= enough | (boxes.kind != kind)
    return seen


def classes_of(boxes: Boxes, surroundings: Surroundings, settings: LabelSettings) -> NDArray[np.int8]:
    """BoxClass (B,) of all boxes. Vehicles that stand as part of a situation are obstacles or parked."""
    classes = np.array([CLASS_OF[kind] for kind in BoxKind], np.int8)[boxes.kind]
    classes[(boxes.kind == BoxKind.VEHICLE) & (boxes.flags & BoxFlag.EMERGENCY > 0)] = BoxClass.SPECIAL
    stands = (boxes.kind == BoxKind.VEHICLE) & (np.linalg.norm(boxes.velocity, axis=1) < STANDING)
    if stands.any():
        for row, name in enumerate(surroundings.type):
            if name in settings.scene_class:
                cast = surroundings.cast[surroundings.cast[:, 0] == row, 1]
                classes[stands & np.isin(boxes.id, cast)] = settings.scene_class[name]
    return classes


def relevant(boxes: Boxes) -> NDArray[np.bool_]:
    """Which boxes (B,) say anything: of lights the red and yellow ones, of stop signs those to be stopped at, both only
    where they affect the ego; of obstacles cones and warning signs; all others."""
    affects = boxes.flags & BoxFlag.AFFECTS_EGO > 0
    stops = (boxes.state == LightState.RED) | (boxes.state == LightState.YELLOW)
    telling = boxes.flags & (BoxFlag.CONE | BoxFlag.WARNING_SIGN) > 0
    kind = boxes.kind
    return np.select(
        [kind == BoxKind.LIGHT, kind == BoxKind.STOP_SIGN, kind == BoxKind.OBSTACLE],
        [affects & stops, affects, telling],
        True,
    )


@dataclass(frozen=True)
class SeenBoxes:
    """The boxes that the student's sensors have enough points of: as recorded and as labels, row by row."""

    boxes: Boxes
    labels: BoxLabels


def seen_boxes(
    boxes: Boxes, surroundings: Surroundings, pose: NDArray[np.float64], settings: LabelSettings
) -> SeenBoxes:
    """The boxes with enough evidence, in the frame of a view's world pose (6,)."""
    kept = boxes.rows(is_seen(boxes, settings))
    middle = middles(np.array(kept.pose, np.float64), kept.centre.astype(np.float64))
    yaw = (kept.pose[:, 4] - pose[4] + np.pi) % (2.0 * np.pi) - np.pi
    speed = np.linalg.norm(kept.velocity, axis=1)
    labels = BoxLabels(
        kept.id, classes_of(kept, surroundings, settings), seen_from(middle, pose).astype(np.float32), kept.extent,
        yaw.astype(np.float32), speed.astype(np.float32), kept.evidence, kept.flags,
    )  # fmt: skip
    return SeenBoxes(kept, labels)


def box_labels(seen: SeenBoxes, window: BevWindow, settings: LabelSettings) -> BoxLabels:
    """The boxes that a student is to say: of those seen the telling ones within its window, the nearest first."""
    labels = seen.labels
    inside = window.holds(labels.centre) & (np.abs(labels.centre[:, 2]) < settings.height)
    labels = labels.rows(relevant(seen.boxes) & inside)
    nearest = np.argsort(np.linalg.norm(labels.centre, axis=1), kind="stable")
    return labels.rows(nearest[: settings.most])


RADAR_PRIORITY = (BoxClass.SPECIAL, BoxClass.VEHICLE, BoxClass.WALKER, BoxClass.OBSTACLE, BoxClass.PARKING)


def radar_labels(labels: BoxLabels, most: int = 20) -> NDArray[np.float32]:
    """Objects that the radars touched as rows x, y (m), speed (m/s), 1; (most, 4), rows without an object are zero.

    The fastest first, then by class, then those touched most often (spec/tfv6.md, 3.2).
    """
    rank = np.full(len(BoxClass), len(RADAR_PRIORITY))
    rank[list(RADAR_PRIORITY)] = np.arange(len(RADAR_PRIORITY))
    hits = labels.evidence[:, EvidenceIndex.RADAR]
    touched = np.flatnonzero((hits > 0) & (rank[labels.category] < len(RADAR_PRIORITY)))
    order = np.lexsort((-hits[touched], rank[labels.category[touched]], -labels.speed[touched]))
    chosen = touched[order][:most]
    rows = np.zeros((most, 4), np.float32)
    rows[: len(chosen), :2], rows[: len(chosen), 2] = labels.centre[chosen, :2], labels.speed[chosen]
    rows[: len(chosen), 3] = 1.0
    return rows
