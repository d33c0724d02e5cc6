"""How a body stands: the height of the ground under it and the slope its wheels make."""

from lead.geometry.leaf import leaf
from lead.roads.surface import Surface, ground_height

REACH = 1.2  # m; ground higher than this above a body's feet does not carry it: it has fallen past


@leaf
def support(surface: Surface, x: float, y: float, feet: float) -> tuple[bool, float, int]:
    """Whether there is ground to stand on at (x, y) for a body whose feet are at height `feet` m, its height and label."""
    height, label = ground_height(surface, x, y, feet)
    return height <= feet + REACH, height, label
