"""Red lights that the ego drove past."""

from collections.abc import Iterable
from math import dist

import carla
import numpy as np
import shapely
from numpy.typing import NDArray

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.signals import Light

REACH = 15.0  # m from the ego to the middle of the light's trigger volume
TAIL_BEGIN = 0.8  # of the half length behind the ego's middle
TAIL_BEYOND = 1.0  # m that the tail ends behind the ego's end
LINE = 0.6  # of the lane's width to both sides of its middle


class RedLight:
    """An event when the ego's tail crosses the stop line of a red light, on the lane that the line is on.

    A light is not told twice in a row. States come from the moment; a light without one there counts as not red.
    """

    def __init__(self, town_map: carla.Map, lights: Iterable[Light]) -> None:
        self.events: list[Event] = []
        self._map = town_map
        self._lights = {light.id: light for light in lights}
        self._last: int | None = None

    def update(self, moment: Moment) -> None:
        """Look at the red lights near the ego."""
        for light_id, state in moment.lights.items():
            light = self._lights.get(light_id)
            if light is None or light_id == self._last or state != carla.TrafficLightState.Red:
                continue
            if dist(light.centre, moment.place) <= REACH and self._crosses(light, moment):
                self._last = light_id
                self.events.append(Event("red_light", moment.time, light.place, light_id))

    def _crosses(self, light: Light, moment: Moment) -> bool:
        half = moment.half_extents[0]
        begin = moment.place - TAIL_BEGIN * half * moment.heading
        end = moment.place - (half + TAIL_BEYOND) * moment.heading
        lane = self._map.get_waypoint(carla.Location(*end.tolist()))
        if lane is None:
            return False
        tail = shapely.LineString([begin[:2], end[:2]])
        return any(
            (line.road_id, line.lane_id) == (lane.road_id, lane.lane_id) and _across(line, moment.heading, tail)
            for line in light.stop_lines
        )


def _across(line: carla.Waypoint, heading: NDArray[np.float64], tail: shapely.LineString) -> bool:
    """Whether the tail of an ego that goes the lane's way touches the line."""
    ahead, middle = line.transform.get_forward_vector(), line.transform.location
    if heading[0] * ahead.x + heading[1] * ahead.y <= 0.0:
        return False
    yaw = np.radians(line.transform.rotation.yaw)
    side = LINE * line.lane_width * np.array([-np.sin(yaw), np.cos(yaw)])
    place = np.array([middle.x, middle.y])
    return bool(tail.intersects(shapely.LineString([place - side, place + side])))
