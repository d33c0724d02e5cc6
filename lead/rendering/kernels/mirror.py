"""What glossy and wet surfaces mirror: the sky, the sun, and on wet roads the picture itself.

A wet road is the only mirror large enough to show its surroundings: its mirrored rays are followed over the picture as
far as it is drawn already, which is from the top down.
"""

from math import sqrt

import numpy as np

from lead.rendering.kernels import setting as of
from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import NOISE_BITS, Camera, Canvas
from lead.rendering.kernels.strip import Codes, Floats, f32, lean, smooth, triple

STEPS = 8  # places looked at along a mirrored ray
FIRST_STEP, STEP_GROWTH = f32(1.2), f32(1.87)  # m to the first, then times so much: the last is 96 m away
THICKNESS = f32(1.3)  # a ray further behind a surface than this times its last step passes behind it
WET_ENOUGH = f32(0.2)  # share of water from which on a surface mirrors the picture
WAVE_TEXELS = f32(11.0)  # texels of the noise per metre of wet road


@lean
def mirror(strip: Floats, codes: Codes, noise: Floats, light: Floats, count: int) -> None:
    """Where the view is mirrored to (MIRROR) and how much of the mirrored light is seen (SHARE)."""
    zero, one = f32(0.0), f32(1.0)
    wavy, rough = light[of.WET] > zero, f32(0.25) + f32(0.25) * light[of.RAIN]
    if wavy:
        smooth(
            strip, codes, noise, NOISE_BITS, np.uint64(0), count, at.CHART_U, at.CHART_V, WAVE_TEXELS, at.NOISE_0
        )  # fmt: skip
    for i in range(count):
        nx, ny, nz = strip[at.NORMAL_X + i], strip[at.NORMAL_Y + i], strip[at.NORMAL_Z + i]
        vx, vy, vz = strip[at.VIEW_X + i], strip[at.VIEW_Y + i], strip[at.VIEW_Z + i]
        gloss, wet = strip[at.GLOSS + i], strip[at.WET + i]
        twice = -f32(2.0) * (nx * vx + ny * vy + nz * vz)
        rx, ry, rz = vx + twice * nx, vy + twice * ny, vz + twice * nz
        if wavy:
            wave = (strip[at.NOISE_0 + i] - f32(0.5)) * (rough - f32(0.2) * wet)
            rz += abs(rz) * wave * (one if wet > zero else zero)
        strip[at.MIRROR_X + i], strip[at.MIRROR_Y + i], strip[at.MIRROR_Z + i] = rx, ry, rz
        grazing = one - min(strip[at.FACING + i], one)
        square = grazing * grazing
        fresnel = square * square * grazing
        share = f32(0.22) * gloss + f32(0.36) * min(f32(3.0) * gloss, one) * fresnel
        film = wet * wet * (f32(0.03) + f32(0.9) * fresnel)
        strip[at.SHARE + i] = max(share, film)


@lean
def see_sky(strip: Floats, light: Floats, count: int) -> None:
    """What is mirrored of sky and sun (SEEN). Towards the horizon the sky darkens to what a street looks like."""
    zero, one = f32(0.0), f32(1.0)
    z0, z1, z2 = triple(light, of.ZENITH)
    h0, h1, h2 = triple(light, of.HORIZON)
    g0, g1, g2 = triple(light, of.GROUND_LIGHT)
    s0, s1, s2 = triple(light, of.SUN)
    d0, d1, d2 = triple(light, of.SUNLIGHT)
    flat_sun = one / sqrt(s0 * s0 + s1 * s1 + f32(1e-6))
    for i in range(count):
        rx, ry, rz = strip[at.MIRROR_X + i], strip[at.MIRROR_Y + i], strip[at.MIRROR_Z + i]
        low = one - min(max(rz, zero), one)
        low *= low
        low *= low
        sky = min(max(f32(0.3) + f32(5.0) * (rz - f32(0.03)), f32(0.12)), one)
        glint = max(rx * s0 + ry * s1 + rz * s2, zero)
        for _ in range(8):
            glint *= glint
        flat = flat_sun / sqrt(rx * rx + ry * ry + f32(1e-6))
        aside, rise = (rx * s1 - ry * s0) * flat, f32(0.28) * (rz - s2)
        ahead = one if rx * s0 + ry * s1 > zero else zero
        streak = one / (one + f32(900.0) * (aside * aside + rise * rise))
        wet = strip[at.WET + i]
        glint = f32(14.0) * glint * (one - min(f32(3.0) * wet, one)) + f32(2.2) * streak * streak * ahead * wet
        glint *= min(f32(4.0) * strip[at.SUN + i], one)
        strip[at.SEEN_RED + i] = (z0 + (h0 - z0) * low) * sky + g0 * (one - sky) + glint * d0
        strip[at.SEEN_GREEN + i] = (z1 + (h1 - z1) * low) * sky + g1 * (one - sky) + glint * d1
        strip[at.SEEN_BLUE + i] = (z2 + (h2 - z2) * low) * sky + g2 * (one - sky) + glint * d2


