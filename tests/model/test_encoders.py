"""Encoders put out what they announce, at strides 4, 8, 16 and 32."""

import pytest
import torch

from lead import InputError
from lead.model.encoders import OURS, build_encoder


@pytest.mark.parametrize("architecture", OURS)
def test_channels_and_strides(architecture):
    encoder = build_encoder(architecture, in_channels=2).eval()
    with torch.no_grad():
        features = encoder.stem(torch.randn(1, 2, 64, 96))
        for k, channels in enumerate(encoder.channels):
            features = encoder.stage(k, features)
            assert features.shape == (1, channels, 16 >> k, 24 >> k)


@pytest.mark.parametrize("architecture", [name for name in OURS if "nano" not in name])
def test_ours_are_timms(architecture):
    pytest.importorskip("timm")
    ours, theirs = build_encoder(architecture, 3).eval(), build_encoder(f"timm:{architecture}", 3).eval()
    ours.load_state_dict({name.removeprefix("network."): value for name, value in theirs.state_dict().items()})
    image = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        a, b = ours.stem(image), theirs.stem(image)
        for k in range(4):
            a, b = ours.stage(k, a), theirs.stage(k, b)
            assert torch.allclose(a, b, atol=1e-4)


def test_an_encoder_of_timm_says_what_it_needs():
    try:
        import timm  # noqa: F401
    except ImportError:
        with pytest.raises(InputError, match="lead\\[timm\\]"):
            build_encoder("timm:resnet50", 3)
    else:
        with pytest.raises(InputError, match="no_such"):
            build_encoder("timm:no_such", 3)
