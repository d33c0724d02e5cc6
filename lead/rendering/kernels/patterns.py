"""Procedural surfaces: how a pattern changes the colour, gloss and glow of the fragments first to last of a strip.

Every pattern fades to its mean where its details are smaller than a pixel, so that nothing shimmers from afar.
"""

from math import sqrt

import numpy as np

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.codes import Pattern
from lead.rendering.kernels.facades import brick, facade, roof
from lead.rendering.kernels.setting import NOISE_BITS, ROAD_BITS, ROAD_TEXELS
from lead.rendering.kernels.strip import Codes, Floats, covered, f32, fading, grain, lean, smooth

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
    strip: Floats, codes: Codes, noise: Floats, road: Floats, night: float, pattern: int, first: int,
    last: int,
) -> None:  # fmt: skip
    """Apply one pattern to the fragments `first` to `last`, which all have it."""
    if pattern == ASPHALT:
        _asphalt(strip, codes, noise, road, first, last)
    elif pattern == FACADE:
        facade(strip, codes, noise, night, first, last)
    elif pattern == FOLIAGE:
        _foliage(strip, codes, noise, first, last)
    elif pattern == PAVING:
        _paving(strip, codes, noise, first, last)
    elif pattern == GRASS:
        _grass(strip, codes, noise, first, last)
    elif pattern == MARKING:
        _marking(strip, codes, noise, first, last)
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
def _asphalt(strip: Floats, codes: Codes, noise: Floats, road: Floats, first: int, last: int) -> None:
    """Stone grain, a little unevenness, and what years leave: patches, cracks, oil."""
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(48.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(5.3), at.NOISE_1)
    smooth(strip, codes, road, ROAD_BITS, first, last, at.CHART_U, at.CHART_V, f32(ROAD_TEXELS), at.NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        k = one + f32(0.9) * (strip[at.NOISE_0 + i] - half) * fading(width, f32(0.021))
        k *= one + f32(0.3) * (strip[at.NOISE_1 + i] - half) * fading(width, f32(0.19))
        k *= one + f32(1.3) * (strip[at.NOISE_2 + i] - one) * fading(width, f32(0.3))
        strip[at.RED + i] *= k
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k


@lean
def _marking(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Road paint, worn through in places to the asphalt below."""
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(30.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(2.1), at.NOISE_1)
    half, one, asphalt = f32(0.5), f32(1.0), f32(0.075)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        fine = (strip[at.NOISE_0 + i] - half) * fading(width, f32(0.033))
        worn = (strip[at.NOISE_1 + i] - half) * fading(width, f32(0.45))
        bare = min(max(f32(2.4) * (worn + f32(0.7) * fine) - f32(0.35), f32(0.0)), f32(0.75))
        k = (one + f32(0.3) * fine) * (one - bare)
        strip[at.RED + i] = strip[at.RED + i] * k + asphalt * bare
        strip[at.GREEN + i] = strip[at.GREEN + i] * k + asphalt * bare
        strip[at.BLUE + i] = strip[at.BLUE + i] * k + asphalt * bare


@lean
def _paving(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Square slabs that differ a little, with dark joints; walls of kerbs show none."""
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(26.0), at.NOISE_0)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(1.0) / SLAB, at.NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(1.1), at.NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        u, v = strip[at.CHART_U + i] * (one / SLAB), strip[at.CHART_V + i] * (one / SLAB)
        u = half - abs(u - np.floor(u) - half)
        v = half - abs(v - np.floor(v) - half)
        joints = min(covered(u * SLAB, JOINT, width) + covered(v * SLAB, JOINT, width), one)
        k = one + f32(0.3) * (strip[at.NOISE_0 + i] - half) * fading(width, f32(0.038))
        k *= one + f32(0.24) * (strip[at.NOISE_1 + i] - half) * fading(width, SLAB)
        k *= one + f32(0.24) * (strip[at.NOISE_2 + i] - half)
        k *= one - f32(0.5) * joints * fading(width, f32(0.5) * SLAB)
        strip[at.RED + i] *= k
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k


@lean
def _grass(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Blades, tufts, and dry places."""
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(34.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(2.9), at.NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(0.23), at.NOISE_2)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        k = one + f32(1.4) * (strip[at.NOISE_0 + i] - half) * fading(width, f32(0.03))
        k *= one + f32(0.7) * (strip[at.NOISE_1 + i] - half) * fading(width, f32(0.34))
        dry = min(max(f32(2.2) * (strip[at.NOISE_2 + i] - half) + f32(0.3), f32(0.0)), one) * fading(width, f32(3.0))
        strip[at.RED + i] *= k * (one + f32(0.75) * dry)
        strip[at.GREEN + i] *= k * (one + f32(0.1) * dry)
        strip[at.BLUE + i] *= k


@lean
def _foliage(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Leaves that look every way, with dark gaps between: hides the flat triangles of a crown."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        x, y, z = strip[at.X + i], strip[at.Y + i], strip[at.Z + i]
        nx, ny, nz = abs(strip[at.NORMAL_X + i]), abs(strip[at.NORMAL_Y + i]), abs(strip[at.NORMAL_Z + i])
        strip[at.CHART_U + i] = y if nx > ny and nx > nz else x
        strip[at.CHART_V + i] = y if nz > nx and nz > ny else z
        strip[at.CHART_W + i] = x + y - z
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(17.0), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_W, at.CHART_V, f32(1.3), at.NOISE_1)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(5.6), at.NOISE_2)
    for i in range(first, last):
        width = strip[at.WIDTH + i]
        fine, clump = fading(width, f32(0.06)), fading(width, f32(0.2))
        leaf = (strip[at.NOISE_0 + i] - half) * fine
        big, heap = strip[at.NOISE_1 + i] - half, (strip[at.NOISE_2 + i] - half) * clump
        right = strip[at.TAP_1 + i] - strip[at.TAP_0 + i] + strip[at.TAP_3 + i] - strip[at.TAP_2 + i]
        down = strip[at.TAP_2 + i] - strip[at.TAP_0 + i] + strip[at.TAP_3 + i] - strip[at.TAP_1 + i]
        x = strip[at.NORMAL_X + i] + f32(1.1) * clump * right + f32(1.3) * leaf + f32(0.8) * big
        y = strip[at.NORMAL_Y + i] - f32(1.1) * clump * right - f32(1.3) * leaf
        z = strip[at.NORMAL_Z + i] - f32(1.1) * clump * down + f32(1.0) * (big + heap) + f32(0.25)
        inverse = one / sqrt(x * x + y * y + z * z + f32(1e-6))
        strip[at.NORMAL_X + i], strip[at.NORMAL_Y + i], strip[at.NORMAL_Z + i] = x * inverse, y * inverse, z * inverse
        k = max(one + f32(1.5) * leaf + f32(2.3) * heap + f32(0.9) * big, f32(0.1))
        strip[at.RED + i] *= k * (one + f32(0.9) * big)
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k * (one - f32(0.5) * big)


@lean
def _wood(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Upright fibres, boards across."""
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        strip[at.NOISE_1 + i] = strip[at.CHART_V + i] * f32(0.08)
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.NOISE_1, f32(42.0), at.NOISE_0)
    for i in range(first, last):
        width = strip[at.STRETCH + i]
        u = strip[at.CHART_U + i] * (one / PLANK)
        u = half - abs(u - np.floor(u) - half)
        k = one + f32(0.8) * (strip[at.NOISE_0 + i] - half) * fading(width, f32(0.024))
        k *= one - f32(0.45) * covered(u * PLANK, f32(0.012), width) * fading(width, f32(0.5) * PLANK)
        strip[at.RED + i] *= k
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k


@lean
def _speckle(
    strip: Floats, codes: Codes, noise: Floats, first: int, last: int,
    fine: float, depth: float, coarse: float, stain: float,
) -> None:  # fmt: skip
    """Grain of `fine` texels per m and strength `depth` over stains of `coarse` texels per m and strength `stain`."""
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, fine, at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, coarse, at.NOISE_1)
    half, one, texel, blot = f32(0.5), f32(1.0), f32(1.0) / fine, f32(1.0) / coarse
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        k = one + depth * (strip[at.NOISE_0 + i] - half) * fading(width, texel)
        k *= one + stain * (strip[at.NOISE_1 + i] - half) * fading(width, blot)
        strip[at.RED + i] *= k
        strip[at.GREEN + i] *= k
        strip[at.BLUE + i] *= k


