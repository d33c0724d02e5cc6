"""What a rule answers that knows which places suit a situation, and all rules by type.

A rule looks at the row of a way where the situation would be triggered. The ranges that parameters are drawn from are
those of the published route files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from lead import InputError
from lead.scenarios.suites.way import Way

Span = tuple[float, float]
Attributes = dict[str, str]


@dataclass(frozen=True)
class Fit:
    """A situation fits: the metres of way that it takes, and its parameters as the elements of a route file."""

    reach: float
    parameters: dict[str, Attributes] = field(default_factory=dict)


Rule = Callable[[Way, int, np.random.Generator], Fit]
"""Raises Unfit where the place lacks something."""

_RULES: dict[str, Rule] = {}


def register(rules: Mapping[str, Rule]) -> None:
    """Rules by the types that they are for."""
    _RULES.update(rules)


def fits(*types: str) -> Callable[[Rule], Rule]:
    """Decorator: the rule is for these types."""

    def join(rule: Rule) -> Rule:
        register(dict.fromkeys(types, rule))
        return rule

    return join


def rule_of(type_name: str) -> Rule:
    """Raises InputError for a type without a rule."""
    if type_name not in _RULES:
        raise InputError(
            f"no places are known for the situation type {type_name!r}; known are {', '.join(placeable())}"
        )
    return _RULES[type_name]


def placeable() -> tuple[str, ...]:
    """All types that have a rule, by name."""
    return tuple(sorted(_RULES))
