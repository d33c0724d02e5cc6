"""Light on surfaces: sun behind shadow maps, sky, lamps; and what wet and glossy surfaces mirror."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.setting import CLOUD_BITS, FIXED_BITS, MOVER_BITS, Lamps, Light, Shadows, Textures
from lead.rendering.kernels.shadow import cast, shut_off, touches
from lead.rendering.kernels.strip import (
    BLUE,
    FACING,
    GLOSS,
    GLOW_BLUE,
    GLOW_GREEN,
    GLOW_RED,
    GREEN,
    LIGHT_BLUE,
    LIGHT_GREEN,
    LIGHT_RED,
    MIRROR_X,
    MIRROR_Y,
    MIRROR_Z,
    NOISE_0,
    NORMAL_X,
    NORMAL_Y,
    NORMAL_Z,
    OPEN,
    RED,
    SUN,
    VIEW_X,
    VIEW_Y,
    VIEW_Z,
    WET,
    X,
    Y,
    Z,
    f32,
    lean,
    smooth,
)  # fmt: skip

PUDDLE_TEXELS = f32(9.0)  # texels of the cloud table per metre of road


@lean
def soak(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, light: Light, count: int
) -> None:
    """Rain on what faces up: a film that darkens (WET up to 0.5), and puddles (WET up to 1)."""
    zero, one, half, film = f32(0.0), f32(1.0), f32(0.5), light.wet
    area = f32(0.45) * light.puddles
    if area > zero:
        smooth(strip, codes, textures.clouds, CLOUD_BITS, np.uint64(0), count, X, Y, PUDDLE_TEXELS, NOISE_0)
    for i in range(count):
        up = strip[NORMAL_Z + i]
        wet = half * film * min(max(f32(1.25) * up, f32(0.25)), one)
        if area > zero:
            level = one if up > f32(0.97) else zero
            wet = max(wet, level * min(max((strip[NOISE_0 + i] - one + area) * f32(14.0), zero), one))
        matt = one - min(f32(8.0) * strip[GLOSS + i], one)
        strip[WET + i] = wet
        dark = one - f32(0.95) * wet * matt * (one - f32(0.45) * wet)
        strip[RED + i] *= dark
        strip[GREEN + i] *= dark
        strip[BLUE + i] *= dark


@lean
def daylight(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], light: Light, shadows: Shadows, box: NDArray[np.float32],
    count: int,
) -> None:  # fmt: skip
    """What falls on the fragments from the sun and the sky: SUN, OPEN and the columns LIGHT.

    box (6,): what `bounds` found.
    """
    zero, one, half = f32(0.0), f32(1.0), f32(0.5)
    sunny = light.sunlight[0] > zero
    s0, s1, s2 = light.sun[0], light.sun[1], light.sun[2]
    for i in range(count):
        along = s0 * strip[NORMAL_X + i] + s1 * strip[NORMAL_Y + i] + s2 * strip[NORMAL_Z + i]
        strip[SUN + i] = max(along, zero) if sunny else zero
        strip[OPEN + i] = one
    if sunny and shadows.fixed.scale > zero:
        cast(strip, codes, shadows.fixed, FIXED_BITS, f32(0.14), f32(0.05), count)
    if sunny and touches(shadows.movers, box):
        cast(strip, codes, shadows.movers, MOVER_BITS, f32(0.1), f32(0.16), count)
    if touches(shadows.contact, box):
        shut_off(strip, codes, shadows.contact, shadows.cover, count)
    r0, g0, b0 = light.sunlight[0], light.sunlight[1], light.sunlight[2]
    r1, g1, b1 = light.sky_light[0], light.sky_light[1], light.sky_light[2]
    r2, g2, b2 = light.ground_light[0], light.ground_light[1], light.ground_light[2]
    for i in range(count):
        sun, open_, up = strip[SUN + i], strip[OPEN + i], half + half * strip[NORMAL_Z + i]
        strip[LIGHT_RED + i] = r0 * sun + (r2 + (r1 - r2) * up) * open_
        strip[LIGHT_GREEN + i] = g0 * sun + (g2 + (g1 - g2) * up) * open_
        strip[LIGHT_BLUE + i] = b0 * sun + (b2 + (b1 - b2) * up) * open_


@lean
def bounds(strip: NDArray[np.float32], count: int, box: NDArray[np.float32]) -> None:
    """The box (6,) around the fragments: least and most x, y, z, rounded outwards to whole metres."""
    one = np.int32(1)
    x_least = y_least = z_least = np.int32(1 << 30)
    x_most = y_most = z_most = -x_least
    for i in range(count):
        x, y, z = np.int32(strip[X + i]), np.int32(strip[Y + i]), np.int32(strip[Z + i])
        x_least, y_least, z_least = min(x_least, x), min(y_least, y), min(z_least, z)
        x_most, y_most, z_most = max(x_most, x), max(y_most, y), max(z_most, z)
    box[0], box[1], box[2], box[3] = x_least - one, x_most + one, y_least - one, y_most + one
    box[4], box[5] = z_least - one, z_most + one


@lean
def _add_lamp(strip: NDArray[np.float32], lamps: Lamps, lamp: int, count: int) -> None:
    """Light of one lamp. Headlamps throw a flat, broad beam with little above its axis."""
    px, py, pz = lamps.position[lamp, 0], lamps.position[lamp, 1], lamps.position[lamp, 2]
    ax, ay, az = lamps.axis[lamp, 0], lamps.axis[lamp, 1], lamps.axis[lamp, 2]
    red, green, blue = lamps.power[lamp, 0], lamps.power[lamp, 1], lamps.power[lamp, 2]
    zero, one, half = f32(0.0), f32(1.0), f32(0.5)
    fade = one / (lamps.reach[lamp] * lamps.reach[lamp])
    beam = lamps.beam[lamp]
    narrow = one / (beam * beam) if beam > zero else zero
    for i in range(count):
        dx, dy, dz = strip[X + i] - px, strip[Y + i] - py, strip[Z + i] - pz
        square = dx * dx + dy * dy + dz * dz + f32(0.01)
        inverse = one / sqrt(square)
        along = dx * ax + dy * ay + dz * az
        fall = -(dx * strip[NORMAL_X + i] + dy * strip[NORMAL_Y + i] + dz * strip[NORMAL_Z + i]) * inverse
        left = max(one - square * fade, zero)
        if beam > zero:
            ahead = one / max(along, f32(0.05))
            rise = (dz - along * az) * ahead
            aside = max((square - along * along) * ahead * ahead - rise * rise, zero) * narrow
            below = min(max(f32(0.3) - f32(16.0) * rise, f32(0.07)), one)
            share = below / (one + aside * aside) if along > zero else zero
            fall = max(half * fall + half * min(max(f32(4.0) * fall, zero), one), zero)
            share *= left * left * fall / (f32(18.0) + f32(0.16) * square)
        else:
            share = left * left * max(fall, zero) * max(along * inverse, zero) / (square + f32(0.4))
        strip[LIGHT_RED + i] += red * share
        strip[LIGHT_GREEN + i] += green * share
        strip[LIGHT_BLUE + i] += blue * share


@lean
def lamplight(strip: NDArray[np.float32], lamps: Lamps, box: NDArray[np.float32], count: int) -> None:
    """Add the lamps that reach the fragments to the columns LIGHT; box (6,): what `bounds` found."""
    for lamp in range(lamps.reach.shape[0]):
        square = f32(0.0)
        for k in range(3):
            place = lamps.position[lamp, k]
            away = max(box[2 * k] - place, place - box[2 * k + 1], f32(0.0))
            square += away * away
        if square < lamps.reach[lamp] * lamps.reach[lamp]:
            _add_lamp(strip, lamps, lamp, count)


@lean
def reflect(strip: NDArray[np.float32], light: Light, count: int) -> None:
    """Turn colour into radiance: lit colour, glow, and the mirrored surroundings of glossy and wet surfaces.

    Of the surroundings only the sky is known; towards the horizon they darken to what a street looks like.
    """
    zero, one = f32(0.0), f32(1.0)
    z0, z1, z2 = light.zenith[0], light.zenith[1], light.zenith[2]
    h0, h1, h2 = light.horizon[0], light.horizon[1], light.horizon[2]
    g0, g1, g2 = light.ground_light[0], light.ground_light[1], light.ground_light[2]
    s0, s1, s2 = light.sun[0], light.sun[1], light.sun[2]
    d0, d1, d2 = light.sunlight[0], light.sunlight[1], light.sunlight[2]
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
        share = gloss + (min(f32(4.0) * gloss, one) - gloss) * f32(0.8) * fresnel
        share = max(share, wet * wet * (f32(0.05) + f32(0.9) * fresnel))
        up = min(max(rz, zero), one)
        low = one - up
        low = low * low
        low = low * low
        sky = min(max(f32(0.25) + f32(5.0) * (rz - f32(0.03)), f32(0.1)), one)
        glint = max(rx * s0 + ry * s1 + rz * s2, zero)
        for _ in range(7):
            glint *= glint
        glint *= f32(12.0) * min(f32(4.0) * strip[SUN + i], one)
        keep = one - share
        red = (z0 + (h0 - z0) * low) * sky + g0 * (one - sky) + glint * d0
        green = (z1 + (h1 - z1) * low) * sky + g1 * (one - sky) + glint * d1
        blue = (z2 + (h2 - z2) * low) * sky + g2 * (one - sky) + glint * d2
        strip[RED + i] = strip[RED + i] * strip[LIGHT_RED + i] * keep + strip[GLOW_RED + i] + share * red
        strip[GREEN + i] = strip[GREEN + i] * strip[LIGHT_GREEN + i] * keep + strip[GLOW_GREEN + i] + share * green
        strip[BLUE + i] = strip[BLUE + i] * strip[LIGHT_BLUE + i] * keep + strip[GLOW_BLUE + i] + share * blue


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
