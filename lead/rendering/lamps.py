"""Lamps that are on: found among the triangles by material, gathered into one source per lamp, nearest first."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import LAMP_SLOT
from lead.rendering.kernels.lamp_faces import gather_lamps
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.kernels.setting import LAMP_COLUMNS, Light
from lead.rendering.materials import Material, MaterialTable

MOST = 48  # lamps that light one camera's picture
ROOM = 1024  # lamps found in a world
REACH = 130.0  # m from the eye within which lamps are looked for
BEAM, STREET, SIGNAL = 1, 2, 3  # kinds

# kind: power (light on a surface 1 m away per glow), reach (m), gathering distance (m)
_POWER = {BEAM: 42.0, STREET: 15.0, SIGNAL: 0.14}
_REACH = {BEAM: 58.0, STREET: 36.0, SIGNAL: 7.0}
_MERGE = {BEAM: 0.6, STREET: 2.0, SIGNAL: 0.35}
PAIR = 50.0  # m from the eye within which each headlamp of a vehicle has its own glare; they shine as one
BEAM_WIDTH = 0.38  # tangent of half the width of a headlamp's beam
BEAM_DIP = 0.02  # tangent of its fall below the horizon


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
    place = np.asarray(eye, np.float64)
    lit, of, glares = _pair(found[:count], owner[:count], kinds[material[:count]] == BEAM, place)
    return _choose(lit, glares, owner[of], material[of], place, light, objects, materials, kinds)


def _pair(
    found: NDArray[np.float64], owner: NDArray[np.int32], beam: NDArray[np.bool_], eye: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int8]]:
    """Put the headlamps of each vehicle together to one light, and before it, where near, add them as mere glares.

    Returns rows as `gather_lamps` found them (L, 7), which of its rows they come from (L,), and how they glare (L,):
    0 not, 1 as they shine, 2 without shining.
    """
    key = np.where(beam, owner, -1 - np.arange(len(owner)))
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    total = np.zeros((len(first), found.shape[1]))
    np.add.at(total, group, found)
    near = np.linalg.norm(total[:, 1:4] / total[:, :1] - eye, axis=1) < PAIR
    apart = near & (np.bincount(group, minlength=len(first)) > 1)
    single = np.flatnonzero(apart[group])
    glares = np.concatenate([np.where(apart, 0, 1), np.full(len(single), 2)]).astype(np.int8)
    return np.concatenate([total, found[single]]), np.concatenate([first, single]), glares


def _choose(
    found: NDArray[np.float64], glares: NDArray[np.int8], owner: NDArray[np.int32], material: NDArray[np.int32],
    eye: NDArray[np.float64], light: Light, objects: Objects, materials: MaterialTable, kinds: NDArray[np.uint8],
) -> NDArray[np.float32]:  # fmt: skip
    kind = kinds[material]
    glow, shade = materials.glow[material], objects.tint[owner, LAMP_SLOT]
    glow = np.where((kind == STREET)[:, None] & (shade[:, :1] >= 0.0), glow * shade, glow)
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
    shine, shining = glow * (glares > 0)[:, None], np.where(glares < 2, reach, 0.0)
    rows = np.column_stack([place, axis, power, shine, shining, size, beam])
    return np.ascontiguousarray(rows[order], np.float32)
