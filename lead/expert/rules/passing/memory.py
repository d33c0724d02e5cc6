"""What is remembered of the situations that are being passed."""

from dataclasses import dataclass, field
from enum import Enum

from lead.expert.path import Shift
from lead.expert.rules.passing.standoff import Standoff
from lead.expert.rules.passing.stranded import Standstill


class Stage(Enum):
    """How far the passing of a situation has come."""

    APPROACHING = "the way round it is laid; waiting for the lane to be borrowed"
    OVERTAKING = "on the borrowed lane"
    RETURNING = "on the borrowed lane, to come back behind what was to be passed: somebody comes"
    DONE = "passed or given up"


@dataclass(frozen=True)
class Manoeuvre:
    """The passing of one situation.

    Attributes:
        name: of the situation.
        stage: of the passing.
        shift: the way round it; None if none is laid.
        opened: s, when the ego came so near that the situation will open the borrowed lane; None before.
        waiting: s, since when it looks for a gap in the traffic of the lane to be borrowed; None before.
    """

    name: str
    stage: Stage = Stage.APPROACHING
    shift: Shift | None = None
    opened: float | None = None
    waiting: float | None = None


@dataclass(frozen=True)
class PassingMemory:
    """Empty before the first tick."""

    manoeuvres: tuple[Manoeuvre, ...] = ()
    standstill: Standstill = field(default_factory=Standstill)
    standoff: Standoff = field(default_factory=Standoff)
