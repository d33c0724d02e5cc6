"""Static things beside the road as labelled boxes: buildings, poles, walls, guard rails, trees."""

from math import cos, floor, inf, sin
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import corners
from lead.geometry.grid import Grid, build_grid
from lead.roads.locate import locate
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.roadside import Plots, RoadEdge, clear_of_lanes, road_edges
from lead.roads.signals import SignalKind, Signals
from lead.roads.surface import Surface, ground_height

BUILDINGS, WALLS, FENCES, POLES, TRAFFIC_LIGHT, TRAFFIC_SIGNS = 3, 4, 5, 6, 7, 8  # CityObjectLabel of CARLA 0.9.16
VEGETATION, GUARD_RAIL = 9, 28
GRID_CELL = 8.0  # m
CLEAR = 2.0  # m between a building and any lane
STOREY = 3.2  # m
FOOTING = 0.5  # m by which things reach into the ground, so that slopes show no gap
LARGE_TOWN = 60.0  # km of road edge from which lamps and trees thin out
DECK = 1.5  # m above the ground from which a roadside thing stands on a bridge
RAIL = 16.0  # m, length of one guard-rail box


class Scenery(NamedTuple):
    """Upright oriented boxes (B rows)."""

    centre: NDArray[np.float64]  # (B, 3) m
    extent: NDArray[np.float64]  # (B, 3) half sizes, m
    yaw: NDArray[np.float64]  # (B,) rad
    label: NDArray[np.uint8]  # (B,) CityObjectLabel of CARLA 0.9.16 (Buildings 3, Walls 4, Fences 5, Poles 6, ...)
    solid: NDArray[np.bool_]  # (B,) whether vehicles collide with it
    name: NDArray[np.str_]  # (B,)
    grid: Grid  # items are box indices, by their footprint


class _Site:
    """The boxes so far, the plots they take and the road they must keep off."""

    def __init__(self, network: RoadNetwork, surface: Surface) -> None:
        self.network, self.surface = network, surface
        self.plots = Plots()
        self.rows: list[tuple[float, ...]] = []
        self.names: list[str] = []

    def add(self, name: str, label: int, place, foot: float, size, solid: bool = True) -> None:
        """A box of half length and width `size[:2]` whose top is `size[2]` above (x, y, z, yaw).

        With `foot` > 0 it reaches down to that far below the lowest ground under it; a thin thing high above the ground
        stands on the deck of a bridge, and must not reach down through the road below.
        """
        x, y, z, yaw = place
        ground = self.ground(place, size) if foot > 0.0 else z
        on_deck = z - ground > DECK and min(size[:2]) < 0.5
        bottom = (z if on_deck else ground) - foot
        half = 0.5 * (z + size[2] - bottom)
        self.rows.append((x, y, bottom + half, size[0], size[1], half, yaw, label, solid))
        self.names.append(name)

    def ground(self, place, size) -> float:
        """Lowest ground (m) under the corners and the middle of a box, at most its own z."""
        x, y, z, yaw = place
        points = [*corners(x, y, yaw, size[0], size[1]), (x, y)]
        return min(z, *(ground_height(self.surface, px, py, z)[0] for px, py in points))

    def build(self, place, half_length: float, half_width: float, margin: float) -> bool:
        """Take the plot at (x, y, z, yaw) if it is `margin` metres off all lanes and free."""
        x, y, _, yaw = place
        if not clear_of_lanes(self.network, x, y, yaw, half_length + margin, half_width + margin):
            return False
        return self.plots.take(x, y, yaw, half_length, half_width, 0.5)

    def finish(self) -> Scenery:
        table = np.array(self.rows, np.float64).reshape(-1, 9)
        centre, extent, yaw = table[:, :3].copy(), table[:, 3:6].copy(), table[:, 6].copy()
        c, s = np.abs(np.cos(yaw)), np.abs(np.sin(yaw))
        reach = np.column_stack([extent[:, 0] * c + extent[:, 1] * s, extent[:, 0] * s + extent[:, 1] * c])
        grid = build_grid(centre[:, :2] - reach, centre[:, :2] + reach, GRID_CELL)
        label, solid = table[:, 7].astype(np.uint8), table[:, 8].astype(np.bool_)
        return Scenery(centre, extent, yaw, label, solid, np.array(self.names, np.str_), grid)


