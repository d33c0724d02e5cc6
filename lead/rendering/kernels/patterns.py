"""Procedural surfaces: how a pattern changes the colour, gloss and glow of the fragments first to last of a strip.

Every pattern fades to its mean where its details are smaller than a pixel, so that nothing shimmers from afar.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import Pattern
from lead.rendering.kernels.facades import brick, facade, roof
from lead.rendering.kernels.setting import NOISE_BITS, ROAD_BITS, ROAD_TEXELS, Light, Textures
from lead.rendering.kernels.strip import (
    BLUE,
    CHART_U,
    CHART_V,
    CHART_W,
    GREEN,
    NOISE_0,
    NOISE_1,
    NOISE_2,
    NOISE_3,
    NORMAL_X,
    NORMAL_Y,
    NORMAL_Z,
    RED,
    STRETCH,
    WIDTH,
    X,
    Y,
    Z,
    covered,
    f32,
    fading,
    grain,
    lean,
    smooth,
)  # fmt: skip

ASPHALT, PAVING, FACADE, FOLIAGE = int(Pattern.ASPHALT), int(Pattern.PAVING), int(Pattern.FACADE), int(Pattern.FOLIAGE)
GRASS, MARKING, BRICK, WOOD = int(Pattern.GRASS), int(Pattern.MARKING), int(Pattern.BRICK), int(Pattern.WOOD)
CONCRETE, METAL, CLOTH, ROOF = int(Pattern.CONCRETE), int(Pattern.METAL), int(Pattern.CLOTH), int(Pattern.ROOF)
SOIL, WATER, HAZARD = int(Pattern.SOIL), int(Pattern.WATER), int(Pattern.HAZARD)

SLAB = f32(0.6)  # m, side of a paving slab
JOINT = f32(0.014)  # m between slabs
PLANK = f32(0.14)  # m
STRIPE = f32(0.28)  # m from one hazard stripe to the next


@lean
def paint_pattern(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, light: Light, pattern: int, first: int,
    last: int,
) -> None:  # fmt: skip
    """Apply one pattern to the fragments `first` to `last`, which all have it."""
    noise = textures.noise
    if pattern == ASPHALT:
        _asphalt(strip, codes, textures, first, last)
    elif pattern == FACADE:
        facade(strip, codes, noise, light.night, first, last)
    elif pattern == FOLIAGE:
        _foliage(strip, codes, noise, first, last)
    elif pattern == PAVING:
        _paving(strip, codes, noise, first, last)
    elif pattern == GRASS:
        _grass(strip, codes, noise, first, last)
    elif pattern == MARKING:
        _marking(strip, codes, textures, first, last)
    elif pattern == BRICK:
        brick(strip, codes, noise, first, last)
    elif pattern == ROOF:
        roof(strip, codes, noise, first, last)
    elif pattern == WOOD:
        _wood(strip, codes, noise, first, last)
    elif pattern == CONCRETE:
        _speckle(strip, codes, noise, first, last, f32(14.0), f32(0.2), f32(0.9), f32(0.22))
    elif pattern == SOIL:
        _speckle(strip, codes, noise, first, last, f32(22.0), f32(0.6), f32(1.3), f32(0.5))
    elif pattern == METAL:
        _speckle(strip, codes, noise, first, last, f32(40.0), f32(0.08), f32(3.0), f32(0.1))
    elif pattern == CLOTH:
        _speckle(strip, codes, noise, first, last, f32(60.0), f32(0.25), f32(9.0), f32(0.25))
    elif pattern == WATER:
        _water(strip, codes, noise, first, last)
    elif pattern == HAZARD:
        _hazard(strip, first, last)


@lean
def _asphalt(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, first: int, last: int
) -> None:
    """Stone grain, a little unevenness, and what years leave: patches, cracks, oil."""
    grain(strip, codes, textures.noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(48.0), NOISE_0)
    smooth(strip, codes, textures.noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(5.3), NOISE_1)
    smooth(strip, codes, textures.road, ROAD_BITS, first, last, CHART_U, CHART_V, f32(ROAD_TEXELS), NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        k = one + f32(0.9) * (strip[NOISE_0 + i] - half) * fading(width, f32(0.021))
        k *= one + f32(0.3) * (strip[NOISE_1 + i] - half) * fading(width, f32(0.19))
        k *= one + f32(1.3) * (strip[NOISE_2 + i] - one) * fading(width, f32(0.3))
        strip[RED + i] *= k
        strip[GREEN + i] *= k
        strip[BLUE + i] *= k


@lean
def _marking(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, first: int, last: int
) -> None:
    """Road paint, worn through in places to the asphalt below."""
    grain(strip, codes, textures.noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(30.0), NOISE_0)
    smooth(strip, codes, textures.noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(2.1), NOISE_1)
    half, one, asphalt = f32(0.5), f32(1.0), f32(0.075)
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        fine = (strip[NOISE_0 + i] - half) * fading(width, f32(0.033))
        worn = (strip[NOISE_1 + i] - half) * fading(width, f32(0.45))
        bare = min(max(f32(2.4) * (worn + f32(0.7) * fine) - f32(0.35), f32(0.0)), f32(0.75))
        k = (one + f32(0.3) * fine) * (one - bare)
        strip[RED + i] = strip[RED + i] * k + asphalt * bare
        strip[GREEN + i] = strip[GREEN + i] * k + asphalt * bare
        strip[BLUE + i] = strip[BLUE + i] * k + asphalt * bare


@lean
def _paving(strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int) -> None:
    """Square slabs that differ a little, with dark joints; walls of kerbs show none."""
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(26.0), NOISE_0)
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(1.0) / SLAB, NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(1.1), NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        u, v = strip[CHART_U + i] * (one / SLAB), strip[CHART_V + i] * (one / SLAB)
        u = half - abs(u - np.floor(u) - half)
        v = half - abs(v - np.floor(v) - half)
        joints = min(covered(u * SLAB, JOINT, width) + covered(v * SLAB, JOINT, width), one)
        k = one + f32(0.3) * (strip[NOISE_0 + i] - half) * fading(width, f32(0.038))
        k *= one + f32(0.24) * (strip[NOISE_1 + i] - half) * fading(width, SLAB)
        k *= one + f32(0.24) * (strip[NOISE_2 + i] - half)
        k *= one - f32(0.5) * joints * fading(width, f32(0.5) * SLAB)
        strip[RED + i] *= k
        strip[GREEN + i] *= k
        strip[BLUE + i] *= k


@lean
def _grass(strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int) -> None:
    """Blades, tufts, and dry places."""
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(34.0), NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(2.9), NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(0.23), NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        k = one + f32(1.4) * (strip[NOISE_0 + i] - half) * fading(width, f32(0.03))
        k *= one + f32(0.7) * (strip[NOISE_1 + i] - half) * fading(width, f32(0.34))
        dry = min(max(f32(2.2) * (strip[NOISE_2 + i] - half) + f32(0.3), f32(0.0)), one) * fading(width, f32(3.0))
        strip[RED + i] *= k * (one + f32(0.75) * dry)
        strip[GREEN + i] *= k * (one + f32(0.1) * dry)
        strip[BLUE + i] *= k


@lean
def _foliage(strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int) -> None:
    """Leaves that look every way, with dark gaps between: hides the flat triangles of a crown."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        strip[CHART_U + i] = strip[X + i] + f32(0.37) * strip[Z + i]
        strip[CHART_V + i] = f32(0.83) * strip[Z + i] + f32(0.61) * strip[Y + i] - f32(0.2) * strip[X + i]
        strip[CHART_W + i] = strip[Y + i] - f32(0.45) * strip[Z + i]
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(17.0), NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_V, CHART_W, f32(5.0), NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_W, f32(4.3), NOISE_2)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(1.6), NOISE_3)
    for i in range(first, last):
        width = strip[WIDTH + i]
        fine, clump = fading(width, f32(0.06)), fading(width, f32(0.25))
        leaf = (strip[NOISE_0 + i] - half) * fine
        a, b = (strip[NOISE_1 + i] - half) * clump, (strip[NOISE_2 + i] - half) * clump
        c = strip[NOISE_3 + i] - half
        x = strip[NORMAL_X + i] + f32(2.6) * a + f32(1.2) * leaf + f32(1.2) * c
        y = strip[NORMAL_Y + i] + f32(2.6) * b - f32(1.2) * leaf + f32(0.8) * a
        z = strip[NORMAL_Z + i] + f32(1.2) * (a + b) + f32(1.4) * c + f32(0.25)
        inverse = one / sqrt(x * x + y * y + z * z + f32(1e-6))
        strip[NORMAL_X + i], strip[NORMAL_Y + i], strip[NORMAL_Z + i] = x * inverse, y * inverse, z * inverse
        k = max(one + f32(1.1) * leaf + f32(1.3) * (a + b) + f32(1.1) * c, f32(0.12))
        strip[RED + i] *= k * (one + f32(0.9) * c)
        strip[GREEN + i] *= k
        strip[BLUE + i] *= k * (one - f32(0.5) * c)


