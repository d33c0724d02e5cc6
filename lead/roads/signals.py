"""Traffic lights and signs of a town: poses, stop lines, trigger boxes and the groups that cycle together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import to_local, to_world, wrap_angle
from lead.roads.governed import LaneLookup, Stop
from lead.roads.light_groups import light_groups
from lead.roads.locate import locate
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.signal_posts import Post, SignalKind, find_posts
from lead.roads.speed_limits import sample_limits

__all__ = ["SignalKind", "Signals", "build_signals"]

APPROACH = 40.0  # m before the stop line within which lanes know the light ahead
WITHIN_JUNCTION = 12.0  # m before it within which also the lanes of the junction before know it
LIGHT_SETBACKS = (2.0, 3.0, 4.5, 6.0, 9.0)  # m from the stop line back to a light's trigger; the first that works
TRIGGER_DEPTH = 1.0  # m, half size along the road of the triggers of lights and speed limits
TRIGGER_HEIGHT = 1.5  # m, half size
TRIGGER_INSET = 0.75  # m, a trigger ends this far inside its outermost lanes, whose edges other lanes may overlap
LEAST_TRIGGER = 0.75  # m, half size of a stop sign's trigger; its test uses world axes, so the box is square
MAX_SKEW = np.deg2rad(15.0)  # rad by which a light's x axis may leave the direction across its lanes
LIGHT_HEIGHT = 4.5  # m of a light's head above the road
SIGN_HEIGHT = 2.2  # m of a sign's plate above the road
ARM_FREE = 3.0  # m between a light's head and the middle of its lanes, where the pole stands further off


class Signals(NamedTuple):
    """One row per signal actor (K rows), lights first, then signs, each in ascending OpenDRIVE id order."""

    kind: NDArray[np.uint8]  # SignalKind
    sign_id: NDArray[np.str_]  # OpenDRIVE signal id
    pose: NDArray[np.float64]  # (K, 6) actor pose; a light's x axis runs across the road it controls, as in CARLA
    trigger: NDArray[np.float64]  # (K, 4) trigger box: centre x, y, z in the actor's frame, yaw relative to it
    trigger_extent: NDArray[np.float64]  # (K, 3) half sizes, m
    speed_limit: NDArray[np.float64]  # km/h, 0 where not a SPEED_LIMIT
    group: NDArray[
        np.int32
    ]  # lights: index of the junction group whose controllers run one after another; -1 for signs
    controller: NDArray[np.int32]  # lights: place of the light's controller in its group's sequence
    stop_start: NDArray[np.int64]  # (K + 1,) compressed rows into stop_lane / stop_sample
    stop_lane: NDArray[np.int32]  # lane rows the signal governs
    stop_sample: NDArray[np.int64]  # on each of them the sample at the stop line
    head: NDArray[np.float64]  # (K, 6) pose of the light head or sign plate, facing the driver along its +x axis
    sample_light: NDArray[np.int32]  # (N,) per network sample: signal row of the light at most 40 m ahead, or -1
    sample_stop: NDArray[np.float32]  # (N,) m along the lane from the sample to that light's stop line, 0 beyond it
    sample_limit: NDArray[np.float32]  # (N,) per network sample: speed limit, km/h


def build_signals(opendrive: OpenDrive, network: RoadNetwork) -> Signals:
    """All lights, stop, yield and speed signs of a map with what they govern; see `Signals`."""
    lookup = LaneLookup(opendrive, network)
    posts = find_posts(opendrive, network, lookup)
    count = len(posts)
    pose, head = np.zeros((count, 6)), np.zeros((count, 6))
    trigger, extent = np.zeros((count, 4)), np.full((count, 3), LEAST_TRIGGER)
    for k, post in enumerate(posts):
        pose[k], trigger[k, :3], extent[k], head[k] = _placed(post, network, lookup)
    group, controller = light_groups(opendrive, network, posts)
    stops = [stop for post in posts for stop in post.stops]
    limits = [k for k, post in enumerate(posts) if post.kind == SignalKind.SPEED_LIMIT]
    sample_limit = sample_limits(
        opendrive, network, [list(posts[k].stops) for k in limits], [posts[k].limit for k in limits]
    )
    sample_light, sample_stop = _sample_lights(posts, network, lookup)
    return Signals(
        kind=np.array([post.kind for post in posts], np.uint8),
        sign_id=np.array([post.sign_id for post in posts], np.str_),
        pose=pose,
        trigger=trigger,
        trigger_extent=extent,
        speed_limit=np.array([post.limit for post in posts]),
        group=group,
        controller=controller,
        stop_start=np.concatenate([[0], np.cumsum([len(post.stops) for post in posts])]).astype(np.int64),
        stop_lane=np.array([stop.lane for stop in stops], np.int32),
        stop_sample=np.array([stop.sample for stop in stops], np.int64),
        head=head,
        sample_light=sample_light,
        sample_stop=sample_stop,
        sample_limit=sample_limit,
    )


def _placed(post: Post, network: RoadNetwork, lookup: LaneLookup):
    """Actor pose (6,), trigger centre (3,), trigger half sizes (3,) and head pose (6,) of one light or sign."""
    pose = np.array([*post.place, 0.0, wrap_angle(post.yaw + 0.5 * np.pi), 0.0])
    if not post.stops:
        facing = wrap_angle(post.yaw + np.pi)
        head = np.array([*post.place, 0.0, facing, 0.0])
        return pose, np.array([0.0, 0.0, TRIGGER_HEIGHT]), np.full(3, LEAST_TRIGGER), head
    samples = network.samples
    stops = _main_road(post.stops, network)
    ends = np.array([stop.sample for stop in stops])
    yaw = _mean_angle(samples.yaw[ends])
    pose[4] = _across(pose[4], yaw)
    is_sign = post.kind in (SignalKind.STOP, SignalKind.YIELD)
    if is_sign:
        half_span = 0.5 * _span(samples.left[ends], samples.right[ends], pose)[1]
        square = float(np.clip(half_span - 0.25, LEAST_TRIGGER, 4.0))
        centre, half = _box(stops, square, pose, network, lookup)
        half[:2] = square
    elif post.kind == SignalKind.LIGHT:
        boxes = [_box(stops, setback, pose, network, lookup) for setback in LIGHT_SETBACKS]
        lanes = {network.samples.lane[n] for stop in stops for n in lookup.upstream(*stop, LIGHT_SETBACKS[-1])}
        tests = ((box, wide) for wide in (1.4, 1.0) for box in boxes)
        centre, half = next((box for box, wide in tests if _lanes_hit(box, wide, pose, network) <= lanes), boxes[0])
    else:
        centre, half = _box(stops, 0.0, pose, network, lookup)
    ground = float(samples.centre[ends, 2].mean())
    return pose, centre, half, _head(post, pose, samples.centre[ends].mean(axis=0), yaw, ground)


def _box(stops: list[Stop], setback: float, pose: NDArray[np.float64], network: RoadNetwork, lookup: LaneLookup):
    """Centre in the actor's frame and half sizes, both (3,) m, of a box across the lanes `setback` m before the stops."""
    samples = network.samples
    at = np.array([_behind(stop, setback, network, lookup) for stop in stops])
    middle, span = _span(samples.left[at], samples.right[at], pose)
    local = to_local(samples.centre[at], pose)
    centre = np.array([middle, local[:, 1].mean(), local[:, 2].mean() + TRIGGER_HEIGHT])
    return centre, np.array([max(LEAST_TRIGGER, 0.5 * span - TRIGGER_INSET), TRIGGER_DEPTH, TRIGGER_HEIGHT])


