"""Fail2Drive: 100 pairs of routes in Town13, each as base and with a shifted scenario; Leaderboard 2.0 with min-speed.

A success has no infraction but slow driving and leaving the lanes; how the route ended is not asked, so that a route
that was not completed can be one. The summary figure is the harmonic mean of driving score and success rate.
"""

import math
from collections.abc import Sequence

from lead.score.penalty import penalty_2_0
from lead.score.protocol import Extras, Inputs, Protocol, is_clean
from lead.score.record import RouteRecord

TOLERATED = ("min_speed_infractions", "outside_route_lanes")
PAIRS = 100
FIRST_SHIFTED = 1000  # ids from here on are the shifted routes; the base route of 1042 is 42


def is_success(record: RouteRecord) -> bool:
    """Whether nothing but slow driving and leaving the lanes was written down."""
    return is_clean(record, TOLERATED)


def group(record: RouteRecord) -> str | None:
    """`base` or `generalization`; None for a route id that is no number."""
    if not record.route.isdecimal():
        return None
    return "generalization" if int(record.route) >= FIRST_SHIFTED else "base"


def groups(records: Sequence[RouteRecord], count: int, inputs: Inputs) -> Extras:
    """Harmonic mean of all drives; per group driving score, success rate, harmonic mean; and the drop between both.

    `drop` is the loss from base to generalization in percent of base. Where routes are missing and count 0, they are
    taken to be missing from each group down to half of all.
    """
    values: dict[str, object] = {"harmonic_mean": _figures(records, count)["harmonic_mean"]}
    notes: tuple[str, ...] = ()
    for name in ("base", "generalization"):
        chosen = [record for record in records if group(record) == name]
        if chosen:
            values[name] = _figures(chosen, len(chosen) if count == len(records) else max(count // 2, len(chosen)))
        else:
            notes += (f"no figures of {name}: none of its routes was driven",)
    if "base" in values and "generalization" in values:
        base, shifted = values["base"], values["generalization"]
        values["drop"] = {name: _drop(base[name], shifted[name]) for name in base}
    return Extras(values, notes)


def _figures(records: Sequence[RouteRecord], count: int) -> dict[str, float]:
    driving_score = math.fsum(record.scores.score_composed for record in records) / count
    success_rate = 100 * sum(map(is_success, records)) / count
    together = driving_score + success_rate
    return {
        "driving_score": driving_score,
        "success_rate": success_rate,
        "harmonic_mean": 2 * driving_score * success_rate / together if together else 0.0,
    }


def _drop(base: float, shifted: float) -> float | None:
    return 100 * (base - shifted) / base if base else None


PROTOCOL = Protocol("fail2drive", penalty_2_0, routes=2 * PAIRS, success=is_success, extras=groups)
