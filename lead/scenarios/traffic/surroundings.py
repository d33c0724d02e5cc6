"""What both modes of the background traffic know: the ego on the route's line, the vehicles beside it, the rules."""

from dataclasses import dataclass, field

import carla
import numpy as np

from lead.scenarios.stage import Stage
from lead.scenarios.traffic.fleet import Car, Fleet
from lead.scenarios.traffic.junctions_of_route import RouteJunction
from lead.scenarios.traffic.kept_free import KeptFree
from lead.scenarios.traffic.road_line import RoadLine, pose_row
from lead.scenarios.traffic.rules import UNKNOWN_LIMIT, Rules

SAME_DIRECTION = 0.5  # least cosine to the line's direction of who drives along the route; of oncoming ones, negative
ROAD_HALF = 25.0  # m from the line within which a vehicle may be on the route's road
LANES = 6  # most lanes beside the route's that belong to its road


@dataclass
class Surroundings:
    """The state of one tick. Speeds in km/h where it says so."""

    stage: Stage
    line: RoadLine
    junctions: tuple[RouteJunction, ...]
    fleet: Fleet
    rules: Rules = field(default_factory=Rules)
    kept_free: KeptFree = field(default_factory=KeptFree)
    metre: float = 0.0  # of the ego along the line
    row: int = 0  # of the ego in the line
    limit: float = UNKNOWN_LIMIT  # km/h where the ego drives

    def read(self) -> None:
        """Read this tick's places."""
        self.row = self.line.start + self.stage.nearest
        self.metre = float(self.line.metre[self.row])
        self.limit = self.stage.ego.get_speed_limit() or self.limit
        self.fleet.read()
        self.place(self.fleet.cars)

    def place(self, cars: list[Car]) -> None:
        """Find vehicles beside the line."""
        if not cars:
            return
        places = self.line.places(self.row, np.array([pose_row(car.pose) for car in cars]))
        columns = (places.metre.tolist(), places.lane.tolist(), places.away.tolist(), places.cosine.tolist())
        for car, metre, lane, away, cosine in zip(cars, *columns):
            car.metre, car.lane, car.away, car.cosine = metre, lane, away, cosine

    def metre_of(self, waypoint: carla.Waypoint) -> float:
        """How far along the line a waypoint near the ego lies."""
        return float(self.line.places(self.row, pose_row(waypoint.transform)[None]).metre[0])

    def along(self, car: Car) -> float:
        """Metres by which a vehicle is ahead of the ego on the route's line; negative behind."""
        return car.metre - self.metre

    def on_route(self, car: Car) -> bool:
        """Whether it drives along the route's road in its direction."""
        return car.away < ROAD_HALF and car.cosine > SAME_DIRECTION and abs(car.lane) <= LANES and not self.waits(car)

    def oncoming(self, car: Car) -> bool:
        """Whether it comes towards the ego on the route's road."""
        return car.away < ROAD_HALF and car.cosine < -SAME_DIRECTION and not self.waits(car)

    def waits(self, car: Car) -> bool:
        """Whether it is still on its way into the junction at whose entry it was spawned."""
        return car.entry is not None and car.junction is None and car.left_junction is None

    def ahead(self) -> list[Car]:
        """The vehicles on the route's lanes ahead of the ego, nearest first."""
        return sorted((car for car in self.fleet.cars if self.on_route(car) and self.along(car) > 0.0), key=self.along)

    def behind(self) -> list[Car]:
        """Those behind it, nearest first."""
        found = (car for car in self.fleet.cars if self.on_route(car) and self.along(car) <= 0.0)
        return sorted(found, key=self.along, reverse=True)

    def next_junction(self) -> RouteJunction | None:
        """The junction in which the ego is, or the next on its route."""
        return next((junction for junction in self.junctions if junction.last > self.metre), None)

    def open_road(self) -> tuple[float, float]:
        """Metres of the line between the junction behind the ego and the one ahead."""
        begins = max((junction.last for junction in self.junctions if junction.last <= self.metre), default=0.0)
        following = self.next_junction()
        ends = float(self.line.metre[-1]) if following is None else following.first
        return begins, ends
