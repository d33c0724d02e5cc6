"""What differs between the benchmark versions in how the ego is watched; what is common stands beside its criterion.

Source: spec/benchmarks.md, 1.3 and 1.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lead import InputError


@dataclass(frozen=True)
class Rules:
    """The constants of one benchmark version; the defaults are those of Leaderboard 2.0."""

    complete_percent: float = 99.0  # of the route's length that more than must be passed
    complete_distance: float = 10.0  # m, the ego is nearer than that to the last point
    blocked_seconds: float = 180.0
    min_speed_segments: int = 4  # equal parts of the route, each with a mean speed of its own
    min_speed_always: bool = False  # an event for every segment, else only where the ego was slower than the traffic
    tick_limit: int | None = None  # ticks that a route may take
    stop_step: float = 0.5  # m between the waypoints ahead that are looked at for stop signs
    stop_least_half: float = 0.0  # m, half size that a stop sign's box has at least


_LEADERBOARD = Rules()
_BENCH2DRIVE = Rules(blocked_seconds=60.0, min_speed_segments=20, min_speed_always=True, tick_limit=4000)
_LEAD = Rules(stop_step=0.01, stop_least_half=0.5)  # the published numbers come from LEAD's own scenario_runner

RULES: Mapping[str, Rules] = {
    "leaderboard-2.0": _LEADERBOARD,
    "leaderboard-2.1": _LEADERBOARD,
    "longest6-v2": _LEAD,
    "town13": _LEAD,
    "bench2drive-0.0.3": _BENCH2DRIVE,
    "bench2drive-0.0.4": _BENCH2DRIVE,
    "fail2drive": _LEADERBOARD,
}


def rules_of(protocol: str) -> Rules:
    """The rules of a benchmark version by its name. Raises InputError with the names there are."""
    if protocol not in RULES:
        raise InputError(f"found protocol {protocol!r}, expected one of {', '.join(RULES)}")
    return RULES[protocol]
