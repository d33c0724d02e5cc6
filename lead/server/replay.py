"""Plays a recording back into the world: actors come to life again under new ids and are led along their old paths.

While they are led the solver has no hand in them. Between two recorded frames they stand between the two recorded
poses, by simulation time; lights and lamps show what the earlier frame says. At the end they are left standing, with
physics as before.
"""

import logging
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import compose
from lead.server import recorder_format as form
from lead.server.dispatch import Refusal
from lead.server.recorder_format import Added, Frame, Log, Packet
from lead.simulator.actors import ActorKind, Flag, LightState, LightTime, WalkerControl, WorldError
from lead.simulator.blueprints import library

if TYPE_CHECKING:
    from lead.server.episode import Episode

MOST_ACTORS = 2000  # brought to life by one replay; a file may ask for any number
HEADROOM = 1000.0  # m above its place at which an actor comes to life, where nothing is in the way
SAME_PLACE = 0.5  # m between a recorded light or sign and the town's
BEHIND = np.array([-10.0, 0.0, 5.0, np.radians(-25.0), 0.0, 0.0])  # pose of the spectator behind the actor it follows
_log = logging.getLogger(__name__)


@dataclass
class ReplayOptions:
    """What a client has asked of replays; `time_factor` counts at once, the others for the next replay."""

    time_factor: float = 1.0
    ignore_hero: bool = False
    ignore_spectator: bool = True


@dataclass(frozen=True)
class ReplaySpan:
    """Which part of a recording is played, s, and who is watched."""

    start: float
    stop: float
    follow: int = 0  # recorded id, 0 nobody
    offset: NDArray[np.float64] = field(default_factory=lambda: BEHIND)  # (6,) pose of the spectator from there
    sensors: bool = False  # whether sensors come back too

    @classmethod
    def of(cls, log: Log, start: float, duration: float, **rest: object) -> "ReplaySpan":
        """A negative start counts from the end; a duration of 0 plays to the end."""
        begin = max(0.0, log.duration + start) if start < 0.0 else min(start, log.duration)
        return cls(begin, begin + duration if duration > 0.0 else log.duration, **rest)


