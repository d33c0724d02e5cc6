"""The `lead` command. Every verb prints its plan first, progress while it works and where the result lies last."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from lead import LeadError, __version__
from lead.cli import (
    audit,
    collect,
    data,
    demo,
    doctor,
    evaluate,
    maps,
    navsim,
    report,
    routes,
    score,
    sim,
    train,
    waymo,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("doctor")(doctor.doctor)
app.command("sim")(sim.sim)
app.command("demo")(demo.demo)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("collect")(collect.collect)
app.command("score")(score.score)
app.command("report")(report.report)
app.command("audit")(audit.audit)
app.add_typer(maps.app, name="maps")
app.add_typer(routes.app, name="routes")
app.add_typer(data.app, name="data")
app.add_typer(navsim.app, name="navsim")
app.add_typer(waymo.app, name="waymo")


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"lead {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Learning to drive by imitation, closed loop. Start with `lead demo`."""


def main() -> None:
    """Run the command line; a fault the user can mend ends with its message and exit code 1, not with a traceback."""
    try:
        app()
    except (LeadError, OSError) as error:
        Console(stderr=True, highlight=False).print(f"[bold red]lead:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
