"""Submissions to Waymo's end-to-end driving challenge: `E2EDChallengeSubmission` shards in a tar.gz, written and checked.

One plan of 5 s for each frame of the test list. The tutorial's shard names (`part0`) are refused by the server ("No
shards found"); it looks for `mysubmission.binproto-00000-of-00001` (waymo-open-dataset, issue 936).
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.waymo.frame import FUTURE
from lead.realworld.waymo.messages import SubmissionMessage, parse
from lead.realworld.waymo.submission_rules import (
    FOLDER,
    SUBMISSION_TYPE,
    Submission,
    SubmissionMeta,
    faults_of_meta,
    faults_of_predictions,
    faults_of_shard_names,
    raise_faults,
    shard_name,
)
from lead.whole_file import written_whole

SUFFIX = ".tar.gz"
MOST_BYTES = 1 << 28  # unpacked size beyond which an archive is no submission: 1505 plans take 0.4 MB
NO_SUBMISSION = "expected an E2EDChallengeSubmission; write the file with write_submission"


def write_submission(
    predictions: Mapping[str, NDArray[np.floating]] | Iterable[tuple[str, NDArray[np.floating]]],
    meta: SubmissionMeta,
    out: Path,
    *,
    frame_names: Collection[str] | None,
    shards: int = 1,
) -> Submission:
    """Write the archive to upload, once all that the challenge asks for is there; returns what was read back from it.

    `predictions`: plan (20, 2) by frame name: x forward, y left (m) at 0.25 ... 5 s in the vehicle's ISO frame.
    `frame_names`: the frames to cover (`read_frame_names`), None where that cannot be checked. Equal input gives equal
    bytes. Raises InputError that lists all faults, before anything is written.
    """
    pairs = predictions.items() if isinstance(predictions, Mapping) else predictions
    plans = sorted(((name, np.asarray(plan)) for name, plan in pairs), key=lambda pair: pair[0])
    faults = [*faults_of_meta(meta), *faults_of_predictions(plans, frame_names)]
    if not out.name.endswith(SUFFIX):
        faults.append(f"found the file name {out.name}, expected one that ends in {SUFFIX}")
    if not 1 <= shards <= max(1, len(plans)):
        faults.append(f"found {shards} shards for {len(plans)} predictions, expected at least one prediction in each")
    raise_faults("submission", faults)
    parts = [plans[k * len(plans) // shards : (k + 1) * len(plans) // shards] for k in range(shards)]
    with written_whole(out) as temporary:
        with (
            temporary.open("wb") as file,
            gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for number, part in enumerate(parts):
                data = _message(part, meta).SerializeToString(deterministic=True)
                entry = tarfile.TarInfo(f"{FOLDER}/{shard_name(number, shards)}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        return check_submission(temporary, frame_names)


def check_submission(path: Path, frame_names: Collection[str] | None = None) -> Submission:
    """Read an archive as the challenge does, and check all that it asks for.

    `frame_names`: the frames to cover; without them that is not checked. Raises InputError that lists all faults,
    OSError on a file that cannot be opened.
    """
    shards = _shards(path)
    messages = [parse(SubmissionMessage, data, f"{path}: {name}", NO_SUBMISSION) for name, data in shards]
    faults = faults_of_shard_names([name for name, _ in shards])
    plans: list[tuple[str, NDArray[np.float32]]] = []
    metas: list[SubmissionMeta] = []
    for (name, _), message in zip(shards, messages):
        if message.submission_type != SUBMISSION_TYPE:
            faults.append(f"{name}: found submission type {message.submission_type}, expected {SUBMISSION_TYPE}")
        if not message.HasField("uses_public_model_pretraining"):
            faults.append(f"{name}: found no uses_public_model_pretraining, expected it: true or false")
        if not message.predictions:
            faults.append(f"{name}: found no predictions, expected some in each shard")
        metas.append(_meta(message))
        for prediction in message.predictions:
            x, y = prediction.trajectory.pos_x, prediction.trajectory.pos_y
            if len(x) == len(y):
                plans.append((prediction.frame_name, np.array([x, y], np.float32).T))
            else:
                faults.append(f"{prediction.frame_name}: found {len(x)} x and {len(y)} y, expected {FUTURE} of either")
    if any(meta != metas[0] for meta in metas):
        faults.append("found shards that differ in their metadata, expected the same in all")
    faults += [fault for meta in metas[:1] for fault in faults_of_meta(meta)]
    faults += faults_of_predictions(plans, frame_names)
    raise_faults(str(path), faults)
    return Submission(metas[0], MappingProxyType(dict(plans)), len(shards), frame_names is not None)


def _message(plans: list[tuple[str, NDArray[np.floating]]], meta: SubmissionMeta) -> Message:
    message = SubmissionMessage(submission_type=SUBMISSION_TYPE, **vars(meta))
    for name, plan in plans:
        x, y = plan.astype(np.float32).T.tolist()
        message.predictions.add(frame_name=name, trajectory={"pos_x": x, "pos_y": y})
    return message


def _meta(message: Message) -> SubmissionMeta:
    values = {name: getattr(message, name) for name in SubmissionMeta.__dataclass_fields__}
    for name in ("authors", "public_model_names"):
        values[name] = tuple(values[name])
    return SubmissionMeta(**values)


def _shards(path: Path) -> list[tuple[str, bytes]]:
    """Names (without folder) and bytes of the archive's files. Raises InputError on what is no such archive."""
    try:
        with gzip.open(path) as packed:
            unpacked = packed.read(MOST_BYTES + 1)  # whole, so that the checksum at its end is checked
        if len(unpacked) > MOST_BYTES:
            raise InputError(f"{path}: found more than {MOST_BYTES} bytes unpacked, {NO_SUBMISSION}")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            entries = [entry for entry in archive if not entry.isdir()]
            for entry in entries:
                if not entry.isfile():
                    raise InputError(f"{path}: found {entry.name}, a link or a device, {NO_SUBMISSION}")
            shards = [(Path(entry.name).name, archive.extractfile(entry).read()) for entry in entries]
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path}: found no whole tar.gz ({error}), {NO_SUBMISSION}") from error
    if not shards:
        raise InputError(f"{path}: found an archive without files, {NO_SUBMISSION}")
    return shards
