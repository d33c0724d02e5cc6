"""The background traffic of a route: a bubble of vehicles that goes with the ego, on roads and through junctions.

Source: spec/benchmarks.md, 2.6. Vehicles are driven by CARLA's TrafficManager; what situations ask for are the
directives of `lead.scenarios.traffic.directives`.
"""

import carla

from lead.scenarios.lane_graph import lane_key
from lead.scenarios.stage import Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.traffic.fleet import Car, Fleet
from lead.scenarios.traffic.junction import Crossing
from lead.scenarios.traffic.junctions_of_route import RouteJunction, junctions_of
from lead.scenarios.traffic.kept_free import Stretch, whole_lane
from lead.scenarios.traffic.road import Road
from lead.scenarios.traffic.road_line import RoadLine
from lead.scenarios.traffic.rules import BRAKING, detection
from lead.scenarios.traffic.surroundings import Surroundings

SOURCES_EVERY = 5  # ticks between looks at the sources
SITUATIONS_FIRST = 1  # ticks in which the situations near the start are set up, before traffic takes their places
CROSSED = 5.0  # m beyond a crossing at which the ego gives it free again
STOP_SHORT = 4.0  # m before a crossing at which vehicles can at best be held


class BackgroundTraffic:
    """Vehicles around the ego; carries out the directives.

    `step` is called once per tick, after the stage's update and before the situations.
    """

    def __init__(self, stage: Stage) -> None:
        line = RoadLine(stage.plan)
        self._around = Surroundings(stage, line, junctions_of(line), Fleet(stage))
        self._road = Road(self._around)
        self._crossing: Crossing | None = None  # of the next junction, once it concerns anybody
        self._crossing_space: float | None = None  # m along the line before which others are held
        self._ticks = 0

    @property
    def vehicles(self) -> list[carla.Vehicle]:
        """What is on the street, by age."""
        return [car.actor for car in self._around.fleet.cars]

    @property
    def junctions(self) -> tuple[RouteJunction, ...]:
        """The junctions of the route."""
        return self._around.junctions

    @property
    def at_junction(self) -> bool:
        """Whether the next junction's traffic is going."""
        return self._crossing is not None and self._crossing.begun

    def step(self) -> None:
        """One tick."""
        around = self._around
        around.read()
        around.kept_free.forget_passed(around.metre)
        self._ticks += 1
        if self._ticks <= SITUATIONS_FIRST:
            return
        self._enter_and_leave()
        if self._ticks == SITUATIONS_FIRST + 1:
            self._road.fill()
        elif self._ticks % SOURCES_EVERY == 0:
            self._road.thin_out()
            self._road.fill_up(ahead=not self.at_junction)
            if self._crossing is not None and self._crossing.begun:
                self._crossing.thin_out()
                self._crossing.fill_up()
        self._clear_kept_free()
        self._tell_speeds()

    def close(self) -> None:
        """Take all vehicles off the street."""
        self._around.fleet.destroy(self._around.fleet.cars)

    def leave_space_in_front(self, metres: float) -> None:
        """Keep traffic out of the ego's lane for so far ahead, until the ego is there."""
        here = self._around.metre
        self._around.kept_free.stretches.append(Stretch(here, here + metres, lane=0))
        self._clear_kept_free()

    def set_max_speed(self, kmh: float) -> None:
        """Cap the traffic's speed; 0 lifts it."""
        self._around.rules.max_speed = kmh

    def change_road(
        self, *, front: int | None = None, back: int | None = None, spawn_distance: float | None = None,
        extra_space: float | None = None,
    ) -> None:  # fmt: skip
        """Change how many vehicles per lane drive ahead and behind, their spacing, and the ego's space to the front."""
        self._change(front=front, back=back, spacing=spawn_distance, extra_space=extra_space)

    def change_opposite(
        self, *, source_distance: float | None = None, spawn_distance: float | None = None, active: bool | None = None
    ) -> None:
        """Change where and how densely oncoming traffic comes; what comes is taken away when it is to be none."""
        self._change(opposite_source=source_distance, opposite_spacing=spawn_distance, opposite=active)
        if active is False:
            self._around.fleet.destroy(car for car in self._around.fleet.cars if self._around.oncoming(car))

    def change_junction(
        self, *, source_distance: float | None = None, spawn_distance: float | None = None,
        source_percentage: float | None = None, most_actors: int | None = None,
    ) -> None:  # fmt: skip
        """Change the traffic that enters junctions; distance and percentage from the next one on."""
        self._change(junction_source=source_distance, junction_spacing=spawn_distance)
        self._change(junction_percentage=source_percentage, junction_most=most_actors)

    def stop_front_vehicles(self) -> None:
        """Stop what drives ahead of the ego, with brake lights."""
        self._around.rules.front_stopped = True

    def start_front_vehicles(self) -> None:
        """Let it drive again."""
        self._around.rules.front_stopped = False

    def stop_back_vehicles(self) -> None:
        """Hold what drives behind the ego."""
        self._around.rules.back_stopped = True

    def start_back_vehicles(self) -> None:
        """Let it drive again."""
        self._around.rules.back_stopped = False

    def remove_lane(self, lane: carla.Waypoint) -> None:
        """Take all traffic from the lane of a waypoint between two junctions, and let none come on it."""
        self._around.kept_free.lanes.append(whole_lane(lane))
        self._clear_kept_free()

    def readd_lane(self, offset: int = 0) -> None:
        """Let traffic come again on the route's lane beside the ego, or the one `offset` to its right."""
        here: carla.Waypoint | None = self._around.line.waypoints[self._around.row]
        for _ in range(abs(offset)):
            here = here and (here.get_right_lane() if offset > 0 else here.get_left_lane())
        if here is not None:
            self._around.kept_free.give_back(lane_key(here))

    def leave_crossing_space(self, place: carla.Waypoint) -> None:
        """Hold traffic beside and behind the ego before a place until the ego has passed it; what cannot stop goes."""
        around = self._around
        self._crossing_space = around.metre_of(place)
        too_close = []
        for car in around.fleet.cars:
            left = self._crossing_space - car.metre
            behind_ego = car.lane == 0 and around.along(car) < 0.0
            if around.on_route(car) and left > 0.0 and not behind_ego:
                speed = car.actor.get_velocity().length()
                if left - car.actor.bounding_box.extent.x < STOP_SHORT + speed * speed / (2.0 * BRAKING):
                    too_close.append(car)
        around.fleet.destroy(too_close)

    def switch_route_sources(self, active: bool) -> None:
        """Whether traffic comes on the route's own lanes."""
        self._around.rules.route_sources = active

    def handle_junction(self, order: JunctionOrder) -> None:
        """Arrange the next junction on the route; without one on the way nothing happens."""
        if self._crossing is None:
            junction = self._around.next_junction()
            if junction is None:
                return
            self._crossing = Crossing(self._around, junction)
        self._crossing.arrange(order)

    def _change(self, **rules: float | int | bool | None) -> None:
        for name, value in rules.items():
            if value is not None:
                setattr(self._around.rules, name, value)

    def _enter_and_leave(self) -> None:
        """Go over from road to junction mode and back."""
        around = self._around
        if self._crossing is not None and around.metre > self._crossing.junction.last:
            self._crossing.end()
            self._crossing = None
        following = around.next_junction()
        if following is None or following.first - around.metre > detection(around.stage.speed):
            return
        if self._crossing is None:
            self._crossing = Crossing(around, following)
        if not self._crossing.begun:
            self._crossing.begin()

    def _clear_kept_free(self) -> None:
        """Destroy what is where nobody may be."""
        around = self._around
        kept = around.kept_free
        if not kept.lanes and not kept.stretches:
            return
        gone = [car for car in around.fleet.cars if kept.has_lane(car.lane_key)]
        if kept.stretches:
            gone += [car for car in around.ahead() if kept.empties(car.metre, car.lane)]
        around.fleet.destroy(gone)

    def _tell_speeds(self) -> None:
        around, rules = self._around, self._around.rules
        ego_speed = around.stage.speed
        if self._crossing_space is not None and around.metre > self._crossing_space + CROSSED:
            self._crossing_space = None
        for car in around.fleet.cars:
            along = around.along(car) if around.on_route(car) else None
            distance = None if self.at_junction else along
            around.fleet.drive(car, rules.speed(around.limit, ego_speed, distance), held=self._held(car, along))

    def _held(self, car: Car, along: float | None) -> bool:
        """Whether a vehicle is to stand, `along` m ahead of the ego on its road."""
        rules, crossing = self._around.rules, self._crossing
        if along is None:
            return crossing is not None and crossing.holds(car)
        before_crossing = self._crossing_space is not None and car.metre < self._crossing_space
        return before_crossing or (rules.front_stopped if along > 0.0 else rules.back_stopped)
