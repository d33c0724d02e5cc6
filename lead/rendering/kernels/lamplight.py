"""Lamps: the light they throw on surfaces, their long images in wet roads, and the glare around them at night."""

from math import sqrt

import numpy as np

from lead.rendering.kernels import setting as of
from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import Camera
from lead.rendering.kernels.strip import Floats, f32, lean

SLOPE_STEPS = f32(4096.0)  # bounds of slopes are rounded to 1 / 4096
GLARE_REACH = f32(0.09)  # slope from a lamp's middle to where its glare ends
GLARE_HALVED = f32(50.0)  # m from the eye at which a lamp's glare is half as strong as near by
STREAK_REACH = f32(0.12)  # slope from a lamp to the side of its image in the road
LEVEL = f32(0.1)  # sideways tilt of a camera up to which images of lamps stand upright below them


@lean
def slope_bounds(strip: Floats, count: int, edges: Floats) -> None:
    """The part of the view that the fragments fill: least and most slope to the right, then down (4,)."""
    x_least = y_least = np.int32(1 << 30)
    x_most = y_most = -x_least
    for i in range(count):
        x, y = np.int32(strip[at.SLOPE_X + i] * SLOPE_STEPS), np.int32(strip[at.SLOPE_Y + i] * SLOPE_STEPS)
        x_least, y_least, x_most, y_most = min(x_least, x), min(y_least, y), max(x_most, x), max(y_most, y)
    edges[0], edges[1] = f32(x_least) / SLOPE_STEPS, f32(x_most) / SLOPE_STEPS
    edges[2], edges[3] = f32(y_least) / SLOPE_STEPS, f32(y_most) / SLOPE_STEPS


@lean
def lamplight(strip: Floats, lamps: Floats, box: Floats, count: int) -> None:
    """Add the lamps that reach the fragments to the columns LIGHT; box (6,): what `bounds` found."""
    for lamp in range(lamps.shape[0]):
        square = f32(0.0)
        for k in range(3):
            place = lamps[lamp, of.POSITION + np.uint64(k)]
            away = max(box[2 * k] - place, place - box[2 * k + 1], f32(0.0))
            square += away * away
        if square >= lamps[lamp, of.REACH] * lamps[lamp, of.REACH]:
            continue
        if lamps[lamp, of.BEAM] > 0.0:
            _add_beam(strip, lamps, lamp, count)
        else:
            _add_lamp(strip, lamps, lamp, count)


@lean
def _three(lamps: Floats, lamp: int, first: int) -> tuple[float, float, float]:
    """The numbers of a lamp in three columns from `first` on."""
    return lamps[lamp, first], lamps[lamp, first + np.uint64(1)], lamps[lamp, first + np.uint64(2)]


@lean
def _add_lamp(strip: Floats, lamps: Floats, lamp: int, count: int) -> None:
    """Light of a lamp that shines all around before it."""
    px, py, pz = _three(lamps, lamp, of.POSITION)
    ax, ay, az = _three(lamps, lamp, of.AXIS)
    red, green, blue = _three(lamps, lamp, of.POWER)
    zero, one = f32(0.0), f32(1.0)
    fade = one / (lamps[lamp, of.REACH] * lamps[lamp, of.REACH])
    for i in range(count):
        dx, dy, dz = strip[at.X + i] - px, strip[at.Y + i] - py, strip[at.Z + i] - pz
        square = dx * dx + dy * dy + dz * dz + f32(0.01)
        fall = -(dx * strip[at.NORMAL_X + i] + dy * strip[at.NORMAL_Y + i] + dz * strip[at.NORMAL_Z + i])
        along = dx * ax + dy * ay + dz * az
        left = max(one - square * fade, zero)
        share = left * left * max(fall, zero) * max(along, zero) / (square * (square + f32(0.4)))
        strip[at.LIGHT_RED + i] += red * share
        strip[at.LIGHT_GREEN + i] += green * share
        strip[at.LIGHT_BLUE + i] += blue * share


@lean
def _add_beam(strip: Floats, lamps: Floats, lamp: int, count: int) -> None:
    """Light of a headlamp: a flat, broad beam with little above its axis, that lights the road further than a bare lamp
    would."""
    px, py, pz = _three(lamps, lamp, of.POSITION)
    ax, ay, az = _three(lamps, lamp, of.AXIS)
    red, green, blue = _three(lamps, lamp, of.POWER)
    zero, one, half = f32(0.0), f32(1.0), f32(0.5)
    fade = one / (lamps[lamp, of.REACH] * lamps[lamp, of.REACH])
    narrow = one / (lamps[lamp, of.BEAM] * lamps[lamp, of.BEAM])
    for i in range(count):
        dx, dy, dz = strip[at.X + i] - px, strip[at.Y + i] - py, strip[at.Z + i] - pz
        square = dx * dx + dy * dy + dz * dz + f32(0.01)
        fall = -(dx * strip[at.NORMAL_X + i] + dy * strip[at.NORMAL_Y + i] + dz * strip[at.NORMAL_Z + i]) / sqrt(square)
        along = dx * ax + dy * ay + dz * az
        ahead = one / max(along, f32(0.05))
        rise = (dz - along * az) * ahead
        aside = max((square - along * along) * ahead * ahead - rise * rise, zero) * narrow
        above = max(f32(0.13) - f32(0.25) * rise, zero)  # stray light, none on bridges overhead
        below = min(max(f32(0.55) - f32(5.5) * rise, above), one)
        share = below / (one + aside * aside) if along > zero else zero
        fall = max(half * fall + half * min(max(f32(6.0) * fall, zero), one), zero)
        left = max(one - square * fade, zero)
        share *= left * left * fall / (f32(60.0) + f32(0.12) * square)
        strip[at.LIGHT_RED + i] += red * share
        strip[at.LIGHT_GREEN + i] += green * share
        strip[at.LIGHT_BLUE + i] += blue * share


