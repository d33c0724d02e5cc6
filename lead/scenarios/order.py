"""A situation on its stage: what the route file orders, whether the ego has reached its trigger, what it tells."""

from collections.abc import Callable
from dataclasses import dataclass

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.script import Script, until
from lead.scenarios.situation import Situation
from lead.scenarios.stage import Stage

Way = NDArray[np.float64] | tuple[carla.Waypoint, carla.Waypoint]
"""Places (N, 3) m about a metre apart, or the ends of a way along the lanes."""


@dataclass
class Order:
    """A situation to be played, asked for its parameters as `situation.number(...)`.

    Attributes:
        situation: as in the route file.
        trigger: where the ego sets it off.
        waypoint: of the trigger on the map.
        fired: whether the ego has been there.
        actors: alive ones of its cast, in the order in which they came; its cast keeps them.
        flow: the way that its traffic takes, told when it is set up; None if it has none.
        stands: where on the ego's lane that which is to be passed begins and ends, told when it is set up; None if
            nothing is.
    """

    situation: Situation
    trigger: carla.Transform
    waypoint: carla.Waypoint
    fired: bool = False
    actors: tuple[carla.Actor, ...] = ()
    flow: Way | None = None
    stands: tuple[carla.Waypoint, carla.Waypoint] | None = None

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
