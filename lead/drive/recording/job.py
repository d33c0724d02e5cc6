"""A route that is driven and recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lead.dataset.route_record import spoils
from lead.drive.recording.settings import Recording
from lead.drive.route_job import RouteJob
from lead.scenarios.criteria.events import Event


@dataclass(frozen=True)
class RecordingJob(RouteJob):
    """A route's job with how it is recorded."""

    recording: Recording = field(default_factory=Recording)

    def gives_up(self, events: Sequence[Event], time: float) -> str:
        spoilt = [event for event in events if spoils(event.kind)]
        if not spoilt or time < spoilt[0].time + self.recording.patience:
            return ""
        return f"broken off {self.recording.patience:.0f} s after {spoilt[0].kind}"
