"""How much background traffic there is and how fast it drives.

Source: spec/benchmarks.md, 2.6 "Constants" and "Speeds".
"""

from dataclasses import dataclass

LEAST_TO_EGO = 15.0  # m from the ego at which nothing is spawned any more
LEAST_TO_VEHICLE = 10.0  # m from any other vehicle likewise, but for those in the lanes beside,
LEAST_BESIDE = 2.8  # m to the side, where a lane is
FARTHEST_AHEAD = 120.0  # m ahead beyond which nothing is spawned on the route's own lanes
FAR_BEHIND = 80.0  # m behind the ego at which a vehicle of its own lanes is given up
ONCOMING_BEHIND = 50.0  # m behind the ego at which an oncoming one is
ASTRAY = 60.0  # m from the ego at which one that has left the route's road is
LOST = 150.0  # m from the ego at which any is
NARROWEST = 2.25  # m of lane width; narrower ones are not driven

LOOK_AHEAD = 1.7  # s of the ego's travel by which near and far radius grow
DETECTION, DETECTION_TIME = 30.0, 1.5  # m, and s of the ego's travel, before a junction at which its traffic comes
LEAST_UPSTREAM = 15.0  # m of lane before a junction without which it gets no traffic of its own
BEYOND_EXIT = 50.0  # m after a junction at which what drove through it is taken away

TOP_SPEED = 90.0  # km/h
UNKNOWN_LIMIT = 30.0  # km/h where the ego's lane tells none
BRAKING = 4.0  # m/s^2 at which a vehicle can be asked to stop


@dataclass
class Rules:
    """What directives change. Distances in m, speeds in km/h."""

    front: int = 2  # vehicles per lane ahead
    back: int = 2  # behind
    spacing: float = 15.0  # between those of a lane when spawned
    extra_space: float = 0.0  # more room between the ego and those ahead
    route_sources: bool = True  # traffic comes on the route's own lanes
    max_speed: float = 0.0  # 0: no cap
    front_stopped: bool = False
    back_stopped: bool = False

    opposite: bool = True  # oncoming traffic comes
    opposite_source: float = 80.0  # ahead of the ego
    opposite_spacing: float = 40.0

    junction_source: float = 40.0  # upstream of a junction
    junction_spacing: float = 15.0
    junction_percentage: float = 80.0  # of the entries have traffic
    junction_most: int = 6  # vehicles alive per entry

    def near(self, ego_speed: float) -> float:
        """Metres ahead of the ego (m/s) up to which traffic drives at full speed."""
        return self.front * self.spacing + LOOK_AHEAD * ego_speed + self.extra_space

    def far(self, ego_speed: float) -> float:
        """Metres ahead at which it waits for the ego."""
        return self.near(ego_speed) + self.spacing

    def speed(self, limit: float, ego_speed: float, along: float | None) -> float:
        """The speed (km/h) of a vehicle `along` metres ahead of the ego (negative: behind), None where the ego's place
        does not matter, on roads with a limit (km/h)."""
        share = 1.0
        if along is not None and along > 0.0:
            share = min(1.0, max(0.0, (self.far(ego_speed) - along) / self.spacing))
        elif along is not None:
            share = min(2.0, 1.0 - along / (self.near(ego_speed) + self.far(ego_speed)))
        wanted = min(share * limit, TOP_SPEED)
        return min(wanted, self.max_speed) if self.max_speed > 0.0 else wanted


def detection(ego_speed: float) -> float:
    """Metres before a junction at which the ego (m/s) sets its traffic going."""
    return DETECTION + DETECTION_TIME * ego_speed
