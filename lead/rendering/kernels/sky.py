"""The sky behind everything, and the air before everything: clouds, sun, stars, fog and haze."""

from math import sqrt

import numpy as np

from lead.rendering.kernels import setting as of
from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import CLOUD_BITS, NOISE_BITS
from lead.rendering.kernels.strip import Codes, Floats, f32, grain, lean, smooth, triple

CLOUD_TEXELS = f32(26.0)  # texels of the cloud table per unit of slope from the zenith
STAR_TEXELS = f32(420.0)  # texels of the noise per unit of slope from the zenith
FARTHEST = f32(4000.0)  # m of air that count towards the horizon


@lean
def transmission(depth: float) -> float:
    """exp(-depth) for a depth >= 0, within 3 %."""
    one = f32(1.0)
    return one / (one + depth * (one + depth * (f32(0.5) + depth * (f32(0.1667) + f32(0.0417) * depth))))


@lean
def air(strip: Floats, light: Floats, eye_z: float, count: int) -> None:
    """Fog and haze between the eye and the fragments. Fog thins upwards from the eye's height `eye_z` (m)."""
    zero, one = f32(0.0), f32(1.0)
    density, start, falloff, haze = light[of.FOG_DENSITY], light[of.FOG_START], light[of.FOG_FALLOFF], light[of.HAZE]
    f0, f1, f2 = triple(light, of.FOG)
    g0, g1, g2 = triple(light, of.GLOW)
    s0, s1, s2 = triple(light, of.SUN)
    eye = f32(eye_z)
    for i in range(count):
        away = strip[at.RANGE + i]
        rise = min(max(falloff * (strip[at.Z + i] - eye), f32(-3.0)), f32(30.0))
        mean = one / (one + rise * (f32(0.5) + f32(0.08333) * rise))
        clear = transmission(density * mean * max(away - start, zero) + haze * away)
        toward = max(strip[at.VIEW_X + i] * s0 + strip[at.VIEW_Y + i] * s1 + strip[at.VIEW_Z + i] * s2, zero)
        toward *= toward
        toward *= toward
        toward *= f32(0.35) * toward
        lost = one - clear
        strip[at.RED + i] = strip[at.RED + i] * clear + (f0 + g0 * toward) * lost
        strip[at.GREEN + i] = strip[at.GREEN + i] * clear + (f1 + g1 * toward) * lost
        strip[at.BLUE + i] = strip[at.BLUE + i] * clear + (f2 + g2 * toward) * lost


@lean
def _gradient(strip: Floats, light: Floats, first: int, last: int) -> None:
    """Clear air: from zenith to horizon, brighter towards the sun, and the sun itself."""
    zero, one = f32(0.0), f32(1.0)
    z0, z1, z2 = triple(light, of.ZENITH)
    h0, h1, h2 = triple(light, of.HORIZON)
    g0, g1, g2 = triple(light, of.GLOW)
    d0, d1, d2 = triple(light, of.DISC)
    s0, s1, s2 = triple(light, of.SUN)
    for i in range(first, last):
        height = max(strip[at.VIEW_Z + i], zero)
        low = one - height
        low *= low
        low *= low * low
        toward = strip[at.VIEW_X + i] * s0 + strip[at.VIEW_Y + i] * s1 + strip[at.VIEW_Z + i] * s2
        disc = min(max((toward - f32(0.99991)) * f32(30000.0), zero), one)
        toward = max(toward, zero)
        broad = toward * toward
        broad *= broad
        near = broad * broad
        near *= near
        near *= near
        halo = near * near
        halo *= halo
        glow = (f32(0.35) * broad + f32(0.5) * near) * (f32(0.25) + f32(0.75) * low) + halo
        strip[at.RED + i] = z0 + (h0 - z0) * low + g0 * glow + d0 * disc
        strip[at.GREEN + i] = z1 + (h1 - z1) * low + g1 * glow + d1 * disc
        strip[at.BLUE + i] = z2 + (h2 - z2) * low + g2 * glow + d2 * disc


