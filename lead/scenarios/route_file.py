"""Route files: the official XML of CARLA's leaderboards, read with the defects of real files, which are told.

    <routes><route id town> <weathers/> <waypoints/> <scenarios/> </route> ... </routes>

Source: the leaderboard's RouteParser, and the published route sets (spec/benchmarks.md, 1.1).
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.scenarios.situation import Situation, finite, trigger_of
from lead.scenarios.weather import FIELDS, WeatherPoint

_SPAN = re.compile(r"(\d+)-(\d+)")
_PARTS = {"weathers", "waypoints", "scenarios"}


@dataclass(frozen=True)
class Route:
    """What is to be driven: key points along the way, the weather, and the situations met."""

    id: str
    town: str
    key_points: NDArray[np.float64]  # (N, 3) m, N >= 2, in order; the way between them is traced on the lanes
    weather: tuple[WeatherPoint, ...]  # one or more, by rising percentage
    situations: tuple[Situation, ...]
    notes: tuple[str, ...] = ()  # what was odd in the file, and what was made of it
    fault: str = ""  # why it cannot be driven; then the rest is empty


def read_routes(path: Path, subset: str = "", *, keep_faulty: bool = False) -> list[Route]:
    """The routes of a file in its order; `subset` chooses by id: "7", "0-4,7", or names.

    With `keep_faulty` a route that cannot be read is given with its `fault` instead of an error for the whole file.

    Raises:
        InputError: the file is missing or is no route file, or an id of the subset is not in it.
    """
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read the route file {path}: {error.strerror}") from error
    except ElementTree.ParseError as error:
        raise InputError(f"{path} is not well-formed XML: {error}; expected a leaderboard route file") from error
    if root.tag != "routes":
        raise InputError(f"{path} begins with <{root.tag}>; expected <routes> with <route id town> elements")
    elements = root.findall("route")
    if not elements:
        raise InputError(f"{path} holds no <route>")
    chosen = _chosen([element.get("id", "") for element in elements], subset, path)
    return [
        _route_or_fault(elements[number], path) if keep_faulty else _route(elements[number], path) for number in chosen
    ]


def _chosen(ids: Sequence[str], subset: str, path: Path) -> list[int]:
    """Rows of the routes in a subset, in the order of the file."""
    wanted = [part.strip() for part in subset.split(",") if part.strip()]
    if not wanted:
        return list(range(len(ids)))
    chosen: set[int] = set()
    for part in wanted:
        span = _SPAN.fullmatch(part)
        if part in ids or span is None:
            found = [row for row, name in enumerate(ids) if name == part]
        else:
            low, high = int(span[1]), int(span[2])
            found = [row for row, name in enumerate(ids) if name.isdigit() and low <= int(name) <= high]
        if not found:
            known = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
            raise InputError(f"{path} has no route {part!r}; it has {len(ids)}: {known}")
        chosen.update(found)
    return sorted(chosen)


def _route_or_fault(element: ElementTree.Element, path: Path) -> Route:
    try:
        return _route(element, path)
    except InputError as error:
        return Route(element.get("id", ""), element.get("town", ""), np.empty((0, 3)), (), (), fault=str(error))


def _route(element: ElementTree.Element, path: Path) -> Route:
    identity, town = element.get("id", ""), element.get("town", "")
    what = f"{path}: route {identity!r}"
    if not identity or not town:
        raise InputError(f"{what} has the attributes {sorted(element.attrib)}; expected 'id' and 'town'")
    notes = [f"<{part.tag}> is no part of a route; left out" for part in element if part.tag not in _PARTS]
    points = [
        [finite(place.get(axis, ""), f"{what}: position '{axis}'") for axis in "xyz"]
        for place in _parts(element, "waypoints", "position", notes)
    ]
    if len(points) < 2:
        raise InputError(f"{what} has {len(points)} positions in <waypoints>; expected at least 2")
    return Route(
        id=identity,
        town=town,
        key_points=np.array(points),
        weather=_weather(_parts(element, "weathers", "weather", notes), what, notes),
        situations=tuple(_situation(each, what, notes) for each in _parts(element, "scenarios", "scenario", notes)),
        notes=tuple(notes),
    )


def _parts(route: ElementTree.Element, group: str, tag: str, notes: list[str]) -> list[ElementTree.Element]:
    """The elements with a tag in a group; others are noted and left out, as the leaderboard does."""
    found = [part for held in route.findall(group) for part in held]
    others = sorted({part.tag for part in found if part.tag != tag})
    notes += [f"<{other}> in <{group}> is no <{tag}>; left out" for other in others]
    return [part for part in found if part.tag == tag]


def _weather(elements: Iterable[ElementTree.Element], what: str, notes: list[str]) -> tuple[WeatherPoint, ...]:
    points = []
    for element in elements:
        given = dict(element.attrib)
        percentage = finite(given.pop("route_percentage", ""), f"{what}: weather 'route_percentage'")
        unknown = sorted(given.keys() - set(FIELDS))
        notes += [f"weather has no parameter {name!r}; left out" for name in unknown]
        values = {
            name: finite(text, f"{what}: weather {name!r}") for name, text in given.items() if name not in unknown
        }
        points.append(WeatherPoint.of(percentage, values))
    return tuple(sorted(points, key=lambda point: point.percentage)) or (WeatherPoint.of(0.0, {}),)


def _situation(element: ElementTree.Element, what: str, notes: list[str]) -> Situation:
    name, kind = element.get("name", ""), element.get("type", "")
    what = f"{what}: situation {name!r}"
    if not kind:
        raise InputError(f"{what} has the attributes {sorted(element.attrib)}; expected 'name' and 'type'")
    triggers = element.findall("trigger_point")
    if len(triggers) != 1:
        raise InputError(f"{what} has {len(triggers)} <trigger_point>; expected one")
    parameters: dict[str, dict[str, str]] = {}
    for part in element:
        if part.tag in parameters:
            notes.append(f"situation {name!r} has <{part.tag}> twice; the last counts")
        if part.tag not in ("trigger_point", "other_actor"):
            parameters[part.tag] = dict(part.attrib)
    others = tuple(dict(part.attrib) for part in element.findall("other_actor"))
    return Situation(name, kind, trigger_of(triggers[0].attrib, what), parameters, others)
