"""Settings of sensors from the texts of CARLA's attributes."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from math import isfinite
from typing import Any, TypeVar

Settings = TypeVar("Settings")


def parse_settings(kind: type[Settings], attributes: Mapping[str, str]) -> Settings:
    """The dataclass `kind`, each int or float field from the attribute of its name, its default if there is none.

    Raises ValueError for text that is no finite (whole) number, and what the dataclass raises for numbers out of range.
    """
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        text = attributes.get(field.name)
        if text is None:
            if field.default is MISSING:
                raise ValueError(f"attribute {field.name} is missing")
            continue
        whole = isinstance(field.default, int)
        try:
            value = float(text.strip().rstrip("f"))
        except ValueError:
            value = float("nan")
        if not isfinite(value) or (whole and value != round(value)):
            raise ValueError(f"attribute {field.name} is {text!r}, expected a {'whole ' if whole else ''}number")
        values[field.name] = int(value) if whole else value
    return kind(**values)


def check_range(name: str, value: float, low: float, high: float, unit: str = "", above: bool = False) -> None:
    """Raise ValueError unless low <= value <= high (low < value if `above`)."""
    if not low <= value <= high or (above and value == low):
        limits = f"above {low:g} and at most {high:g}" if above else f"{low:g} to {high:g}"
        raise ValueError(f"attribute {name} is {value:g}, expected {limits}{unit and ' ' + unit}")
