"""`lead evaluate`: drive an agent through the routes of a benchmark, closed loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from lead.drive.evaluate import Progress
    from lead.drive.ledger import Entry

console = Console(highlight=False)


def evaluate(
    agent: Annotated[
        str,
        typer.Option(
            help="blind, npc, expert[:PRESET[,switch=value...]] with preset privileged, lead or aligned, "
            "student:PATH[,option=value...] with a folder of weights or of a training run, "
            "or the path of an official agent file (path/agent.py)."
        ),
    ],
    routes: Annotated[str, typer.Option(help="FILE[:ids] such as routes.xml:0-4,7, or a shipped suite: mini[:ids].")],
    out: Annotated[Path, typer.Option(help="Folder of the ledger, logs and results.json; it is resumed.")],
    workers: Annotated[
        int, typer.Option(min=1, help="Routes driven at the same time, each in a server of its own.")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of traffic and of all that situations draw.")] = 0,
    protocol: Annotated[str, typer.Option(help="Benchmark version whose rules hold.")] = "leaderboard-2.0",
    carla: Annotated[
        str | None, typer.Option(help="HOST:PORT of a running CARLA; embedded servers if not given.")
    ] = None,
    agent_config: Annotated[str, typer.Option(help="Handed to the agent's setup().")] = "",
    timeout: Annotated[
        float, typer.Option(min=1.0, help="Seconds without progress after which it counts as hung.")
    ] = 300.0,
    attempts: Annotated[int, typer.Option(min=1, help="Tries of a route in all when the simulator fails.")] = 3,
    traffic: Annotated[bool, typer.Option(help="Background traffic.")] = True,
    log: Annotated[bool, typer.Option(help="Keep a log of every route for replay.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Drive again what ended by a fault of the agent.")] = False,
    audit: Annotated[
        str,
        typer.Option(help="Measure how far an expert is from a student with this rig, such as tfv6-3cam: lead audit."),
    ] = "",
    pictures: Annotated[
        bool, typer.Option("--record", help="Keep a student's pictures and detections beside the log.")
    ] = False,
) -> None:
    """Evaluate an agent in closed loop. Run it again to go on where it was stopped.

    Exit code 1 if a route was not ended by driving (simulator fault, time-out, agent fault).
    Example: `lead evaluate --agent blind --routes mini --out out/blind --workers 2`
    """
    from lead.drive.evaluate import evaluate as run
    from lead.drive.evaluate import faults
    from lead.drive.evaluation import Evaluation
    from lead.drive.route_job import RouteJob
    from lead.scenarios.suites import resolve_routes
    from lead.score.protocols import protocol_named

    protocol_named(protocol)
    chosen = resolve_routes(routes, keep_faulty=True)
    towns = sorted({route.town for route in chosen})
    console.print(
        f"{agent} on {len(chosen)} routes in {', '.join(towns)} under {protocol}, {workers} workers -> {out}/",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    settled = Evaluation(agent, routes, protocol, agent_config, seed, carla, timeout, attempts, traffic, log, pictures)
    witness = None
    if audit:
        from lead.study.live import AuditOf

        witness = AuditOf.checked(audit, agent)
    try:
        with shown(len(chosen)) as progress:
            jobs = partial(RouteJob, witness=witness)
            entries = run(settled, chosen, out, workers, progress, job_of=jobs, again=again)
    except KeyboardInterrupt:
        console.print(f"stopped; what has been driven is in {out}, and the same command goes on", soft_wrap=True)
        raise typer.Exit(130) from None
    faulty = faults(entries)
    _tell(out, protocol, faulty)
    raise typer.Exit(1 if faulty else 0)


def _tell(out: Path, protocol: str, faulty: "list[Entry]") -> None:
    """The score, what was not ended by driving and why, and where it all lies."""
    from lead.cli.score import print_score
    from lead.drive.ledger import Ledger
    from lead.score.protocol import Inputs
    from lead.score.protocols import score_paths
    from lead.score.record_set import Incomplete

    inputs, ledger = Inputs(metric_folders=[out]), Ledger(out)
    print_score(score_paths([out / "results.json"], protocol, Incomplete.DRIVEN, inputs=inputs))
    for entry in faulty:
        log = f" ({ledger.log(entry.route, '.txt')})" if entry.attempts and entry.ticks else ""
        console.print(f"route {entry.route}: {entry.ending.value}: {entry.fault}{log}", markup=False, soft_wrap=True)
    console.print(f"results {out / 'results.json'}\nledger  {out / 'ledger'}", soft_wrap=True)


@contextmanager
def shown(total: int) -> "Iterator[Progress]":
    """A bar with the time left, above it a line per route."""
    from rich.progress import (
        BarColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    from lead.drive.evaluate import Progress

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.1f}/{task.total:.0f}"),
               TimeElapsedColumn(), TextColumn("ETA"), TimeRemainingColumn())  # fmt: skip
    with Bar(*columns, console=console, transient=True) as bar:
        task, whole = bar.add_task("driving", total=total), 0

        def begin(done: int, total: int) -> None:
            nonlocal whole
            whole = done
            bar.update(task, completed=done)
            if done:
                bar.console.print(f"{done} of {total} routes are in the ledger already")

        under_way: dict[str, float] = {}  # share of a route that is driven

        def moved(route: str, ticks: int, percent: float) -> None:
            under_way[route] = min(percent, 100.0) / 100.0
            bar.update(task, completed=whole + sum(under_way.values()))

        def ended(entry: "Entry") -> None:
            nonlocal whole
            bar.console.print(entry.line, markup=False, soft_wrap=True)
            under_way.pop(entry.route, None)
            whole += 1
            bar.update(task, completed=whole + sum(under_way.values()))

        yield Progress(begin=begin, moved=moved, ended=ended)
