"""The weights that a student drives with: found, checked, loaded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch

from lead import InputError
from lead.model.config import ModelConfig
from lead.model.ensemble import Ensemble
from lead.model.hub import PUBLISHED, fetch_published
from lead.model.shipped import SHIPPED, shipped
from lead.model.weights import CONFIG, checkpoint_files, load_config, load_ensemble
from lead.train.checkpoint import MODEL
from lead.train.recipes import STAGES
from lead.train.senses import FILE, Senses, read_senses

BLOCK = 1 << 24  # bytes read at once


@dataclass(frozen=True)
class Checkpoint:
    """What lies in a folder of weights, before they are read.

    Attributes:
        folder: of `config.json` and the weights.
        model: what they are of.
        senses: what it must be given.
    """

    folder: Path
    model: ModelConfig
    senses: Senses

    def load(self, device: str) -> Ensemble:
        """All models of the folder as one. Raises InputError."""
        if device == "cuda" and not torch.cuda.is_available():
            raise InputError("found no GPU for device=cuda; leave the option out to drive on the CPU")
        return load_ensemble(self.folder, device)


def find_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint that a path means.

    Args:
        path: a folder with `config.json` and weights, published or ours; the folder of a training run, or of a stage of
            one; or a name: of weights that ship with the package, or of published ones, which are then downloaded.

    Raises InputError if there is none, it is damaged, or it cannot drive.
    """
    folder = _named(path) if not path.exists() else None
    folder = folder or _weights_below(path)
    model = load_config(folder)
    checkpoint_files(folder)
    if model.planning is None:
        raise InputError(
            f"{folder} holds model {model.name}, which has no planner; expected weights of the second stage"
        )
    return Checkpoint(folder, model, read_senses(folder, model))


def digest(path: Path) -> str:
    """What tells weights and settings of a checkpoint from others: a hash over its files. Raises InputError."""
    folder = find_checkpoint(path).folder
    found = hashlib.sha256()
    for file in [folder / CONFIG, folder / FILE, *checkpoint_files(folder)]:
        if file.is_file():
            found.update(file.name.encode())
            with file.open("rb") as opened:
                while block := opened.read(BLOCK):
                    found.update(block)
    return found.hexdigest()


def _named(name: Path) -> Path | None:
    """The folder of weights that are known by a name, None if there is no such name. Raises InputError."""
    if str(name) in SHIPPED:
        return shipped(str(name))
    return fetch_published(str(name)) if str(name) in PUBLISHED else None


def _weights_below(path: Path) -> Path:
    """The folder of weights that a path of a user means."""
    if not path.is_dir():
        raise InputError(
            f"there is no folder {path}; expected one with {CONFIG} and model*.pth or model*.safetensors, that of a "
            f"training run, or a name ({', '.join((*SHIPPED, *PUBLISHED))})"
        )
    if (path / CONFIG).is_file():
        return path
    if (path / MODEL / CONFIG).is_file():
        return path / MODEL
    stages = sorted(config.parent for config in path.glob(f"*/{MODEL}/{CONFIG}"))
    planners = [folder for folder in stages if load_config(folder).planning is not None]
    if len(planners) == 1:
        return planners[0]
    if planners and all(folder.parent.name in STAGES for folder in planners):
        return max(planners, key=lambda folder: STAGES.index(folder.parent.name))
    if planners:
        told = ", ".join(str(folder) for folder in planners)
        raise InputError(f"{path} holds several students ({told}); name one of them")
    raise InputError(
        f"{path} holds no weights to drive with: no {CONFIG}, and no */{MODEL}/{CONFIG} of a model with a planner "
        + (f"(found {', '.join(str(folder) for folder in stages)})" if stages else "")
    )
