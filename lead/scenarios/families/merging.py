"""Streams of traffic that the ego merges into, crosses, or gets through to its exit.

Source: spec/benchmarks.md, 2.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import carla
import numpy as np

from lead.scenarios.cast import Cast
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import beyond, leaves_junction, near, within_limit
from lead.scenarios.crossings import entries_and_exits
from lead.scenarios.lane_graph import position
from lead.scenarios.movers.flow import ActorFlow
from lead.scenarios.order import Order
from lead.scenarios.plan import trace
from lead.scenarios.script import Script, forever, race, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import ahead_through, beside, same_direction_lanes, told

SPEED, GAP = 10.0, (20.0, 50.0)  # m/s, m
IN_STREAM = 2.0  # m to a sink at which the ego has merged
BEYOND_SINK = 20.0  # m behind the sink that other traffic keeps free, too
BEHIND_EXIT = 10.0  # m behind the ego's exit, where its lanes are surely all there


@dataclass(frozen=True)
class Stream:
    """Cars from a source to a sink at a speed (m/s), so far (m, least and most) one behind the other."""

    source: carla.Waypoint
    sink: carla.Waypoint
    speed: float
    gap: tuple[float, float]

    @classmethod
    def ordered(cls, stage: Stage, order: Order) -> "Stream":
        """The stream that a route file describes, now the order's. Raises SetupFault where it names no source or sink."""
        ends = []
        for name in ("start_actor_flow", "end_actor_flow"):
            place = order.situation.place(name)
            if place is None:
                raise SetupFault(f"{order.name} names no {name}; expected a place")
            ends.append(stage.map.get_waypoint(carla.Location(*place.tolist())))
        order.flow = ends[0], ends[1]
        speed = order.situation.number("flow_speed", SPEED)
        return cls(*ends, speed, order.situation.interval("source_dist_interval", GAP))

    def between(self, source: carla.Waypoint, sink: carla.Waypoint) -> "Stream":
        """The same traffic from another source to another sink."""
        return Stream(source, sink, self.speed, self.gap)

    def on_every_lane(self) -> "list[Stream]":
        """One stream for each lane of the source's road that has its like, counted from this one, at the sink's."""
        sources, sinks = same_direction_lanes(self.source), same_direction_lanes(self.sink)
        shift = _number(self.sink, sinks) - _number(self.source, sources)
        pairs = [(k, k + shift) for k in range(len(sources)) if 0 <= k + shift < len(sinks)]
        return [self.between(sources[k], sinks[j]) for k, j in pairs]

    def on_the_left(self) -> "Stream":
        """The stream in the lanes to the left, in the direction of those. Raises SetupFault where there are none."""
        ends = (self.source, self.sink)
        lanes = [beside(end, "left") for end in ends]
        for lane, end in zip(lanes, ends, strict=True):
            if lane is None or lane.lane_type != carla.LaneType.Driving:
                raise SetupFault(f"to the left of {told(end)} is no driving lane; a second stream needs one")
        source, sink = lanes if lanes[0].lane_id * self.source.lane_id > 0 else reversed(lanes)
        return self.between(source, sink)

    def exit(self, stage: Stage) -> tuple[carla.Waypoint, float]:
        """Where it leaves the last junction on its way, and how many metres are left to the sink.

        Raises:
            SetupFault: no way leads from the source to the sink.
        """
        plan = trace(stage.graph, np.stack([position(self.source), position(self.sink)]))
        if len(plan) < 2:
            raise SetupFault(f"no way leads from {told(self.source)} to {told(self.sink)}")
        inside = [k for k, waypoint in enumerate(plan.waypoints) if waypoint.is_junction]
        first = min(inside[-1] + 1, len(plan) - 1) if inside else 0
        steps = np.linalg.norm(np.diff(plan.pose[first:, :3], axis=0), axis=1)
        return plan.waypoints[first], float(steps.sum())

    def run(self, stage: Stage, cast: Cast, *, everywhere: bool = False) -> Script:
        """Keep it flowing; from the first tick on all along its way, junctions too, if it is to be `everywhere`."""
        flow = ActorFlow(
            stage, cast, self.source, self.sink, self.gap, self.speed,
            initial_actors=everywhere, initial_junction=everywhere,
        )  # fmt: skip
        return flow.run()


@plays("EnterActorFlow", "MergerIntoSlowTraffic")
def enter_flow(stage: Stage, order: Order) -> Script:
    """The ego comes out of a junction into a stream, on all lanes of its road or on one."""
    stream = Stream.ordered(stage, order)
    streams = stream.on_every_lane() if order.situation.type == "EnterActorFlow" else [stream]
    _, metres = stream.exit(stage)
    with Cast(stage, order) as cast:
        yield from order.triggered()
        stage.traffic.handle_junction(
            JunctionOrder(remove_entries=[one.source for one in streams], extend_exit=metres + BEYOND_SINK)
        )
        yield from _merge(stage, order, cast, streams)