@lean
def _stars(strip: Floats, codes: Codes, noise: Floats, light: Floats, first: int, last: int) -> None:
    """A few fixed points of light."""
    zero, one = f32(0.0), f32(1.0)
    for i in range(first, last):
        inverse = one / max(one + strip[at.VIEW_Z + i], f32(0.1))
        strip[at.CHART_U + i], strip[at.CHART_V + i] = strip[at.VIEW_X + i] * inverse, strip[at.VIEW_Y + i] * inverse
    grain(strip, codes, noise, NOISE_BITS, first, last, at.CHART_U, at.CHART_V, STAR_TEXELS, at.NOISE_0)
    for i in range(first, last):
        high = min(max(f32(5.0) * strip[at.VIEW_Z + i] - f32(0.2), zero), one)
        star = light[of.STARS] * high * max(strip[at.NOISE_0 + i] - f32(0.87), zero) * f32(9.0)
        strip[at.RED + i] += star
        strip[at.GREEN + i] += star
        strip[at.BLUE + i] += f32(1.15) * star


@lean
def _clouds(strip: Floats, codes: Codes, clouds: Floats, light: Floats, first: int, last: int) -> None:
    """A layer of clouds, thicker where more of the sky is covered, with edges lit from the sun's side."""
    zero, one = f32(0.0), f32(1.0)
    cover = light[of.CLOUD_COVER]
    shift_u, shift_v = light[of.CLOUD_SHIFT], light[of.CLOUD_SHIFT + np.uint64(1)]
    flat = sqrt(light[of.SUN] * light[of.SUN] + light[of.SUN + np.uint64(1)] * light[of.SUN + np.uint64(1)]) + f32(0.05)
    toward_u, toward_v = f32(5.0) * light[of.SUN] / flat, f32(5.0) * light[of.SUN + np.uint64(1)] / flat
    for i in range(first, last):
        inverse = CLOUD_TEXELS / (max(strip[at.VIEW_Z + i], zero) + f32(0.09))
        strip[at.CHART_U + i] = strip[at.VIEW_X + i] * inverse + shift_u
        strip[at.CHART_V + i] = strip[at.VIEW_Y + i] * inverse + shift_v
    smooth(strip, codes, clouds, CLOUD_BITS, first, last, at.CHART_U, at.CHART_V, f32(1.0), at.NOISE_0)
    for i in range(first, last):
        strip[at.CHART_U + i] += toward_u
        strip[at.CHART_V + i] += toward_v
    smooth(strip, codes, clouds, CLOUD_BITS, first, last, at.CHART_U, at.CHART_V, f32(1.0), at.NOISE_1)
    b0, b1, b2 = triple(light, of.CLOUD_BRIGHT)
    d0, d1, d2 = triple(light, of.CLOUD_DARK)
    least, solid = one - cover, max(f32(2.0) * cover - one, zero)
    for i in range(first, last):
        thick = strip[at.NOISE_0 + i] - least
        share = min(max(thick * f32(5.0), zero), one)
        share = max(share * share * (f32(3.0) - share - share), solid * solid)
        share *= min(max(strip[at.VIEW_Z + i] * f32(12.0), zero), one)
        bright = f32(0.62) + f32(2.6) * (strip[at.NOISE_0 + i] - strip[at.NOISE_1 + i]) - f32(0.9) * max(thick, zero)
        bright = min(max(bright, zero), one)
        strip[at.RED + i] += (d0 + (b0 - d0) * bright - strip[at.RED + i]) * share
        strip[at.GREEN + i] += (d1 + (b1 - d1) * bright - strip[at.GREEN + i]) * share
        strip[at.BLUE + i] += (d2 + (b2 - d2) * bright - strip[at.BLUE + i]) * share


@lean
def paint_sky(strip: Floats, codes: Codes, noise: Floats, clouds: Floats, light: Floats, first: int, last: int) -> None:
    """The sky in the directions of the fragments `first` to `last`, seen through the fog."""
    _gradient(strip, light, first, last)
    if light[of.STARS] > 0.0:
        _stars(strip, codes, noise, light, first, last)
    if light[of.CLOUD_COVER] > 0.0:
        _clouds(strip, codes, clouds, light, first, last)
    one = f32(1.0)
    f0, f1, f2 = triple(light, of.FOG)
    density, falloff = light[of.FOG_DENSITY], light[of.FOG_FALLOFF]
    for i in range(first, last):
        length = one / (falloff * max(strip[at.VIEW_Z + i], f32(0.0)) + one / FARTHEST)
        lost = one - transmission(density * length)
        strip[at.RED + i] += (f0 - strip[at.RED + i]) * lost
        strip[at.GREEN + i] += (f1 - strip[at.GREEN + i]) * lost
        strip[at.BLUE + i] += (f2 - strip[at.BLUE + i]) * lost
