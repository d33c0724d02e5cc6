"""Plays the situations of a route: sets each up before the ego comes, starts it at its trigger, ends it cleanly.

Source: spec/benchmarks.md, 1.2 (ScenarioTriggerer and the building of scenarios within 500 m).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from lead import InputError
from lead.scenarios.catalogue import play_of
from lead.scenarios.order import Order
from lead.scenarios.script import Script
from lead.scenarios.situation import Situation
from lead.scenarios.stage import SetupFault, Stage

SETUP_RADIUS = 500.0  # m from the ego to the trigger
SETUP_EVERY = 20  # ticks between looks for situations to set up
DESTROYED = "destroyed actor"  # in what the client says to who asks for one: TrafficManager destroys stuck cars
AT_TRIGGER = 2.0  # m from the ego's route point to the trigger


class Part(Enum):
    """How far a situation has come."""

    FAR = "far"  # not set up yet
    WAITING = "waiting"  # set up, not triggered
    PLAYING = "playing"
    ENDED = "ended"
    LEFT_OUT = "left out"  # could not be set up


@dataclass
class Played:
    """One situation and its state."""

    order: Order
    part: Part = Part.FAR
    script: Script | None = None
    reason: str = ""  # why it was left out
    begun: float | None = None  # s, when it was triggered
    ended: float | None = None  # s


class Director:
    """Steps all situations of a route once per tick."""

    def __init__(self, stage: Stage, situations: Sequence[Situation]) -> None:
        for situation in situations:
            play_of(situation.type)  # unknown types are told before anything is driven
        self._stage = stage
        self._ticks = 0
        self.played = stage.situations = [Played(Order.of(stage, situation)) for situation in situations]

    def step(self) -> None:
        """One tick: set up what comes near, trigger what the ego has reached, go on with what plays."""
        stage = self._stage
        point = stage.plan.pose[stage.nearest, :3]
        for played in self.played:
            trigger = played.order.situation.trigger[:3]
            if played.part is Part.FAR and self._ticks % SETUP_EVERY == 0:
                place = np.array([stage.place.x, stage.place.y, stage.place.z])
                if np.linalg.norm(trigger - place) < SETUP_RADIUS:
                    self._set_up(played)
            if played.part is Part.WAITING and np.linalg.norm(trigger - point) < AT_TRIGGER:
                played.order.fired, played.part, played.begun = True, Part.PLAYING, stage.time
            if played.part in (Part.WAITING, Part.PLAYING):
                self._go_on(played)
        self._ticks += 1

    def close(self) -> None:
        """End everything; what the situations spawned is destroyed."""
        for played in self.played:
            if played.script is not None:
                played.script.close()

    def _set_up(self, played: Played) -> None:
        played.script = play_of(played.order.situation.type)(self._stage, played.order)
        try:
            next(played.script)
            played.part = Part.WAITING
        except (SetupFault, InputError) as fault:  # no place for it, or a parameter that is none
            played.part, played.reason = Part.LEFT_OUT, str(fault)
        except StopIteration:
            played.part = Part.ENDED

    def _go_on(self, played: Played) -> None:
        assert played.script is not None
        try:
            next(played.script)
        except StopIteration:
            played.part, played.ended = Part.ENDED, self._stage.time
        except (SetupFault, InputError) as fault:  # what should have come at the trigger found no place
            played.part, played.ended, played.reason = Part.ENDED, self._stage.time, str(fault)
        except RuntimeError as error:
            if DESTROYED not in str(error):
                raise
            played.part, played.ended, played.reason = Part.ENDED, self._stage.time, "one of its actors was taken away"
