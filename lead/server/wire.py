"""Wire values to arrays and back: degrees become radians here and nowhere else; wrong types are refused with words.

A reader takes what msgpack decoded and returns the inner value, or raises `WireError` saying what it found and
expected.
Layouts: spec/carla-wire-protocol.md, section 3.
"""

from collections.abc import Callable
from math import degrees, isfinite
from reprlib import Repr
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reader = Callable[[Any], Any]
_NUMERIC = (float, int, bool)
LARGEST = 1e9  # of any number in a vector or control: far above what physics needs, far below overflow
FARTHEST = 1e6  # m from the origin, of any place


class WireError(ValueError):
    """A request whose arguments are not what the call takes."""


def _refuse(value: object, expected: str) -> WireError:
    text = _short.repr(value)  # in time that does not grow with the value
    return WireError(f"found {text if len(text) <= 80 else text[:77] + '...'}, expected {expected}")


_short = Repr()
_short.maxstring = _short.maxother = 80
_short.maxlist, _short.maxlevel = 12, 3


def boolean(value: Any) -> bool:
    """A msgpack boolean."""
    if value is True or value is False:
        return value
    raise _refuse(value, "a boolean")


def number(value: Any) -> float:
    """A finite number as float."""
    if type(value) is float or type(value) is int:
        if isfinite(value):
            return float(value)
    raise _refuse(value, "a finite number")


def integer(value: Any) -> int:
    """A 64-bit integer, signed or unsigned."""
    if type(value) is int and -(1 << 63) <= value < 1 << 64:
        return value
    raise _refuse(value, "an integer")


def actor_id(value: Any) -> int:
    """An unsigned 32-bit id."""
    if type(value) is int and 0 <= value < 1 << 32:
        return value
    raise _refuse(value, "an actor id (unsigned 32-bit integer)")


def text(value: Any) -> str:
    """A string of valid Unicode (bytes that are not UTF-8 arrive as surrogates)."""
    if type(value) is str and (value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)):
        return value
    raise _refuse(value, "a string")


def anything(value: Any) -> Any:
    """Whatever it is; for arguments that are accepted and not used."""
    return value


def sequence_of(reader: Reader) -> Reader:
    """Reader of a list whose items `reader` reads."""

    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            raise _refuse(value, "a list")
        return [reader(item) for item in value]

    return read


def structure(name: str, *readers: Reader) -> Reader:
    """Reader of a positional struct; extra trailing elements are ignored, as the protocol asks."""
    count = len(readers)

    def read(value: Any) -> list[Any]:
        if type(value) is not list or len(value) < count:
            raise _refuse(value, f"a {name} (list of {count})")
        return [reader(item) for reader, item in zip(readers, value)]

    return read


def optional(reader: Reader) -> Reader:
    """Reader of optional<T>: [false] or [true, value]."""

    def read(value: Any) -> Any:
        if type(value) is list and value:
            if value[0] is False:
                return None
            if value[0] is True and len(value) > 1:
                return reader(value[1])
        raise _refuse(value, "an optional ([false] or [true, value])")

    return read


def numbers(name: str, count: int, limit: float = LARGEST) -> Reader:
    """Reader of `count` numbers (booleans count as 0 and 1) of size up to `limit` into an array (count,) f64."""

    def read(value: Any) -> NDArray[np.float64]:
        if type(value) is list and len(value) >= count:
            items = value[:count]
            for (
                item
            ) in items:  # a loop: `all` over a generator takes twice as long, fifty times in a TrafficManager tick
                if type(item) not in _NUMERIC or not -limit <= item <= limit:
                    break
            else:
                return np.array(items, dtype=np.float64)
        raise _refuse(value, f"a {name} ({count} finite numbers up to {limit:g})")

    return read


vector = numbers("vector", 3)
location = numbers("location", 3, FARTHEST)
vehicle_control = numbers("vehicle control", 7)
ackermann_control = numbers("Ackermann control", 5)
ackermann_gains = numbers("Ackermann controller settings", 6)
weather = numbers("weather", 14)
colour = numbers("colour", 3)


def vector_degrees(value: Any) -> NDArray[np.float64]:
    """An angular velocity (3,) in deg/s, returned in rad/s."""
    return np.radians(vector(value))


def pose(value: Any) -> NDArray[np.float64]:
    """A Transform [[x, y, z], [pitch, yaw, roll] degrees] as a pose row (6,) in metres and radians."""
    if type(value) is list and len(value) >= 2:
        row = np.empty(6)
        row[:3] = location(value[0])
        row[3:] = np.radians(vector(value[1]))
        return row
    raise _refuse(value, "a transform [[x, y, z], [pitch, yaw, roll]]")


def walker_control(value: Any) -> tuple[NDArray[np.float64], float, bool]:
    """A WalkerControl: direction (3,), speed m/s, jump."""
    direction, speed, jump = _walker_control(value)
    return direction, speed, jump


_walker_control = structure("walker control", vector, number, boolean)


def light_bits(value: Any) -> int:
    """A VehicleLightState: [u32], or a bare u32 as in the batch command."""
    return actor_id(value[0] if type(value) is list and value else value)


def description(value: Any) -> tuple[list[Any], str, dict[str, str]]:
    """An ActorDescription: the wire value itself (echoed to clients), the blueprint id and its attributes."""
    _, blueprint, values = _description(value)
    return value, blueprint, {name: content for name, _, content in values}


_description = structure(
    "actor description", integer, text, sequence_of(structure("attribute value", text, integer, text))
)


def transform(row: NDArray[np.float64]) -> list[list[float]]:
    """Pose row (6,) in metres and radians as a wire Transform in degrees."""
    x, y, z, pitch, yaw, roll = row.tolist()
    return [[x, y, z], [degrees(pitch), degrees(yaw), degrees(roll)]]


def bounding_box(
    centre: NDArray[np.float64], extent: NDArray[np.float64], yaw: float = 0.0, actor: int = 0
) -> list[Any]:
    """Wire BoundingBox from centre (3,), half sizes (3,) in metres and yaw in radians."""
    return [list(map(float, centre)), list(map(float, extent)), [0.0, degrees(yaw), 0.0], int(actor)]


def ok(value: Any) -> list[Any]:
    """Envelope Response<T> of a result."""
    return [[1, value]]


def done() -> list[Any]:
    """Envelope Response<void> of a success."""
    return [[False]]


def failed(message: str) -> list[Any]:
    """Envelope Response<T> of an error; the client raises RuntimeError(message)."""
    return [[0, [message]]]


def failed_void(message: str) -> list[Any]:
    """Envelope Response<void> of an error."""
    return [[True, [message]]]
