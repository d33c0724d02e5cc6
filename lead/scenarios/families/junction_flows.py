"""A stream of cars across or into the ego's way at a junction, with or without lights.

Source: spec/benchmarks.md, 2.5. Where the stream comes from and goes to is a row of a table; the story is the same.
"""

from dataclasses import dataclass, replace

import carla

from lead.scenarios.cast import Cast
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, leaves_junction, within_limit
from lead.scenarios.crossings import (
    Approach,
    downstream,
    entries_from,
    exit_of,
    junction_lights,
    next_junction,
    upstream,
)
from lead.scenarios.movers.flow import ActorFlow
from lead.scenarios.movers.lights import first_then
from lead.scenarios.order import Order
from lead.scenarios.script import Script, forever, race
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import same_direction_lanes

FLOW_SPEED = 20.0  # m/s
INTERVAL = (25.0, 50.0)  # m from car to car
RED_FIRST = 5.0  # s for which the ego's light is red before it is green
KEPT_FREE = 20.0  # m beyond the sink

Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green


@dataclass(frozen=True)
class Stream:
    """How a stream runs through the ego's junction, and what the lights show meanwhile."""

    side: str | None  # from which it comes: "opposite", "left", "right"; as `traffic_direction` says if None
    turn: int = 0  # of its exit: 0 straight on, 1 right-most
    before: float = 4.0  # s of its travel from the source to the junction
    after: float = 2.5  # s of its travel from the junction to the sink
    right_lane: bool = False  # it comes on the right-most lane of its road
    initial_actors: bool = False  # it is there already when it begins
    ego_red: float | None = None  # s until the ego's light is green as the stream's is; None: no lights are switched
    on_afterwards: float = 10.0  # m from the junction to the end


ONCOMING = Stream("opposite")
ONCOMING_ENTERING = Stream("opposite", turn=1)
FROM_LEFT = Stream("left", before=5.0, after=3.0, right_lane=True, initial_actors=True)

STREAMS = {
    "SignalizedJunctionLeftTurn": replace(ONCOMING, ego_red=RED_FIRST),
    "SignalizedJunctionLeftTurnEnterFlow": replace(ONCOMING_ENTERING, ego_red=RED_FIRST),
    "SignalizedJunctionRightTurn": replace(FROM_LEFT, ego_red=RED_FIRST),
    "NonSignalizedJunctionLeftTurn": ONCOMING,
    "NonSignalizedJunctionLeftTurnEnterFlow": ONCOMING_ENTERING,
    "NonSignalizedJunctionRightTurn": FROM_LEFT,
    "CrossJunctionDefectTrafficLight": Stream(None, initial_actors=True, ego_red=0.0, on_afterwards=50.0),
}


@dataclass(frozen=True)
class Site:
    """The places of a stream on the map."""

    approach: Approach  # the ego's
    entry: carla.Waypoint  # the stream's, before the junction
    source: carla.Waypoint
    exit: carla.Waypoint  # the stream's, after the junction
    sink: carla.Waypoint


@plays(*STREAMS)
def junction_flow(stage: Stage, order: Order) -> Script:
    """Cross or join a stream of cars that does not brake."""
    stream, ordered = STREAMS[order.situation.type], order.situation
    speed, interval = ordered.number("flow_speed", FLOW_SPEED), ordered.interval("source_dist_interval", INTERVAL)
    site = site_of(order, stream, speed)
    lights = _lights(stage, stream, site)
    order.flow = site.source, site.sink
    with Cast(stage, order) as cast:
        flow = ActorFlow(stage, cast, site.source, site.sink, interval, speed, initial_actors=stream.initial_actors)
        yield from order.triggered()
        _arrange_traffic(stage, stream, site, speed)
        try:
            story = race(passed(stage, site.approach, stream.on_afterwards), flow.run(), lights)
            yield from within_limit(stage, order.name, story)
        finally:
            if stream.side == "opposite":
                stage.traffic.change_opposite(active=True)


def passed(stage: Stage, approach: Approach, metres: float) -> Script:
    """Wait until the ego has left the junction and gone so far from there."""
    yield from leaves_junction(stage, approach.junction.id)
    yield from drives(stage.ego, metres)


def site_of(order: Order, stream: Stream, speed: float) -> Site:
    """Where a stream of so many m/s begins and ends at the junction ahead of the trigger.

    Raises:
        SetupFault: no junction comes, nobody comes from that side, or its road is too short.
    """
    approach = next_junction(order.waypoint)
    entry = entries_from(approach, stream.side or order.situation.text("traffic_direction", "left"))[0]
    if stream.right_lane:
        entry = same_direction_lanes(entry)[-1]
    source = upstream(entry, stream.before * speed)
    leaving = exit_of(source, stream.turn)
    return Site(approach, entry, source, leaving, downstream(leaving, stream.after * speed))


def _lights(stage: Stage, stream: Stream, site: Site) -> Script:
    """The ego's light red, then green; the stream's green all the time; all others red."""
    if stream.ego_red is None:
        return forever()
    lights = junction_lights(stage, site.approach, site.entry)
    if lights is None:
        raise SetupFault(f"junction {site.approach.junction.id} has no traffic lights")
    waiting, going = lights.states(Red, Green, Red), lights.states(Green, Green, Red)
    return first_then(stage, waiting, stream.ego_red, going)


def _arrange_traffic(stage: Stage, stream: Stream, site: Site, speed: float) -> None:
    """Keep the background traffic out of the stream's way."""
    stage.traffic.handle_junction(JunctionOrder(
        remove_entries=same_direction_lanes(site.entry),
        remove_exits=same_direction_lanes(site.sink) if stream.side == "opposite" else (),
        stop_entries=stream.ego_red is None,
        extend_exit=stream.after * speed + KEPT_FREE,
    ))  # fmt: skip
    if stream.side == "opposite":
        stage.traffic.change_opposite(active=False)
