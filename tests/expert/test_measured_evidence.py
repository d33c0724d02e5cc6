"""Evidence counted in pictures and clouds made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import actors, car, ego, obstacle, route, walker

from lead import InputError
from lead.expert.evidence.measured import MeasuredEvidence, counted
from lead.expert.evidence.pictures import Pictures, depth_of, tags_of
from lead.expert.evidence.rig import STUDENT
from lead.expert.evidence.source import Heads
from lead.expert.scene import EvidenceIndex

CAMERA, LIDAR, RADAR = EvidenceIndex
WAY = route(150.0)
HERE = ego(WAY)
SIZE = 384
FRONT, FRONT_X, FRONT_Z = 1, 0.35, 2.25
CAR, TRUCK, PEDESTRIAN, LIGHT, WALL = 14, 15, 12, 7, 4


def pictures(depth=1000.0, tag=WALL, instance=0, **more):
    """What the rig has where the front camera sees `depth`, `tag` and `instance` (numbers or images)."""

    def images(value, kind, elsewhere):
        return tuple(
            np.array(np.broadcast_to(np.asarray(value if k == FRONT else elsewhere, kind), (SIZE, SIZE)))
            for k in range(3)
        )

    nothing = np.empty((0, 3))
    told = {"lidar": nothing, "radar": nothing} | more
    return Pictures(
        images(depth, np.float32, 1000.0), images(tag, np.uint8, WALL), images(instance, np.uint16, 0), **told
    )


def evidence(shown, *people, heads=None):
    return counted(STUDENT, shown, HERE, actors(*people), heads or Heads.none())


def seen(depth, tag, *people, **more):
    """Camera points of the first."""
    return evidence(pictures(depth, tag, **more), *people).actors[0, CAMERA]


def flat(half_y, half_z, distance):
    """Pixels that a screen of these half sizes fills at a distance."""
    focal = STUDENT.cameras[FRONT].focal
    return (2 * half_y * focal / distance) * (2 * half_z * focal / distance)


def test_pixels_in_the_padded_box_count():
    """A screen at 20 m through the middle of a car of 2 m x 1.5 m, which is padded by 0.25 m."""
    assert seen(20.0, CAR, car(WAY, 20.0 + FRONT_X)) == pytest.approx(flat(1.25, 1.0, 20.0), rel=0.05)


@pytest.mark.parametrize("off, counts", [(-2.6, True), (2.6, True), (-2.7, False), (2.7, False)])
def test_the_padding_is_a_quarter_of_a_metre(off, counts):
    assert (seen(20.05, CAR, car(WAY, 20.05 + FRONT_X + off)) > 0) == counts


@pytest.mark.parametrize(
    "someone, tag, counts", [
        (car, CAR, True), (car, TRUCK, True), (car, PEDESTRIAN, False), (car, WALL, False),
        (walker, PEDESTRIAN, True), (walker, CAR, False), (obstacle, 21, True), (obstacle, 1, False),
    ],
)  # fmt: skip
def test_points_of_the_right_class_count(someone, tag, counts):
    assert (seen(20.0, tag, someone(WAY, 20.0 + FRONT_X)) > 0) == counts


def test_boxes_are_where_the_actors_stand():
    whole = seen(20.0, CAR, car(WAY, 20.0 + FRONT_X))
    assert seen(20.0, CAR, car(WAY, 20.0 + FRONT_X, 8.0)) == pytest.approx(whole, rel=0.02)
    assert seen(20.0, CAR, car(WAY, 20.0 + FRONT_X, 13.0)) == 0  # out of the picture
    across = seen(20.0, CAR, car(WAY, 20.0 + FRONT_X, turned=np.pi / 2))
    assert across == pytest.approx(whole * 2.65 / 1.25, rel=0.05)
    assert seen(20.0, CAR, car(WAY, -20.0)) == 0


def test_windows_are_opaque():
    """The upper half of the picture shows what is 30 m behind the car's lower half: it is the car's nevertheless."""
    depth, instance = np.full((SIZE, SIZE), 20.0), np.full((SIZE, SIZE), 7)
    people = car(WAY, 20.0 + FRONT_X, z=1.0)
    whole = seen(depth, CAR, people, instance=instance)
    for farther, opaque in ((5.8, False), (6.2, True), (30.0, True)):
        depth[: SIZE // 2] = 20.0 + farther
        assert (seen(depth, CAR, people, instance=instance) == whole) == opaque
    instance[: SIZE // 2] = 8
    assert seen(depth, CAR, people, instance=instance) < whole


def test_the_pictures_are_not_changed():
    depth = np.full((SIZE, SIZE), 20.0)
    depth[0] = 90.0
    shown = pictures(depth, CAR)
    evidence(shown, car(WAY, 20.0))
    assert (shown.depth[FRONT] == depth.astype(np.float32)).all()


def test_points_of_the_ranging_sensors_count_but_for_the_ground():
    cloud = np.array(
        [
            [20.0, 0.0, 0.8],
            [22.6, 0.0, 0.8],
            [20.0, 1.2, 1.7],
            [22.7, 0, 0.8],
            [20, 0, 0.11],
            [20, 0, 0.09],
            [20, 0, 1.8],
        ]
    )
    shown = pictures(lidar=cloud, radar=cloud[:1])
    assert evidence(shown, car(WAY, 20.0)).actors[0].tolist() == [0, 4, 1]
    turned = replace(HERE, pose=np.array([0.0, 0.0, 0.0, 0.0, np.pi / 2, 0.0]))
    there = counted(STUDENT, shown, turned, actors(car(WAY, 0.0, 20.0, turned=np.pi / 2)), Heads.none())
    assert there.actors[0].tolist() == [0, 4, 1]


def test_heads_of_lights():
    def lit(tag, y=0.0):
        head = Heads(np.zeros(1, int), np.array([[30.0 + FRONT_X, y, 5.0]]), np.full((1, 3), 0.3), np.zeros(1), 1)
        return evidence(pictures(30.0, tag), heads=head).lights.tolist()

    assert lit(LIGHT) == [True]
    assert lit(WALL) == [False]
    assert lit(LIGHT, 25.0) == [False]


def test_codes_of_the_images():
    image = np.array([[[1, 2, 3, 255], [255, 255, 255, 255], [0, 0, 0, 255]]], np.uint8)  # B, G, R, A
    assert depth_of(image)[0] == pytest.approx([1000 * (1 * 65536 + 2 * 256 + 3) / (2**24 - 1), 1000.0, 0.0], rel=1e-5)
    tags, numbers = tags_of(image)
    assert tags[0].tolist() == [3, 255, 0]
    assert numbers[0].tolist() == [2 + 256, 65535, 0]


def test_the_data_of_each_tick_have_to_be_shown():
    source = MeasuredEvidence()
    source.show(pictures(20.0, CAR))
    assert source.look(HERE, actors(car(WAY, 20.0)), Heads.none()).actors[0, CAMERA] > 0
    with pytest.raises(InputError, match="show"):
        source.look(HERE, actors(), Heads.none())


@pytest.mark.parametrize(
    "wrong", [{"lidar": np.empty((3, 4))}, {"radar": np.empty(3)}, {"depth": (np.empty((4, 4), np.float32),) * 3}]
)
def test_data_of_another_rig_are_refused(wrong):
    with pytest.raises(InputError, match="expected"):
        MeasuredEvidence().show(replace(pictures(), **wrong))
