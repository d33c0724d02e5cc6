"""What a criterion reports: one event per entry of a result file."""

from dataclasses import dataclass

from lead.scenarios.criteria.moment import Place


@dataclass(frozen=True)
class Event:
    """One infraction. `kind` is its key in result files; the fields that a kind has no use for stay empty."""

    kind: str
    time: float  # s since the route began; of an event that grows, when it began
    place: Place  # m: of the light or sign that was run, else of the ego
    actor_id: int = 0  # light, sign, or what was hit
    type_id: str = ""  # what was hit
    metres: float = 0.0  # driven outside the lanes
    percent: float = 0.0  # of the route passed so far that was outside; of the traffic's speed that the ego reached
    name: str = ""  # of the situation
