"""From the visibility buffer to a picture: surfaces, light, air and film, for a few hundred fragments at a time.

With 2 x 2 samples per pixel every surface that a pixel shows is shaded once, and the pixel is their mean as shown (after
the film's response), weighted by samples.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.fragments import (
    PATTERNS,
    SKY,
    collect,
    cursor_end,
    materialise,
    measure,
    place,
    sort_by_pattern,
)  # fmt: skip
from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.lighting import bounds, daylight, lamplight, reflect, soak, streaks
from lead.rendering.kernels.patterns import paint_pattern
from lead.rendering.kernels.scene import Objects, Triangles
from lead.rendering.kernels.setting import TONE_SCALE, TONE_STEPS, Lamps, Light, Shadows, Textures
from lead.rendering.kernels.sky import air, paint_sky
from lead.rendering.kernels.strip import (
    BLUE,
    CELL_0,
    CELL_1,
    CELL_2,
    CODES,
    COLUMNS,
    GREEN,
    PIXEL,
    RED,
    SIZE,
    SLOT,
    WEIGHT,
    f32,
    lean,
)  # fmt: skip
from lead.rendering.materials import MaterialTable


@kernel
def shade(
    triangles: Triangles, objects: Objects, materials: MaterialTable, textures: Textures, light: Light,
    shadows: Shadows, lamps: Lamps, eye: NDArray[np.float32], axes: NDArray[np.float32], focal: float,
    centre_x: float, centre_y: float, samples: int, depth: NDArray[np.float32],
    face: NDArray[np.uint32], image: NDArray[np.uint8], from_left: int,
) -> None:  # fmt: skip
    """Write what `raster` saw, `depth` and `face` (samples h, samples w), into the picture (h, W, 4) BGRA from column
    `from_left` on.

    samples: 1 or 2 along each side of a pixel. eye (3,) m; axes (3, 3) rows right, down, forward; focal length and
    centre in pixels of what was seen, the middle of pixel (i, j) at x = j + 0.5, y = i + 0.5.
    """
    strip, codes = np.empty(COLUMNS * SIZE, np.float32), np.empty(CODES * SIZE, np.uint32)
    start, box = np.empty((2, PATTERNS + 1), np.uint64), np.empty(6, np.float32)
    pitch, middle_x, middle_y = f32(1.0 / focal), f32(centre_x), f32(centre_y)
    faces, near = np.empty(4, np.uint32), np.empty(4, np.float32)
    shown, width = image.reshape(image.size), image.shape[1]
    cursor, end = 0, cursor_end(face.shape[0] // samples, face.shape[1] // samples)
    while cursor < end:
        count, cursor = collect(
            strip, codes, cursor, triangles, depth, face, samples, middle_x, middle_y, pitch, width, from_left,
            faces, near,
        )  # fmt: skip
        _shade_strip(
            strip, codes, start, box, count, triangles, objects, materials, textures, light, shadows, lamps, eye, axes, pitch,
            shown,
        )  # fmt: skip


@lean
def _shade_strip(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], start: NDArray[np.uint64], box: NDArray[np.float32],
    count: int, triangles: Triangles, objects: Objects, materials: MaterialTable, textures: Textures, light: Light,
    shadows: Shadows, lamps: Lamps,
    eye: NDArray[np.float32], axes: NDArray[np.float32], pitch: float, shown: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Shade the fragments of a strip and write the pixels they are of."""
    sort_by_pattern(strip, codes, count, triangles.material, materials.pattern, start)
    place(strip, count, eye, axes)
    run = start[0]
    solid = run[SKY]
    if solid > 0:
        materialise(strip, codes, solid, triangles, objects, materials, light.night)
        measure(strip, solid, pitch)
        for pattern in range(SKY):
            if run[pattern] < run[pattern + 1]:
                paint_pattern(strip, codes, textures, light, pattern, run[pattern], run[pattern + 1])
        soak(strip, codes, textures, light, solid)
        bounds(strip, solid, box)
        daylight(strip, codes, light, shadows, box, solid)
        lamplight(strip, lamps, box, solid)
        reflect(strip, light, solid)
        if light.wet > 0.0:
            streaks(strip, lamps, solid)
        air(strip, light, eye[2], solid)
    if solid < count:
        paint_sky(strip, codes, textures, light, solid, count)
    _develop(strip, codes, light.exposure, count)
    _write(codes, count, textures.tone, shown)


@lean
def _develop(strip: NDArray[np.float32], codes: NDArray[np.uint32], exposure: float, count: int) -> None:
    """From radiance (RED, GREEN, BLUE) to rows of the tone table (CELL_0 to CELL_2)."""
    zero, most, scale = f32(0.0), f32(TONE_STEPS - 1), f32(TONE_SCALE)
    for i in range(count):
        red, green, blue = strip[RED + i] * exposure, strip[GREEN + i] * exposure, strip[BLUE + i] * exposure
        codes[CELL_0 + i] = np.uint32(np.int32(min(sqrt(red if red > zero else zero) * scale, most)))
        codes[CELL_1 + i] = np.uint32(np.int32(min(sqrt(green if green > zero else zero) * scale, most)))
        codes[CELL_2 + i] = np.uint32(np.int32(min(sqrt(blue if blue > zero else zero) * scale, most)))


@lean
def _write(
    codes: NDArray[np.uint32], count: int, tone: NDArray[np.uint8], shown: NDArray[np.uint8]
) -> None:
    """Put the colours of the fragments, as shown, together into pixels (n * 4,) BGRA; all fragments of a pixel are in
    one strip."""
    i, one, two, three, four = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    while i < count:
        pixel, slot, weight = codes[PIXEL + i], np.uint64(codes[SLOT + i]), codes[WEIGHT + i]
        red, green, blue = tone[codes[CELL_0 + slot]], tone[codes[CELL_1 + slot]], tone[codes[CELL_2 + slot]]
        i += one
        if weight < four:
            total = np.uint32(2) + red * weight, np.uint32(2) + green * weight, np.uint32(2) + blue * weight
            while i < count and codes[PIXEL + i] == pixel:
                slot, weight = np.uint64(codes[SLOT + i]), codes[WEIGHT + i]
                total = (
                    total[0] + tone[codes[CELL_0 + slot]] * weight,
                    total[1] + tone[codes[CELL_1 + slot]] * weight,
                    total[2] + tone[codes[CELL_2 + slot]] * weight,
                )
                i += one
            red, green, blue = np.uint8(total[0] >> two), np.uint8(total[1] >> two), np.uint8(total[2] >> two)
        first = np.uint64(pixel) * four
        shown[first], shown[first + one], shown[first + two], shown[first + three] = blue, green, red, 255
