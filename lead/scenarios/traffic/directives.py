"""What a situation can ask of the background traffic. `NoTraffic` is a street without any: it agrees to everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import carla


@dataclass(frozen=True)
class JunctionOrder:
    """How the traffic of the next junction on the route is to be arranged."""

    clear_junction: bool = True  # destroy what drives inside it
    clear_ego_entry: bool = True  # destroy what waits or drives between the ego and the junction, on its entry
    remove_entries: Sequence[carla.Waypoint] = ()  # lanes on which no traffic comes any more
    remove_exits: Sequence[carla.Waypoint] = ()  # lanes that are emptied behind it
    stop_entries: bool = False  # the other entries hold their traffic
    extend_exit: float = 0.0  # m of the route's exit road kept free for the situation


class Directives(Protocol):
    """One-shot orders; each holds until its opposite is given. Distances in m, speeds in km/h.

    Source: spec/benchmarks.md, 2.1 "Background directives" and 2.6.
    """

    def leave_space_in_front(self, metres: float) -> None:
        """Keep traffic out of the ego's lane for so far ahead."""

    def set_max_speed(self, kmh: float) -> None:
        """Cap the traffic's speed; 0 lifts it."""

    def change_road(
        self, *, front: int | None = None, back: int | None = None, spawn_distance: float | None = None,
        extra_space: float | None = None,
    ) -> None:  # fmt: skip
        """Change how many vehicles per lane drive ahead and behind, their spacing, and the ego's space to the front."""

    def change_opposite(
        self, *, source_distance: float | None = None, spawn_distance: float | None = None, active: bool | None = None
    ) -> None:
        """Change where and how densely oncoming traffic comes, or whether it does."""

    def change_junction(
        self, *, source_distance: float | None = None, spawn_distance: float | None = None,
        source_percentage: float | None = None, most_actors: int | None = None,
    ) -> None:  # fmt: skip
        """Change the traffic that enters junctions."""

    def stop_front_vehicles(self) -> None:
        """Stop what drives ahead of the ego, with brake lights."""

    def start_front_vehicles(self) -> None:
        """Let it drive again."""

    def stop_back_vehicles(self) -> None:
        """Hold what drives behind the ego."""

    def start_back_vehicles(self) -> None:
        """Let it drive again."""

    def remove_lane(self, lane: carla.Waypoint) -> None:
        """Take all traffic from the lane of a waypoint, and let none come on it."""

    def readd_lane(self, offset: int = 0) -> None:
        """Let traffic come again on the ego's lane, or the one `offset` to its right (left if negative)."""

    def leave_crossing_space(self, place: carla.Waypoint) -> None:
        """Keep traffic behind the ego from blocking who crosses at a place."""

    def switch_route_sources(self, active: bool) -> None:
        """Whether traffic comes on the route's own lanes."""

    def handle_junction(self, order: JunctionOrder) -> None:
        """Arrange the next junction on the route."""


class NoTraffic:
    """A street without traffic."""

    def __getattr__(self, name: str):
        if not hasattr(Directives, name):
            raise AttributeError(name)
        return lambda *_, **__: None
