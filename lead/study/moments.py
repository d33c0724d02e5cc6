"""The worst moments of drives: where the expert's decision rested most on what its student could not know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.study.asking import HIDDEN, Cause
from lead.study.record import Audit
from lead.study.summary import situations_of

APART = 5.0  # s between two moments of one drive
PATH_WEIGHT = 2.0  # m/s of target speed that a metre of way counts as much as
VISIBILITY, UNCERTAINTY = "visibility", "uncertainty"
OF_MEASURE = {VISIBILITY: HIDDEN, UNCERTAINTY: tuple(cause for cause in Cause if cause > Cause.SPEED_LIMIT)}
"""The causes of each measure."""


@dataclass(frozen=True)
class Moment:
    """One row of a drive's audit.

    Attributes:
        audit: of the drive.
        row: in it.
        measure: VISIBILITY or UNCERTAINTY.
        causes: that count.
        speed, path: change of target speed (m/s) and of the way (m).
        subject: id of whom it is about, -1 if unknown.
    """

    audit: Audit
    row: int
    measure: str
    causes: tuple[Cause, ...]
    speed: float
    path: float
    subject: int

    @property
    def time(self) -> float:
        """s since the route's start."""
        return float(self.audit["time"][self.row])

    @property
    def situation(self) -> str:
        """Type of the situation."""
        return str(situations_of(self.audit)[self.row])

    @property
    def told(self) -> str:
        """In words."""
        about = " and ".join(WORDS[cause] for cause in self.causes) or "several things"
        done = []
        if abs(self.speed) >= 0.05:
            done.append(f"drove {abs(self.speed):.1f} m/s {'slower' if self.speed < 0 else 'faster'}")
        if self.path >= 0.05:
            done.append(f"took a way {self.path:.1f} m aside")
        return f"the expert {' and '.join(done) or 'decided otherwise'} for {about}"


WORDS = {
    Cause.CAR: "a hidden car", Cause.BICYCLE: "a hidden cyclist", Cause.WALKER: "a hidden walker",
    Cause.OBSTACLE: "a hidden obstacle", Cause.LIGHT: "a light out of sight", Cause.STOP_SIGN: "a stop sign out of sight",
    Cause.SPEED_LIMIT: "a limit that no traffic tells", Cause.CAR_MOTION: "a car's controls",
    Cause.BICYCLE_MOTION: "a cyclist's controls", Cause.WALKER_MOTION: "a walker's commanded way",
    Cause.BRIEFING: "a situation that has not shown yet",
}  # fmt: skip


def worst(audits: Sequence[Audit], count: int, measure: str | None = None) -> list[Moment]:
    """The worst moments first, at most `count`, of one measure or of both; those of a drive are 5 s apart."""
    measures = (VISIBILITY, UNCERTAINTY) if measure is None else (measure,)
    ranked = [
        (-float(severity), number, name, int(row))
        for number, audit in enumerate(audits)
        for name in measures
        for row, severity in enumerate(_severity(audit, name))
        if severity > 0.0
    ]
    taken: dict[tuple[int, str], list[float]] = {}
    found: list[Moment] = []
    for _, number, name, row in sorted(ranked):
        times, time = taken.setdefault((number, name), []), float(audits[number]["time"][row])
        if all(abs(time - other) >= APART for other in times):
            times.append(time)
            found.append(_moment(audits[number], row, name))
        if len(found) == count:
            break
    return found


def _severity(audit: Audit, measure: str) -> NDArray[np.float64]:
    """How bad each row (T,) is, 0 where no cause counts."""
    change = audit[measure].astype(np.float64)
    caused = (audit["by_cause"][:, list(OF_MEASURE[measure])] != 0.0).any(axis=(1, 2))
    return np.where(caused, np.abs(change[:, 0]) + PATH_WEIGHT * change[:, 1], 0.0)


def _moment(audit: Audit, row: int, measure: str) -> Moment:
    by_cause = audit["by_cause"][row]
    causes = tuple(cause for cause in OF_MEASURE[measure] if (by_cause[cause] != 0.0).any())
    speed, path = (float(value) for value in audit[measure][row, :2])
    subject = int(audit["subject"][row, 0 if measure == VISIBILITY else 1])
    return Moment(audit, row, measure, causes, speed, path, subject)
