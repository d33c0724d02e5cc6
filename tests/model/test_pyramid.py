"""The bird's-eye view with finer stages merged into it."""

from dataclasses import replace

import torch

from lead.model.backbone import Backbone
from lead.model.pyramid import Pyramid
from lead.model.variants import nano


def test_a_step_at_the_fine_stage_moves_its_own_cell_alone():
    torch.manual_seed(0)
    merged = Pyramid((1, 8, 8, 8), 16).eval()
    stages = torch.zeros(1, 8, 16, 16), torch.zeros(1, 8, 8, 8), torch.zeros(1, 8, 4, 4)
    before = merged(*stages)
    stages[0][..., 6, 9] = 1.0  # in row 3 and column 4 of the map
    changed = (merged(*stages) - before).abs().sum(1)[0] > 0
    rows, columns = changed.nonzero().unbind(1)
    assert before.shape == (1, 16, 8, 8)
    assert (int(rows.min()), int(rows.max())) == (2, 4) and (int(columns.min()), int(columns.max())) == (3, 5)


def test_places_within_a_cell_differ():
    """Four neighbours at the fine stage share a cell of the map and are told apart in it."""
    torch.manual_seed(0)
    merged, said = Pyramid((1, 8, 8, 8), 16).eval(), []
    for row, column in ((6, 8), (6, 9), (7, 8), (7, 9)):
        fine = torch.zeros(1, 8, 16, 16)
        fine[..., row, column] = 1.0
        said.append(merged(fine, torch.zeros(1, 8, 8, 8), torch.zeros(1, 8, 4, 4)))
    assert all((a - b).abs().max() > 1e-3 for k, a in enumerate(said) for b in said[:k])


def test_the_view_is_twice_as_fine_and_heads_read_the_same_cells():
    fine = nano()
    coarse = replace(fine, backbone=replace(fine.backbone, pyramid=0))
    shapes = []
    for model in (coarse, fine):
        backbone = Backbone(model).eval()
        view, _ = backbone(
            torch.zeros(1, 3, model.rig.image_height, model.rig.image_width),
            torch.zeros(1, 1, model.bev.height, model.bev.width),
        )
        assert tuple(view.shape[1:]) == (backbone.bev_channels, *model.bev_features)
        shapes.append((tuple(view.shape[2:]), tuple(backbone.top_down(view).shape)))
    assert shapes == [((10, 12), (1, 16, 40, 48)), ((20, 24), (1, 16, 40, 48))]