class Replay:
    """One replay that is going on."""

    def __init__(self, episode: "Episode", log: Log, span: ReplaySpan, options: ReplayOptions) -> None:
        """Bring the actors of the first moment to life and put them there."""
        self._episode, self._log, self._span, self._options = episode, log, span, options
        self._ignore_hero, self._ignore_spectator = options.ignore_hero, options.ignore_spectator
        self._times = [frame.elapsed for frame in log.frames]
        self._led: dict[int, int] = {}  # recorded id -> id in this world
        self._created: set[int] = set()  # ids in this world that the replay brought to life
        self._reused: set[int] = set()  # ids in this world that stand for themselves
        self._had_physics: dict[int, bool] = {}
        self._passed = -1  # last frame whose events have happened
        self._time = span.start
        self._velocity: list[tuple[int, NDArray[np.float64]]] = []
        world = episode.world
        lights = world.table.kind == ActorKind.LIGHT
        self._frozen = dict(zip(world.table.id[lights].tolist(), world.table.frozen[lights].tolist(), strict=True))
        world.freeze_all_lights(True)  # they show what was recorded and nothing else
        self._lead(self._time)

    @property
    def over(self) -> bool:
        """Whether the end has been reached."""
        return self._time >= min(self._span.stop, self._log.duration)

    def before_step(self, seconds: float) -> None:
        """Go on by a tick of `seconds` and put everything where it was then."""
        self._time = min(self._time + seconds * self._options.time_factor, self._span.stop)
        self._lead(self._time)

    def after_step(self) -> None:
        """Show what a step takes away from bodies without physics and from stopped lights."""
        table = self._episode.world.table
        for actor, velocity in self._velocity:
            if actor in table:
                table.velocity[table.row(actor)] = velocity
        for row, light in self._records(self._log.frames[self._passed], Packet.TRAFFIC_LIGHT, ActorKind.LIGHT):
            table.light_times[row, LightTime.ELAPSED], table.frozen[row] = light["elapsed"], bool(light["frozen"])

    def finish(self, keep: bool) -> None:
        """Let go of the actors: they stand still with physics as before, or (not `keep`) those brought to life go."""
        world = self._episode.world
        for actor in list(self._led.values()):
            if not world.exists(actor) or self._episode.is_fixture(actor):
                continue
            if actor in self._created and not keep:
                self._episode.destroy(actor)
                continue
            row = world.row(actor)
            if world.table.kind[row] <= ActorKind.WALKER:
                world.table.control[row] = 0.0
            world.table.velocity[row] = 0.0
            if actor in self._had_physics:
                world.set_physics(actor, self._had_physics[actor])
        for actor, frozen in self._frozen.items():
            if world.exists(actor):
                world.freeze_light(actor, frozen)

    def _lead(self, time: float) -> None:
        """Make the world what it was at `time` s."""
        last = max(0, bisect_right(self._times, time) - 1)
        self._pass(range(self._passed + 1, last + 1))
        self._passed = max(self._passed, last)
        now, following = self._log.frames[last], self._log.frames[min(last + 1, len(self._log.frames) - 1)]
        self._move(now, following, time)
        self._show(now)
        followed = self._led.get(self._span.follow, 0)
        world = self._episode.world
        if followed and world.exists(followed):
            view = compose(world.table.pose[world.row(followed)], self._span.offset)
            world.set_pose(self._episode.spectator, view)

    def _pass(self, frames: Iterable[int]) -> None:
        """Let the events of these frames happen; who comes and goes within them is left out."""
        passed = [self._log.frames[index] for index in frames]
        gone = {int(actor) for frame in passed for actor in frame.of(Packet.REMOVED)["actor"]}
        for frame in passed:
            self._shine(frame)
            parents = dict(frame.of(Packet.PARENT).tolist())
            for added in frame.added:
                if added.actor not in gone and added.actor not in self._led:
                    self._bring(added, parents.get(added.actor, 0))
        for recorded in gone & self._led.keys():
            actor = self._led.pop(recorded)
            if self._episode.world.exists(actor) and not self._episode.is_fixture(actor):
                self._episode.destroy(actor)

    def _bring(self, added: Added, recorded_parent: int) -> None:
        """Find or make the actor that stands for a recorded one."""
        hero = any(name == "role_name" and value == "hero" for _, name, value in added.attributes)
        actor: int | None = None
        if added.blueprint == "spectator":
            actor = None if self._ignore_spectator else self._episode.spectator
        elif added.blueprint.startswith("traffic."):
            actor = self._signal(added)
        elif added.blueprint.startswith("controller.") or hero and self._ignore_hero:
            actor = None
        elif added.blueprint.startswith("sensor.") and not self._span.sensors:
            actor = None
        else:
            actor = self._body(added, recorded_parent)
        if actor is not None:
            self._led[added.actor] = actor

    def _signal(self, added: Added) -> int | None:
        """The town's light or sign at the recorded place."""
        world = self._episode.world
        distance = np.linalg.norm(world.town.signals.pose[:, :3] - added.pose[:3], axis=1)
        for row in np.argsort(distance)[:4].tolist():
            actor = int(world.signal_actor[row])
            if distance[row] < SAME_PLACE and world.blueprint_of(actor) == added.blueprint:
                return actor
        return None

    def _body(self, added: Added, recorded_parent: int) -> int | None:
        """A living actor of the same id and blueprint (a replay into the world that was recorded), else a new one."""
        episode, world = self._episode, self._episode.world
        actor = added.actor
        known = world.exists(actor) and world.blueprint_of(actor) == added.blueprint
        if known and actor not in self._reused | self._created:
            self._reused.add(actor)
        elif len(self._created) >= MOST_ACTORS:
            _log.warning("replay: more than %d actors; recorded id %d is left out", MOST_ACTORS, added.actor)
            return None
        else:
            parent = self._led.get(recorded_parent, 0)
            pose = added.pose if parent else added.pose + (0.0, 0.0, HEADROOM, 0.0, 0.0, 0.0)
            try:
                actor = episode.spawn(self._description(added), pose, parent)
            except (WorldError, Refusal) as error:
                _log.warning("replay: %s (recorded id %d) is left out: %s", added.blueprint, added.actor, error)
                return None
            self._created.add(actor)
            if not parent:
                world.set_pose(actor, added.pose)
        row = world.row(actor)
        if world.table.kind[row] <= ActorKind.PROP:
            self._had_physics[actor] = bool(world.table.columns.flag[row, Flag.PHYSICS])
            world.set_physics(actor, False)
        return actor

    def _description(self, added: Added) -> tuple[list, str, dict[str, str]]:
        """The description a client would have spawned it with; attributes that the blueprint has not are left out."""
        definition = library().get(added.blueprint)
        types = {attribute.name: attribute.type for attribute in definition.attributes} if definition else {}
        attributes = {name: value for _, name, value in added.attributes if name in types}
        number = self._episode.version.type_number
        echo = [added.uid, added.blueprint, [[name, number(types[name]), text] for name, text in attributes.items()]]
        return echo, added.blueprint, attributes

    def _records(self, frame: Frame, packet: Packet, kind: ActorKind) -> list[tuple[int, np.void]]:
        """Rows of living actors of the right kind, and their record."""
        table = self._episode.world.table
        pairs = ((self._led.get(int(record["actor"]), 0), record) for record in frame.of(packet))
        found = [(table.row(actor), record) for actor, record in pairs if actor in table]
        return [(row, record) for row, record in found if table.kind[row] == kind]

    def _move(self, now: Frame, following: Frame, time: float) -> None:
        """Put bodies between the poses of two frames."""
        world = self._episode.world
        here, there = now.of(Packet.POSITION), following.of(Packet.POSITION)
        poses, targets = form.poses_of(here), form.poses_of(there)
        place = {actor: index for index, actor in enumerate(there["actor"].tolist())}
        span = following.elapsed - now.elapsed
        part = min(1.0, max(0.0, (time - now.elapsed) / span)) if span > 0.0 else 0.0
        rate = self._options.time_factor / span if span > 0.0 and not self.over else 0.0
        self._velocity = []
        for recorded, pose in zip(here["actor"].tolist(), poses, strict=True):
            actor, index = self._led.get(recorded, 0), place.get(recorded)
            if not world.exists(actor) or not self._is_moved(world.row(actor)):
                continue
            way = np.zeros(6) if index is None else targets[index] - pose
            way[3:] = (way[3:] + np.pi) % (2.0 * np.pi) - np.pi  # the short way round
            world.set_pose(actor, pose + part * way)
            self._velocity.append((actor, way[:3] * rate))

    def _is_moved(self, row: int) -> bool:
        """Whether positions count for this row: lights and signs stay, attached actors go with their parent."""
        table = self._episode.world.table
        return not table.parent[row] and table.kind[row] not in (ActorKind.LIGHT, ActorKind.SIGN)

    def _show(self, frame: Frame) -> None:
        """Controls, lamps and lights of a frame."""
        table = self._episode.world.table
        for row, record in self._records(frame, Packet.VEHICLE, ActorKind.VEHICLE):
            steer, gear = min(1.0, max(-1.0, float(record["steer"]))), int(record["gear"])
            throttle, brake = (min(1.0, max(0.0, float(record[name]))) for name in ("throttle", "brake"))
            table.control[row] = throttle, steer, brake, bool(record["hand_brake"]), gear < 0, False, gear
        for row, record in self._records(frame, Packet.WALKER, ActorKind.WALKER):
            table.control[row, WalkerControl.SPEED] = record["speed"]
        for row, record in self._records(frame, Packet.LAMPS, ActorKind.VEHICLE):
            table.lamps[row] = record["bits"]
        for row, record in self._records(frame, Packet.TRAFFIC_LIGHT, ActorKind.LIGHT):
            table.light_state[row] = min(int(record["state"]), LightState.UNKNOWN)

    def _shine(self, frame: Frame) -> None:
        """Street lamps, of which only changes are recorded."""
        lamps = self._episode.street_lamps
        for lamp, intensity, colour, lit, group in frame.of(Packet.STREET_LAMP).tolist():
            shade = [round(255.0 * min(1.0, max(0.0, part))) for part in colour[:3]]
            lamps.set(lamp, intensity, int(group), shade, bool(lit))


def describe(log: Log, span: ReplaySpan, options: ReplayOptions) -> str:
    """What is going to be played, in CARLA's words."""
    lines = [f"Total time recorded: {log.duration:g}"]
    lines.append(
        f"Replaying from {span.start:g} s - {span.stop:g} s ({log.duration:g} s) at {options.time_factor:.1f}x"
    )
    if options.ignore_hero:
        lines.append("Ignoring Hero vehicle")
    if options.ignore_spectator:
        lines.append("Ignoring Spectator camera")
    return "\n".join(lines) + "\n"
