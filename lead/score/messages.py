"""The infractions of a record and the forms of their messages, which the official tools parse.

One list of messages per infraction; the message is all that a result file says about an event, so the forms are part
of the file format (Leaderboard 2.x, `srunner` criteria). Places are world positions in metres, CARLA's frame.
"""

import re
from collections.abc import Mapping

from lead import InputError

INFRACTIONS = (
    "collisions_layout",
    "collisions_pedestrian",
    "collisions_vehicle",
    "red_light",
    "stop_infraction",
    "outside_route_lanes",
    "min_speed_infractions",
    "yield_emergency_vehicle_infractions",
    "scenario_timeouts",
    "route_dev",
    "vehicle_blocked",
    "route_timeout",
)
"""Keys of the infractions in the order in which the official files list them."""

PLACE_DIGITS = 3  # metres are written to the millimetre
PERCENT_DIGITS = 2  # percentages in messages are rounded, though the penalty is taken from the unrounded value

Place = tuple[float, float, float]

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_PLACE = rf"\(x=(?P<x>{_NUMBER}), y=(?P<y>{_NUMBER}), z=(?P<z>{_NUMBER})\)"
_COLLISION = re.compile(rf"Agent collided against object with type=(?P<type>.+) and id=(?P<id>-?\d+) at {_PLACE}")

FORMS: Mapping[str, re.Pattern[str]] = {
    "collisions_layout": _COLLISION,
    "collisions_pedestrian": _COLLISION,
    "collisions_vehicle": _COLLISION,
    "red_light": re.compile(rf"Agent ran a red light (?P<id>-?\d+) at {_PLACE}"),
    "stop_infraction": re.compile(rf"Agent ran a stop with id=(?P<id>-?\d+) at {_PLACE}"),
    "outside_route_lanes": re.compile(
        rf"Agent went outside its route lanes for about (?P<metres>{_NUMBER}) meters "
        rf"\((?P<percent>{_NUMBER})% of the completed route\)"
    ),
    "min_speed_infractions": re.compile(rf"Average speed is (?P<percent>{_NUMBER})% of the surrounding traffic's one"),
    "yield_emergency_vehicle_infractions": re.compile(r"Agent failed to yield to an emergency vehicle"),
    "scenario_timeouts": re.compile(rf"Agent timed out a scenario(?: at {_PLACE})?"),
    "route_dev": re.compile(rf"Agent deviated from the route at {_PLACE}"),
    "vehicle_blocked": re.compile(rf"Agent got blocked at {_PLACE}"),
    "route_timeout": re.compile(r"Route timeout\."),
}


def read_message(infraction: str, message: str) -> dict[str, str | float]:
    """What a message says: `type` as text; `id`, `metres`, `percent`, `x`, `y`, `z` (metres) as numbers.

    Raises InputError if the message has not the form of its infraction.
    """
    match = FORMS[infraction].fullmatch(message)
    if match is None:
        raise InputError(
            f"found the message {message!r} under {infraction!r}, expected the form {FORMS[infraction].pattern!r}; "
            "the file was written by other rules than the leaderboard's"
        )
    return {
        name: value if name == "type" else float(value)
        for name, value in match.groupdict().items()
        if value is not None
    }


def place_text(place: Place) -> str:
    """A world position in metres, as messages write it."""
    x, y, z = (round(float(coordinate), PLACE_DIGITS) for coordinate in place)
    return f"(x={x}, y={y}, z={z})"


def collision_message(type_id: str, actor_id: int, place: Place) -> str:
    """Ego hit an object; `place` is where the ego was."""
    return f"Agent collided against object with type={type_id} and id={actor_id} at {place_text(place)}"


def red_light_message(light_id: int, place: Place) -> str:
    """Ego ran the light with that actor id; `place` is the light's."""
    return f"Agent ran a red light {light_id} at {place_text(place)}"


def stop_message(sign_id: int, place: Place) -> str:
    """Ego left a stop sign's reach without having stopped; `place` is the sign's."""
    return f"Agent ran a stop with id={sign_id} at {place_text(place)}"


def outside_route_lanes_message(metres: float, percent: float) -> str:
    """Ego drove `metres` off the road or in a wrong lane, `percent` of the route it had passed by then."""
    return (
        f"Agent went outside its route lanes for about {round(float(metres), PLACE_DIGITS)} meters "
        f"({round(float(percent), PERCENT_DIGITS)}% of the completed route)"
    )


def min_speed_message(percent: float) -> str:
    """Ego's mean speed on a segment of the route, in percent of that of the traffic around."""
    return f"Average speed is {round(float(percent), PERCENT_DIGITS)}% of the surrounding traffic's one"


def yield_message() -> str:
    """The emergency vehicle had not passed the ego when its scenario ended."""
    return "Agent failed to yield to an emergency vehicle"


def scenario_timeout_message(place: Place | None = None) -> str:
    """A scenario ran into its time limit."""
    return "Agent timed out a scenario" + (f" at {place_text(place)}" if place is not None else "")


def route_deviation_message(place: Place) -> str:
    """Ego went too far from its route, which ends it."""
    return f"Agent deviated from the route at {place_text(place)}"


def blocked_message(place: Place) -> str:
    """Ego stood too long, which ends the route."""
    return f"Agent got blocked at {place_text(place)}"


def route_timeout_message() -> str:
    """The route's time budget is used up, which ends it."""
    return "Route timeout."
