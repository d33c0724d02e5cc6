"""What a student could know of a tick, and what an expert would remember if it had known no more.

Definitions and reasons: docs/asymmetry.md.
"""

from dataclasses import dataclass, field, replace

import carla
import numpy as np
from numpy.typing import NDArray

from lead.expert.memory import Memory
from lead.expert.rules.passing.obstacles import SEEN_POINTS, SEEN_RETURNS
from lead.expert.rules.passing.table import ROWS
from lead.expert.scene import Actors, Briefing, EvidenceIndex, Kind, Route, Scene, Visibility
from lead.expert.see import visible
from lead.expert.settings import Settings
from lead.expert.tracks import Tracks, observed
from lead.geometry.poses import to_local

GATES = Settings(window=True, occlusion=True)
"""The student's window and the points of evidence from which on it has somebody (V1, V2)."""
GREEN = int(carla.TrafficLightState.Green)
MOVING = 0.25  # m/s from which an actor shows what its situation is about
RIDING = frozenset({"HazardAtSideLane", "HazardAtSideLaneTwoWays", "YieldToEmergencyVehicle"})
STANDING = frozenset(ROWS) - RIDING
"""Situations about things that stand: they are told by their looks, from near enough."""
TOLD_WITHIN = {Visibility.CLEAR: 50.0, Visibility.OK: 50.0, Visibility.LIMITED: 35.0, Visibility.VERY_LIMITED: 25.0}
"""Metres within which one tells what stands there; in clear weather where the published expert begins to pass it."""


@dataclass(frozen=True)
class Senses:
    """What the student's sensors have in a tick."""

    actors: NDArray[np.int32]  # (A, 3) points of each actor: lead.expert.scene.EvidenceIndex
    lights: NDArray[np.bool_]  # (L,) whether a head of each of the route's lights is in a picture
    stops: NDArray[np.bool_]  # (K,) whether each of the route's stop signs is

    @classmethod
    def of(cls, scene: Scene) -> "Senses":
        """Those that the scene tells of; stop signs are all seen."""
        return cls(scene.actors.evidence, scene.light_seen, np.ones(len(scene.route.stop_id), bool))


@dataclass(frozen=True)
class Known:
    """What the student has come to know up to now. Empty before the first tick.

    Attributes:
        tracks: of actors, in the ticks in which they were seen.
        actors: ids of those ever seen.
        told: names of the situations that the expert was ever told of.
        situations: of those, whose actors were ever seen.
        shown: of those, whose intent has shown itself.
    """

    tracks: Tracks = field(default_factory=Tracks)
    actors: frozenset[int] = frozenset()
    told: frozenset[str] = frozenset()
    situations: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


def seen_actors(actors: Actors, ego_pose: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mask (A,) of actors of which there is evidence in the student's window."""
    known = visible(actors, to_local(actors.middle, ego_pose), GATES)
    obstacle = actors.kind == Kind.OBSTACLE
    points = actors.evidence[:, EvidenceIndex.CAMERA]
    returns = actors.evidence[:, EvidenceIndex.LIDAR] + actors.evidence[:, EvidenceIndex.RADAR]
    return known & (~obstacle | (points >= SEEN_POINTS) | (returns >= SEEN_RETURNS))


def learned(known: Known, scene: Scene, seen: NDArray[np.bool_]) -> Known:
    """What is known after a tick in which the actors of a mask (A,) were seen."""
    ids = frozenset(scene.actors.ids[seen].tolist())
    met = {told.name for told in scene.briefings if not ids.isdisjoint(told.ids)}
    shown = {told.name for told in scene.briefings if told.name not in known.shown and shows_itself(scene, told)}
    told = {briefing.name for briefing in scene.briefings}
    return Known(
        observed(known.tracks, scene.actors.rows(seen), scene.time),
        known.actors if ids <= known.actors else known.actors | ids,
        known.told if told <= known.told else known.told | told,
        known.situations if met <= known.situations else known.situations | met,
        known.shown | shown if shown else known.shown,
    )


def shows_itself(scene: Scene, told: Briefing) -> bool:
    """Whether what a situation is about can be told from what its actors do, whoever sees them: standing things by being
    near, all others by having moved."""
    rows = np.flatnonzero(np.isin(scene.actors.ids, told.ids))
    if told.type in STANDING:
        away = scene.actors.pose[rows, :3] - scene.ego.pose[:3]
        return bool((np.linalg.norm(away, axis=1) <= TOLD_WITHIN[scene.visibility]).any())
    return bool((scene.actors.ground_speed[rows] >= MOVING).any())


def without_signs(route: Route) -> Route:
    """The same way without its stop signs."""
    return replace(route, stop_id=route.stop_id[:0], stop_index=route.stop_index[:0])


def with_lights_out(scene: Scene, seen: NDArray[np.bool_]) -> Scene:
    """The scene as if the lights that are not seen (L,) were green."""
    return replace(scene, light_state=np.where(seen, scene.light_state, GREEN).astype(np.int8))


def memory_of_seen(memory: Memory, known: Known) -> Memory:
    """The expert's memory without what rests on actors and situations that the student has never seen."""
    walkers, adversaries = memory.walkers, memory.adversaries
    return replace(
        _without_manoeuvres(memory, known.told - known.situations),
        tracks=known.tracks,
        walkers=replace(walkers, moved=walkers.moved & known.actors, stopped_for=walkers.stopped_for & known.actors),
        adversaries=replace(
            adversaries, safe=adversaries.safe & known.actors, through=adversaries.through & known.actors
        ),
    )


def memory_of_shown(memory: Memory, known: Known) -> Memory:
    """The expert's memory without the passing of situations whose intent has not shown."""
    return _without_manoeuvres(memory, known.told - known.shown)


def _without_manoeuvres(memory: Memory, situations: frozenset[str]) -> Memory:
    manoeuvres = memory.passing.manoeuvres
    kept = tuple(manoeuvre for manoeuvre in manoeuvres if manoeuvre.name not in situations)
    if len(kept) == len(manoeuvres):
        return memory
    shifts = tuple(manoeuvre.shift for manoeuvre in kept if manoeuvre.shift is not None)
    return replace(memory, shifts=shifts, passing=replace(memory.passing, manoeuvres=kept))
