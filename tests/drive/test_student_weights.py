"""How students are named and their weights found, and what is told when there is something wrong with them."""

from dataclasses import replace
from pathlib import Path

import pytest
from weights import nano_weights, official_weights

from lead import InputError
from lead.dataset.header import Mounted
from lead.drive.agent import check_spec
from lead.drive.evaluation import Evaluation
from lead.drive.sensors.tracks import check_sensors
from lead.drive.student.checkpoint import digest, find_checkpoint
from lead.drive.student.options import Options, parse_student
from lead.drive.student.sensing import sensors_of
from lead.drive.student.usual import settled
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS, variant
from lead.model.weights import save_model
from lead.train.senses import Senses, assumed_senses, read_senses, write_senses

DRIVING = ("resnet34", "regnety032", "noradar", "visiononly", "visiononly_radar", "4cameras", "tfv5planner", "nano")


def test_options_stand_behind_the_path():
    path, options = parse_student("student:runs/nano,stop_signs=on,every=2,pop=4.5,steer=waypoints,kalman=off")
    assert path == Path("runs/nano")
    assert options == Options(stop_signs=True, every=2, pop=4.5, steer="waypoints", kalman=False)
    assert parse_student("runs/nano") == (path, Options())


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("student", "expected 'student:PATH"),
        ("student:", "expected 'student:PATH"),
        ("student:runs,fast=on", "found option 'fast=on' of .*, expected option=value with steer, speed, creep"),
        ("student:runs,creep", "found option 'creep'"),
        ("student:runs,every=0", "every=0: Input should be greater than or equal to 1"),
        ("student:runs,steer=left", "steer=left: Input should be 'route', 'pursuit' or 'waypoints'"),
        ("student:no/such/folder", "there is no folder no/such/folder; expected one with config.json"),
    ],
)
def test_wrong_names_are_told(spec: str, message: str):
    with pytest.raises(InputError, match=message):
        check_spec(spec)


def test_weights_are_found_where_training_leaves_them(tmp_path: Path):
    run = tmp_path / "run"
    perception = replace(variant("nano"), planning=None)
    save_model(run / "pretrain" / "model", TransFuser(perception))
    with pytest.raises(InputError, match=r"no weights to drive with.*found .*pretrain/model"):
        check_spec(f"student:{run}")
    with pytest.raises(InputError, match="has no planner; expected weights of the second stage"):
        check_spec(f"student:{run / 'pretrain'}")
    weights = nano_weights(run / "posttrain" / "model", jpeg_quality=90)
    for path in (run, run / "posttrain", weights):
        found = find_checkpoint(path)
        assert found.folder == weights and found.senses.jpeg_quality == 90 and found.senses.pop_distance == 3.25
    nano_weights(run / "again" / "model")
    with pytest.raises(InputError, match="holds several students .*again/model.*posttrain/model"):
        check_spec(f"student:{run}")


def test_damage_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="holds no weights to drive with"):
        check_spec(f"student:{tmp_path}")
    folder = nano_weights(tmp_path / "nano", jpeg_quality=90)
    (folder / "senses.json").write_text('{"rig": 3}')
    with pytest.raises(InputError, match=r"senses.json cannot be read: rig"):
        check_spec(f"student:{folder}")
    (folder / "model_0.safetensors").unlink()
    with pytest.raises(InputError, match=r"holds no weights; expected model\*.safetensors"):
        check_spec(f"student:{folder}")


NANO = assumed_senses(variant("nano")).rig


@pytest.mark.parametrize(
    ("rig", "message"),
    [
        (replace(NANO, cameras=NANO.cameras[:2]), "its 2 cameras make pictures of 384 x 128 pixels, the model sees"),
        (replace(NANO, lidars=()), "it has no LiDAR"),
        (replace(NANO, radars=()), "it has 0 radars, the model listens to 4"),
    ],
)
def test_a_rig_that_does_not_fit_is_told(tmp_path: Path, rig: Mounted, message: str):
    folder = nano_weights(tmp_path)
    write_senses(folder, Senses(rig))
    with pytest.raises(InputError, match=message):
        check_spec(f"student:{folder}")


def test_larger_pictures_fit_and_senses_are_read_as_written(tmp_path: Path):
    cameras = tuple(replace(camera, width=3 * camera.width, height=3 * camera.height) for camera in NANO.cameras)
    senses = Senses(replace(NANO, cameras=cameras), 30, 5.0, True)
    write_senses(tmp_path, senses)
    assert read_senses(tmp_path, variant("nano")) == senses


@pytest.mark.parametrize("name", DRIVING)
def test_every_variant_that_drives_says_sensors_that_its_track_allows(name: str):
    model = variant(name)
    sensors = sensors_of(assumed_senses(model).rig)
    check_sensors(sensors, "SENSORS")
    assert sum(s["type"] == "sensor.camera.rgb" for s in sensors) == len(model.rig.cameras)


@pytest.mark.parametrize("name", sorted(set(VARIANTS) - set(DRIVING) - {"pretrain", "nano_blind"}))
def test_variants_of_real_drives_are_refused(name: str):
    with pytest.raises(InputError, match="looks through the cameras of a data set of real drives"):
        assumed_senses(variant(name))


def test_published_directories_are_known_by_their_config(tmp_path: Path):
    found = find_checkpoint(official_weights(tmp_path / "tfv6", "resnet34"))
    assert found.model.compat and found.senses.jpeg_quality == 90 and found.senses.noisy_points
    blind = find_checkpoint(official_weights(tmp_path / "cameras", "visiononly"))
    kinds = {sensor["type"] for sensor in sensors_of(settled(blind, Options()).rig)}
    assert "sensor.lidar.ray_cast" not in kinds and "sensor.other.radar" not in kinds
    assert len(settled(blind, Options(creep=True)).rig.lidars) == 2
    with pytest.raises(InputError, match="has no planner"):
        check_spec(f"student:{official_weights(tmp_path / 'pre', 'resnet34', use_planning_decoder=False)}")


def test_what_is_not_predicted_cannot_be_asked_for(tmp_path: Path):
    folder = official_weights(tmp_path, "resnet34", predict_target_speed=False)
    check_spec(f"student:{folder}")
    with pytest.raises(InputError, match=r"predicts no target speed \(speed=target\); leave the options out"):
        check_spec(f"student:{folder},speed=target")


def test_results_of_other_weights_do_not_belong_together(tmp_path: Path):
    folder = nano_weights(tmp_path)
    spec = Evaluation(f"student:{folder},creep=on", "mini", "leaderboard-2.0")
    before = spec.identity()["agent_sha256"]
    assert before == digest(folder) == spec.identity()["agent_sha256"]
    nano_weights(tmp_path, members=2)
    assert spec.identity()["agent_sha256"] != before
