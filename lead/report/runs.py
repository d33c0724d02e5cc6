"""Evaluated runs as they lie on disk: what was to be driven, what became of it, under which rules, in which world.

A run is read from its ledger, so that one that was stopped half-way is read as far as it came; a result file of the
official tools, which has no ledger, is read from its records.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead import InputError
from lead.drive.ending import Ending
from lead.drive.evaluation import EMBEDDED
from lead.drive.ledger import Entry, Ledger
from lead.scenarios.route_file import Route
from lead.scenarios.suites import resolve_routes
from lead.score.checkpoint import read_results
from lead.score.protocol import FAULTS, Inputs, Score, score_records
from lead.score.protocols import PROTOCOLS, protocol_named
from lead.score.record import RouteRecord
from lead.score.record_set import Incomplete, RecordSet

IDENTITY = "evaluation.json"
COLLECTION = "collection.json"
RESULTS = "results.json"
UNKNOWN = "not recorded"


@dataclass(frozen=True)
class Run:
    """One agent driven through routes once, with one seed.

    Attributes:
        folder: where it lies; of a result file, the folder that holds it.
        agent, protocol, routes, seed, simulator, commit, version: as recorded, `UNKNOWN` where they were not.
        identity: all that makes two runs comparable but the seed.
        entries: what became of each route that was driven, or could not be, in the order asked for.
        asked: ids of the routes that were to be driven, None where nobody knows any more.
        known: the routes as the route file has them, by id; empty where it is gone.
        options: what else `lead evaluate` was told, as (option, value or None).
        problem: what is wrong with the folder, "" if nothing is.
    """

    folder: Path
    agent: str
    protocol: str
    routes: str
    seed: int | None
    simulator: str
    commit: str
    version: str
    identity: str
    entries: tuple[Entry, ...]
    asked: tuple[str, ...] | None
    known: Mapping[str, Route] = field(default_factory=dict)
    options: tuple[tuple[str, str | None], ...] = ()
    has_ledger: bool = True
    problem: str = ""

    @property
    def judged(self) -> tuple[Entry, ...]:
        """Entries with a record: all but those of routes that could not begin."""
        return tuple(entry for entry in self.entries if entry.ending is not Ending.NOT_DRIVEN)

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of routes that were asked for and have no record."""
        there = {entry.route for entry in self.judged}
        return tuple(route for route in self.asked or () if route not in there)

    @property
    def embedded(self) -> bool:
        """Whether the world was the embedded simulator's, or nobody wrote down that it was a CARLA."""
        return not self.simulator.startswith("CARLA")

    def log(self, route: str, suffix: str = ".npz") -> Path:
        """Where the log of a route is, if there is one."""
        return Ledger(self.folder).log(route, suffix)

    def score(self) -> Score | None:
        """The score of the driven routes under the run's protocol, None if there are none."""
        records = tuple(entry.record for entry in self.judged)
        if not records:
            return None
        announced = len(self.asked) if self.asked is not None else len(records)
        simulators = () if self.simulator == UNKNOWN else (self.simulator,)
        found = RecordSet(records, (self.folder / RESULTS,), max(announced, len(records)), simulators=simulators)
        inputs = Inputs(metric_folders=[self.folder])
        return score_records(found, protocol_named(self.protocol), Incomplete.DRIVEN, inputs)


def find_runs(paths: Sequence[Path], protocol: str | None = None) -> list[Run]:
    """All runs below the folders, or of the result files, each once, in the order of the paths.

    `protocol` names the rules for result files that do not say which they follow. Raises InputError on a file that is no
    result file, or that does not say its protocol where none is given.
    """
    runs: dict[Path, Run] = {}
    for path in paths:
        if path.is_file():
            runs.setdefault(path.resolve(), _read_result_file(path, protocol))
        elif path.is_dir():
            for found in sorted(path.rglob(IDENTITY)):
                if found.resolve() not in runs and _is_identity(found):
                    runs[found.resolve()] = read_run(found.parent)
        else:
            raise InputError(f"found nothing at {path}, expected the --out folder of a run, or a folder of such")
    return list(runs.values())


