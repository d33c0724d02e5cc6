"""From the visibility buffer to a picture: surfaces, light, air and film, for a few hundred fragments at a time.

With 2 x 2 samples per pixel every surface that a pixel shows is shaded once, and the pixel is their mean as shown
(after the film's response), weighted by samples.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import setting as of
from lead.rendering.kernels import strip as at
from lead.rendering.kernels.fragments import collect, cursor_end, first_row
from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.lamplight import glare, lamplight, slope_bounds, streaks
from lead.rendering.kernels.lighting import bounds, daylight, drain, soak
from lead.rendering.kernels.mirror import combine, combine_matt, mirror, see_picture, see_sky
from lead.rendering.kernels.patterns import FOLIAGE, GRASS, paint_pattern
from lead.rendering.kernels.rain import draw_rain
from lead.rendering.kernels.scene import Objects, Triangles
from lead.rendering.kernels.setting import TONE_SCALE, TONE_STEPS, Camera, Canvas, Shadows, Textures
from lead.rendering.kernels.sky import air, paint_sky
from lead.rendering.kernels.strip import Codes, Floats, anywhere, f32, lean
from lead.rendering.kernels.surfaces import PATTERNS, SKY, materialise, measure, place, sort_by_pattern
from lead.rendering.materials import MaterialTable


@kernel
def shade(
    triangles: Triangles, objects: Objects, materials: MaterialTable, textures: Textures, light: Floats,
    shadows: Shadows, lamps: Floats, eye: Floats, axes: Floats, focal: float,
    centre_x: float, centre_y: float, samples: int, depth: Floats,
    face: Codes, image: NDArray[np.uint8], from_left: int,
) -> None:  # fmt: skip
    """Write what `raster` saw, `depth` and `face` (samples h, samples w), into the picture (h, W, 4) BGRA from column
    `from_left` on.

    samples: 1 or 2 along each side of a pixel. eye (3,) m; axes (3, 3) rows right, down, forward; focal length and
    centre in pixels of what was seen, the middle of pixel (i, j) at x = j + 0.5, y = i + 0.5.
    """
    strip, codes = np.empty(at.COLUMNS * at.SIZE, np.float32), np.empty(at.CODES * at.SIZE, np.uint32)
    start, bound = np.empty((2, PATTERNS + 1), np.uint64), np.empty(10, np.float32)
    faces, near = np.empty(4, np.uint32), np.empty(4, np.float32)
    camera = Camera(eye, axes, f32(focal), f32(centre_x), f32(centre_y))
    canvas = Canvas(
        samples, face.shape[0] // samples, face.shape[1] // samples, depth.reshape(depth.size),
        image.reshape(image.size), image.shape[1], from_left,
    )  # fmt: skip
    seen = face.reshape(face.size)
    cursor, end = 0, cursor_end(canvas)
    while cursor < end:
        ready = first_row(cursor, canvas.columns)
        count, cursor = collect(strip, codes, cursor, triangles, camera, canvas, seen, faces, near)
        _shade_strip(
            strip, codes, start, bound, count, triangles, objects, materials, textures, light, shadows, lamps, camera,
            canvas, ready,
        )  # fmt: skip
    if light[of.RAIN] > 0.0:
        draw_rain(textures.tone, light, camera, canvas)


@lean
def _shade_strip(
    strip: Floats, codes: Codes, start: NDArray[np.uint64], bound: Floats, count: int, triangles: Triangles,
    objects: Objects, materials: MaterialTable, textures: Textures, light: Floats, shadows: Shadows, lamps: Floats,
    camera: Camera, canvas: Canvas, ready: int,
) -> None:  # fmt: skip
    """Shade the fragments of a strip and write the pixels they are of; the rows before `ready` are written already."""
    sort_by_pattern(strip, codes, count, triangles.material, materials.pattern, start)
    place(strip, camera, count)
    run, box, edges = start[0], bound[:6], bound[6:]
    solid = run[SKY]
    if solid > 0:
        materialise(strip, codes, solid, triangles, objects, materials, light[of.NIGHT])
        measure(strip, camera, solid)
        _paint(strip, codes, textures.noise, textures.road, light[of.NIGHT], run)
        soak(strip, codes, textures.clouds, light, solid)
        drain(strip, run[FOLIAGE], run[GRASS + 1])
        bounds(strip, solid, box)
        daylight(strip, codes, light, shadows, box, solid)
        lamplight(strip, lamps, box, solid)
        if light[of.WET] > 0.0 or anywhere(strip, at.GLOSS, solid):
            mirror(strip, codes, textures.noise, light, solid)
            see_sky(strip, light, solid)
            if light[of.WET] > 0.0:
                see_picture(strip, codes, camera, canvas, ready, textures.radiance, light[of.EXPOSURE], solid)
            combine(strip, solid)
        else:
            combine_matt(strip, solid)
        if light[of.WET] > 0.0 and lamps.shape[0] > 0:
            slope_bounds(strip, solid, edges)
            streaks(strip, lamps, camera, edges, solid)
        air(strip, light, camera.eye[2], solid)
    if solid < count:
        paint_sky(strip, codes, textures.noise, textures.clouds, light, solid, count)
    if light[of.NIGHT] > 0.0 and lamps.shape[0] > 0:
        slope_bounds(strip, count, edges)
        glare(strip, lamps, light, camera, edges, count)
    _develop(strip, codes, light[of.EXPOSURE], count)
    _write(codes, count, textures.tone, canvas.shown)


@lean
def _paint(strip: Floats, codes: Codes, noise: Floats, road: Floats, night: float, run: NDArray[np.uint64]) -> None:
    """Apply all patterns; the fragments run[p] to run[p + 1] have pattern p."""
    for pattern in range(SKY):
        first, last = run[pattern], run[pattern + 1]
        if first < last:
            paint_pattern(strip, codes, noise, road, night, pattern, first, last)


@lean
def _develop(strip: Floats, codes: Codes, exposure: float, count: int) -> None:
    """From radiance (RED, GREEN, BLUE) to rows of the tone table (CELL_0 to CELL_2)."""
    zero, most, scale = f32(0.0), f32(TONE_STEPS - 1), f32(TONE_SCALE)
    for i in range(count):
        red, green, blue = strip[at.RED + i] * exposure, strip[at.GREEN + i] * exposure, strip[at.BLUE + i] * exposure
        codes[at.CELL_0 + i] = np.uint32(np.int32(min(sqrt(red if red > zero else zero) * scale, most)))
        codes[at.CELL_1 + i] = np.uint32(np.int32(min(sqrt(green if green > zero else zero) * scale, most)))
        codes[at.CELL_2 + i] = np.uint32(np.int32(min(sqrt(blue if blue > zero else zero) * scale, most)))


@lean
def _write(codes: Codes, count: int, tone: NDArray[np.uint8], shown: NDArray[np.uint8]) -> None:
    """Put the colours of the fragments, as shown, together into pixels (n * 4,) BGRA; all fragments of a pixel are in
    one strip."""
    i, one, two, three, four = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    while i < count:
        pixel, slot, weight = codes[at.PIXEL + i], np.uint64(codes[at.SLOT + i]), codes[at.WEIGHT + i]
        red, green, blue = (
            tone[codes[at.CELL_0 + slot]], tone[codes[at.CELL_1 + slot]], tone[codes[at.CELL_2 + slot]],
        )  # fmt: skip
        i += one
        if weight < four:
            total = np.uint32(2) + red * weight, np.uint32(2) + green * weight, np.uint32(2) + blue * weight
            while i < count and codes[at.PIXEL + i] == pixel:
                slot, weight = np.uint64(codes[at.SLOT + i]), codes[at.WEIGHT + i]
                total = (
                    total[0] + tone[codes[at.CELL_0 + slot]] * weight,
                    total[1] + tone[codes[at.CELL_1 + slot]] * weight,
                    total[2] + tone[codes[at.CELL_2 + slot]] * weight,
                )
                i += one
            red, green, blue = np.uint8(total[0] >> two), np.uint8(total[1] >> two), np.uint8(total[2] >> two)
        first = np.uint64(pixel) * four
        shown[first], shown[first + one], shown[first + two], shown[first + three] = blue, green, red, 255
