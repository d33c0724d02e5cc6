"""Traffic lights and signs of a tile, on their poles and arms."""

from functools import cache
from typing import NamedTuple

import numpy as np

from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.signals import (
    ARM_HEIGHT,
    POLE_TOP,
    light_head,
    mast_arm,
    signal_pole,
    speed_sign,
    stop_sign,
    yield_sign,
)
from lead.rendering.street.solids import placed
from lead.rendering.street.thing import Thing
from lead.roads.labels import Label
from lead.roads.signals import SignalKind
from lead.roads.surface import ground_height
from lead.roads.town import Town

LEAST_ARM = 0.3  # m between pole and head from which an arm joins them
REPEATER = 2.5  # m of arm from which a second head hangs on the pole
REPEATER_HEIGHT = 2.9  # m above the ground
POLE_RADIUS, SIGN_RADIUS = 0.1, 0.04  # m
ABOVE_PLATE = 0.25  # m that a sign's pole stands above `Signals.head`
STEP = 0.1  # m, poles and arms come in such steps of length


class Part(NamedTuple):
    """A piece of a signal."""

    name: str  # within its signal
    label: Label
    meshes: tuple[Mesh, Mesh]  # near and far
    place: tuple[float, float, float, float]  # x, y, z (m), yaw (rad)


def signal_things(town: Town, rows: np.ndarray) -> list[Thing]:
    """One thing per row of the town's signals: its head or plate with pole and arm."""
    return [_joined(town, int(k)) for k in rows]


def signal_name(town: Town, k: int) -> str:
    """What the thing of a row of the town's signals is called."""
    return f"TrafficLight_{k}" if town.signals.kind[k] == SignalKind.LIGHT else f"TrafficSign_{k}"


def signal_parts(town: Town, k: int) -> list[Part]:
    """What a row of the town's signals is made of."""
    return _light(town, k) if town.signals.kind[k] == SignalKind.LIGHT else _sign(town, k)


def _light(town: Town, k: int) -> list[Part]:
    """A light on a pole, or over its lanes on an arm, then with a smaller one on the pole."""
    pose, head = town.signals.pose[k], town.signals.head[k]
    foot = _foot(town, k)
    reach = float(np.hypot(*(head[:2] - pose[:2])))
    overhead = reach > LEAST_ARM
    top = float(head[2]) - foot + (POLE_TOP if overhead else 0.0)
    parts = [Part("Pole", Label.POLES, _pole(_steps(top), False), (pose[0], pose[1], foot, head[4]))]
    parts.append(Part("Head", Label.TRAFFIC_LIGHT, light_head(overhead), (head[0], head[1], head[2], head[4])))
    if overhead:
        turn = float(np.arctan2(head[1] - pose[1], head[0] - pose[0]))
        place = (pose[0], pose[1], head[2] + ARM_HEIGHT, turn)
        parts.append(Part("Arm", Label.POLES, _arm(_steps(reach)), place))
    if reach > REPEATER:
        place = (pose[0], pose[1], foot + REPEATER_HEIGHT, head[4])
        parts.append(Part("Repeater", Label.TRAFFIC_LIGHT, light_head(False), place))
    return parts


def _sign(town: Town, k: int) -> list[Part]:
    """A stop, yield or speed sign."""
    signals = town.signals
    pose, head, kind = signals.pose[k], signals.head[k], signals.kind[k]
    if kind == SignalKind.STOP:
        plate = stop_sign()
    elif kind == SignalKind.YIELD:
        plate = yield_sign()
    else:
        plate = speed_sign(float(signals.speed_limit[k]))
    foot = _foot(town, k)
    post = _pole(_steps(float(head[2]) - foot + ABOVE_PLATE), True)
    return [
        Part("Pole", Label.POLES, post, (pose[0], pose[1], foot, head[4])),
        Part("Plate", Label.TRAFFIC_SIGNS, plate, (head[0], head[1], head[2], head[4])),
    ]


def _foot(town: Town, k: int) -> float:
    """Height (m) of the ground at the pole of a signal."""
    pose, head = town.signals.pose[k], town.signals.head[k]
    ground, _ = ground_height(town.surface, pose[0], pose[1], min(pose[2], head[2] - 1.0))
    return float(ground) if head[2] - ground < 15.0 else float(head[2] - 5.0)


def _steps(length: float) -> int:
    return max(3, round(length / STEP))


@cache
def _pole(steps: int, sign: bool) -> tuple[Mesh, Mesh]:
    return signal_pole(steps * STEP, SIGN_RADIUS if sign else POLE_RADIUS)


@cache
def _arm(steps: int) -> tuple[Mesh, Mesh]:
    return mast_arm(steps * STEP)


def _joined(town: Town, k: int) -> Thing:
    parts = signal_parts(town, k)
    near, far = (merge(*(placed(part.meshes[level], part.place) for part in parts)) for level in (0, 1))
    light = town.signals.kind[k] == SignalKind.LIGHT
    label = Label.TRAFFIC_LIGHT if light else Label.TRAFFIC_SIGNS
    return Thing(near, far, signal_name(town, k), label, signal=k if light else -1)
