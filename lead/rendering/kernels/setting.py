"""What shading kernels see of light: the weather's light, shadow maps, lamps that shine, and the tables of textures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOISE_BITS = np.int64(8)  # noise has 2^8 x 2^8 texels
CLOUD_BITS = np.int64(9)
ROAD_BITS = np.int64(9)
ROAD_TEXELS = 8.0  # per metre: the wear of roads repeats after 64 m
TONE_STEPS = 2048
TONE_SCALE = 640.0  # row of the tone table per square root of radiance: the last row stands for 10.2

FIXED_BITS = np.int64(11)  # the shadow map of what stands still has 2^11 x 2^11 texels
MOVER_BITS = np.int64(9)
CONTACT_BITS = np.int64(8)


class Light(NamedTuple):
    """Sun, sky and air. Colours are linear RGB; a white surface that faces the noon sun sends out 1."""

    sun: NDArray[np.float32]  # (3,) unit vector to the sun
    sunlight: NDArray[np.float32]  # (3,) on a surface that faces the sun; 0: no sun, no shadows
    sky_light: NDArray[np.float32]  # (3,) on a surface that faces up, from the sky
    ground_light: NDArray[np.float32]  # (3,) on a surface that faces down, from the ground
    zenith: NDArray[np.float32]  # (3,) of the sky
    horizon: NDArray[np.float32]  # (3,) of the sky
    glow: NDArray[np.float32]  # (3,) of the haze around the sun
    disc: NDArray[np.float32]  # (3,) of the sun itself
    cloud_bright: NDArray[np.float32]  # (3,) of clouds' sunny edges
    cloud_dark: NDArray[np.float32]  # (3,) of their shadowed bellies
    cloud_cover: np.float32  # share of the sky that clouds cover, 0-1
    cloud_shift: NDArray[np.float32]  # (2,) how far the wind has carried them, in cloud texels
    fog: NDArray[np.float32]  # (3,) its colour
    fog_density: np.float32  # share of light lost per metre at the eye's height
    fog_start: np.float32  # m
    fog_falloff: np.float32  # share of fog lost per metre upwards
    haze: np.float32  # share of light lost per metre at any height
    stars: np.float32  # 0-1
    wet: np.float32  # 0-1, film of water on what faces up
    puddles: np.float32  # 0-1
    rain: np.float32  # 0-1
    wind: NDArray[np.float32]  # (2,) m/s, what drifts with it
    frame: np.uint32  # number of the moment, for what flickers from picture to picture
    night: np.float32  # 0-1: windows are lit, lamps count
    exposure: np.float32  # factor from radiance to the film


class ShadowMap(NamedTuple):
    """Height of the highest thing on each ray of parallel light, where that ray meets the plane z = 0.

    The ray through (x, y, z) meets it at (x - z slope_x, y - z slope_y).
    """

    height: NDArray[np.float32]  # (n * n,) m, row by row along y
    low: NDArray[np.float32]  # (2,) m, x and y of the outer corner of the first texel
    scale: np.float32  # texels per m; 0: no map
    slope: NDArray[np.float32]  # (2,) m along x and y per m of height
    busy: NDArray[np.uint8]  # (n / 8, n / 8) whether anything stands on the rays of 8 x 8 texels


class Shadows(NamedTuple):
    """Shadow maps of the place and the tick."""

    fixed: ShadowMap  # of what stands still, from the sun
    movers: ShadowMap  # of actors, from the sun
    contact: ShadowMap  # of actors, from straight above: up to which height the ground under them is darkened
    cover: NDArray[np.float32]  # (n * n,) 0-1, as fine as `contact`: by how much


class Lamps(NamedTuple):
    """Lamps that are on near the camera (L rows)."""

    position: NDArray[np.float32]  # (L, 3) m
    axis: NDArray[np.float32]  # (L, 3) unit vector it shines along
    power: NDArray[np.float32]  # (L, 3) light on a surface 1 m away
    shine: NDArray[np.float32]  # (L, 3) its own radiance
    reach: NDArray[np.float32]  # (L,) m
    size: NDArray[np.float32]  # (L,) m, radius
    beam: NDArray[np.float32]  # (L,) 0: shines all around before it; else tangent of a headlamp's half width


class Textures(NamedTuple):
    """Square tables, row by row; all repeat at their edges."""

    noise: NDArray[np.float32]  # (2^16,) 0-1, mean 0.5, fine grain over a little coarser one
    clouds: NDArray[np.float32]  # (2^18,) 0-1: share of all places where a cloud is thinner
    road: NDArray[np.float32]  # (2^18,) brightness of asphalt around 1: stains, patches, sealed cracks
    tone: NDArray[np.uint8]  # (TONE_STEPS,) sRGB code of radiance (row / TONE_SCALE)^2
