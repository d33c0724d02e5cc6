"""Scenes written by hand: a route along lanes, an ego on it, actors beside it.

Places are told along the route: `at` m ahead of the plan's first point (negative before it) and `aside` m to the right of
the lane's middle. Without bends the route starts at the world's origin and runs along +x, so that (at, aside) is (x, y).

    way = route(150.0, lights=(60.0,))
    here = scene(way, ego(way, at=20.0, speed=8.0), actors(car(way, at=45.0, speed=3.0)), light_state=(RED,))
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.expert.memory import Memory
from lead.expert.scene import SPACING, Actors, Briefing, Ego, Kind, Mount, Route, Scene, Side
from lead.expert.see import see
from lead.expert.settings import PRIVILEGED, Settings
from lead.expert.view import View
from lead.scenarios.lane_graph import Command

LANE = 3.5  # m
BEHIND = BEYOND = 50.0  # m of route before and after the plan
RED, YELLOW, GREEN, OFF, UNKNOWN = 0, 1, 2, 3, 4  # carla.TrafficLightState
SEEN = (100, 100, 10)  # evidence: camera, lidar, radar points
HIDDEN = (0, 0, 0)

EGO_EXTENT, EGO_CENTRE = (2.44619, 0.91835, 0.74509), (0.0, 0.0, 0.74509)  # Lincoln MKZ 2020
EXTENT = {
    Kind.CAR: (2.4, 1.0, 0.75), Kind.BICYCLE: (0.75, 0.2, 0.8), Kind.WALKER: (0.187679, 0.187679, 0.93),
    Kind.OBSTACLE: (0.2, 0.2, 0.5),
}  # fmt: skip

Span = tuple[float, float]  # m along the route, from and to


def route(
    length: float = 200.0, *, lane_width: float = LANE, left: Side = Side.SAME, right: Side = Side.NONE,
    bends: Sequence[tuple[float, float, float]] = (), junctions: Iterable[Span] = (),
    commands: Iterable[tuple[float, float, Command]] = (), lights: Sequence[float] = (),
    mounts: Sequence[Mount] | None = None, stops: Sequence[float] = (),
) -> Route:  # fmt: skip
    """A route of `length` m with 50 m before and after it.

    `bends` are (at, angle in rad, clockwise or to the right positive, radius in m); `junctions` (from, to);
    `commands` (from, to, command), lane-follow elsewhere; `lights` and `stops` are where their lines are, `mounts` of
    the lights NEAR if not told. Lights have the ids 9001, 9002, ...; stop signs 9501, 9502, ...
    """
    metres = np.arange(round((BEHIND + length + BEYOND) / SPACING) + 1) * SPACING - BEHIND
    yaw = np.zeros(len(metres))
    for at, angle, radius in bends:
        yaw += angle * np.clip((metres - at) / (abs(angle) * radius), 0.0, 1.0)
    steps = SPACING * np.stack([np.cos(0.5 * (yaw[1:] + yaw[:-1])), np.sin(0.5 * (yaw[1:] + yaw[:-1]))], axis=1)
    start, end = round(BEHIND / SPACING), round((BEHIND + length) / SPACING)
    points = np.zeros((len(metres), 3))
    points[1:, :2] = np.cumsum(steps, axis=0)
    points -= points[start].copy()
    command = np.full(len(metres), Command.LANE_FOLLOW, np.int8)
    for low, high, order in commands:
        command[(metres >= low - 1e-9) & (metres <= high + 1e-9)] = order
    in_junction = np.zeros(len(metres), bool)
    for low, high in junctions:
        in_junction |= (metres >= low - 1e-9) & (metres <= high + 1e-9)

    def everywhere(value: float, kind: Any = float) -> NDArray:
        return np.full(len(metres), value, kind)

    return Route(
        points, (yaw + np.pi) % (2 * np.pi) - np.pi, command, everywhere(lane_width), in_junction,
        left=everywhere(lane_width if left else 0.0), left_side=everywhere(left, np.int8),
        right=everywhere(lane_width if right else 0.0), right_side=everywhere(right, np.int8), start=start, end=end,
        light_id=9001 + np.arange(len(lights)), light_index=indices(lights),
        light_mount=np.array(mounts if mounts is not None else [Mount.NEAR] * len(lights), np.int8),
        stop_id=9501 + np.arange(len(stops)), stop_index=indices(stops),
    )  # fmt: skip


def indices(places: Sequence[float]) -> NDArray[np.int64]:
    """Indices of places on any route of this module."""
    return np.array([index(at) for at in places], np.int64)


def index(at: float) -> int:
    """Index of a place on any route of this module."""
    return round((at + BEHIND) / SPACING)


def place(way: Route, at: float, aside: float = 0.0, turned: float = 0.0, z: float = 0.0) -> NDArray[np.float64]:
    """The pose (6,) at a place, heading `turned` rad from the route's direction there."""
    k = index(at)
    x, y, floor = way.points[k]
    yaw = way.yaw[k]
    return np.array([x - aside * np.sin(yaw), y + aside * np.cos(yaw), floor + z, 0.0, yaw + turned, 0.0])


