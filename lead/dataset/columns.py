"""Frames as rows of Arrow columns, and back: one column per value, named after its place in `lead.dataset.frame.Frame`."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

import pyarrow as pa

from lead.dataset.frame import Frame
from lead.dataset.schema import Column

T = TypeVar("T")


def group_columns(group: type, prefix: str = "", optional: bool = False) -> Iterator[Column]:
    """The columns that a dataclass of `stored` fields and of such dataclasses is written as, in order."""
    hints = _hints(group)
    for entry in fields(group):
        told = entry.metadata.get("column")
        if told is not None:
            kind, shape, doc, may_lack = told
            yield Column(prefix + entry.name, kind, shape, doc, optional or may_lack)
        else:
            nested, lacks = _group_of(hints[entry.name])
            yield from group_columns(nested, f"{prefix}{entry.name}.", optional or lacks)


def frame_to_arrow(frame: Frame, schema: pa.Schema) -> pa.RecordBatch:
    """A record batch of one row. Raises InputError if a value has another shape or type than its column."""
    values = dict(_flat(frame, ""))
    return pa.RecordBatch.from_arrays([column.to_arrow(values.get(column.name)) for column in COLUMNS], schema=schema)


def frame_from_arrow(row: pa.RecordBatch) -> Frame:
    """The frame of a record batch of one row; its arrays are read-only and share the batch's memory."""
    return read_group(Frame, row)


def read_group(group: type[T], row: pa.RecordBatch, prefix: str = "") -> T:
    """One part of a frame, such as `read_group(Ego, row, "ego.")`; columns of other parts may lack, and optional ones."""
    values: dict[str, Any] = {}
    for name, column, nested, lacks in _layout(group, prefix):
        if nested is None:
            absent = lacks and row.schema.get_field_index(column) < 0
            values[name] = None if absent else BY_NAME[column].from_arrow(row.column(column))
        else:
            missing = lacks and row.column(column).null_count
            values[name] = None if missing else read_group(nested, row, f"{prefix}{name}.")
    return group(**values)


@cache
def _layout(group: type, prefix: str) -> tuple[tuple[str, str, type | None, bool], ...]:
    """Of each field its name, its column or that of its group's first field, its group, and whether it may be None."""
    entries: list[tuple[str, str, type | None, bool]] = []
    for entry in fields(group):
        name = prefix + entry.name
        if "column" in entry.metadata:
            entries.append((entry.name, name, None, BY_NAME[name].optional))
        else:
            nested, lacks = _group_of(_hints(group)[entry.name])
            entries.append((entry.name, f"{name}.{fields(nested)[0].name}", nested, lacks))
    return tuple(entries)


@cache
def _hints(group: type) -> dict[str, Any]:
    return get_type_hints(group)


def _flat(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in fields(value):
        held = getattr(value, entry.name)
        if "column" in entry.metadata:
            yield prefix + entry.name, held
        elif held is not None:
            yield from _flat(held, f"{prefix}{entry.name}.")


def _group_of(hint: Any) -> tuple[type, bool]:
    """The dataclass of a type hint, and whether None is allowed."""
    parts = getattr(hint, "__args__", ())
    return (parts[0], True) if type(None) in parts else (hint, False)


COLUMNS: tuple[Column, ...] = tuple(group_columns(Frame))
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
