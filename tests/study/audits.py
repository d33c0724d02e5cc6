"""Audits of hand-made drives."""

from dataclasses import asdict, replace
from math import pi
from pathlib import Path

import numpy as np

from lead.expert.decide import decide
from lead.expert.memory import Memory
from lead.expert.settings import settings_from
from lead.study.intent import Ambiguity
from lead.study.knowledge import Senses
from lead.study.meter import Meter
from lead.study.record import Audit, Header, Row, read_audit, write_audit
from tests.expert.scenes import HIDDEN, actors, briefing, car, ego, route, scene, walker
from tests.study.watching import driven

TELLS = Ambiguity(forks=3, one=2, three=1)


class Roads:
    """Of which one target point tells less than three."""

    def ambiguity(self, pose: np.ndarray, told: np.ndarray) -> Ambiguity:
        """The same everywhere."""
        return TELLS


def measured(agent: str = "privileged", every: int = 5) -> tuple[Meter, list[Row]]:
    """A meter that has watched a drive past a hidden walker who crosses after a while, and what it measured."""
    way, settings = route(), settings_from(agent)
    told = briefing("DynamicObjectCrossing", 2, trigger=10.0)

    def make(at: float):
        beside = car(way, 45.0, 3.5)
        one = walker(way, 42.0, 4.0 - 0.15 * max(0.0, at - 20.0), 1.5, -pi / 2, evidence=HIDDEN)
        return scene(way, ego(way, at, 8.0), actors(beside, one), briefings=(told,))

    plan = np.array([[10.0, 0.0, 0.0], [60.0, 0.0, 0.0], [120.0, 0.0, 0.0]])
    meter, memory, rows = Meter(settings, plan, np.full(3, 4, np.int8), Roads(), every), Memory(), []
    for here in driven(make, 10.0, 40.0, 8.0):
        decision, after = decide(here, memory, settings)
        rows.append(meter.step(here, memory, decision, Senses.of(here)))
        memory = after
    return meter, [row for row in rows if row is not None]


def header_of(agent: str = "privileged", seed: int = 0, route_id: str = "7") -> Header:
    """Of a drive in a town that is not there."""
    return Header(route_id, "Nowhere", seed, agent, asdict(settings_from(agent)), "nano", 5, (), {"lead": "0"})


def written(folder: Path, agent: str = "privileged", seed: int = 0, route_id: str = "7") -> Audit:
    """The audit of the drive in the folder of an evaluation, read back."""
    path = folder / "audit" / f"{route_id}.npz"
    write_audit(path, header_of(agent, seed, route_id), measured(agent)[0].rows)
    return read_audit(path)


def with_columns(audit: Audit, **columns: np.ndarray) -> Audit:
    """The same with other columns."""
    return replace(audit, columns={**audit.columns, **columns})
