"""The sky behind everything, and the air before everything: clouds, sun, stars, fog and haze."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.setting import CLOUD_BITS, NOISE_BITS, Light, Textures
from lead.rendering.kernels.strip import (
    BLUE,
    CHART_U,
    CHART_V,
    GREEN,
    NOISE_0,
    NOISE_1,
    RANGE,
    RED,
    VIEW_X,
    VIEW_Y,
    VIEW_Z,
    Z,
    f32,
    grain,
    lean,
    smooth,
)  # fmt: skip

CLOUD_TEXELS = f32(26.0)  # texels of the cloud table per unit of slope from the zenith
STAR_TEXELS = f32(420.0)  # texels of the noise per unit of slope from the zenith
FARTHEST = f32(4000.0)  # m of air that count towards the horizon


@lean
def transmission(depth: float) -> float:
    """exp(-depth) for a depth >= 0, within 3 %."""
    one = f32(1.0)
    return one / (one + depth * (one + depth * (f32(0.5) + depth * (f32(0.1667) + f32(0.0417) * depth))))


@lean
def air(strip: NDArray[np.float32], light: Light, eye_z: float, count: int) -> None:
    """Fog and haze between the eye and the fragments. Fog thins upwards from the eye's height `eye_z` (m)."""
    zero, one = f32(0.0), f32(1.0)
    density, start, falloff, haze = light.fog_density, light.fog_start, light.fog_falloff, light.haze
    f0, f1, f2 = light.fog[0], light.fog[1], light.fog[2]
    g0, g1, g2 = light.glow[0], light.glow[1], light.glow[2]
    s0, s1, s2 = light.sun[0], light.sun[1], light.sun[2]
    eye = f32(eye_z)
    for i in range(count):
        away = strip[RANGE + i]
        rise = min(max(falloff * (strip[Z + i] - eye), f32(-3.0)), f32(30.0))
        mean = one / (one + rise * (f32(0.5) + f32(0.08333) * rise))
        clear = transmission(density * mean * max(away - start, zero) + haze * away)
        toward = max(strip[VIEW_X + i] * s0 + strip[VIEW_Y + i] * s1 + strip[VIEW_Z + i] * s2, zero)
        toward *= toward
        toward *= toward
        toward *= f32(0.6) * toward
        lost = one - clear
        strip[RED + i] = strip[RED + i] * clear + (f0 + g0 * toward) * lost
        strip[GREEN + i] = strip[GREEN + i] * clear + (f1 + g1 * toward) * lost
        strip[BLUE + i] = strip[BLUE + i] * clear + (f2 + g2 * toward) * lost


@lean
def _gradient(strip: NDArray[np.float32], light: Light, first: int, last: int) -> None:
    """Clear air: from zenith to horizon, brighter towards the sun, and the sun itself."""
    zero, one = f32(0.0), f32(1.0)
    z0, z1, z2 = light.zenith[0], light.zenith[1], light.zenith[2]
    h0, h1, h2 = light.horizon[0], light.horizon[1], light.horizon[2]
    g0, g1, g2 = light.glow[0], light.glow[1], light.glow[2]
    d0, d1, d2 = light.disc[0], light.disc[1], light.disc[2]
    s0, s1, s2 = light.sun[0], light.sun[1], light.sun[2]
    for i in range(first, last):
        height = max(strip[VIEW_Z + i], zero)
        low = one - height
        low *= low
        low *= low * low
        toward = strip[VIEW_X + i] * s0 + strip[VIEW_Y + i] * s1 + strip[VIEW_Z + i] * s2
        disc = min(max((toward - f32(0.99978)) * f32(12000.0), zero), one)
        toward = max(toward, zero)
        broad = toward * toward
        broad *= broad
        near = broad * broad
        near *= near
        near *= near
        halo = near * near
        halo *= halo
        glow = (f32(0.35) * broad + f32(0.5) * near) * (f32(0.25) + f32(0.75) * low) + halo
        strip[RED + i] = z0 + (h0 - z0) * low + g0 * glow + d0 * disc
        strip[GREEN + i] = z1 + (h1 - z1) * low + g1 * glow + d1 * disc
        strip[BLUE + i] = z2 + (h2 - z2) * low + g2 * glow + d2 * disc


