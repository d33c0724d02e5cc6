"""A small town: one-lane streets that bend, crossings with stop and yield signs, no traffic light."""

from __future__ import annotations

import math

import numpy as np

from lead.roads.generate.curves import PlanePose
from lead.roads.generate.draft import Draft
from lead.roads.generate.furniture import add_speed_signs
from lead.roads.generate.profiles import VILLAGE_PARKING_STREET, VILLAGE_STREET
from lead.roads.generate.streets import Crossing, Street, draft_streets

JITTER = 5.0  # m, how far crossings move with the seed

# crossing: x, y in m, who gives way
CROSSINGS = {
    "West Gate": (-235.0, -20.0, "yield"),
    "Smithy": (-112.0, -12.0, "stop"),
    "Market": (0.0, 0.0, "all_way_stop"),
    "School": (112.0, 14.0, "yield"),
    "East Gate": (232.0, 32.0, "stop"),
    "Church": (6.0, 165.0, "yield"),
    "Green": (136.0, 150.0, "stop"),
    "Mill": (-4.0, -158.0, "stop"),
    "Bridge": (-128.0, -140.0, "yield"),
}


def village(name: str, seed: int, spread: int = 100) -> Draft:
    """Draft a village: a main street through the market place inside a loop road. `spread` scales it, in per cent."""
    if not 80 <= spread <= 200:
        raise ValueError(f"spread is {spread} per cent; expected 80 to 200")
    random, scale = np.random.default_rng(seed), spread / 100
    crossings = {}
    for title, (x, y, control) in CROSSINGS.items():
        x, y = scale * x + random.uniform(-JITTER, JITTER), scale * y + random.uniform(-JITTER, JITTER)
        crossings[title] = Crossing(float(x), float(y), control=control, corner_radius=5.0)
    bend = float(random.uniform(8.0, 14.0)) * scale

    def pose(x: float, y: float, degrees: float) -> PlanePose:
        return PlanePose(x * scale, y * scale, math.radians(degrees))

    def main(start: str, end: str, **fields) -> Street:
        return Street(start, end, VILLAGE_PARKING_STREET, 30.0, **fields)

    def loop(start: str, end: str, *via: PlanePose) -> Street:
        return Street(start, end, VILLAGE_STREET, 40.0, rank=1, via=via)

    def lane(start: str, end: str, *via: PlanePose) -> Street:
        return Street(start, end, VILLAGE_STREET, 30.0, rank=0, via=via)

    streets = [
        main("West Gate", "Smithy", rank=0, end_rank=1),
        main("Smithy", "Market", rank=1),
        main("Market", "School", rank=1),
        main("School", "East Gate", rank=1, end_rank=0),
        loop("West Gate", "Church", pose(-238, 60, 88), pose(-170, 140, 22), pose(-80, 160, 4)),
        loop("Church", "Green", pose(70, 163 - bend / 4, -5)),
        loop("Green", "East Gate", pose(200, 130, -35), pose(236, 80, -80)),
        loop("East Gate", "Mill", pose(230, -50, -96), pose(160, -135, -155), pose(80, -158, 180)),
        loop("Mill", "Bridge", pose(-65, -155, 172)),
        loop("Bridge", "West Gate", pose(-190, -120, 150), pose(-236, -70, 92)),
        lane("Market", "Church", pose(bend, 80, 92)),
        lane("Market", "Mill", pose(-bend, -80, -90)),
        lane("School", "Green", pose(130 + bend / 2, 80, 80)),
        lane("Smithy", "Bridge", pose(-122 - bend / 2, -78, -95)),
    ]
    draft = Draft(name)
    draft_streets(draft, crossings, streets)
    add_speed_signs(draft)
    return draft
