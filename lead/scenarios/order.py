"""A situation on its stage: what the route file orders, and whether the ego has reached its trigger."""

from collections.abc import Callable
from dataclasses import dataclass

import carla

from lead.scenarios.script import Script, until
from lead.scenarios.situation import Situation
from lead.scenarios.stage import Stage


@dataclass
class Order:
    """A situation to be played, asked for its parameters as `situation.number(...)`."""

    situation: Situation
    trigger: carla.Transform
    waypoint: carla.Waypoint  # of the trigger on the map
    fired: bool = False

    @classmethod
    def of(cls, stage: Stage, situation: Situation) -> "Order":
        """The order of a situation on a stage."""
        x, y, z, _ = situation.trigger.tolist()
        place = carla.Location(x, y, z)
        waypoint = stage.map.get_waypoint(place)
        return cls(situation, carla.Transform(place, waypoint.transform.rotation), waypoint)

    @property
    def name(self) -> str:
        """As in the route file."""
        return self.situation.name

    def triggered(self) -> Script:
        """Wait until the ego is at the trigger."""
        yield from until(lambda: self.fired)


Play = Callable[[Stage, Order], Script]
