"""The published numbers of NAVSIM and WOD-E2E: in `--fixtures-dir DIR`, else in `../shared`, else skipped."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "realworld"


@pytest.fixture(scope="session")
def published_file(request) -> Callable[[str], Path]:
    """A function from a file's name to its path."""
    chosen = request.config.getoption("--fixtures-dir")
    folders = [Path(chosen), Path(chosen) / "realworld"] if chosen else [SHARED]

    def find(name: str) -> Path:
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is None:
            pytest.skip(f"{name} is not on this machine: looked in {', '.join(map(str, folders))}")
        return path

    return find


@pytest.fixture(scope="session")
def pdm_records(published_file) -> dict[str, Any]:
    """The scenes of `pdm_scenes.json.gz` by id under "scenes", and its groups."""
    with gzip.open(published_file("pdm_scenes.json.gz"), "rt") as file:
        records = json.load(file)
    return {"scenes": {record["id"]: record for record in records["scenes"]}, "groups": records["groups"]}


@pytest.fixture(scope="session")
def rfs_cases(published_file) -> dict[str, np.ndarray]:
    """The arrays of `rfs.npz` by name."""
    with np.load(published_file("rfs.npz"), allow_pickle=False) as file:
        return dict(file)
