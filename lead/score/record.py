"""One driven route: status, infractions, scores, lengths and times, as `_checkpoint.records` holds it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lead import InputError
from lead.score.border import NUMBER, Json, take, take_texts
from lead.score.messages import INFRACTIONS

SCORE_DIGITS = 6  # scores are written with so many decimals
DIGITS = 3  # all other numbers

Number = int | float  # official files mix both (100 and 99.31); what was read is written back unchanged

BENCH2DRIVE_FIELDS = ("scenario_name", "weather_id", "save_name", "town_name")
_FIELDS = ("index", "route_id", "status", "num_infractions", "infractions", "scores", "meta")
_ROUTE_ID = re.compile(r"(?:RouteScenario_)?(?P<route>.+?)(?:_rep(?P<repetition>\d+))?")


@dataclass(frozen=True)
class Scores:
    """Route completion in percent, infraction penalty in [0, 1], and their product, the driving score in percent."""

    score_route: Number = 0
    score_penalty: Number = 0
    score_composed: Number = 0


@dataclass(frozen=True)
class RouteMeta:
    """Length of the whole route in metres; simulated and wall-clock seconds it took."""

    route_length: Number = 0
    duration_game: Number = 0
    duration_system: Number = 0


def no_infractions() -> dict[str, tuple[str, ...]]:
    """A record's infractions with every list empty."""
    return {name: () for name in INFRACTIONS}


@dataclass(frozen=True)
class RouteRecord:
    """One route as driven once.

    `index` is its place in the file (None in Bench2Drive's merged files, which leave it out). The four fields from
    `scenario_name` on are Bench2Drive's and None elsewhere. `extra` keeps keys that other tools added.
    """

    route_id: str
    status: str
    infractions: Mapping[str, tuple[str, ...]] = field(default_factory=no_infractions)
    scores: Scores = Scores()
    meta: RouteMeta = RouteMeta()
    index: int | None = 0
    num_infractions: int = 0
    scenario_name: str | None = None
    weather_id: str | None = None
    save_name: str | None = None
    town_name: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """Id of the route in its XML file: `1711` of `RouteScenario_1711_rep0`."""
        return _ROUTE_ID.fullmatch(self.route_id)["route"]

    @property
    def repetition(self) -> int:
        """The k of `RouteScenario_1711_repk`."""
        return int(_ROUTE_ID.fullmatch(self.route_id)["repetition"] or 0)

    @property
    def scenario_type(self) -> str | None:
        """Type of the route's scenario, `ParkingCutIn` of `ParkingCutIn_1`; None where no name was recorded."""
        return re.sub(r"_\d+$", "", self.scenario_name) if self.scenario_name else None

    @property
    def driven_km(self) -> float:
        """Length of the route that was completed, in kilometres."""
        return self.meta.route_length / 1000 * self.scores.score_route / 100

    @property
    def completed(self) -> bool:
        """Whether the end of the route was reached, whatever happened on the way."""
        return self.status in ("Completed", "Perfect")


def record_order(record: RouteRecord) -> tuple:
    """Key that sorts records by route id (numbers before names) and repetition, as the official files are sorted."""
    route = record.route
    return (not route.isdecimal(), int(route) if route.isdecimal() else 0, route, record.repetition)


def route_status(completion: float, num_infractions: int, failure: str = "") -> str:
    """`Perfect`, `Completed` or `Failed[ - failure]` for a route completed to `completion` percent."""
    if completion >= 100:
        return "Completed" if num_infractions else "Perfect"
    return f"Failed - {failure}" if failure else "Failed"


def record_from_json(value: Json, where: str) -> RouteRecord:
    """Read one record; `where` is its place in the file. Raises InputError on anything a record may not hold."""
    infractions = take(value, "infractions", dict, where)
    unknown = sorted(set(infractions) - set(INFRACTIONS))
    if unknown:
        raise InputError(f"{where}.infractions: found the unknown {', '.join(unknown)}, expected {INFRACTIONS}")
    scores, meta = take(value, "scores", dict, where), take(value, "meta", dict, where)
    named = [name for name in BENCH2DRIVE_FIELDS if value.get(name) is not None]
    route_id = take(value, "route_id", str, where)
    if not route_id:
        raise InputError(f"{where}.route_id: found '', expected a name such as RouteScenario_1711_rep0")
    return RouteRecord(
        route_id=route_id,
        status=take(value, "status", str, where),
        infractions={name: take_texts(infractions, name, f"{where}.infractions") for name in INFRACTIONS},
        scores=Scores(*(take(scores, name, NUMBER, f"{where}.scores") for name in Scores.__dataclass_fields__)),
        meta=RouteMeta(*(take(meta, name, NUMBER, f"{where}.meta") for name in RouteMeta.__dataclass_fields__)),
        index=take(value, "index", int, where) if "index" in value else None,
        num_infractions=take(value, "num_infractions", int, where),
        **{name: take(value, name, str, where) for name in named},
        extra={key: item for key, item in value.items() if key not in {*_FIELDS, *named}},
    )


def record_to_json(record: RouteRecord) -> dict[str, Json]:
    """The record as the official writers lay it out, key order included."""
    named = {name: getattr(record, name) for name in BENCH2DRIVE_FIELDS if getattr(record, name) is not None}
    town = {"town_name": named.pop("town_name")} if "town_name" in named else {}
    return {
        **({"index": record.index} if record.index is not None else {}),
        "route_id": record.route_id,
        **named,
        "status": record.status,
        "num_infractions": record.num_infractions,
        "infractions": {name: list(record.infractions[name]) for name in INFRACTIONS},
        "scores": vars(record.scores).copy(),
        "meta": vars(record.meta).copy(),
        **town,
        **record.extra,
    }
