"""What the end-to-end driving challenge asks of a submission, each rule as the faults that it finds.

Rules: comments of `end_to_end_driving_submission.proto` and the page of the challenge (spec/benchmarks.md, 6).
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.waymo.frame import FUTURE, split_name

FOLDER = "MySubmission"  # the folder in the archive, as in Waymo's tutorial
SUBMISSION_TYPE = 1  # E2ED_SUBMISSION
SHARD = re.compile(r"mysubmission\.binproto-(\d{5})-of-(\d{5})")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PARAMETERS = re.compile(r"[1-9]\d*[KMBT]", re.IGNORECASE)
SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
SHOWN = 10  # faults that a message lists, and names that a fault lists


@dataclass(frozen=True)
class SubmissionMeta:
    """Who submits what. Raises nothing: `faults_of_meta` tells what the challenge would refuse."""

    account_name: str  # e-mail address of the account at waymo.com/open
    unique_method_name: str  # on the leaderboard only the latest result of a name is shown
    authors: tuple[str, ...]
    uses_public_model_pretraining: bool  # whether public language or vision-language models were used
    num_model_parameters: str  # integer and K, M, B or T: see `parameter_count`
    public_model_names: tuple[str, ...] = ()  # which, if so
    affiliation: str = ""
    description: str = ""
    method_link: str = ""


@dataclass(frozen=True, eq=False)
class Submission:
    """A checked submission. `covered` says whether its frames were compared with those that it must cover."""

    meta: SubmissionMeta
    predictions: Mapping[str, NDArray[np.float32]]  # plan (20, 2) m by frame name, ISO vehicle frame
    shards: int
    covered: bool


def parameter_count(parameters: int) -> str:
    """A number of parameters as the challenge wants it, two digits at least: 54358230 is 54M, 1500000 is 1500K."""
    for scale, suffix in SCALES:
        if parameters >= 10 * scale:
            return f"{round(parameters / scale)}{suffix}"
    return f"{max(1, round(parameters / 1e3))}K"


def shard_name(number: int, shards: int) -> str:
    """File name of a shard, counted from 0, as the server wants it."""
    return f"mysubmission.binproto-{number:05d}-of-{shards:05d}"


def faults_of_meta(meta: SubmissionMeta) -> list[str]:
    """What the challenge would refuse in the metadata."""
    faults = []
    if not EMAIL.fullmatch(meta.account_name):
        faults.append(f"account_name: found {meta.account_name!r}, expected the account's full e-mail address")
    if not meta.unique_method_name.strip():
        faults.append("unique_method_name: found none, expected a short name for the leaderboard")
    if isinstance(meta.authors, str) or not meta.authors or not all(author.strip() for author in meta.authors):
        faults.append(f"authors: found {meta.authors!r}, expected one or more names")
    if not PARAMETERS.fullmatch(meta.num_model_parameters):
        faults.append(
            f"num_model_parameters: found {meta.num_model_parameters!r}, expected an integer with K, M, B or T, "
            "such as 54M"
        )
    if meta.uses_public_model_pretraining != bool(meta.public_model_names):
        faults.append(
            f"public_model_names: found {meta.public_model_names!r} with uses_public_model_pretraining = "
            f"{meta.uses_public_model_pretraining}, expected names if and only if such models were used"
        )
    return faults


def faults_of_predictions(
    plans: Sequence[tuple[str, NDArray[np.floating]]], frame_names: Collection[str] | None
) -> list[str]:
    """What is wrong with plans by frame name, and with their set: each frame of `frame_names` exactly once."""
    faults = [fault for name, plan in plans for fault in _faults_of_plan(name, plan)]
    times = Counter(name for name, _ in plans)
    faults += _named("found {} frames predicted more than once", [name for name, count in times.items() if count > 1])
    if frame_names is not None:
        wanted = set(frame_names)
        faults += _named("found no prediction for {} frames", sorted(wanted - times.keys()))
        faults += _named("found predictions for {} frames that are not asked for", sorted(times.keys() - wanted))
    if not plans:
        faults.append("found no predictions, expected one for each frame of the test list")
    return faults


def faults_of_shard_names(names: Sequence[str]) -> list[str]:
    """What keeps the server from finding all shards."""
    wanted = [shard_name(number, len(names)) for number in range(len(names))]
    if sorted(names) == wanted:
        return []
    return [f"found the files {_few(sorted(names))}, expected {_few(wanted)}: the server finds no others"]


def raise_faults(place: str, faults: Sequence[str]) -> None:
    """Raise an InputError that lists the faults, if there are any."""
    if faults:
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        lines = "".join(f"\n- {fault}" for fault in [*faults[:SHOWN], *more])
        raise InputError(f"{place}: found {len(faults)} faults that the challenge would refuse; mend them:{lines}")


def _faults_of_plan(name: str, plan: NDArray[np.floating]) -> list[str]:
    faults = []
    try:
        split_name(name)
    except InputError as error:
        faults.append(str(error))
    if plan.shape != (FUTURE, 2):
        faults.append(f"{name}: found a plan of shape {plan.shape}, expected ({FUTURE}, 2): x, y at 0.25 ... 5 s")
    elif not _fits_float32(plan):
        faults.append(f"{name}: found a plan with values that are not finite, expected metres")
    return faults


def _fits_float32(plan: NDArray[np.floating]) -> bool:
    return bool((np.abs(plan) <= np.finfo(np.float32).max).all())


def _named(text: str, names: Sequence[str]) -> list[str]:
    return [f"{text.format(len(names))}: {_few(names)}"] if names else []


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
