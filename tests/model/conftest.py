"""The published variants in numbers (skipped where `../shared` is absent), and small models."""

from pathlib import Path

import pytest
import torch
from published import Published

from lead.model.transfuser import TransFuser
from lead.model.variants import nano


@pytest.fixture(scope="session")
def fixtures_folder(request) -> Path:
    """Folder of the published variants' numbers."""
    chosen = request.config.getoption("--fixtures-dir")
    shared = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "tfv6"
    folder = Path(chosen) if chosen else shared
    if not folder.is_dir():
        pytest.skip(f"the numbers of the published variants ({folder}) are not on this machine")
    return folder


@pytest.fixture(scope="module")
def case(request, fixtures_folder) -> Published:
    """The variant that a test names; those of a variant run one after another and share its outputs."""
    return Published(fixtures_folder, request.param)


@pytest.fixture(scope="session")
def nano_model() -> TransFuser:
    """`nano` with fresh weights, in evaluation mode."""
    torch.manual_seed(0)
    return TransFuser(nano()).eval()
