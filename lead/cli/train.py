"""`lead train`: train a student on recorded drives."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from lead import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lead.train.config import Recipe, StageConfig
    from lead.train.loop import Report
    from lead.train.ranks import Ranks

console = Console(highlight=False)


def train(
    recipe: Annotated[
        str,
        typer.Argument(help="tfv6-resnet34, tfv6-regnety032, noradar, visiononly, tfv5, nano, or a file RECIPE.py."),
    ],
    data: Annotated[Path, typer.Option(help="Folder of recorded routes, ours or of the published layout.")],
    out: Annotated[Path, typer.Option(help="Folder of checkpoints, logs and weights; a run in it goes on.")],
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Settings, such as pretrain.epochs=3 batch=32.")
    ] = None,
    stage: Annotated[str, typer.Option(help="One of the recipe's, such as pretrain; or all.")] = "all",
    initial: Annotated[
        Path | None,
        typer.Option(
            help="Weights (.safetensors, .pth) that the first stage begins with, or nano: perception that ships."
        ),
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; the GPU if there is one.")] = None,
) -> None:
    """Train a student: perception, then its planner. Run it again to go on where it was stopped.

    Example: `lead train nano --data data/ --out out/nano batch=8`
    Several GPUs: `torchrun --nproc-per-node 4 -m lead train tfv6-resnet34 --data data/ --out out/resnet34`
    """
    from lead.dataset.manifest import digest_below
    from lead.model.shipped import perception_named
    from lead.train.checkpoint import MODEL
    from lead.train.loop import train_stage
    from lead.train.overrides import overridden
    from lead.train.ranks import joined_ranks
    from lead.train.recipes import recipe_named
    from lead.train.run_file import Origin
    from lead.train.samples import open_samples
    from lead.train.senses import senses_of, write_senses

    run = overridden(recipe_named(recipe), changes or [])
    stages = _chosen(run, stage)
    command = _command(recipe, changes or [], data, out, stage, initial)
    origin = Origin(run.name, str(data), digest_below(data), str(initial or ""), command)
    initial = None if initial is None else perception_named(initial)
    before = run.stages.index(stages[0]) - 1
    if initial is None and before >= 0:
        initial = out / run.stages[before].name / MODEL / "model.safetensors"
    with joined_ranks(device) as ranks:
        for each in stages:
            samples, held_out = open_samples(data, each)
            if ranks.first:
                write_senses(out / each.name / MODEL, senses_of(samples, each.data, each.model))
                console.print(
                    plan(each, len(samples.order), len(held_out.order) if held_out else 0, ranks), soft_wrap=True
                )
            with shown(each, ranks) as report:
                weights = train_stage(each, samples, held_out, out / each.name, ranks, initial, report, origin)
            initial = weights / "model.safetensors"
        if ranks.first:
            console.print(f"weights {weights}", soft_wrap=True)


def _chosen(recipe: "Recipe", name: str) -> "list[StageConfig]":
    """A stage of a recipe, or all. Raises InputError if there is none of the name."""
    stages = [stage for stage in recipe.stages if name in ("all", stage.name)]
    if not stages:
        known = ", ".join(stage.name for stage in recipe.stages)
        raise InputError(f"recipe {recipe.name} has no stage {name!r}; there are all, {known}")
    return stages


def _command(recipe: str, changes: list[str], data: Path, out: Path, stage: str, initial: Path | None) -> str:
    """The command line that this run can be had with again."""
    words = ["lead", "train", recipe, *changes, "--data", data, "--out", out]
    words += [] if stage == "all" else ["--stage", stage]
    words += [] if initial is None else ["--initial", initial]
    return shlex.join(map(str, words))


def plan(stage: "StageConfig", samples: int, held_out: int, ranks: "Ranks") -> str:
    """What will be done, in a line."""
    steps = stage.epochs * (samples // stage.batch)
    return (
        f"{stage.name}: {stage.model.name}, {samples} samples ({held_out} held out), {stage.epochs} epochs of "
        f"{samples // stage.batch} steps of {stage.batch}, {steps} steps in all on {ranks.count} x {ranks.device.type}"
    )


@contextmanager
def shown(stage: "StageConfig", ranks: "Ranks") -> "Iterator[Callable[[Report], None]]":
    """A bar with the loss, the time left and the share of it that goes by waiting for samples."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    if not ranks.first:
        yield lambda report: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("ETA"), TimeRemainingColumn(), TextColumn("{task.fields[told]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task, loss = bar.add_task(stage.name, total=None, told=""), ""

        def report(told: "Report") -> None:
            nonlocal loss
            if told.values is not None:
                loss = f"loss {told.values['loss']:.4f}  "
                bar.console.print(f"step {told.step}/{told.steps}  {loss}{told.values['samples_per_s']:.1f} samples/s")
            if told.note is not None:
                bar.console.print(f"[bold red]alarm:[/] {told.note}")
            bar.update(
                task,
                description=told.stage,
                total=told.steps,
                completed=told.step,
                told=f"{loss}waiting {100 * told.wait:.0f} %",
            )

        yield report
