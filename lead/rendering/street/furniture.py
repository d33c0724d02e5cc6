"""Street lamps, guard rails, walls and fences, each in its collision box; x along the road, the road at -y."""

from functools import cache

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, merge, tube
from lead.rendering.street.solids import Row, boxes
from lead.roads.labels import Label

LAMP_HEIGHT = 7.0  # m, of the collision box
ARM = 1.7  # m, reach of a lamp's arm over the road
FAR_POLE = 0.1  # m, radius of a pole seen from afar: as wide as its collision box all the way up, not to be lost
POST_SPACING = 2.0  # m between the posts of a rail or fence
BEAM = 0.31  # m, height of a guard rail's beam


@cache
def street_lamp(height: float) -> tuple[Mesh, Mesh]:
    """Near and far lamp, `height` m from the ground to the top of its pole, which reaches 0.5 m into the ground."""
    pole = tube([(0.1, -0.5), (0.1, 0.9), (0.06, 1.0), (0.045, height)], Material.GALVANISED, 6, capped=False)
    arm = tube([(0.04, 0.0), (0.03, ARM)], Material.GALVANISED, 4, axis="y", capped=False).scaled(1.0, -1.0, 1.0)
    arm = arm.moved(0.0, 0.0, height - 0.05)
    head = box((0.26, 0.75, 0.1), (0.0, -ARM - 0.2, height + 0.0), Material.GALVANISED)
    glass = box((0.2, 0.62, 0.04), (0.0, -ARM - 0.2, height - 0.06), Material.STREET_LAMP)
    far_pole = tube([(FAR_POLE, -0.5), (FAR_POLE, height)], Material.GALVANISED, 4, capped=False)
    far_head = box((0.26, ARM + 0.5, 0.14), (0.0, -0.5 * ARM - 0.25, height), Material.GALVANISED)
    far_glass = box((0.2, 0.62, 0.04), (0.0, -ARM - 0.2, height - 0.06), Material.STREET_LAMP)
    near = merge(pole, arm, head, glass).tagged(Label.POLES)
    return near, merge(far_pole, far_head, far_glass).tagged(Label.POLES)


def guard_rail(half: float, low: float, high: float) -> tuple[Mesh, Mesh]:
    """A beam on posts from z `low` to `high` (m), `half` m to either side."""
    rows: list[Row] = [(-half, -0.1, high - BEAM, half, 0.02, high, Material.GALVANISED)]
    far = boxes(rows, Label.GUARD_RAIL, bottom=True)
    ridge = 0.075
    rows = [
        (-half, -0.12, high - ridge - 0.02, half, -0.02, high, Material.GALVANISED),
        (-half, -0.05, high - BEAM + ridge, half, -0.02, high - ridge, Material.GALVANISED),
        (-half, -0.12, high - BEAM, half, -0.02, high - BEAM + ridge + 0.02, Material.GALVANISED),
    ]
    count = max(2, int(2.0 * half / (2.0 * POST_SPACING)))
    for k in range(count):
        at = -half + 2.0 * half * (k + 0.5) / count
        rows.append((at - 0.05, -0.02, low, at + 0.05, 0.1, high - 0.05, Material.GALVANISED))
    return boxes(rows, Label.GUARD_RAIL, bottom=True), far


def wall(half: float, thick: float, low: float, high: float, stuff: Material) -> tuple[Mesh, Mesh]:
    """A garden wall with a coping, `thick` m to either side."""
    body: Row = (-half, -thick + 0.02, low, half, thick - 0.02, high - 0.1, stuff)
    cap: Row = (-half, -thick, high - 0.1, half, thick, high, Material.STONE)
    ends = [(x, -thick, low, x + 0.3, thick, high - 0.05, Material.STONE) for x in (-half, half - 0.3)]
    return boxes([body, cap, *ends], Label.WALLS, bottom=True), boxes([(*body[:5], high, stuff)], Label.WALLS)


def fence(half: float, thick: float, low: float, high: float, stuff: Material) -> tuple[Mesh, Mesh]:
    """Posts, two rails and boards with gaps, `thick` m to either side."""
    posts = max(2, int(2.0 * half / POST_SPACING) + 1)
    rows: list[Row] = []
    for k in range(posts):
        at = -half + 0.06 + (2.0 * half - 0.12) * k / (posts - 1)
        rows.append((at - 0.06, -thick, low, at + 0.06, thick, high, stuff))
    ground = high - 1.6
    for level in (ground + 0.35, high - 0.35):
        rows.append((-half, -0.04, level - 0.05, half, 0.02, level + 0.05, stuff))
    boards = max(2, int(2.0 * half / 0.3))
    for k in range(boards):
        at = -half + 2.0 * half * (k + 0.5) / boards
        rows.append((at - 0.09, -0.07, ground + 0.12, at + 0.09, -0.04, high - 0.08, stuff))
    far: Row = (-half, -0.05, ground + 0.12, half, 0.03, high - 0.08, stuff)
    return boxes(rows, Label.FENCES, bottom=True), boxes([far], Label.FENCES)
