"""Complete runs for NAVSIM and WOD-E2E: perception first, then all of the model; which samples are mixed in each stage."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from pydantic.dataclasses import dataclass

from lead import InputError
from lead.model.config import ModelConfig
from lead.model.rig import STRICT
from lead.realworld import models
from lead.realworld.mixture import SIM2REAL, SIMULATED, Mixture
from lead.train.config import ComputeConfig, DataConfig, Recipe, ScheduleConfig, StageConfig
from lead.train.recipes import GPU, POSTTRAIN, PRETRAIN

Benchmark = Literal["navsim", "waymo"]

NAVSIM_EPOCHS, WAYMO_EPOCHS = 61, 20
"""Of each stage as published (spec/tfv6.md, 3.4 and 6)."""


@dataclass(frozen=True, config=STRICT)
class RealRecipe:
    """Stages, and by their names the mixture that each draws its batches from."""

    benchmark: Benchmark
    recipe: Recipe
    mixtures: Mapping[str, Mixture]


def co_trained(
    benchmark: Benchmark, name: str, model: ModelConfig, stage: Callable[..., StageConfig], pretraining: Mixture
) -> RealRecipe:
    """Perception on `pretraining`, then planner and all with the published Sim2Real schedule."""
    recipe = Recipe(name, (stage(PRETRAIN, replace(model, planning=None)), stage(POSTTRAIN, model)))
    return RealRecipe(benchmark, recipe, {PRETRAIN: pretraining, POSTTRAIN: SIM2REAL})


def navsim() -> RealRecipe:
    """LTFv6 on NAVSIM: 61 epochs a stage, batches of 64, simulated and real samples in both."""
    return co_trained("navsim", "navsim", models.navsim(), _published(NAVSIM_EPOCHS, ScheduleConfig()), SIM2REAL)


def waymo() -> RealRecipe:
    """The latent TransFuser on WOD-E2E, which has no labels of perception: 20 epochs a stage, a single cosine."""
    schedule = ScheduleConfig(kind="cosine")
    return co_trained("waymo", "waymo", models.waymo(), _published(WAYMO_EPOCHS, schedule), SIMULATED)


def nano_navsim() -> RealRecipe:
    """A small model on a few hundred tokens, on a processor."""
    return co_trained("navsim", "nano-navsim", models.nano_navsim(), _tiny, SIM2REAL)


def nano_waymo() -> RealRecipe:
    """A small model on a few hundred frames, on a processor."""
    return co_trained("waymo", "nano-waymo", models.nano_waymo(), _tiny, SIMULATED)


RECIPES: Mapping[str, Callable[[], RealRecipe]] = {
    "navsim": navsim,
    "nano-navsim": nano_navsim,
    "waymo": waymo,
    "nano-waymo": nano_waymo,
}


def recipe_for(benchmark: Benchmark, name: str) -> RealRecipe:
    """The recipe of a name. Raises InputError if there is none for the benchmark."""
    known = {each: build for each, build in RECIPES.items() if build().benchmark == benchmark}
    if name not in known:
        raise InputError(f"no recipe {name!r} for {benchmark}; there are {', '.join(known)}")
    return known[name]()


def _published(epochs: int, schedule: ScheduleConfig) -> Callable[[str, ModelConfig], StageConfig]:
    def stage(name: str, model: ModelConfig) -> StageConfig:
        return StageConfig(name, model, epochs=epochs, batch=64, schedule=schedule, compute=GPU)

    return stage


def _tiny(name: str, model: ModelConfig) -> StageConfig:
    data = DataConfig(workers=0, validation=0.0)
    return StageConfig(
        name, model, epochs=3, batch=16, schedule=ScheduleConfig(kind="cosine"), data=data, compute=ComputeConfig()
    )
