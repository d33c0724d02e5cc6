"""`lead report`: one HTML page of evaluated runs, training runs and data sets."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lead import InputError

console = Console(highlight=False)


def report(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...",
            help="Folders of lead evaluate, train or collect, searched in depth; or official result files.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The HTML file; DIR/report.html of the first folder if not given.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="Benchmark version of result files that do not name theirs.")
    ] = None,
    videos: Annotated[
        str,
        typer.Option(
            help="auto: in the page if small enough, else beside it; failed: of those drives alone; made: none that is "
            "not there yet; beside; none."
        ),
    ] = "auto",
) -> None:
    """Write one page: scores, routes with time lines and videos, situations, causes, differences, curves, data, commands.

    The first run is what the others are compared with; runs that differ by their seed alone are taken together.
    Example: `lead report out/expert out/student --out out/report.html`
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lead.report.page import Videos, write_report

    choices = [choice.value for choice in Videos]
    if videos not in choices:
        raise InputError(f"found --videos {videos!r}, expected one of {', '.join(choices)}")
    first = paths[0]
    place = out or (first if first.is_dir() else first.parent) / "report.html"
    console.print(f"{len(paths)} paths, videos {videos} -> {place}", soft_wrap=True, markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("ETA"),
               TimeRemainingColumn(), TextColumn("{task.fields[of]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("videos", total=None, of="")
        written = write_report(
            paths, place, protocol, Videos(videos),
            lambda done, total, of: bar.update(task, completed=done, total=total, of=of),
        )  # fmt: skip
    beside = f", videos in {written.beside}/" if written.beside else ""
    console.print(f"drives {written.drives}, videos {written.clips}{beside}", soft_wrap=True, markup=False)
    console.print(f"{written.page}", soft_wrap=True, markup=False)
