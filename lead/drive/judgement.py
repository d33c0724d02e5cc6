"""What the criteria saw, as an official record: messages, penalty, status.

Source: spec/benchmarks.md, 1.4.
"""

from collections.abc import Sequence

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.judge import Ending
from lead.score import messages
from lead.score.messages import INFRACTIONS
from lead.score.penalty import FACTORS_2_0, Tally
from lead.score.protocols import protocol_named
from lead.score.record import DIGITS, SCORE_DIGITS, RouteMeta, RouteRecord, Scores, route_status

FAILURES = {
    Ending.COMPLETED: "", Ending.DEVIATED: "Agent deviated from the route", Ending.BLOCKED: "Agent got blocked",
    Ending.TIMEOUT: "Agent timed out", Ending.TICKS: "TickRuntime",
}  # fmt: skip
"""Why a drive failed, in official words."""


def record_of(
    route: str, index: int, protocol: str, events: Sequence[Event], completion: float, failure: str, length: float,
    seconds: float, named: dict[str, str],
) -> RouteRecord:  # fmt: skip
    """The record of a drive.

    Args:
        route: id in the route file.
        index: place of the route in the evaluation.
        protocol: benchmark version, which sets the penalty.
        events: what the criteria saw.
        completion: percent of the route.
        failure: why it failed, "" if it did not or by incompletion alone.
        length: m of the whole route.
        seconds: simulated. They stand for the wall-clock time too, so that equal drives give equal files; the ledger
            has the real one.
        named: Bench2Drive's fields, empty for other benchmarks.
    """
    infractions = {name: tuple(message_of(event) for event in events if event.kind == name) for name in INFRACTIONS}
    count = sum(map(len, infractions.values()))
    penalty = protocol_named(protocol).penalty(tally_of(events))
    return RouteRecord(
        route_id=f"RouteScenario_{route}_rep0",
        status=route_status(completion, count, failure),
        infractions=infractions,
        scores=Scores(
            round(completion, SCORE_DIGITS), round(penalty, SCORE_DIGITS),
            round(max(completion * penalty, 0.0), SCORE_DIGITS),
        ),
        meta=RouteMeta(round(length, DIGITS), round(seconds, DIGITS), round(seconds, DIGITS)),
        index=index,
        num_infractions=count,
        **named,
    )  # fmt: skip


def tally_of(events: Sequence[Event]) -> Tally:
    """The events as numbers, unrounded."""

    def percentages(kind: str) -> tuple[float, ...]:
        return tuple(min(max(event.percent, 0.0), 100.0) for event in events if event.kind == kind)

    return Tally(
        counts={name: sum(event.kind == name for event in events) for name in FACTORS_2_0},
        outside=percentages("outside_route_lanes"),
        speeds=percentages("min_speed_infractions"),
    )


def message_of(event: Event) -> str:
    """The event in the official words."""
    kind, place = event.kind, event.place
    if kind.startswith("collisions"):
        return messages.collision_message(event.type_id, event.actor_id, place)
    if kind == "red_light":
        return messages.red_light_message(event.actor_id, place)
    if kind == "stop_infraction":
        return messages.stop_message(event.actor_id, place)
    if kind == "outside_route_lanes":
        return messages.outside_route_lanes_message(event.metres, event.percent)
    if kind == "min_speed_infractions":
        return messages.min_speed_message(event.percent)
    if kind == "yield_emergency_vehicle_infractions":
        return messages.yield_message()
    if kind == "scenario_timeouts":
        return messages.scenario_timeout_message()
    if kind == "route_dev":
        return messages.route_deviation_message(place)
    if kind == "vehicle_blocked":
        return messages.blocked_message(place)
    if kind == "route_timeout":
        return messages.route_timeout_message()
    raise ValueError(f"no infraction is called {kind!r}")


def empty_record(route: str, index: int, failure: str, named: dict[str, str]) -> RouteRecord:
    """The record of a route that gave nothing to judge."""
    return RouteRecord(route_id=f"RouteScenario_{route}_rep0", status=f"Failed - {failure}", index=index, **named)
