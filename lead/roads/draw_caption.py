"""The strip below a drawn town: its name, its numbers, a scale bar and what the dots mean."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.roads.network import LaneKind
from lead.roads.palette import INK, PAPER, SIGNAL_COLOURS, SPAWN
from lead.roads.signals import SignalKind
from lead.roads.town import Town

CAPTION_HEIGHT = 112  # pixels of a picture 1600 pixels wide


def draw_caption(image: NDArray[np.uint8], town: Town, scale: float) -> None:
    """Name, numbers and a scale bar in the band below the map."""
    lanes, signals = town.network.lanes, town.signals
    driving = float(lanes.length[lanes.kind == LaneKind.DRIVING].sum()) / 1e3
    lights, signs = int((signals.kind == SignalKind.LIGHT).sum()), int((signals.kind != SignalKind.LIGHT).sum())
    junctions = len(set(lanes.junction.tolist()) - {-1})
    lines = [
        f"{driving:.1f} km of driving lanes, {junctions} junctions",
        f"{lights} traffic lights, {signs} signs, {len(town.spawn_points)} spawn points",
    ]
    unit = max(0.5, image.shape[1] / 1600)
    image[-int(CAPTION_HEIGHT * unit) :] = PAPER
    left, base = int(26 * unit), image.shape[0]
    write_text(image, town.name, (left, base - int(82 * unit)), 0.85 * unit, bold=True)
    for row, line in enumerate(lines):
        write_text(image, line, (left, base - int((58 - 20 * row) * unit)), 0.5 * unit)
    _draw_legend(image, unit)
    metres = next(m for m in (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1) if m * scale <= 240 * unit or m == 1)
    y = base - int(22 * unit)
    right = left + round(metres * scale)
    cv2.line(image, (left, y), (right, y), INK, max(2, round(2 * unit)), cv2.LINE_AA)
    for x in (left, right):
        cv2.line(image, (x, y - int(5 * unit)), (x, y + int(5 * unit)), INK, max(2, round(2 * unit)), cv2.LINE_AA)
    write_text(image, f"{metres} m", (right + int(10 * unit), y + int(5 * unit)), 0.5 * unit)


def _draw_legend(image: NDArray[np.uint8], unit: float) -> None:
    """What the dots mean, on the right of the caption."""
    rows = [("traffic light", SIGNAL_COLOURS[SignalKind.LIGHT]), ("stop sign", SIGNAL_COLOURS[SignalKind.STOP])]
    rows += [("yield sign", SIGNAL_COLOURS[SignalKind.YIELD]), ("speed limit", SIGNAL_COLOURS[SignalKind.SPEED_LIMIT])]
    rows += [("spawn point", SPAWN)]
    for place, (name, colour) in enumerate(rows):
        x = image.shape[1] - int((330 - 170 * (place // 3)) * unit)
        y = image.shape[0] - int((82 - 28 * (place % 3)) * unit)
        cv2.circle(image, (x, y), int(7 * unit), INK, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(image, (x, y), int(6 * unit), colour, cv2.FILLED, cv2.LINE_AA)
        write_text(image, name, (x + int(16 * unit), y + int(5 * unit)), 0.5 * unit)


def write_text(
    image: NDArray[np.uint8],
    text: str,
    place: tuple[int, int],
    size: float,
    bold: bool = False,
    colour: tuple[int, int, int] = INK,
) -> None:
    """Write a line of plain text with its left base at `place` (column, row)."""
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 2 if bold else 1, cv2.LINE_AA)
