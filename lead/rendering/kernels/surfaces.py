"""What the fragments of a strip are: sorted by pattern, placed in the world, with the material of their triangles."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.codes import LAMP_SLOT, Lamp, Pattern
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles
from lead.rendering.kernels.setting import Camera
from lead.rendering.kernels.strip import Codes, Floats, f32, lean
from lead.rendering.materials import MaterialTable
from lead.roads.labels import Label

ONE = np.uint64(1)
SKY = 18  # pattern of what no triangle covers: behind all of Pattern
PATTERNS = 19
BUILDINGS = int(Label.BUILDINGS)
GLASS = int(Pattern.GLASS)
STREET = np.uint32(Lamp.STREET)
FLAT = f32(0.31)  # sine of a slope (18 degrees) up to which a surface counts as lying flat


@lean
def sort_by_pattern(
    strip: Floats, codes: Codes, count: int, made_of: NDArray[np.uint8],
    patterns: NDArray[np.uint8], start: NDArray[np.uint64],
) -> None:  # fmt: skip
    """Order the fragments by pattern, the sky last; pattern p has the places start[p] to start[p + 1] of the strip.

    made_of (F,): materials of triangles; patterns (M,): patterns of materials; start (2, PATTERNS + 1).
    """
    low, place = start[0], start[1]
    for p in range(PATTERNS + 1):
        low[p] = 0
    i = np.uint64(0)
    while i < count:
        face, first = codes[at.RAW_FACE + i], i
        while i < count and codes[at.RAW_FACE + i] == face:
            i += ONE
        pattern = np.uint32(SKY) if face == NOTHING else np.uint32(patterns[made_of[face]])
        low[pattern + np.uint32(1)] += i - first
        for k in range(first, i):
            codes[at.RAW_PATTERN + k] = pattern
    for p in range(PATTERNS):
        low[p + 1] += low[p]
        place[p] = low[p]
    i = np.uint64(0)
    while i < count:
        pattern, first = codes[at.RAW_PATTERN + i], i
        while i < count and codes[at.RAW_PATTERN + i] == pattern:
            i += ONE
        _move(strip, codes, first, place[pattern], i - first)
        place[pattern] += i - first


@lean
def _move(strip: Floats, codes: Codes, first: int, slot: int, length: int) -> None:
    """Put `length` fragments from place `first` before sorting to place `slot` after it."""
    for k in range(length):
        codes[at.SLOT + first + k] = np.uint32(slot + k)
        codes[at.FACE + slot + k] = codes[at.RAW_FACE + first + k]
    for k in range(length):
        strip[at.SLOPE_X + slot + k] = strip[at.RAW_X + first + k]
        strip[at.SLOPE_Y + slot + k] = strip[at.RAW_Y + first + k]
        strip[at.DEPTH + slot + k] = strip[at.RAW_DEPTH + first + k]


@lean
def place(strip: Floats, camera: Camera, count: int) -> None:
    """Where the fragments are, and from where they are seen: DEPTH, X to Z, VIEW_X to VIEW_Z, RANGE."""
    eye, axes = camera.eye, camera.axes
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    e0, e1, e2 = eye[0], eye[1], eye[2]
    for i in range(count):
        u, v = strip[at.SLOPE_X + i], strip[at.SLOPE_Y + i]
        depth = f32(1.0) / max(strip[at.DEPTH + i], f32(1e-6))
        x, y, z = a0 * u + b0 * v + c0, a1 * u + b1 * v + c1, a2 * u + b2 * v + c2
        length = sqrt(x * x + y * y + z * z)
        inverse = f32(1.0) / length
        strip[at.DEPTH + i], strip[at.RANGE + i] = depth, depth * length
        strip[at.X + i], strip[at.Y + i], strip[at.Z + i] = e0 + depth * x, e1 + depth * y, e2 + depth * z
        strip[at.VIEW_X + i], strip[at.VIEW_Y + i], strip[at.VIEW_Z + i] = x * inverse, y * inverse, z * inverse


@lean
def variety_of(identity: int, x: float, y: float) -> float:
    """A number 0-1 that tells static objects apart, from their number and place (m)."""
    mixed = np.uint32(identity) * np.uint32(2654435761) + np.uint32(np.int32(x + x)) * np.uint32(40503)
    mixed = (mixed ^ (np.uint32(np.int32(y + y)) * np.uint32(2246822519))) & np.uint32(0xFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(2246822519) & np.uint32(0xFFFFFFFF)
    return f32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * f32(1.0 / 65536.0)


@lean
def _fill(strip: Floats, column: int, a: float, b: float, c: float, first: int, last: int) -> None:
    """Put numbers into three columns that stand together."""
    for i in range(first, last):
        strip[column + i] = a
        strip[column + at.NEXT + i] = b
        strip[column + at.NEXT + at.NEXT + i] = c


@lean
def _chart(
    strip: Floats, n0: float, n1: float, n2: float, h0: float, h1: float, o0: float, o1: float, o2: float, first: int,
    last: int,
) -> None:  # fmt: skip
    """Places in the chart of a surface with normal n (3) of an owner at o (3) m, whose x axis is h (2).

    u runs along the surface's horizontal direction, v up the surface, w through it; on what lies flat u, v, w are the
    owner's x, y, z.
    """
    zero, one = f32(0.0), f32(1.0)
    across = sqrt(n0 * n0 + n1 * n1)
    flat = across < FLAT
    inverse = one / max(across, FLAT)
    u0, u1 = h0 if flat else -n1 * inverse, h1 if flat else n0 * inverse
    v0, v1, v2 = -h1 if flat else zero, h0 if flat else zero, zero if flat else inverse
    w0, w1, w2 = zero if flat else n0 * inverse, zero if flat else n1 * inverse, one if flat else zero
    for i in range(first, last):
        x, y, z = strip[at.X + i] - o0, strip[at.Y + i] - o1, strip[at.Z + i] - o2
        strip[at.CHART_U + i] = u0 * x + u1 * y
        strip[at.CHART_V + i] = v0 * x + v1 * y + v2 * z
        strip[at.CHART_W + i] = w0 * x + w1 * y + w2 * z


@lean
def materialise(
    strip: Floats, codes: Codes, count: int, triangles: Triangles, objects: Objects, materials: MaterialTable,
    night: float,
) -> None:  # fmt: skip
    """What the fragments are, triangle by triangle: normal, colour, glow, gloss, variety, chart."""
    zero, none = f32(0.0), np.uint64(0)
    _fill(strip, at.GLOW_RED, zero, zero, zero, none, count)
    i = none
    while i < count:
        face, first = codes[at.FACE + i], i
        while i < count and codes[at.FACE + i] == face:
            i += ONE
        material, owner = triangles.material[face], triangles.owner[face]
        n0, n1, n2 = triangles.normal[face, 0], triangles.normal[face, 1], triangles.normal[face, 2]
        o0, o1, o2 = objects.origin[owner, 0], objects.origin[owner, 1], objects.origin[owner, 2]
        variety = f32(-1.0) if objects.moving[owner] else variety_of(objects.identity[owner], o0, o1)
        _fill(strip, at.NORMAL_X, n0, n1, n2, first, i)
        _fill(strip, at.GLOSS, materials.gloss[material], variety, zero, first, i)  # the chart comes behind
        _chart(strip, n0, n1, n2, objects.heading[owner, 0], objects.heading[owner, 1], o0, o1, o2, first, i)
        slot = np.int64(materials.tint[material])
        if slot >= 0 and objects.tint[owner, slot, 0] >= zero:
            tint = objects.tint[owner, slot]
            _fill(strip, at.RED, tint[0], tint[1], tint[2], first, i)
        else:
            colour = materials.colour[material]
            _fill(strip, at.RED, colour[0], colour[1], colour[2], first, i)
        if materials.lamp[material] & objects.lamps[owner]:
            glow, shade = materials.glow[material], objects.tint[owner, LAMP_SLOT]
            if materials.lamp[material] == STREET and shade[0] >= zero:
                _fill(strip, at.GLOW_RED, glow[0] * shade[0], glow[1] * shade[1], glow[2] * shade[2], first, i)
            else:
                _fill(strip, at.GLOW_RED, glow[0], glow[1], glow[2], first, i)
        elif night > zero and materials.pattern[material] == GLASS and triangles.tag[face] == BUILDINGS:
            warm = night * f32(0.25) * variety * variety
            _fill(strip, at.GLOW_RED, warm, f32(0.72) * warm, f32(0.42) * warm, first, i)


@lean
def measure(strip: Floats, camera: Camera, count: int) -> None:
    """How fine the fragments are seen: FACING, WIDTH, STRETCH."""
    pitch = f32(1.0) / camera.focal
    for i in range(count):
        along = (
            strip[at.NORMAL_X + i] * strip[at.VIEW_X + i]
            + strip[at.NORMAL_Y + i] * strip[at.VIEW_Y + i]
            + strip[at.NORMAL_Z + i] * strip[at.VIEW_Z + i]
        )
        facing = max(-along, f32(0.02))
        width = strip[at.DEPTH + i] * pitch
        strip[at.FACING + i], strip[at.WIDTH + i], strip[at.STRETCH + i] = facing, width, width / facing
