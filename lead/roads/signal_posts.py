"""The lights and signs an OpenDRIVE map names, whether as signals, as speed-limit objects or as painted words."""

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from lead.roads.governed import LaneLookup, Stop, orientation_range
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import OpenDrive, RoadObject, Signal
from lead.roads.reference_line import road_points


class SignalKind(IntEnum):
    """What a signal tells a driver."""

    LIGHT = 0
    STOP = 1
    YIELD = 2
    SPEED_LIMIT = 3


KIND_OF_TYPE = {
    "1000001": SignalKind.LIGHT,
    "206": SignalKind.STOP,
    "205": SignalKind.YIELD,
    "274": SignalKind.SPEED_LIMIT,
}
SPEED_OBJECT = re.compile(r"^speed_(?:static_)?(\d+)$", re.IGNORECASE)  # RoadRunner asset, as CARLA's parser matches it
MPH = 1.609344  # km/h


@dataclass(frozen=True)
class Post:
    """A light or sign before it has a trigger: where it stands and what it governs."""

    kind: SignalKind
    sign_id: str
    place: tuple[float, float, float]  # x, y, z m, CARLA frame
    yaw: float  # rad, as written: along the road for traffic it faces, give or take the file's habits
    limit: float  # km/h, 0 unless a speed limit
    junction: int  # id of the junction it belongs to, -1 if none
    stops: tuple[Stop, ...]
    references: int  # lanes that the file names for it


def find_posts(opendrive: OpenDrive, network: RoadNetwork, lookup: LaneLookup) -> list[Post]:
    """All lights and signs: lights first, then signs, each by ascending id."""
    posts = _from_signals(opendrive, network, lookup)
    posts += _from_speed_objects(opendrive, lookup)
    obeyed = {stop.lane for post in posts if post.kind in (SignalKind.LIGHT, SignalKind.STOP) for stop in post.stops}
    taken = {post.sign_id for post in posts}
    posts += [post for post in _from_stencils(opendrive, network, lookup, obeyed) if post.sign_id not in taken]
    return sorted(posts, key=lambda post: (post.kind != SignalKind.LIGHT, _number(post.sign_id), post.sign_id))


def _number(sign_id: str) -> int:
    return int(sign_id) if sign_id.lstrip("-").isdigit() else 0


def _place(opendrive: OpenDrive, item: Signal | RoadObject, turn: float) -> tuple[tuple[float, float, float], float]:
    x, y, z, yaw = road_points(opendrive, [item.road], [item.s], [item.t])[0].tolist()
    return (x, y, z + item.z_offset), yaw - turn


def _from_signals(opendrive: OpenDrive, network: RoadNetwork, lookup: LaneLookup) -> list[Post]:
    references: dict[str, list] = {}
    for reference in opendrive.references:
        references.setdefault(reference.id, []).append(reference)
    junction_of = dict(zip(opendrive.roads.id.tolist(), opendrive.roads.junction.tolist(), strict=True))
    posts = []
    for signal in opendrive.signals:
        kind = KIND_OF_TYPE.get(signal.type)
        if kind is None:
            continue
        places = [
            (r.road, r.s, r.validities or orientation_range(r.orientation)) for r in references.get(signal.id, [])
        ]
        own = signal.validities
        if not own and not places and junction_of[signal.road] < 0:
            own = orientation_range(signal.orientation)
        places.append((signal.road, signal.s, own))
        stops: dict[int, Stop] = {}
        junctions = []
        for road, s, ranges in places:
            if kind == SignalKind.SPEED_LIMIT:
                found = [Stop(row, lookup.sample_at(row, s)) for row in lookup.rows(road, s, ranges)]
            else:
                found = lookup.stops(road, s, ranges, kind == SignalKind.LIGHT)
            if found:
                junctions.append(junction_of[road])
            stops.update({stop.lane: stop for stop in found})
        junctions += [_junction_after(network, lookup, stop) for stop in stops.values()]
        junction = next((j for j in (*junctions, junction_of[signal.road]) if j >= 0), -1)
        place, yaw = _place(opendrive, signal, signal.h_offset)
        limit = _limit(signal) if kind == SignalKind.SPEED_LIMIT else 0.0
        posts.append(Post(kind, signal.id, place, yaw, limit, junction, _ordered(stops), len(places) - 1))
    return posts


