"""Traffic lights, signs and crosswalks beside the drafted roads.

As in CARLA's own towns a light or a priority sign stands where drivers see it and counts for no lane there; references
at the start of the junction's connecting roads say for whom it counts, so the junction's edge is the stop line.
"""

from __future__ import annotations

import math

from lead.roads.generate.curves import wrap
from lead.roads.generate.draft import Arm, CrosswalkDraft, Draft, JunctionDraft, RoadDraft, SignalDraft
from lead.roads.generate.junctions import STRAIGHT, driving_lanes, turn_angle
from lead.roads.generate.opendrive_text import LIGHT_TYPE
from lead.roads.generate.profiles import LaneSpec

STOP_TYPE, YIELD_TYPE, SPEED_TYPE = "206", "205", "274"  # OpenDRIVE signal types CARLA knows
STOP_LINE = 0.2  # m into the connecting road, where the references lie
POLE_SETBACK = 0.7  # m from the kerb to a pole
PLATE_HEIGHT = 2.3  # m, centre of a sign's plate
CROSSWALK_NEAR, CROSSWALK_FAR = 1.2, 4.4  # m beyond the stop line
CROSSWALK_OVERLAP = 0.6  # m that a crosswalk reaches onto the sidewalk
SPEED_SIGN_AFTER = {"motorway": 90.0, "rural": 25.0}  # m behind the start of a road, else 12


def add_lights(draft: Draft, junction: JunctionDraft) -> None:
    """One light per approach on the far side; approaches facing each other share a controller (permissive left turns)."""
    phases: list[tuple[int, list[int]]] = []
    for a, arm in enumerate(junction.arms):
        if not driving_lanes(arm.incoming):
            continue
        road, s, t = _far_side(junction, a)
        signal = _stand(draft, arm, road, s, t, LIGHT_TYPE, "Signal_3Light_Post01")
        _refer(junction, a, signal.id)
        partner = next((p for p in phases if abs(turn_angle(arm, junction.arms[p[0]])) < STRAIGHT), None)
        if partner is None:
            phases.append((a, [signal.id]))
        else:
            partner[1].append(signal.id)
    junction.controllers = [(draft.new_id(), signals) for _, signals in phases]


def add_priority_signs(draft: Draft, junction: JunctionDraft, arms: list[int], type: str) -> None:
    """Stop or yield signs on the given arms, at the right-hand kerb just before the junction."""
    name = {STOP_TYPE: "Sign_Stop", YIELD_TYPE: "Sign_Yield"}[type]
    for a in arms:
        arm = junction.arms[a]
        if not driving_lanes(arm.incoming):
            continue
        s, t = _beside(arm, arm.incoming, 0.5, right=True)
        signal = _stand(draft, arm, arm.road, s, t, type, name, z_offset=PLATE_HEIGHT)
        _refer(junction, a, signal.id)


def add_speed_signs(draft: Draft) -> None:
    """A speed-limit sign for each direction at the start of every road outside junctions that is long enough."""
    for road in draft.roads:
        if road.junction != -1 or road.track.length < 60.0:
            continue
        for at_start in (True, False):
            arm = Arm(road, at_start)
            lanes = driving_lanes(arm.outgoing)
            if not lanes:
                continue
            s, t = _beside(arm, arm.outgoing, SPEED_SIGN_AFTER.get(road.kind, 12.0), right=False)
            heading = 0.0 if at_start else math.pi
            valid = sorted(arm.outgoing_id(index) for index in (lanes[0], lanes[-1]))
            speed = int(road.speed)
            road.signals.append(
                SignalDraft(
                    draft.new_id(), SPEED_TYPE, f"Speed_{speed}", s, t, heading, (valid[0], valid[1]), str(speed),
                    float(speed), PLATE_HEIGHT,
                )
            )  # fmt: skip


