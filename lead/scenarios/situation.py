"""A situation as a route file orders it: its type, where it is triggered, and its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, radians

import numpy as np
from numpy.typing import NDArray

from lead import InputError

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Situation:
    """One `scenario` element. Parameters are asked for by name, with the default of the situation's type."""

    name: str
    type: str
    trigger: NDArray[np.float64]  # (4,) x, y, z (m), yaw (rad)
    parameters: Mapping[str, Attributes]  # attributes by element name; of equal names the last
    other_actors: tuple[Attributes, ...] = ()

    def number(self, name: str, default: float) -> float:
        """The number in `<name value="..."/>`."""
        return self._number(name, "value") if name in self.parameters else default

    def text(self, name: str, default: str) -> str:
        """The text in `<name value="..."/>`; an empty one counts as none."""
        return self._attribute(name, "value") or default if name in self.parameters else default

    def interval(self, name: str, default: tuple[float, float]) -> tuple[float, float]:
        """The numbers in `<name from="..." to="..."/>`, as they stand: real files have some that fall."""
        if name not in self.parameters:
            return default
        return self._number(name, "from"), self._number(name, "to")

    def place(self, name: str) -> NDArray[np.float64] | None:
        """The location (3,) m in `<name x="..." y="..." z="..."/>`, None where there is no such element."""
        if name not in self.parameters:
            return None
        return np.array([self._number(name, axis) for axis in "xyz"])

    def _attribute(self, name: str, attribute: str) -> str:
        given = self.parameters[name]
        if attribute not in given:
            raise InputError(
                f"situation {self.name} ({self.type}): <{name}> has {sorted(given) or 'no attributes'}; "
                f"expected '{attribute}'"
            )
        return given[attribute]

    def _number(self, name: str, attribute: str) -> float:
        return finite(self._attribute(name, attribute), f"situation {self.name} ({self.type}): <{name}> '{attribute}'")


def finite(text: str, what: str) -> float:
    """The finite number that a text says; raises InputError, which names `what` it should be."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InputError(f"{what} is {text!r}; expected a finite number")
    return value


def trigger_of(attributes: Attributes, what: str) -> NDArray[np.float64]:
    """The trigger (4,) of x, y, z (m) and yaw (degrees in the file, rad here)."""
    x, y, z, yaw = (finite(attributes.get(key, ""), f"{what}: trigger_point '{key}'") for key in ("x", "y", "z", "yaw"))
    return np.array([x, y, z, radians(yaw)])
