"""Finding places around a junction: its entries and exits, who comes from where, and the lights that tell whom.

Source: spec/benchmarks.md, 2.1 "Way-point walkers" and 2.5 "Common set-up".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import carla
import numpy as np

from lead.scenarios.lane_graph import Command
from lead.scenarios.plan import Plan
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import told

STEP = 1.0  # m between looks along a lane
OUT_STEP = 0.2  # m between looks for the way out of a junction
UPSTREAM_STEP = 5.0  # m between looks for a source
FARTHEST = 1000.0  # m within which a junction must come, or end
LOOK_INTO_TURN = 10.0  # m into a turn at which its direction shows
TURNS = (Command.LEFT, Command.RIGHT, Command.STRAIGHT)

SECTORS = ((30.0, "same"), (135.0, "left"), (225.0, "opposite"), (330.0, "right"), (360.0, "same"))  # degrees, upto


@dataclass(frozen=True)
class Approach:
    """The junction that a lane leads to."""

    junction: carla.Junction
    entry: carla.Waypoint  # the last one before it
    inside: carla.Waypoint  # the first one in it
    metres: float  # from the start to the first one in it


def next_junction(start: carla.Waypoint) -> Approach:
    """The junction ahead on a lane; that in which the waypoint lies, if it lies in one.

    Raises:
        SetupFault: the road ends before one comes.
    """
    before, here, gone = start, start, 0.0
    while not here.is_junction:
        following = here.next(STEP)
        if not following or gone > FARTHEST:
            raise SetupFault(f"no junction comes within {gone:.0f} m after {told(start)}")
        before, here, gone = here, following[0], gone + STEP
    return Approach(here.get_junction(), before, here, gone)


def entries_and_exits(junction: carla.Junction) -> tuple[list[carla.Waypoint], list[carla.Waypoint]]:
    """The last waypoints before a junction and the first ones after it, one for each driving lane."""
    entries: dict[tuple[int, int], carla.Waypoint] = {}
    exits: dict[tuple[int, int], carla.Waypoint] = {}
    for first, last in junction.get_waypoints(carla.LaneType.Driving):
        for end, forward, found in ((first, False, entries), (last, True, exits)):
            outside = _out_of_junction(end, forward)
            if outside is not None:
                found.setdefault((outside.road_id, outside.lane_id), outside)
    return list(entries.values()), list(exits.values())


def direction_from(reference: carla.Waypoint, entry: carla.Waypoint) -> str:
    """From where an entry comes for one who enters at the reference: "same", "left", "opposite", "right"."""
    turned = (entry.transform.rotation.yaw - reference.transform.rotation.yaw) % 360.0
    return next(name for upto, name in SECTORS if turned <= upto)


def entries_from(approach: Approach, direction: str) -> list[carla.Waypoint]:
    """The junction's entries that lie on one side of the ego: "left", "right" or "opposite".

    Raises:
        SetupFault: there is none.
    """
    entries, _ = entries_and_exits(approach.junction)
    found = [entry for entry in entries if direction_from(approach.inside, entry) == direction]
    if not found:
        sides = sorted({direction_from(approach.inside, entry) for entry in entries})
        raise SetupFault(
            f"junction {approach.junction.id} after {told(approach.entry)} has no entry from {direction!r}; "
            f"it has {', '.join(sides)}"
        )
    return found


def exit_of(source: carla.Waypoint, turn: int) -> carla.Waypoint:
    """The first waypoint after the next junction.

    Args:
        source: where one comes from, before the junction.
        turn: which way into it is taken: 0 the straightest, 1 the right-most, -1 the left-most.

    Raises:
        SetupFault: the road ends before, or no junction comes.
    """
    here, entered, gone = source, False, 0.0
    while not entered or here.is_junction:
        following = here.next(STEP)
        if not following or gone > FARTHEST:
            raise SetupFault(f"no exit of a junction comes within {gone:.0f} m after {told(source)}")
        if not entered and (len(following) > 1 or following[0].is_junction):
            entered, here = True, _branch(here, following, turn)
        else:
            here = following[0]
        gone += STEP
    return here


def upstream(entry: carla.Waypoint, metres: float) -> carla.Waypoint:
    """The waypoint up to so far back on the lane, in steps of 5 m; the last one after another junction.

    Raises:
        SetupFault: the road begins before.
    """
    here, gone = entry, 0.0
    while gone < metres:
        before = here.previous(UPSTREAM_STEP)
        if not before:
            raise SetupFault(f"the road begins {gone:.0f} m before {told(entry)}; expected {metres:.0f} m")
        if before[0].is_junction:
            break
        here, gone = before[0], gone + UPSTREAM_STEP
    return here


def downstream(start: carla.Waypoint, metres: float) -> carla.Waypoint:
    """The waypoint so far along the road. Raises SetupFault where it ends before."""
    following = start.next(metres)
    if not following:
        raise SetupFault(f"the road ends less than {metres:.0f} m after {told(start)}")
    return following[0]


def route_exit(plan: Plan, trigger: carla.Location) -> carla.Waypoint:
    """Where a route leaves the first junction after the trigger.

    Raises:
        SetupFault: the route turns nowhere after it, or ends in the junction.
    """
    away = np.hypot(plan.pose[:, 0] - trigger.x, plan.pose[:, 1] - trigger.y)
    first = int(np.argmin(away))
    turning = np.isin(plan.command[first:], TURNS)
    if turning.any():
        begins = int(np.argmax(turning))
        after = np.flatnonzero(~turning[begins:])
        if len(after):
            return plan.waypoints[first + begins + int(after[0])]
    raise SetupFault(f"the route leaves no junction after its trigger at ({trigger.x:.1f}, {trigger.y:.1f})")


def light_of_lane(waypoint: carla.Waypoint, lights: Iterable[carla.TrafficLight]) -> carla.TrafficLight | None:
    """The light whose stop line lies nearest to a waypoint; None of none."""
    place = waypoint.transform.location
    nearest, least = None, float("inf")
    for light in lights:
        for stop in light.get_stop_waypoints():
            away = stop.transform.location.distance(place)
            if away < least:
                nearest, least = light, away
    return nearest


@dataclass(frozen=True)
class JunctionLights:
    """The lights of a junction by whom they tell."""

    ego: carla.TrafficLight
    source: carla.TrafficLight | None  # of the lane from which others come
    others: tuple[carla.TrafficLight, ...]

    def states(
        self, ego: carla.TrafficLightState, source: carla.TrafficLightState, others: carla.TrafficLightState
    ) -> dict[carla.TrafficLight, carla.TrafficLightState]:
        """What each light is to show."""
        shown = dict.fromkeys(self.others, others)
        if self.source is not None:
            shown[self.source] = source
        return shown | {self.ego: ego}


def junction_lights(stage: Stage, approach: Approach, source: carla.Waypoint | None = None) -> JunctionLights | None:
    """The lights of the ego's next junction; None if it has none. `source` is a lane before it from which others come."""
    lights = sorted(stage.world.get_traffic_lights_in_junction(approach.junction.id), key=lambda light: light.id)
    ego = light_of_lane(approach.entry, lights)
    if ego is None:
        return None
    rest = [light for light in lights if light.id != ego.id]
    coming = None if source is None else light_of_lane(source, lights)
    if coming is not None and coming.id == ego.id:
        coming = None
    others = tuple(light for light in rest if coming is None or light.id != coming.id)
    return JunctionLights(ego, coming, others)


def _out_of_junction(end: carla.Waypoint, forward: bool) -> carla.Waypoint | None:
    here, gone = end, 0.0
    while here.is_junction:
        following = here.next(OUT_STEP) if forward else here.previous(OUT_STEP)
        if not following or gone > FARTHEST:
            return None
        here, gone = following[0], gone + OUT_STEP
    return here


def _branch(here: carla.Waypoint, choices: Sequence[carla.Waypoint], turn: int) -> carla.Waypoint:
    """The way that leads straight on (turn 0), most to the right (1) or most to the left (-1)."""
    yaw, place = radians(here.transform.rotation.yaw), here.transform.location

    def rightness(choice: carla.Waypoint) -> float:
        into = (choice.next(LOOK_INTO_TURN) or [choice])[0].transform.location - place
        length = max((into.x**2 + into.y**2) ** 0.5, 1e-6)
        return (cos(yaw) * into.y - sin(yaw) * into.x) / length

    if turn == 0:
        return min(choices, key=lambda choice: abs(rightness(choice)))
    return max(choices, key=lambda choice: turn * rightness(choice))
