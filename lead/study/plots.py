"""Plots of summaries as PNG files."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no window

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from lead.study.asking import Cause  # noqa: E402
from lead.study.summary import ALL, Figure, Summary  # noqa: E402

SHARES = {"visibility": "acted on what its student could not see", "uncertainty": "acted on exact motion or intent"}
INTENT = {
    "forks": "the road forks", "one_target_point": "one target point", "three_target_points": "three target points",
}  # fmt: skip
LEAST = 0.05  # percent of frames below which a cause is not drawn


def write_plots(summaries: Sequence[Summary], folder: Path) -> list[Path]:
    """Write `visibility.png`, `uncertainty.png`, `intent.png` and `causes.png`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [ALL, *sorted({part.name for summary in summaries for part in summary.parts} - {ALL})]
    written = []
    for figure, title in SHARES.items():
        bars = {_label(summary): [_figure(summary, name, figure) for name in names] for summary in summaries}
        written.append(_bars(folder / f"{figure}.png", f"frames in which the expert {title}", names, bars))
    most = max(summaries, key=lambda summary: summary.parts[0].frames)
    bars = {label: [_figure(most, name, figure) for name in names] for figure, label in INTENT.items()}
    written.append(
        _bars(folder / "intent.png", f"frames with more than one way that agrees ({_label(most)})", names, bars)
    )
    written.append(_causes(folder / "causes.png", summaries))
    return written


def _label(summary: Summary) -> str:
    return f"{summary.agent}, {summary.rig}"


def _figure(summary: Summary, name: str, figure: str) -> Figure:
    return next((part.figures[figure] for part in summary.parts if part.name == name), Figure(()))


def _bars(path: Path, title: str, names: Sequence[str], bars: dict[str, list[Figure]]) -> Path:
    """A bar per name and label, with the spread over seeds as a line."""
    figure, axes = plt.subplots(figsize=(9.0, 1.2 + 0.22 * len(names) * max(1, len(bars))))
    height = 0.8 / max(1, len(bars))
    for number, (label, values) in enumerate(bars.items()):
        at = np.arange(len(names)) + (number - 0.5 * (len(bars) - 1)) * height
        means = [value.mean if value.values else 0.0 for value in values]
        axes.barh(at, means, height, xerr=[value.spread or 0.0 for value in values], label=label)
    axes.set_yticks(np.arange(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("% of frames (line: standard deviation over seeds)")
    axes.set_title(title)
    axes.set_xlim(left=0.0)
    axes.legend()
    return _saved(figure, path)


def _causes(path: Path, summaries: Sequence[Summary]) -> Path:
    """Shares of frames by cause over everything."""
    parts = {_label(summary): summary.parts[0] for summary in summaries}
    kept = [cause for cause in Cause if any(part.causes[cause].mean >= LEAST for part in parts.values())]
    bars = {label: [part.causes[cause] for cause in kept] for label, part in parts.items()}
    return _bars(path, "frames by what the expert knew and its student did not", [_words(c) for c in kept], bars)


def _words(cause: Cause) -> str:
    return cause.name.lower().replace("_", " ")


def _saved(figure: plt.Figure, path: Path) -> Path:
    figure.savefig(path, dpi=110, bbox_inches="tight")
    plt.close(figure)
    return path