@plays("EnterActorFlowV2", "MergerIntoSlowTrafficV2")
def enter_flow_from_the_side(stage: Stage, order: Order) -> Script:
    """The ego comes past a junction by another road than the stream, whose exit is kept free behind it."""
    stream = Stream.ordered(stage, order)
    _, metres = stream.exit(stage)
    left_by = ahead_through(RouteJunction.after(stage, order).exit, BEHIND_EXIT)

    def keep_free() -> Script:
        yield from leaves_junction(stage)
        stage.traffic.handle_junction(
            JunctionOrder(clear_junction=False, clear_ego_entry=False, extend_exit=metres + BEYOND_SINK)
        )
        yield from forever()

    with Cast(stage, order) as cast:
        yield from order.triggered()
        stage.traffic.handle_junction(
            JunctionOrder(
                clear_junction=False, remove_entries=[stream.source], remove_exits=same_direction_lanes(left_by)
            )
        )  # fmt: skip
        yield from _merge(stage, order, cast, [stream], keep_free())


@plays("HighwayExit")
def highway_exit(stage: Stage, order: Order) -> Script:
    """Between the ego and its exit flows a stream."""
    stream, crossing = Stream.ordered(stage, order), RouteJunction.after(stage, order)
    with Cast(stage, order) as cast:
        yield from order.triggered()
        stage.traffic.remove_lane(stream.source)
        story = race(leaves_junction(stage, crossing.junction.id), stream.run(stage, cast, everywhere=True))
        yield from within_limit(stage, order.name, story)


@plays("InterurbanActorFlow")
def interurban_flow(stage: Stage, order: Order) -> Script:
    """The ego turns left across a stream."""
    stream, crossing = Stream.ordered(stage, order), RouteJunction.after(stage, order)
    towards = beside(crossing.exit, "left")
    coming = [towards] if towards is not None and towards.lane_type == carla.LaneType.Driving else []
    with Cast(stage, order) as cast:
        yield from order.triggered()
        stage.traffic.handle_junction(
            JunctionOrder(clear_junction=False, remove_entries=[crossing.entry, *coming, stream.source])
        )
        stage.traffic.change_opposite(active=False)
        story = race(leaves_junction(stage, crossing.junction.id), stream.run(stage, cast))
        yield from within_limit(stage, order.name, story)
    stage.traffic.change_opposite(active=True)


@plays("InterurbanAdvancedActorFlow")
def interurban_flow_and_merge(stage: Stage, order: Order) -> Script:
    """The ego crosses one stream and merges into a second one, in the lane to its left."""
    near_side, crossing = Stream.ordered(stage, order), RouteJunction.after(stage, order)
    far_side = near_side.on_the_left()
    entries, exits = entries_and_exits(crossing.junction)
    metres = crossing.exit.transform.location.distance(far_side.sink.transform.location)
    with Cast(stage, order) as cast:
        yield from order.triggered()
        stage.traffic.handle_junction(
            JunctionOrder(
                extend_exit=metres + BEYOND_SINK,
                remove_entries=_others(entries, crossing.entry),
                remove_exits=_others(exits, crossing.exit),
            )  # fmt: skip
        )
        stage.traffic.switch_route_sources(False)
        stage.traffic.change_opposite(active=False)
        through = until(lambda: beyond(stage, far_side.sink.transform))
        story = race(through, near_side.run(stage, cast), far_side.run(stage, cast))
        yield from within_limit(stage, order.name, story)
    stage.traffic.switch_route_sources(True)
    stage.traffic.change_opposite(active=True)


@dataclass(frozen=True)
class RouteJunction:
    """The first junction on the route after a trigger, and the route's points before and after it."""

    junction: carla.Junction
    entry: carla.Waypoint
    exit: carla.Waypoint

    @classmethod
    def after(cls, stage: Stage, order: Order) -> "RouteJunction":
        """Found along the plan. Raises SetupFault where the route goes through none."""
        place, pose, waypoints = order.trigger.location, stage.plan.pose, stage.plan.waypoints
        here = int(np.argmin(np.hypot(pose[:, 0] - place.x, pose[:, 1] - place.y)))
        inside = [k for k in range(here, len(waypoints)) if waypoints[k].is_junction]
        if not inside:
            raise SetupFault(f"{order.name}: the route goes through no junction after {told(order.waypoint)}")
        first = last = inside[0]
        while last < len(waypoints) - 1 and waypoints[last].is_junction:
            last += 1
        return cls(waypoints[first].get_junction(), waypoints[max(first - 1, 0)], waypoints[last])


def _merge(stage: Stage, order: Order, cast: Cast, streams: Sequence[Stream], *meanwhile: Script) -> Script:
    """Let streams flow, on which no other traffic comes, until the ego is abreast of their ends, on whichever lane."""
    stage.traffic.switch_route_sources(False)
    ends = [lane.transform.location for lane in same_direction_lanes(streams[0].sink)]
    merged = until(lambda: any(near(stage, end, IN_STREAM) for end in ends))
    flowing = [one.run(stage, cast, everywhere=True) for one in streams]
    yield from within_limit(stage, order.name, race(merged, *flowing, *meanwhile))
    stage.traffic.switch_route_sources(True)


def _others(waypoints: Sequence[carla.Waypoint], one: carla.Waypoint) -> list[carla.Waypoint]:
    return [waypoint for waypoint in waypoints if (waypoint.road_id, waypoint.lane_id) != (one.road_id, one.lane_id)]


def _number(one: carla.Waypoint, lanes: Sequence[carla.Waypoint]) -> int:
    return next(k for k, lane in enumerate(lanes) if lane.lane_id == one.lane_id)
