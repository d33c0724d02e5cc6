"""Reads pickles of strangers: plain containers, numpy arrays and numpy scalars, and nothing else.

A pickle is a program; what it may call is looked up here, so that one that asks for more is refused before it runs.
"""

import lzma
import pickle
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from lead import InputError

LARGEST = 1 << 28  # bytes, of what a file may unpack to

_MULTIARRAY, _NUMERIC = (
    ("numpy.core.multiarray", "numpy._core.multiarray"),
    ("numpy.core.numeric", "numpy._core.numeric"),
)


def _encode(text: str, encoding: str = "latin1") -> bytes:
    """What old protocols write bytes as."""
    if encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError(f"text in {encoding!r}")
    return text.encode("latin1")


def _allowed() -> dict[tuple[str, str], Callable[..., Any]]:
    """All that a pickle may call, by module and name as numpy 1 and 2 write them."""
    from numpy._core import multiarray, numeric

    table: dict[tuple[str, str], Callable[..., Any]] = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _encode,
        ("collections", "OrderedDict"): dict,
    }
    for module in ("builtins", "__builtin__"):
        table |= {(module, kind.__name__): kind for kind in (set, frozenset, complex)}
    for module in _MULTIARRAY:
        table[module, "_reconstruct"], table[module, "scalar"] = multiarray._reconstruct, multiarray.scalar
    for module in _NUMERIC:
        table[module, "_frombuffer"] = numeric._frombuffer
    return table


ALLOWED = _allowed()


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """What a pickle asks for, if it is allowed."""
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return ALLOWED[module, name]


def read_pickle(path: Path) -> Any:
    """The value in an xz-compressed pickle. Raises InputError if it holds more than plain values, or is damaged."""
    try:
        unpacker = lzma.LZMADecompressor()
        data = unpacker.decompress(path.read_bytes(), max_length=LARGEST)
        if not unpacker.eof:
            raise InputError(f"{path} is cut off, or unpacks to more than {LARGEST >> 20} MB")
        return _PlainUnpickler(BytesIO(data)).load()
    except (lzma.LZMAError, OSError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    except InputError:
        raise
    except Exception as error:  # whatever malformed bytes make numpy and pickle raise
        raise InputError(
            f"{path} is refused: {error}; expected lists, dictionaries, numbers, text and arrays"
        ) from error
