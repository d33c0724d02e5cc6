"""What a situation acts on: the world, the ego and its route, the traffic around it, and the referees' switches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import carla
import numpy as np

from lead import LeadError
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import Plan
from lead.scenarios.traffic.directives import Directives

if TYPE_CHECKING:
    from lead.scenarios.director import Played

WINDOW = 5  # points ahead in which the ego's nearest route point is searched
TICK = 0.05  # s of simulated time


class SetupFault(LeadError):
    """A situation cannot be set up where the route file puts it; it is left out, and told."""


@dataclass
class Referee:
    """What situations switch off for a while, and what they report. The criteria read it every tick."""

    blocked_test: bool = True  # ActorBlocked runs; its clock starts anew when switched on
    wrong_direction_test: bool = True  # the wrong-lane half of OutsideRouteLanes
    timeouts: list[str] = field(default_factory=list)  # names of situations whose time ran out
    failed_to_yield: list[str] = field(default_factory=list)  # names of emergency situations not yielded to


@dataclass
class Stage:
    """One route being driven. Times in s since its start, places in m in CARLA's frame.

    `update` is called once per tick, after the world's tick and before anything else looks at it.
    """

    client: carla.Client
    world: carla.World
    map: carla.Map
    graph: LaneGraph
    plan: Plan  # the route, one point per metre
    ego: carla.Vehicle
    manager: carla.TrafficManager
    random: np.random.Generator
    traffic: Directives
    referee: Referee = field(default_factory=Referee)
    situations: "Sequence[Played]" = ()  # of the route, as far as each has come; its director's

    control: carla.VehicleControl = field(default_factory=carla.VehicleControl)  # the agent's, of this tick
    time: float = 0.0
    nearest: int = 0  # row of the plan nearest to the ego, found in a window ahead
    place: carla.Location = field(default_factory=carla.Location)
    heading: carla.Vector3D = field(default_factory=carla.Vector3D)
    velocity: carla.Vector3D = field(default_factory=carla.Vector3D)
    speed: float = 0.0  # m/s
    _begun: float | None = None
    _half_sizes: dict[int, carla.Vector3D] = field(default_factory=dict)

    def update(self) -> None:
        """Read the ego's state of this tick."""
        elapsed = self.world.get_snapshot().timestamp.elapsed_seconds
        self._begun = elapsed if self._begun is None else self._begun
        self.time = round(elapsed - self._begun, 6)  # the same whatever the world's clock says
        pose = self.ego.get_transform()
        self.place, self.heading = pose.location, pose.get_forward_vector()
        self.velocity = self.ego.get_velocity()
        self.speed = self.velocity.length()
        ahead = self.plan.pose[self.nearest : self.nearest + WINDOW + 1, :2]
        self.nearest += int(np.argmin(np.hypot(ahead[:, 0] - self.place.x, ahead[:, 1] - self.place.y)))

    def half_size(self, actor: carla.Actor) -> carla.Vector3D:
        """Half the size (m) of an actor's box, which the server is asked for once (0.3 ms)."""
        if actor.id not in self._half_sizes:
            self._half_sizes[actor.id] = actor.bounding_box.extent
        return self._half_sizes[actor.id]

    def start_clock(self) -> None:
        """Let the route begin now."""
        self._begun = None
        self.update()

    @property
    def manager_port(self) -> int:
        """Port of the TrafficManager, for `set_autopilot`."""
        return self.manager.get_port()

    @contextmanager
    def no_blocked_test(self) -> Iterator[None]:
        """Standing still counts nothing inside; the clock starts anew afterwards."""
        self.referee.blocked_test = False
        try:
            yield
        finally:
            self.referee.blocked_test = True

    @contextmanager
    def no_wrong_direction_test(self) -> Iterator[None]:
        """Driving in a lane of the other direction counts nothing inside."""
        self.referee.wrong_direction_test = False
        try:
            yield
        finally:
            self.referee.wrong_direction_test = True
