"""Blueprint definitions as each client version expects them: comma-separated tags, variations first, typed values."""

from collections.abc import Iterable
from typing import Any

from lead.server.versions import ClientVersion
from lead.simulator.blueprints import Attribute, Blueprint

_WHEELCHAIR = ("use_wheelchair", "can_use_wheelchair")


def definitions(blueprints: Iterable[Blueprint], version: ClientVersion) -> list[list[Any]]:
    """Wire ActorDefinitions [uid, id, tags, attributes]; uids count from 1."""
    return [
        [uid, blueprint.id, ",".join(blueprint.tags), attribute_definitions(blueprint, version)]
        for uid, blueprint in enumerate(blueprints, 1)
    ]


def attribute_definitions(blueprint: Blueprint, version: ClientVersion) -> list[list[Any]]:
    """Wire definitions [id, type, default, recommended, modifiable, restricted], modifiable attributes first.

    A constant attribute has no recommended values: `filter_by_attribute` would compare with them instead of the value.
    """
    shown = [attribute for attribute in blueprint.attributes if _exists(attribute, version)]
    shown.sort(key=lambda attribute: not attribute.modifiable)
    return [
        [
            attribute.name,
            version.type_number(attribute.type),
            attribute.default,
            list(attribute.recommended) if attribute.modifiable else [],
            attribute.modifiable,
            attribute.restricted,
        ]
        for attribute in shown
    ]


def _exists(attribute: Attribute, version: ClientVersion) -> bool:
    if attribute.name == "ros_name":
        return version.ros_name
    return version.wheelchairs or attribute.name not in _WHEELCHAIR
