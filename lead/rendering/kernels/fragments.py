"""From the visibility buffer to fragments: which surfaces a pixel shows, where they are, and what they are made of."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.codes import Pattern
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles
from lead.rendering.kernels.setting import Camera, Canvas
from lead.rendering.kernels.strip import Codes, Floats, f32, lean
from lead.rendering.materials import MaterialTable

BLOCK_ROWS, BLOCK_RUNS, RUN = 4, 4, 16
BLOCK = (
    BLOCK_ROWS * BLOCK_RUNS
)  # rows and columns of pixels that are shaded one after the other: neighbours share surfaces
LEFT_OVER = np.uint64(at.SIZE - 4 * RUN)  # fragments in a strip that leave room for one more run
ONE, TWO = np.uint64(1), np.uint64(2)
SKY = 18  # pattern of what no triangle covers: behind all of Pattern
PATTERNS = 19
BUILDINGS = 3  # Tag.BUILDINGS
GLASS = int(Pattern.GLASS)
FLAT = f32(0.31)  # sine of a slope (18 degrees) up to which a surface counts as lying flat
SAME_FACING = f32(0.98)  # cosine between normals up to which two triangles count as one surface (11 degrees)
SAME_DEPTH = f32(0.8)  # ratio of distances from which on they do


@lean
def _same_surface(
    a: int, b: int, near: float, far: float, normal: Floats, material: NDArray[np.uint8],
    owner: NDArray[np.int32],
) -> bool:  # fmt: skip
    """Whether two samples with triangles a and b, at 1 / z of `near` and `far`, can be shaded as one."""
    if a == b:
        return True
    if a == NOTHING or b == NOTHING or material[a] != material[b] or owner[a] != owner[b]:
        return False
    if min(near, far) < SAME_DEPTH * max(near, far):
        return False
    alike = normal[a, 0] * normal[b, 0] + normal[a, 1] * normal[b, 1] + normal[a, 2] * normal[b, 2]
    return alike > SAME_FACING


@lean
def _push(
    strip: Floats, codes: Codes, count: int, face: int, x: float, y: float, inverse: float,
    pixel: int, weight: int,
) -> int:  # fmt: skip
    """Append a fragment at slopes x, y and 1 / z `inverse`; returns the new count."""
    strip[at.RAW_X + count], strip[at.RAW_Y + count], strip[at.RAW_DEPTH + count] = x, y, inverse
    codes[at.RAW_FACE + count], codes[at.PIXEL + count], codes[at.WEIGHT + count] = face, pixel, weight
    return count + ONE


@lean
def _split_two(
    strip: Floats, codes: Codes, count: int, one: int, other: int, members: int,
    near: Floats, left: float, top: float, pitch: float, pixel: int,
) -> int:  # fmt: skip
    """Append the two fragments of a pixel of which the samples in the bits of `members` see triangle `other`."""
    of_other, right, low, total, share = f32(0.0), f32(0.0), f32(0.0), f32(0.0), f32(0.5)
    for k in range(4):
        if members >> k & 1:
            of_other += f32(1.0)
            right, low, total = right + f32(k & 1), low + f32(k >> 1), total + near[k]
    rest = near[0] + near[1] + near[2] + near[3] - total
    of_one = f32(4.0) - of_other
    share, pitch = share / of_one, pitch
    x, y = left + ((f32(2.0) - right) * share - f32(0.25)) * pitch, top + ((f32(2.0) - low) * share - f32(0.25)) * pitch
    count = _push(strip, codes, count, one, x, y, rest / of_one, pixel, np.uint32(of_one))
    share = f32(0.5) / of_other
    x, y = left + (right * share - f32(0.25)) * pitch, top + (low * share - f32(0.25)) * pitch
    return _push(strip, codes, count, other, x, y, total / of_other, pixel, np.uint32(of_other))


@lean
def _split(
    strip: Floats, codes: Codes, count: int, faces: Codes,
    near: Floats, left: float, top: float, pitch: float, pixel: int, normal: Floats,
    material: NDArray[np.uint8], owner: NDArray[np.int32],
) -> int:  # fmt: skip
    """Append the fragments of a pixel whose samples see `faces` (4,) at 1 / z of `near` (4,), one per surface; left and
    top: slopes of the middle of the samples."""
    quarter = f32(0.25)
    members, first, two = 0, 0, True
    for k in range(3, 0, -1):
        if faces[k] != faces[0]:
            two = two and (first == 0 or faces[k] == faces[first])
            members, first = members | 1 << k, k
    if two:
        if not _same_surface(faces[0], faces[first], near[0], near[first], normal, material, owner):
            return _split_two(
                strip, codes, count, faces[0], faces[first], members, near, left, top, pitch, pixel
            )  # fmt: skip
        mean = quarter * (near[0] + near[1] + near[2] + near[3])
        return _push(strip, codes, count, faces[0], left, top, mean, pixel, np.uint32(4))
    taken = 0
    for k in range(4):
        if taken >> k & 1:
            continue
        number, right, low, total = np.uint32(1), f32(k & 1), f32(k >> 1), near[k]
        for other in range(k + 1, 4):
            if taken >> other & 1:
                continue
            if _same_surface(faces[k], faces[other], near[k], near[other], normal, material, owner):
                taken |= 1 << other
                number += np.uint32(1)
                right, low, total = right + f32(other & 1), low + f32(other >> 1), total + near[other]
        share = f32(1.0) / f32(number)
        slope_x = left + (f32(0.5) * right * share - quarter) * pitch
        slope_y = top + (f32(0.5) * low * share - quarter) * pitch
        count = _push(strip, codes, count, faces[k], slope_x, slope_y, total * share, pixel, number)
    return count


@lean
def collect(
    strip: Floats, codes: Codes, cursor: int, triangles: Triangles, camera: Camera, canvas: Canvas, face: Codes,
    faces: Codes, near: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Fill the strip with the fragments of the pixels from `cursor` on; returns how many, and the next cursor.

    Cursors count runs of pixels, block by block, the last blocks as if they were whole. face (samples rows * samples
    columns,): triangles that the samples see; faces (4,), near (4,): scratch.
    """
    normal, material, owner = triangles.normal, triangles.material, triangles.owner
    columns, samples = canvas.columns, canvas.samples
    pitch, half, quarter = f32(1.0) / camera.focal, f32(0.5), f32(0.25)
    across = (columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    end = cursor_end(canvas)
    count = np.uint64(0)
    while cursor < end and count <= LEFT_OVER:
        block, within = cursor // BLOCK, cursor % BLOCK
        row = block // across * BLOCK_ROWS + within // BLOCK_RUNS
        first = (block % across * BLOCK_RUNS + within % BLOCK_RUNS) * RUN
        cursor += 1
        if row >= canvas.rows or first >= columns:
            continue
        length = np.uint64(min(RUN, columns - first))
        start = np.uint64((row * columns * samples + first) * samples)
        if samples == 1 or _is_even(face, start, np.uint64(columns) * TWO, length):
            _push_run(strip, codes, count, camera, canvas, face, start, row, first, length)
            count += length
            continue
        top, y = (f32(row) + half - camera.centre_y) * pitch, row * 2 * columns * 2
        for column in range(first, first + np.int64(length)):
            pixel, x = row * canvas.width + canvas.from_left + column, y + column * 2
            low = x + columns * 2
            left = (f32(column) + half - camera.centre_x) * pitch
            a, b, c, d = face[x], face[x + 1], face[low], face[low + 1]
            near[0], near[1] = canvas.inverse_depth[x], canvas.inverse_depth[x + 1]
            near[2], near[3] = canvas.inverse_depth[low], canvas.inverse_depth[low + 1]
            if a == b and a == c and a == d:
                mean = quarter * (near[0] + near[1] + near[2] + near[3])
                count = _push(strip, codes, count, a, left, top, mean, pixel, np.uint32(4))
                continue
            faces[0], faces[1], faces[2], faces[3] = a, b, c, d
            count = _split(strip, codes, count, faces, near, left, top, pitch, pixel, normal, material, owner)
    return count, cursor


@lean
def _is_even(face: Codes, start: int, stride: int, length: int) -> bool:
    """Whether each of `length` pixels of 2 x 2 samples, the first sample at `start`, sees one triangle only."""
    mixed = np.uint32(0)
    for k in range(length):
        x = start + k + k
        a = face[x]
        mixed |= np.uint32(a ^ face[x + ONE]) | np.uint32(a ^ face[x + stride]) | np.uint32(a ^ face[x + stride + ONE])
    return mixed == np.uint32(0)


@lean
def _push_run(
    strip: Floats, codes: Codes, count: int, camera: Camera, canvas: Canvas, face: Codes, start: int, row: int,
    first: int, length: int,
) -> None:  # fmt: skip
    """Append the fragments of `length` pixels of a row from column `first` on, which see one triangle each."""
    pitch, half, quarter = f32(1.0) / camera.focal, f32(0.5), f32(0.25)
    top, left = (f32(row) + half - camera.centre_y) * pitch, camera.centre_x - half
    pixel, near = np.uint32(row * canvas.width + canvas.from_left + first), canvas.inverse_depth
    stride, begin = np.uint64(canvas.columns) * TWO, np.int32(first)
    if canvas.samples == 1:
        for k in range(length):
            strip[at.RAW_DEPTH + count + k] = near[start + k]
            codes[at.RAW_FACE + count + k] = face[start + k]
    else:
        for k in range(length):
            x = start + k + k
            total = near[x] + near[x + ONE] + near[x + stride] + near[x + stride + ONE]
            strip[at.RAW_DEPTH + count + k] = quarter * total
            codes[at.RAW_FACE + count + k] = face[x]
    for k in range(length):
        step = np.int32(k)
        strip[at.RAW_X + count + k] = (f32(begin + step) - left) * pitch
        strip[at.RAW_Y + count + k] = top
        codes[at.PIXEL + count + k] = pixel + np.uint32(k)
        codes[at.WEIGHT + count + k] = 4


@lean
def cursor_end(canvas: Canvas) -> int:
    """The cursor behind the last run of a canvas."""
    across = (canvas.columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    return (canvas.rows + BLOCK_ROWS - 1) // BLOCK_ROWS * across * BLOCK


@lean
def first_row(cursor: int, columns: int) -> int:
    """The row of pixels before which all are shaded when the runs before `cursor` are."""
    across = (columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    return cursor // BLOCK // across * BLOCK_ROWS


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
    for i in range(count):
        face = codes[at.RAW_FACE + i]
        pattern = np.uint32(SKY) if face == NOTHING else np.uint32(patterns[made_of[face]])
        codes[at.RAW_PATTERN + i] = pattern
        low[pattern + np.uint32(1)] += ONE
    for p in range(PATTERNS):
        low[p + 1] += low[p]
        place[p] = low[p]
    only = codes[at.RAW_PATTERN]
    if low[only + np.uint32(1)] - low[only] == count:
        for i in range(count):
            codes[at.SLOT + i], codes[at.FACE + i] = np.uint32(i), codes[at.RAW_FACE + i]
            strip[at.SLOPE_X + i], strip[at.SLOPE_Y + i] = strip[at.RAW_X + i], strip[at.RAW_Y + i]
            strip[at.DEPTH + i] = strip[at.RAW_DEPTH + i]
        return
    for i in range(count):
        pattern = codes[at.RAW_PATTERN + i]
        slot = place[pattern]
        place[pattern] = slot + ONE
        codes[at.SLOT + i], codes[at.FACE + slot] = slot, codes[at.RAW_FACE + i]
        strip[at.SLOPE_X + slot], strip[at.SLOPE_Y + slot] = strip[at.RAW_X + i], strip[at.RAW_Y + i]
        strip[at.DEPTH + slot] = strip[at.RAW_DEPTH + i]


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
    strip: Floats, codes: Codes, count: int, triangles: Triangles, objects: Objects, materials: MaterialTable, night: float
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
            glow = materials.glow[material]
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
