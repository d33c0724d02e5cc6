"""Collisions of upright boxes: which pairs may meet in a step, when and where they first touch, and what that does to them.

Bodies are vehicles, walkers and props as oriented boxes with a height range; static boxes come from the scenery. Pairs
are swept along the step, so that nothing tunnels. Impacts exchange impulses (restitution 0.1, Coulomb friction) with
the yaw response of rigid boxes; afterwards positions are corrected until nothing overlaps.
"""

from math import ceil, cos, hypot, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import separation
from lead.geometry.leaf import leaf
from lead.simulator.actors import ActorKind, Motion
from lead.simulator.contacts import ContactBuffer, record
from lead.simulator.impacts import contact_point, exchange
from lead.simulator.obstacles import Obstacles
from lead.simulator.pairs import Boxes, gather_boxes, near_pairs
from lead.simulator.table import Columns

PASSES = 24  # most rounds of position correction
SETTLED = 1e-4  # m of overlap that is left alone
BISECTIONS = 8
STANDING = 0.5  # m/s; a slower vehicle is not shoved by a walker


@numba.njit(cache=True)
def collide(
    columns: Columns, bodies: NDArray[np.int64], start: NDArray[np.float64], placed: NDArray[np.bool_], obstacles: Obstacles,
    contacts: ContactBuffer,
) -> None:  # fmt: skip
    """Resolve the collisions of one sub-step: change poses and velocities, record contacts.

    `start` (n, 3) are the `box_places` of the bodies before they moved; `placed` (n,) marks those that were teleported.
    """
    boxes = gather_boxes(columns, bodies, start, placed)
    pairs = near_pairs(columns, bodies, boxes, obstacles)
    if pairs.shape[0] == 0:
        return
    touched = False
    for k in range(pairs.shape[0]):
        i, j = pairs[k, 0], pairs[k, 1]
        hit, nx, ny = _first_touch(boxes, obstacles, i, j)
        if hit:
            touched = True
            _respond(columns, bodies, boxes, obstacles, contacts, i, j, nx, ny)
            depth = _depth(boxes, obstacles, i, j, nx, ny)
            if depth > 0.0:
                _part(columns, bodies, boxes, i, j, depth + SETTLED, nx, ny)
    if touched:
        _settle(columns, bodies, boxes, obstacles, pairs)
        for k in range(bodies.shape[0]):
            row = bodies[k]
            c, s = cos(boxes.now[k, 2]), sin(boxes.now[k, 2])
            columns.pose[row, 0] = boxes.now[k, 0] - c * columns.centre[row, 0] + s * columns.centre[row, 1]
            columns.pose[row, 1] = boxes.now[k, 1] - s * columns.centre[row, 0] - c * columns.centre[row, 1]


@leaf
def _settle(columns, bodies, boxes, obstacles, pairs):
    """Push overlapping pairs apart along their shortest way until none is left."""
    for _ in range(PASSES):
        worst = 0.0
        for k in range(pairs.shape[0]):
            i, j = pairs[k, 0], pairs[k, 1]
            gap, nx, ny = _gap(boxes, obstacles, i, j, 1.0)
            if gap < -SETTLED:
                worst = max(worst, -gap)
                _part(columns, bodies, boxes, i, j, -gap + 0.5 * SETTLED, nx, ny)
        if worst == 0.0:
            return


@leaf
def _part(columns, bodies, boxes, i, j, depth, nx, ny):
    """Move i back and j on along the normal by `depth` in all, by their inverse masses; a walker never shoves a vehicle."""
    wi = boxes.weight[i, 0]
    wj = boxes.weight[j, 0] if j >= 0 else 0.0
    if j >= 0:
        walker_i = columns.kind[bodies[i]] == ActorKind.WALKER
        walker_j = columns.kind[bodies[j]] == ActorKind.WALKER
        if walker_i and not walker_j and wi > 0.0:
            wj = 0.0
        elif walker_j and not walker_i and wj > 0.0:
            wi = 0.0
    total = wi + wj
    if total == 0.0:
        return
    boxes.now[i, 0] -= depth * wi / total * nx
    boxes.now[i, 1] -= depth * wi / total * ny
    if j >= 0:
        boxes.now[j, 0] += depth * wj / total * nx
        boxes.now[j, 1] += depth * wj / total * ny


@leaf
def _place(boxes, obstacles, j, f):
    """x, y, yaw, half length, half width of body j (or static box -1 - j) at fraction f of the step."""
    if j < 0:
        box = -1 - j
        return (
            obstacles.centre[box, 0], obstacles.centre[box, 1], obstacles.yaw[box], obstacles.extent[box, 0],
            obstacles.extent[box, 1],
        )  # fmt: skip
    now, start = boxes.now[j], boxes.start[j]
    turn = (now[2] - start[2] + np.pi) % (2.0 * np.pi) - np.pi
    x, y = start[0] + f * (now[0] - start[0]), start[1] + f * (now[1] - start[1])
    return x, y, now[2] - (1.0 - f) * turn, boxes.half[j, 0], boxes.half[j, 1]


