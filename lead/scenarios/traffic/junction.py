"""Junction mode: vehicles come through every entry of the junction ahead of the ego, and are taken away behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import carla

from lead.scenarios.lane_graph import LaneKey, lane_key
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.traffic.fleet import Car, Newcomer
from lead.scenarios.traffic.junctions_of_route import RouteJunction
from lead.scenarios.traffic.kept_free import Stretch, whole_lane
from lead.scenarios.traffic.rules import BEYOND_EXIT, LEAST_UPSTREAM
from lead.scenarios.traffic.surroundings import Surroundings
from lead.scenarios.ways import ahead, behind


@dataclass
class Entry:
    """A lane through which others enter the junction."""

    key: LaneKey
    source: carla.Waypoint  # upstream, where its vehicles are spawned


@dataclass
class Crossing:
    """The traffic of one junction of the route, from the order that arranges it or the ego's approach on."""

    around: Surroundings
    junction: RouteJunction
    begun: bool = False
    entries: list[Entry] = field(default_factory=list)  # that have traffic
    entries_stopped: bool = False
    lanes: list[frozenset[LaneKey]] = field(default_factory=list)  # kept free until the ego is through

    def begin(self) -> None:
        """Draw which entries have traffic, and fill them."""
        rules, random = self.around.rules, self.around.stage.random
        self.begun = True
        for waypoint in self.junction.other_entries:
            drawn = random.uniform(0.0, 100.0) < rules.junction_percentage
            source = behind(waypoint, rules.junction_source)
            long_enough = source.transform.location.distance(waypoint.transform.location) >= LEAST_UPSTREAM
            key = lane_key(source)
            if drawn and long_enough and not self.around.kept_free.has_lane(key):
                self.entries.append(Entry(key, source))
        newcomers = []
        for entry in self.entries:
            steps = int((rules.junction_source - LEAST_UPSTREAM) // rules.junction_spacing)
            places = [ahead(entry.source, rules.junction_spacing * step) for step in range(steps, -1, -1)]
            newcomers += [Newcomer(place, entry=entry.key) for place in places[-rules.junction_most :]]
        self._spawn(newcomers)

    def fill_up(self) -> None:
        """One more vehicle at each source whose last one has driven on."""
        rules, newcomers = self.around.rules, []
        for entry in self.entries:
            place = entry.source.transform.location
            own = [car for car in self.around.fleet.cars if car.entry == entry.key]
            near = any(car.pose.location.distance(place) < rules.junction_spacing for car in own)
            if len(own) < rules.junction_most and not near:
                newcomers.append(Newcomer(entry.source, entry=entry.key))
        self._spawn(newcomers)

    def thin_out(self) -> None:
        """Take away what has driven through the junction and on."""
        ends = [end.transform.location for end in (*self.junction.other_exits, *self.junction.route_exits)]
        self.around.fleet.destroy(
            car
            for car in self.around.fleet.cars
            if car.left_junction == self.junction.junction
            and all(car.pose.location.distance(end) > BEYOND_EXIT for end in ends)
        )

    def holds(self, car: Car) -> bool:
        """Whether a vehicle is to wait before the junction."""
        return self.entries_stopped and self.around.waits(car)

    def arrange(self, order: JunctionOrder) -> None:
        """Carry out a situation's order."""
        around, junction = self.around, self.junction
        fleet = around.fleet
        if order.clear_junction:
            for car in fleet.cars:
                fleet.look_at_lane(car)
            fleet.destroy(car for car in fleet.cars if car.junction == junction.junction)
        if order.clear_ego_entry and around.metre < junction.first:
            fleet.destroy(car for car in around.ahead() if car.metre <= junction.first and car.junction is None)
            around.kept_free.stretches.append(Stretch(around.metre, junction.first, emptied=False))
        for waypoint in (*order.remove_entries, *order.remove_exits):
            self._keep_lane_free(whole_lane(waypoint))
        self.entries_stopped |= order.stop_entries
        if order.extend_exit > 0.0:
            around.kept_free.stretches.append(Stretch(junction.last, junction.last + order.extend_exit))

    def end(self) -> None:
        """The ego is through: its vehicles are like all others now."""
        for car in self.around.fleet.cars:
            car.entry = None
        self.around.kept_free.lanes = [lane for lane in self.around.kept_free.lanes if lane not in self.lanes]

    def _keep_lane_free(self, lane: frozenset[LaneKey]) -> None:
        fleet = self.around.fleet
        self.lanes.append(lane)
        self.around.kept_free.lanes.append(lane)
        self.entries = [entry for entry in self.entries if entry.key not in lane]
        fleet.destroy(car for car in fleet.cars if car.lane_key in lane)

    def _spawn(self, newcomers: Sequence[Newcomer]) -> None:
        self.around.place(self.around.fleet.spawn(newcomers))
