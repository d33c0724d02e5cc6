"""Published weights by name, from the Hugging Face hub or from its cache on disk."""

from collections.abc import Mapping
from pathlib import Path

import torch
from huggingface_hub import hf_hub_download, snapshot_download

from lead import InputError
from lead.model.transfuser import TransFuser
from lead.model.weights import mismatches, read_weights

PUBLISHED: Mapping[str, tuple[str, str]] = {
    "tfv6_resnet34": ("ln2697/tfv6", "tfv6_resnet34"),
    "tfv6_regnety032": ("ln2697/tfv6", "tfv6_regnety032"),
    "4cameras_resnet34": ("ln2697/tfv6", "4cameras_resnet34"),
    "noradar_resnet34": ("ln2697/tfv6", "noradar_resnet34"),
    "visiononly_resnet34": ("ln2697/tfv6", "visiononly_resnet34"),
    "town13heldout_resnet34": ("ln2697/tfv6", "town13heldout_resnet34"),
    "navsim": ("ln2697/tfv6_navsim", ""),
}
"""Repository and folder within it, by the name of published weights."""

IMAGENET: Mapping[str, str] = {
    "resnet18": "timm/resnet18.a1_in1k",
    "resnet34": "timm/resnet34.a1_in1k",
    "regnety_002": "timm/regnety_002.pycls_in1k",
    "regnety_032": "timm/regnety_032.ra_in1k",
}
"""Repository of an encoder's ImageNet weights."""

CLASSIFIER = ("fc.", "head.")
"""Parameters that classify images, which an encoder has no use for."""


def fetch_published(name: str, cache: Path | None = None, offline: bool = False) -> Path:
    """A folder with published weights, downloaded if they are not in `cache` (the hub's own by default).

    Raises InputError for an unknown name, and when the hub cannot be reached and the cache does not hold them.
    """
    if name not in PUBLISHED:
        raise InputError(f"no published weights {name!r}; there are {', '.join(PUBLISHED)}, or give a folder")
    repository, folder = PUBLISHED[name]
    wanted = [f"{folder}/{pattern}" if folder else pattern for pattern in ("config.json", "model*.pth")]
    try:
        root = snapshot_download(repository, allow_patterns=wanted, cache_dir=cache, local_files_only=offline)
    except OSError as error:  # HTTP errors are OSErrors
        raise InputError(_unreachable(repository, "; ".join(wanted), error)) from error
    return Path(root) / folder


def load_imagenet(model: TransFuser, cache: Path | None = None, offline: bool = False) -> None:
    """Give a model's image encoder its ImageNet weights; the LiDAR encoder keeps its own.

    Raises InputError for an encoder without published weights, and when they can neither be found nor downloaded.
    """
    architecture = model.config.backbone.image_architecture if model.config.backbone else None
    if architecture not in IMAGENET:
        raise InputError(f"no ImageNet weights of {architecture!r} are known; there are {', '.join(IMAGENET)}")
    repository, file = IMAGENET[architecture], "model.safetensors"
    try:
        path = hf_hub_download(repository, file, cache_dir=cache, local_files_only=offline)
    except OSError as error:  # HTTP errors are OSErrors
        raise InputError(_unreachable(repository, file, error)) from error
    put_imagenet(model, read_weights(Path(path)), repository)


def put_imagenet(model: TransFuser, state: Mapping[str, torch.Tensor], source: str) -> None:
    """Put a classifier's weights into the image encoder. Raises InputError if they do not fit it."""
    encoder = model.backbone.image_encoder
    state = {name: value for name, value in state.items() if not name.startswith(CLASSIFIER)}
    faults = mismatches(encoder, state)
    if faults:
        architecture = model.config.backbone.image_architecture
        raise InputError(f"{source} does not fit encoder {architecture}: {'; '.join(faults)}")
    encoder.load_state_dict(dict(state))


def _unreachable(repository: str, wanted: str, error: Exception) -> str:
    return (
        f"{wanted} of https://huggingface.co/{repository} is not on this machine and could not be downloaded "
        f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}). "
        "Connect to the internet, or copy the files into a folder and give its path"
    )
