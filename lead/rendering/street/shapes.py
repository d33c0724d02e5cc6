"""Flat shapes of paint: stripes across outlines, bands along lines, arrows and words. Frame: x along, y to the right, m."""

from functools import cache
from math import pi

import numpy as np
import shapely
from numpy.typing import NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, make_mesh, merge
from lead.rendering.models.glyphs import text
from lead.rendering.street.painted import Paint

STRIPE, STRIPE_PERIOD = 0.5, 1.0  # m, of a zebra
PIECE = 1.7  # m, longest side of a painted quad: longer ones would leave the ground
HATCH, HATCH_PERIOD = 0.4, 1.6  # m
WORD_SIZE = (2.4, 2.0)  # m along and across
Flat = tuple[NDArray[np.float64], NDArray[np.int32]]  # points (n, 3) and triangles (m, 3) seen from above


def zebra(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stripes (m, 4, 3) across a crosswalk's outline (n, 3), which walkers follow along its longest side."""
    sides = np.roll(outline, -1, axis=0) - outline
    longest = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    angle = np.arctan2(longest[1], longest[0])
    c, s = np.cos(angle), np.sin(angle)
    turned = outline[:, :2] @ np.array([[c, -s], [s, c]])
    low, high = turned[:, 0].min(), turned[:, 0].max()
    count = max(1, int((high - low) // STRIPE_PERIOD))
    begin = low + (np.arange(count) + 0.5) * (high - low) / count - 0.5 * STRIPE
    near, far = _spans(turned, begin), _spans(turned, begin + STRIPE)
    whole = (near[:, 1] - near[:, 0] > 0.3) & (far[:, 1] - far[:, 0] > 0.3)
    u, near, far = begin[whole], near[whole], far[whole]
    quads = [(u, near[:, 0]), (u + STRIPE, far[:, 0]), (u + STRIPE, far[:, 1]), (u, near[:, 1])]
    corners = np.array(quads, np.float64).transpose(2, 0, 1) @ np.array([[c, s], [-s, c]])
    return np.concatenate([corners, np.full((len(corners), 4, 1), outline[:, 2].mean())], axis=2)


def _spans(outline: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where lines x = u (n,) run inside a convex outline (m, 2): from y to y (n, 2); 0, 0 outside."""
    following = np.concatenate([outline[1:], outline[:1]])
    a, b = outline[:, None], following[:, None]
    crossing = (a[:, :, 0] <= u) != (b[:, :, 0] <= u)
    run = np.where(crossing, b[:, :, 0] - a[:, :, 0], 1.0)
    v = a[:, :, 1] + (u - a[:, :, 0]) / run * (b[:, :, 1] - a[:, :, 1])
    low, high = np.where(crossing, v, np.inf).min(axis=0), np.where(crossing, v, -np.inf).max(axis=0)
    return np.where(crossing.any(axis=0)[:, None], np.column_stack([low, high]), 0.0)


def split_quads(corners: NDArray[np.float64]) -> Flat:
    """Quads (n, 4, 3), wound from x to y, cut across their long sides (1-2 and 3-0) into pieces of PIECE at most."""
    if len(corners) == 0:
        return np.zeros((0, 3)), np.zeros((0, 3), np.int32)
    length = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1).max()
    pieces = max(1, int(np.ceil(length / PIECE)))
    share = np.linspace(0.0, 1.0, pieces + 1)[None, :, None]
    near = corners[:, None, 0] + share * (corners[:, None, 3] - corners[:, None, 0])
    far = corners[:, None, 1] + share * (corners[:, None, 2] - corners[:, None, 1])
    points = np.stack([near, far], axis=2).reshape(-1, 3)
    k = 2 * np.arange(pieces, dtype=np.int32)[:, None]
    faces = np.concatenate([k + np.array([0, 1, 3], np.int32), k + np.array([0, 3, 2], np.int32)])
    first = 2 * (pieces + 1) * np.arange(len(corners), dtype=np.int32)[:, None, None]
    return points, (faces + first).reshape(-1, 3)


def band(line: NDArray[np.float64], width: float) -> Flat:
    """A strip of some width (m) along a line (n, 3)."""
    long = np.maximum(1, np.ceil(np.linalg.norm(np.diff(line, axis=0), axis=1) / PIECE).astype(int))
    place = np.concatenate([k + np.arange(n) / n for k, n in enumerate(long)] + [[len(line) - 1.0]])
    line = np.column_stack([np.interp(place, np.arange(len(line)), line[:, k]) for k in range(3)])
    along = np.gradient(line[:, :2], axis=0)
    right = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    left, other = line.copy(), line.copy()
    left[:, :2] -= 0.5 * width * right
    other[:, :2] += 0.5 * width * right
    k = 2 * np.arange(len(line) - 1, dtype=np.int32)[:, None]
    faces = np.concatenate([k + np.array([0, 2, 3], np.int32), k + np.array([0, 3, 1], np.int32)])
    return np.stack([left, other], axis=1).reshape(-1, 3), faces


def hatching(outline: NDArray[np.float64]) -> Flat:
    """Slanting stripes over an outline (n, 3)."""
    area = shapely.make_valid(shapely.Polygon(outline[:, :2]))
    turned = shapely.affinity.rotate(area, 45.0, origin=(0.0, 0.0))
    low_x, low_y, high_x, high_y = turned.bounds
    points, faces, first = [np.zeros((0, 3))], [np.zeros((0, 3), np.int32)], 0
    for u in np.arange(low_x, high_x, HATCH_PERIOD):
        stripe = shapely.intersection(turned, shapely.box(u, low_y, u + HATCH, high_y))
        for part in shapely.get_parts(shapely.affinity.rotate(stripe, -45.0, origin=(0.0, 0.0))):
            if part.geom_type != "Polygon" or part.area < 0.05:
                continue
            ring = np.array(shapely.geometry.polygon.orient(part).exterior.coords)[:-1]
            fan = np.arange(1, len(ring) - 1, dtype=np.int32)
            points.append(np.column_stack([ring, np.full(len(ring), outline[:, 2].mean())]))
            faces.append(first + np.column_stack([np.zeros_like(fan), fan, fan + 1]))
            first += len(ring)
    return np.concatenate(points), np.concatenate(faces)


@cache
def stencil(kind: Paint) -> Mesh:
    """A word or an arrow, flat at z = 0, read by who drives along x; its middle is at the origin."""
    if kind == Paint.WORD_STOP:
        word = text("STOP", 1.0, Material.MARKING_WHITE).moved(pitch=0.5 * pi).moved(yaw=pi)
        low, high = word.vertices.min(axis=0), word.vertices.max(axis=0)
        middle, span = 0.5 * (low + high), high - low
        word = word.moved(*(-middle).tolist()).scaled(WORD_SIZE[0] / span[0], WORD_SIZE[1] / span[1], 1.0)
        return word._replace(vertices=word.vertices * np.array([1.0, 1.0, 0.0], np.float32))
    if kind == Paint.GIVE_WAY:
        return make_mesh(
            [(-1.8, 0.0, 0.0), (1.8, 0.9, 0.0), (1.8, -0.9, 0.0)][::-1], [[0, 1, 2]], Material.MARKING_WHITE
        )
    parts = []
    ahead = kind in (Paint.ARROW_AHEAD, Paint.ARROW_AHEAD_LEFT, Paint.ARROW_AHEAD_RIGHT)
    if ahead:
        parts += [_polygon([(-1.6, -0.09), (0.5, -0.09), (0.5, 0.09), (-1.6, 0.09)])]
        parts += [_polygon([(0.5, -0.35), (1.6, 0.0), (0.5, 0.35)])]
    else:
        parts += [_polygon([(-1.5, -0.09), (0.1, -0.09), (0.1, 0.09), (-1.5, 0.09)])]
    if kind != Paint.ARROW_AHEAD:
        base = -0.5 if ahead else 0.1
        turn = [_polygon([(base - 0.14, -0.09), (base + 0.3, 0.5), (base + 0.5, 0.5), (base + 0.1, -0.09)])]
        turn += [_polygon([(base - 0.1, 0.5), (base + 0.9, 0.5), (base + 0.4, 1.2)])]
        right = merge(*turn)
        left_turn = kind in (Paint.ARROW_LEFT, Paint.ARROW_AHEAD_LEFT)
        parts.append(right.mirrored() if left_turn else right)
    return merge(*parts)


def _polygon(points: list[tuple[float, float]]) -> Mesh:
    """Convex outline seen from above."""
    corners = np.array([(x, y, 0.0) for x, y in points])
    area = sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(points, points[1:] + points[:1], strict=True))
    corners = corners if area > 0.0 else corners[::-1]
    return make_mesh(corners, [[0, k, k + 1] for k in range(1, len(points) - 1)], Material.MARKING_WHITE)
