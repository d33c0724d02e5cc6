"""Driving efficiency of Bench2Drive: the ego's speed in percent of the traffic's (`efficiency_smoothness_benchmark`)."""

from collections.abc import Sequence

from lead.score.messages import read_message
from lead.score.record import RouteRecord

GREATEST = 1000.0  # percent; segments above it are left out, as the traffic hardly moved there


def efficiency(records: Sequence[RouteRecord]) -> float | None:
    """Mean over the routes of the mean over each route's segments, in percent; above 100 is faster than the traffic.

    Routes without a segment that counts are left out; None if there is no other.
    """
    routes = []
    for record in records:
        messages = record.infractions["min_speed_infractions"]
        speeds = [float(read_message("min_speed_infractions", message)["percent"]) for message in messages]
        speeds = [speed for speed in speeds if speed <= GREATEST]
        if speeds:
            routes.append(sum(speeds) / len(speeds))
    return sum(routes) / len(routes) if routes else None
