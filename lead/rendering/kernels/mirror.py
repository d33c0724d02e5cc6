"""What glossy and wet surfaces mirror: the sky, the sun, lamps, and on wet roads the picture itself.

A wet road is the only mirror large enough to show its surroundings: its mirrored rays are followed over the picture as
far as it is drawn already, which is from the top down.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.setting import Lamps, Light
from lead.rendering.kernels.strip import (
    BLUE, CELL_0, CELL_1, DEPTH, FACING, GLOSS, GLOW_BLUE, GLOW_GREEN, GLOW_RED, GREEN, LIGHT_BLUE, LIGHT_GREEN,
    LIGHT_RED, MIRROR_X, MIRROR_Y, MIRROR_Z, NOISE_0, NOISE_1, NOISE_2, NORMAL_X, NORMAL_Y, NORMAL_Z, RED, SEEN_BLUE,
    SEEN_GREEN, SEEN_RED, SHARE, SLOPE_X, SLOPE_Y, SUN, TAP_0, TAP_1, VIEW_X, VIEW_Y, VIEW_Z, WET, X, Y, Z, f32, lean,
)  # fmt: skip

STEPS = 10  # places looked at along a mirrored ray
FIRST_STEP, STEP_GROWTH = f32(1.2), f32(1.62)  # m to the first, then times so much: the last is 92 m away
THICKNESS = f32(1.3)  # a ray further behind a surface than this times its last step passes behind it


@lean
def mirror(strip: NDArray[np.float32], light: Light, count: int) -> None:
    """Where the view is mirrored to (MIRROR), how much of the mirrored light is seen (SHARE), and what of sky and sun
    (SEEN). Of the surroundings only the sky is known; towards the horizon it darkens to what a street looks like."""
    zero, one = f32(0.0), f32(1.0)
    z0, z1, z2 = light.zenith[0], light.zenith[1], light.zenith[2]
    h0, h1, h2 = light.horizon[0], light.horizon[1], light.horizon[2]
    g0, g1, g2 = light.ground_light[0], light.ground_light[1], light.ground_light[2]
    s0, s1, s2 = light.sun[0], light.sun[1], light.sun[2]
    d0, d1, d2 = light.sunlight[0], light.sunlight[1], light.sunlight[2]
    flat_sun = one / sqrt(s0 * s0 + s1 * s1 + f32(1e-6))
    for i in range(count):
        twice = strip[NORMAL_X + i] * strip[VIEW_X + i] + strip[NORMAL_Y + i] * strip[VIEW_Y + i]
        twice = f32(2.0) * (twice + strip[NORMAL_Z + i] * strip[VIEW_Z + i])
        rx = strip[VIEW_X + i] - twice * strip[NORMAL_X + i]
        ry = strip[VIEW_Y + i] - twice * strip[NORMAL_Y + i]
        rz = strip[VIEW_Z + i] - twice * strip[NORMAL_Z + i]
        strip[MIRROR_X + i], strip[MIRROR_Y + i], strip[MIRROR_Z + i] = rx, ry, rz
        grazing = one - min(strip[FACING + i], one)
        square = grazing * grazing
        fresnel = square * square * grazing
        gloss, wet = strip[GLOSS + i], strip[WET + i]
        share = f32(0.35) * gloss + f32(0.8) * min(f32(3.0) * gloss, one) * fresnel
        film = wet * wet * (f32(0.04) + f32(0.9) * fresnel)
        strip[SHARE + i] = max(share, film)
        up = min(max(rz, zero), one)
        low = one - up
        low = low * low
        low = low * low
        sky = min(max(f32(0.3) + f32(5.0) * (rz - f32(0.03)), f32(0.12)), one)
        glint = max(rx * s0 + ry * s1 + rz * s2, zero)
        for _ in range(8):
            glint *= glint
        flat = flat_sun / sqrt(rx * rx + ry * ry + f32(1e-6))
        aside, rise = (rx * s1 - ry * s0) * flat, f32(0.28) * (rz - s2)
        ahead = one if rx * s0 + ry * s1 > zero else zero
        streak = one / (one + f32(900.0) * (aside * aside + rise * rise))
        glint = f32(14.0) * glint * (one - min(f32(3.0) * wet, one)) + f32(2.2) * streak * streak * ahead * wet
        glint *= min(f32(4.0) * strip[SUN + i], one)
        strip[SEEN_RED + i] = (z0 + (h0 - z0) * low) * sky + g0 * (one - sky) + glint * d0
        strip[SEEN_GREEN + i] = (z1 + (h1 - z1) * low) * sky + g1 * (one - sky) + glint * d1
        strip[SEEN_BLUE + i] = (z2 + (h2 - z2) * low) * sky + g2 * (one - sky) + glint * d2


@lean
def combine(strip: NDArray[np.float32], count: int) -> None:
    """Turn colour into radiance: lit colour, what is mirrored in it, and glow."""
    one = f32(1.0)
    for i in range(count):
        share = strip[SHARE + i]
        keep = one - share
        red, green, blue = share * strip[SEEN_RED + i], share * strip[SEEN_GREEN + i], share * strip[SEEN_BLUE + i]
        strip[RED + i] = strip[RED + i] * strip[LIGHT_RED + i] * keep + red + strip[GLOW_RED + i]
        strip[GREEN + i] = strip[GREEN + i] * strip[LIGHT_GREEN + i] * keep + green + strip[GLOW_GREEN + i]
        strip[BLUE + i] = strip[BLUE + i] * strip[LIGHT_BLUE + i] * keep + blue + strip[GLOW_BLUE + i]


@lean
def _step(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], axes: NDArray[np.float32], focal: float, centre_x: float,
    centre_y: float, samples: int, columns: int, ready: int, count: int,
) -> None:  # fmt: skip
    """The sample (CELL_0) and depth (TAP_0, m) of the places NOISE_1 m along the mirrored rays; samples that are not
    drawn yet or outside are -1 (as depth -1)."""
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    zero, wide, high = f32(0.0), f32(columns), f32(ready)
    several, across = np.int32(samples), np.int32(columns * samples)
    for i in range(count):
        t = strip[NOISE_1 + i]
        rx, ry, rz = strip[MIRROR_X + i], strip[MIRROR_Y + i], strip[MIRROR_Z + i]
        depth = strip[DEPTH + i]
        z = depth + t * (c0 * rx + c1 * ry + c2 * rz)
        x = strip[SLOPE_X + i] * depth + t * (a0 * rx + a1 * ry + a2 * rz)
        y = strip[SLOPE_Y + i] * depth + t * (b0 * rx + b1 * ry + b2 * rz)
        scale = focal / max(z, f32(0.1))
        column, row = centre_x + x * scale, centre_y + y * scale
        inside = column >= zero and column < wide and row >= zero and row < high and z > f32(0.1)
        strip[TAP_0 + i] = z if inside else f32(-1.0)
        column, row = column if inside else zero, row if inside else zero
        codes[CELL_0 + i] = np.uint32(np.int32(row) * several * across + np.int32(column) * several)
        codes[CELL_1 + i] = np.uint32(np.int32(row) * np.int32(columns) + np.int32(column))


@lean
def look_around(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], axes: NDArray[np.float32], focal: float, centre_x: float,
    centre_y: float, samples: int, inverse_depth: NDArray[np.float32], columns: int, ready: int,
    shown: NDArray[np.uint8], width: int, from_left: int, radiance: NDArray[np.float32], exposure: float, count: int,
) -> None:  # fmt: skip
    """Replace what wet surfaces mirror (SEEN) where their mirrored rays meet something that is drawn already.

    inverse_depth (samples,) 1 / z of the strip of picture that is being drawn, `columns` pixels wide, of which the rows
    before `ready` are done; shown (n * 4,) BGRA of the whole picture.
    """
    zero, one = f32(0.0), f32(1.0)
    for i in range(count):
        strip[NOISE_0 + i] = one if strip[WET + i] > f32(0.2) else zero  # still looking
        strip[NOISE_1 + i], strip[NOISE_2 + i] = FIRST_STEP, zero
    for _ in range(STEPS):
        _step(strip, codes, axes, focal, centre_x, centre_y, samples, columns, ready, count)
        for i in range(count):
            strip[TAP_1 + i] = inverse_depth[codes[CELL_0 + i]]
        for i in range(count):
            z, behind = strip[TAP_0 + i], strip[TAP_0 + i] * strip[TAP_1 + i]  # z / z of the surface there
            t = strip[NOISE_1 + i]
            hit = behind > one and behind < one + THICKNESS * t / max(z, one) and z > zero
            taken = strip[NOISE_0 + i] if hit else zero
            strip[NOISE_2 + i] += taken * t
            strip[NOISE_0 + i] -= taken
            strip[NOISE_1 + i] = t * STEP_GROWTH
    _take(strip, codes, axes, focal, centre_x, centre_y, samples, columns, ready, shown, width, from_left, radiance, exposure, count)


@lean
def _take(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], axes: NDArray[np.float32], focal: float, centre_x: float,
    centre_y: float, samples: int, columns: int, ready: int, shown: NDArray[np.uint8], width: int, from_left: int,
    radiance: NDArray[np.float32], exposure: float, count: int,
) -> None:  # fmt: skip
    """Take over the picture's colours at the places NOISE_2 m along the mirrored rays (0: none)."""
    for i in range(count):
        strip[NOISE_1 + i] = strip[NOISE_2 + i]
    _step(strip, codes, axes, focal, centre_x, centre_y, samples, columns, ready, count)
    inverse, four, columns_, width_, left = f32(1.0) / exposure, np.uint64(4), np.uint64(columns), np.uint64(width), np.uint64(from_left)
    for i in range(count):
        if strip[NOISE_2 + i] <= 0.0 or strip[TAP_0 + i] < 0.0:
            continue
        cell = np.uint64(codes[CELL_1 + i])
        first = (cell // columns_ * width_ + left + cell % columns_) * four
        strip[SEEN_BLUE + i] = radiance[shown[first]] * inverse
        strip[SEEN_GREEN + i] = radiance[shown[first + np.uint64(1)]] * inverse
        strip[SEEN_RED + i] = radiance[shown[first + np.uint64(2)]] * inverse


@lean
def streaks(strip: NDArray[np.float32], lamps: Lamps, count: int) -> None:
    """Add the long images of lamps in wet roads: mirrored, and drawn out towards the eye by the road's roughness."""
    zero, one = f32(0.0), f32(1.0)
    for lamp in range(lamps.reach.shape[0]):
        px, py, pz = lamps.position[lamp, 0], lamps.position[lamp, 1], lamps.position[lamp, 2]
        red, green, blue = lamps.shine[lamp, 0], lamps.shine[lamp, 1], lamps.shine[lamp, 2]
        size = lamps.size[lamp]
        for i in range(count):
            dx, dy, dz = px - strip[X + i], py - strip[Y + i], pz - strip[Z + i]
            rx, ry, rz = strip[MIRROR_X + i], strip[MIRROR_Y + i], strip[MIRROR_Z + i]
            flat = one / sqrt(rx * rx + ry * ry + f32(1e-6))
            ahead = (dx * rx + dy * ry) * flat
            aside = (dx * ry - dy * rx) * flat
            inverse = one / max(ahead, f32(0.5))
            broad = (f32(1.6) * size + f32(0.012) * ahead) * inverse
            side = aside * inverse
            up = (dz * inverse - rz * flat) * f32(0.34)
            spread = one / (broad * broad)
            share = one / (one + (side * side + up * up) * spread)
            share *= share * min(f32(1.4) * strip[WET + i], one) * (one if ahead > zero and dz > zero else zero)
            share *= f32(0.16) * (one - f32(0.8) * strip[FACING + i])
            strip[RED + i] += red * share
            strip[GREEN + i] += green * share
            strip[BLUE + i] += blue * share
