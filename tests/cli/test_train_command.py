"""`lead train` from recorded drives to weights that answer, stopped in between."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lead import InputError
from lead.cli.main import app
from lead.dataset.codecs import encode_depth, encode_rgb, encode_semantics
from lead.dataset.rig import rig_named
from lead.dataset.route_record import DriveRecord, Verdict, write_record
from lead.drive.student.checkpoint import find_checkpoint
from lead.model.weights import load_ensemble
from lead.train.logs import read_table
from lead.train.overrides import overridden
from lead.train.recipes import RECIPES, recipe_named
from tests.dataset import made, street

TOWN, FRAMES, RIG = "VillageCrossing", 14, rig_named("nano")
SHORT = ("epochs=1", "batch=4", "data.workers=0", "data.validation=0.5", "pace.log=1")
SLIM = ("model.radar.layers=1", "planner.cached_epochs=1", "planner.pace.validate=1")


def record_drives(root, count):
    """Drives of FRAMES frames each, with pictures of `nano`'s size."""
    picture = np.random.default_rng(0).integers(0, 255, (4, 12, 3), np.uint8)
    size = (sum(camera.width for camera in RIG.cameras), RIG.cameras[0].height)
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)
    frames = []
    for frame in street.drive(FRAMES):
        coded = {"rgb": encode_rgb(picture, 90), "semantics": encode_semantics(picture[..., 0] % 10),
                 "depth": encode_depth(picture[..., 1] / 5.0)}  # fmt: skip
        frames.append(replace(frame, view=replace(frame.view, **coded), perturbed=replace(frame.perturbed, **coded)))
    for number in range(count):
        folder = made.write(root / f"{number}", frames, town=TOWN, rig=RIG)
        record = DriveRecord(
            route=str(number), town=TOWN, situations=(), weather="ClearNoon", seed=0, repetition=0, frames=FRAMES,
            ticks=5 * FRAMES, status="Completed", driving_score=100.0, route_completion=100.0, infractions={},
            verdict=Verdict(True, "made"), versions={},
        )  # fmt: skip
        write_record(folder, record)
    return root


def lead(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_all_stages_are_trained_and_the_weights_answer(tmp_path):
    data, out = record_drives(tmp_path / "data", 4), tmp_path / "out"
    command = ("train", "nano", "--data", data, "--out", out, "--device", "cpu", *SHORT, *SLIM)
    assert lead(*command, "--stage", "pretrain").exit_code == 0
    result = lead(*command)
    assert result.exit_code == 0 and str(out / "planner" / "model") in result.output.replace("\n", "")
    pretrained, trained = (read_table(out / name / "train.csv") for name in ("pretrain", "posttrain"))
    assert len(pretrained) > 1 and "loss_target_speed" in trained[-1] and "loss_target_speed" not in pretrained[-1]
    (metrics,) = read_table(out / "posttrain" / "validation.csv")
    assert {"route_l1", "waypoint_l1", "speed_l1", "semantic_iou", "bev_iou", "box_map"} <= set(metrics)
    assert list((out / "posttrain" / "events").glob("events.*"))
    (last,) = read_table(out / "planner" / "validation.csv")
    assert last["bev_iou"] == metrics["bev_iou"]  # perception is as it was
    ensemble = load_ensemble(find_checkpoint(out).folder)
    assert len(ensemble) == 1 and ensemble.config.name == "nano"


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "nano-blind"])
def test_recipes_train_perception_first(name):
    recipe = recipe_named(name)
    first, second, *rest = recipe.stages
    assert (first.name, second.name) == ("pretrain", "posttrain")
    assert [stage.name for stage in rest] == (["planner"] if name == "nano" else [])
    assert first.model == replace(second.model, planning=None) and second.model.planning is not None
    assert second.data.selection.skip_last == 8 and first.data.selection.skip_last == 1
    assert overridden(recipe, []) == recipe


def test_what_is_blind_is_trained_as_the_second_stage_of_nano_is():
    (blind,), (_, planned, _) = recipe_named("nano-blind").stages, recipe_named("nano").stages
    assert blind == replace(planned, model=blind.model)
    assert blind.model.planning.layers == planned.model.planning.layers


def test_settings_are_changed_in_one_stage_or_in_all():
    recipe = overridden(recipe_named("tfv6-resnet34"), ["optimiser.lr=1e-4", "pretrain.epochs=3", "optimiser.clip=1"])
    assert [stage.optimiser.lr for stage in recipe.stages] == [1e-4, 1e-4]
    assert [stage.epochs for stage in recipe.stages] == [3, 31]
    assert recipe.stages[1].model.planning.waypoints == 8


@pytest.mark.parametrize(
    "change, message",
    [
        ("optimiser.rl=1", "no setting 'rl'; there are lr"),
        ("learning.rate=1", "no setting 'learning'"),
        ("epochs", "expected key=value"),
        ("epochs=many", "epochs: Input should be a valid integer"),
        ("batch=0", "batch: Input should be greater"),
        ("schedule.kind=stairs", "schedule.kind"),
    ],
)
def test_settings_that_are_none_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        overridden(recipe_named("nano"), [change])


def test_unknown_recipes_and_stages_are_refused(tmp_path):
    with pytest.raises(InputError, match="no recipe 'nono'; there are tfv6-resnet34"):
        recipe_named("nono")
    with pytest.raises(InputError, match="no stage 'finetune'"):
        lead("train", "nano", "--data", tmp_path, "--out", tmp_path, "--stage", "finetune")
    with pytest.raises(InputError, match="holds no routes|no folder|published"):
        lead("train", "nano", "--data", tmp_path, "--out", tmp_path / "out", "--device", "cpu")


def test_a_recipe_may_be_a_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from lead.train.recipes import holding_out, nano\n\ndef recipe():\n    return holding_out(nano(), 'Town13')\n"
    )
    recipe = recipe_named(str(path))
    assert all(stage.data.selection.not_towns == ("Town13",) for stage in recipe.stages)
    path.write_text("recipe = 5\n")
    with pytest.raises(InputError, match="no function recipe"):
        recipe_named(str(path))
