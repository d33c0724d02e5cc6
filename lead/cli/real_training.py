"""What `lead navsim train` and `lead waymo train` have in common: a recipe's stages on simulated and real samples."""

from pathlib import Path
from typing import TYPE_CHECKING

from lead import InputError

if TYPE_CHECKING:
    from lead.realworld.recipes import Benchmark


def train_recipe(
    benchmark: "Benchmark",
    name: str,
    simulated: Path | None,
    real: Path | None,
    out: Path,
    changes: list[str],
    stage: str,
    mixture: str | None,
    initial: Path | None,
    device: str | None,
) -> None:
    """Train the stages asked for, each beginning with the weights of the one before. Raises InputError."""
    from lead.cli.train import console, plan, shown
    from lead.realworld.mixture import MIXTURES
    from lead.realworld.recipes import recipe_for
    from lead.realworld.training import open_mixture
    from lead.train.checkpoint import MODEL
    from lead.train.loop import train_stage
    from lead.train.overrides import overridden
    from lead.train.ranks import joined_ranks
    from lead.train.run_file import Origin

    chosen = recipe_for(benchmark, name)
    if mixture is not None and mixture not in MIXTURES:
        raise InputError(f"no mixture {mixture!r}; there are {', '.join(MIXTURES)}")
    run = overridden(chosen.recipe, changes)
    stages = [each for each in run.stages if stage in ("all", each.name)]
    if not stages:
        raise InputError(
            f"recipe {name} has no stage {stage!r}; there are all, {', '.join(s.name for s in run.stages)}"
        )
    data = ", ".join(str(folder) for folder in (simulated, real) if folder is not None)
    origin = Origin(name, data, initial=str(initial or ""))
    with joined_ranks(device) as ranks:
        for each in stages:
            mixed = MIXTURES[mixture] if mixture else chosen.mixtures[each.name]
            samples = open_mixture(benchmark, each, mixed, simulated, real)
            if ranks.first:
                told = ", ".join(f"{count} from epoch {epoch}" for epoch, count in mixed.simulated)
                console.print(plan(each, len(samples.order), 0, ranks), soft_wrap=True)
                console.print(f"of {mixed.whole} samples are simulated: {told}", soft_wrap=True)
            with shown(each, ranks) as report:
                weights = train_stage(each, samples, None, out / each.name, ranks, initial, report, origin)
            initial = weights / "model.safetensors"
        if ranks.first:
            console.print(f"weights {out / stages[-1].name / MODEL}", soft_wrap=True)
