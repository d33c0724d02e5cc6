"""Road mode: vehicles ahead of the ego and behind it in every lane of its direction, and others that come towards it."""

from collections.abc import Iterator, Sequence

import carla

from lead.scenarios.lane_graph import lane_key
from lead.scenarios.traffic.fleet import Car, Newcomer
from lead.scenarios.traffic.rules import ASTRAY, FAR_BEHIND, FARTHEST_AHEAD, LOST, ONCOMING_BEHIND
from lead.scenarios.traffic.surroundings import Surroundings
from lead.scenarios.ways import same_direction_lanes

FIRST = 20.0  # m from the ego to the first vehicles of the route's start, and least to an oncoming source
JUNCTION_CLEAR = 5.0  # m from a junction within which the road's sources stand still
MOST_LANES = 12  # across a road
KMH = 3.6  # km/h per m/s


class Road:
    """Keeps the road around the ego as full as the rules say."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def fill(self) -> None:
        """The first vehicles, at the start of the route: ahead, behind and oncoming, each a spacing apart."""
        around, rules = self._around, self._around.rules
        newcomers = []
        if rules.route_sources:
            places = [FIRST + rules.extra_space + number * rules.spacing for number in range(rules.front)]
            places += [-FIRST - number * rules.spacing for number in range(rules.back)]
            for metre in (around.metre + place for place in places):
                lanes = [lane for k, lane in self._route_lanes(metre) if not around.kept_free.covers(metre, k)]
                newcomers += [Newcomer(lane, around.stage.speed) for lane in lanes]
        place = rules.opposite_source
        while rules.opposite and place >= FIRST:
            newcomers += [Newcomer(lane, around.limit / KMH) for _, lane in self._opposite_lanes(around.metre + place)]
            place -= rules.opposite_spacing
        self._spawn(newcomers)

    def fill_up(self, *, ahead: bool = True) -> None:
        """One vehicle per lane at each source that has room; near a junction only behind the ego."""
        newcomers: list[Newcomer] = []
        if ahead and self._around.rules.opposite:
            newcomers += self._oncoming()
        if self._around.rules.route_sources:
            newcomers += self._behind()
            newcomers += self._ahead() if ahead else ()
        self._spawn(newcomers)

    def thin_out(self) -> None:
        """Take away what is too many in a lane of the route, too far behind, or gone astray."""
        around, rules = self._around, self._around.rules
        gone = _surplus(around.ahead(), rules.front) + _surplus(around.behind(), rules.back)
        for car in around.fleet.cars:
            along, away = around.along(car), around.stage.place.distance(car.pose.location)
            if around.on_route(car):
                left = along < -FAR_BEHIND
            elif around.oncoming(car):
                left = along < -ONCOMING_BEHIND
            else:
                left = car.entry is None and away > ASTRAY
            if left or away > LOST:
                gone.append(car)
        around.fleet.destroy(gone)

    def _ahead(self) -> Iterator[Newcomer]:
        """At the near radius, or a spacing beyond the last one."""
        around, rules = self._around, self._around.rules
        source, cars = around.metre + rules.near(around.stage.speed), around.ahead()
        for number, lane in self._route_lanes(source):
            in_lane = [car for car in cars if car.lane == number]
            if len(in_lane) >= rules.front:
                continue
            metre = max(source, in_lane[-1].metre + rules.spacing) if in_lane else source
            metre = around.kept_free.end_of_stretch(metre, number)
            if metre - around.metre > FARTHEST_AHEAD or metre > around.open_road()[1] - JUNCTION_CLEAR:
                continue
            beyond = lane.next(metre - source) if metre > source else [lane]
            if beyond:
                yield Newcomer(beyond[0], self._with(in_lane[-1:]))

    def _behind(self) -> Iterator[Newcomer]:
        """As far behind as the vehicles there need, or a spacing behind the last one."""
        around, rules = self._around, self._around.rules
        source, cars = around.metre - rules.back * rules.spacing, around.behind()
        for number, lane in self._route_lanes(source):
            in_lane = [car for car in cars if car.lane == number]
            if len(in_lane) >= rules.back:
                continue
            metre = min(source, in_lane[-1].metre - rules.spacing) if in_lane else source
            if metre < around.open_road()[0] + JUNCTION_CLEAR:
                continue
            before = lane.previous(source - metre) if metre < source else [lane]
            if before:
                yield Newcomer(before[0], self._with(in_lane[-1:]))

    def _oncoming(self) -> Iterator[Newcomer]:
        """At the opposite source, which stops at a junction, when the last one is far enough from it."""
        around, rules = self._around, self._around.rules
        source = min(around.metre + rules.opposite_source, around.open_road()[1] - JUNCTION_CLEAR)
        if source - around.metre < FIRST:
            return
        cars = [car for car in around.fleet.cars if around.oncoming(car)]
        for number, lane in self._opposite_lanes(source):
            if all(abs(car.metre - source) > rules.opposite_spacing for car in cars if car.lane == number):
                yield Newcomer(lane, around.limit / KMH)

    def _route_lanes(self, metre: float) -> list[tuple[int, carla.Waypoint]]:
        """The lanes of the route's direction so far along the line, by how many they lie to the right of the route's;
        none in junctions or beyond them."""
        begins, ends = self._around.open_road()
        here = self._around.line.at(metre) if begins <= metre <= ends else None
        if here is None or here.is_junction:
            return []
        lanes = same_direction_lanes(here)
        own = [lane.lane_id for lane in lanes].index(here.lane_id)
        return [(k - own, lane) for k, lane in enumerate(lanes)]

    def _opposite_lanes(self, metre: float) -> list[tuple[int, carla.Waypoint]]:
        """Those of the other direction likewise."""
        lanes = self._route_lanes(metre)
        if not lanes:
            return []
        here, sign, found = lanes[0][1], lanes[0][1].lane_id, []
        for _ in range(MOST_LANES):
            here = here.get_left_lane() if here.lane_id * sign > 0 else here.get_right_lane()
            if here is None:
                break
            if here.lane_type == carla.LaneType.Driving and here.lane_id * sign < 0:
                found.append((self._around.line.lane_of(here, self._around.row), here))
        return found

    def _with(self, last: Sequence[Car]) -> float:
        """Speed (m/s) with which a vehicle begins: the ego's, or that of the one before it if slower."""
        return min([self._around.stage.speed, *(car.actor.get_velocity().length() for car in last)])

    def _spawn(self, newcomers: Sequence[Newcomer]) -> None:
        around = self._around
        allowed = [new for new in newcomers if not around.kept_free.has_lane(lane_key(new.waypoint))]
        around.place(around.fleet.spawn(allowed))


def _surplus(cars: Sequence[Car], most: int) -> list[Car]:
    """Those that are too many in their lane, of vehicles with the nearest first."""
    seen: dict[int, int] = {}
    found = []
    for car in cars:
        seen[car.lane] = seen.get(car.lane, 0) + 1
        if seen[car.lane] > most:
            found.append(car)
    return found
