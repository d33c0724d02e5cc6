"""Evidence counted in the sensors' data: points of the right class inside every actor's box.

Source: spec/lead-expert-and-data.md, 2.1 (V2 and notes) and 1.5.
"""

import numpy as np
from carla import CityObjectLabel as Label
from numpy.typing import NDArray

from lead import InputError
from lead.expert.evidence.bodies import NOBODY, Bodies, Eye, boxes, eye_of
from lead.expert.evidence.junction_sight import FAR, FAR_SHARE, HEIGHT, NEAR
from lead.expert.evidence.pictures import Pictures
from lead.expert.evidence.rig import STUDENT, Camera, Rig
from lead.expert.evidence.source import Evidence, Heads, lights_seen
from lead.expert.kernels.counting import count_pixels, count_points, ground_distances, make_opaque
from lead.expert.scene import Actors, Ego, EvidenceIndex, Kind
from lead.geometry.poses import to_world

PADDING = 0.25  # m on every side of a box
FLOOR = 0.1  # m above an actor's foot, below which points of LiDAR and radar are the ground's
WINDOW = 6.0  # m behind a vehicle's nearest point from which a pixel of it shows what is seen through its windows

VEHICLES = (Label.Car, Label.Truck, Label.Bus, Label.Train, Label.Motorcycle, Label.Rider)
CLASSES = {
    Kind.CAR: VEHICLES,
    Kind.BICYCLE: (Label.Bicycle, Label.Rider),
    Kind.WALKER: (Label.Pedestrians,),
    Kind.OBSTACLE: (Label.Static, Label.Dynamic, Label.Other, Label.TrafficSigns),
}
"""Semantic classes that an actor's points may have, by its kind."""
LIGHT_BIT, GROUND_BIT, SOLID_BIT = 1 << 4, 1 << 5, 1 << 6
GROUND = (
    Label.Roads, Label.RoadLines, Label.Sidewalks, Label.Pedestrians, Label.Rider, Label.Car, Label.Truck, Label.Bus,
    Label.Motorcycle, Label.Bicycle,
)  # fmt: skip
"""Classes that tell that one looks into a junction."""


def _bits() -> NDArray[np.uint8]:
    """For each semantic class (256,) what it may be part of."""
    bits = np.zeros(256, np.uint8)
    for kind, labels in CLASSES.items():
        bits[[int(label) for label in labels]] |= np.uint8(1 << kind)
    bits[int(Label.TrafficLight)] |= np.uint8(LIGHT_BIT)
    bits[[int(label) for label in GROUND]] |= np.uint8(GROUND_BIT)
    bits[[int(label) for label in VEHICLES]] |= np.uint8(SOLID_BIT)
    return bits


BITS = _bits()


class MeasuredEvidence:
    """An evidence source that counts in what the sensors had in the tick: `show` it that before each `look`."""

    def __init__(self, rig: Rig = STUDENT) -> None:
        self._rig = rig
        self._pictures: Pictures | None = None

    def show(self, pictures: Pictures) -> None:
        """Take the data of the tick that is looked at next. Raises InputError if they are not the rig's."""
        pictures.check(self._rig)
        self._pictures = pictures

    def look(self, ego: Ego, actors: Actors, heads: Heads, parked: Bodies = NOBODY) -> Evidence:
        """See `EvidenceSource.look`; what is parked hides in the data itself. Raises InputError if no data were shown."""
        if self._pictures is None:
            raise InputError("no sensor data were shown for this tick; call show(pictures) before each look")
        pictures, self._pictures = self._pictures, None
        return counted(self._rig, pictures, ego, actors, heads)


def counted(
    rig: Rig, pictures: Pictures, ego: Ego, actors: Actors, heads: Heads, junctions: bool = True
) -> Evidence:  # fmt: skip
    """The evidence in a tick's data; without `junctions` their sight is told as 0."""
    bodies = boxes(actors.pose, actors.centre, actors.extent)
    lamps = boxes(heads.pose, np.zeros_like(heads.centre), heads.half)
    found = np.zeros((len(EvidenceIndex), len(actors)), np.int32)
    lit, sights = np.zeros(len(heads.light), np.int32), []
    wanted = (1 << actors.kind.astype(np.int64)).astype(np.uint8)
    nearest = np.empty(1 << 16, np.float32)
    for camera, depth, tag, instance in zip(rig.cameras, pictures.depth, pictures.tag, pictures.instance, strict=True):
        kinds, metres, eye = BITS[tag], np.array(depth, np.float32), eye_of(ego.pose, camera.mount)
        make_opaque(metres, instance, kinds & np.uint8(SOLID_BIT), WINDOW, nearest)
        for part, bits, counts in (
            (bodies, wanted, found[EvidenceIndex.CAMERA]),
            (lamps, np.full(len(lit), LIGHT_BIT, np.uint8), lit),
        ):
            count_pixels(metres, kinds, camera.focal, *eye, *_padded(part), bits, counts)
        sights.append(junction_sight(camera, metres, kinds) if junctions else 0.0)
    for cloud, column in ((pictures.lidar, EvidenceIndex.LIDAR), (pictures.radar, EvidenceIndex.RADAR)):
        world = to_world(np.ascontiguousarray(cloud, np.float64), ego.pose)
        count_points(world, FLOOR, *bodies, PADDING, found[column])
    return Evidence(np.ascontiguousarray(found.T), lights_seen(lit, heads), min(sights))


def junction_sight(camera: Camera, depth: NDArray[np.float32], kinds: NDArray[np.uint8]) -> float:
    """How far and how freely a camera sees along the ground, 0 to 1 (spec/lead-expert-and-data.md, 1.5).

    `depth` (H, W) m; `kinds` (H, W) has the bit `GROUND_BIT` where the class is one of `GROUND`.
    """
    eye: Eye = eye_of(np.zeros(6), camera.mount)
    distances = np.empty(depth.size, np.float32)
    found, points = ground_distances(
        depth, kinds & np.uint8(GROUND_BIT), camera.focal, *eye, NEAR, FAR, HEIGHT, distances
    )
    if not found:
        return 0.0
    return float(np.quantile(distances[:found], FAR_SHARE)) / FAR * found / points


def _padded(bodies: Bodies) -> Bodies:
    return Bodies(bodies.centre, bodies.axes, bodies.half + PADDING)
