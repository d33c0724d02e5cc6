"""A route that is driven and recorded."""

from dataclasses import dataclass, field

from lead.drive.recording.settings import Recording
from lead.drive.route_job import RouteJob


@dataclass(frozen=True)
class RecordingJob(RouteJob):
    """A route's job with how it is recorded."""

    recording: Recording = field(default_factory=Recording)