def add_crosswalks(draft: Draft, junction: JunctionDraft, arms: list[int]) -> None:
    """Zebras across the given arms, just inside the junction, from sidewalk to sidewalk."""
    for a in arms:
        arm = junction.arms[a]
        right, left = kerb(arm.incoming) + CROSSWALK_OVERLAP, kerb(arm.outgoing) + CROSSWALK_OVERLAP
        sign = -1.0 if arm.at_start else 1.0
        corners = [
            (sign * u, sign * v)
            for u, v in (
                (CROSSWALK_NEAR, -right),
                (CROSSWALK_FAR, -right),
                (CROSSWALK_FAR, left),
                (CROSSWALK_NEAR, left),
            )
        ]
        s = min(arm.s, arm.road.track.length - 0.001)
        arm.road.crosswalks.append(CrosswalkDraft(draft.new_id(), s, tuple(corners)))


def kerb(lanes: tuple[LaneSpec, ...], at_end: bool = False) -> float:
    """Distance from the reference line to the sidewalk, or to the outer edge of a road without one, m.

    Measured at the start of the road, or at its end where lanes change their width.
    """
    width = 0.0
    for lane in lanes:
        if lane.kind == "sidewalk":
            break
        width += lane.end_width if at_end and lane.end_width is not None else lane.width
    return width


def _stand(
    draft: Draft, arm: Arm, road: RoadDraft, s: float, t: float, type: str, name: str, z_offset: float = 0.0
) -> SignalDraft:
    """Put a signal on `road` for the drivers coming in on `arm`; its heading is theirs, as in CARLA's towns."""
    offset = wrap(arm.pose.heading - road.track.at(s).heading)
    signal = SignalDraft(draft.new_id(), type, name, s, t, offset, (0, 0), z_offset=z_offset)
    road.signals.append(signal)
    return signal


def _refer(junction: JunctionDraft, arm: int, signal: int) -> None:
    for road, origin, _ in junction.connections:
        if origin == arm:
            road.references.append((signal, STOP_LINE))


def _beside(arm: Arm, lanes: tuple[LaneSpec, ...], distance: float, right: bool) -> tuple[float, float]:
    """Road (s, t) of a pole `distance` m from the arm's end, on the right or left of a traveller into the junction."""
    s = arm.s + distance if arm.at_start else arm.s - distance
    t = kerb(lanes) + POLE_SETBACK
    return s, t if arm.at_start == right else -t


def _far_side(junction: JunctionDraft, a: int) -> tuple[RoadDraft, float, float]:
    """Where a driver from arm `a` looks: the far right corner, or straight across where no road goes straight on."""
    arm = junction.arms[a]
    exits = [to for _, origin, to in junction.connections if origin == a]
    ahead = min(exits, key=lambda b: abs(turn_angle(arm, junction.arms[b])))
    if abs(turn_angle(arm, junction.arms[ahead])) < STRAIGHT:
        for (_, to), road in junction.corners.items():
            if to == ahead:
                return road, road.track.length - 1.0, -(kerb(road.profile.right, at_end=True) + POLE_SETBACK)
        exit_arm = junction.arms[ahead]
        return (exit_arm.road, *_beside(exit_arm, exit_arm.outgoing, 1.0, right=False))
    lane = arm.pose.right(kerb(arm.incoming) / 2)
    best: tuple[float, RoadDraft, float] | None = None
    for (origin, to), road in junction.corners.items():
        if a in (origin, to):
            continue
        for step in range(21):
            s = road.track.length * step / 20
            point = road.track.at(s)
            side = abs((point.y - lane.y) * math.cos(lane.heading) - (point.x - lane.x) * math.sin(lane.heading))
            if best is None or side < best[0]:
                best = side, road, s
    if best is None:
        raise ValueError(f"{junction.name}: no kerb opposite arm {a} to put a light on; give the junction sidewalks")
    _, road, s = best
    return road, s, -(kerb(road.profile.right) + POLE_SETBACK)
