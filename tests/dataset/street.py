"""A drive with everything in it, seen by both views, for tests of samples."""

from dataclasses import replace

import numpy as np

from lead.dataset.codecs import encode_depth, encode_rgb, encode_semantics
from lead.dataset.frame import Cloud, Ego, Frame, Surroundings, View
from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from tests.dataset import made

SIZE = 48  # pixels of each of the three cameras
CAR, PARKED, WALKER, BIKE, CONE, LIGHT, STOP, HIDDEN, BROKEN = range(20, 29)


def view(seed: int) -> View:
    """Small pictures."""
    rng = np.random.default_rng(seed)
    image = np.repeat(np.repeat(rng.integers(0, 255, (6, 18, 3), np.uint8), 8, 0), 8, 1)
    radar = rng.uniform(-30, 30, (12, 4)).astype(np.float16)
    return View(
        encode_rgb(image, 90), encode_semantics(image[..., 0] % 10), encode_depth(image[..., 1] / 5.0), radar,
        np.repeat(np.arange(4, dtype=np.uint8), 3),
    )  # fmt: skip


def boxes(ego: np.ndarray):
    """One of each kind around the ego's place, in world coordinates; the last two are hidden, and part of an accident."""
    kinds = [
        BoxKind.VEHICLE, BoxKind.PARKED, BoxKind.WALKER, BoxKind.BICYCLE, BoxKind.OBSTACLE, BoxKind.LIGHT, BoxKind.STOP_SIGN,
        BoxKind.VEHICLE, BoxKind.VEHICLE,
    ]  # fmt: skip
    places = [(12, 0), (8, 6), (10, -5), (20, 3), (15, 2), (30, 0), (25, 0), (18, -3), (22, 8)]
    count = len(kinds)
    c, s = np.cos(ego[4]), np.sin(ego[4])
    pose = np.tile(ego, (count, 1))
    pose[:, :2] += np.array(places, float) @ np.array([[c, s], [-s, c]])
    flags = np.zeros(count, np.uint16)
    flags[4], flags[5], flags[6] = BoxFlag.CONE, BoxFlag.AFFECTS_EGO | BoxFlag.OVERHEAD, BoxFlag.AFFECTS_EGO
    state = np.full(count, LightState.NONE, np.int8)
    state[5] = LightState.RED
    evidence = np.full((count, 3), 40)
    evidence[7] = 0
    velocity = np.zeros((count, 3), np.float32)
    velocity[0] = 5.0 * c, 5.0 * s, 0.0
    extent = np.tile(np.float32([2.0, 1.0, 0.8]), (count, 1))
    extent[2], extent[3] = (0.3, 0.3, 0.9), (0.8, 0.3, 0.8)
    types = tuple("static.prop.constructioncone" if k == BoxKind.OBSTACLE else "vehicle.audi.a2" for k in kinds)
    return made.boxes(
        count, id=np.arange(CAR, CAR + count), kind=np.array(kinds, np.int8), flags=flags, state=state, pose=pose,
        evidence=evidence, velocity=velocity, extent=extent, type_id=types,
    )  # fmt: skip


def drive(
    count: int = 14, start: tuple[float, ...] = (100.0, 50.0, 1.0, 0.0, 0.6, 0.0), speed: float = 8.0
) -> list[Frame]:
    """Straight on from a pose, 2 m per frame."""
    frames = []
    pose = np.array(start)
    ahead = np.array([np.cos(pose[4]), np.sin(pose[4]), 0.0])
    rng = np.random.default_rng(5)
    for row in range(count):
        here = pose.copy()
        here[:3] += 0.25 * speed * row * ahead
        base = made.frame(row)
        way = here[:3] + np.outer(2.5 + np.arange(50.0), ahead)
        points = rng.uniform((-30, -38, -1), (60, 38, 4), (300, 3))
        accident = Surroundings(1, 0.5, 2, ("A",), ("Accident",), np.array([True]), np.array([[0, BROKEN]]))
        frames.append(
            replace(
                base, ego=Ego(here, speed * ahead, 0.5 * ahead, np.zeros(3), speed, np.array([0.3, 0.1, 0.0])),
                fix=replace(base.fix, position=here[:2] + 0.5),
                intent=replace(base.intent, route=way), boxes=boxes(here), view=view(row), perturbed=view(100 + row),
                surroundings=accident, cloud=Cloud.of(points, rng.integers(0, 5, len(points))),
            )
        )  # fmt: skip
    return frames
