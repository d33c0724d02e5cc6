"""Which places suit which situation, one file per family; importing this fills the table of rules."""

from collections.abc import Mapping

from lead.scenarios.suites.places import junctions, merging, obstacles, walkers
from lead.scenarios.suites.places.fit import Fit, Span, placeable, rule_of

__all__ = ["AT_START", "LANE_CHANGES", "Fit", "junctions", "merging", "obstacles", "placeable", "rule_of", "walkers"]

LANE_CHANGES: Mapping[str, tuple[tuple[Span, str], ...]] = {
    "SequentialLaneChange": (((35.0, 45.0), "either"), ((85.0, 105.0), "same")),
    "HighwayExit": (((50.0, 70.0), "right"), ((100.0, 130.0), "right")),
    "EnterActorFlow": (((90.0, 150.0), "left"),),
    "MergerIntoSlowTraffic": (((90.0, 150.0), "left"),),
}
"""Lane changes that the way of a type needs: m from its start, drawn from a range, and the side."""

AT_START = ("ParkingExit",)
"""Types that are triggered where the route begins."""
