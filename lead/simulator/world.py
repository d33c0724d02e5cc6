"""The embedded world: one town, its actors as arrays, its lights and weather, stepped by numba kernels.

Frame: CARLA's; metres, seconds, radians (the server converts degrees and milliseconds at its border). Every command
raises `UnknownActor` for an id that is not alive and `WrongActor` for one of the wrong kind.

One `step(dt)` does, in sub-steps of at most 0.05 s: traffic lights, friction triggers, vehicles, walkers, loose props,
collisions; then, once: accelerations, the poses and motion of attached actors, and the light and speed limit that hold
for every vehicle.
"""

import hashlib
import logging
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.roads.signals import SignalKind
from lead.roads.town import Town
from lead.simulator.actors import (
    ActorKind,
    Contact,
    LightState,
    SpawnError,
    UnknownActor,
    WorldError,
    WrongActor,
)
from lead.simulator.body_commands import BodyCommands
from lead.simulator.contacts import ContactBuffer
from lead.simulator.light_commands import LightCommands
from lead.simulator.lights import build_cycles, show
from lead.simulator.obstacles import Obstacles, obstacles_of
from lead.simulator.queries import Queries
from lead.simulator.spawning import Spawning
from lead.simulator.stepping import step_world
from lead.simulator.table import ActorTable
from lead.simulator.vehicle_commands import VehicleCommands
from lead.simulator.walker_commands import WalkerCommands
from lead.simulator.weather import DEFAULT_WEATHER, checked_weather

__all__ = [
    "ActorKind",
    "ActorTable",
    "Contact",
    "LightState",
    "SpawnError",
    "UnknownActor",
    "World",
    "WorldError",
    "WrongActor",
]

_log = logging.getLogger(__name__)
MAX_SUBSTEP = 0.05  # s, the step the vehicle model was fitted at


class World(Spawning, BodyCommands, VehicleCommands, WalkerCommands, LightCommands, Queries):
    """One town with everything that moves in it. Same calls in the same order give the same bytes (`state_hash`).

    Nothing in the world itself is random; `seed` is that of the town's looks, for whoever draws it.
    """

    def __init__(self, town: Town, *, seed: int = 0, first_id: int = 1) -> None:
        if first_id < 1:
            raise WorldError(f"first_id {first_id}: expected at least 1, as 0 means no actor")
        self.town = town
        self.seed = seed
        self.time = 0.0
        self.table = ActorTable()
        self.contacts: list[Contact] = []
        self.weather: NDArray[np.float64] = DEFAULT_WEATHER.copy()
        self.obstacles: Obstacles = obstacles_of(town)
        self._next_id = first_id
        self._blueprint, self._attributes, self._physics = {}, {}, {}
        self._bones = {}
        self._cycles = build_cycles(town.signals)
        self._spawn_signals()
        show(self._cycles, self.table.columns, np.arange(len(self._cycles.state)))

    def _spawn_signals(self) -> None:
        """Give every light and sign of the town an actor; they are the first rows of the table and stay there."""
        signals = self.town.signals
        names = {SignalKind.STOP: "traffic.stop", SignalKind.YIELD: "traffic.yield"}
        self.signal_actor = np.arange(self._next_id, self._next_id + len(signals.kind), dtype=np.uint32)
        for row, kind in enumerate(signals.kind):
            actor = self._claim_id()
            light = kind == SignalKind.LIGHT
            self.table.append(actor, ActorKind.LIGHT if light else ActorKind.SIGN, signals.pose[row])
            self.table.columns.extent[row] = signals.trigger_extent[row]
            self.table.columns.centre[row] = signals.trigger[row, :3]
            limit = f"traffic.speed_limit.{signals.speed_limit[row]:.0f}"
            self._blueprint[actor] = "traffic.traffic_light" if light else names.get(SignalKind(kind), limit)
            self._attributes[actor] = {}
        self.table.settle()

    def exists(self, actor: int) -> bool:
        """Whether the actor is alive."""
        return actor in self.table

    def row(self, actor: int) -> int:
        """Row of a living actor in `table`."""
        return self.table.row(actor)

    def blueprint_of(self, actor: int) -> str:
        """Blueprint id (for lights and signs: type id) of a living actor."""
        self.table.row(actor)
        return self._blueprint[actor]

    def attributes_of(self, actor: int) -> dict[str, str]:
        """Attributes a living actor was spawned with."""
        self.table.row(actor)
        return dict(self._attributes[actor])

    def set_weather(self, weather: ArrayLike) -> None:
        """Set the 14 weather parameters, in the order of carla.WeatherParameters."""
        self.weather = checked_weather(weather)

    def step(self, dt: float) -> None:
        """Advance the world by dt (s), in equal sub-steps of at most 0.05 s; `contacts` are those of this step."""
        if not 0.0 < dt < 60.0:
            raise WorldError(f"step of {dt} s: expected a positive time below 60 s")
        table = self.table
        substeps = max(1, ceil(dt / MAX_SUBSTEP - 1e-9))
        signals = self.town.signals
        found = step_world(
            table.columns, table.vehicles, table.bodies, table.attached, table.triggers, self._cycles, self.obstacles,
            self.town.network, self.town.surface, signals.sample_light, signals.sample_stop, signals.sample_limit,
            self.signal_actor, dt / substeps, substeps,
        )  # fmt: skip
        self.time += dt
        self.contacts = self._contacts(found)

    def _contacts(self, found: ContactBuffer) -> list[Contact]:
        """Contacts of both parties, as each felt them."""
        ids, count = self.table.columns.id, int(found.count[0])
        if count == len(found.parties):
            _log.warning("%d contacts in the step to %.2f s: those beyond are lost", count, self.time)
        result = []
        rows = zip(*(array[:count].tolist() for array in found[1:]), strict=True)
        for (row, other, label), impulse, point in rows:
            actor = int(ids[row])
            if other < 0:
                result.append(Contact(actor, 0, label, tuple(impulse), tuple(point)))
                continue
            mirrored = (-impulse[0], -impulse[1], -impulse[2])
            result.append(Contact(actor, int(ids[other]), 0, tuple(impulse), tuple(point)))
            result.append(Contact(int(ids[other]), actor, 0, mirrored, tuple(point)))
        return result

    def state_hash(self) -> str:
        """SHA-256 (hex) over all that changes as the world runs."""
        digest = hashlib.sha256(np.float64(self.time).tobytes())
        for column in self.table.columns:
            digest.update(column[: self.table.count].tobytes())
        for array in (self._cycles.state, self._cycles.times, self._cycles.current, self._cycles.frozen):
            digest.update(array.tobytes())
        digest.update(self.weather.tobytes())
        digest.update(self.obstacles.standing.tobytes())
        return digest.hexdigest()
