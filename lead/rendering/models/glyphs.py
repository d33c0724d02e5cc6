"""Letters, digits and flat outlines as geometry, for signs that must be readable without textures.

All lie in the plane x = 0 and are seen from +x: reading direction is -y (the right hand of who looks along -x), up is z.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, make_mesh, merge

STROKE = 0.18  # of the letter height
SPACING = 0.16  # between letters, of their height

_O = ((0.12, 0.0), (0.38, 0.0), (0.5, 0.2), (0.5, 0.8), (0.38, 1.0), (0.12, 1.0), (0.0, 0.8), (0.0, 0.2), (0.12, 0.0))
_S = (
    (0.0, 0.2), (0.12, 0.0), (0.38, 0.0), (0.5, 0.16), (0.5, 0.36), (0.38, 0.5),
    (0.12, 0.5), (0.0, 0.64), (0.0, 0.84), (0.12, 1.0), (0.38, 1.0), (0.5, 0.8),
)  # fmt: skip
_BOWL = ((0.0, 0.0), (0.0, 1.0), (0.38, 1.0), (0.5, 0.86), (0.5, 0.6), (0.38, 0.46), (0.0, 0.46))

# Middle lines of the strokes, (right, up), in letter heights; a line that ends where it began is closed.
_LINES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (_O,),
    "1": (((0.08, 0.78), (0.25, 1.0), (0.25, 0.0)),),
    "2": (((0.0, 0.8), (0.12, 1.0), (0.38, 1.0), (0.5, 0.8), (0.5, 0.62), (0.0, 0.0), (0.5, 0.0)),),
    "3": (
        ((0.0, 0.84), (0.12, 1.0), (0.38, 1.0), (0.5, 0.84), (0.5, 0.66), (0.38, 0.52), (0.16, 0.52)),
        ((0.38, 0.52), (0.5, 0.38), (0.5, 0.16), (0.38, 0.0), (0.12, 0.0), (0.0, 0.16)),
    ),
    "4": (((0.38, 0.0), (0.38, 1.0), (0.0, 0.28), (0.55, 0.28)),),
    "5": (((0.48, 1.0), (0.03, 1.0), (0.0, 0.56), (0.36, 0.6), (0.5, 0.46), (0.5, 0.16), (0.38, 0.0), (0.0, 0.05)),),
    "6": (
        (
            (0.45, 0.97),
            (0.14, 0.96),
            (0.0, 0.7),
            (0.0, 0.16),
            (0.12, 0.0),
            (0.38, 0.0),
            (0.5, 0.16),
            (0.5, 0.42),
            (0.38, 0.56),
            (0.0, 0.52),
        ),
    ),
    "7": (((0.0, 1.0), (0.5, 1.0), (0.16, 0.0)),),
    "8": (
        (
            (0.12, 0.0),
            (0.38, 0.0),
            (0.5, 0.14),
            (0.5, 0.38),
            (0.38, 0.52),
            (0.12, 0.52),
            (0.0, 0.38),
            (0.0, 0.14),
            (0.12, 0.0),
        ),
        ((0.12, 0.52), (0.02, 0.66), (0.02, 0.88), (0.14, 1.0), (0.36, 1.0), (0.48, 0.88), (0.48, 0.66), (0.38, 0.52)),
    ),
    "9": (
        (
            (0.05, 0.03),
            (0.36, 0.04),
            (0.5, 0.3),
            (0.5, 0.84),
            (0.38, 1.0),
            (0.12, 1.0),
            (0.0, 0.84),
            (0.0, 0.58),
            (0.12, 0.44),
            (0.5, 0.48),
        ),
    ),
    "A": (((0.0, 0.0), (0.25, 1.0), (0.5, 0.0)), ((0.1, 0.32), (0.4, 0.32))),
    "B": (_BOWL, ((0.38, 0.46), (0.5, 0.32), (0.5, 0.14), (0.38, 0.0), (0.0, 0.0))),
    "C": (((0.5, 0.8), (0.38, 1.0), (0.12, 1.0), (0.0, 0.8), (0.0, 0.2), (0.12, 0.0), (0.38, 0.0), (0.5, 0.2)),),
    "D": (((0.0, 0.0), (0.0, 1.0), (0.34, 1.0), (0.5, 0.8), (0.5, 0.2), (0.34, 0.0), (0.0, 0.0)),),
    "E": (((0.48, 1.0), (0.0, 1.0), (0.0, 0.0), (0.48, 0.0)), ((0.0, 0.5), (0.4, 0.5))),
    "F": (((0.48, 1.0), (0.0, 1.0), (0.0, 0.0)), ((0.0, 0.5), (0.4, 0.5))),
    "G": (
        (
            (0.5, 0.8),
            (0.38, 1.0),
            (0.12, 1.0),
            (0.0, 0.8),
            (0.0, 0.2),
            (0.12, 0.0),
            (0.38, 0.0),
            (0.5, 0.2),
            (0.5, 0.46),
            (0.28, 0.46),
        ),
    ),
    "H": (((0.0, 0.0), (0.0, 1.0)), ((0.5, 0.0), (0.5, 1.0)), ((0.0, 0.5), (0.5, 0.5))),
    "I": (((0.25, 0.0), (0.25, 1.0)),),
    "J": (((0.5, 1.0), (0.5, 0.2), (0.38, 0.0), (0.12, 0.0), (0.0, 0.2)),),
    "K": (((0.0, 0.0), (0.0, 1.0)), ((0.5, 1.0), (0.06, 0.5), (0.5, 0.0))),
    "L": (((0.0, 1.0), (0.0, 0.0), (0.48, 0.0)),),
    "M": (((0.0, 0.0), (0.0, 1.0), (0.32, 0.35), (0.64, 1.0), (0.64, 0.0)),),
    "N": (((0.0, 0.0), (0.0, 1.0), (0.5, 0.0), (0.5, 1.0)),),
    "O": (_O,),
    "P": (_BOWL,),
    "Q": (_O, ((0.3, 0.25), (0.55, -0.05))),
    "R": (_BOWL, ((0.25, 0.46), (0.5, 0.0))),
    "S": (_S,),
    "T": (((0.0, 1.0), (0.56, 1.0)), ((0.28, 1.0), (0.28, 0.0))),
    "U": (((0.0, 1.0), (0.0, 0.2), (0.12, 0.0), (0.38, 0.0), (0.5, 0.2), (0.5, 1.0)),),
    "V": (((0.0, 1.0), (0.25, 0.0), (0.5, 1.0)),),
    "W": (((0.0, 1.0), (0.16, 0.0), (0.34, 0.7), (0.52, 0.0), (0.68, 1.0)),),
    "X": (((0.0, 0.0), (0.5, 1.0)), ((0.0, 1.0), (0.5, 0.0))),
    "Y": (((0.0, 1.0), (0.25, 0.5), (0.25, 0.0)), ((0.25, 0.5), (0.5, 1.0))),
    "Z": (((0.0, 1.0), (0.5, 1.0), (0.0, 0.0), (0.5, 0.0)),),
    "!": (((0.1, 1.0), (0.1, 0.34)), ((0.1, 0.14), (0.1, -0.04))),
}


def text(words: str, height: float, material: Material) -> Mesh:
    """`words` with letters `height` m high, centred on the origin; KeyError for a letter that is not drawn here.

    The outermost edges of the strokes, not their middle lines, span the height."""
    inner = 1.0 - STROKE
    parts, right = [], 0.0
    for letter in words:
        if letter == " ":
            right += 0.4
            continue
        lines = [np.array(line) * (1.0, inner) for line in _LINES[letter]]
        width = max(float(line[:, 0].max()) for line in lines)
        parts += [_stroke(line + (right, -0.5 * inner), STROKE, material) for line in lines]
        right += width + STROKE + SPACING
    if not parts:
        return EMPTY
    middle = 0.5 * (right - STROKE - SPACING)
    return merge(*parts).moved(y=middle).scaled(height, height, height)


def polygon(outline: ArrayLike, material: Material) -> Mesh:
    """Convex flat outline (N, 2) of (right, up) m, listed either way round."""
    points = np.asarray(outline, np.float64)
    faces = [(0, k, k + 1) for k in range(1, len(points) - 1)]
    return _facing(points, faces, material)


def ring(outer: ArrayLike, inner: ArrayLike, material: Material) -> Mesh:
    """Flat band between two outlines (N, 2) of (right, up) m with as many corners."""
    points = np.concatenate([np.asarray(outer, np.float64), np.asarray(inner, np.float64)])
    n = len(points) // 2
    pairs = [(k, (k + 1) % n) for k in range(n)]
    return _facing(points, [f for a, b in pairs for f in ((a, b, b + n), (a, b + n, a + n))], material)


def stroke(line: ArrayLike, width: float, material: Material) -> Mesh:
    """Line (N, 2) of (right, up) m drawn `width` m wide with mitred corners; closed where it ends at its beginning."""
    return _stroke(np.asarray(line, np.float64), width, material)


def _stroke(line: NDArray[np.float64], width: float, material: Material) -> Mesh:
    closed = bool(np.allclose(line[0], line[-1]))
    steps = np.diff(line, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    before = np.concatenate([steps[-1:] if closed else steps[:1], steps])
    after = np.concatenate([steps, steps[:1] if closed else steps[-1:]])
    normal = np.column_stack([-(before + after)[:, 1], (before + after)[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    mitre = np.maximum(np.abs(normal[:, 0] * -after[:, 1] + normal[:, 1] * after[:, 0]), 0.6)
    offset = 0.5 * width * normal / mitre[:, None]
    points = np.concatenate([line + offset, line - offset])
    n = len(line)
    faces = [f for k in range(n - 1) for f in ((k, k + 1, k + 1 + n), (k, k + 1 + n, k + n))]
    return _facing(points, faces, material)


def _facing(points: NDArray[np.float64], faces: Sequence[tuple[int, int, int]], material: Material) -> Mesh:
    """Mesh of flat points (right, up), every face turned to +x."""
    corners = points[np.asarray(faces)]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    turned = np.where((area > 0.0)[:, None], np.asarray(faces)[:, ::-1], np.asarray(faces))
    return make_mesh(np.column_stack([np.zeros(len(points)), -points[:, 0], points[:, 1]]), turned, material)
