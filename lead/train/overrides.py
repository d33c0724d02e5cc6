"""Settings of a recipe changed by `key=value`, as the command line gives them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lead import InputError
from lead.train.config import Recipe, StageConfig
from lead.train.run_file import stage_to_json

_ADAPTER = TypeAdapter(StageConfig)


def overridden(recipe: Recipe, changes: Sequence[str]) -> Recipe:
    """The recipe with settings changed: `optimiser.lr=1e-4` in all stages, `pretrain.epochs=3` in one.

    Values are JSON, or plain words. Raises InputError on an unknown key or a value of the wrong kind.
    """
    names = [stage.name for stage in recipe.stages]
    told = {stage.name: stage_to_json(stage) for stage in recipe.stages}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise InputError(f"found {change!r}; expected key=value such as optimiser.lr=1e-4 or {names[0]}.epochs=3")
        first, _, rest = key.partition(".")
        for name in [first] if first in names else names:
            _set(told[name], rest if first in names else key, _value(value), change)
    return replace(recipe, stages=tuple(_stage(told[name], changes) for name in names))


def _set(values: dict[str, Any], key: str, value: Any, change: str) -> None:
    *path, last = key.split(".")
    for part in path:
        if not isinstance(values.get(part), dict):
            raise InputError(f"{change}: no setting {part!r}; there are {', '.join(values)}")
        values = values[part]
    if last not in values or last == "name":
        raise InputError(f"{change}: no setting {last!r}; there are {', '.join(values)}")
    values[last] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _stage(values: dict[str, Any], changes: Sequence[str]) -> StageConfig:
    try:
        return _ADAPTER.validate_python(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{' '.join(changes)}: {faults}") from error
