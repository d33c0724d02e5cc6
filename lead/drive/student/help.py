"""What helps a student beside its plan, and says so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.drive.student.cause import Cause
from lead.drive.student.controllers import target_speed_pedals
from lead.drive.student.heuristics import PUSH, Creep, StopSigns
from lead.drive.student.options import Options
from lead.drive.student.safety import BlindSpot, EmergencyBrake, Patience, clear_of


@dataclass(frozen=True)
class Action:
    """Throttle and brake from 0 to 1, steering from -1 to 1."""

    throttle: float
    steer: float
    brake: float


@dataclass(frozen=True)
class Around:
    """What a tick gives to go by, ego frame.

    Attributes:
        way: (R, 2) m, planned.
        boxes: (N, 9) lead.model.boxes.Box; None if nothing was detected in this tick.
        points: (N, 3) m, z from the ground.
        returns: (M, 4) radar returns as `lead.drive.recording.clouds.returns_around` gives them.
        moved: (6,) the ego's pose in a frame that stays.
    """

    way: NDArray[np.floating]
    boxes: NDArray[np.floating] | None
    points: NDArray[np.floating]
    returns: NDArray[np.floating]
    moved: NDArray[np.float64]


class Help:
    """Puts right what the plan asks for, by options in which all is told (`lead.drive.student.usual`)."""

    def __init__(self, options: Options) -> None:
        self._patience = Patience(options.patience) if options.patience else None
        self._creep = Creep() if options.creep else None
        self._brake, self._blind_spot = (EmergencyBrake(), BlindSpot()) if options.guard else (None, None)
        self._signs = StopSigns() if options.stop_signs else None

    def step(self, action: Action, speed: float, around: Around) -> tuple[Action, Cause]:
        """What to do, and why, for what the plan asks for at a speed (m/s)."""
        throttle, steer, brake = action.throttle, action.steer, action.brake
        cause = Cause(0)
        if self._patience is not None:
            pace = self._patience.step(speed, action.steer, around.way, around.points)
            if pace is not None and throttle == 0.0:
                (throttle, brake), cause = target_speed_pedals(speed, pace), Cause.PATIENCE
        if self._creep is not None and self._creep.step(speed, around.points):
            throttle, brake, cause = max(PUSH, throttle), 0.0, Cause.CREEP
        if self._brake is not None and throttle > 0.0:
            steer = clear_of(action.steer, speed, around.points)
            cause |= Cause.CLEARANCE if steer != action.steer else 0
        for stops in self._stops(steer, speed, around):
            throttle, brake, cause = 0.0, 1.0, cause | stops
        return Action(throttle, steer, brake), cause

    def _stops(self, steer: float, speed: float, around: Around) -> list[Cause]:
        found = []
        if self._brake is not None and self._brake.step(speed, steer, around.way, around.points):
            found.append(Cause.OBSTACLE)
        if self._blind_spot is not None and self._blind_spot.step(speed, around.way, around.returns):
            found.append(Cause.BLIND_SPOT)
        if self._signs is not None and self._signs.step(around.boxes, speed, around.moved):
            found.append(Cause.STOP_SIGN)
        return found
