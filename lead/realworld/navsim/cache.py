"""NAVSIM's training cache: what its devkit computes once per token, as gzipped pickles of arrays and tensors.

    CACHE/LOG/TOKEN/transfuser_feature.gz   camera_feature (JPEG bytes), status_feature (8,)
    CACHE/LOG/TOKEN/transfuser_target.gz    trajectory (8, 3), agent_states (30, 5), agent_labels (30,), bev_semantic_map

Frames: ISO 8855 about the rear axle. A pickle is a program; it is read here with leave to build arrays and tensors, and
nothing else. Source: spec/tfv6.md, 6.
"""

import gzip
import pickle
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lead import InputError
from lead.dataset.published.pickles import ALLOWED

FEATURE, TARGET = "transfuser_feature.gz", "transfuser_target.gz"
LARGEST = 1 << 28  # bytes of an unpacked file: a map of 256 x 256 integers is half a MB
STATUS = 8  # command one-hot (4), velocity (2), acceleration (2)


@dataclass(frozen=True)
class CacheEntry:
    """One token of a cache."""

    log: str
    token: str
    folder: Path

    @property
    def has_target(self) -> bool:
        """Whether labels are there."""
        return (self.folder / TARGET).is_file()

    def feature(self) -> dict[str, NDArray]:
        """What an agent is told. Raises InputError on what is no such file."""
        return read_entry(self.folder / FEATURE)

    def target(self) -> dict[str, NDArray]:
        """What is true. Raises InputError on what is no such file."""
        return read_entry(self.folder / TARGET)


def find_entries(root: Path) -> list[CacheEntry]:
    """The tokens of a cache by log and name. Raises InputError if there are none."""
    found = [CacheEntry(path.parent.parent.name, path.parent.name, path.parent) for path in root.glob(f"*/*/{FEATURE}")]
    if not found:
        raise InputError(f"{root}: found no LOG/TOKEN/{FEATURE}, expected the folder that run_dataset_caching.py wrote")
    return sorted(found, key=lambda entry: (entry.log, entry.token))


def read_entry(path: Path) -> dict[str, NDArray]:
    """Arrays by name. Raises InputError if the file is damaged, or asks for more than arrays and tensors."""
    try:
        with gzip.open(path) as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(f"{path} unpacks to more than {LARGEST >> 20} MB, expected an entry of a NAVSIM cache")
        value = _TensorUnpickler(BytesIO(data)).load()
    except (gzip.BadGzipFile, zlib.error, EOFError, OSError) as error:
        raise InputError(
            f"{path}: found no whole gzip file ({error}); compute the cache of this token again"
        ) from error
    except InputError:
        raise
    except Exception as error:  # whatever malformed bytes make numpy, torch and pickle raise
        raise InputError(f"{path} is refused: {error}; expected a dictionary of arrays and tensors") from error
    if not isinstance(value, Mapping):
        raise InputError(f"{path}: found {type(value).__name__}, expected a dictionary of arrays and tensors")
    return {str(name): _array(entry) for name, entry in value.items()}


def write_entry(path: Path, values: Mapping[str, NDArray | Tensor]) -> None:
    """Write an entry as the devkit does, so that it reads it too. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=1, mtime=0) as file:
        pickle.dump(dict(values), file, protocol=4)


def _array(value: Any) -> NDArray:
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    return np.asarray(value)


def _storage(data: bytes) -> Any:
    """A tensor's numbers, read with leave to build tensors alone."""
    return torch.load(BytesIO(data), map_location="cpu", weights_only=True)


def _tensor_parts() -> dict[tuple[str, str], Callable[..., Any]]:
    """What a pickled tensor asks for, by module and name."""
    kinds = {
        ("torch", f"{name}Storage"): getattr(torch, f"{name}Storage") for name in ("Float", "Double", "Long", "Bool")
    }
    return kinds | {
        ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
        ("torch.storage", "_load_from_bytes"): _storage,
        ("collections", "OrderedDict"): OrderedDict,
    }


_TENSORS = _tensor_parts()


class _TensorUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """What a pickle asks for, if it is allowed."""
        allowed = _TENSORS.get((module, name)) or ALLOWED.get((module, name))
        if allowed is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return allowed
