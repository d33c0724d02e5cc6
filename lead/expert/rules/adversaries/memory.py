"""What is remembered of situations' traffic."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lead.expert.rules.adversaries.crossing import Crossing


@dataclass(frozen=True)
class AdversaryMemory:
    """Empty before the first tick.

    Attributes:
        crossings: by the name of a situation, where its traffic first meets the ego's route; None if nowhere.
        safe: ids of those once found to be safe (U6).
        through: ids of those who have cut in.
    """

    crossings: Mapping[str, Crossing | None] = field(default_factory=dict)
    safe: frozenset[int] = frozenset()
    through: frozenset[int] = frozenset()
