"""Walls and roofs of buildings: rows of windows that are lit at night, bricks, tiles. See `patterns`."""

from math import sqrt

import numpy as np

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import NOISE_BITS
from lead.rendering.kernels.strip import Codes, Floats, covered, f32, fading, grain, lean, smooth

BAY = f32(2.8)  # m from window to window
FLOOR = f32(3.2)  # m from storey to storey, counted from the building's origin
FRAME = f32(0.09)  # m around the glass
BRICK_LENGTH, BRICK_HEIGHT, MORTAR = f32(0.25), f32(0.083), f32(0.014)  # m
TILE_LENGTH, TILE_WIDTH = f32(0.36), f32(0.24)  # m down the roof, along it


@lean
def _openings(strip: Floats, first: int, last: int) -> None:
    """Shares of the pixels that are glass (TAP_0) and frame (TAP_1) of windows; light under their lintels (TAP_2)."""
    half, one, zero = f32(0.5), f32(1.0), f32(0.0)
    for i in range(first, last):
        high, wide = strip[at.WIDTH + i], min(strip[at.STRETCH + i], BAY)
        u, v = strip[at.CHART_U + i] * (one / BAY) + half, strip[at.CHART_V + i] * (one / FLOOR)
        u, v = (u - np.floor(u) - half) * BAY, (v - np.floor(v) - f32(0.55)) * FLOOR
        kind = strip[at.VARIETY + i]
        width, height = f32(1.1) + f32(0.6) * kind, f32(1.75) - f32(0.35) * kind
        wall = one if abs(strip[at.NORMAL_Z + i]) < half else zero
        glass = wall * covered(abs(u), width, wide) * covered(abs(v), height, high)
        opening = wall * covered(abs(u), width + FRAME, wide) * covered(abs(v), height + FRAME, high)
        bar = wall * covered(abs(u), f32(0.06), wide) * fading(wide, f32(0.2))
        frame = max(opening - glass, bar * glass)
        strip[at.TAP_0 + i], strip[at.TAP_1 + i] = opening - frame, frame
        strip[at.TAP_2 + i] = one - f32(0.35) * min(max((v - f32(0.3) * height) / height, zero), one)


@lean
def facade(strip: Floats, codes: Codes, noise: Floats, night: float, first: int, last: int) -> None:
    """A plastered wall with one window per bay and floor."""
    half, one, zero = f32(0.5), f32(1.0), f32(0.0)
    for i in range(first, last):
        bay = np.floor(strip[at.CHART_U + i] * (one / BAY) + half)
        strip[at.NOISE_2 + i] = bay + f32(97.0) * strip[at.VARIETY + i]
        strip[at.NOISE_3 + i] = np.floor(strip[at.CHART_V + i] * (one / FLOOR)) * f32(7.0)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.NOISE_2, at.NOISE_3, f32(1.0), at.NOISE_0)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.NOISE_3, at.NOISE_2, f32(1.0), at.NOISE_2)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(0.7), at.NOISE_1)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(21.0), at.NOISE_3)
    _openings(strip, first, last)
    for i in range(first, last):
        glass, frame, reveal = strip[at.TAP_0 + i], strip[at.TAP_1 + i], strip[at.TAP_2 + i]
        high = strip[at.WIDTH + i]
        k = one + f32(0.22) * (strip[at.NOISE_3 + i] - half) * fading(high, f32(0.05))
        k *= one + f32(0.3) * (strip[at.NOISE_1 + i] - half)
        plinth = min(max((f32(0.5) - strip[at.CHART_V + i]) / max(high, f32(0.02)), zero), one)
        k *= (one - f32(0.3) * plinth) * (one - glass - frame)
        curtain, inside = strip[at.NOISE_0 + i], strip[at.NOISE_2 + i]
        pane = glass * reveal * (f32(0.02) + (f32(0.3) if curtain > f32(0.62) else f32(0.03)) * inside)
        strip[at.RED + i] = strip[at.RED + i] * k + frame * f32(0.5) + pane
        strip[at.GREEN + i] = strip[at.GREEN + i] * k + frame * f32(0.5) + pane * f32(1.06)
        strip[at.BLUE + i] = strip[at.BLUE + i] * k + frame * f32(0.48) + pane * f32(1.16)
        strip[at.GLOSS + i] = f32(0.22) * glass
        lit = f32(0.9) * night * max(inside - f32(0.2), zero) if curtain > f32(0.55) else zero
        lit *= glass * reveal
        strip[at.GLOW_RED + i] += lit
        strip[at.GLOW_GREEN + i] += lit * (f32(0.45) + f32(0.5) * inside)
        strip[at.GLOW_BLUE + i] += lit * (f32(0.05) + f32(0.75) * inside * inside)


@lean
def brick(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Courses of bricks that differ, each shifted by half a brick, with pale mortar."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        course = np.floor(strip[at.CHART_V + i] * (one / BRICK_HEIGHT))
        shift = half * (course - f32(2.0) * np.floor(half * course))
        strip[at.NOISE_2 + i] = strip[at.CHART_U + i] * (one / BRICK_LENGTH) + shift
        strip[at.NOISE_3 + i] = course
    grain(strip, codes, noise, NOISE_BITS, first, last, at.NOISE_2, at.NOISE_3, f32(1.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(0.6), at.NOISE_1)
    for i in range(first, last):
        high, wide = strip[at.WIDTH + i], strip[at.STRETCH + i]
        u, v = strip[at.NOISE_2 + i], strip[at.CHART_V + i] * (one / BRICK_HEIGHT)
        u = (half - abs(u - np.floor(u) - half)) * BRICK_LENGTH
        v = (half - abs(v - np.floor(v) - half)) * BRICK_HEIGHT
        mean = MORTAR / BRICK_HEIGHT + MORTAR / BRICK_LENGTH
        fine = fading(max(high, half * wide), f32(0.05))
        joint = min(covered(u, MORTAR, wide) + covered(v, MORTAR, high), one)
        joint = mean + (joint - mean) * fine
        k = one + f32(0.9) * (strip[at.NOISE_0 + i] - half) * fading(wide, f32(0.2))
        k *= (one + f32(0.4) * (strip[at.NOISE_1 + i] - half)) * (one - joint)
        strip[at.RED + i] = strip[at.RED + i] * k + f32(0.34) * joint
        strip[at.GREEN + i] = strip[at.GREEN + i] * k + f32(0.31) * joint
        strip[at.BLUE + i] = strip[at.BLUE + i] * k + f32(0.28) * joint


@lean
def roof(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Rows of overlapping tiles on what slopes, gravel on what lies flat."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        strip[at.NOISE_2 + i] = strip[at.CHART_U + i] * (one / TILE_WIDTH)
        strip[at.NOISE_3 + i] = strip[at.CHART_V + i] * (one / TILE_LENGTH)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.NOISE_2, at.NOISE_3, f32(1.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(0.8), at.NOISE_1)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        u, v = strip[at.NOISE_2 + i], strip[at.NOISE_3 + i]
        u, v = u - np.floor(u) - half, v - np.floor(v) - half
        sloped = one if strip[at.NORMAL_Z + i] < f32(0.95) else f32(0.0)
        near = fading(width, half * TILE_WIDTH) * sloped
        k = one + near * (f32(0.5) * v - f32(0.5) * u * u + f32(0.04))
        k *= one + f32(0.5) * (strip[at.NOISE_0 + i] - half) * fading(width, TILE_WIDTH)
        k *= one + f32(0.4) * (strip[at.NOISE_1 + i] - half)
        strip[at.RED + i] *= k
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k