def read_run(folder: Path) -> Run:
    """The run in the `--out` folder of `lead evaluate`, finished or not. Raises InputError if its ledger is damaged."""
    identity = json.loads((folder / IDENTITY).read_text())
    results = folder / RESULTS
    extra: Mapping[str, Any] = read_results(results).extra if results.exists() else {}
    asked, known, problem = _asked(identity["routes"])
    ledger = Ledger(folder)
    if asked is None:
        asked_or_there = sorted(path.stem for path in (folder / "ledger").glob("*.json"))
    else:
        asked_or_there = list(asked)
    simulator = extra.get("simulator") or (EMBEDDED if identity.get("simulator") == EMBEDDED else "CARLA")
    return Run(
        folder=folder, agent=identity["agent"], protocol=identity["protocol"], routes=identity["routes"],
        seed=identity["seed"], simulator=str(simulator), commit=str(extra.get("lead_commit") or UNKNOWN),
        version=str(identity.get("lead", UNKNOWN)),
        identity=json.dumps({key: value for key, value in identity.items() if key != "seed"}, sort_keys=True),
        entries=tuple(ledger.entries(asked_or_there)), asked=asked, known=known, problem=problem,
        options=_options(identity),
    )  # fmt: skip


def _options(identity: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """Options of `lead evaluate` that were not left as they are."""
    options: list[tuple[str, str | None]] = []
    if identity.get("agent_config"):
        options.append(("--agent-config", str(identity["agent_config"])))
    if identity.get("traffic") is False:
        options.append(("--no-traffic", None))
    if identity.get("simulator") == "CARLA":
        options.append(("--carla", "HOST:PORT"))
    return tuple(options)


def _is_identity(path: Path) -> bool:
    """Whether a file is of `lead evaluate`: collecting keeps a ledger, too, but of another job."""
    try:
        value = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path} is no JSON ({error}); remove it or its folder") from error
    collected = (path.parent / COLLECTION).exists()
    return not collected and isinstance(value, dict) and {"agent", "protocol", "routes", "seed"} <= set(value)


def _asked(routes: str) -> tuple[tuple[str, ...] | None, dict[str, Route], str]:
    """Ids of the routes that a run's `--routes` names, the routes, and why they cannot be told."""
    try:
        found = resolve_routes(routes, keep_faulty=True)
    except InputError as error:
        return None, {}, f"how many routes were asked for is not known any more: {error}"
    return tuple(route.id for route in found), {route.id: route for route in found if not route.fault}, ""


def _read_result_file(path: Path, protocol: str | None) -> Run:
    results = read_results(path)
    extra = results.extra
    rules = protocol or extra.get("benchmark")
    if rules not in PROTOCOLS:
        raise InputError(f"{path} does not say which benchmark version it follows; name it with --protocol")
    records = [record for record in results.records if record.status != "Started"]
    total = results.progress[1] if results.progress else len(records)
    seed = extra.get("seed")
    return Run(
        folder=path.parent, agent=str(extra.get("agent", path.stem)), protocol=str(rules),
        routes=str(extra.get("routes", path.name)), seed=seed if isinstance(seed, int) else None,
        simulator=str(extra.get("simulator", UNKNOWN)), commit=str(extra.get("lead_commit") or UNKNOWN),
        version=str(extra.get("lead_version", UNKNOWN)), identity=str(path.resolve()),
        entries=tuple(_entry(record) for record in records), asked=None, has_ledger=False,
        problem="" if total <= len(records) else f"the file announces {total} routes and holds {len(records)}",
    )  # fmt: skip


def _entry(record: RouteRecord) -> Entry:
    """A record without a ledger as an entry of one."""
    ending = Ending.FINISHED
    if record.status in FAULTS:
        ending = Ending.SIMULATOR_FAULT if "Simulation" in record.status else Ending.AGENT_FAULT
    types = ({"type": record.scenario_type, "name": record.scenario_name},) if record.scenario_type else ()
    return Entry(record.route, ending, record, situations=types)
