"""The student, tick by tick: where it is, where it is to go, what it sees, what its network says, what it does.

It knows no world: readings of its sensors come in, pedals and wheel go out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lead import LeadError
from lead.dataset.way_labels import spaced_route
from lead.drive.sensors.geodesy import Degrees
from lead.drive.student.cause import Cause
from lead.drive.student.checkpoint import Checkpoint
from lead.drive.student.controllers import (
    WHEEL_RESTS,
    PursuitSteering,
    RouteSteering,
    WaypointControl,
    target_speed_pedals,
)
from lead.drive.student.goal import Goal
from lead.drive.student.help import Action, Around, Help
from lead.drive.student.options import Options
from lead.drive.student.place import Localiser, Place
from lead.drive.student.sensing import GNSS_ID, IMU_ID, SPEED_ID, Readings, Sensed, Sensing
from lead.drive.student.usual import check_predicted, settled, with_usual
from lead.geometry.poses import to_local, to_world
from lead.model.batch import CONTROL, Heads
from lead.model.ensemble import Consensus, Ensemble

COMPASS = 6  # column of the IMU's reading


class NoPlan(LeadError):
    """The network said nothing that can be driven."""


@dataclass(frozen=True)
class Plan:
    """What the network says, on the CPU. Ego frame, m; None is what the variant does not predict.

    Attributes:
        route: (R, 2), 1 m apart.
        waypoints: (W, 2), in time.
        speed_share: (K,) probability of each class of target speed.
        target_speed: m/s, after the options.
        boxes: (N, 9) lead.model.boxes.Box, if they were asked for.
    """

    route: NDArray[np.float64] | None
    waypoints: NDArray[np.float64]
    speed_share: NDArray[np.float64] | None
    target_speed: float | None
    boxes: NDArray[np.float64] | None


@dataclass(frozen=True)
class Glance:
    """A tick as the student had it, for those who look on.

    Attributes:
        place: where it believes to be.
        speed: m/s.
        target_points: (3, 2) m, ego frame: previous, current, next.
        command: index in lead.dataset.sample.COMMANDS.
        plan: what it goes by; may be of an earlier tick (`Cause.OLD_PLAN`).
        sensed, consensus: what the network was given and said in this tick; None where it did not run.
        action, cause: what it does, and why.
    """

    place: Place
    speed: float
    target_points: NDArray[np.float32]
    command: int
    plan: Plan
    sensed: Sensed | None
    consensus: Consensus | None
    action: Action
    cause: Cause


class Driver:
    """Drives one route.

    Attributes:
        sensing: its sensors.

    Args:
        checkpoint: what drives.
        ensemble: its weights.
        options: how it drives.
        plan: places (P, 2 or 3) m, world, and commands (P,) that it is told.
        reference: latitude and longitude (degrees) of the map's origin.

    Raises InputError if the weights do not predict what the options ask for.
    """

    def __init__(
        self, checkpoint: Checkpoint, ensemble: Ensemble, options: Options,
        plan: tuple[NDArray[np.floating], Sequence[int]], reference: Degrees,
    ) -> None:  # fmt: skip
        model, senses = checkpoint.model, settled(checkpoint, options)
        check_predicted(model, options)
        options = with_usual(options, model)
        self._ensemble, self._options, self._model = ensemble, options, model
        self._exact = not senses.noisy_points
        places, commands = np.asarray(plan[0], np.float64), plan[1]
        self._goal = Goal(places, commands, None if model.compat and options.pop is None else senses.pop_distance)
        filtered = self._exact or (model.compat and options.kalman is None)  # published points were popped by it
        self._localiser = Localiser(reference, places[0], filtered)
        self.sensing = Sensing(model, senses)
        self._wheel = RouteSteering() if options.steer == "route" else PursuitSteering()
        self._waypoints = WaypointControl(model.planning.waypoint_interval)
        self._help = Help(options)
        self._ticks, self._steer = 0, 0.0
        self._said: tuple[Plan, NDArray[np.float64]] | None = None  # the last plan, and where it was made

    def step(self, readings: Readings, extra: Heads = CONTROL) -> Glance:
        """One tick; `extra` heads are computed where the network runs. Raises NoPlan."""
        speed = float(readings[SPEED_ID]["speed"])
        place = self._localiser.step(readings[GNSS_ID], readings[IMU_ID][COMPASS], speed, self._steer)
        self._goal.step(place.filtered)
        points, command = self._goal.told(place.pose(self._exact))
        self.sensing.step(readings, place.moved)
        sensed = consensus = None
        cause = Cause(0)
        if self._said is None or self._ticks % self._options.every == 0:
            sensed = self.sensing.sensed(speed, points, command)
            heads = CONTROL | extra | (Heads.BOXES if self._options.stop_signs else CONTROL)
            consensus = self._ensemble(self.sensing.inputs(sensed), heads)
            plan = self._plan(consensus)
            self._said = plan, place.moved
        else:
            plan, cause = moved_plan(*self._said, place.moved), Cause.OLD_PLAN
        self._ticks += 1
        action, helped = self._act(plan, speed, place, fresh=consensus is not None)
        self._steer = action.steer
        return Glance(place, speed, points, command, plan, sensed, consensus, action, cause | helped)

    def _plan(self, consensus: Consensus) -> Plan:
        said, options = consensus.predictions, self._options
        route, waypoints, share, target = (
            None if value is None else value[0].double().cpu().numpy()
            for value in (said.route, said.waypoints, said.target_speed_logits, said.target_speed)
        )
        if share is not None:
            share = np.exp(share - share.max())
            share /= share.sum()
            target = aimed_speed(share, float(target), options.brake_share) * options.speed_factor
        for name, value in (("route", route), ("waypoints", waypoints), ("target speed", target)):
            if value is not None and not np.isfinite(value).all():
                raise NoPlan(f"found a number in the {name} of model {self._model.name} that is not finite")
        boxes = None if consensus.boxes is None else consensus.boxes[0].double().cpu().numpy()
        return Plan(route, waypoints, share, target, boxes)

    def _act(self, plan: Plan, speed: float, place: Place, fresh: bool) -> tuple[Action, Cause]:
        """Pedals and wheel for a plan, which is of this tick where it is fresh, and what helped."""
        follow_way = self._options.steer != "waypoints"
        steer = self._wheel.step(plan.route, speed) if follow_way else self._waypoints.steer(plan.waypoints)
        if self._options.speed == "target":
            throttle, brake = target_speed_pedals(speed, plan.target_speed)
        else:
            throttle, brake = self._waypoints.pedals(plan.waypoints, speed)
        way, boxes = plan.waypoints if plan.route is None else plan.route, plan.boxes if fresh else None
        around = Around(way, boxes, self.sensing.points, self.sensing.returns, place.moved)
        action, cause = self._help.step(Action(throttle, steer, brake), speed, around)
        if action.brake > 0.0:
            action = replace(action, throttle=0.0, steer=0.0 if speed < WHEEL_RESTS else action.steer)
        return action, cause


def aimed_speed(share_K: NDArray[np.floating], mean: float, stops_from: float) -> float:
    """The target speed (m/s) of the probabilities of its classes and of their mean."""
    return 0.0 if share_K[0] > stops_from else mean


def moved_plan(plan: Plan, then: NDArray[np.float64], now: NDArray[np.float64]) -> Plan:
    """A plan that was made at one pose (6,) as it lies from another, without what has been passed of its route."""

    def here(points: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = np.column_stack([points, np.zeros(len(points))])
        return to_local(to_world(flat, then), now)[:, :2]

    route = plan.route
    if route is not None:
        ahead = here(route)
        route = spaced_route(ahead[ahead[:, 0] > 0.0], len(route))
    return replace(plan, route=route, waypoints=here(plan.waypoints), boxes=None)
