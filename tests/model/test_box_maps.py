"""Boxes drawn as targets are read off again, and each object is told once."""

from math import pi

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lead.model.batch import BoxMaps
from lead.model.boxes import Box, boxes_to_ego, decode_boxes
from lead.model.config import BevGrid
from lead.model.suppression import overlaps, suppress
from lead.train.losses_boxes import box_targets

CLASSES, ROWS, COLUMNS, BINS, CELL = 3, 20, 24, 12, 4
GRID = BevGrid(min_x=-8.0, max_x=16.0, min_y=-10.0, max_y=10.0)
BOX = st.tuples(
    st.floats(4, 90), st.floats(4, 75), st.floats(1, 12), st.floats(1, 6), st.floats(-pi, pi), st.floats(0, 20),
    st.just(0.0), st.integers(0, CLASSES - 1),
)  # fmt: skip


@given(BOX)
def test_a_box_that_is_drawn_is_read_off_again(row):
    box = torch.tensor([[row]])
    (found,) = decode_boxes(_maps(box), CELL, top=1)[0]
    expected = box[0, 0]
    assert torch.allclose(found[: Box.YAW], expected[: Box.YAW], atol=1e-3)
    turn = float(found[Box.YAW] - expected[Box.YAW])
    assert abs((turn + pi) % (2 * pi) - pi) < 1e-4
    assert found[Box.VELOCITY] == pytest.approx(row[Box.VELOCITY], abs=1e-4)
    assert found[Box.CLASS] == row[Box.CLASS] and found[Box.SCORE] > 0.99


def test_the_published_phantom_is_left_out():
    boxes = torch.tensor([[[0.0] * 8, [40.0, 40.0, 8.0, 4.0, 0.0, 0.0, 0.0, 1.0]]])
    maps = _maps(boxes)
    assert decode_boxes(maps, CELL, top=2)[0, :, Box.SCORE].min() > 0.99
    found = decode_boxes(maps, CELL, top=2, skip_origin=True)[0]
    assert found[0, Box.X] == 40.0 and found[1, Box.SCORE] < 0.01


def test_pixels_become_metres():
    box = torch.tensor([[[32.0, 40.0, 8.0, 4.0, 0.5, 3.0, 0.0, 1.0, 0.9]]])
    found = boxes_to_ego(box, GRID)[0, 0].tolist()
    assert found == pytest.approx([0.0, 0.0, 2.0, 1.0, 0.5, 3.0, 0.0, 1.0, 0.9])


def test_overlap_by_hand():
    boxes = torch.tensor([_box(0, 0, 2, 1), _box(2, 0, 2, 1), _box(0, 0, 1, 2, yaw=pi / 2), _box(0, 0, -1, 1)])
    found = overlaps(boxes.double().numpy())
    assert found[0, 1] == pytest.approx(4 / 12)
    assert found[0, 2] == pytest.approx(1.0)
    assert found[0, 3] == 0.0


def test_the_better_of_two_that_overlap_is_kept():
    worse, better, apart, unsure = (
        _box(0.5, 0, 2, 1, score=0.6), _box(0, 0, 2, 1, score=0.8), _box(9, 0, 2, 1, score=0.5),
        _box(-9, 0, 2, 1, score=0.2),
    )  # fmt: skip
    found = suppress(torch.tensor([worse, better, apart, unsure]))
    assert torch.allclose(found, torch.tensor([better, apart]))
    assert suppress(torch.tensor([unsure])).shape == (0, 9)


def _box(x, y, half_length, half_width, yaw=0.0, score=1.0) -> list[float]:
    return [x, y, half_length, half_width, yaw, 0.0, 0.0, 0.0, score]


def _maps(boxes: torch.Tensor) -> BoxMaps:
    """Maps that show boxes (1, N, 8) perfectly."""
    valid = torch.ones(boxes.shape[:2], dtype=torch.bool)
    targets = box_targets(boxes, valid, CELL, (CLASSES, ROWS, COLUMNS), BINS)

    def painted(values: torch.Tensor) -> torch.Tensor:
        image = torch.zeros(1, values.shape[-1], ROWS * COLUMNS)
        image[0, :, targets.cell[0]] = values[0].T
        return image.unflatten(2, (ROWS, COLUMNS))

    return BoxMaps(
        heatmap=(targets.heatmap.clamp(0, 0.999) + 1e-3).logit().clamp(-7, 7),
        extent=painted(targets.extent),
        offset=painted(targets.offset),
        yaw_class=painted(torch.nn.functional.one_hot(targets.yaw_class, BINS).float()),
        yaw_residual=painted(targets.yaw_residual[..., None]),
        velocity=painted(targets.velocity[..., None]),
    )
