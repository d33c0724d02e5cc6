"""Plots as inline SVG: small, sharp in print, coloured by the page's own style sheet through classes.

A class `gN` gives a line or mark the colour of the page's N-th group; text takes the page's ink. All plots carry a
title, which screen readers read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COLOURS = 6  # that groups have on the page; more groups share them


@dataclass(frozen=True)
class Series:
    """A line: its name, its group's number (for the colour), and its points."""

    name: str
    group: int
    x: Floats
    y: Floats


@dataclass(frozen=True)
class _Frame:
    """Where data lie in a picture: pixels of the area, and the values at its edges."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.top + self.height * (1.0 - (value - low) / (high - low))


def line_plot(title: str, series: Sequence[Series], x_name: str, log: bool = False) -> Markup:
    """Lines over a common axis; with `log` the values' axis is logarithmic where all are positive."""
    width, height = 360, 190
    xs, ys = (np.concatenate([getattr(line, axis) for line in series] or [np.zeros(0)]) for axis in "xy")
    fine = np.isfinite(xs) & np.isfinite(ys)
    xs, ys = xs[fine], ys[fine]
    if not len(xs):
        return _svg(title, width, height, '<text x="8" y="20">no values yet</text>')
    log = log and bool((ys > 0).all()) and ys.max() > 5.0 * ys.min()
    low, high = (log10(ys.min()), log10(ys.max())) if log else (min(0.0, float(ys.min())), float(ys.max()))
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    frame = _Frame(46, 30, width - 56, height - 64, (0.0, max(float(xs.max()), 1e-9)), (low, high))
    parts = [f'<text class="title" x="4" y="13">{escape(title)}</text>']
    for tick in _log_ticks(low, high) if log else _ticks(low, high, 4):
        y = frame.y(log10(tick) if log else tick)
        parts.append(f'<line class="grid" x1="46" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" text-anchor="end" x="42" y="{y + 3.5:.1f}">{_short(tick)}</text>')
    for tick in _ticks(*frame.x_range, 4):
        x = frame.x(tick)
        parts.append(f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{height - 20}">{_short(tick)}</text>')
    parts.append(
        f'<text class="tick" text-anchor="middle" x="{46 + frame.width / 2}" y="{height - 5}">{escape(x_name)}</text>'
    )
    for line in series:
        values = np.log10(line.y, where=line.y > 0, out=np.full(len(line.y), np.nan)) if log else line.y
        points = [(frame.x(x), frame.y(y)) for x, y in zip(line.x, values) if isfinite(x) and isfinite(y)]
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        if len(points) == 1:
            parts.append(
                f'<circle class="g{line.group % COLOURS} dot" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="3"/>'
            )
        parts.append(
            f'<polyline class="g{line.group % COLOURS} line" points="{text}"><title>{escape(line.name)}</title></polyline>'
        )
    return _svg(title, width, height, "".join(parts))


def strip_plot(title: str, rows: Sequence[tuple[str, int, Floats, float, tuple[float, float] | None]]) -> Markup:
    """A row per group over 0 to 100: a tick per value, the mean, and its interval.

    Rows are (name, group, values, mean, interval or None where there is too little for one).
    """
    width, step = 480, 34
    height = 24 + step * len(rows)
    frame = _Frame(12, 0, width - 24, height, (0.0, 100.0), (0.0, 1.0))
    parts = []
    for tick in range(0, 101, 20):
        x = frame.x(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 18}"/>')
        parts.append(f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{height - 4}">{tick}</text>')
    for number, (name, group, values, mean, interval) in enumerate(rows):
        y = 20 + step * number
        parts.append(f'<text class="tick" x="12" y="{y - 8}">{escape(name)}</text>')
        for value in np.sort(values):
            x = frame.x(float(value))
            parts.append(
                f'<line class="g{group % COLOURS} line thin" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 3}" y2="{y + 9}"/>'
            )
        if interval is not None:
            low, high = (frame.x(value) for value in interval)
            parts.append(
                f'<line class="g{group % COLOURS} line wide" x1="{low:.1f}" x2="{high:.1f}" y1="{y + 3}" y2="{y + 3}"/>'
            )
        parts.append(f'<circle class="g{group % COLOURS} dot" cx="{frame.x(mean):.1f}" cy="{y + 3}" r="5"/>')
    return _svg(title, width, height, "".join(parts))


def difference_plot(title: str, values: Sequence[tuple[str, float]], base: int, other: int) -> Markup:
    """A bar per route, from the worst to the best for the other group; the colour is of the group that did better."""
    width, height = 480, 170
    count = max(len(values), 1)
    most = max((abs(value) for _, value in values), default=0.0) or 1.0
    frame = _Frame(46, 10, width - 56, height - 34, (0.0, float(count)), (-most, most))
    parts = []
    for tick in _ticks(-most, most, 4):
        y = frame.y(tick)
        parts.append(f'<line class="grid" x1="46" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" text-anchor="end" x="42" y="{y + 3.5:.1f}">{_short(tick, sign=True)}</text>')
    wide = min(0.8 * frame.width / count, 26.0)
    for number, (route, value) in enumerate(values):
        x, zero, end = frame.x(number + 0.5), frame.y(0.0), frame.y(value)
        top, tall = min(zero, end), max(abs(end - zero), 1.0)
        better = (other if value > 0 else base) % COLOURS
        parts.append(
            f'<rect class="g{better} bar" x="{x - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}"'
            f' height="{tall:.1f}"><title>route {escape(route)}: {value:+.1f}</title></rect>'
        )
        if count <= 24:
            parts.append(
                f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{height - 8}">{escape(route[-6:])}</text>'
            )
    return _svg(title, width, height, "".join(parts))


def speed_path(time: Floats, speed: Floats, duration: float, fastest: float) -> str:
    """An area in a box of 1000 x 100 under a speed curve: the `d` of an SVG path, "" without points."""
    if not len(time) or duration <= 0.0:
        return ""
    x = 1000.0 * np.clip(time / duration, 0.0, 1.0)
    y = 100.0 * (1.0 - np.clip(speed / max(fastest, 0.1), 0.0, 1.0))
    points = "".join(f"L{a:.0f} {b:.0f}" for a, b in zip(x, y))
    return f"M{x[0]:.0f} 100{points}L{x[-1]:.0f} 100Z"


def _svg(title: str, width: float, height: float, inside: str) -> Markup:
    return Markup(  # noqa: S704  all text in it was escaped
        f'<svg viewBox="0 0 {width} {height}" role="img" style="max-width:{1.2 * width:.0f}px"><title>{escape(title)}</title>'
        f"{inside}</svg>"
    )


def _ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers from low to high, about as many."""
    rough = (high - low) / about
    unit = 10.0 ** floor(log10(rough))
    step = next((unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough), 10 * unit)
    return [step * k for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each decade between the exponents; 1 alone where there are many decades."""
    factors = (1, 2, 5) if high - low < 2.5 else (1,)
    found = [f * 10.0**k for k in range(floor(low), ceil(high) + 1) for f in factors]
    return [value for value in found if low - 1e-9 <= log10(value) <= high + 1e-9]


def _short(value: float, sign: bool = False) -> str:
    plus = "+" if sign and value > 0 else ""
    if abs(value) >= 10_000:
        return f"{plus}{value / 1000:g}k"
    return f"{plus}{round(value, 10):g}"
