"""Light on surfaces by day: rain that darkens them, the sun behind shadow maps, and the sky."""

import numpy as np

from lead.rendering.kernels import setting as of
from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import CLOUD_BITS, FIXED_BITS, MOVER_BITS, Shadows
from lead.rendering.kernels.shadow import cast, shut_off, touches
from lead.rendering.kernels.strip import Codes, Floats, anywhere, f32, lean, smooth, triple

PUDDLE_TEXELS = f32(9.0)  # texels of the cloud table per metre of road


@lean
def soak(strip: Floats, codes: Codes, clouds: Floats, light: Floats, count: int) -> None:
    """Rain on what faces up: a film that darkens (WET up to 0.5), and puddles (WET up to 1)."""
    zero, one, half, film = f32(0.0), f32(1.0), f32(0.5), light[of.WET]
    area = f32(0.45) * light[of.PUDDLES]
    if area > zero:
        smooth(strip, codes, clouds, CLOUD_BITS, np.uint64(0), count, at.X, at.Y, PUDDLE_TEXELS, at.NOISE_0)
    for i in range(count):
        up = strip[at.NORMAL_Z + i]
        wet = half * film * min(max(f32(1.25) * up, f32(0.25)), one)
        if area > zero:
            level = one if up > f32(0.97) and strip[at.GLOSS + i] < f32(0.05) else zero  # not on parked cars
            deep = level * min(max((strip[at.NOISE_0 + i] - one + area) * f32(5.0) + f32(0.2), zero), one)
            wet += (one - wet) * deep * deep * (f32(3.0) - deep - deep)
        matt = one - min(f32(8.0) * strip[at.GLOSS + i], one)
        strip[at.WET + i] = wet if strip[at.VARIETY + i] >= zero else zero
        dark = one - f32(0.95) * wet * matt * (one - f32(0.45) * wet)
        strip[at.RED + i] *= dark
        strip[at.GREEN + i] *= dark
        strip[at.BLUE + i] *= dark


@lean
def drain(strip: Floats, first: int, last: int) -> None:
    """No water stands on what grows: nothing is mirrored there."""
    for i in range(first, last):
        strip[at.WET + i] = f32(0.0)


@lean
def daylight(
    strip: Floats, codes: Codes, light: Floats, shadows: Shadows, box: Floats,
    count: int,
) -> None:  # fmt: skip
    """What falls on the fragments from the sun and the sky: SUN, OPEN and the columns LIGHT.

    box (6,): what `bounds` found.
    """
    zero, one, half = f32(0.0), f32(1.0), f32(0.5)
    sunny = light[of.SUNLIGHT] > zero
    s0, s1, s2 = triple(light, of.SUN)
    for i in range(count):
        along = s0 * strip[at.NORMAL_X + i] + s1 * strip[at.NORMAL_Y + i] + s2 * strip[at.NORMAL_Z + i]
        strip[at.SUN + i] = max(along, zero) if sunny else zero
        strip[at.OPEN + i] = one
    sunny = sunny and anywhere(strip, at.SUN, count)
    if sunny and shadows.fixed.scale > zero:
        cast(strip, codes, shadows.fixed, FIXED_BITS, f32(0.14), f32(0.05), count)
    if sunny and touches(shadows.movers, box):
        cast(strip, codes, shadows.movers, MOVER_BITS, f32(0.1), f32(0.16), count)
    if touches(shadows.contact, box):
        shut_off(strip, codes, shadows.contact, shadows.cover, count)
    r0, g0, b0 = triple(light, of.SUNLIGHT)
    r1, g1, b1 = triple(light, of.SKY_LIGHT)
    r2, g2, b2 = triple(light, of.GROUND_LIGHT)
    for i in range(count):
        sun, open_, up = strip[at.SUN + i], strip[at.OPEN + i], half + half * strip[at.NORMAL_Z + i]
        strip[at.LIGHT_RED + i] = r0 * sun + (r2 + (r1 - r2) * up) * open_
        strip[at.LIGHT_GREEN + i] = g0 * sun + (g2 + (g1 - g2) * up) * open_
        strip[at.LIGHT_BLUE + i] = b0 * sun + (b2 + (b1 - b2) * up) * open_


@lean
def bounds(strip: Floats, count: int, box: Floats) -> None:
    """The box (6,) around the fragments: least and most x, y, z, rounded outwards to whole metres."""
    one = np.int32(1)
    x_least = y_least = z_least = np.int32(1 << 30)
    x_most = y_most = z_most = -x_least
    for i in range(count):
        x, y, z = np.int32(strip[at.X + i]), np.int32(strip[at.Y + i]), np.int32(strip[at.Z + i])
        x_least, y_least, z_least = min(x_least, x), min(y_least, y), min(z_least, z)
        x_most, y_most, z_most = max(x_most, x), max(y_most, y), max(z_most, z)
    box[0], box[1], box[2], box[3] = x_least - one, x_most + one, y_least - one, y_most + one
    box[4], box[5] = z_least - one, z_most + one
