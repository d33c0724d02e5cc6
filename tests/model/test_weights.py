"""Weights come back as they were saved; what does not fit is refused in words a user can act on."""

import json
from dataclasses import replace

import pytest
import torch

from lead import InputError
from lead.model.config_file import config_from_json, config_to_json
from lead.model.hub import fetch_published, load_imagenet, put_imagenet
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS, nano, visiononly
from lead.model.weights import load_ensemble, load_model, load_strictly, read_weights, save_model


@pytest.mark.parametrize("name", VARIANTS)
def test_a_configuration_survives_json(name):
    config = VARIANTS[name]()
    assert config_from_json(json.loads(json.dumps(config_to_json(config))), "here") == config


def test_unknown_and_wrong_fields_are_named():
    values = config_to_json(nano())
    values["backbone"]["dropout"] = 0.1
    values["bev"]["min_x"] = "left"
    with pytest.raises(InputError, match=r"bev.min_x.*backbone.dropout"):
        config_from_json(values, "config.json")
    with pytest.raises(InputError, match="format"):
        config_from_json({}, "config.json")


def test_a_model_survives_the_disk(tmp_path, nano_model):
    save_model(tmp_path, nano_model)
    loaded = load_model(tmp_path)
    assert loaded.config == nano_model.config
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in nano_model.state_dict().items())


def test_every_seed_in_a_folder_joins_the_ensemble(tmp_path, nano_model):
    save_model(tmp_path, nano_model, "model_0")
    save_model(tmp_path, TransFuser(nano()), "model_1")
    assert len(load_ensemble(tmp_path)) == 2


def test_an_official_folder_loads(tmp_path, fixtures_folder):
    (tmp_path / "config.json").write_bytes((fixtures_folder / "visiononly.config.json").read_bytes())
    model = TransFuser(replace(visiononly(), compat=True))
    torch.save(model.state_dict(), tmp_path / "model_0030_0.pth")
    loaded = load_model(tmp_path)
    assert loaded.config == replace(visiononly(), name=tmp_path.name, compat=True)
    assert torch.equal(loaded.backbone.c5_conv.weight, model.backbone.c5_conv.weight)


def test_weights_that_do_not_fit_are_described(nano_model):
    state = dict(nano_model.state_dict())
    state["planning_decoder.query"] = torch.zeros(1, 3, 64)
    state["surplus"] = state.pop("radar_detector.q")
    with pytest.raises(InputError, match=r"1 missing \(radar_detector.q\).*1 not known \(surplus\).*\(1, 3, 64\)"):
        load_strictly(nano_model, state, "here")


def test_weights_of_another_variant_are_recognised(nano_model):
    with torch.device("meta"):
        other = TransFuser(visiononly())
    with pytest.raises(InputError, match="weights of variant visiononly"):
        load_strictly(nano_model, other.state_dict(), "here")


class Harm:
    def __reduce__(self):
        return print, ("code from a checkpoint ran",)


def test_a_checkpoint_cannot_run_code(tmp_path, capsys):
    torch.save({"weight": Harm()}, tmp_path / "model.pth")
    with pytest.raises(InputError, match="no readable weights"):
        read_weights(tmp_path / "model.pth")
    assert "ran" not in capsys.readouterr().out


def test_empty_and_broken_folders_are_described(tmp_path):
    with pytest.raises(InputError, match="no config.json"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="detect_boxes|use_carla_data"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("no")
    with pytest.raises(InputError, match="no JSON"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config_to_json(nano())))
    with pytest.raises(InputError, match="no weights"):
        load_model(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(InputError, match="no readable weights"):
        load_model(tmp_path)


def test_what_cannot_be_downloaded_is_explained(tmp_path):
    with pytest.raises(InputError, match="tfv6_resnet34"):
        fetch_published("tfv7")
    with pytest.raises(InputError, match="Connect to the internet"):
        fetch_published("tfv6_resnet34", cache=tmp_path, offline=True)
    model = TransFuser(replace(nano(), backbone=replace(nano().backbone, image_architecture="regnety_002")))
    with pytest.raises(InputError, match="timm/regnety_002"):
        load_imagenet(model, cache=tmp_path, offline=True)


def test_imagenet_weights_enter_the_image_encoder_alone(nano_model):
    encoder = nano_model.backbone.image_encoder
    state = {name: torch.full_like(value, 2) for name, value in encoder.state_dict().items()}
    model = TransFuser(nano())
    before = model.backbone.lidar_encoder.conv1.weight.clone()
    put_imagenet(model, state | {"fc.weight": torch.zeros(1000, 128)}, "here")
    assert model.backbone.image_encoder.conv1.weight.eq(2).all()
    assert torch.equal(model.backbone.lidar_encoder.conv1.weight, before)
    with pytest.raises(InputError, match="1 missing"):
        put_imagenet(model, {name: value for name, value in state.items() if name != "conv1.weight"}, "here")
