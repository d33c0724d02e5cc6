"""What the expert decides, and why."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from lead.expert.path import Shift
from lead.expert.scene import LOST


class Cause(Enum):
    """What lowered or raised the target speed."""

    LEADER = "leading vehicle"
    VEHICLE = "vehicle on a collision course"
    BICYCLE = "bicycle on a collision course"
    GAP = "stream of traffic without a gap"
    WALKER = "walker on a collision course"
    LIGHT = "traffic light"
    STOP_SIGN = "stop sign"
    WALKER_CLOSE = "moving walker or cyclist ahead"
    OBSTACLE = "obstacle on the lane"
    APPROACH = "approach of an obstacle"
    ONCOMING = "oncoming traffic on the borrowed lane"
    OVERTAKING = "overtaking"
    VIOLATOR = "vehicle that takes the priority"
    CUT_IN = "vehicle that cuts in"
    REAR_DANGER = "vehicle close behind"
    EMERGENCY_VEHICLE = "emergency vehicle behind"
    FAULT = "the scene cannot be decided on"


@dataclass(frozen=True)
class Proposal:
    """What a rule asks for.

    Attributes:
        cause: of it.
        target_speed: m/s.
        subject: id of the actor it is about, LOST if none.
        distance: m to it.
        overrides: general hazards (traffic, lights, stop signs) are not asked this tick, and this is driven even if it
            is above the limit; the lowest of several such.
        raises: the target speed is raised to this one and no brake is applied; else it is lowered.
    """

    cause: Cause
    target_speed: float
    subject: int = LOST
    distance: float = float("inf")
    overrides: bool = False
    raises: bool = False


@dataclass(frozen=True)
class Control:
    """Pedals and wheel."""

    steer: float = 0.0  # -1 left to 1 right
    throttle: float = 0.0  # 0 to 1
    brake: float = 0.0  # 0 or 1


@dataclass(frozen=True)
class Decision:
    """One tick's decision.

    Attributes:
        target_speed: m/s; 0 is a full stop.
        limit: m/s, the most that would be driven if nobody were there.
        control: what the ego does.
        path: (P, 3) m, world: the way ahead with its shifts, every metre from 2.5 m ahead, 50 points.
        proposals: what all rules asked for, in the order asked.
        binding: the one that set the target speed; None if it is the limit.
        changed_route: whether the way ahead is shifted from the lane's middle.
        reason: of a safe stop, in words; "" otherwise.
    """

    target_speed: float
    limit: float
    control: Control
    path: NDArray[np.float64]
    proposals: tuple[Proposal, ...] = ()
    binding: Proposal | None = None
    changed_route: bool = False
    reason: str = ""


SAFE_STOP = Control(brake=1.0)


def safe_stop(reason: str, path: NDArray[np.float64] | None = None) -> Decision:
    """The decision where none can be made."""
    return Decision(
        0.0, 0.0, SAFE_STOP, np.empty((0, 3)) if path is None else path,
        binding=Proposal(Cause.FAULT, 0.0), reason=reason,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a family of rules answers.

    Attributes:
        memory: what it remembers next, of the family's own class.
        proposals: what it asks for.
        shifts: the way from now on; None leaves it as it is.
    """

    memory: object
    proposals: tuple[Proposal, ...] = ()
    shifts: tuple[Shift, ...] | None = None
