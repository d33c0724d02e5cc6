"""From the visibility buffer to fragments: which surfaces each pixel shows, and how much of it."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Triangles
from lead.rendering.kernels.setting import Camera, Canvas
from lead.rendering.kernels.strip import Codes, Floats, f32, lean

RUN = 16  # pixels of a row that are looked at together
BLOCK_ROWS, BLOCK_RUNS = 8, 4  # rows and runs shaded one after the other: neighbours share surfaces
BLOCK = BLOCK_ROWS * BLOCK_RUNS
LEFT_OVER = np.uint64(at.SIZE - 4 * RUN)  # fragments in a strip that leave room for one more run
ONE, TWO = np.uint64(1), np.uint64(2)
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

    Cursors count runs of pixels, block by block, the last blocks as if they were whole; no strip spans two rows of
    blocks. face (samples rows * samples
    columns,): triangles that the samples see; faces (4,), near (4,): scratch.
    """
    normal, material, owner = triangles.normal, triangles.material, triangles.owner
    columns, samples = canvas.columns, canvas.samples
    pitch, half, quarter = f32(1.0) / camera.focal, f32(0.5), f32(0.25)
    across = (columns + RUN * BLOCK_RUNS - 1) // (RUN * BLOCK_RUNS)
    end = cursor_end(canvas)
    count = np.uint64(0)
    end = min(end, (cursor // (BLOCK * across) + 1) * BLOCK * across)
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
