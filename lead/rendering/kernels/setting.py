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
    fog: NDArray[np.float32]  # (3,) its colour
    cloud_shift: NDArray[np.float32]  # (2,) how far the wind has carried the clouds, in cloud texels
    wind: NDArray[np.float32]  # (2,) m/s, what drifts with it
    cloud_cover: float  # share of the sky that clouds cover, 0-1
    fog_density: float  # share of light lost per metre at the eye's height
    fog_start: float  # m
    fog_falloff: float  # share of fog lost per metre upwards
    haze: float  # share of light lost per metre at any height
    stars: float  # 0-1
    wet: float  # 0-1, film of water on what faces up
    puddles: float  # 0-1
    rain: float  # 0-1
    frame: float  # number of the moment, for what flickers from picture to picture
    night: float  # 0-1: windows are lit, lamps count
    exposure: float  # factor from radiance to the film


# Kernels take a light as one array (LIGHT_COLUMNS,) of all these numbers, from these places on.
(
    SUN, SUNLIGHT, SKY_LIGHT, GROUND_LIGHT, ZENITH, HORIZON, GLOW, DISC, CLOUD_BRIGHT, CLOUD_DARK, FOG,
) = (np.uint64(place) for place in range(0, 33, 3))  # fmt: skip
CLOUD_SHIFT, WIND = np.uint64(33), np.uint64(35)
(
    CLOUD_COVER, FOG_DENSITY, FOG_START, FOG_FALLOFF, HAZE, STARS, WET, PUDDLES, RAIN, FRAME, NIGHT, EXPOSURE,
) = (np.uint64(place) for place in range(37, 49))  # fmt: skip
LIGHT_COLUMNS = 49

# Kernels take the lamps near a camera as rows (L, LAMP_COLUMNS): place (m), unit vector they shine along, light on a
# surface 1 m away (RGB), their own radiance (RGB), how far they reach (m), radius (m), and the tangent of a headlamp's
# half width, or 0 for lamps that shine all around before them.
POSITION, AXIS, POWER, SHINE, REACH, RADIUS, BEAM = (np.uint64(place) for place in (0, 3, 6, 9, 12, 13, 14))
LAMP_COLUMNS = 15


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


class Camera(NamedTuple):
    """From where a picture is seen; pixels are those of the part that is drawn at a time."""

    eye: NDArray[np.float32]  # (3,) m
    axes: NDArray[np.float32]  # (3, 3) rows right, down, forward
    focal: np.float32  # pixels
    centre_x: np.float32  # pixels; the middle of pixel (i, j) is at x = j + 0.5, y = i + 0.5
    centre_y: np.float32


class Canvas(NamedTuple):
    """The part of a picture that is drawn at a time: all rows of a range of columns."""

    samples: int  # along each side of a pixel, 1 or 2
    rows: int  # pixels
    columns: int
    inverse_depth: NDArray[np.float32]  # (samples rows * samples columns,) 1 / z of its samples
    shown: NDArray[np.uint8]  # (rows * width * 4,) BGRA of the whole picture
    width: int  # pixels of the whole picture
    from_left: int  # its column where the part begins


class Textures(NamedTuple):
    """Square tables, row by row; all repeat at their edges."""

    noise: NDArray[np.float32]  # (2^16,) 0-1, mean 0.5, fine grain over a little coarser one
    clouds: NDArray[np.float32]  # (2^18,) 0-1: share of all places where a cloud is thinner
    road: NDArray[np.float32]  # (2^18,) brightness of asphalt around 1: stains, patches, sealed cracks
    radiance: NDArray[np.float32]  # (256,) radiance of a code as shown: `tone` backwards
    tone: NDArray[np.uint8]  # (TONE_STEPS,) sRGB code of radiance (row / TONE_SCALE)^2
