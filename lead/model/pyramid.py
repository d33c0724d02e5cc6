"""The finer stages of an encoder merged into one map (feature pyramid; Lin et al. 2017), so that where things are survives.

A cell of the last stage is 8 m wide; with little driving a planner does not learn to read decimetres from it. Not published;
only `nano` has it.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from lead.model.sampling import resized

REACH = 3
"""How many of an encoder's last stages are merged, at the stride of the middle one."""


class Pyramid(nn.Module):
    """The last three stages of an encoder at half the last one's stride.

    Args:
        channels: of the encoder's stages.
        out: of the merged map.
    """

    def __init__(self, channels: tuple[int, ...], out: int) -> None:
        super().__init__()
        fine, middle, coarse = channels[-REACH:]
        self.coarse = nn.Conv2d(coarse, out, 1)
        self.middle = nn.Conv2d(middle, out, 1)
        self.fine = nn.Conv2d(4 * fine, out, 1)
        self.merge = nn.Sequential(
            nn.Conv2d(out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )

    def forward(self, fine_BCYX: Tensor, middle_BCyx: Tensor, coarse_BCyx: Tensor) -> Tensor:
        """The merged map (B, out, y, x) of stages whose sizes are 2y x 2x, y x x and y/2 x x/2."""
        enlarged = resized(self.coarse(coarse_BCyx), middle_BCyx.shape[2:])
        merged = enlarged + self.middle(middle_BCyx) + self.fine(F.pixel_unshuffle(fine_BCYX, 2))
        return self.merge(merged)
