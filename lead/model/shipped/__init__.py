"""Weights that come with the package: a `nano` student, and the perception that it began with."""

from pathlib import Path

from lead import InputError

SHIPPED = ("nano",)
FOLDER = Path(__file__).parent
CONFIG, PERCEPTION = "config.json", Path("perception") / "model.safetensors"
TO_TRAIN = "train one with `lead train nano`, or install a version that has them"


def is_shipped(name: str) -> bool:
    """Whether a student of this name came with this version."""
    return name in SHIPPED and (FOLDER / name / CONFIG).is_file()


def shipped(name: str) -> Path:
    """Folder of a student: `config.json`, weights, `senses.json`, and `card.md` on how it came about.

    Raises InputError if this version came without it.
    """
    if not is_shipped(name):
        raise InputError(f"this version came without the weights of student {name!r}; {TO_TRAIN}")
    return FOLDER / name


def perception_named(path: Path) -> Path:
    """The weights of a shipped student's perception, as before its planner was trained, if the path is its name.

    Any other path is returned as it is. Raises InputError if this version came without them.
    """
    if path.exists() or str(path) not in SHIPPED:
        return path
    weights = FOLDER / path / PERCEPTION
    if not weights.is_file():
        raise InputError(f"this version came without the perception of student {str(path)!r}; {TO_TRAIN}")
    return weights
