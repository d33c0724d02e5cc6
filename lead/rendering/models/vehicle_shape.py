"""The measures of a car body and the points they give: four levels along the sides, the glasshouse above.

Levels from below: lower edge, waist (widest), crease (above the wheel arches), belt (hood, window base, deck).
Only the right half (y > 0) is described. Stations run from the middle of the front over the side to the rear's middle.
"""

from dataclasses import dataclass
from math import asin, cos, pi, sin

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.models.skins import Points

ARCH_SEGMENTS = 6
EDGE = 0.11  # m, width of hood edges, windscreen pillars and roof edges

Four = tuple[float, float, float, float]
Arch = tuple[float, float, float]  # x of its front foot, of its middle, of its rear foot


@dataclass(frozen=True)
class BodyShape:
    """Measures in the actor's frame (m). Groups of four heights are at the front end, the windscreen's base, the rear
    window's base and the rear end; groups of four insets are of the four levels."""

    front: float
    rear: float
    half_width: float
    roof: float
    axles: tuple[float, ...]  # x of the wheel arches, front first
    arch: float  # radius of the arches
    hub: float  # height of their centres
    edge: Four
    waist: Four
    crease: Four
    belt: Four
    screen: tuple[float, float]  # x of the windscreen's base and top, at the side
    back: tuple[float, float]  # x of the rear window's top and base, at the side
    pillars: tuple[float, float]  # x of the B and C pillars
    hinge: float  # x of the front doors' hinges
    nose: tuple[tuple[float, float], ...] = (
        (0.04, 0.5),
        (0.17, 0.88),
    )  # plan: distance from the end, share of the width
    tail: tuple[tuple[float, float], ...] = ((0.03, 0.55), (0.13, 0.9))
    inset: Four = (0.05, 0.0, 0.01, 0.06)
    front_inset: Four = (0.04, 0.0, 0.02, 0.14)
    rear_inset: Four = (0.06, 0.0, 0.02, 0.06)
    tumble: float = 0.17  # how much narrower than the belt the roof edge is, each side
    roof_drop: tuple[float, float] = (0.06, 0.06)  # at the windscreen, at the rear window
    rail: float = 0.05  # height of the roof edge
    crown: float = 0.03  # how much higher the hood's middle is than its edge
    bow: tuple[float, float] = (0.12, 0.1)  # how far windscreen and rear window bulge
    header: float = 0.93  # share of the height of the side windows
    screen_header: float = 1.0
    mullions: tuple[float, ...] = ()  # x of further pillars across the side windows
    glass: str = "GGP"  # before and behind the B pillar, behind the C pillar: Glass or Paint
    screens: str = "GG"  # windscreen, rear window
    doors: int = 4
    moving_doors: bool = False
    wheel_width: float = 0.22
    lower: Material = Material.PAINT  # below the waist
    middle: Material = Material.PAINT
    upper: Material = Material.PAINT  # above the crease
    door: Material | None = None  # of side doors above the waist where it differs from the panels beside them
    hood: Material = Material.PAINT
    deck: Material = Material.PAINT
    pillar: Material = Material.PAINT
    house: Material = Material.PAINT

    @property
    def arch_start(self) -> float:
        """Angle (rad) above the horizontal at which arches meet the lower edge."""
        return asin(max(-1.0, min(1.0, (self.edge[1] - self.hub) / self.arch)))

    @property
    def arches(self) -> list[Arch]:
        """Where the wheel arches are."""
        reach = self.arch * cos(self.arch_start)
        return [(x + reach, x, x - reach) for x in self.axles]

    def height(self, level: int, x: float) -> float:
        """Height (m) of a level at x; crease and belt stay above the arches."""
        keys = [-self.front, -self.screen[0], -self.back[1], -self.rear]
        z = float(np.interp(-x, keys, (self.edge, self.waist, self.crease, self.belt)[level]))
        for axle in self.axles if level >= 2 else ():
            lift = self.hub + self.arch + 0.02 * (level - 1) - z
            z += max(0.0, lift) * min(1.0, max(0.0, 1.75 - 1.25 * abs(x - axle) / self.arch))
        return z

    def side(self, level: int, x: float) -> Points:
        """Point (3,) of a level on the side at x."""
        return np.array([x, self.half_width - self.inset[level], self.height(level, x)])

    def ends(self) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """Stations (x, y) of the nose and of the tail at the widest level, from the middle to the corner."""
        nose = [(self.front, 0.0), *((self.front - d, y * self.half_width) for d, y in self.nose)]
        tail = [(self.rear, 0.0), *((self.rear + d, y * self.half_width) for d, y in self.tail)]
        return nose, tail

    def end(self, level: int, x: float, y: float) -> Points:
        """Point (3,) of a level at a station of the nose or tail."""
        share = 1.0 - 0.75 * (y / self.half_width) ** 2
        if x > 0.5 * (self.front + self.rear):
            at = max(x - share * self.front_inset[level], self.arches[0][0] + 0.02)
        else:
            at = min(x + share * self.rear_inset[level], self.arches[-1][2] - 0.02)
        return np.array([at, y * (1.0 - self.inset[level] / self.half_width), self.height(level, at)])

    def belt_at(self, x: float) -> Points:
        """Point (3,) of the belt at x, which follows the plan where nose and tail narrow."""
        nose, tail = self.ends()
        if x > self.arches[0][0]:
            chain = [self.end(3, *at) for at in nose] + [self.side(3, self.arches[0][0])]
        elif x < self.arches[-1][2]:
            chain = [self.side(3, self.arches[-1][2])] + [self.end(3, *at) for at in reversed(tail)]
        else:
            return self.side(3, x)
        along, y, z = np.array(chain)[::-1].T
        return np.array([x, np.interp(x, along, y), np.interp(x, along, z)])

    @property
    def door_end(self) -> float:
        """x at which the sills of the rear doors end: at the C pillar, or at the rear arch if that comes first."""
        foot = self.arches[-1][0]
        return max(self.pillars[1], foot) if foot < self.pillars[0] else self.pillars[1]

    @property
    def quarter_light(self) -> float:
        """Share of the front side window that lies ahead of the front door, 0 where the door reaches to the pillar."""
        front, rear = self.screen[0], self.pillars[0]
        return (front - self.hinge) / (front - rear) if front - self.hinge > 0.3 else 0.0

    def arch_edge(self, x: float, wider: float = 0.0) -> Points:
        """Chain (ARCH_SEGMENTS + 1, 3) along the arch around the axle at x, from its front foot to its rear one; its
        radius is larger by `wider` m."""
        levels = [self.side(level, x) for level in range(3)]
        chain = []
        for angle in np.linspace(self.arch_start, pi - self.arch_start, ARCH_SEGMENTS + 1):
            z = self.hub + (self.arch + wider) * sin(angle)
            y = np.interp(z, [p[2] for p in levels], [p[1] for p in levels])
            chain.append([x + (self.arch + wider) * cos(angle), y, z])
        return np.array(chain)

    def roof_height(self, x: float) -> float:
        """Height (m) of the middle of the roof at x."""
        centre, half = 0.5 * (self.screen[1] + self.back[0]), 0.5 * (self.screen[1] - self.back[0])
        return self.roof - self.roof_drop[0 if x > centre else 1] * ((x - centre) / half) ** 2

    def house_rings(self) -> tuple[Points, Points, Points, Points]:
        """Chains (8, 3) of the glasshouse: base, window tops of the sides and of the screens, roof edge.

        Points: front middle, front pillar's inner and outer edge, B, C, rear pillar's outer and inner edge, rear.
        """
        ahead, behind = self.screen[1] - 0.02, self.back[0] + 0.02
        tops = (self.screen[1], min(self.pillars[0], ahead), max(self.pillars[1], behind), self.back[0])
        wide = self.half_width - self.inset[3] - self.tumble
        base = [self.belt_at(x) for x in (self.screen[0], *self.pillars, self.back[1])]
        roof = [
            np.array([top, min(wide - narrow, low[1] - 0.03), self.roof_height(top) - self.rail])
            for top, low, narrow in zip(tops, base, (0.03, 0.0, 0.0, 0.05), strict=True)
        ]
        low, high = self._closed(base, self.crown), self._closed(roof, self.rail - 0.012)
        return low, low + self.header * (high - low), low + self.screen_header * (high - low), high

    def _closed(self, chain: list[Points], lift: float) -> Points:
        """Adds the windscreen's and the rear window's points to a chain of pillars."""
        first, last = [self._screen(chain[k], bow, lift) for k, bow in ((0, self.bow[0]), (-1, -self.bow[1]))]
        return np.array([*first, *chain, *last[::-1]])

    @staticmethod
    def _screen(corner: Points, bow: float, lift: float) -> list[Points]:
        """Middle and inner pillar edge of a screen that starts at `corner`."""
        inner = [corner[0] + 0.35 * bow, corner[1] - EDGE, corner[2] + 0.7 * lift]
        return [np.array([corner[0] + bow, 0.0, corner[2] + lift]), np.array(inner)]