def ego(
    way: Route, at: float = 0.0, speed: float = 0.0, aside: float = 0.0, turned: float = 0.0, limit: float = 15.0
) -> Ego:
    """A Lincoln MKZ 2020; the last speed limit sign says `limit` m/s."""
    pose = place(way, at, aside, turned)
    return Ego(pose, speed * _along(pose[4]), np.array(EGO_EXTENT), np.array(EGO_CENTRE), limit)


def car(way: Route, at: float, aside: float = 0.0, speed: float = 0.0, turned: float = 0.0, **more: Any) -> Actors:
    """A car (one row of Actors). `more`: any field of Actors by name; `kind`, `heading` (rad, where it moves, if not
    where it faces) and `z` (m) too. Ids count up as `actors` joins rows unless `id` is told."""
    kind = Kind(more.pop("kind", Kind.CAR))
    pose = place(way, at, aside, turned, more.pop("z", 0.0))
    velocity = speed * _along(more.pop("heading", pose[4]))
    extent = np.array(more.pop("extent", EXTENT[kind]), float)
    values = {
        "ids": more.pop("id", 0), "kind": kind, "pose": pose, "extent": extent,
        "centre": (0.0, 0.0, 0.0) if kind is Kind.WALKER else (0.0, 0.0, extent[2]), "velocity": velocity,
        "yaw_rate": 0.0, "speed_limit": 15.0 if kind in (Kind.CAR, Kind.BICYCLE) else 0.0, "emergency": False,
        "control": (0.0, 0.0, 0.0), "walking": velocity if kind is Kind.WALKER else (0.0, 0.0, 0.0), "evidence": SEEN,
    }  # fmt: skip
    unknown = set(more) - set(values)
    assert not unknown, f"an actor has no {unknown}"
    return _rows([values | more])


def bicycle(way: Route, at: float, aside: float = 0.0, speed: float = 0.0, turned: float = 0.0, **more: Any) -> Actors:
    """A bicycle (one row)."""
    return car(way, at, aside, speed, turned, kind=Kind.BICYCLE, **more)


def walker(way: Route, at: float, aside: float = 0.0, speed: float = 0.0, turned: float = 0.0, **more: Any) -> Actors:
    """A walker (one row) who walks where he faces; `walking` is his velocity unless told."""
    return car(way, at, aside, speed, turned, kind=Kind.WALKER, **{"z": 0.93, **more})


def obstacle(way: Route, at: float, aside: float = 0.0, turned: float = 0.0, **more: Any) -> Actors:
    """A prop on the road, a cone if no extent is told (one row)."""
    return car(way, at, aside, 0.0, turned, kind=Kind.OBSTACLE, **more)


def actors(*rows: Actors) -> Actors:
    """Everybody (one row or more each) in the order told; who has no id yet gets the next of 1, 2, 3, ..."""
    if not rows:
        return _rows([])
    joined = Actors(**{f.name: np.concatenate([getattr(row, f.name) for row in rows]) for f in fields(Actors)})
    ids = np.where(joined.ids == 0, np.arange(1, len(joined) + 1), joined.ids)
    order = np.argsort(ids)
    assert len(set(ids.tolist())) == len(ids), f"ids {ids} occur twice"
    return replace(joined, ids=ids).rows(order)


def briefing(type: str, *ids: int, trigger: float = 0.0, playing: bool = True, **more: Any) -> Briefing:
    """A situation that the actors `ids` belong to; `more`: direction, offset, flow, beside."""
    return Briefing(f"{type}_1", type, playing, index(trigger), ids, **more)


def scene(way: Route, ego: Ego, actors: Actors | None = None, **more: Any) -> Scene:
    """One tick. `more`: any field of Scene by name; lights are green and seen unless told."""
    count = len(way.light_id)
    told = {
        "frame": 100, "time": 5.0, "light_state": np.array(more.pop("light_state", [GREEN] * count), np.int8),
        "light_seen": np.array(more.pop("light_seen", [True] * count), bool),
    }  # fmt: skip
    return Scene(ego=ego, actors=actors if actors is not None else _rows([]), route=way, **(told | more))


def line(way: Route, start: float, end: float, aside: float = 0.0) -> NDArray[np.float64]:
    """Points (M, 3) 1 m apart beside the route from one place to another; end before start for the other direction."""
    count = round(abs(end - start)) + 1
    return np.stack([place(way, at, aside)[:3] for at in np.linspace(start, end, count)])


def seen(scene: Scene, settings: Settings = PRIVILEGED, memory: Memory | None = None) -> View:
    """The view of a tick, the first one unless a memory is told."""
    return see(scene, memory if memory is not None else Memory(), settings)[0]


_TYPES = {"ids": np.int64, "kind": np.int8, "emergency": bool, "evidence": np.int32}
_WIDTH = {"pose": 6, "extent": 3, "centre": 3, "velocity": 3, "control": 3, "walking": 3, "evidence": 3}


def _rows(values: list[dict[str, Any]]) -> Actors:
    """Actors from a dictionary of columns for each."""
    return Actors(**{
        f.name: np.array([row[f.name] for row in values], _TYPES.get(f.name, np.float64)).reshape(
            (len(values), _WIDTH[f.name]) if f.name in _WIDTH else len(values)
        )
        for f in fields(Actors)
    })  # fmt: skip


def _along(yaw: float) -> NDArray[np.float64]:
    return np.array([np.cos(yaw), np.sin(yaw), 0.0])
