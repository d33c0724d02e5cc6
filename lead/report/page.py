"""The page: what was found in folders, as one HTML file that needs nothing else to be read.

Clips are part of the file as long as they are few; beyond `MOST_EMBEDDED` bytes they lie in a folder beside it.
"""

import base64
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lead import InputError, __version__
from lead.report import asymmetry, views
from lead.report.clips import Filming, made_before
from lead.report.comparison import RESAMPLES
from lead.report.curves import SHOWN, Curves, find_curves
from lead.report.groups import grouped
from lead.report.losses import NAMES
from lead.report.plots import Series, line_plot
from lead.report.recorded import DataSummary, find_data
from lead.report.route_lines import CODES, Drive
from lead.report.runs import Run, find_runs
from lead.whole_file import replace_text

MOST_EMBEDDED = 48 << 20  # bytes of clips that the page itself holds
Progress = Callable[[int, int, str], None]  # clips done, in all, what the next one is of


class Videos(Enum):
    """Which clips there are, and where they go."""

    AUTO = "auto"  # of all drives; into the page if they are small enough, else beside it
    BESIDE = "beside"
    FAILED = "failed"  # as auto, of drives that were no success
    MADE = "made"  # as auto, of drives of which a clip is there already
    NONE = "none"


@dataclass(frozen=True)
class Written:
    """What was written: the page, how many drives and clips it shows, and where the clips lie if beside it."""

    page: Path
    drives: int
    clips: int
    beside: Path | None


@dataclass(frozen=True)
class _Clip:
    """A clip on the page: its bytes as text, or where it lies as seen from the page."""

    id: str
    data: str = ""
    href: str = ""


def _silent(done: int, of: int, what: str) -> None:
    """A progress that nobody watches."""


def write_report(
    paths: Sequence[Path], out: Path, protocol: str | None = None, videos: Videos = Videos.AUTO,
    progress: Progress = _silent,
) -> Written:  # fmt: skip
    """Write the page of all evaluated runs, training runs and data sets below `paths` to the file `out`.

    Args:
        paths: folders, searched in depth, or official result files. The first run is what others are compared with.
        out: the HTML file.
        protocol: rules for result files that do not name theirs.
        videos: where the clips go.
        progress: told before each clip is made.

    Raises InputError if nothing is found, or something that is found cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"found nothing at {path}, expected a folder of lead evaluate, train or collect")
    runs, curves, data = find_runs(paths, protocol), find_curves(paths), find_data(paths)
    if not (runs or curves or data):
        told = ", ".join(map(str, paths))
        raise InputError(f"found no evaluated run, no training run and no data set in {told}; see lead report --help")
    shown = views.evaluated(grouped(runs)) if runs else None
    audit = asymmetry.panel(paths)
    out.parent.mkdir(parents=True, exist_ok=True)
    replace_text(out, _rendered(shown, curves, data, audit, ()))  # stands if the making of clips is broken off
    clips: list[_Clip] = []
    beside = None
    if shown is not None and videos is not Videos.NONE:
        made = _clips(shown, videos, progress)
        small = sum(path.stat().st_size for path in made.values()) <= MOST_EMBEDDED
        beside = None if small and videos is not Videos.BESIDE else out.with_name(f"{out.stem}_files")
        clips = [_placed(name, path, out, beside) for name, path in made.items()]
        shown = _with_clips(shown, {clip.id for clip in clips})
        replace_text(out, _rendered(shown, curves, data, audit, clips))
    drives = sum(len(block.drives) for block in shown.routes) if shown else 0
    return Written(out, drives, len(clips), beside if clips else None)


def _clips(shown: views.Evaluated, videos: Videos, progress: Progress) -> dict[str, Path]:
    """Clip of each drive that `videos` asks for, by the drive's id, town by town; drives without a log have none."""
    drives = [(block.town, drive) for block in shown.routes for drive in block.drives]
    drives = [(town, drive) for town, drive in drives if videos is not Videos.FAILED or drive.state == "bad"]
    drives.sort(key=lambda pair: (pair[0], pair[1].run.seed or 0))
    found = {}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        filming = Filming(pool)
        for number, (_, drive) in enumerate(drives):
            progress(number, len(drives), f"{drive.who}, route {drive.entry.route}")
            if videos is Videos.MADE:
                clip = made_before(drive.run, drive.entry)
            else:
                clip = filming.clip(drive.run, drive.entry, asymmetry.unseen(drive.run, drive.entry.route))
            if clip is not None:
                found[drive.id] = clip
        progress(len(drives), len(drives), "")
    return found


def _placed(name: str, clip: Path, out: Path, beside: Path | None) -> _Clip:
    """A clip in the page, or copied beside it."""
    if beside is None:
        return _Clip(name, data=base64.b64encode(clip.read_bytes()).decode())
    place = beside / clip.parent.parent.name / clip.name
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        shutil.copyfile(clip, place)
    return _Clip(name, href=place.relative_to(out.parent).as_posix())


def _with_clips(shown: views.Evaluated, there: set[str]) -> views.Evaluated:
    return replace(shown, routes=tuple(
        replace(block, drives=tuple(
            replace(drive, clip=drive.id if drive.id in there else "", drawn_anew=not _kept_front(drive.run, drive))
            for drive in block.drives
        ))
        for block in shown.routes
    ))  # fmt: skip


def _kept_front(run: Run, drive: Drive) -> bool:
    return run.log(drive.entry.route, ".front.npz").exists()


def _rendered(
    shown: views.Evaluated | None, curves: Sequence[Curves], data: Sequence[DataSummary],
    audit: asymmetry.Panel | None, clips: Sequence[_Clip],
) -> str:  # fmt: skip
    environment = Environment(
        loader=PackageLoader("lead.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "figure_name": views.figure_name,
        "folder": views.short,
        "signed": views.signed,
        "size": _size,
        "part_name": asymmetry.part_name,
    }
    loader = environment.loader
    assert loader is not None

    def text_of(name: str) -> Markup:
        return Markup(loader.get_source(environment, name)[0])  # noqa: S704  our own files

    return environment.get_template("page.html").render(
        ev=shown, hrefs={clip.id: clip.href for clip in clips}, clips=clips,
        curves=[(stage, _curve_plots(stage)) for stage in curves], data=data, audit=audit,
        audit_columns=asymmetry.COLUMNS, figure_text=views.figure_text, codes=CODES, names=NAMES,
        resamples=RESAMPLES, version=__version__, style=text_of("page.css"), script=text_of("page.js"),
    )  # fmt: skip


def _curve_plots(stage: Curves) -> list[Markup]:
    """A plot per column worth it; what was trained and what was held out in one."""
    plots = []
    for column in SHOWN:
        lines = [
            Series(name, number, table["step"], table[column])
            for number, (name, table) in enumerate((("trained", stage.train), ("held out", stage.validation)))
            if column in table
        ]
        if lines:
            plots.append(line_plot(column.replace("_", " "), lines, "step", log=column == "loss"))
    return plots


def _size(count: float) -> str:
    """Bytes for people."""
    for unit, of in (("GB", 1e9), ("MB", 1e6)):
        if count >= of:
            return f"{count / of:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"
