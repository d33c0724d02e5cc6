"""What all versions of Bench2Drive share: 220 routes, no cost of slow driving, efficiency, smoothness, abilities.

Driving score and success rate are taken over all routes of the benchmark (`tools/merge_route_json.py`).
"""

from collections.abc import Mapping, Sequence

from lead.score.bench2drive_abilities import SignCounting, abilities
from lead.score.bench2drive_efficiency import efficiency
from lead.score.bench2drive_smoothness import smoothness
from lead.score.border import Json
from lead.score.penalty import penalty_without_min_speed
from lead.score.protocol import Extras, Inputs, Judge, Protocol, is_success
from lead.score.record import RouteRecord, record_to_json

ROUTES = 220


def bench2drive(
    version: str, counting: SignCounting, junctions: Mapping[str, tuple[int, int]] | None = None
) -> Protocol:
    """A version of the benchmark; `junctions` are the junction points of its routes as far as they are known."""
    return Protocol(
        name=f"bench2drive-{version}",
        penalty=penalty_without_min_speed,
        routes=ROUTES,
        extras=_extras(counting, junctions or {}),
    )


def merged(records: Sequence[RouteRecord]) -> dict[str, Json]:
    """What the benchmark's merge tool writes: the records without index, the last route id (as text) first."""
    ordered = sorted((record_to_json(record) for record in records), key=lambda item: item["route_id"], reverse=True)
    return {
        "_checkpoint": {
            "records": [{key: item for key, item in record.items() if key != "index"} for record in ordered]
        },
        "driving score": sum(record.scores.score_composed for record in records) / ROUTES,
        "success rate": sum(is_success(record) for record in records) / ROUTES,
        "eval num": len(records),
    }


def _extras(counting: SignCounting, known: Mapping[str, tuple[int, int]]) -> Judge:
    def extras(records: Sequence[RouteRecord], count: int, inputs: Inputs) -> Extras:
        smooth, smoothness_notes = smoothness(records, inputs.metric_folders)
        rates, ability_notes = abilities(records, {**known, **inputs.junctions}, counting)
        values = {"efficiency": efficiency(records), "smoothness": smooth, "abilities": rates}
        partial = (
            ("efficiency, smoothness and abilities are of the driven routes alone",) if count > len(records) else ()
        )
        return Extras(values, (*partial, *smoothness_notes, *ability_notes))

    return extras
