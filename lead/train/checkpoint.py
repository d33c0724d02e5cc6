"""What a run needs to go on: written whole or not at all, read without running code."""

import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from lead import InputError, LeadError
from lead.model.transfuser import TransFuser
from lead.model.weights import mismatches, save_model
from lead.train.step import Trainer

FORMAT = "lead-training-1"
FILE = "checkpoint.pt"
"""In a stage's folder; the weights to drive with lie beside it in `model/`."""
MODEL = "model"
PLANNER = "planning_decoder."
"""Begins the names of parameters that perception has not."""


class CheckpointError(LeadError):
    """A checkpoint could not be written; the one before is still there, whole."""


def save_checkpoint(folder: Path, trainer: Trainer, progress: Mapping[str, Any]) -> Path:
    """Write the checkpoint of a stage's folder and the weights to drive with; `progress` is plain values and tensors.

    Raises CheckpointError if there is no room for it; what was there before stays.
    """
    state = {
        "format": FORMAT,
        "variant": trainer.stage.model.name,
        "model": trainer.model.state_dict(),
        "average": None if trainer.average is None else trainer.average.model.state_dict(),
        "optimiser": trainer.optimiser.state_dict(),
        "progress": dict(progress),
    }
    path = folder / FILE
    try:
        _replace(path, state)
        _replace_model(folder / MODEL, trainer.best)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path} could not be written ({error}); the one before is kept: make room and run the command again"
        ) from error
    return path


def load_checkpoint(folder: Path, trainer: Trainer) -> dict[str, Any]:
    """Put a trainer back to where it was saved, and return the progress. Raises InputError if it is of another model."""
    path = folder / FILE
    state = _read(path)
    check_fits(trainer.model, state["model"], f"{path} (of variant {state['variant']})")
    trainer.model.load_state_dict(state["model"])
    if (trainer.average is None) != (state["average"] is None):
        raise InputError(f"{path} was saved with{'out' if trainer.average else ''} optimiser.ema; train on as it was")
    if trainer.average is not None:
        trainer.average.model.load_state_dict(state["average"])
    trainer.optimiser.load_state_dict(state["optimiser"])
    return state["progress"]


def start_from(model: TransFuser, state: Mapping[str, Tensor], source: str) -> None:
    """Begin with the weights of an earlier stage; only the planner may be missing in them. Raises InputError."""
    fresh = {name: value for name, value in model.state_dict().items() if name.startswith(PLANNER)}
    merged = fresh | dict(state)
    check_fits(model, merged, source)
    model.load_state_dict(merged)


def check_fits(model: TransFuser, state: Mapping[str, Tensor], source: str) -> None:
    """Raises InputError that says why weights do not fit a model."""
    faults = mismatches(model, state)
    if faults:
        raise InputError(
            f"{source} does not fit model {model.config.name}: {'; '.join(faults)}; train the variant that it is of, "
            "or into another folder"
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise InputError(f"{path} is no readable checkpoint: {error}; remove it to begin anew") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise InputError(f"{path} is no checkpoint of format {FORMAT}; remove it to begin anew")
    return state


def _replace(path: Path, state: Mapping[str, Any]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, RuntimeError):  # torch's writer on a full disk
            raise OSError(str(error)) from error
        raise


def _replace_model(folder: Path, model: TransFuser) -> None:
    """The weights by themselves, each file whole."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        weights = save_model(Path(temporary), model)
        for path in sorted(Path(temporary).iterdir(), key=lambda path: path == weights):
            os.replace(path, folder / path.name)
