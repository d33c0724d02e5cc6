"""`lead maps`: list, fetch, generate and draw towns."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="List, fetch, generate and draw towns.")
console = Console(highlight=False)


@app.command("list")
def list_(
    carla: Annotated[
        Path | None, typer.Option(help="Folder of a CARLA release (that of CarlaUE4.sh) whose maps are listed too.")
    ] = None,
) -> None:
    """Show every town that can be driven now, and how to get the others. Example: `lead maps list`."""
    from lead.roads.library import list_maps

    table = Table("name", "source", "size", "note", box=None)
    for entry in list_maps(installation=carla):
        table.add_row(entry.name, entry.source, f"{entry.size / 1e6:.1f} MB" if entry.size else "", entry.note)
    console.print(table)


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Towns to fetch; all twelve if none is named.")] = None,
    directory: Annotated[
        Path | None, typer.Option(help="Where to put them; the default is found again by name.")
    ] = None,
) -> None:
    """Fetch the real CARLA towns (24 MB download, 215 MB unpacked). Resumes. Example: `lead maps fetch Town03 Town05`."""
    from lead.roads.library import ATTRIBUTION, fetch_maps

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=None)
        paths = fetch_maps(
            names or None,
            directory,
            report=lambda p: progress.update(task, description=p.step, completed=p.done, total=p.total),
        )
    console.print(ATTRIBUTION)
    console.print(str(paths[0].parent))


@app.command()
def generate(
    kind: Annotated[str, typer.Argument(help="Kind of town, grid_city, village, interurban, motorway.")],
    out: Annotated[Path, typer.Option(help="OpenDRIVE file to write.")] = Path("town.xodr"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another town.")] = 0,
) -> None:
    """Write a new town as OpenDRIVE. Example: `lead maps generate grid_city --seed 7 --out my_city.xodr`."""
    from lead import InputError
    from lead.roads.generate import KINDS, generate_town

    if kind not in KINDS:
        raise InputError(f"found kind {kind!r}, expected one of {', '.join(KINDS)}")
    out.write_text(generate_town(kind, seed))
    console.print(str(out))


@app.command()
def show(
    town: Annotated[str, typer.Argument(help="A name from `lead maps list`, or the path of an OpenDRIVE file.")],
    out: Annotated[Path | None, typer.Option(help="Picture to write; TOWN.png if not given.")] = None,
    width: Annotated[int, typer.Option(min=200, max=8000, help="Width of the picture in pixels.")] = 1600,
) -> None:
    """Draw a town from above. Example: `lead maps show GridCity --out grid.png`."""
    from lead.roads.draw import draw_town
    from lead.roads.town import load_town

    loaded = load_town(town, report=console.print)
    path = out or Path(f"{loaded.name}.png")
    draw_town(loaded, path, width_px=width)
    console.print(str(path))
