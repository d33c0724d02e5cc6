"""The asymmetry panel: what the expert acted on that its student could not see or know, from the meter's files."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lead import InputError
from lead.drive.ledger import file_name
from lead.report.runs import Run
from lead.study.asking import Cause
from lead.study.drawing import RoadsFromAbove, moment_picture
from lead.study.live import AUDITS, IN_ROUTE
from lead.study.moments import WORDS, Moment, worst
from lead.study.record import Audit, read_audit
from lead.study.summary import ALL, Summary, summarise

WORST = 6  # moments that are shown
COLUMNS = {
    "visibility": "could not see, % of frames", "visibility_speed": "speed change, m/s", "visibility_path": "way aside, m",
    "uncertainty": "could not know, % of frames", "uncertainty_speed": "speed change, m/s",
    "forks": "road forks, %", "one_target_point": "ambiguous with one point, %",
    "three_target_points": "with three, %",
}  # fmt: skip
"""The meter's figures that the panel shows, and their heads."""
NEAR = 0.15  # s; audited ticks are 0.25 s apart


@dataclass(frozen=True)
class WorstMoment:
    """A moment: its picture (a data URI), what happened, and where its video is sought."""

    picture: str
    text: str
    where: str
    run: Path | None
    route: str
    time: float


@dataclass(frozen=True)
class Panel:
    """What the meter found; `faults` are files that could not be read."""

    summaries: tuple[Summary, ...]
    causes: tuple[tuple[str, tuple[float, ...]], ...]  # name, percent of frames per summary
    moments: tuple[WorstMoment, ...]
    faults: tuple[str, ...]


def panel(folders: Sequence[Path], pictures: bool = True) -> Panel | None:
    """The panel of all audits below these folders, None if there are none."""
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.npz")) if _is_audit(path)]
    audits: list[Audit] = []
    faults = []
    for path in dict.fromkeys(paths):
        try:
            audits.append(read_audit(path))
        except InputError as error:
            faults.append(str(error))
    audits = [audit for audit in audits if len(audit)]
    if not audits and not faults:
        return None
    summaries = tuple(summarise(audits)) if audits else ()
    causes = [(WORDS[cause], tuple(summary.parts[0].causes[cause].mean for summary in summaries)) for cause in Cause]
    shown = [line for line in causes if any(share > 0.0 for share in line[1])]
    roads = RoadsFromAbove()
    moments = tuple(_shown(moment, roads) for moment in worst(audits, WORST)) if pictures and audits else ()
    return Panel(summaries, tuple(shown), moments, tuple(faults))


def unseen(run: Run, route: str) -> Callable[[float], frozenset[int]]:
    """From a time (s) to the ids of actors without evidence in the student's sensors; none where nobody looked."""
    path = run.folder / AUDITS / f"{file_name(route)}.npz"
    try:
        audit = read_audit(path) if path.exists() else None
    except InputError:
        audit = None
    if audit is None or not len(audit):
        return lambda time: frozenset()

    def at(time: float) -> frozenset[int]:
        row = int(np.abs(audit["time"] - time).argmin())
        if abs(float(audit["time"][row]) - time) > NEAR:
            return frozenset()
        here = slice(audit["first"][row], audit["first"][row + 1])
        return frozenset(audit["actor"][here][~audit["seen"][here]].tolist())

    return at


def part_name(name: str) -> str:
    """The name of a part of a summary as the panel prints it."""
    return "all frames" if name == ALL else name


def _is_audit(path: Path) -> bool:
    return path.parent.name == AUDITS or path.name == IN_ROUTE


def _shown(moment: Moment, roads: RoadsFromAbove) -> WorstMoment:
    picture = moment_picture(moment, roads)
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    header, path = moment.audit.header, moment.audit.path
    run = path.parent.parent if path is not None and path.parent.name == AUDITS else None
    return WorstMoment(
        "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode(), moment.told,
        f"{header.agent}, seed {header.seed}, route {header.route}, {moment.time:.1f} s, {moment.situation}",
        run, header.route, moment.time,
    )  # fmt: skip
