"""What the server draws: the stage and the threads that all rendered sensors of an episode share.

All that is due on a tick is drawn together: the world is put on stage once, cameras at the same place with the same
lens share one visibility pass, and LiDARs and radars search the same triangles beside them.
"""

import os
from collections.abc import Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.camera import Channel, Painter, View
from lead.rendering.stage import Stage
from lead.rendering.street.tiles import Street
from lead.rendering.street_light import street_light
from lead.server.level import Level
from lead.server.sensors import Payload, Sensor

if TYPE_CHECKING:
    from lead.server.episode import Episode


class Rendered(Sensor):
    """A sensor that sees the world's triangles; `Pictures.prepare` runs before its `measure`."""

    def pose(self, episode: "Episode") -> NDArray[np.float64]:
        """Its pose (6,) in the world."""
        return episode.world.table.pose[episode.world.row(self.actor)]

    def spawned(self, episode: "Episode") -> None:
        """Have the stage built now rather than within a tick."""
        episode.pictures.stage(episode)

    def measure(self, episode: "Episode") -> list[Payload]:
        """What was drawn for it on this tick; nothing if it is not to be drawn. Raises what drawing it raised."""
        seen = episode.pictures.take(self.actor)
        if isinstance(seen, BaseException):
            raise seen
        return [] if seen is None else [self.payload(seen)]

    def payload(self, seen: Any) -> Payload:
        """The parts of the frame that carries what it saw."""
        raise NotImplementedError


class Viewing(Rendered):
    """A camera: it orders one channel of a view."""

    channel: Channel

    def view(self, episode: "Episode") -> View:
        """The view it has now."""
        raise NotImplementedError


class Ranging(Rendered):
    """A LiDAR or radar: it casts rays."""

    scans = 0  # so far

    def scan(self, stage: Stage, pose: NDArray[np.float64], velocity: NDArray[np.float64], seed: list[int]) -> Any:
        """What its rays hit; on another thread, while the world stands still. pose (6,), velocity (3,) m/s."""
        raise NotImplementedError


class Pictures:
    """The stage of one episode and what was drawn on it last."""

    def __init__(self, antialias: bool = True, threads: int | None = None) -> None:
        self.antialias = antialias
        self._pool = ThreadPoolExecutor(threads or len(os.sched_getaffinity(0)), thread_name_prefix="lead-draw")
        self._painter = Painter(self._pool)
        self._stage: Stage | None = None
        self._street: Street | None = None
        self._level: Level | None = None
        self._lamps = -1  # StreetLamps.version that the stage shows
        self._seen: dict[int, Any] = {}

    def new_world(self) -> None:
        """Forget what was drawn: another world has begun."""
        self._stage = None
        self._lamps = -1
        self._seen = {}

    def stage(self, episode: "Episode") -> Stage:
        """The episode's stage, built when it is first asked for."""
        if self._stage is None:
            self._stage = Stage(episode.town, episode.seed, self._street_of(episode))
        return self._stage

    def level(self, episode: "Episode") -> Level:
        """The episode's static things and the rays through them."""
        street = self._street_of(episode)
        if self._level is None or self._level.street is not street:
            self._level = Level(street, episode.world)
        elif self._level.world is not episode.world:
            self._level.enter(episode.world)
        return self._level

    def _street_of(self, episode: "Episode") -> Street:
        """What tiles share: it is kept while the town stays the same."""
        known = self._street
        if known is None or known.town is not episode.town or known.seed != episode.seed:
            self._street = known = Street(episode.town, episode.seed)
        return known

    def prepare(self, episode: "Episode", sensors: Iterable[Sensor]) -> None:
        """Draw all that these sensors measure on this tick; cameras stay dark in CARLA's no-rendering mode.

        Raises nothing: what goes wrong is kept for the sensors it concerns, whose `measure` raises it.
        """
        self._seen = {}
        dark = episode.settings.no_rendering
        rendered = [s for s in sensors if isinstance(s, Rendered) and not (dark and isinstance(s, Viewing))]
        if not rendered:
            return
        try:
            stage = self._set_stage(episode)
            stage.update(episode.world, np.array([sensor.pose(episode)[:3] for sensor in rendered]))
        except Exception as error:
            self._seen = {sensor.actor: error for sensor in rendered}
            return
        scans = {s.actor: self._scan(s, stage, episode) for s in rendered if isinstance(s, Ranging)}
        cameras = [s for s in rendered if isinstance(s, Viewing)]
        try:
            self._draw(stage, episode, cameras)
        except Exception as error:
            self._seen = {camera.actor: error for camera in cameras}
        for actor, scan in scans.items():
            error = scan.exception()
            self._seen[actor] = scan.result() if error is None else error

    def _set_stage(self, episode: "Episode") -> Stage:
        """The stage with what clients have put away or switched."""
        stage, lamps = self.stage(episode), episode.street_lamps
        if self._level is not None:
            stage.hide(self.level(episode).hidden)
        if self._lamps != lamps.version:
            _, _, lumen, _, colour, lit = zip(*lamps.states.values(), strict=True) if lamps.states else [()] * 6
            stage.street_light, self._lamps = street_light(lit, colour, lumen), lamps.version
        return stage

    def take(self, actor: int) -> Any:
        """What was drawn for a sensor on this tick, None if nothing."""
        return self._seen.pop(actor, None)

    def _scan(self, sensor: Ranging, stage: Stage, episode: "Episode") -> Future[Any]:
        row = episode.world.row(sensor.actor)
        velocity = episode.world.table.velocity[row].copy()
        seed = [episode.seed & 0xFFFFFFFF, sensor.actor - episode.spectator, sensor.scans]  # equal in equal episodes
        sensor.scans += 1
        return self._pool.submit(sensor.scan, stage, sensor.pose(episode).copy(), velocity, seed)

    def _draw(self, stage: Stage, episode: "Episode", cameras: list[Viewing]) -> None:
        channels: dict[Hashable, set[Channel]] = {}
        views = [camera.view(episode) for camera in cameras]
        for camera, view in zip(cameras, views, strict=True):
            channels.setdefault(view, set()).add(camera.channel)
        drawn = self._painter.draw(stage, [(view, frozenset(wanted)) for view, wanted in channels.items()])
        by_view = dict(zip(channels, drawn, strict=True))
        for camera, view in zip(cameras, views, strict=True):
            self._seen[camera.actor] = by_view[view][camera.channel]