def build_scenery(
    opendrive: OpenDrive, network: RoadNetwork, signals: Signals, surface: Surface, seed: int = 0
) -> Scenery:
    """Furnish a town: the poles of its signals, and buildings, lamps, trees and rails along its roads.

    The same map and seed give the same boxes; each side of a lane section draws from its own generator.
    """
    site = _Site(network, surface)
    _signal_poles(site, signals)
    edges = road_edges(network, signals.sample_limit)
    thin = max(1.0, sum(float(edge.along[-1]) for edge in edges) / 1000.0 / LARGE_TOWN)
    has_sidewalks = any(edge.sidewalk for edge in edges)
    for edge in edges:
        rng = np.random.default_rng([seed, edge.lane])
        if edge.fast:
            _guard_rails(site, edge)
        if edge.sidewalk:
            _lamps(site, edge, thin)
        if edge.sidewalk or (not has_sidewalks and not edge.fast):
            _buildings(site, edge, rng, 1.0 if edge.sidewalk else 0.3)
        if not edge.sidewalk:
            _trees(site, edge, rng, thin)
    return site.finish()


def _signal_poles(site: _Site, signals: Signals) -> None:
    """A pole for every light and sign, solid unless it stands on a traffic lane, an arm if need be, and the head or plate."""
    for k in range(len(signals.kind)):
        pose, head = signals.pose[k], signals.head[k]
        light = signals.kind[k] == SignalKind.LIGHT
        radius = 0.12 if light else 0.05
        free = not _on_traffic_lane(site.network, pose, radius + 0.3)
        base = (float(pose[0]), float(pose[1]), float(pose[2]), float(head[4]))
        name = f"Signal_{signals.sign_id[k]}"
        site.add(f"{name}_Pole", POLES, base, 0.5, (radius, radius, float(head[2] - pose[2])), free)
        arm = float(np.hypot(*(head[:2] - pose[:2])))
        if arm > 0.3:
            turn = float(np.arctan2(head[1] - pose[1], head[0] - pose[0]))
            middle = 0.5 * (head + pose)
            over = (float(middle[0]), float(middle[1]), float(head[2]) + 0.4, turn)
            site.add(f"{name}_Arm", POLES, over, 0.0, (0.5 * arm, 0.08, 0.16), False)
        place = (float(head[0]), float(head[1]), float(head[2]) - 0.5, float(head[4]))
        size, label = ((0.2, 0.2, 1.0), TRAFFIC_LIGHT) if light else ((0.03, 0.35, 0.7), TRAFFIC_SIGNS)
        site.add(name, label, place, 0.0, size, False)


def _on_traffic_lane(network: RoadNetwork, pose: NDArray[np.float64], margin: float) -> bool:
    """Whether a place (6,) lies on a lane that cars drive on, or less than `margin` metres beside one."""
    point = locate(network, pose[:3], kinds=(LaneKind.DRIVING, LaneKind.BIDIRECTIONAL))
    return point is not None and abs(point.offset) < 0.5 * network.samples.width[point.sample] + margin


