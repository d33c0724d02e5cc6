"""A configuration as JSON, and back; a field that is unknown, missing or of the wrong type is an error."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lead import InputError
from lead.model.config import ModelConfig

FORMAT = "lead-transfuser-1"
"""Written as `format` into the configuration beside our weights."""

_ADAPTER = TypeAdapter(ModelConfig)


def config_to_json(config: ModelConfig) -> dict[str, Any]:
    """The configuration as a JSON object."""
    return {"format": FORMAT, **_ADAPTER.dump_python(config, mode="json")}


def config_from_json(values: Mapping[str, Any], source: str) -> ModelConfig:
    """The configuration that `config_to_json` wrote. Raises InputError naming `source` and each field that is wrong."""
    if values.get("format") != FORMAT:
        raise InputError(f"{source}: format {values.get('format')!r}; expected {FORMAT!r}")
    try:
        return _ADAPTER.validate_python({key: value for key, value in values.items() if key != "format"})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InputError(f"{source} is no model configuration: {'; '.join(faults)}") from error
