"""The expert drives: it reads the stage every tick, decides, and turns pedals and wheel."""

import traceback
from collections.abc import Callable
from typing import Any

import carla

from lead.drive.agent import DRIVING, PRIVILEGED, AgentFault, Observation, Task
from lead.drive.witness import Witness
from lead.expert.decide import decide
from lead.expert.decision import Decision
from lead.expert.evidence.sampled import SampledEvidence
from lead.expert.memory import Memory
from lead.expert.reading.reader import EvidenceOf, Reader
from lead.expert.scene import Route, Scene
from lead.expert.settings import Settings
from lead.scenarios.stage import Stage

STAND = carla.VehicleControl(brake=1.0)

Decide = Callable[[Scene, Memory, Settings], tuple[Decision, Memory]]


class Expert:
    """Drives by `lead.expert.decide`.

    Attributes:
        settings: what it may know and how careful it is.
        scene: of the last tick; None before the first one that was decided on.
        decision: of that tick.

    Args:
        settings: likewise.
        decide: what decides.
        witness: looks over its shoulder, if any does.
    """

    track = PRIVILEGED

    def __init__(self, settings: Settings, decide: Decide = decide, witness: Witness | None = None) -> None:
        self.settings = settings
        self.scene: Scene | None = None
        self.decision: Decision | None = None
        self._decide, self._witness = decide, witness

    def sensors(self) -> list[dict[str, Any]]:
        """None."""
        return []

    def begin(self, stage: Stage, task: Task) -> None:
        """Forget what was."""
        self._stage, self._memory = stage, Memory()
        self._reader: Reader | None = None
        self._ticks = 0
        if self._witness is not None:
            self._witness.begin(stage, task)

    def control(self, observation: Observation) -> carla.VehicleControl:
        """What the decision on this tick asks for.

        In the first tick it stands: situations are set up at its end, and one of them may put the ego into a parking
        slot, where its way begins then.

        Raises:
            AgentFault: the decision failed.
        """
        self._ticks += 1
        if self._ticks == 1:
            return STAND
        if self._reader is None:
            asked = evidence_for(self.settings)
            evidence = asked if self._witness is None else self._witness.evidence(asked)
            self._reader = Reader(self._stage, evidence)
        self.scene, before = self._reader.read(observation.frame), self._memory
        try:
            self.decision, self._memory = self._decide(self.scene, before, self.settings)
        except Exception as error:
            raise AgentFault(DRIVING, f"the expert cannot decide: {error!r}", traceback.format_exc()) from error
        if self._witness is not None:
            self._witness.see(self.scene, before, self.decision)
        control = self.decision.control
        return carla.VehicleControl(throttle=control.throttle, steer=control.steer, brake=control.brake)

    def end(self) -> None:
        """Let the witness finish."""
        if self._witness is not None:
            self._witness.end()


def evidence_for(settings: Settings) -> EvidenceOf | None:
    """What the student can see, where anything hangs on it: estimated, for this agent has no pictures."""
    asked = (
        settings.occlusion or settings.stop_pixels or settings.violators_seen or settings.obstacles_seen
        or settings.occluded_junction or settings.lights == "seen"
    )  # fmt: skip
    return _sampled if asked else None


def _sampled(stage: Stage, route: Route) -> SampledEvidence:
    return SampledEvidence.of(stage.world, stage.graph, route.points)