@lean
def streaks(strip: Floats, lamps: Floats, camera: Camera, edges: Floats, count: int) -> None:
    """Add the images of lamps in wet roads: mirrored, and drawn out towards the eye by the road's roughness.

    edges (4,): what `slope_bounds` found; the image of a lamp stands below it.
    """
    level = abs(camera.axes[0, 2]) < LEVEL
    for lamp in range(lamps.shape[0]):
        px, py, pz = _three(lamps, lamp, of.POSITION)
        dx, dy, dz = px - camera.eye[0], py - camera.eye[1], pz - camera.eye[2]
        ahead = camera.axes[2, 0] * dx + camera.axes[2, 1] * dy + camera.axes[2, 2] * dz
        x = (camera.axes[0, 0] * dx + camera.axes[0, 1] * dy + camera.axes[0, 2] * dz) / max(ahead, f32(0.5))
        if level and (ahead <= 0.0 or x < edges[0] - STREAK_REACH or x > edges[1] + STREAK_REACH):
            continue
        ax, ay, az = _three(lamps, lamp, of.AXIS)
        turned = -(dx * ax + dy * ay + dz * az)
        if turned < 0.0 or not _shines(lamps, lamp):
            continue
        _add_streak(strip, lamps, lamp, count)


@lean
def _shines(lamps: Floats, lamp: int) -> bool:
    """Whether a lamp has an image and a glare of its own."""
    red, green, _ = _three(lamps, lamp, of.SHINE)
    return red + green > f32(0.0)


@lean
def _add_streak(strip: Floats, lamps: Floats, lamp: int, count: int) -> None:
    zero, one = f32(0.0), f32(1.0)
    px, py, pz = _three(lamps, lamp, of.POSITION)
    red, green, blue = _three(lamps, lamp, of.SHINE)
    size = lamps[lamp, of.RADIUS]
    for i in range(count):
        dx, dy, dz = px - strip[at.X + i], py - strip[at.Y + i], pz - strip[at.Z + i]
        rx, ry, rz = strip[at.MIRROR_X + i], strip[at.MIRROR_Y + i], strip[at.MIRROR_Z + i]
        flat = one / sqrt(rx * rx + ry * ry + f32(1e-6))
        ahead = (dx * rx + dy * ry) * flat
        aside = (dx * ry - dy * rx) * flat
        inverse = one / max(ahead, f32(0.5))
        broad = (f32(1.5) * size + f32(0.010) * ahead) * inverse
        side = aside * inverse
        up = (dz * inverse - rz * flat) * f32(0.3)
        share = one / (one + (side * side + up * up) / (broad * broad))
        share *= share * min(f32(1.4) * strip[at.WET + i], one) * (one if ahead > zero and dz > zero else zero)
        share *= f32(0.14) * (one - f32(0.8) * strip[at.FACING + i])
        strip[at.RED + i] += red * share
        strip[at.GREEN + i] += green * share
        strip[at.BLUE + i] += blue * share


@lean
def glare(strip: Floats, lamps: Floats, light: Floats, camera: Camera, edges: Floats, count: int) -> None:
    """Add the glow that lamps have in dark or misty air, on everything behind them."""
    zero, one = f32(0.0), f32(1.0)
    strength = light[of.NIGHT] * (f32(0.05) + f32(9.0) * light[of.FOG_DENSITY])
    for lamp in range(lamps.shape[0]):
        px, py, pz = _three(lamps, lamp, of.POSITION)
        dx, dy, dz = px - camera.eye[0], py - camera.eye[1], pz - camera.eye[2]
        ahead = camera.axes[2, 0] * dx + camera.axes[2, 1] * dy + camera.axes[2, 2] * dz
        away = sqrt(dx * dx + dy * dy + dz * dz)
        ax, ay, az = _three(lamps, lamp, of.AXIS)
        turned = -(dx * ax + dy * ay + dz * az)
        if ahead < 1.0 or turned < f32(-0.2) * away or not _shines(lamps, lamp):
            continue
        x = (camera.axes[0, 0] * dx + camera.axes[0, 1] * dy + camera.axes[0, 2] * dz) / ahead
        y = (camera.axes[1, 0] * dx + camera.axes[1, 1] * dy + camera.axes[1, 2] * dz) / ahead
        if x < edges[0] - GLARE_REACH or x > edges[1] + GLARE_REACH:
            continue
        if y < edges[2] - GLARE_REACH or y > edges[3] + GLARE_REACH:
            continue
        toward = min(max(turned / away + f32(0.2), zero), one) * strength
        toward /= one + away * away / (GLARE_HALVED * GLARE_HALVED)
        red, green, blue = _three(lamps, lamp, of.SHINE)
        red, green, blue = red * toward, green * toward, blue * toward
        core = f32(0.004) + f32(0.9) * lamps[lamp, of.RADIUS] / away
        spread, end, before = one / (core * core), one / (GLARE_REACH * GLARE_REACH), f32(0.98) * away - f32(0.3)
        for i in range(count):
            u, v = strip[at.SLOPE_X + i] - x, strip[at.SLOPE_Y + i] - y
            square = u * u + v * v
            left = max(one - square * end, zero)
            share = left * left / (one + square * spread) if strip[at.RANGE + i] > before else zero
            strip[at.RED + i] += red * share
            strip[at.GREEN + i] += green * share
            strip[at.BLUE + i] += blue * share
