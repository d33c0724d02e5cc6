"""What a run tells: losses as means between two lines of a log, for people (CSV) and for TensorBoard."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any

import torch
from tensorboardX import SummaryWriter
from torch import Tensor

from lead import LeadError


class Diverged(LeadError):
    """The loss is no number any more."""


@dataclass
class Meter:
    """Sums of losses, kept on the device until they are read."""

    steps: int = 0
    sums: dict[str, Tensor] = field(default_factory=dict)

    def add(self, losses: Mapping[str, Tensor]) -> None:
        """Count a step."""
        self.steps += 1
        for name, loss in losses.items():
            self.sums[name] = self.sums[name] + loss if name in self.sums else loss.clone()

    def read(self) -> dict[str, float]:
        """Means since the last reading. Waits for the device."""
        values = torch.stack(list(self.sums.values())).tolist() if self.sums else []
        means = {name: value / self.steps for name, value in zip(self.sums, values)}
        self.steps, self.sums = 0, {}
        return means


def refuse_broken(step: int, losses: Mapping[str, float]) -> None:
    """Raises Diverged if a loss is no number."""
    broken = [name for name, value in losses.items() if not isfinite(value)]
    if broken:
        raise Diverged(
            f"at step {step} {', '.join(broken)} came out as no number; the last checkpoint is from before: begin anew "
            "in another folder with a lower optimiser.lr, with optimiser.clip=1.0 or compute.bf16=false"
        )


@dataclass
class Alarm:
    """Watches the loss: an end if it is no number, a warning if it is `factor` times the least so far."""

    factor: float
    least: float = inf

    def check(self, step: int, losses: Mapping[str, float]) -> str | None:
        """A warning, or None. Raises Diverged."""
        refuse_broken(step, losses)
        loss, least = losses["loss"], self.least
        self.least = min(least, loss)
        if loss > self.factor * least:
            return (
                f"step {step}: the loss is {loss:.4g}, more than {self.factor:g} times the least so far ({least:.4g})"
            )
        return None


class Table:
    """A CSV file that grows by rows; of a run that goes on, rows after the step at which it does are dropped."""

    def __init__(self, path: Path, from_step: int = 0) -> None:
        self.path = path
        kept = [row for row in read_table(path) if int(row["step"]) <= from_step] if path.exists() else []
        self._columns = list(kept[0]) if kept else []
        with path.open("w", newline="") as file:
            if kept:
                writer = csv.DictWriter(file, self._columns)
                writer.writeheader()
                writer.writerows(kept)

    def append(self, row: Mapping[str, Any]) -> None:
        """Write a row; the first one's names are those of the columns."""
        begins = not self._columns
        self._columns = self._columns or list(row)
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, self._columns, extrasaction="ignore")
            if begins:
                writer.writeheader()
            writer.writerow(row)


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a table."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


class Log:
    """The logs of a stage in its folder: `train.csv`, `validation.csv`, and TensorBoard's in `events/`."""

    def __init__(self, folder: Path, from_step: int = 0) -> None:
        self._tables = {name: Table(folder / f"{name}.csv", from_step) for name in ("train", "validation")}
        self._events = SummaryWriter(str(folder / "events"), purge_step=from_step + 1 if from_step else None)

    def write(self, name: str, step: int, values: Mapping[str, float]) -> None:
        """Values of a step, in the table of that name and in TensorBoard."""
        self._tables[name].append({"step": step} | {key: f"{value:.8g}" for key, value in values.items()})
        for key, value in values.items():
            self._events.add_scalar(f"{name}/{key}", value, step)
        self._events.flush()

    def close(self) -> None:
        """Finish the files."""
        self._events.close()
