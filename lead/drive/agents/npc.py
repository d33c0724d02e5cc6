"""Lets CARLA's TrafficManager drive the ego along the route: it heeds lights and traffic, and knows no situations."""

from contextlib import suppress
from typing import Any

import carla

from lead.drive.agent import PRIVILEGED, Observation, Task
from lead.drive.agents.blind import kept_limit
from lead.scenarios.lane_graph import lane_key
from lead.scenarios.plan import Plan
from lead.scenarios.stage import Stage

BEHIND_JUNCTION = 8.0  # m after a junction at which the TrafficManager is told where the way goes on
LANE_LOOK = 15  # route points ahead whose lane the ego should be in
LANE_EVERY = 20  # ticks between looks whether it is
LOOK_EVERY = 10  # ticks between looks at the speed limit


class Npc:
    """The ego under the TrafficManager; lane changes are asked for where the route has them."""

    track = PRIVILEGED

    def __init__(self) -> None:
        self._stage: Stage | None = None

    def sensors(self) -> list[dict[str, Any]]:
        """None."""
        return []

    def begin(self, stage: Stage, task: Task) -> None:
        """Hand the ego over, with the way."""
        manager, ego = stage.manager, stage.ego
        self._stage, self._ticks = stage, 0
        ego.set_autopilot(True, stage.manager_port)
        manager.auto_lane_change(ego, False)
        manager.random_left_lanechange_percentage(ego, 0)
        manager.random_right_lanechange_percentage(ego, 0)
        manager.update_vehicle_lights(ego, True)
        manager.set_desired_speed(ego, kept_limit(ego))
        manager.set_path(ego, way_points(stage.plan))

    def control(self, observation: Observation) -> None:
        """None: the TrafficManager drives. It is told the speed limit, and which lane to be in."""
        stage = self._stage
        if self._ticks % LOOK_EVERY == 0:
            stage.manager.set_desired_speed(stage.ego, kept_limit(stage.ego))
        if self._ticks % LANE_EVERY == 0:
            self._keep_lane()
        self._ticks += 1

    def end(self) -> None:
        """Take the ego back."""
        stage, self._stage = self._stage, None
        if stage is not None:
            with suppress(RuntimeError):  # the server may be what failed
                stage.ego.set_autopilot(False, stage.manager_port)

    def _keep_lane(self) -> None:
        """Ask for a lane change if the route soon runs in another lane of this road."""
        stage = self._stage
        here = stage.map.get_waypoint(stage.place)
        if here is None or here.is_junction:
            return
        for wanted in stage.plan.waypoints[stage.nearest : stage.nearest + LANE_LOOK : 5][::-1]:
            if (wanted.road_id, wanted.section_id) != lane_key(here)[:2] or wanted.lane_id * here.lane_id < 0:
                continue
            if wanted.lane_id != here.lane_id:
                # Lanes are counted outwards from the road's middle on both sides.
                stage.manager.force_lane_change(stage.ego, abs(wanted.lane_id) > abs(here.lane_id))
            return


def way_points(plan: Plan) -> list[carla.Location]:
    """The places by which the TrafficManager finds the way: one behind each junction, and the end.

    At a fork it takes the branch whose end is nearest to the next of them; it leaves a place out once its own way has
    come within 5 m, one for each of its points, so dense ones would fall behind.
    """
    places, left, before = [], None, None
    for here in plan.waypoints:
        if here.is_junction:
            if left is not None and not before.is_junction:  # the next junction is nearer than that
                places.append(before.transform.location)
            left = here.transform.location
        elif left is not None and here.transform.location.distance(left) > BEHIND_JUNCTION:
            places.append(here.transform.location)
            left = None
        before = here
    return [*places, plan.waypoints[-1].transform.location]
