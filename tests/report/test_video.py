"""A clip holds the frames that were put in."""

import av
import numpy as np
import pytest

from lead.report.video import Clip


def test_frames_come_back(tmp_path):
    path = tmp_path / "clip.mp4"
    shades = [20, 120, 220]
    with Clip(path, 10) as clip:
        for shade in shades:
            clip.add(np.full((65, 98, 3), shade, np.uint8))
    with av.open(str(path)) as container:
        frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert [f.shape for f in frames] == [(64, 98, 3)] * 3
    assert np.allclose([f.mean() for f in frames], shades, atol=4)


def test_a_frame_of_another_size_is_refused(tmp_path):
    with Clip(tmp_path / "clip.mp4", 10) as clip:
        clip.add(np.zeros((64, 64, 3), np.uint8))
        with pytest.raises(ValueError, match="expected"):
            clip.add(np.zeros((32, 64, 3), np.uint8))


@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 4)])
def test_a_first_frame_that_is_not_rgb_is_refused(tmp_path, shape):
    with Clip(tmp_path / "clip.mp4", 10) as clip, pytest.raises(ValueError, match="expected RGB"):
        clip.add(np.zeros(shape, np.uint8))
