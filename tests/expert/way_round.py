"""Scenes with a way round a parked car over the oncoming lane, and what the ego asks for in them."""

from dataclasses import replace
from math import pi

from scenes import car, ego, index, seen
from situations import AT, approach

from lead.expert.decision import Proposal
from lead.expert.memory import Memory
from lead.expert.path import shifted
from lead.expert.rules import passing
from lead.expert.rules.passing import Manoeuvre, PassingMemory, Stage
from lead.expert.scene import Actors, Route, Scene
from lead.expert.settings import PRIVILEGED, Settings

PARKED = "ParkedObstacleTwoWays"
LINE = AT - 2.6 + 0.5 - 4.0  # m where the way round a parked car begins
END = AT + 2.6 + 0.5 + 4.0  # and ends
LENGTH, ROOM, MARGIN = 2 * 2.44619, 10.0, 0.2  # of the ego; the published room and margin
NEGOTIATING = replace(PRIVILEGED, negotiation=True)


def comes(way: Route, at: float, speed: float, aside: float = -3.5, **more) -> Actors:
    """A car on the oncoming lane."""
    return car(way, at, aside, speed, turned=pi, id=50, **more)


def asked(
    here: Scene, *, opened: float = 0.0, waiting: float | None = None, stage: Stage = Stage.APPROACHING,
    settings: Settings = PRIVILEGED,
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:  # fmt: skip
    """What is asked for where the way round was laid before."""
    first = passing.ask(seen(replace(here, ego=ego(here.route, AT - 49.0)), settings), PassingMemory())
    here.ego.pose[:2] = shifted(here.route, first.shifts).points[index(here.ego.pose[0]), :2]
    before = replace(first.memory.manoeuvres[0], opened=opened, waiting=waiting, stage=stage)
    result = passing.ask(seen(here, settings, Memory(shifts=first.shifts)), PassingMemory((before,)))
    return result.memory.manoeuvres[0], result.proposals


def at_line(*others: Actors, at: float = LINE - 1.0, speed: float = 0.0, time: float = 10.0, **more) -> Scene:
    return approach(PARKED, *others, at=at, speed=speed, time=time, **more)


def goes(*others: Actors, waited: float = 0.0, settings: Settings = PRIVILEGED, **more) -> bool:
    manoeuvre, _ = asked(at_line(*others, **more), waiting=10.0 - waited, settings=settings)
    return manoeuvre.stage is Stage.OVERTAKING


WAY = at_line().route
