"""All routes of an evaluation in one record and in the table of the web page, as the leaderboard computes them."""

import math
from collections.abc import Sequence
from dataclasses import fields

from lead import InputError
from lead.score.checkpoint import GlobalMeta, GlobalRecord, Results
from lead.score.messages import INFRACTIONS, read_message
from lead.score.record import DIGITS, SCORE_DIGITS, RouteRecord, Scores, record_order

LEAST_KM = 0.001  # km; who did not move is taken to have driven so far

TABLE = {
    "Collisions with pedestrians": "collisions_pedestrian",
    "Collisions with vehicles": "collisions_vehicle",
    "Collisions with layout": "collisions_layout",
    "Red lights infractions": "red_light",
    "Stop sign infractions": "stop_infraction",
    "Off-road infractions": "outside_route_lanes",
    "Route deviations": "route_dev",
    "Route timeouts": "route_timeout",
    "Agent blocked": "vehicle_blocked",
    "Yield emergency vehicles infractions": "yield_emergency_vehicle_infractions",
    "Scenario timeouts": "scenario_timeouts",
    "Min speed infractions": "min_speed_infractions",
}
"""Rows of the web page's table after the three scores, and the infraction each shows."""


def global_record(records: Sequence[RouteRecord], total_routes: int) -> GlobalRecord:
    """The global record of an evaluation of `total_routes` routes; those that are missing count as zero in the means.

    Standard deviations are of the sample (n - 1), but without a term for missing routes, as in the original.
    """
    if total_routes < max(len(records), 1):
        raise InputError(f"found {len(records)} records of {total_routes} routes, expected no more records than routes")
    means = {
        name: round(sum(getattr(record.scores, name) / total_routes for record in records), SCORE_DIGITS)
        for name in _SCORES
    }
    return GlobalRecord(
        status=_worst_status(records),
        infractions=infractions_per_km(records),
        scores_mean=Scores(**means),
        scores_std_dev=Scores(**{name: _deviation(records, total_routes, name, means[name]) for name in _SCORES}),
        meta=GlobalMeta(
            total_length=sum(record.meta.route_length for record in records),
            duration_game=sum(record.meta.duration_game for record in records),
            duration_system=sum(record.meta.duration_system for record in records),
            exceptions=tuple((r.route_id, r.index or 0, r.status) for r in records if "Failed" in r.status),
        ),
    )


def infractions_per_km(records: Sequence[RouteRecord]) -> dict[str, float]:
    """Events per kilometre driven; for those outside the route lanes the kilometres themselves, not divided.

    Of several such messages in one record the original counts the first.
    """
    driven_km = max(sum(record.driven_km for record in records), LEAST_KM)
    rates = {}
    for name in INFRACTIONS:
        if name == "outside_route_lanes":
            messages = [record.infractions[name][0] for record in records if record.infractions[name]]
            value = sum((read_message(name, message)["metres"] / 1000 for message in messages), 0.0)
        else:
            value = sum(len(record.infractions[name]) for record in records) / driven_km
        rates[name] = round(value, DIGITS)
    return rates


def finished_results(records: Sequence[RouteRecord], total_routes: int, sensors: Sequence[str]) -> Results:
    """The result file of an evaluation that has ended: records in order, global record, table and entry status."""
    ordered = sorted(records, key=record_order)
    together = global_record(ordered, total_routes)
    scores = together.scores_mean
    statuses = " ".join(record.status for record in ordered)
    if "Agent's sensors were invalid" in statuses:
        entry_status = "Rejected"
    elif "Simulation crashed" in statuses:
        entry_status = "Crashed"
    else:
        entry_status = "Finished" if len(ordered) == total_routes else "Invalid"
    return Results(
        records=tuple(ordered),
        progress=(len(ordered), total_routes),
        global_record=together,
        entry_status=entry_status,
        sensors=tuple(sensors),
        values=tuple(
            str(value)
            for value in (
                scores.score_composed,
                scores.score_route,
                scores.score_penalty,
                *(together.infractions[name] for name in TABLE.values()),
            )
        ),
        labels=("Avg. driving score", "Avg. route completion", "Avg. infraction penalty", *TABLE),
    )


_SCORES = tuple(field.name for field in fields(Scores))


def _deviation(records: Sequence[RouteRecord], total_routes: int, name: str, mean: float) -> float:
    if total_routes == 1:
        return 0
    squares = sum((getattr(record.scores, name) - mean) ** 2 for record in records)
    return round(math.sqrt(squares / (total_routes - 1)), DIGITS)


def _worst_status(records: Sequence[RouteRecord]) -> str:
    statuses = ["Failed" if "Failed" in record.status else record.status for record in records]
    if "Failed" in statuses:
        return "Failed"
    return next((status for status in statuses if status != "Perfect"), "Perfect")