@lean
def combine(strip: Floats, count: int) -> None:
    """Turn colour into radiance: lit colour, what is mirrored in it, and glow."""
    one = f32(1.0)
    for i in range(count):
        share = strip[at.SHARE + i]
        keep = one - share
        red, green = share * strip[at.SEEN_RED + i], share * strip[at.SEEN_GREEN + i]
        blue = share * strip[at.SEEN_BLUE + i]
        strip[at.RED + i] = strip[at.RED + i] * strip[at.LIGHT_RED + i] * keep + red + strip[at.GLOW_RED + i]
        strip[at.GREEN + i] = strip[at.GREEN + i] * strip[at.LIGHT_GREEN + i] * keep + green + strip[at.GLOW_GREEN + i]
        strip[at.BLUE + i] = strip[at.BLUE + i] * strip[at.LIGHT_BLUE + i] * keep + blue + strip[at.GLOW_BLUE + i]


@lean
def combine_matt(strip: Floats, count: int) -> None:
    """As `combine`, where nothing is mirrored."""
    for i in range(count):
        strip[at.RED + i] = strip[at.RED + i] * strip[at.LIGHT_RED + i] + strip[at.GLOW_RED + i]
        strip[at.GREEN + i] = strip[at.GREEN + i] * strip[at.LIGHT_GREEN + i] + strip[at.GLOW_GREEN + i]
        strip[at.BLUE + i] = strip[at.BLUE + i] * strip[at.LIGHT_BLUE + i] + strip[at.GLOW_BLUE + i]


@lean
def see_picture(
    strip: Floats, codes: Codes, camera: Camera, canvas: Canvas, ready: int,
    radiance: Floats, exposure: float, count: int,
) -> None:  # fmt: skip
    """Replace what wet surfaces mirror (SEEN) where their mirrored rays meet something in the rows before `ready`, that
    are drawn already; radiance (256,): of the codes shown."""
    zero, one, any_wet = f32(0.0), f32(1.0), np.int32(0)
    for i in range(count):
        wet = strip[at.WET + i] > WET_ENOUGH
        any_wet |= np.int32(wet)
        strip[at.NOISE_0 + i] = one if wet else zero  # still looking
        strip[at.NOISE_1 + i], strip[at.NOISE_2 + i] = FIRST_STEP, zero
    if any_wet == 0:
        return
    for _ in range(STEPS):
        _follow(strip, codes, camera, canvas, ready, count)
        for i in range(count):
            strip[at.TAP_1 + i] = canvas.inverse_depth[codes[at.CELL_0 + i]]
        for i in range(count):
            z, t = strip[at.TAP_0 + i], strip[at.NOISE_1 + i]
            behind = z * strip[at.TAP_1 + i]  # z of the ray by z of the surface
            slack = THICKNESS * t / max(z, one)
            hit = z > zero and behind > one and behind < one + slack
            taken = strip[at.NOISE_0 + i] if hit else zero
            # between this place and the one before, as if the surface were upright and faced the eye
            back = (behind - one) / max(behind - one + f32(0.4) * slack, f32(1e-3))
            strip[at.NOISE_2 + i] += taken * t * (one - f32(0.46) * back)
            strip[at.NOISE_0 + i] -= taken
            strip[at.NOISE_1 + i] = t * STEP_GROWTH
    for i in range(count):
        strip[at.NOISE_1 + i] = strip[at.NOISE_2 + i]
    _follow(strip, codes, camera, canvas, ready, count)
    inverse = one / exposure
    for i in range(count):
        if strip[at.NOISE_2 + i] > zero and strip[at.TAP_0 + i] > zero:
            first = codes[at.CELL_1 + i]
            strip[at.SEEN_BLUE + i] = radiance[canvas.shown[first]] * inverse
            strip[at.SEEN_GREEN + i] = radiance[canvas.shown[first + np.uint32(1)]] * inverse
            strip[at.SEEN_RED + i] = radiance[canvas.shown[first + np.uint32(2)]] * inverse


@lean
def _follow(strip: Floats, codes: Codes, camera: Camera, canvas: Canvas, ready: int, count: int) -> None:
    """Where the places NOISE_1 m along the mirrored rays are in the picture: depth there (TAP_0, m; -1: not in what is
    drawn), sample (CELL_0), and first code of the pixel (CELL_1)."""
    axes, zero = camera.axes, f32(0.0)
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    focal, centre_x, centre_y = camera.focal, camera.centre_x, camera.centre_y
    wide, high, least = f32(canvas.columns), f32(ready), f32(0.1)
    samples, across = np.int32(canvas.samples), np.int32(canvas.columns * canvas.samples)
    width, left, four = np.int32(canvas.width), np.int32(canvas.from_left), np.int32(4)
    for i in range(count):
        t, depth = strip[at.NOISE_1 + i], strip[at.DEPTH + i]
        rx, ry, rz = strip[at.MIRROR_X + i], strip[at.MIRROR_Y + i], strip[at.MIRROR_Z + i]
        z = depth + t * (c0 * rx + c1 * ry + c2 * rz)
        x = strip[at.SLOPE_X + i] * depth + t * (a0 * rx + a1 * ry + a2 * rz)
        y = strip[at.SLOPE_Y + i] * depth + t * (b0 * rx + b1 * ry + b2 * rz)
        scale = focal / max(z, least)
        column, row = centre_x + x * scale, centre_y + y * scale
        inside = column >= zero and column < wide and row >= zero and row < high and z > least
        strip[at.TAP_0 + i] = z if inside else f32(-1.0)
        right, down = np.int32(column if inside else zero), np.int32(row if inside else zero)
        codes[at.CELL_0 + i] = np.uint32(down * samples * across + right * samples)
        codes[at.CELL_1 + i] = np.uint32((down * width + left + right) * four)
