"""The situation types that are passed, a row each. Source: spec/lead-expert-and-data.md, 1.8 and 1.10."""

from collections.abc import Mapping
from math import inf

from lead.expert.rules.passing.bicycles import riding_beside, riding_two_ways
from lead.expert.rules.passing.emergency import yielding
from lead.expert.rules.passing.invading import keeping_aside
from lead.expert.rules.passing.row import OVERTAKING_SPEED, Cap, Row
from lead.expert.rules.passing.standing import standing
from lead.expert.rules.passing.stranded import STRANDED, STRANDED_TWO_WAYS

NARROW, MIDDLING, WIDE = 2.76, 3.01, 3.51  # m of lane width, up to which a lane is such
LONG_CAPS = (Cap(25.0, 10.0, 50.0), Cap(20.0, 7.5, 45.0), Cap(0.0, 6.75, 40.0))  # of accidents and road works
SHORT_CAPS = (Cap(25.0, 10.0, 45.0), Cap(20.0, 7.5, 45.0), Cap(0.0, 6.75, 35.0))  # of parked cars
LATE_START = ((NARROW, 8.0), (MIDDLING, 8.0), (WIDE, 9.0), (inf, 10.0))  # m, of long obstacles
EARLY_START = ((NARROW, 7.0), (MIDDLING, 7.0), (WIDE, 8.0), (inf, 9.0))  # m, of short ones
KEEP_AWAY = ((NARROW, 1.13), (inf, 1.12))  # factor beside cones
TRAILER = 5.0  # m from the trailer, which comes first, to the place from which the road works' distance counts

ROWS: Mapping[str, Row] = {
    "Accident": Row(standing, 10.0, 1.5, 1.2, weather=True, town_after=0.5, caps=LONG_CAPS),
    "ConstructionObstacle": Row(standing, 10.5, 1.5, 1.5, factor=KEEP_AWAY, caps=LONG_CAPS),
    "ParkedObstacle": Row(standing, 10.0, 1.0, 1.0, weather=True, town_after=0.5, caps=SHORT_CAPS),
    "AccidentTwoWays": Row(standing, 4.5, -1.0, -1.0, two_ways=True, starting=LATE_START, caps=LONG_CAPS),
    "ConstructionObstacleTwoWays": Row(
        standing, 5.0, 1.5, 1.0, two_ways=True, factor=KEEP_AWAY, starting=LATE_START, negotiation=2.0,
        opens=30.0 - TRAILER, caps=LONG_CAPS,
    ),
    "ParkedObstacleTwoWays": Row(standing, 4.0, -0.5, 0.5, two_ways=True, starting=EARLY_START, caps=SHORT_CAPS),
    "VehicleOpensDoorTwoWays": Row(
        standing, 5.0, -1.0, -1.0, two_ways=True, on_lane=False, starting=EARLY_START, opens=10.0, opens_time=3.0,
        factor=((NARROW, 1.0), (MIDDLING, 0.875), (inf, 0.75)), speed=((MIDDLING, 8.75), (inf, OVERTAKING_SPEED)),
    ),
    "HazardAtSideLane": Row(riding_beside, 8.0, after=9.0, trigger=25.0),
    "HazardAtSideLaneTwoWays": Row(riding_two_ways, 8.0, after=9.0, trigger=10.0, two_ways=True),
    STRANDED: Row(standing, 4.5, -0.5, 0.5),
    STRANDED_TWO_WAYS: Row(standing, 4.0, -0.5, 0.5, two_ways=True, starting=EARLY_START),
    "YieldToEmergencyVehicle": Row(yielding, 20.0, on_lane=False),
    "InvadingTurn": Row(keeping_aside, 5.0, 10.0, 5.0, on_lane=False),
}  # fmt: skip
"""By type as in route files, and stranded vehicles; `after` and `before` are without the ramps."""
