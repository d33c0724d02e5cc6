"""`lead data`: what a data set holds, whether it is whole, and what it looks like."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

if TYPE_CHECKING:
    from lead.dataset.route_record import DriveRecord

app = typer.Typer(no_args_is_help=True, help="Look at recorded data, and check it.")
console = Console(highlight=False)
Root = Annotated[Path, typer.Argument(help="Folder of the data set.")]


@app.command()
def info(root: Root) -> None:
    """Show size, hours, towns, situations and weather, and why routes are not trained on.

    Example: `lead data info data/train`
    """
    from lead.dataset.header import RouteHeader
    from lead.dataset.route_file import RouteFile
    from lead.dataset.route_record import RECORD, read_record
    from lead.dataset.routes import find_routes
    from lead.dataset.writer import FRAMES

    folders = find_routes(root)
    ended = [folder for folder in folders if (folder / RECORD).exists()]
    records = [read_record(folder) for folder in ended]
    size = sum((folder / FRAMES).stat().st_size for folder in folders if (folder / FRAMES).exists())
    hours, frames = sum(r.ticks for r in records) / 20.0 / 3600.0, sum(r.frames for r in records)
    console.print(f"{len(records)} routes, {frames:,} frames, {hours:.2f} h, {size / 1e9:.2f} GB", end="")
    console.print(f" ({size / 1e9 / hours:.2f} GB per hour)" if hours else "")
    if len(folders) > len(ended):
        console.print(f"{len(folders) - len(ended)} drives broke off; lead collect drives them again")
    if ended:
        header: RouteHeader = RouteFile(ended[0]).header
        console.print(
            f"rig {header.rig.name}, expert {header.expert.get('preset')}, JPEG quality {header.jpeg_quality}",
            markup=False,
        )
    for what, names_of in (
        ("town", lambda r: (r.town,)),
        ("situation", lambda r: tuple(dict.fromkeys(r.situations)) or ("none",)),
        ("weather", lambda r: (r.weather,)),
    ):
        table = Table(what, "routes", "kept", "frames kept", box=None)
        for name in sorted({name for r in records for name in names_of(r)}):
            having = [r for r in records if name in names_of(r)]
            kept = [r for r in having if r.verdict.kept]
            table.add_row(name, str(len(having)), str(len(kept)), f"{sum(r.frames for r in kept):,}")
        console.print(table)
    _tell_left_out(records)


@app.command()
def check(
    root: Root, pictures: Annotated[bool, typer.Option("--pictures", help="Open every picture, too.")] = False
) -> None:
    """Compare all files with the manifest, and read them. Exit code 1 if anything is wrong.

    Example: `lead data check data/train`
    """
    from lead.dataset.manifest import check as faults_of

    found = 0
    with Bar(console=console, transient=True) as bar:
        task = bar.add_task("checking", total=None)
        for fault in faults_of(root, pictures, lambda done, of: bar.update(task, completed=done, total=of)):
            found += 1
            bar.console.print(f"{fault.path}: {fault.what}", markup=False, soft_wrap=True)
    console.print(f"{found} faults in {root}" if found else f"{root} is whole", soft_wrap=True)
    raise typer.Exit(1 if found else 0)


@app.command()
def show(
    root: Root,
    route: Annotated[str, typer.Option(help="Name of a route's folder; the first if not given.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the clip.")] = Path("out/data"),
    perturbed: Annotated[bool, typer.Option("--perturbed", help="As the moved copy of the rig saw it.")] = False,
    sheet: Annotated[int, typer.Option(min=1, max=24, help="Frames on the contact sheet.")] = 6,
) -> None:
    """Draw boxes, route, target points and LiDAR into a route's frames: a contact sheet and a clip.

    Example: `lead data show data/train --route 12 --out out/data`
    """
    from lead import InputError
    from lead.dataset.route_file import RouteFile
    from lead.dataset.routes import find_routes
    from lead.report.data_pictures import draw_clip, draw_sheet

    folders = {folder.name: folder for folder in find_routes(root)}
    if route and route not in folders:
        raise InputError(f"{root} has no route {route!r}; it has {', '.join(list(folders)[:10])}")
    recording = RouteFile(folders[route] if route else next(iter(folders.values())))
    if not len(recording):
        raise InputError(f"{recording.path} has no frames")
    out.mkdir(parents=True, exist_ok=True)
    name = recording.path.parent.name + ("-perturbed" if perturbed else "")
    console.print(f"{len(recording)} frames of {recording.path}", soft_wrap=True)
    draw_sheet(recording, out / f"{name}.jpg", sheet, perturbed)
    with Bar(console=console, transient=True) as bar:
        task = bar.add_task("drawing", total=len(recording))
        draw_clip(recording, out / f"{name}.mp4", perturbed, lambda: bar.advance(task))
    console.print(f"{out / name}.jpg\n{out / name}.mp4", soft_wrap=True)


def _tell_left_out(records: "list[DriveRecord]") -> None:
    left_out = [r for r in records if not r.verdict.kept]
    if left_out:
        console.print(f"{len(left_out)} routes are not trained on:")
    for record in left_out:
        console.print(f"  {record.route}: {record.verdict.reason}", markup=False, soft_wrap=True)