def _behind(stop: Stop, distance: float, network: RoadNetwork, lookup: LaneLookup) -> int:
    """The sample nearest to `distance` m before a stop."""
    before = np.array(lookup.upstream(*stop, distance + 2.0))
    gap = np.linalg.norm(network.samples.centre[before] - network.samples.centre[stop.sample], axis=1)
    return int(before[np.argmin(np.abs(gap - distance))])


def _lanes_hit(
    box: tuple[NDArray[np.float64], NDArray[np.float64]], wide: float, pose: NDArray[np.float64], network: RoadNetwork
) -> set[int]:
    """Lanes that the benchmarks find for a light: points every 1 m across 0.9 of its trigger, put on the nearest lane.

    With `wide` > 1 the points lie that much further apart, so that a box passes with something to spare.
    """
    centre, half = box
    x = np.arange(-0.9 * half[0], 0.9 * half[0], 1.0) * wide
    points = np.column_stack([centre[0] + x, np.full(len(x), centre[1]), np.full(len(x), centre[2])])
    found = [locate(network, point) for point in to_world(points, pose)]
    return {lane_point.lane for lane_point in found if lane_point is not None}


def _main_road(stops: tuple[Stop, ...], network: RoadNetwork) -> list[Stop]:
    """The stops on the road that has most of them: one box cannot lie across two roads."""
    roads = network.lanes.road[[stop.lane for stop in stops]]
    ids, counts = np.unique(roads, return_counts=True)
    return [stop for stop, road in zip(stops, roads, strict=True) if road == ids[np.argmax(counts)]]


