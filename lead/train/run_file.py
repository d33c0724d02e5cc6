"""The resolved settings of a stage beside its weights; a run that goes on must be the same run."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from lead import InputError, __version__
from lead.train.checkpoint import FILE
from lead.train.config import StageConfig
from lead.whole_file import replace_text

RUN = "run.json"
FREE = ("pace.", "data.workers", "data.prefetch")
"""Settings that may change when a run goes on: they do not change what is learnt."""

_ADAPTER = TypeAdapter(StageConfig)


@dataclass(frozen=True)
class Origin:
    """Where a run comes from, for those who look at it later; none of it need be the same when the run goes on.

    Attributes:
        recipe: its name, or its file.
        data: folders trained on, as they were named.
        data_sha256: of the data sets' manifests, "" where there is none.
        initial: weights that the run's first stage began with, "" for none; a later one begins with those before it.
        command: that makes the run again.
    """

    recipe: str = ""
    data: str = ""
    data_sha256: str = ""
    initial: str = ""
    command: str = ""


UNKNOWN = Origin()


def settle(stage: StageConfig, folder: Path, origin: Origin = UNKNOWN) -> None:
    """Write the settings of a stage into its folder. Raises InputError if it holds a checkpoint of other settings."""
    folder.mkdir(parents=True, exist_ok=True)
    path, told = folder / RUN, stage_to_json(stage)
    if path.exists() and (folder / FILE).exists():
        before = json.loads(path.read_text())["stage"]
        changed = [line for line in differences(before, told) if not line.startswith(FREE)]
        if changed:
            raise InputError(
                f"{folder} holds a run with other settings: {'; '.join(changed)}. Train as it was begun, or into another folder"
            )
    replace_text(path, json.dumps({"lead": __version__, **asdict(origin), "stage": told}, indent=1) + "\n")


def stage_to_json(stage: StageConfig) -> dict[str, Any]:
    """A stage as a JSON object."""
    return json.loads(json.dumps(_ADAPTER.dump_python(stage, mode="json")))


def differences(before: Any, now: Any, name: str = "") -> Iterator[str]:
    """Where two JSON values differ, as `name before -> now`."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in [*before, *(key for key in now if key not in before)]:
            yield from differences(before.get(key), now.get(key), f"{name}.{key}".lstrip("."))
    elif before != now:
        yield f"{name} {before} -> {now}"