def _guard_rails(site: _Site, edge: RoadEdge) -> None:
    count = int(edge.along[-1] // RAIL)
    for k in range(count):
        place = edge.at((k + 0.5) * edge.along[-1] / count, 0.6)
        if clear_of_lanes(site.network, place[0], place[1], place[3], 0.5 * RAIL, 0.3):
            site.add("GuardRail", GUARD_RAIL, place, 0.3, (0.5 * RAIL, 0.12, 0.8))


def _lamps(site: _Site, edge: RoadEdge, thin: float) -> None:
    spacing = 32.0 * thin
    for k in range(int((edge.along[-1] + 0.5 * spacing) // spacing)):
        place = edge.at((k + 0.5) * spacing, 0.4)
        if clear_of_lanes(site.network, place[0], place[1], place[3], 0.3, 0.3):
            site.add("StreetLamp", POLES, place, FOOTING, (0.1, 0.1, 7.0))


def _buildings(site: _Site, edge: RoadEdge, rng: np.random.Generator, share: float) -> None:
    """A row of buildings with gaps, some of them closed by a wall or a fence."""
    place = 3.0
    while place < edge.along[-1] - 10.0:
        width, depth, setback, gap = rng.uniform([9.0, 8.0, 0.3, 1.0], [24.0, 16.0, 4.0, 8.0])
        storeys = min(20, 1 + int(rng.exponential(3.0)))
        wanted, kind = rng.random() < share, rng.integers(3)
        width = min(width, edge.along[-1] - place)
        for scale in (1.0, 0.6):
            half_width, half_depth = 0.5 * width * scale, 0.5 * depth * scale
            middle = edge.at(place + 0.5 * width, CLEAR + setback + half_depth)
            if wanted and site.build(middle, half_width, half_depth, CLEAR):
                site.add("Building", BUILDINGS, middle, FOOTING, (half_width, half_depth, storeys * STOREY + 1.0))
                break
        place += width
        if wanted and kind < 2 and gap > 4.0:
            middle = edge.at(place + 0.5 * gap, CLEAR + 0.3)
            if place + gap < edge.along[-1] and site.build(middle, 0.5 * gap - 0.6, 0.1, 1.5):
                name, label = (("Wall", WALLS), ("Fence", FENCES))[kind]
                site.add(name, label, middle, FOOTING, (0.5 * gap - 0.6, 0.1, 1.6))
        place += gap


def _trees(site: _Site, edge: RoadEdge, rng: np.random.Generator, thin: float) -> None:
    place = rng.uniform(3.0, 30.0 * thin)
    while place < edge.along[-1]:
        step, outward, height, crown = rng.uniform([15.0, 3.0, 5.0, 1.0], [60.0, 12.0, 11.0, 2.0])
        spot = edge.at(place, outward)
        if site.build(spot, crown, crown, 0.8):
            spot = (spot[0], spot[1], ground_height(site.surface, spot[0], spot[1], spot[2])[0], spot[3])
            trunk = 0.35 * height
            site.add("Tree_Trunk", VEGETATION, spot, FOOTING, (0.2, 0.2, trunk))
            top = (spot[0], spot[1], spot[2] + trunk, spot[3])
            site.add("Tree_Crown", VEGETATION, top, 0.0, (crown, crown, height - trunk), False)
        place += step * thin


@numba.njit(cache=True)
def _enter(centre, extent, yaw, start, direction) -> float:
    """Fraction of the segment at which it enters a box; inf if it misses, or starts inside."""
    c, s = cos(yaw), sin(yaw)
    ox, oy, oz = start[0] - centre[0], start[1] - centre[1], start[2] - centre[2]
    origin = (c * ox + s * oy, c * oy - s * ox, oz)
    ray = (c * direction[0] + s * direction[1], c * direction[1] - s * direction[0], direction[2])
    near, far = -inf, 1.0
    for k in range(3):
        if abs(ray[k]) < 1e-12:
            if abs(origin[k]) > extent[k]:
                return inf
            continue
        a, b = (-extent[k] - origin[k]) / ray[k], (extent[k] - origin[k]) / ray[k]
        near, far = max(near, min(a, b)), min(far, max(a, b))
    return near if 0.0 <= near <= far else inf


@numba.njit(cache=True)
def cast_ray_boxes(
    centre: NDArray[np.float64],
    extent: NDArray[np.float64],
    yaw: NDArray[np.float64],
    grid: Grid,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
) -> tuple[float, int]:
    """First box of a `Scenery` that the segment from start to end (3,) m enters: fraction of the segment and box row.

    (2.0, -1) where it enters none; a box in which the segment starts is not seen. Walks the grid cell by cell.
    """
    direction = end - start
    cell = grid.cell
    enter, leave = 0.0, 1.0  # the part of the segment near the grid: only its cells are walked
    for axis in range(2):
        low = (grid.origin_x if axis == 0 else grid.origin_y) - cell
        high = low + cell * ((grid.rows if axis == 0 else grid.columns) + 2)
        if abs(direction[axis]) < 1e-12:
            if not low <= start[axis] <= high:
                return 2.0, -1
        else:
            t0, t1 = (low - start[axis]) / direction[axis], (high - start[axis]) / direction[axis]
            enter, leave = max(enter, min(t0, t1)), min(leave, max(t0, t1))
    first_x, first_y = start[0] + enter * direction[0], start[1] + enter * direction[1]
    last_x, last_y = start[0] + leave * direction[0], start[1] + leave * direction[1]
    if not (enter <= leave and abs(first_x) + abs(first_y) + abs(last_x) + abs(last_y) < inf):  # or not a number
        return 2.0, -1
    i, j = floor((first_x - grid.origin_x) / cell), floor((first_y - grid.origin_y) / cell)
    last_i, last_j = floor((last_x - grid.origin_x) / cell), floor((last_y - grid.origin_y) / cell)
    step_i, step_j = 1 if direction[0] > 0.0 else -1, 1 if direction[1] > 0.0 else -1
    per_i = cell / abs(direction[0]) if direction[0] != 0.0 else inf
    per_j = cell / abs(direction[1]) if direction[1] != 0.0 else inf
    next_i, next_j = inf, inf
    if direction[0] != 0.0:
        next_i = (grid.origin_x + (i + (step_i > 0)) * cell - start[0]) / direction[0]
    if direction[1] != 0.0:
        next_j = (grid.origin_y + (j + (step_j > 0)) * cell - start[1]) / direction[1]
    best, row = 2.0, -1
    for _ in range(abs(last_i - i) + abs(last_j - j) + 1):
        if 0 <= i < grid.rows and 0 <= j < grid.columns:
            for n in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
                item = grid.items[n]
                fraction = _enter(centre[item], extent[item], yaw[item], start, direction)
                if fraction < best:
                    best, row = fraction, item
        if best <= min(next_i, next_j):
            break
        if next_i < next_j:
            i, next_i = i + step_i, next_i + per_i
        else:
            j, next_j = j + step_j, next_j + per_j
    return best, row
