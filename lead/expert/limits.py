"""The most that is driven if nobody is in the way.

Source: spec/lead-expert-and-data.md, 1.4.
"""

import numpy as np

from lead.expert.bends import bend_speed
from lead.expert.scene import SPACING, Actors, Briefing, Kind, Scene, Visibility
from lead.expert.settings import Settings

KMH = 1.0 / 3.6  # m/s per km/h
LOWEST, HIGHEST = 6.75, 20.0  # m/s
FASTER_TRAFFIC = 30.0 * KMH  # m/s of others from which on their speed tells the limit
KEPT = 0.9  # of the limit that traffic drives
SLOW_ROAD = 60.0 * KMH  # m/s of the limit below which one is careful
NOT_SLOW = 40.0 * KMH  # m/s driven at least on other roads, and where the way leads into or across a flow
DARK, CLUTTERED, BLIND = 4.0, 2.0, 4.0  # m/s slower
PARKED_CARS = 2  # near by from which on it is cluttered
JUNCTION_NEAR = 20.0  # m
JUNCTION_SIGHT = 0.2  # score below which a junction cannot be looked into
SMALL_JUNCTION = 40.0 * KMH  # m/s of the limit sign below which junctions are driven slowly
JUNCTION_AHEAD, JUNCTION_SPEED = 30.0, 25.0 * KMH  # m, m/s

FLOWS = frozenset({
    "EnterActorFlow", "EnterActorFlowV2", "MergerIntoSlowTraffic", "MergerIntoSlowTrafficV2", "HighwayExit",
    "SignalizedJunctionLeftTurn", "NonSignalizedJunctionLeftTurn", "SignalizedJunctionLeftTurnEnterFlow",
    "NonSignalizedJunctionLeftTurnEnterFlow", "SignalizedJunctionRightTurn", "NonSignalizedJunctionRightTurn",
    "InterurbanActorFlow", "InterurbanAdvancedActorFlow",
})  # fmt: skip


def speed_limit(scene: Scene, actors: Actors, index: int, settings: Settings) -> float:
    """m/s, from the sign, from visible traffic (`actors`) and from what can be seen, as the settings have it."""
    sign = scene.ego.speed_limit
    limit = _observable(sign, actors) if settings.observable_limit else sign
    limit *= settings.limit_factor
    situation = playing(scene)
    if (situation is None or situation.type not in FLOWS) and min(limit, sign) < SLOW_ROAD:
        limit = _careful(limit, scene, index, settings)
    else:
        limit = max(limit, NOT_SLOW)
    limit = float(min(HIGHEST, max(LOWEST, limit)))
    return min(limit, bend_speed(scene.route, index)) if settings.bends else limit


def playing(scene: Scene) -> Briefing | None:
    """The nearest situation that the ego has triggered."""
    return next((briefing for briefing in scene.briefings if briefing.playing), None)


def _observable(sign: float, actors: Actors) -> float:
    """A limit (m/s) that somebody could know who watches the traffic: the second of limits and of speeds counts."""
    vehicle = (actors.kind == Kind.CAR) | (actors.kind == Kind.BICYCLE)
    if np.count_nonzero(vehicle) < 2:
        return sign
    limit = max(sign, float(np.sort(actors.speed_limit[vehicle])[-2]))
    speed = float(np.sort(actors.speed[vehicle])[-2])
    return min(limit, speed / KEPT) if speed > FASTER_TRAFFIC else limit


def _careful(limit: float, scene: Scene, index: int, settings: Settings) -> float:
    """Slower where little can be seen, and in small junctions."""
    junction = scene.route.in_junction[index : index + round(JUNCTION_AHEAD / SPACING) + 1]
    if not junction[0]:
        if settings.poor_visibility and scene.visibility == Visibility.VERY_LIMITED:
            limit -= DARK
        if settings.poor_visibility and scene.parked_near >= PARKED_CARS:
            limit -= CLUTTERED
        near = junction[: round(JUNCTION_NEAR / SPACING)].any()
        if settings.occluded_junction and near and scene.junction_sight < JUNCTION_SIGHT:
            limit -= BLIND
    if settings.poor_visibility and junction.any() and scene.ego.speed_limit < SMALL_JUNCTION:
        limit = min(limit, JUNCTION_SPEED)
    return limit
