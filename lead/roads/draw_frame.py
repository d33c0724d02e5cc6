"""One picture of traffic from above: vehicles, walkers and lights on a background painted once."""

from dataclasses import dataclass, field
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.roads.draw import FRACTION_BITS, Background, box_corners
from lead.roads.draw_caption import write_text
from lead.roads.palette import INK, LIGHT_COLOURS, PATH, WALKER
from lead.roads.signals import SignalKind


class VehicleState(IntEnum):
    """What a vehicle is doing, or which one it is; decides its colour."""

    MOVING = 0
    BRAKING = 1
    STOPPED = 2
    PARKED = 3
    EMERGENCY = 4
    EGO = 5


VEHICLE_COLOURS = {
    VehicleState.MOVING: (222, 170, 96),
    VehicleState.BRAKING: (92, 92, 232),
    VehicleState.STOPPED: (150, 196, 240),
    VehicleState.PARKED: (170, 170, 170),
    VehicleState.EMERGENCY: (232, 80, 200),
    VehicleState.EGO: (80, 220, 60),
}
STOP_BAR = 0.9  # m thick


@dataclass(frozen=True)
class Traffic:
    """What moves in one frame; rows of vehicles, walkers and light signals."""

    vehicle_pose: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 6)))  # (V, 6) of the box centre
    vehicle_extent: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))  # (V, 3) half sizes, m
    vehicle_state: NDArray[np.integer] = field(default_factory=lambda: np.zeros(0, np.uint8))  # (V,) VehicleState
    walker_position: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))  # (W, 3) m
    light_state: NDArray[np.integer] = field(default_factory=lambda: np.zeros(0, np.uint8))  # (K,) per row of Signals


def draw_frame(
    background: Background, traffic: Traffic, caption: str = "", path: NDArray[np.float64] | None = None
) -> NDArray[np.uint8]:
    """Paint traffic on a copy of the background; returns (H, W, 3) BGR.

    `path`, if given, are places (P, 2 or 3) in m of the ego's route or plan. `light_state` has a value per signal row;
    rows of signs are ignored. Lights colour the stop lines they govern, which shows them at any zoom.
    """
    image = background.image.copy()
    if path is not None and len(path) > 1:
        cv2.polylines(image, [_points(background, path)], False, PATH, 2, cv2.LINE_AA, FRACTION_BITS)
    _draw_lights(image, background, traffic.light_state)
    for place in _points(background, traffic.walker_position):
        radius = max(2.5, 0.45 * background.scale)
        for reach, colour in ((radius + 1.0, INK), (radius, WALKER)):
            cv2.circle(
                image,
                place.tolist(),
                round(reach * (1 << FRACTION_BITS)),
                colour,
                cv2.FILLED,
                cv2.LINE_AA,
                FRACTION_BITS,
            )
    _draw_vehicles(image, background, traffic)
    if caption:
        size = max(0.5, image.shape[1] / 1600)
        width = cv2.getTextSize(caption, cv2.FONT_HERSHEY_SIMPLEX, 0.55 * size, 1)[0][0]
        plate = image[: int(36 * size), : width + int(24 * size)]
        plate[:] = (0.25 * plate + 0.75 * 255).astype(np.uint8)
        write_text(image, caption, (int(12 * size), int(24 * size)), 0.55 * size)
    return image


def _points(background: Background, world: NDArray[np.floating]) -> NDArray[np.int32]:
    pixels = np.clip(background.pixel(world) - 0.5, -3e4, 6e4)
    return np.round(pixels * (1 << FRACTION_BITS)).astype(np.int32)


def _draw_lights(image: NDArray[np.uint8], background: Background, states: NDArray[np.integer]) -> None:
    """A bar across each governed lane at its stop line, and a dot at the light's head."""
    signals, samples = background.town.signals, background.town.network.samples
    thickness = max(2, round(STOP_BAR * background.scale))
    for row in np.nonzero(signals.kind[: len(states)] == SignalKind.LIGHT)[0]:
        colour = LIGHT_COLOURS[int(states[row])]
        for stop in signals.stop_sample[signals.stop_start[row] : signals.stop_start[row + 1]]:
            left, right = _points(background, np.stack([samples.left[stop], samples.right[stop]])).tolist()
            cv2.line(image, left, right, colour, thickness, cv2.LINE_AA, FRACTION_BITS)
        head = _points(background, signals.head[row]).tolist()
        radius = max(2.5, 0.6 * background.scale)
        for reach, paint in ((radius + 1.0, INK), (radius, colour)):
            cv2.circle(image, head, round(reach * (1 << FRACTION_BITS)), paint, cv2.FILLED, cv2.LINE_AA, FRACTION_BITS)


def _draw_vehicles(image: NDArray[np.uint8], background: Background, traffic: Traffic) -> None:
    """Oriented boxes with a dark rim and a windscreen; lower ones first, so that bridges cover what is below."""
    if not len(traffic.vehicle_pose):
        return
    poses = traffic.vehicle_pose
    extent = np.maximum(traffic.vehicle_extent, 1.6 / background.scale)
    corners = box_corners(poses[:, :3], extent, poses[:, 4])
    front, back = corners[:, :2], corners[:, 2:]
    near = front + 0.18 * (back[:, ::-1] - front)
    far = front + 0.38 * (back[:, ::-1] - front)
    screens = np.concatenate([near, far[:, ::-1]], 1)
    for row in np.argsort(poses[:, 2], kind="stable"):
        box = _points(background, corners[row])
        colour = VEHICLE_COLOURS[VehicleState(int(traffic.vehicle_state[row]))]
        cv2.fillPoly(image, [box], colour, cv2.LINE_AA, FRACTION_BITS)
        if background.scale > 2.0:
            cv2.fillPoly(image, [_points(background, screens[row])], INK, cv2.LINE_AA, FRACTION_BITS)
        cv2.polylines(image, [box], True, INK, 1, cv2.LINE_AA, FRACTION_BITS)
