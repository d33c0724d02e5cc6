"""Training runs as they lie on disk: the logs of each stage as curves, and what was trained with which seed."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RUN, TRAINED, VALIDATED = "run.json", "train.csv", "validation.csv"
POINTS = 300  # of a curve on the page
SHOWN = (
    "loss", "waypoint_l1", "route_l1", "speed_l1", "waypoint_last", "bev_iou", "semantic_iou", "depth_l1", "box_map",
)  # fmt: skip
"""Columns worth a plot, in this order; of the losses alone the sum."""


@dataclass(frozen=True)
class Curves:
    """The logs of one stage; arrays by column, thinned. `validation` is empty where nothing was held out.

    `command` makes it again; "" if nobody wrote it down.
    """

    folder: Path
    name: str  # of the stage
    model: str
    facts: dict[str, Any]
    train: dict[str, NDArray[np.float64]]
    validation: dict[str, NDArray[np.float64]]
    command: str = ""

    @property
    def last(self) -> dict[str, float]:
        """The last validated values."""
        return {name: float(column[-1]) for name, column in self.validation.items() if len(column)}


def find_curves(folders: Sequence[Path]) -> list[Curves]:
    """All training stages below the folders, the earlier ones of a run first."""
    stages: dict[Path, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob(TRAINED)) if folder.is_dir() else []:
            if (path.parent / RUN).exists():
                stages.setdefault(path.resolve(), path.parent)
    found = [_read(stage) for stage in stages.values()]
    return sorted(found, key=lambda curves: (str(curves.folder.parent), not curves.name.startswith("pre")))


def _read(folder: Path) -> Curves:
    run = json.loads((folder / RUN).read_text())
    stage = run.get("stage", {})
    optimiser = stage.get("optimiser", {})
    data, digest = run.get("data"), run.get("data_sha256")
    facts = {
        "recipe": run.get("recipe"), "data": f"{data} (manifest {digest[:12]})" if data and digest else data,
        "begun with": run.get("initial"), "lead": run.get("lead"), "seed": stage.get("seed", stage.get("data", {}).get("seed")),
        "epochs": stage.get("epochs"), "batch": stage.get("batch"), "learning rate": optimiser.get("lr"),
    }  # fmt: skip
    return Curves(
        folder, stage.get("name", folder.name), str(stage.get("model", {}).get("name", "")),
        {name: value for name, value in facts.items() if value not in (None, "")},
        _columns(folder / TRAINED), _columns(folder / VALIDATED), str(run.get("command", "")),
    )  # fmt: skip


def _columns(path: Path) -> dict[str, NDArray[np.float64]]:
    """Numeric columns of a table, means of neighbouring rows where there are too many; empty if it is not there."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0]) if rows else []
    whole = {name: np.array([_number(row.get(name)) for row in rows]) for name in names}
    step = max(1, -(-len(rows) // POINTS))
    return {
        name: np.array([column[start : start + step].mean() for start in range(0, len(column), step)])
        for name, column in whole.items()
    }


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
