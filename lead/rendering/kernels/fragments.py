"""From the visibility buffer to fragments: which surfaces a pixel shows, where they are, and what they are made of."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import Pattern
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles
from lead.rendering.kernels.strip import (
    BLUE,
    CHART_U,
    CHART_V,
    CHART_W,
    DEPTH,
    FACE,
    FACING,
    GLOSS,
    GLOW_BLUE,
    GLOW_GREEN,
    GLOW_RED,
    GREEN,
    NORMAL_X,
    NORMAL_Y,
    NORMAL_Z,
    PIXEL,
    RANGE,
    RAW_DEPTH,
    RAW_FACE,
    RAW_PATTERN,
    RAW_X,
    RAW_Y,
    RED,
    SIZE,
    SLOPE_X,
    SLOPE_Y,
    SLOT,
    STRETCH,
    VARIETY,
    VIEW_X,
    VIEW_Y,
    VIEW_Z,
    WEIGHT,
    WIDTH,
    X,
    Y,
    Z,
    f32,
    lean,
)  # fmt: skip
from lead.rendering.materials import MaterialTable

BLOCK_ROWS, BLOCK_RUNS, RUN = 4, 4, 16
BLOCK = BLOCK_ROWS * BLOCK_RUNS # rows and columns of pixels that are shaded one after the other: neighbours share surfaces
LEFT_OVER = np.uint64(SIZE - 4 * RUN)  # fragments in a strip that leave room for one more run
ONE = np.uint64(1)
SKY = 18  # pattern of what no triangle covers: behind all of Pattern
PATTERNS = 19
BUILDINGS = 3  # Tag.BUILDINGS
GLASS = int(Pattern.GLASS)
SAME_FACING = f32(0.98)  # cosine between normals up to which two triangles count as one surface (11 degrees)
SAME_DEPTH = f32(0.8)  # ratio of distances from which on they do


@lean
def _same_surface(
    a: int, b: int, near: float, far: float, normal: NDArray[np.float32], material: NDArray[np.uint8],
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
    strip: NDArray[np.float32], codes: NDArray[np.uint32], count: int, face: int, x: float, y: float, inverse: float,
    pixel: int, weight: int,
) -> int:  # fmt: skip
    """Append a fragment at slopes x, y and 1 / z `inverse`; returns the new count."""
    strip[RAW_X + count], strip[RAW_Y + count], strip[RAW_DEPTH + count] = x, y, inverse
    codes[RAW_FACE + count], codes[PIXEL + count], codes[WEIGHT + count] = face, pixel, weight
    return count + ONE


@lean
def _split_two(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], count: int, one: int, other: int, members: int,
    near: NDArray[np.float32], left: float, top: float, pitch: float, pixel: int,
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
    strip: NDArray[np.float32], codes: NDArray[np.uint32], count: int, faces: NDArray[np.uint32],
    near: NDArray[np.float32], left: float, top: float, pitch: float, pixel: int, normal: NDArray[np.float32],
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
    strip: NDArray[np.float32], codes: NDArray[np.uint32], cursor: int, triangles: Triangles,
    depth: NDArray[np.float32], face: NDArray[np.uint32], samples: int, centre_x: float, centre_y: float, pitch: float,
    width: int, from_left: int, faces: NDArray[np.uint32], near: NDArray[np.float32],
) -> tuple[int, int]:  # fmt: skip
    """Fill the strip with the fragments of the pixels from `cursor` on; returns how many, and the next cursor.

    Cursors count runs of pixels, block by block, the lowest blocks as if they were whole. Centre in pixels; pitch: slope
    from pixel to pixel; the samples are of a picture `width` pixels wide, from its column `from_left` on;
    faces (4,), near (4,): scratch.
    """
    normal, material, owner = triangles.normal, triangles.material, triangles.owner
    rows, columns = face.shape[0] // samples, face.shape[1] // samples
    across = (columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    end = cursor_end(rows, columns)
    half, quarter = f32(0.5), f32(0.25)
    count = np.uint64(0)
    while cursor < end and count <= LEFT_OVER:
        block, within = cursor // BLOCK, cursor % BLOCK
        row, first = block // across * BLOCK_ROWS + within // BLOCK_RUNS, (block % across * BLOCK_RUNS + within % BLOCK_RUNS) * RUN
        cursor += 1
        if row >= rows:
            continue
        top = (f32(row) + half - centre_y) * pitch
        y = row * samples
        for column in range(first, min(first + RUN, columns)):
            pixel, x = row * width + from_left + column, column * samples
            left = (f32(column) + half - centre_x) * pitch
            if samples == 1:
                count = _push(strip, codes, count, face[y, x], left, top, depth[y, x], pixel, np.uint32(4))
                continue
            a, b, c, d = face[y, x], face[y, x + 1], face[y + 1, x], face[y + 1, x + 1]
            if a == b and a == c and a == d:
                mean = quarter * (depth[y, x] + depth[y, x + 1] + depth[y + 1, x] + depth[y + 1, x + 1])
                count = _push(strip, codes, count, a, left, top, mean, pixel, np.uint32(4))
                continue
            faces[0], faces[1], faces[2], faces[3] = a, b, c, d
            near[0], near[1], near[2], near[3] = depth[y, x], depth[y, x + 1], depth[y + 1, x], depth[y + 1, x + 1]
            count = _split(strip, codes, count, faces, near, left, top, pitch, pixel, normal, material, owner)
    return count, cursor


@lean
def cursor_end(rows: int, columns: int) -> int:
    """The cursor behind the last run of a picture."""
    across = (columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    return (rows + BLOCK_ROWS - 1) // BLOCK_ROWS * across * BLOCK


@lean
def sort_by_pattern(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], count: int, made_of: NDArray[np.uint8],
    patterns: NDArray[np.uint8], start: NDArray[np.uint64],
) -> None:  # fmt: skip
    """Order the fragments by pattern, the sky last; pattern p has the places start[p] to start[p + 1] of the strip.

    made_of (F,): materials of triangles; patterns (M,): patterns of materials; start (2, PATTERNS + 1).
    """
    low, place = start[0], start[1]
    for p in range(PATTERNS + 1):
        low[p] = 0
    for i in range(count):
        face = codes[RAW_FACE + i]
        pattern = np.uint32(SKY) if face == NOTHING else np.uint32(patterns[made_of[face]])
        codes[RAW_PATTERN + i] = pattern
        low[pattern + np.uint32(1)] += ONE
    for p in range(PATTERNS):
        low[p + 1] += low[p]
        place[p] = low[p]
    for i in range(count):
        pattern = codes[RAW_PATTERN + i]
        slot = place[pattern]
        place[pattern] = slot + ONE
        codes[SLOT + i], codes[FACE + slot] = slot, codes[RAW_FACE + i]
        strip[SLOPE_X + slot], strip[SLOPE_Y + slot] = strip[RAW_X + i], strip[RAW_Y + i]
        strip[DEPTH + slot] = strip[RAW_DEPTH + i]


@lean
def place(strip: NDArray[np.float32], count: int, eye: NDArray[np.float32], axes: NDArray[np.float32]) -> None:
    """Where the fragments are, and from where they are seen: DEPTH, X to Z, VIEW_X to VIEW_Z, RANGE."""
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    e0, e1, e2 = eye[0], eye[1], eye[2]
    for i in range(count):
        u, v = strip[SLOPE_X + i], strip[SLOPE_Y + i]
        depth = f32(1.0) / max(strip[DEPTH + i], f32(1e-6))
        x, y, z = a0 * u + b0 * v + c0, a1 * u + b1 * v + c1, a2 * u + b2 * v + c2
        length = sqrt(x * x + y * y + z * z)
        inverse = f32(1.0) / length
        strip[DEPTH + i], strip[RANGE + i] = depth, depth * length
        strip[X + i], strip[Y + i], strip[Z + i] = e0 + depth * x, e1 + depth * y, e2 + depth * z
        strip[VIEW_X + i], strip[VIEW_Y + i], strip[VIEW_Z + i] = x * inverse, y * inverse, z * inverse


@lean
def variety_of(identity: int, x: float, y: float) -> float:
    """A number 0-1 that tells static objects apart, from their number and place (m)."""
    mixed = np.uint32(identity) * np.uint32(2654435761) + np.uint32(np.int32(x + x)) * np.uint32(40503)
    mixed = (mixed ^ (np.uint32(np.int32(y + y)) * np.uint32(2246822519))) & np.uint32(0xFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(2246822519) & np.uint32(0xFFFFFFFF)
    return f32((mixed >> np.uint32(8)) & np.uint32(0xFFFF)) * f32(1.0 / 65536.0)


@lean
def materialise(
    strip: NDArray[np.float32], codes: NDArray[np.uint32], count: int, triangles: Triangles, objects: Objects,
    materials: MaterialTable, night: float,
) -> None:  # fmt: skip
    """What the fragments are: normal, colour, glow, gloss, variety, and their place in the chart of the surface.

    The chart hangs on the owner: u runs along the surface's horizontal direction, v up the surface, w through it; on
    what lies flat u, v, w are the owner's x, y, z.
    """
    normal, made_of, owned_by, tags = triangles.normal, triangles.material, triangles.owner, triangles.tag
    colours, glows, tints, origins = materials.colour, materials.glow, objects.tint, objects.origin
    headings, moving, identity, lit = objects.heading, objects.moving, objects.identity, objects.lamps
    zero, one = f32(0.0), f32(1.0)
    last = NOTHING
    n0, n1, n2, red, green, blue, gloss, variety = zero, zero, one, zero, zero, zero, zero, zero
    glow_red, glow_green, glow_blue = zero, zero, zero
    o0, o1, o2, u0, u1, v0, v1, v2, w0, w1, w2 = zero, zero, zero, one, zero, zero, one, zero, zero, zero, one
    for i in range(count):
        strip[GLOW_RED + i], strip[GLOW_GREEN + i], strip[GLOW_BLUE + i] = zero, zero, zero
    for i in range(count):
        face = codes[FACE + i]
        if face != last:
            last = face
            material, owner = made_of[face], owned_by[face]
            n0, n1, n2 = normal[face, 0], normal[face, 1], normal[face, 2]
            slot = np.int64(materials.tint[material])
            if slot >= 0 and tints[owner, slot, 0] >= zero:
                red, green, blue = tints[owner, slot, 0], tints[owner, slot, 1], tints[owner, slot, 2]
            else:
                red, green, blue = colours[material, 0], colours[material, 1], colours[material, 2]
            gloss = materials.gloss[material]
            o0, o1, o2 = origins[owner, 0], origins[owner, 1], origins[owner, 2]
            variety = -one if moving[owner] else variety_of(identity[owner], o0, o1)
            glow_red, glow_green, glow_blue = zero, zero, zero
            if materials.lamp[material] & lit[owner]:
                glow_red, glow_green, glow_blue = glows[material, 0], glows[material, 1], glows[material, 2]
            elif night > zero and materials.pattern[material] == GLASS and tags[face] == BUILDINGS:
                warm = night * f32(0.5) * variety * variety
                glow_red, glow_green, glow_blue = warm, f32(0.72) * warm, f32(0.42) * warm
            h0, h1 = headings[owner, 0], headings[owner, 1]
            across = sqrt(n0 * n0 + n1 * n1)
            if across < f32(0.31):
                u0, u1, v0, v1, v2, w0, w1, w2 = h0, h1, -h1, h0, zero, zero, zero, one
            else:
                inverse = one / across
                u0, u1, v0, v1, v2 = -n1 * inverse, n0 * inverse, zero, zero, inverse
                w0, w1, w2 = n0 * inverse, n1 * inverse, zero
        strip[NORMAL_X + i], strip[NORMAL_Y + i], strip[NORMAL_Z + i] = n0, n1, n2
        strip[RED + i], strip[GREEN + i], strip[BLUE + i] = red, green, blue
        if glow_red > zero or glow_green > zero or glow_blue > zero:
            strip[GLOW_RED + i], strip[GLOW_GREEN + i], strip[GLOW_BLUE + i] = glow_red, glow_green, glow_blue
        strip[GLOSS + i], strip[VARIETY + i] = gloss, variety
        x, y, z = strip[X + i] - o0, strip[Y + i] - o1, strip[Z + i] - o2
        strip[CHART_U + i] = u0 * x + u1 * y
        strip[CHART_V + i] = v0 * x + v1 * y + v2 * z
        strip[CHART_W + i] = w0 * x + w1 * y + w2 * z


@lean
def measure(strip: NDArray[np.float32], count: int, pitch: float) -> None:
    """How fine the fragments are seen: FACING, WIDTH, STRETCH; `pitch` is the slope from pixel to pixel."""
    for i in range(count):
        along = (
            strip[NORMAL_X + i] * strip[VIEW_X + i]
            + strip[NORMAL_Y + i] * strip[VIEW_Y + i]
            + strip[NORMAL_Z + i] * strip[VIEW_Z + i]
        )
        facing = max(-along, f32(0.02))
        width = strip[DEPTH + i] * pitch
        strip[FACING + i], strip[WIDTH + i], strip[STRETCH + i] = facing, width, width / facing

