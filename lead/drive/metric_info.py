"""Bench2Drive's `metric_info.json`: the ego's motion at 10 Hz, from which smoothness is computed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from lead.drive.ledger import write_atomically


def write_metric_info(samples: Sequence[Mapping[str, Sequence[float]]], path: Path) -> None:
    """Write samples, numbered from 0 as the benchmark's agents number them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps({str(number): dict(sample) for number, sample in enumerate(samples)}))
