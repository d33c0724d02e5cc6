"""Complete runs by name. A recipe of one's own is a Python file with a function `recipe() -> Recipe`."""

import runpy
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from lead import InputError
from lead.dataset.box_labels import BoxClass
from lead.dataset.kinds import Semantic
from lead.dataset.routes import Selection
from lead.model import variants
from lead.model.config import ModelConfig
from lead.train.config import (
    ComputeConfig,
    DataConfig,
    OptimiserConfig,
    PaceConfig,
    Recipe,
    ScheduleConfig,
    StageConfig,
)
from lead.train.losses import LossConfig

STAGES = PRETRAIN, POSTTRAIN, PLANNER = "pretrain", "posttrain", "planner"
"""In the order in which they are trained."""
FUNCTION = "recipe"
"""What a recipe's file defines."""
SELDOM_IN_PICTURES = {
    Semantic.TRAFFIC_LIGHT: 4.0, Semantic.PEDESTRIAN: 4.0, Semantic.OBSTACLE: 2.0, Semantic.SPECIAL_VEHICLE: 4.0,
    Semantic.STOP_SIGN: 8.0, Semantic.BIKER: 4.0,
}  # fmt: skip
SELDOM_AS_BOXES = {BoxClass.TRAFFIC_LIGHT: 4.0, BoxClass.STOP_SIGN: 8.0, BoxClass.SPECIAL: 2.0, BoxClass.OBSTACLE: 2.0}
PICTURE_CLASSES = tuple(SELDOM_IN_PICTURES.get(kind, 1.0) for kind in Semantic)
BOX_CLASSES = tuple(SELDOM_AS_BOXES.get(kind, 1.0) for kind in BoxClass)
"""Weights of classes for small models: a stop sign is one pixel of ten thousand, and stays the background's without."""


def two_stages(name: str, model: ModelConfig, compute: ComputeConfig, data: DataConfig | None = None) -> Recipe:
    """Perception first, then all of the model with its planner (spec/tfv6.md, 3.4).

    Of each route the first and the last frame are left out, in the second stage as many at its end as there are
    waypoints.
    """
    data, perception = data or DataConfig(), replace(model, planning=None)
    ahead = round(model.planning.waypoints * model.planning.waypoint_interval * FRAMES_PER_SECOND)
    planned = replace(data, selection=replace(data.selection, skip_first=ahead, skip_last=ahead))
    return Recipe(
        name,
        (
            StageConfig(PRETRAIN, perception, data=data, compute=compute),
            StageConfig(POSTTRAIN, model, data=planned, compute=compute),
        ),
    )


FRAMES_PER_SECOND = 4
"""Of recordings."""

CPU = ComputeConfig(channels_last=True)
FEW_ROUTES = DataConfig(workers=1, validation=0.05)
GPU = ComputeConfig(bf16=True, channels_last=True)
"""As published, without its compilation, which had no effect (spec/tfv6.md, trap 6)."""


def tfv6_resnet34() -> Recipe:
    """TransFuser v6 with ResNet-34, as published."""
    return two_stages("tfv6-resnet34", variants.resnet34(), GPU)


def tfv6_regnety032() -> Recipe:
    """TransFuser v6 with RegNetY-3.2GF, as published."""
    return two_stages("tfv6-regnety032", variants.regnety032(), GPU)


def noradar() -> Recipe:
    """Without radar."""
    return two_stages("noradar", variants.noradar(), GPU)


def visiononly() -> Recipe:
    """Cameras alone."""
    return two_stages("visiononly", variants.visiononly(), GPU)


def tfv5() -> Recipe:
    """With the planner of TransFuser v5."""
    return two_stages("tfv5", variants.tfv5planner(), GPU)


def nano() -> Recipe:
    """A small model that two CPU cores train on a few hours of driving in a few hours.

    After both stages its planner alone learns, from cached features, ten times as many samples a second.
    """
    recipe = on_two_cores(two_stages("nano", variants.nano(), CPU, FEW_ROUTES))
    planner = replace(
        recipe.stages[1], name=PLANNER, cached_epochs=3, epochs=40, batch=64,
        optimiser=OptimiserConfig(lr=1e-3, clip=5.0, ema=0.999),
        pace=PaceConfig(validate=10),
    )  # fmt: skip
    return replace(recipe, stages=(*recipe.stages, planner))


def nano_blind() -> Recipe:
    """The planner of `nano` without senses, trained as its second stage is: what any student must beat."""
    recipe = on_two_cores(two_stages("nano-blind", variants.nano_blind(), CPU, FEW_ROUTES))
    return replace(recipe, stages=recipe.stages[1:2])


def on_two_cores(recipe: Recipe) -> Recipe:
    """The recipe for small models: batches of 16, a higher rate that falls once, gradients that cannot leap.

    Few routes have few departures. Those at their starts count, all of them count more, and standing counts less: else
    a student learns that who stands will stand.
    """
    optimiser, schedule = OptimiserConfig(lr=1e-3, clip=5.0), ScheduleConfig("cosine", warmup=200)
    stages = [
        replace(
            stage, epochs=8, batch=16, optimiser=optimiser, schedule=schedule,
            losses=LossConfig(stop_at_brake=False, route_beta=1.0, picture_classes=PICTURE_CLASSES, box_classes=BOX_CLASSES),
            data=replace(
                stage.data, selection=replace(stage.data.selection, skip_first=1, standing_every=6, departures=4)
            ),
        )
        for stage in recipe.stages
    ]  # fmt: skip
    return replace(recipe, stages=tuple(stages))


RECIPES: Mapping[str, Callable[[], Recipe]] = {
    "tfv6-resnet34": tfv6_resnet34,
    "tfv6-regnety032": tfv6_regnety032,
    "noradar": noradar,
    "visiononly": visiononly,
    "tfv5": tfv5,
    "nano": nano,
    "nano-blind": nano_blind,
}


def holding_out(recipe: Recipe, town: str) -> Recipe:
    """The recipe without the routes of a town."""
    stages = []
    for stage in recipe.stages:
        selection: Selection = replace(stage.data.selection, not_towns=(*stage.data.selection.not_towns, town))
        stages.append(replace(stage, data=replace(stage.data, selection=selection)))
    return replace(recipe, name=f"{recipe.name}-without-{town}", stages=tuple(stages))


def recipe_named(name: str) -> Recipe:
    """The recipe of a name, or of a Python file, which is run. Raises InputError if there is none."""
    if name in RECIPES:
        return RECIPES[name]()
    path = Path(name)
    if path.suffix != ".py" or not path.is_file():
        raise InputError(
            f"no recipe {name!r}; there are {', '.join(RECIPES)}, or give a Python file with a function {FUNCTION}()"
        )
    build = runpy.run_path(str(path)).get(FUNCTION)
    made = build() if callable(build) else None
    if not isinstance(made, Recipe):
        raise InputError(f"{path} has no function {FUNCTION}() that returns a lead.train.config.Recipe")
    return made
