"""What differs between the situation types that are passed: a row of data each."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from lead.expert.decision import Proposal
from lead.expert.rules.passing.memory import Manoeuvre
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.scene import Briefing
from lead.expert.view import View

Ladder = tuple[tuple[float, float], ...]
"""(bound, value) by rising bound: the value of the first bound that is not exceeded."""

Behaviour = Callable[[View, Briefing, "Row", Obstacles, Manoeuvre], tuple[Manoeuvre, tuple[Proposal, ...]]]
"""How a situation is passed: the manoeuvre as it goes on, and what is asked for in this tick."""

TRIGGER = 50.0  # m to the first obstacle from which on it is reacted to
OVERTAKING_SPEED = 40.0 / 3.6  # m/s
NEGOTIATION = 1.75  # s of travel, part of the distance at which oncoming vehicles stop an overtaking ego


@dataclass(frozen=True)
class Cap:
    """A speed that is not exceeded before an obstacle (U3).

    Attributes:
        limit: m/s; the cap is for roads with a higher speed limit.
        speed: m/s.
        far: m from the obstacles within which it holds.
    """

    limit: float
    speed: float
    far: float


@dataclass(frozen=True)
class Row:
    """A situation type.

    Attributes:
        behaviour: how it is passed.
        transition, before, after: m of the ramps, from the first ramp's end to the first obstacle, and from the last
            obstacle to the second ramp.
        factor: of the distance to the neighbour lane's middle, by lane width (m).
        trigger: m.
        two_ways: the borrowed lane is that of oncoming traffic.
        on_lane: only what stands on the ego's lane is passed; the others are warning signs.
        speed: m/s while overtaking on the oncoming lane, by lane width (m).
        starting: m ahead of a standing ego within which a vehicle on the borrowed lane is as good as past, by lane
            width (m).
        negotiation: s.
        opens: m to the first obstacle from which on the situation's clock runs.
        opens_time: s of travel to it that will do as well.
        weather: the lane change is later and shorter in bad weather (U4).
        town_after: m instead of `after` on roads with a low speed limit; None for the same.
        caps: by falling limit.
    """

    behaviour: Behaviour
    transition: float
    before: float = 0.0
    after: float = 0.0
    factor: Ladder = ((inf, 1.0),)
    trigger: float = TRIGGER
    two_ways: bool = False
    on_lane: bool = True
    speed: Ladder = ((inf, OVERTAKING_SPEED),)
    starting: Ladder = ((2.76, 7.0), (3.01, 7.0), (3.51, 8.0), (inf, 9.0))
    negotiation: float = NEGOTIATION
    opens: float = TRIGGER
    opens_time: float = 0.0
    weather: bool = False
    town_after: float | None = None
    caps: tuple[Cap, ...] = ()


def rung(ladder: Ladder, at: float) -> float:
    """The value of a ladder."""
    return next(value for bound, value in ladder if at <= bound)