@lean
def _wood(strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int) -> None:
    """Upright fibres, boards across."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        strip[NOISE_1 + i] = strip[CHART_V + i] * f32(0.08)
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, NOISE_1, f32(42.0), NOISE_0)
    for i in range(first, last):
        width = strip[STRETCH + i]
        u = strip[CHART_U + i] * (one / PLANK)
        u = half - abs(u - np.floor(u) - half)
        k = one + f32(0.8) * (strip[NOISE_0 + i] - half) * fading(width, f32(0.024))
        k *= one - f32(0.45) * covered(u * PLANK, f32(0.012), width) * fading(width, f32(0.5) * PLANK)
        strip[RED + i] *= k
        strip[GREEN + i] *= k
        strip[BLUE + i] *= k


@lean
def _speckle(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int,
    fine: float, depth: float, coarse: float, stain: float,
) -> None:  # fmt: skip
    """Grain of `fine` texels per m and strength `depth` over stains of `coarse` texels per m and strength `stain`."""
    grain(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, fine, NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, coarse, NOISE_1)
    half, one, texel, blot = f32(0.5), f32(1.0), f32(1.0) / fine, f32(1.0) / coarse
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        k = one + depth * (strip[NOISE_0 + i] - half) * fading(width, texel)
        k *= one + stain * (strip[NOISE_1 + i] - half) * fading(width, blot)
        strip[RED + i] *= k
        strip[GREEN + i] *= k
        strip[BLUE + i] *= k


@lean
def _water(strip: NDArray[np.float32], codes: NDArray[np.uint32], noise: NDArray[np.float32], first: int, last: int) -> None:
    """Ripples that tilt the mirror."""
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_U, CHART_V, f32(1.7), NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, CHART_V, CHART_U, f32(0.63), NOISE_1)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        still = fading(strip[STRETCH + i], f32(2.0))
        x, y = f32(0.3) * still * (strip[NOISE_0 + i] - half), f32(0.3) * still * (strip[NOISE_1 + i] - half)
        inverse = one / sqrt(x * x + y * y + one)
        strip[NORMAL_X + i], strip[NORMAL_Y + i], strip[NORMAL_Z + i] = x * inverse, y * inverse, inverse


@lean
def _hazard(strip: NDArray[np.float32], first: int, last: int) -> None:
    """Diagonal stripes of the material's colour and white."""
    half, white = f32(0.5), f32(0.82)
    for i in range(first, last):
        width = sqrt(strip[WIDTH + i] * strip[STRETCH + i])
        across = (strip[CHART_U + i] + strip[CHART_V + i]) * (f32(0.7071) / STRIPE)
        across = abs(across - np.floor(across) - half) * STRIPE
        share = covered(across, f32(0.5) * STRIPE, min(width, STRIPE))
        strip[RED + i] += (white - strip[RED + i]) * share
        strip[GREEN + i] += (white - strip[GREEN + i]) * share
        strip[BLUE + i] += (white - strip[BLUE + i]) * share
