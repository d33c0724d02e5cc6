"""Growing stores of world-space triangles and of the objects they belong to.

What stands still comes first and stays; what moves is written anew behind it for every picture.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.mesh import Mesh, face_normals

OWN_COLOUR = -1.0  # in a colour slot: the material's own colour is shown
Run = tuple[int, int, int, int]  # first vertex, vertices, first face, faces


def _allocate_triangles(vertices: int, faces: int) -> Triangles:
    x, y, z = (np.zeros(vertices, np.float32) for _ in range(3))
    return Triangles(
        x, y, z, np.zeros((faces, 3), np.int32), np.zeros((faces, 3), np.float32), np.zeros(faces, np.uint8),
        np.zeros(faces, np.uint8), np.zeros(faces, np.int32),
    )  # fmt: skip


class TriangleStore:
    """Triangles of static meshes, and room behind them."""

    def __init__(self) -> None:
        self.triangles = _allocate_triangles(1 << 16, 1 << 16)
        self.vertices = 0  # static ones
        self.faces = 0

    def reserve(self, vertices: int, faces: int) -> None:
        """Make room for so many more behind the static ones; what lies behind these may be lost."""
        old = self.triangles
        enough = self.vertices + vertices <= len(old.x) and self.faces + faces <= len(old.faces)
        if enough:
            return
        grown = _allocate_triangles(
            max(len(old.x), 2 * (self.vertices + vertices)), max(len(old.faces), 2 * (self.faces + faces))
        )
        for before, after in zip(old[:3], grown[:3], strict=True):
            after[: self.vertices] = before[: self.vertices]
        for before, after in zip(old[3:], grown[3:], strict=True):
            after[: self.faces] = before[: self.faces]
        self.triangles = grown

    def add(self, mesh: Mesh, owner: NDArray[np.int32]) -> Run:
        """Append a mesh in world coordinates whose faces belong to the objects `owner` (F,)."""
        self.reserve(len(mesh.vertices), len(mesh.faces))
        v, f = slice(self.vertices, self.vertices + len(mesh.vertices)), slice(self.faces, self.faces + len(mesh.faces))
        x, y, z, faces, normal, material, tag, owners = self.triangles
        x[v], y[v], z[v] = mesh.vertices.T
        faces[f], normal[f] = mesh.faces + np.int32(self.vertices), face_normals(mesh)
        material[f], tag[f], owners[f] = mesh.material, mesh.tag, owner
        self.vertices, self.faces = v.stop, f.stop
        return v.start, len(mesh.vertices), f.start, len(mesh.faces)

    def clear(self) -> None:
        """Forget everything."""
        self.vertices = self.faces = 0


class ObjectStore:
    """Objects: row 0 is nobody, static ones follow, actors come behind them."""

    def __init__(self) -> None:
        self.objects = self._allocate(1 << 10)
        self.count = 1  # static ones

    @staticmethod
    def _allocate(rows: int) -> Objects:
        heading = np.zeros((rows, 2), np.float32)
        heading[:, 0] = 1.0
        return Objects(
            np.zeros(rows, np.uint32), np.full((rows, 3, 3), OWN_COLOUR, np.float32), np.zeros(rows, np.uint32),
            np.zeros((rows, 3), np.float32), np.zeros((rows, 3), np.float32), heading, np.zeros(rows, np.bool_),
        )  # fmt: skip

    def reserve(self, rows: int) -> None:
        """Make room for so many more behind the static ones."""
        if self.count + rows <= len(self.objects.identity):
            return
        grown = self._allocate(2 * (self.count + rows))
        for before, after in zip(self.objects, grown, strict=True):
            after[: self.count] = before[: self.count]
        self.objects = grown

    def add(self, identity: int, tint: NDArray[np.float32] | None, origin: ArrayLike | None = None) -> int:
        """A new static object; returns its row. `tint` (3, 3) linear RGB; `origin` (3,) m, where its patterns begin."""
        self.reserve(1)
        row = self.count
        for column in self.objects:
            column[row] = 0
        self.objects.heading[row, 0] = 1.0
        self.objects.identity[row] = identity
        self.objects.tint[row] = OWN_COLOUR if tint is None else tint
        if origin is not None:
            self.objects.origin[row] = origin
        self.count += 1
        return row

    def clear(self) -> None:
        """Forget all static objects."""
        self.count = 1


def empty_items(count: int) -> Items:
    """Items that are drawn at any distance, to be filled."""
    integers = [np.zeros(count, np.int64) for _ in range(4)]
    centre, radius, least = np.zeros((count, 3), np.float32), np.zeros(count, np.float32), np.zeros(count, np.float32)
    return Items(*integers, centre, radius, least, np.full(count, np.inf, np.float32))


def join_items(parts: list[Items]) -> Items:
    """All of them in order."""
    return Items(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
