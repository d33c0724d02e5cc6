"""TransFuser v6 trained without a single route of Town13, to be judged there.

lead train recipes/town13_held_out.py --data data/ --out out/town13_held_out
"""

from lead.train.config import Recipe
from lead.train.recipes import holding_out, tfv6_resnet34


def recipe() -> Recipe:
    """Both stages."""
    return holding_out(tfv6_resnet34(), "Town13")
