"""Two-lane country roads over hills, with a few crossings where the side road gives way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lead.roads.generate.curves import PlanePose, wrap
from lead.roads.generate.draft import Draft, RoadDraft
from lead.roads.generate.furniture import add_speed_signs
from lead.roads.generate.profiles import COUNTRY_PASSING_ROAD, COUNTRY_ROAD
from lead.roads.generate.streets import Crossing, Street, draft_streets

STEEPEST = 0.075  # rise per metre on the steepest stretch of any road
SPACING = 110.0  # m between the poses that shape a road


@dataclass(frozen=True)
class Hills:
    """A smooth height field: a sum of plane waves, z in m."""

    waves: np.ndarray  # (K, 4) wave number x, wave number y (rad/m), phase, height

    def height(self, x: float, y: float) -> float:
        """Height at a place, m."""
        return float(np.sum(self.waves[:, 3] * np.sin(self.waves[:, 0] * x + self.waves[:, 1] * y + self.waves[:, 2])))

    def scaled(self, factor: float) -> Hills:
        """The same hills, `factor` times as high."""
        return Hills(self.waves * [1.0, 1.0, 1.0, factor])


# crossing: x, y (m), who gives way
CROSSINGS = {
    "Westfield": (-620.0, 10.0, "yield"),
    "Eastfield": (640.0, 60.0, "stop"),
    "Northridge": (40.0, 440.0, "yield"),
    "Southbrook": (-20.0, -430.0, "stop"),
    "Crossroads": (20.0, 10.0, "stop"),
}

# from, to, heading there and on arrival (degrees), outer loop or not
ROADS = (
    ("Westfield", "Northridge", 85.0, 0.0, True),
    ("Northridge", "Eastfield", 0.0, -85.0, True),
    ("Eastfield", "Southbrook", -95.0, 180.0, True),
    ("Southbrook", "Westfield", 180.0, 88.0, True),
    ("Westfield", "Crossroads", 12.0, 2.0, False),
    ("Crossroads", "Eastfield", 2.0, 10.0, False),
    ("Northridge", "Crossroads", -85.0, -92.0, False),
    ("Crossroads", "Southbrook", -92.0, -88.0, False),
)


def interurban(name: str, seed: int, spread: int = 100) -> Draft:
    """Draft a loop of country road around a crossroads in the hills. `spread` scales it, in per cent."""
    if not 80 <= spread <= 300:
        raise ValueError(f"spread is {spread} per cent; expected 80 to 300")
    random, scale = np.random.default_rng(seed), spread / 100
    places = {title: (x * scale, y * scale) for title, (x, y, _) in CROSSINGS.items()}
    lines = [_winding(random, places[a], places[b], leave, arrive) for a, b, leave, arrive, _ in ROADS]
    hills = _hills(random)
    steepest = max(_steepest(road) for road in _draft(name, places, lines, hills).roads)
    draft = _draft(name, places, lines, hills.scaled(STEEPEST / steepest))
    add_speed_signs(draft)
    return draft


def _draft(name: str, places: dict[str, tuple[float, float]], lines: list[list[PlanePose]], hills: Hills) -> Draft:
    """Roads along `lines` and their crossings, laid on the hills."""
    crossings = {
        title: Crossing(*places[title], hills.height(*places[title]), control, 10.0, False)
        for title, (_, _, control) in CROSSINGS.items()
    }
    streets = []
    for (start, end, _, _, outer), line in zip(ROADS, lines, strict=True):
        through = {start, end} in ({"Westfield", "Crossroads"}, {"Crossroads", "Eastfield"})
        rank, end_rank = (int(outer or (through and place == "Crossroads")) for place in (start, end))
        profile, speed = (COUNTRY_ROAD, 90.0) if outer else (COUNTRY_PASSING_ROAD, 70.0)
        heights = tuple(hills.height(pose.x, pose.y) for pose in line)
        streets.append(Street(start, end, profile, speed, rank, end_rank, tuple(line), heights, "rural"))
    draft = Draft(name)
    draft_streets(draft, crossings, streets)
    return draft


def _steepest(road: RoadDraft) -> float:
    """Largest slope along a road, sampled every 5 m."""
    return max(abs(road.height(s).slope) for s in np.arange(0.0, road.track.length, 5.0))


def _winding(
    random: np.random.Generator, start: tuple[float, float], end: tuple[float, float], leave: float, arrive: float
) -> list[PlanePose]:
    """Poses along a cubic from one place to another, swung sideways like a road that follows the land."""
    a, b = np.asarray(start), np.asarray(end)
    reach = float(np.hypot(*(b - a)))
    pull = 0.45 * reach
    first = a + pull * np.array([math.cos(math.radians(leave)), math.sin(math.radians(leave))])
    second = b - pull * np.array([math.cos(math.radians(arrive)), math.sin(math.radians(arrive))])
    swing, count = float(random.uniform(10.0, 20.0)) * random.choice([-1.0, 1.0]), max(3, round(reach / SPACING))
    side = np.array([a[1] - b[1], b[0] - a[0]]) / reach

    def place(u: float) -> np.ndarray:
        curve = (1 - u) ** 3 * a + 3 * u * (1 - u) ** 2 * first + 3 * u * u * (1 - u) * second + u**3 * b
        return curve + side * swing * math.sin(2 * math.pi * u) * math.sin(math.pi * u)

    poses = []
    for k in range(1, count + 1):
        u = k / (count + 1)
        x, y = place(u)
        dx, dy = place(u + 1e-4) - place(u - 1e-4)
        poses.append(PlanePose(float(x), float(y), wrap(math.atan2(dy, dx))))
    return poses


def _hills(random: np.random.Generator) -> Hills:
    """Waves of random direction and phase, longer ones higher."""
    waves = []
    for length in (900.0, 650.0, 480.0):
        direction, phase = random.uniform(0, 2 * np.pi, 2)
        number = 2 * np.pi / length
        waves.append([number * np.cos(direction), number * np.sin(direction), phase, length / 100])
    return Hills(np.array(waves))