def _limit(signal: Signal) -> float:
    """Speed limit of a 274 signal, km/h, from its value or else its subtype or name."""
    named = re.search(r"(\d+)", signal.subtype) or re.search(r"(\d+)", signal.name)
    value = signal.value or (float(named[1]) if named else 0.0)
    return value * MPH if signal.unit == "mph" else value


def _junction_after(network: RoadNetwork, lookup: LaneLookup, stop: Stop) -> int:
    own = int(network.lanes.junction[stop.lane])
    return max([own, *(int(network.lanes.junction[n]) for n in lookup.successors(stop.lane))])


def _ordered(stops: dict[int, Stop]) -> tuple[Stop, ...]:
    return tuple(stops[lane] for lane in sorted(stops))


def _from_speed_objects(opendrive: OpenDrive, lookup: LaneLookup) -> list[Post]:
    """Signs like Speed_30: km/h; they face the lanes against s when turned by more than a right angle from the road."""
    posts = []
    for item in opendrive.objects:
        match = SPEED_OBJECT.match(item.name)
        if match is None:
            continue
        place, yaw = _place(opendrive, item, item.heading)
        against = bool(np.cos(item.heading) < 0.0)
        rows = lookup.rows(item.road, item.s, orientation_range("+" if against else "-"))
        rows = rows or lookup.rows(item.road, item.s)
        stops = tuple(Stop(row, lookup.sample_at(row, item.s)) for row in sorted(rows))
        posts.append(Post(SignalKind.SPEED_LIMIT, item.id, place, yaw, float(match[1]), -1, stops, 0))
    return posts


def _from_stencils(opendrive: OpenDrive, network: RoadNetwork, lookup: LaneLookup, obeyed: set[int]) -> list[Post]:
    """Stop signs for lanes with STOP painted before a junction and neither light nor sign; one sign per approach."""
    lanes, samples = network.lanes, network.samples
    approaches: dict[tuple[int, int, bool], dict[int, Stop]] = {}
    ids: dict[tuple[int, int, bool], list[str]] = {}
    for item in opendrive.objects:
        if item.name != "Stencil_STOP":
            continue
        (x, y, _), _ = _place(opendrive, item, item.heading)
        rows = lookup.rows(item.road, item.s)
        near = [(np.hypot(*(samples.centre[lookup.sample_at(row, item.s), :2] - (x, y))), row) for row in rows]
        distance, row = min(near, default=(99.0, -1))
        if distance > 2.5 or lanes.junction[row] >= 0:
            continue
        last = lookup.last_before_junction(row, lookup.sample_at(row, item.s))
        if last is not None and last not in obeyed:
            key = (int(lanes.road[last]), int(lanes.section[last]), bool(lanes.lane[last] > 0))
            approaches.setdefault(key, {})[last] = lookup.stop_at_end(last)
            ids.setdefault(key, []).append(item.id)
    posts = []
    for key, stops in approaches.items():
        outer = max(stops.values(), key=lambda stop: abs(int(lanes.lane[stop.lane])))
        edge, yaw = samples.right[outer.sample], float(samples.yaw[outer.sample])
        place = (float(edge[0] - np.sin(yaw)), float(edge[1] + np.cos(yaw)), float(edge[2]))
        junction = _junction_after(network, lookup, outer)
        sign_id = min(ids[key], key=_number)
        posts.append(Post(SignalKind.STOP, sign_id, place, yaw, 0.0, junction, _ordered(stops), 0))
    return posts
