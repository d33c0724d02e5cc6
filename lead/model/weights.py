"""Models from disk and back: published checkpoints, and our own as safetensors beside a `config.json`."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from lead import InputError
from lead.model.config import ModelConfig
from lead.model.config_file import FORMAT, config_from_json, config_to_json
from lead.model.ensemble import Ensemble
from lead.model.official_config import config_from_official
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS

CONFIG = "config.json"
SHOWN = 4
"""Parameters that an error names."""


def save_model(folder: Path, model: TransFuser, stem: str = "model") -> Path:
    """Write `config.json` and `STEM.safetensors` into a folder, which is made if need be; returns the latter's path.

    Models of one configuration saved under stems that begin with "model" make up an ensemble.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(config_to_json(model.config), indent=1) + "\n")
    path = folder / f"{stem}.safetensors"
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, path)
    return path


def load_config(folder: Path) -> ModelConfig:
    """The configuration in a folder of ours or of a published checkpoint. Raises InputError."""
    path = folder / CONFIG
    if not path.is_file():
        raise InputError(
            f"{folder} holds no {CONFIG}; expected a folder with {CONFIG} and model*.safetensors or model*.pth"
        )
    try:
        values = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is no JSON object")
    if values.get("format") == FORMAT:
        return config_from_json(values, str(path))
    return config_from_official(values, str(path), folder.resolve().name)


def checkpoint_files(folder: Path) -> list[Path]:
    """Files of weights in a folder, one a seed, in order of their names. Raises InputError if there is none."""
    files = sorted(folder.glob("model*.safetensors")) or sorted(folder.glob("model*.pth"))
    if not files:
        raise InputError(f"{folder} holds no weights; expected model*.safetensors or model*.pth")
    return files


def load_model(folder: Path, file: str | None = None, device: torch.device | str = "cpu") -> TransFuser:
    """One model of a folder, in evaluation mode: the weights of `file`, or the first there. Raises InputError."""
    config = load_config(folder)
    path = folder / file if file else checkpoint_files(folder)[0]
    return _load(path, config, device)


def load_ensemble(folder: Path, device: torch.device | str = "cpu") -> Ensemble:
    """All models of a folder as one. Raises InputError."""
    config = load_config(folder)
    return Ensemble([_load(path, config, device) for path in checkpoint_files(folder)])


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name from a .safetensors, or from a .pth, of which nothing but tensors is let in. Raises InputError."""
    if not path.is_file():
        raise InputError(f"no weights at {path}")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise InputError(f"{path} holds no readable weights: {error}") from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"{path} is no plain state dict; expected tensors by parameter name")
    return state


def load_strictly(model: TransFuser, state: Mapping[str, Tensor], source: str) -> None:
    """Put weights into a model. Raises InputError that says which parameters do not fit, and whose they may be."""
    faults = mismatches(model, state)
    if faults:
        raise InputError(f"{source} does not fit model {model.config.name}: {'; '.join(faults)}{_whose(state)}")
    model.load_state_dict(dict(state))


def mismatches(model: nn.Module, state: Mapping[str, Tensor]) -> list[str]:
    """What keeps these weights from fitting a model, in words; empty if they fit."""
    own = model.state_dict()
    missing = [name for name in own if name not in state]
    surplus = [name for name in state if name not in own]
    shapes = [
        f"{name} {tuple(state[name].shape)} instead of {tuple(value.shape)}"
        for name, value in own.items()
        if name in state and state[name].shape != value.shape
    ]
    kinds = (("missing", missing), ("not known", surplus), ("of another shape", shapes))
    return [f"{len(names)} {kind} ({_some(names)})" for kind, names in kinds if names]


def _load(path: Path, config: ModelConfig, device: torch.device | str) -> TransFuser:
    model = TransFuser(config)
    load_strictly(model, read_weights(path), str(path))
    return model.to(device).eval()


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def _whose(state: Mapping[str, Tensor]) -> str:
    """The variant that weights are of, for an error; empty if they are of none."""
    for name, build in VARIANTS.items():
        with torch.device("meta"):
            model: Any = TransFuser(replace(build(), compat=True))
        if not mismatches(model, state):
            return f". These are weights of variant {name}"
    return ""
