"""The log of a drive: compact enough to keep, rich enough to replay.

One `.npz` per route, read with `read_log`:
- `time` (T,) s, every second tick; `control` (T, 3) the ego's throttle, steer, brake; `progress` (T,) percent;
- `first` (T + 1,) rows of the actors of each time; `actor` (N,) numbers into `actors`; `pose` (N, 6) x, y, z (m),
  pitch, yaw, roll (rad); `speed` (N,) m/s;
- `light` (L, 3) changes of traffic lights near the ego: row of `time`, actor id, state; `plan` (M, 3) m, the route;
- `about` JSON: town, route, ego's id, `actors` (id, type, role, half extents), `events` (time, infraction, message).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import Kind, SceneReader
from lead.scenarios.stage import Stage

EVERY = 2  # ticks
LIGHTS_WITHIN = 200.0  # m around the ego in which traffic lights are looked at: the largest towns have a thousand
MOVING = (Kind.VEHICLE, Kind.WALKER, Kind.PROP)


@dataclass
class DriveLog:
    """Collects a drive and writes it at its end."""

    stage: Stage
    about: dict[str, Any]
    _reader: SceneReader = field(init=False)
    _light_actors: list[carla.TrafficLight] = field(init=False)  # by rising id
    _light_places: NDArray[np.float64] = field(init=False)  # (K, 2) m
    _number: dict[int, int] = field(default_factory=dict)  # actor id -> place in `actors`
    _actors: list[tuple[int, str, str, list[float]]] = field(default_factory=list)
    _columns: dict[str, list[Any]] = field(
        default_factory=lambda: {name: [] for name in ("time", "control", "progress")}
    )
    _first: list[int] = field(default_factory=lambda: [0])
    _actor: list[NDArray[np.int32]] = field(default_factory=list)
    _pose: list[NDArray[np.float32]] = field(default_factory=list)
    _speed: list[NDArray[np.float32]] = field(default_factory=list)
    _lights: dict[int, int] = field(default_factory=dict)
    _changes: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = self.stage.world
        self._reader = SceneReader(world, signals=False)
        self._light_actors = sorted(world.get_actors().filter("traffic.traffic_light*"), key=lambda light: light.id)
        places = [light.get_location() for light in self._light_actors]
        self._light_places = np.array([[place.x, place.y] for place in places]).reshape(-1, 2)

    def add(self, control: carla.VehicleControl, progress: float) -> None:
        """Write down this tick."""
        scene = self._reader.read()
        rows = np.flatnonzero(np.isin(scene.kind, MOVING) & (scene.pose[:, 2] > -100.0))
        for row in rows.tolist():
            identity = int(scene.ids[row])
            if identity not in self._number:
                self._number[identity] = len(self._actors)
                self._actors.append((identity, scene.type_id[row], scene.role[row], scene.extent[row].tolist()))
        tick = len(self._columns["time"])
        self._columns["time"].append(self.stage.time)
        self._columns["control"].append((control.throttle, control.steer, control.brake))
        self._columns["progress"].append(progress)
        self._actor.append(np.array([self._number[int(i)] for i in scene.ids[rows]], np.int32))
        self._pose.append(scene.pose[rows].astype(np.float32))
        self._speed.append(np.linalg.norm(scene.velocity[rows], axis=1).astype(np.float32))
        self._first.append(self._first[-1] + len(rows))
        self._look_at_lights(tick)

    def _look_at_lights(self, tick: int) -> None:
        """Write down which lights near the ego have changed."""
        away = np.hypot(*(self._light_places - [self.stage.place.x, self.stage.place.y]).T)
        for row in np.flatnonzero(away < LIGHTS_WITHIN).tolist():
            light = self._light_actors[row]
            state = int(light.state)
            if self._lights.get(light.id) != state:
                self._lights[light.id] = state
                self._changes.append((tick, light.id, state))

    def write(self, path: Path, events: Sequence[Mapping[str, Any]]) -> None:
        """Write the file, whole or not at all."""
        temporary = path.with_name(f".{path.name}")
        about = {**self.about, "ego": self.stage.ego.id, "actors": self._actors, "events": list(events)}
        with temporary.open("wb") as file:
            np.savez_compressed(
                file,
                time=np.array(self._columns["time"]),
                control=np.array(self._columns["control"], np.float32).reshape(-1, 3),
                progress=np.array(self._columns["progress"], np.float32),
                first=np.array(self._first),
                actor=np.concatenate([np.empty(0, np.int32), *self._actor]),
                pose=np.concatenate([np.empty((0, 6), np.float32), *self._pose]),
                speed=np.concatenate([np.empty(0, np.float32), *self._speed]),
                light=np.array(self._changes, np.int32).reshape(-1, 3),
                plan=self.stage.plan.pose[:, :3].astype(np.float32),
                about=np.array(json.dumps(about)),
            )
        temporary.replace(path)


def read_log(path: Path, names: Collection[str] | None = None) -> dict[str, Any]:
    """The arrays of a log by name, or those of these names, `about` as a dictionary.

    Raises OSError, ValueError on a damaged file.
    """
    with np.load(path, allow_pickle=False) as file:
        chosen = file.files if names is None else names
        return {name: json.loads(str(file[name])) if name == "about" else file[name] for name in chosen}
