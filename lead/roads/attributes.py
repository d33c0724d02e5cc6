"""Attributes of OpenDRIVE elements as numbers, with errors that say where in the file the trouble is."""

import math

from lxml.etree import _Element as Element

from lead.roads.opendrive_records import LinkKind, OpenDriveError

KMH_PER_UNIT = {"m/s": 3.6, "km/h": 1.0, "mph": 1.609344}


def where(element: Element) -> str:
    """The chain of elements around this one with their ids: `road id=4 > lanes > laneSection s=0`."""
    chain = [element, *element.iterancestors()]
    names = []
    for item in reversed(chain[:-1] or chain):
        key = next((k for k in ("id", "s", "sOffset") if k in item.attrib), None)
        names.append(f"<{item.tag} {key}={item.get(key)}>" if key else f"<{item.tag}>")
    return " > ".join(names)


def number(element: Element, name: str, default: float | None = None) -> float:
    """A finite number; `default` (None: an error) where the attribute is missing or empty."""
    value = element.get(name)
    if value is None or value == "":
        if default is None:
            raise OpenDriveError(f"{where(element)}: attribute {name!r} is missing, expected a number")
        return default
    try:
        number = float(value)
    except ValueError:
        raise OpenDriveError(f"{where(element)}: {name}={value!r} is not a number") from None
    if not math.isfinite(number):
        raise OpenDriveError(f"{where(element)}: {name}={value!r} is not finite")
    return number


def integer(element: Element, name: str, default: int | None = None) -> int:
    """An integer; `default` (None: an error) where the attribute is missing."""
    value = element.get(name)
    if value is None and default is not None:
        return default
    try:
        return int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise OpenDriveError(
            f"{where(element)}: {name}={value!r}, expected an integer (CARLA's ids are integers)"
        ) from None


def link_kind(element: Element) -> LinkKind:
    """What a road's <predecessor> or <successor> points to."""
    kind = element.get("elementType") or ""
    if kind not in ("road", "junction"):
        raise OpenDriveError(f"{where(element)}: elementType={kind!r}, expected 'road' or 'junction'")
    return LinkKind[kind.upper()]


def speed_of(element: Element) -> float:
    """Speed limit (km/h) of a <speed>; 0 for "no limit" and "undefined"."""
    if element.get("max", "undefined") in ("no limit", "undefined"):
        return 0.0
    unit = element.get("unit") or "m/s"
    if unit not in KMH_PER_UNIT:
        raise OpenDriveError(f"{where(element)}: unit={unit!r}, expected one of {', '.join(KMH_PER_UNIT)}")
    return number(element, "max") * KMH_PER_UNIT[unit]


def validities(element: Element) -> tuple[tuple[int, int], ...]:
    """(from lane, to lane) of each <validity>."""
    return tuple((integer(v, "fromLane"), integer(v, "toLane")) for v in element.iterfind("validity"))
