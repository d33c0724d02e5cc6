"""Static things beside the road as labelled boxes: buildings, poles, walls, guard rails, trees."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import corners
from lead.geometry.grid import Grid, build_grid
from lead.roads.labels import Label
from lead.roads.locate import locate
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.roadside import Plots, RoadEdge, clear_of_lanes, road_edges
from lead.roads.signals import SignalKind, Signals
from lead.roads.surface import Surface, ground_height

BUILDINGS, POLES = Label.BUILDINGS, Label.POLES
GRID_CELL = 8.0  # m
CLEAR = 2.0  # m between a building and any lane
STOREY = 3.2  # m
FOOTING = 0.5  # m by which things reach into the ground, so that slopes show no gap
LARGE_TOWN = 60.0  # km of road edge from which lamps and trees thin out
DECK = 1.5  # m above the ground from which a roadside thing stands on a bridge
RAIL = 16.0  # m, length of one guard-rail box
QUIET = 80.0  # m from a motorway within which nobody builds: beside its ramps too
LIGHTS_NEAR = 250.0  # m from a street's middle within which traffic lights make a village a town


class Quarter(NamedTuple):
    """How houses along a street are built."""

    least: tuple[float, float, float, float]  # m: width along the street, depth, setback, gap to the next
    most: tuple[float, float, float, float]
    rise: float  # mean number of storeys above the first
    storeys: int  # at most
    share: float  # of the plots that are built on


CITY = Quarter((9.0, 8.0, 0.3, 1.0), (24.0, 16.0, 4.0, 8.0), 3.0, 20, 1.0)
TOWN = CITY._replace(rise=1.4, storeys=5)
VILLAGE = Quarter((9.0, 8.0, 0.5, 1.5), (18.0, 13.0, 6.0, 10.0), 0.8, 3, 1.0)
COUNTRY = Quarter((10.0, 8.0, 5.0, 1.0), (24.0, 14.0, 18.0, 8.0), 0.5, 2, 0.3)


class Scenery(NamedTuple):
    """Upright oriented boxes (B rows)."""

    centre: NDArray[np.float64]  # (B, 3) m
    extent: NDArray[np.float64]  # (B, 3) half sizes, m
    yaw: NDArray[np.float64]  # (B,) rad
    label: NDArray[np.uint8]  # (B,) Label
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
    lights = signals.pose[signals.kind == SignalKind.LIGHT, :2]
    fast = np.concatenate([np.zeros((0, 2)), *(edge.points[:, :2] for edge in edges if edge.fast)])
    for edge in edges:
        rng = np.random.default_rng([seed, edge.lane])
        if edge.fast:
            _guard_rails(site, edge)
        if edge.sidewalk:
            _lamps(site, edge, thin)
        if edge.sidewalk or (not has_sidewalks and not edge.fast):
            _buildings(site, edge, rng, _quarter(network, edge, lights), fast)
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
        site.add(f"{name}_Pole", Label.POLES, base, 0.5, (radius, radius, float(head[2] - pose[2])), free)
        arm = float(np.hypot(*(head[:2] - pose[:2])))
        if arm > 0.3:
            turn = float(np.arctan2(head[1] - pose[1], head[0] - pose[0]))
            middle = 0.5 * (head + pose)
            over = (float(middle[0]), float(middle[1]), float(head[2]) + 0.4, turn)
            site.add(f"{name}_Arm", Label.POLES, over, 0.0, (0.5 * arm, 0.08, 0.16), False)
        place = (float(head[0]), float(head[1]), float(head[2]) - 0.5, float(head[4]))
        size, label = ((0.2, 0.2, 1.0), Label.TRAFFIC_LIGHT) if light else ((0.03, 0.35, 0.7), Label.TRAFFIC_SIGNS)
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
            site.add("GuardRail", Label.GUARD_RAIL, place, 0.3, (0.5 * RAIL, 0.12, 0.8))


def _lamps(site: _Site, edge: RoadEdge, thin: float) -> None:
    spacing = 32.0 * thin
    for k in range(int((edge.along[-1] + 0.5 * spacing) // spacing)):
        place = edge.at((k + 0.5) * spacing, 0.4)
        if clear_of_lanes(site.network, place[0], place[1], place[3], 0.3, 0.3):
            site.add("StreetLamp", Label.POLES, place, FOOTING, (0.1, 0.1, 7.0))


def _quarter(network: RoadNetwork, edge: RoadEdge, lights: NDArray[np.float64]) -> Quarter:
    """Farms without sidewalks, a village without traffic lights (L, 2) m near by, tall houses on broad streets."""
    if not edge.sidewalk:
        return COUNTRY
    middle = edge.points[len(edge.points) // 2, :2]
    if not (np.hypot(*(lights - middle).T) < LIGHTS_NEAR).any():
        return VILLAGE
    lanes, outer = network.lanes, edge.lane
    beside = (lanes.road == lanes.road[outer]) & (lanes.section == lanes.section[outer])
    beside &= ((lanes.lane > 0) == (lanes.lane[outer] > 0)) & (lanes.kind == LaneKind.DRIVING)
    return CITY if beside.sum() > 1 else TOWN


def _buildings(
    site: _Site, edge: RoadEdge, rng: np.random.Generator, quarter: Quarter, fast: NDArray[np.float64]
) -> None:
    """A row of buildings with gaps, some of them closed by a wall or a fence; farms keep off fast roads (F, 2) m."""
    place = 3.0
    while place < edge.along[-1] - 10.0:
        width, depth, setback, gap = rng.uniform(quarter.least, quarter.most)
        storeys = min(quarter.storeys, 1 + int(rng.exponential(quarter.rise)))
        wanted, kind = rng.random() < quarter.share, rng.integers(3)
        if not edge.sidewalk and len(fast):
            spot = edge.at(place, 0.0)[:2]
            wanted = wanted and np.hypot(*(fast - spot).T).min() > QUIET
        width = min(width, edge.along[-1] - place)
        for scale in (1.0, 0.6):
            half_width, half_depth = 0.5 * width * scale, 0.5 * depth * scale
            middle = edge.at(place + 0.5 * width, CLEAR + setback + half_depth)
            if wanted and site.build(middle, half_width, half_depth, CLEAR):
                site.add("Building", Label.BUILDINGS, middle, FOOTING, (half_width, half_depth, storeys * STOREY + 1.0))
                break
        place += width
        if wanted and kind < 2 and gap > 4.0:
            middle = edge.at(place + 0.5 * gap, CLEAR + 0.3)
            if place + gap < edge.along[-1] and site.build(middle, 0.5 * gap - 0.6, 0.1, 1.5):
                name, label = (("Wall", Label.WALLS), ("Fence", Label.FENCES))[kind]
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
            site.add("Tree_Trunk", Label.VEGETATION, spot, FOOTING, (0.2, 0.2, trunk))
            top = (spot[0], spot[1], spot[2] + trunk, spot[3])
            site.add("Tree_Crown", Label.VEGETATION, top, 0.0, (crown, crown, height - trunk), False)
        place += step * thin
