"""`lead collect`: the expert drives routes, and what a student's sensors see is recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

if TYPE_CHECKING:
    from lead.dataset.route_record import DriveRecord

console = Console(highlight=False)


def collect(
    routes: Annotated[str, typer.Option(help="FILE[:ids] such as routes.xml:0-4,7, or a shipped suite: train[:ids].")],
    out: Annotated[Path, typer.Option(help="Folder of the data set; it is resumed.")],
    expert: Annotated[
        str, typer.Option(help="PRESET[,switch=value...] with preset privileged, lead or aligned.")
    ] = "aligned",
    rig: Annotated[
        str, typer.Option(help="tfv6-3cam, tfv6-6cam, navsim-4cam, waymo-3cam, nano, or a rig's .json file.")
    ] = "tfv6-3cam",
    workers: Annotated[int, typer.Option(min=1, help="Routes driven at the same time.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of traffic, situations, sensors' noise and moved rigs.")] = 0,
    weather: Annotated[
        str,
        typer.Option(
            help="route: as the route file says; random: one of 52 presets per route, varied, as published; "
            "clear or little-fog: of those alone."
        ),
    ] = "route",
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of JPEG; the student is shown the same.")] = 50,
    recovery: Annotated[
        Literal["frame", "route"],
        typer.Option(help="Where the moved copy of the rig looks from is drawn for each of these; published: route."),
    ] = "frame",
    learner: Annotated[
        str,
        typer.Option(
            help="student:PATH[,option=value...] that drives in turns with the expert, whose answers are recorded "
            "(DAgger): data of where the student's own mistakes lead."
        ),
    ] = "",
    protocol: Annotated[
        str, typer.Option(help="Whose rules judge drives, and whose spacing target points have.")
    ] = "leaderboard-2.0",
    carla: Annotated[
        str | None, typer.Option(help="HOST:PORT of a running CARLA; embedded servers if not given.")
    ] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Measure how far the expert is from a student with this rig: lead audit.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what it would take.")] = False,
) -> None:
    """Record drives for training. Run it again to go on where it was stopped.

    Exit code 1 if a route was not ended by driving. Drives that are not good enough stay, with the reason.
    Example: `lead collect --routes train:0-9 --out data/train --workers 2`
    """
    from lead.cli.evaluate import shown
    from lead.drive.collect import collect as run
    from lead.drive.collect import estimate
    from lead.drive.evaluation import Evaluation
    from lead.drive.ledger import Ledger
    from lead.drive.recording.settings import LEARNERS_PATIENCE, PATIENCE, Recording
    from lead.scenarios.suites import resolve_routes, split_ids
    from lead.score.protocols import protocol_named
    from lead.study.live import AuditOf

    protocol_named(protocol)
    chosen = resolve_routes(routes, keep_faulty=True)
    patience = LEARNERS_PATIENCE if learner else PATIENCE
    recording = Recording(rig, expert, quality, weather=weather, recovery=recovery, learner=learner, patience=patience)
    cost = estimate(chosen, recording, workers, out)
    console.print(
        f"{cost.routes} routes, {cost.kilometres:.1f} km, about {cost.hours:.1f} h of driving: {cost.frames:,} frames, "
        f"{cost.size / 1e9:.1f} GB, {cost.seconds / 3600.0:.1f} h on {workers} workers"
        f"{' (as fast as its drives so far)' if cost.measured else ''} -> {out}/",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    if plan:
        return
    settled = Evaluation(f"expert:{expert}", split_ids(routes)[0], protocol, seed=seed, carla=carla, log=False)
    with shown(len(chosen)) as progress:
        records = run(settled, recording, chosen, out, workers, progress, AuditOf(rig) if audit else None)
    _tell(records, len(chosen), out)
    entries = Ledger(out).entries([route.id for route in chosen])
    faulty = any(entry.ending.value != "finished" for entry in entries)
    raise typer.Exit(1 if faulty or len(records) < len(chosen) else 0)


def _tell(records: "list[DriveRecord]", routes: int, out: Path) -> None:
    """Which drives are not trained on and why, and how many are."""
    for record in records:
        if not record.verdict.kept:
            console.print(f"route {record.route} is not trained on: {record.verdict.reason}", markup=False)
    kept = [record for record in records if record.verdict.kept]
    console.print(f"{len(kept)} of {routes} routes are good to train on, {sum(r.frames for r in kept):,} frames")
    console.print(f"{out}", soft_wrap=True)
