"""Towns of our own: drawn from a seed and written as OpenDRIVE text.

The four fixed towns are a kind and a seed each; `generate_town` makes others like them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from lead.roads.generate.draft import Draft
from lead.roads.generate.grid_city import grid_city
from lead.roads.generate.interurban import interurban
from lead.roads.generate.motorway import motorway
from lead.roads.generate.opendrive_text import to_opendrive
from lead.roads.generate.village import village

KINDS: dict[str, Callable[..., Draft]] = {
    "grid_city": grid_city,
    "village": village,
    "interurban": interurban,
    "motorway": motorway,
}


class FixedTown(NamedTuple):
    """A named town: its kind, its seed and what it is for."""

    kind: str
    seed: int
    note: str


TOWNS = {
    "GridCity": FixedTown("grid_city", 1, "signalised four-lane grid, bicycle avenue, side streets with parking"),
    "VillageCrossing": FixedTown("village", 1, "small town with stop and yield signs, one-lane streets"),
    "InterurbanHills": FixedTown("interurban", 1, "two-lane country roads over hills, 70-90 km/h"),
    "MotorwayRing": FixedTown("motorway", 1, "three-lane motorway with ramps and bridges, 100-120 km/h"),
}


def generate_town(kind: str, seed: int, name: str | None = None, **size: int) -> str:
    """OpenDRIVE text of a town; equal arguments give equal bytes.

    `size` depends on the kind: grid_city has columns and rows (streets), village and interurban have spread (per
    cent), motorway has straight and radius (m). Raises ValueError for an unknown kind or size.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of town {kind!r}; expected one of {', '.join(KINDS)}")
    return to_opendrive(KINDS[kind](name or f"{kind}_{seed}", seed, **size))


@lru_cache(maxsize=8)
def fixed_town(name: str) -> str:
    """OpenDRIVE text of one of `TOWNS`."""
    if name not in TOWNS:
        raise ValueError(f"unknown generated town {name!r}; expected one of {', '.join(TOWNS)}")
    return generate_town(TOWNS[name].kind, TOWNS[name].seed, name)