@lean
def _stars(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, light: Light, first: int, last: int
) -> None:
    """A few fixed points of light."""
    zero, one = f32(0.0), f32(1.0)
    for i in range(first, last):
        inverse = one / max(one + strip[VIEW_Z + i], f32(0.1))
        strip[CHART_U + i], strip[CHART_V + i] = strip[VIEW_X + i] * inverse, strip[VIEW_Y + i] * inverse
    grain(strip, codes, textures.noise, NOISE_BITS, first, last, CHART_U, CHART_V, STAR_TEXELS, NOISE_0)
    for i in range(first, last):
        high = min(max(f32(5.0) * strip[VIEW_Z + i] - f32(0.2), zero), one)
        star = light.stars * high * max(strip[NOISE_0 + i] - f32(0.955), zero) * f32(14.0)
        strip[RED + i] += star
        strip[GREEN + i] += star
        strip[BLUE + i] += f32(1.15) * star


@lean
def _clouds(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, light: Light, first: int, last: int
) -> None:
    """A layer of clouds, thicker where more of the sky is covered, with edges lit from the sun's side."""
    zero, one = f32(0.0), f32(1.0)
    cover = light.cloud_cover
    shift_u, shift_v = light.cloud_shift[0], light.cloud_shift[1]
    flat = sqrt(light.sun[0] * light.sun[0] + light.sun[1] * light.sun[1]) + f32(0.05)
    toward_u, toward_v = f32(5.0) * light.sun[0] / flat, f32(5.0) * light.sun[1] / flat
    for i in range(first, last):
        inverse = CLOUD_TEXELS / (max(strip[VIEW_Z + i], zero) + f32(0.09))
        strip[CHART_U + i] = strip[VIEW_X + i] * inverse + shift_u
        strip[CHART_V + i] = strip[VIEW_Y + i] * inverse + shift_v
    smooth(strip, codes, textures.clouds, CLOUD_BITS, first, last, CHART_U, CHART_V, f32(1.0), NOISE_0)
    for i in range(first, last):
        strip[CHART_U + i] += toward_u
        strip[CHART_V + i] += toward_v
    smooth(strip, codes, textures.clouds, CLOUD_BITS, first, last, CHART_U, CHART_V, f32(1.0), NOISE_1)
    b0, b1, b2 = light.cloud_bright[0], light.cloud_bright[1], light.cloud_bright[2]
    d0, d1, d2 = light.cloud_dark[0], light.cloud_dark[1], light.cloud_dark[2]
    least, solid = one - cover, max(f32(2.0) * cover - one, zero)
    for i in range(first, last):
        thick = strip[NOISE_0 + i] - least
        share = min(max(thick * f32(5.0), zero), one)
        share = max(share * share * (f32(3.0) - share - share), solid * solid)
        share *= min(max(strip[VIEW_Z + i] * f32(12.0), zero), one)
        bright = f32(0.62) + f32(2.6) * (strip[NOISE_0 + i] - strip[NOISE_1 + i]) - f32(0.9) * max(thick, zero)
        bright = min(max(bright, zero), one)
        strip[RED + i] += (d0 + (b0 - d0) * bright - strip[RED + i]) * share
        strip[GREEN + i] += (d1 + (b1 - d1) * bright - strip[GREEN + i]) * share
        strip[BLUE + i] += (d2 + (b2 - d2) * bright - strip[BLUE + i]) * share


@lean
def paint_sky(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], textures: Textures, light: Light, first: int, last: int
) -> None:
    """The sky in the directions of the fragments `first` to `last`, seen through the fog."""
    _gradient(strip, light, first, last)
    if light.stars > 0.0:
        _stars(strip, codes, textures, light, first, last)
    if light.cloud_cover > 0.0:
        _clouds(strip, codes, textures, light, first, last)
    one = f32(1.0)
    f0, f1, f2 = light.fog[0], light.fog[1], light.fog[2]
    density, falloff = light.fog_density, light.fog_falloff
    for i in range(first, last):
        length = one / (falloff * max(strip[VIEW_Z + i], f32(0.0)) + one / FARTHEST)
        lost = one - transmission(density * length)
        strip[RED + i] += (f0 - strip[RED + i]) * lost
        strip[GREEN + i] += (f1 - strip[GREEN + i]) * lost
        strip[BLUE + i] += (f2 - strip[BLUE + i]) * lost
