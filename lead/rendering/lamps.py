"""Lamps that are on: found among the triangles by material, gathered into one source per lamp, nearest first."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.lamp_faces import gather_lamps
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.kernels.setting import LAMP_COLUMNS, Light
from lead.rendering.materials import Material, MaterialTable

MOST = 40  # lamps that light one camera's picture
ROOM = 1024  # lamps found in a world
REACH = 130.0  # m from the eye within which lamps are looked for
BEAM, STREET, SIGNAL = 1, 2, 3  # kinds

# kind: power (light on a surface 1 m away per glow), reach (m), gathering distance (m): headlamps of a car shine as one
_POWER = {BEAM: 42.0, STREET: 15.0, SIGNAL: 0.14}
_REACH = {BEAM: 70.0, STREET: 36.0, SIGNAL: 7.0}
_MERGE = {BEAM: 2.4, STREET: 2.0, SIGNAL: 0.35}
BEAM_WIDTH = 0.38  # tangent of half the width of a headlamp's beam
BEAM_DIP = 0.035  # tangent of its fall below the horizon


def lamp_kinds(materials: MaterialTable) -> NDArray[np.uint8]:
    """Kind (M,) of lamp that each material makes, 0 none."""
    kinds = np.where(materials.lamp > 0, SIGNAL, 0).astype(np.uint8)
    kinds[Material.HEAD_LAMP], kinds[Material.STREET_LAMP] = BEAM, STREET
    return kinds


def find_lamps(
    eye: NDArray[np.floating], light: Light, triangles: Triangles, items: Items, objects: Objects,
    materials: MaterialTable, kinds: NDArray[np.uint8],
) -> NDArray[np.float32]:  # fmt: skip
    """The lamps (L, LAMP_COLUMNS) that matter for a camera at `eye` (3,) m: none by dry day."""
    if light.night <= 0.0 and light.wet <= 0.0:
        return np.zeros((0, LAMP_COLUMNS), np.float32)
    found = np.zeros((ROOM, 7), np.float64)
    owner, material = np.zeros(ROOM, np.int32), np.zeros(ROOM, np.int32)
    merge = np.array([0.0, _MERGE[BEAM], _MERGE[STREET], _MERGE[SIGNAL]])
    eye32 = np.asarray(eye, np.float32)
    count = gather_lamps(triangles, items, objects, materials, kinds, merge, eye32, REACH, found, owner, material)
    return _choose(
        found[:count], owner[:count], material[:count], np.asarray(eye, np.float64), light, objects, materials, kinds
    )


def _choose(
    found: NDArray[np.float64], owner: NDArray[np.int32], material: NDArray[np.int32], eye: NDArray[np.float64],
    light: Light, objects: Objects, materials: MaterialTable, kinds: NDArray[np.uint8],
) -> NDArray[np.float32]:  # fmt: skip
    kind = kinds[material]
    glow = materials.glow[material]
    power = np.array([0.0, _POWER[BEAM], _POWER[STREET], _POWER[SIGNAL]])[kind, None] * glow * light.night
    reach = np.array([0.0, _REACH[BEAM], _REACH[STREET], _REACH[SIGNAL]])[kind]
    place = found[:, 1:4] / found[:, :1]
    axis = found[:, 4:7] + [0.0, 0.0, 1e-9]
    headed = np.column_stack([objects.heading[owner], np.full(len(owner), -BEAM_DIP)])
    axis = np.where((kind == BEAM)[:, None] & objects.moving[owner][:, None], headed, axis)
    axis = np.where((kind == STREET)[:, None], [0.0, 0.0, -1.0], axis)
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    away = np.linalg.norm(place - eye, axis=1)
    order = np.argsort(away / reach, kind="stable")[:MOST]
    size = np.sqrt(found[:, 0] / 3.0).clip(0.04, 0.4)
    beam = np.where(kind == BEAM, BEAM_WIDTH, 0.0)
    rows = np.column_stack([place, axis, power, glow, reach, size, beam])
    return np.ascontiguousarray(rows[order], np.float32)