def _mean_angle(angles: NDArray[np.float64]) -> float:
    return float(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean()))


def _across(written: float, travel: float) -> float:
    """The written yaw of an actor's x axis, or, where that is not nearly across the lanes, the nearer way across."""
    turn = float(wrap_angle(2.0 * (travel + 0.5 * np.pi - written))) / 2.0  # modulo a half turn
    return float(wrap_angle(written + turn)) if abs(turn) > MAX_SKEW else written


def _span(left: NDArray[np.float64], right: NDArray[np.float64], pose: NDArray[np.float64]) -> tuple[float, float]:
    """Middle and width (m), along the actor's x axis, of the lanes with these edge points (n, 3)."""
    x = to_local(np.concatenate([left, right]), pose)[:, 0]
    return 0.5 * (x.min() + x.max()), float(x.max() - x.min())


def _head(post: Post, pose: NDArray[np.float64], stop: NDArray[np.float64], yaw: float, ground: float):
    """Pose (6,) of the head or plate: on its pole, a light on an arm towards its lanes where the pole stands far off."""
    head = np.array([pose[0], pose[1], pose[2], 0.0, wrap_angle(yaw + np.pi), 0.0])
    if post.kind == SignalKind.LIGHT:
        across = np.array([-np.sin(yaw), np.cos(yaw)])
        offset = float((pose[:2] - stop[:2]) @ across)
        head[:2] -= across * np.sign(offset) * float(np.clip(abs(offset) - ARM_FREE, 0.0, 8.0))
        head[2] = max(pose[2], ground) + LIGHT_HEIGHT
    elif pose[2] < ground + 1.2:
        head[2] = max(pose[2], ground) + SIGN_HEIGHT
    return head


def _sample_lights(
    posts: list[Post], network: RoadNetwork, lookup: LaneLookup
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Row of the light ahead per sample (N,), -1 for none, and the metres to its stop line (N,).

    Of two lights the nearer wins, of two at the same line the one named for more lanes.
    """
    light = np.full(len(network.samples.s), -1, np.int32)
    metres = np.full(len(light), np.inf, np.float32)
    lights = [k for k, post in enumerate(posts) if post.kind == SignalKind.LIGHT]
    for k in sorted(lights, key=lambda k: posts[k].references):
        for stop in posts[k].stops:
            beyond = slice(stop.sample, network.lanes.last[stop.lane])
            light[beyond], metres[beyond] = k, 0.0
            ahead = lookup.upstream_distances(stop.lane, stop.sample, APPROACH, WITHIN_JUNCTION)
            for sample, distance in ahead.items():
                if distance <= metres[sample] + 0.5:
                    light[sample], metres[sample] = k, distance
    return light, metres
