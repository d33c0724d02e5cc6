"""Who looks over an expert's shoulder while it drives."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from lead.drive.agent import Task
from lead.expert.decision import Decision
from lead.expert.memory import Memory
from lead.expert.reading.reader import EvidenceOf
from lead.expert.scene import Scene
from lead.expert.settings import Settings
from lead.scenarios.stage import Stage

if TYPE_CHECKING:
    from lead.drive.route_job import RouteJob


class Witness(Protocol):
    """Sees every tick of one drive and changes nothing of it."""

    def begin(self, stage: Stage, task: Task) -> None:
        """The ego stands at the start."""

    def evidence(self, asked: EvidenceOf | None) -> EvidenceOf | None:
        """What the expert's reader has its evidence from instead of what was `asked`; it must answer the same."""

    def see(self, scene: Scene, memory: Memory, decision: Decision) -> None:
        """A tick: what the expert was told, what it remembered before it decided, and what it decided."""

    def end(self) -> None:
        """The drive is over; harmless when called twice."""


WitnessOf = Callable[["RouteJob", Settings], Witness]
"""Makes the witness of a job that an expert with some settings drives; it is pickled with the job."""