@leaf
def _gap(boxes, obstacles, i, j, f):
    ax, ay, ayaw, al, aw = _place(boxes, obstacles, i, f)
    bx, by, byaw, bl, bw = _place(boxes, obstacles, j, f)
    return separation(ax, ay, ayaw, al, aw, bx, by, byaw, bl, bw)


@leaf
def _depth(boxes, obstacles, i, j, nx, ny):
    """How far i must go back along the normal (from i to j) to clear j, as they stand now."""
    ax, ay, ayaw, al, aw = _place(boxes, obstacles, i, 1.0)
    bx, by, byaw, bl, bw = _place(boxes, obstacles, j, 1.0)
    reach = al * abs(nx * cos(ayaw) + ny * sin(ayaw)) + aw * abs(ny * cos(ayaw) - nx * sin(ayaw))
    reach += bl * abs(nx * cos(byaw) + ny * sin(byaw)) + bw * abs(ny * cos(byaw) - nx * sin(byaw))
    return reach - ((bx - ax) * nx + (by - ay) * ny)


@leaf
def _first_touch(boxes: Boxes, obstacles: Obstacles, i: int, j: int) -> tuple[bool, float, float]:
    """Whether i and j meet during the step, and the normal (from i to j) at their first touch."""
    end, ex, ey = _gap(boxes, obstacles, i, j, 1.0)
    dx, dy = boxes.now[i, 0] - boxes.start[i, 0], boxes.now[i, 1] - boxes.start[i, 1]
    thin = min(boxes.half[i, 0], boxes.half[i, 1])
    if j >= 0:
        dx -= boxes.now[j, 0] - boxes.start[j, 0]
        dy -= boxes.now[j, 1] - boxes.start[j, 1]
        thin += min(boxes.half[j, 0], boxes.half[j, 1])
    else:
        thin += min(obstacles.extent[-1 - j, 0], obstacles.extent[-1 - j, 1])
    path = sqrt(dx * dx + dy * dy)
    if end > 0.0 and (path <= thin or end > path):
        return False, 0.0, 0.0
    begin, nx, ny = _gap(boxes, obstacles, i, j, 0.0)
    if begin <= 0.0:  # already inside each other: the shortest way out
        return end <= 0.0, ex, ey
    parts = max(1, int(ceil(path / (0.5 * thin))))
    apart, met = 0.0, -1.0
    for k in range(1, parts + 1):
        gap, gx, gy = _gap(boxes, obstacles, i, j, k / parts)
        if gap <= 0.0:
            met = k / parts
            break
        apart, nx, ny = k / parts, gx, gy
    if met < 0.0:
        return False, 0.0, 0.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (apart + met)
        gap, gx, gy = _gap(boxes, obstacles, i, j, middle)
        if gap <= 0.0:
            met = middle
        else:
            apart, nx, ny = middle, gx, gy
    return True, nx, ny


@leaf
def _respond(columns, bodies, boxes, obstacles, contacts, i, j, nx, ny):
    """Exchange the impulse of one touching pair and record it; walkers among themselves only make room."""
    row = bodies[i]
    other = bodies[j] if j >= 0 else -1
    walker = columns.kind[row] == ActorKind.WALKER
    if walker and (other < 0 or columns.kind[other] == ActorKind.WALKER):
        return
    a, b = _place(boxes, obstacles, i, 1.0), _place(boxes, obstacles, j, 1.0)
    px, py = contact_point(a, b, nx, ny)
    weight_i, inertia_i = boxes.weight[i, 0], boxes.weight[i, 1]
    weight_j, inertia_j = (boxes.weight[j, 0], boxes.weight[j, 1]) if j >= 0 else (0.0, 0.0)
    met = other >= 0 and columns.kind[other] == ActorKind.WALKER
    if walker and hypot(columns.velocity[other, 0], columns.velocity[other, 1]) < STANDING:
        weight_j = inertia_j = 0.0
    if met and hypot(columns.velocity[row, 0], columns.velocity[row, 1]) < STANDING:
        weight_i = inertia_i = 0.0
    ix, iy = exchange(
        columns.velocity, columns.angular_velocity, row, other, nx, ny, px - a[0], py - a[1], px - b[0], py - b[1],
        weight_i, inertia_i, weight_j, inertia_j,
    )  # fmt: skip
    if walker:
        columns.motion[row, Motion.PUSH_X] += ix * weight_i
        columns.motion[row, Motion.PUSH_Y] += iy * weight_i
    if met:
        columns.motion[other, Motion.PUSH_X] -= ix * weight_j
        columns.motion[other, Motion.PUSH_Y] -= iy * weight_j
    low, high = boxes.low[i], boxes.high[i]
    if j >= 0:
        low, high = max(low, boxes.low[j]), min(high, boxes.high[j])
    label = 0 if j >= 0 else int(obstacles.label[-1 - j])
    record(contacts, row, other, label, ix, iy, 0.0, px, py, 0.5 * (low + high))
