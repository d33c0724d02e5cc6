"""Routes made for situations: a way through a town that has what the situation needs, found by walking its lanes.

All is drawn from the generator that is passed: the same one gives the same routes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import carla
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead import InputError
from lead.roads.library import find_map
from lead.scenarios.check import check_route
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import trace
from lead.scenarios.route_file import Route
from lead.scenarios.situation import Situation
from lead.scenarios.suites.places import AT_START, LANE_CHANGES, Fit, placeable, rule_of
from lead.scenarios.suites.way import FROM_JUNCTION, Unfit, Way, walk
from lead.scenarios.suites.weathers import draw_weather

LENGTHS = (60.0, 300.0)  # m of a route with one situation
START_SPACING = 10  # m along a lane between places where ways begin
ROW_SPACING = 5  # m along a way between places that are looked at
LEAD_IN = (15, 60)  # m from the start of a route to its situation
RUN_OUT = (8, 40)  # m from what a situation takes to the end of the route
BETWEEN = 25  # m from what one situation takes to the trigger of the next
AS_WALKED = 2.0  # m from the way within which the traced one must stay


@dataclass(frozen=True)
class Ground:
    """A town to find places in."""

    name: str
    graph: LaneGraph
    starts: tuple[carla.Waypoint, ...]  # on all driving lanes outside junctions

    @classmethod
    def of(cls, town: str) -> "Ground":
        """Raises MapNotFoundError for a town that is not here."""
        name, text = find_map(town)
        graph = LaneGraph.of(carla.Map(name, text))
        lanes = [
            edge for edges in graph.edges.values() for edge in edges.values() if edge.path and not edge.in_junction
        ]
        margin = int(FROM_JUNCTION)
        starts = [point for edge in lanes for point in edge.path[margin:-margin:START_SPACING] if not point.is_junction]
        return cls(name, graph, tuple(starts))


def routes_for(
    ground: Ground, kind: str, random: np.random.Generator, lengths: tuple[float, float] = LENGTHS
) -> Iterator[Route]:
    """Routes with one situation of a type each, without end: first all places in the town, then others at them again.

    Raises:
        InputError: the type has no rule, or the town has no place for it; says what is missing.
    """
    rule_of(kind)
    while True:
        lacking: Counter[str] = Counter()
        found = 0
        for number in random.permutation(len(ground.starts)).tolist():
            route = _route_from(ground, ground.starts[number], kind, random, lengths, lacking)
            if route is not None:
                found += 1
                yield route
        if not found:
            told = "; ".join(what for what, _ in lacking.most_common()[::-1][:3])
            raise InputError(
                f"{ground.name} has no place for {kind} on a route of {lengths[0]:.0f} to {lengths[1]:.0f} m. Where least was "
                f"missing, it was: {told or 'a road outside junctions'}. Choose another town, or another length."
            )


def routes_in(
    ground: Ground, kinds: Sequence[str], count: int, seed: int, lengths: tuple[float, float] = LENGTHS,
    report: Callable[[str], None] = lambda line: None,
) -> list[Route]:  # fmt: skip
    """Numbered routes in a town, their types in turn; without `kinds` all that it has places for. `report` hears of each.

    Raises:
        InputError: a type has no rule, or the town has no place for it.
    """
    for kind in kinds:
        rule_of(kind)
    sources: dict[str, Iterator[Route]] = {}
    for column, kind in enumerate(placeable()):
        if not kinds or kind in kinds:
            sources[kind] = routes_for(ground, kind, np.random.default_rng([seed, column]), lengths)
    routes: list[Route] = []
    while len(routes) < count:
        for kind in list(kinds or sources):
            try:
                route = next(sources[kind]) if len(routes) < count else None
            except InputError as fault:
                if kinds:
                    raise
                del sources[kind]
                report(str(fault))
                continue
            if route is not None:
                routes.append(route)
                report(f"{len(routes)}: {kind}")
        if not sources:
            raise InputError(f"{ground.name} has no place for any situation on routes of that length")
    return numbered(routes)


def long_route(
    ground: Ground,
    kinds: Sequence[str],
    random: np.random.Generator,
    lengths: tuple[float, float],
    least: int,
    varied: int,
) -> Route:
    """A route with at least so many situations one after another, of at least so many types (`varied`).

    Raises:
        InputError: the town has no such route.
    """
    most = 0
    for number in random.permutation(len(ground.starts)).tolist():
        way = walk(ground.starts[number], random.uniform(*lengths), random)
        if len(way) < lengths[0]:
            continue
        placed = _one_after_another(way, kinds, random)
        most = max(most, len(placed))
        if len(placed) >= least and len({kind for _, kind, _ in placed}) >= varied:
            route = _traced(ground, way, placed, random, lengths)
            if route is not None:
                return route
    raise InputError(
        f"{ground.name} has no route of {lengths[0]:.0f} to {lengths[1]:.0f} m with {least} situations of {varied} of the types "
        f"{', '.join(kinds)}; the most that were found are {most}"
    )


def numbered(routes: Sequence[Route], first: int = 0) -> list[Route]:
    """The routes with ids from `first` on."""
    return [replace(route, id=str(first + k)) for k, route in enumerate(routes)]


def _route_from(
    ground: Ground, start: carla.Waypoint, kind: str, random: np.random.Generator, lengths: tuple[float, float],
    lacking: Counter[str],
) -> Route | None:  # fmt: skip
    try:
        way = walk(start, lengths[1] - 5.0, random, _changes(kind, random))
    except Unfit as unfit:
        lacking[str(unfit)] += 1
        return None
    rule = rule_of(kind)
    rows = np.array([0]) if kind in AT_START else random.permutation(np.arange(10, len(way) - 10, ROW_SPACING))
    for row in rows.tolist():
        try:
            fit = rule(way, row, random)
            last = _last(way, row + fit.reach + random.uniform(*RUN_OUT))
        except Unfit as unfit:
            lacking[str(unfit)] += 1
            continue
        first = _first(way, row, random)
        route = _traced(ground, way.part(first, last), [(row - first, kind, fit)], random, lengths)
        if route is not None:
            return route
        lacking[f"way of {lengths[0]:.0f} to {lengths[1]:.0f} m around it"] += 1
    return None


def _changes(kind: str, random: np.random.Generator) -> list[tuple[float, str]]:
    """Lane changes that a type needs: m from the start, and side."""
    either = ("left", "right")[int(random.integers(2))]
    return [
        (float(random.uniform(*span)), either if side in ("either", "same") else side)
        for span, side in LANE_CHANGES.get(kind, ())
    ]


def _first(way: Way, row: int, random: np.random.Generator) -> int:
    """Where a route to a situation at `row` begins: some metres before it, outside junctions."""
    wanted = max(0, row - int(random.integers(*LEAD_IN)))
    return next(
        (k for k in range(wanted, row) if not way.in_junction[max(0, k - 2) : k + int(FROM_JUNCTION)].any()), row
    )


def _last(way: Way, wanted: float) -> int:
    """Where a route ends: so far or farther, outside junctions. Raises Unfit if the way is shorter."""
    margin = int(FROM_JUNCTION)
    for k in range(int(np.ceil(wanted)), len(way)):
        if not way.in_junction[k - 2 * margin : k + 1].any():
            return k
    raise Unfit("way long enough behind it")


def _one_after_another(way: Way, kinds: Sequence[str], random: np.random.Generator) -> list[tuple[int, str, Fit]]:
    placed: list[tuple[int, str, Fit]] = []
    times: Counter[str] = Counter()
    row = LEAD_IN[0]
    while row < len(way) - RUN_OUT[1]:
        order = sorted(random.permutation(list(kinds)).tolist(), key=lambda kind: times[kind])
        for kind in order:
            try:
                fit = rule_of(kind)(way, row, random)
            except Unfit:
                continue
            if row + fit.reach < len(way) - RUN_OUT[0]:
                placed.append((row, kind, fit))
                times[kind] += 1
                row += int(fit.reach) + BETWEEN
                break
        else:
            row += ROW_SPACING
    return placed


def _traced(
    ground: Ground, way: Way, placed: Sequence[tuple[int, str, Fit]], random: np.random.Generator,
    lengths: tuple[float, float],
) -> Route | None:  # fmt: skip
    """The route along a way, None if its key points would be traced otherwise or anything is wrong with it."""
    key_points = np.round(way.key_points(), 2)
    plan = trace(ground.graph, key_points)
    if not lengths[0] <= plan.length <= lengths[1]:
        return None
    if cKDTree(way.place).query(plan.pose[:, :3])[0].max() > AS_WALKED:
        return None
    nearest = cKDTree(plan.pose[:, :3]).query(way.place[[row for row, _, _ in placed]])[1]
    situations = tuple(
        Situation(f"{kind}_{number}", kind, _trigger(plan.pose[at]), fit.parameters)
        for number, ((_, kind, fit), at) in enumerate(zip(placed, nearest.tolist(), strict=True), start=1)
    )
    route = Route("0", ground.name, key_points, draw_weather(random), situations)
    return None if check_route(ground.graph, route) else route


def _trigger(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """x, y, z to the centimetre, yaw to a tenth of a degree, as it is written."""
    return np.array([*np.round(pose[:3], 2), np.radians(np.round(np.degrees(pose[4]), 1))])
