"""Changes of colour are small, repeat with their generator, and leave pictures pictures."""

import numpy as np
import pytest

from lead.dataset.augment import CHANGES, augmented
from lead.dataset.codecs import (
    decode_depth,
    decode_rgb,
    decode_semantics,
    encode_bgra,
    encode_depth,
    encode_rgb,
    encode_semantics,
    planes,
)

SLOPE = np.add.outer(np.arange(64), np.arange(96)) + 9 * (np.indices((64, 96)).sum(0) % 7)
IMAGE = np.clip(SLOPE[..., None] + np.array([0, 30, 60]), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_small_and_repeats(change):
    before = IMAGE.copy()
    one, again = (change(IMAGE, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    np.testing.assert_array_equal(IMAGE, before)
    assert one.shape == IMAGE.shape and one.dtype == np.uint8
    error = np.abs(one.astype(int) - IMAGE).mean()
    assert error < 25.0
    others = [change(IMAGE, np.random.default_rng(seed)) for seed in range(5)]
    assert any((other != one).any() for other in others) and any((other != IMAGE).any() for other in others)


def test_probability_decides():
    rng = np.random.default_rng(0)
    assert all((augmented(IMAGE, rng, 0.0) == IMAGE).all() for _ in range(5))
    changed = sum((augmented(IMAGE, rng, 0.2) != IMAGE).any() for _ in range(200))
    assert 120 < changed < 180  # 1 - 0.8^6 = 74 %


def test_pictures_come_back():
    np.testing.assert_array_equal(decode_semantics(encode_semantics(IMAGE[..., 0] % 10)), IMAGE[..., 0] % 10)
    assert np.abs(decode_rgb(encode_rgb(IMAGE, 95)).astype(int) - IMAGE).mean() < 3.0
    assert len(encode_rgb(IMAGE, 30)) < len(encode_rgb(IMAGE, 95))
    assert encode_bgra(np.dstack([IMAGE[..., ::-1], IMAGE[..., 0]]), 50) == encode_rgb(IMAGE, 50)
    depth = np.linspace(0, 60, 64 * 96).reshape(64, 96)
    small = depth.clip(0, 50).reshape(16, 4, 24, 4).mean((1, 3))
    assert np.abs(decode_depth(encode_depth(depth)) - small).max() <= 25.0 / 255.0 + 1e-5
    np.testing.assert_array_equal(planes(IMAGE), IMAGE.transpose(2, 0, 1))
