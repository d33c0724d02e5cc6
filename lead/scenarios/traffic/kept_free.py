"""Lanes and stretches of the route's road on which situations want no background traffic."""

from dataclasses import dataclass, field

import carla

from lead.scenarios.lane_graph import LaneKey, lane_key

LANE_STEP, LANE_REACH = 5.0, 500.0  # m between looks along a lane, and as far as they go at most


@dataclass(frozen=True)
class Stretch:
    """Part of the route's road."""

    first: float  # m along the route's line
    last: float
    lane: int | None = None  # only this one (lanes to the right of the route's), or all of the route's direction
    emptied: bool = True  # who drives into it is taken away; else only nobody is spawned there

    def covers(self, metre: float, lane: int) -> bool:
        """Whether a place on the route's road belongs to it."""
        return self.first <= metre < self.last and self.lane in (None, lane)


@dataclass
class KeptFree:
    """What is kept free now."""

    stretches: list[Stretch] = field(default_factory=list)  # until the ego has passed them
    lanes: list[frozenset[LaneKey]] = field(default_factory=list)  # until they are given back

    def forget_passed(self, ego_metre: float) -> None:
        """Give back the stretches behind the ego."""
        self.stretches = [stretch for stretch in self.stretches if stretch.last > ego_metre]

    def has_lane(self, key: LaneKey) -> bool:
        """Whether a lane is kept free."""
        return any(key in lane for lane in self.lanes)

    def covers(self, metre: float, lane: int) -> bool:
        """Whether nobody may be spawned there."""
        return any(stretch.covers(metre, lane) for stretch in self.stretches)

    def end_of_stretch(self, metre: float, lane: int) -> float:
        """The first metre from there on at which somebody may be spawned."""
        ends = [stretch.last for stretch in self.stretches if stretch.covers(metre, lane)]
        return self.end_of_stretch(max(ends), lane) if ends else metre

    def empties(self, metre: float, lane: int) -> bool:
        """Whether nobody may drive there."""
        return any(stretch.emptied and stretch.covers(metre, lane) for stretch in self.stretches)

    def give_back(self, key: LaneKey) -> None:
        """Let traffic come again on a lane."""
        self.lanes = [lane for lane in self.lanes if key not in lane]


def whole_lane(start: carla.Waypoint) -> frozenset[LaneKey]:
    """A lane from the junction before it to the one after it, under all names that it has on the way."""
    keys = {lane_key(start)}
    for forward in (True, False):
        here, gone = start, 0.0
        while gone < LANE_REACH:
            choices = here.next(LANE_STEP) if forward else here.previous(LANE_STEP)
            if not choices or choices[0].is_junction:
                break
            here, gone = choices[0], gone + LANE_STEP
            keys.add(lane_key(here))
    return frozenset(keys)
