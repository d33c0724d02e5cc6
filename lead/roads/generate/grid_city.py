"""A signalised city grid: four-lane main streets, an avenue with bicycle lanes, side streets with parked cars."""

from __future__ import annotations

import numpy as np

from lead.roads.generate.curves import PlanePose
from lead.roads.generate.draft import Draft
from lead.roads.generate.furniture import add_speed_signs
from lead.roads.generate.profiles import BIKE_STREET, MAIN_STREET, SIDE_STREET, Profile
from lead.roads.generate.streets import Crossing, Street, draft_streets

BEND = 70.0  # m from the corner of the ring to where its bends begin
BLOCK = (130.0, 180.0)  # m between crossings


def grid_city(name: str, seed: int, columns: int = 4, rows: int = 4) -> Draft:
    """Draft a city of `columns` x `rows` streets: a ring of main streets around a grid with one avenue each way.

    The column after the middle has bicycle lanes. Crossings on a main street have lights; where two side streets
    cross, everybody stops.
    """
    if columns < 4 or rows < 4:
        raise ValueError(f"a grid city needs at least 4 x 4 streets, asked for {columns} x {rows}")
    random = np.random.default_rng(seed)
    xs = _stations(random, columns)
    ys = _stations(random, rows)
    avenue, broadway = columns // 2, rows // 2
    crossings = {}
    for i in range(columns):
        for j in range(rows):
            if (i in (0, columns - 1)) and (j in (0, rows - 1)):
                continue  # corners of the ring are bends
            inner = 0 < i < columns - 1 and 0 < j < rows - 1
            quiet = inner and i != avenue and j != broadway
            x, y = xs[i], ys[j]
            if inner:
                x, y = x + random.uniform(-4, 4), y + random.uniform(-4, 4)
            crossings[f"{i}-{j}"] = Crossing(float(x), float(y), control="all_way_stop" if quiet else "lights")
    streets = []
    for j in range(rows):
        for i in range(columns - 1):
            ring = j in (0, rows - 1)
            _add(streets, crossings, f"{i}-{j}", f"{i + 1}-{j}", MAIN_STREET if ring or j == broadway else SIDE_STREET)
    for i in range(columns):
        for j in range(rows - 1):
            ring = i in (0, columns - 1)
            profile = MAIN_STREET if ring else BIKE_STREET if i == avenue else SIDE_STREET
            _add(streets, crossings, f"{i}-{j}", f"{i}-{j + 1}", profile)
    streets += _ring_bends(xs, ys, columns, rows)
    draft = Draft(name)
    draft_streets(draft, crossings, streets)
    add_speed_signs(draft)
    return draft


def _stations(random: np.random.Generator, count: int) -> np.ndarray:
    """Positions of parallel streets around 0, m."""
    steps = np.concatenate([[0.0], np.cumsum(random.uniform(*BLOCK, count - 1))])
    return np.round(steps - steps[-1] / 2, 2)


def _add(streets: list[Street], crossings: dict[str, Crossing], start: str, end: str, profile: Profile) -> None:
    if start in crossings and end in crossings:
        main = profile is not SIDE_STREET
        streets.append(Street(start, end, profile, 50.0 if main else 30.0, rank=int(main)))


def _ring_bends(xs: np.ndarray, ys: np.ndarray, columns: int, rows: int) -> list[Street]:
    """The four streets around the ring's corners, counter-clockwise from the south-west."""
    last_x, last_y = columns - 1, rows - 1
    west, east, south, north = float(xs[0]), float(xs[-1]), float(ys[0]), float(ys[-1])
    half = np.pi / 2
    bends = [
        ("0-1", "1-0", PlanePose(west, south + BEND, -half), PlanePose(west + BEND, south, 0.0)),
        (f"{last_x - 1}-0", f"{last_x}-1", PlanePose(east - BEND, south, 0.0), PlanePose(east, south + BEND, half)),
        (
            f"{last_x}-{last_y - 1}",
            f"{last_x - 1}-{last_y}",
            PlanePose(east, north - BEND, half),
            PlanePose(east - BEND, north, np.pi),
        ),
        (f"1-{last_y}", f"0-{last_y - 1}", PlanePose(west + BEND, north, np.pi), PlanePose(west, north - BEND, -half)),
    ]
    return [Street(start, end, MAIN_STREET, 50.0, rank=1, via=(before, after)) for start, end, before, after in bends]
