"""What each pedestrian blueprint wears: a fixed outfit and three colours per id."""

from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lead.rendering.materials import linear

POLICE = ("walker.pedestrian.0030", "walker.pedestrian.0032")  # the officers of CARLA's catalogue
SHIRTS = (
    "#3d64a8", "#b03a34", "#e4e1d8", "#2f6b4a", "#d9a431", "#6b4a86", "#1f2a36", "#c76b3a", "#7fa3bf", "#8c8f93",
    "#a8375f", "#4f7d7a", "#d8c7a4", "#59402f", "#e07f7a", "#35465e",
)  # fmt: skip
TROUSERS = ("#2a3142", "#1d1e20", "#5b6470", "#8a7a5e", "#3e4c6b", "#6a4f3c", "#3a4a38", "#a59c8a")
SKINS = ("#f0c8a8", "#e0ac84", "#c58c6a", "#a06c48", "#7a4e34", "#553524")


class Outfit(NamedTuple):
    """What a pedestrian's shape depends on beside size and gender."""

    hair: str  # short, long, bun or bald
    hat: str  # "", cap or beanie
    bottom: str  # trousers, shorts, skirt or coat
    sleeves: bool  # long ones
    backpack: bool


def outfit_of(uid: str, age: str, gender: str) -> Outfit:
    """Outfit of a walker blueprint, always the same one."""
    rng = _generator(uid)
    if uid in POLICE:
        return Outfit("short", "cap", "trousers", True, False)
    if gender == "female":
        hair = str(rng.choice(["long", "long", "bun", "short"]))
        bottom = str(rng.choice(["trousers", "trousers", "skirt", "coat"]))
    else:
        hair = str(rng.choice(["short", "short", "short", "bald"])) if age == "adult" else "short"
        bottom = str(rng.choice(["trousers", "trousers", "trousers", "shorts", "coat"]))
    hat = str(rng.choice(["", "", "", "", "cap", "beanie"]))
    sleeves = bottom == "coat" or bool(rng.random() < 0.6)
    return Outfit(hair, hat, bottom, sleeves, bool(rng.random() < (0.4 if age != "adult" else 0.2)))


def walker_tints(uid: str) -> NDArray[np.float32]:
    """Linear RGB (3, 3) of shirt, trousers or skirt, and skin of a walker blueprint."""
    rng = np.random.default_rng([crc32(uid.encode()), 1])
    skin = linear(SKINS[rng.integers(len(SKINS))])
    if uid in POLICE:
        return np.array([linear("#24386b"), linear("#12182a"), skin], np.float32)
    shirt = np.array(linear(SHIRTS[rng.integers(len(SHIRTS))]))
    trousers = np.array(linear(TROUSERS[rng.integers(len(TROUSERS))]))
    return np.array([shirt * rng.uniform(0.75, 1.1), trousers * rng.uniform(0.75, 1.2), skin], np.float32)


def _generator(uid: str) -> np.random.Generator:
    return np.random.default_rng(crc32(uid.encode()))
