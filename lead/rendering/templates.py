"""Models as arrays for kernels: each is added once, and known by its number from then on."""

import numpy as np

from lead.rendering.kernels.pose import Templates
from lead.rendering.mesh import face_normals
from lead.rendering.models.model import Model, Part


class TemplateStore:
    """All models of movers that were seen so far."""

    def __init__(self) -> None:
        self.templates = Templates(
            *(np.zeros(0, np.float32) for _ in range(3)), np.zeros((0, 3), np.int32), np.zeros((0, 3), np.float32),
            np.zeros(0, np.uint8), np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64),
            np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros(0, np.int64), np.zeros(1, np.int64),
        )  # fmt: skip
        self.vertices: list[int] = []  # per model
        self.triangles: list[int] = []  # per model

    def add(self, model: Model) -> int:
        """Keep a model; returns its number."""
        old, first_part = self.templates, int(self.templates.first_part[-1])
        meshes = [part.mesh for part in model.parts]
        counts = np.array([len(mesh.vertices) for mesh in meshes]), np.array([len(mesh.faces) for mesh in meshes])
        vertices = np.concatenate([mesh.vertices for mesh in meshes])
        self.templates = Templates(
            *(np.concatenate([old[k], vertices[:, k]]) for k in range(3)),
            np.concatenate([old.faces, *(mesh.faces for mesh in meshes)]),
            np.concatenate([old.normal, *(face_normals(mesh) for mesh in meshes)]),
            np.concatenate([old.material, *(mesh.material for mesh in meshes)]),
            np.concatenate([old.tag, *(mesh.tag for mesh in meshes)]),
            np.concatenate([old.first_vertex, old.first_vertex[-1] + np.cumsum(counts[0])]),
            np.concatenate([old.first_face, old.first_face[-1] + np.cumsum(counts[1])]),
            np.concatenate([old.joint, np.array([part.joint for part in model.parts], np.int64)]),
            np.concatenate([old.pivot, np.array([_offset(model, part) for part in model.parts])]),
            np.concatenate(
                [old.parent, np.array([first_part + p.parent if p.parent >= 0 else -1 for p in model.parts], np.int64)]
            ),
            np.append(old.first_part, first_part + len(model.parts)),
        )
        self.vertices.append(int(counts[0].sum()))
        self.triangles.append(int(counts[1].sum()))
        return len(self.vertices) - 1


def _offset(model: Model, part: Part) -> tuple[float, ...]:
    """Where a part's pivot rests, from the pivot of the part that carries it."""
    base = model.parts[part.parent].pivot if part.parent >= 0 else (0.0, 0.0, 0.0)
    return tuple(own - carrier for own, carrier in zip(part.pivot, base, strict=True))
