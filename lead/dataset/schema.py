"""How a value of a frame lies in an Arrow column: the column's type, its documentation, and the way there and back.

The columns themselves are declared where the values are, in `lead.dataset.frame`; their documentation travels in every
file as metadata of the Arrow fields.
"""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from lead import InputError

SCHEMA_VERSION = 1
"""Raised whenever a file of before cannot be read as before."""

VERSION_KEY, HEADER_KEY, DOC_KEY = b"lead.schema_version", b"lead.route", b"doc"

TEXT, BYTES = "text", "bytes"
ROWS = None
"""The length of an axis that differs from frame to frame; only the first axis may."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: of the column, with the name of its group in front.
        kind: a numpy dtype's name, TEXT or BYTES.
        shape: () for one value per frame; (6,) for six; (ROWS, 3) for any number of rows of three.
        doc: meaning, unit and frame.
        optional: whether a frame may have none of it (None).
    """

    name: str
    kind: str
    shape: tuple[int | None, ...]
    doc: str
    optional: bool = False

    @property
    def arrow_type(self) -> pa.DataType:
        """The type of the Arrow column."""
        kind = {TEXT: pa.string(), BYTES: pa.binary()}.get(self.kind)
        kind = pa.from_numpy_dtype(np.dtype(self.kind)) if kind is None else kind
        size = int(np.prod([n for n in self.shape if n is not ROWS]))
        if any(n is not ROWS for n in self.shape):
            kind = pa.list_(kind, size)
        return pa.list_(kind) if ROWS in self.shape else kind

    @property
    def field(self) -> pa.Field:
        """The field of the Arrow schema."""
        shape = ", ".join("N" if n is ROWS else str(n) for n in self.shape)
        return pa.field(self.name, self.arrow_type, self.optional, {DOC_KEY: f"({shape}) {self.doc}".encode()})

    def to_arrow(self, value: Any) -> pa.Array:
        """An Arrow array of length 1. Raises InputError if the value has another shape or kind."""
        if value is None and not self.optional:
            raise InputError(f"found None for {self.name}; expected {self.kind} of shape {self._told}")
        if value is None or self.kind == BYTES:
            return pa.array([value], self.arrow_type)
        if self.kind == TEXT:
            return self._texts(value)
        array = np.asarray(value)
        if array.ndim != len(self.shape) or any(m is not ROWS and n != m for n, m in zip(array.shape, self.shape)):
            raise InputError(f"found {self.name} of shape {array.shape}; expected {self._told}")
        if not np.can_cast(array.dtype, self.kind, "same_kind"):
            raise InputError(f"found {self.name} of type {array.dtype}; expected {self.kind}, or what fits into it")
        flat = pa.array(np.ascontiguousarray(array, self.kind).reshape(-1))
        fixed = [n for n in self.shape if n is not ROWS]
        if fixed:
            flat = pa.FixedSizeListArray.from_arrays(flat, int(np.prod(fixed)))
        return self._one_list(flat) if ROWS in self.shape else flat

    def from_arrow(self, array: pa.Array) -> Any:
        """The value of an array that `to_arrow` made, wherever it has been since; arrays are read-only, not copied."""
        if self.optional and array.null_count:
            return None
        if self.kind == BYTES:
            return memoryview(array[0].as_buffer())  # shares the file's memory
        if self.kind == TEXT:
            return tuple(array[0].as_py()) if ROWS in self.shape else array[0].as_py()
        for _ in range(self._depth):
            array = array.values  # not flatten: the array is no slice, and a frame has dozens
        if not self.shape:
            return array[0].as_py()
        values = _bools(array) if self.kind == "bool" else array.to_numpy()
        return values.reshape(self._free_shape)

    @cached_property
    def _depth(self) -> int:
        """Lists in lists."""
        return (ROWS in self.shape) + any(n is not ROWS for n in self.shape)

    @cached_property
    def _free_shape(self) -> tuple[int, ...]:
        return tuple(-1 if n is ROWS else n for n in self.shape)

    @property
    def _told(self) -> str:
        return "(" + ", ".join("any" if n is ROWS else str(n) for n in self.shape) + ")"

    def _texts(self, value: Any) -> pa.Array:
        if ROWS not in self.shape:
            return pa.array([value], pa.string())
        return self._one_list(pa.array(list(value), pa.string()))

    def _one_list(self, values: pa.Array) -> pa.Array:
        return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


def _bools(array: pa.Array) -> np.ndarray:
    values = array.to_numpy(zero_copy_only=False)
    values.setflags(write=False)
    return values


def stored(kind: str, shape: tuple[int | None, ...], doc: str, optional: bool = False) -> Any:
    """A dataclass field that is written as a column; see `Column`."""
    return field(default=None if optional else MISSING, metadata={"column": (kind, shape, doc, optional)})


def arrow_schema(columns: Iterable[Column], header: bytes) -> pa.Schema:
    """The schema of a route's file; `header` says in JSON what holds for the whole route."""
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), HEADER_KEY: header}
    return pa.schema([column.field for column in columns], metadata)


def check_version(metadata: dict[bytes, bytes] | None, where: object) -> None:
    """Raise InputError unless a file's schema is one that can be read."""
    found = (metadata or {}).get(VERSION_KEY)
    if found is None:
        raise InputError(f"{where} has no {VERSION_KEY.decode()}; expected a file of frames written by lead collect")
    if found != str(SCHEMA_VERSION).encode():
        raise InputError(
            f"{where} has schema version {found.decode(errors='replace')}; expected {SCHEMA_VERSION}. "
            "Read it with the release of lead that wrote it, or record it again"
        )
