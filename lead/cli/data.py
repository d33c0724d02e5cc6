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
    """Compare all files with the manifests there, and read them. Exit code 1 if anything is wrong.

    Example: `lead data check data/train`
    """
    from lead.dataset.manifest import check as faults_of
    from lead.dataset.manifest import data_sets

    found = 0
    with Bar(console=console, transient=True) as bar:
        task = bar.add_task("checking", total=None)
        for each in data_sets(root):
            for fault in faults_of(each, pictures, lambda done, of: bar.update(task, completed=done, total=of)):
                found += 1
                bar.console.print(f"{each / fault.path}: {fault.what}", markup=False, soft_wrap=True)
    console.print(f"{found} fault{'s' if found > 1 else ''} in {root}" if found else f"{root} is whole", soft_wrap=True)
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


@app.command()
def split(
    roots: Annotated[list[Path], typer.Argument(help="Folders of data sets.")],
    out: Annotated[Path, typer.Option(help="Folder for `train` and `held-out`.")],
    town: Annotated[list[str] | None, typer.Option(help="Held out: routes in it. May be given several times.")] = None,
    situation: Annotated[list[str] | None, typer.Option(help="Held out: routes with it.")] = None,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Held out: that share of the other routes.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of which these are.")] = 0,
) -> None:
    """Split data sets into one to train on and one that is held out; files are linked, not copied.

    A route that was driven several times is on one side. Run it again after more was collected.
    Example: `lead data split data/nano --town village_13 --share 0.05 --out data/nano-split`
    """
    from lead.dataset.splitting import HELD_OUT, TRAIN, HeldOut
    from lead.dataset.splitting import split as run

    train, held_out = run(roots, HeldOut(tuple(town or ()), tuple(situation or ()), share, seed), out)
    console.print(f"{train} routes -> {out / TRAIN}\n{held_out} routes -> {out / HELD_OUT}", soft_wrap=True)


@app.command()
def export(
    root: Root,
    out: Annotated[Path, typer.Option(help="Folder of logs: a folder per split, in it one per route.")],
    name: Annotated[str, typer.Option("--split", help="As py123d names splits.")] = "carla_train",
) -> None:
    """Write the routes that are trained on as Arrow logs of py123d: ego, boxes, cameras and LiDAR.

    Example: `lead data export data/train --out logs`
    """
    from lead.dataset.py123d.export import export_route
    from lead.dataset.route_file import RouteFile
    from lead.dataset.routes import Selection, recorded_routes

    kept = [route for route in recorded_routes(root) if Selection().takes(route)]
    for route in kept:
        console.print(f"{export_route(RouteFile(route.folder), out, name)}", soft_wrap=True)
    console.print(f"{len(kept)} routes -> {out / name}", soft_wrap=True)


@app.command("import")
def import_(
    logs: Annotated[Path, typer.Argument(help="A py123d log, or a folder with logs below.")],
    out: Annotated[Path, typer.Option(help="Folder of the data set.")],
) -> None:
    """Write Arrow logs of py123d as routes of ours: ego, boxes, cameras and LiDAR; the way driven is the way to drive.

    Example: `lead data import logs/carla_train --out data/logs`
    """
    from lead import InputError
    from lead.dataset.manifest import write_manifest
    from lead.dataset.py123d.load import import_log

    folders = sorted(path.parent for path in logs.rglob("sync.arrow"))
    if not folders:
        raise InputError(f"{logs} holds no log (a folder with sync.arrow)")
    for folder in folders:
        console.print(f"{import_log(folder, out)}", soft_wrap=True)
    write_manifest(out)
    console.print(f"{len(folders)} logs -> {out}", soft_wrap=True)


def _tell_left_out(records: "list[DriveRecord]") -> None:
    left_out = [r for r in records if not r.verdict.kept]
    if left_out:
        console.print(f"{len(left_out)} routes are not trained on:")
    for record in left_out:
        console.print(f"  {record.route}: {record.verdict.reason}", markup=False, soft_wrap=True)
