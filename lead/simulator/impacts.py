"""The impulse two touching boxes exchange, and the point where it acts."""

from math import cos, sin

from lead.geometry.leaf import leaf

RESTITUTION = 0.1
FRICTION = 0.3  # between sheet metal, Coulomb
FEATURE = 0.1  # m; corners this near to the foremost one belong to the touching face


@leaf
def _face(box, nx, ny):
    """Reach of a box (x, y, yaw, half length, half width) along (nx, ny), and the span of its foremost corners across it."""
    x, y, yaw, length, width = box
    c, s = cos(yaw), sin(yaw)
    reach = -1e300
    for k in range(4):
        u, v = (length if k < 2 else -length), (width if k % 2 == 0 else -width)
        reach = max(reach, (x + c * u - s * v) * nx + (y + s * u + c * v) * ny)
    low, high = 1e300, -1e300
    for k in range(4):
        u, v = (length if k < 2 else -length), (width if k % 2 == 0 else -width)
        px, py = x + c * u - s * v, y + s * u + c * v
        if px * nx + py * ny > reach - FEATURE:
            across = py * nx - px * ny
            low, high = min(low, across), max(high, across)
    return reach, low, high


@leaf
def contact_point(a, b, nx, ny):
    """Where boxes a and b (x, y, yaw, half length, half width) touch, given the normal from a to b: m, world."""
    reach, a_low, a_high = _face(a, nx, ny)
    _, b_low, b_high = _face(b, -nx, -ny)
    b_low, b_high = -b_high, -b_low  # measured against the other normal
    across = 0.5 * (max(a_low, b_low) + min(a_high, b_high))
    return reach * nx - across * ny, reach * ny + across * nx


@leaf
def exchange(velocity, rates, row, other, nx, ny, rax, ray, rbx, rby, ma, ia, mb, ib):
    """Apply the impulse of an impact to the velocities of `row` and `other` (-1: static); returns it as felt by `row`.

    (nx, ny) points from row to other; ra, rb are levers from the centres to the contact (m); m and i inverse masses and
    inertias. First the normal impulse with restitution, then friction; each takes energy out of the pair, never adds.
    """
    vx = -velocity[row, 0] + rates[row, 2] * ray
    vy = -velocity[row, 1] - rates[row, 2] * rax
    if other >= 0:
        vx += velocity[other, 0] - rates[other, 2] * rby
        vy += velocity[other, 1] + rates[other, 2] * rbx
    closing = vx * nx + vy * ny
    if closing >= 0.0:
        return 0.0, 0.0
    an, bn = rax * ny - ray * nx, rbx * ny - rby * nx
    if ma + mb == 0.0:
        return 0.0, 0.0
    normal = -(1.0 + RESTITUTION) * closing / (ma + mb + an * an * ia + bn * bn * ib)
    _apply(velocity, rates, row, other, normal * nx, normal * ny, rax, ray, rbx, rby, ma, ia, mb, ib)
    tx, ty = -ny, nx
    vx = -velocity[row, 0] + rates[row, 2] * ray
    vy = -velocity[row, 1] - rates[row, 2] * rax
    if other >= 0:
        vx += velocity[other, 0] - rates[other, 2] * rby
        vy += velocity[other, 1] + rates[other, 2] * rbx
    at, bt = rax * ty - ray * tx, rbx * ty - rby * tx
    rub = -(vx * tx + vy * ty) / (ma + mb + at * at * ia + bt * bt * ib)
    rub = min(FRICTION * normal, max(-FRICTION * normal, rub))
    _apply(velocity, rates, row, other, rub * tx, rub * ty, rax, ray, rbx, rby, ma, ia, mb, ib)
    return -(normal * nx + rub * tx), -(normal * ny + rub * ty)


@leaf
def _apply(velocity, rates, row, other, ix, iy, rax, ray, rbx, rby, ma, ia, mb, ib):
    velocity[row, 0] -= ix * ma
    velocity[row, 1] -= iy * ma
    rates[row, 2] -= (rax * iy - ray * ix) * ia
    if other >= 0:
        velocity[other, 0] += ix * mb
        velocity[other, 1] += iy * mb
        rates[other, 2] += (rbx * iy - rby * ix) * ib