@lean
def _water(strip: Floats, codes: Codes, noise: Floats, first: int, last: int) -> None:
    """Ripples that tilt the mirror."""
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, f32(1.7), at.NOISE_0)
    smooth(strip, codes, noise, NOISE_BITS, first, last, at.CHART_V, at.CHART_U, f32(0.63), at.NOISE_1)
    half, one = f32(0.5), f32(1.0)
    for i in range(first, last):
        still = fading(strip[at.STRETCH + i], f32(2.0))
        x, y = f32(0.3) * still * (strip[at.NOISE_0 + i] - half), f32(0.3) * still * (strip[at.NOISE_1 + i] - half)
        inverse = one / sqrt(x * x + y * y + one)
        strip[at.NORMAL_X + i], strip[at.NORMAL_Y + i], strip[at.NORMAL_Z + i] = x * inverse, y * inverse, inverse


@lean
def _hazard(strip: Floats, first: int, last: int) -> None:
    """Diagonal stripes of the material's colour and white."""
    half, white = f32(0.5), f32(0.82)
    for i in range(first, last):
        width = sqrt(strip[at.WIDTH + i] * strip[at.STRETCH + i])
        across = (strip[at.CHART_U + i] + strip[at.CHART_V + i]) * (f32(0.7071) / STRIPE)
        across = abs(across - np.floor(across) - half) * STRIPE
        share = covered(across, f32(0.5) * STRIPE, min(width, STRIPE))
        strip[at.RED + i] += (white - strip[at.RED + i]) * share
        strip[at.GREEN + i] += (white - strip[at.GREEN + i]) * share
        strip[at.BLUE + i] += (white - strip[at.BLUE + i]) * share
