"""Rain before the lens: short bright lines, blown by the wind, new ones in every picture."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import setting as of
from lead.rendering.kernels.setting import TONE_SCALE, TONE_STEPS, Camera, Canvas
from lead.rendering.kernels.strip import Floats, f32, lean

FALL = f32(9.0)  # m/s
SHUTTER = f32(1.0 / 45.0)  # s that a drop draws a line for
PIXELS_PER_DROP = 220  # of the picture, in the heaviest rain
NEAREST, DEEPEST = f32(1.2), f32(9.0)  # m from the eye that drops are drawn at
MOST_STEPS = 60  # pixels of a line


@lean
def scramble(x: int) -> int:
    """A number of 32 bits that looks random, from another one."""
    x = np.uint32(x ^ (x >> np.uint32(16)))
    x = np.uint32(np.uint64(x) * np.uint64(0x7FEB352D) & np.uint64(0xFFFFFFFF))
    x = np.uint32(x ^ (x >> np.uint32(15)))
    x = np.uint32(np.uint64(x) * np.uint64(0x846CA68B) & np.uint64(0xFFFFFFFF))
    return np.uint32(x ^ (x >> np.uint32(16)))


@lean
def _part(x: int) -> float:
    """0-1 of a number of 32 bits."""
    return f32(x >> np.uint32(8)) * f32(1.0 / 16777216.0)


@lean
def draw_rain(tone: NDArray[np.uint8], light: Floats, camera: Camera, canvas: Canvas) -> None:
    """Draw the lines of one picture over the part that is on the canvas; they depend on the moment and the view."""
    axes, half = camera.axes, f32(0.5)
    wind_x, wind_y = light[of.WIND], light[of.WIND + np.uint64(1)]
    right = axes[0, 0] * wind_x + axes[0, 1] * wind_y - axes[0, 2] * FALL
    down = axes[1, 0] * wind_x + axes[1, 1] * wind_y - axes[1, 2] * FALL
    ahead = axes[2, 0] * wind_x + axes[2, 1] * wind_y - axes[2, 2] * FALL
    grey = max(light[of.HORIZON + np.uint64(1)], f32(0.30) * light[of.NIGHT])
    sky = sqrt(f32(1.2) * light[of.EXPOSURE] * grey) * f32(TONE_SCALE)
    bright = f32(tone[np.uint32(min(sky, f32(TONE_STEPS - 1)))])
    turn = np.uint32(np.int32(f32(640.0) * axes[2, 0] + f32(7000.0) * axes[2, 1] + f32(3.0) * camera.eye[2]))
    seed = scramble(np.uint32(np.uint32(np.int32(light[of.FRAME])) ^ scramble(turn)))
    count = np.int64(light[of.RAIN] * f32(canvas.width * canvas.rows / PIXELS_PER_DROP))
    for drop in range(count):
        key = scramble(np.uint32(seed + np.uint32(drop)))
        x = _part(key) * f32(canvas.width) - f32(canvas.from_left)
        key = scramble(key)
        y = (_part(key) * f32(1.1) - f32(0.1)) * f32(canvas.rows)
        key = scramble(key)
        away = NEAREST + (DEEPEST - NEAREST) * _part(key)
        u, v = (x - camera.centre_x) / camera.focal, (y - camera.centre_y) / camera.focal
        length = SHUTTER * camera.focal / away
        step_x, step_y = (right - u * ahead) * length, (down - v * ahead) * length
        steps = min(np.int64(max(abs(step_x), abs(step_y))) + 1, MOST_STEPS)
        share = f32(1.0) / f32(steps)
        strength = half * (f32(0.14) + f32(0.2) / away)
        for k in range(steps):
            part = (f32(k) + half) * share
            faint = strength * f32(4.0) * part * (f32(1.0) - part)
            _dab(canvas, x + step_x * part, y + step_y * part, faint, bright, abs(step_y) >= abs(step_x))


@lean
def _dab(canvas: Canvas, x: float, y: float, strength: float, bright: float, upright: bool) -> None:
    """Blend a spot between the two nearest pixels beside each other (of a rather upright line) or above each other."""
    across, along = (x, y) if upright else (y, x)
    first = np.int64(np.floor(across - f32(0.5)))
    part = across - f32(0.5) - f32(first)
    for k in range(2):
        weight = strength * (part if k == 1 else f32(1.0) - part)
        column = first + k if upright else np.int64(np.floor(along))
        row = np.int64(np.floor(along)) if upright else first + k
        if row < 0 or row >= canvas.rows or column < 0 or column >= canvas.columns:
            continue
        place = ((row * canvas.width) + canvas.from_left + column) * 4
        for colour in range(3):
            before = f32(canvas.shown[place + colour])
            canvas.shown[place + colour] = np.uint8(before + (bright - before) * weight + f32(0.5))
