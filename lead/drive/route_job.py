"""What a worker is handed: a route of an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lead.drive.evaluation import Evaluation
from lead.drive.witness import WitnessOf
from lead.scenarios.criteria.events import Event
from lead.scenarios.route_file import Route


@dataclass(frozen=True)
class RouteJob:
    """A route of an evaluation, its place in it, where its entry goes, and who looks over an expert's shoulder."""

    evaluation: Evaluation
    route: Route
    index: int
    out: Path
    witness: WitnessOf | None = None

    def gives_up(self, events: Sequence[Event], time: float) -> str:
        """Why a drive is not driven to its end, given its events up to a time in s; "" to drive on."""
        return ""

    @property
    def bench2drive(self) -> bool:
        """Whether Bench2Drive's deviations apply."""
        return self.evaluation.protocol.startswith("bench2drive")

    @property
    def situation(self) -> str:
        """Name of the first situation, "none" without one."""
        return self.route.situations[0].name if self.route.situations else "none"

    @property
    def save_name(self) -> str:
        """Name of the route's folder of agent output, as Bench2Drive forms it but for the date."""
        return f"RouteScenario_{self.route.id}_rep0_{self.route.town}_{self.situation}"

    @property
    def named(self) -> dict[str, str]:
        """Bench2Drive's fields of a record."""
        if not self.bench2drive:
            return {}
        return {
            "scenario_name": self.situation, "weather_id": "None", "save_name": self.save_name,
            "town_name": self.route.town,
        }  # fmt: skip
