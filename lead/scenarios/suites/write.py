"""Route files as text: what `lead.scenarios.route_file` reads."""

from collections.abc import Iterable
from math import degrees
from xml.sax.saxutils import quoteattr

from lead.scenarios.route_file import Route
from lead.scenarios.situation import Situation
from lead.scenarios.suites.weathers import written
from lead.scenarios.weather import WeatherPoint


def to_xml(routes: Iterable[Route]) -> str:
    """The official XML: places to the centimetre, angles to a tenth of a degree."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<routes>"]
    for route in routes:
        lines.append(f"  <route{_attributes(id=route.id, town=route.town)}>")
        lines += ["    <weathers>", *(f"      {_weather(point)}" for point in route.weather), "    </weathers>"]
        places = (f"      <position{_place(*point)}/>" for point in route.key_points.tolist())
        lines += ["    <waypoints>", *places, "    </waypoints>", "    <scenarios>"]
        lines += [f"      {line}" for situation in route.situations for line in _situation(situation)]
        lines += ["    </scenarios>", "  </route>"]
    return "\n".join([*lines, "</routes>", ""])


def _weather(point: WeatherPoint) -> str:
    fields = {name: f"{value:g}" for name, value in written(point).items()}
    return f"<weather{_attributes(route_percentage=f'{point.percentage:g}', **fields)}/>"


def _situation(situation: Situation) -> list[str]:
    x, y, z, yaw = situation.trigger.tolist()
    lines = [f"  <{name}{_attributes(**given)}/>" for name, given in situation.parameters.items()]
    trigger = f'  <trigger_point{_place(x, y, z)} yaw="{degrees(yaw):.1f}"/>'
    return [f"<scenario{_attributes(name=situation.name, type=situation.type)}>", trigger, *lines, "</scenario>"]


def _place(x: float, y: float, z: float) -> str:
    return _attributes(x=f"{x:.2f}", y=f"{y:.2f}", z=f"{z:.2f}")


def _attributes(**given: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
