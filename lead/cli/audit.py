"""`lead audit`: what an expert acted on that its student could not have known."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from lead.study.moments import Moment
    from lead.study.record import Audit
    from lead.study.summary import Figure, Summary

console = Console(highlight=False)
WIDE = 130  # columns that tables take, however narrow the terminal is
COLUMNS = {
    "visibility": "unseen %", "visibility_speed": "m/s", "uncertainty": "uncertain %", "uncertainty_speed": "m/s",
    "forks": "forks %", "one_target_point": "1 TP %", "three_target_points": "3 TPs %",
}  # fmt: skip


def audit(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Folders of evaluated runs or data sets; several seeds at once."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of plots and pictures; PATH/audit-report if not given.")
    ] = None,
    moments: Annotated[int, typer.Option(min=0, help="Worst moments that are drawn, of each measure.")] = 6,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of tables; draw nothing.")
    ] = False,
) -> None:
    """Show how far an expert is from its student: visibility, uncertainty and intent, by situation and cause.

    Needs drives with the meter on board: `lead evaluate --agent expert:aligned --audit tfv6-3cam ...`, or `lead collect
    --audit ...`. Shares are of audited frames (4 Hz), with the standard deviation over seeds where there are several.
    Example: `lead audit out/privileged out/aligned --out out/audit`
    """
    from lead.study.moments import UNCERTAINTY, VISIBILITY, worst
    from lead.study.summary import find_audits, summarise

    audits = find_audits(paths)
    summaries = summarise(audits)
    found = [moment for measure in (VISIBILITY, UNCERTAINTY) for moment in worst(audits, moments, measure)]
    if as_json:
        told = {"experts": [_to_json(summary) for summary in summaries], "moments": [_moment_json(m) for m in found]}
        print(json.dumps(told, indent=1, allow_nan=False))
        return
    for summary in summaries:
        _print_summary(summary)
    folder = out or (paths[0] if paths[0].is_dir() else paths[0].parent) / "audit-report"
    _draw(summaries, found, audits, paths, folder)


def _print_summary(summary: "Summary") -> None:
    """Tables by situation and by cause."""
    about = f"expert {summary.agent}, student's rig {summary.rig}: {summary.drives} drives, seed " + ", ".join(
        map(str, summary.seeds)
    )
    table = Table("situation", "frames", *COLUMNS.values(), title=about, title_justify="left", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for part in summary.parts:
        table.add_row(part.name, f"{part.frames:,}", *(_told(part.figures[name]) for name in COLUMNS))
    wide = Console(highlight=False, width=max(WIDE, console.width))
    wide.print(table)
    from lead.study.asking import Cause

    kept = [cause for cause in Cause if any(part.causes[cause].mean > 0.0 for part in summary.parts)]
    if not kept:
        console.print("nothing that it acted on was unknown to its student\n")
        return
    causes = Table("% of frames", *(c.name.lower().replace("_", " ") for c in kept), box=None)
    for column in causes.columns[1:]:
        column.justify = "right"
    for part in summary.parts:
        causes.add_row(part.name, *(_told(part.causes[cause]) for cause in kept))
    wide.print(causes)
    console.print()


def _told(figure: "Figure") -> str:
    if not figure.values:
        return "-"
    spread = f" ±{figure.spread:.1f}" if figure.spread is not None else ""
    return f"{figure.mean:.1f}{spread}"


def _draw(
    summaries: "list[Summary]", found: "list[Moment]", audits: "list[Audit]", paths: list[Path], folder: Path
) -> None:
    """Plots, and a picture of each of the worst moments."""
    import cv2

    from lead.study.drawing import RoadsFromAbove, moment_picture
    from lead.study.plots import write_plots

    written, roads = write_plots(summaries, folder), RoadsFromAbove()
    for number, moment in enumerate(found):
        path = folder / f"{number + 1:02d}-{moment.measure}-{moment.situation.replace(' ', '-')}.png"
        frames = moment.audit.path.parent if moment.audit.path is not None else None
        cv2.imwrite(str(path), moment_picture(moment, roads, frames)[..., ::-1])
        console.print(f"{moment.measure}: {moment.situation}, route {moment.audit.header.route}, "
                      f"{moment.time:.1f} s: {moment.told}", markup=False, soft_wrap=True)  # fmt: skip
        written.append(path)
    console.print(f"{len(written)} pictures\n{folder}", soft_wrap=True)


def _to_json(summary: "Summary") -> dict[str, object]:
    def figure(value: "Figure") -> dict[str, object]:
        return {"mean": value.mean, "spread": value.spread, "seeds": list(value.values)} if value.values else {}

    return {
        "agent": summary.agent, "rig": summary.rig, "seeds": list(summary.seeds), "drives": summary.drives,
        "situations": {
            part.name: {
                "frames": part.frames,
                **{name: figure(value) for name, value in part.figures.items()},
                "causes": {cause.name.lower(): figure(value) for cause, value in part.causes.items()},
            }
            for part in summary.parts
        },
    }  # fmt: skip


def _moment_json(moment: "Moment") -> dict[str, object]:
    header = moment.audit.header
    return {
        "agent": header.agent, "route": header.route, "town": header.town, "seed": header.seed, "time": moment.time,
        "situation": moment.situation, "measure": moment.measure, "causes": [c.name.lower() for c in moment.causes],
        "speed": moment.speed, "path": moment.path, "subject": moment.subject, "told": moment.told,
    }  # fmt: skip
