"""Plays hand-made scenes on with the meter beside the expert, and makes pasts for their actors."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lead.expert.decide import decide
from lead.expert.kernels.driving import DT
from lead.expert.memory import Memory
from lead.expert.scene import Scene
from lead.expert.settings import PRIVILEGED, Settings
from lead.expert.tracks import LENGTH, Tracks, observed
from lead.study.asking import Asymmetry, Cause, Tick, uncertainty, visibility
from lead.study.knowledge import Known, Senses, learned, seen_actors


def asked(
    here: Scene, settings: Settings = PRIVILEGED, memory: Memory | None = None, stops: tuple[bool, ...] | None = None,
) -> tuple[Asymmetry, Asymmetry]:  # fmt: skip
    """Visibility and uncertainty in a scene whose situations the student has seen as far as their actors are seen."""
    memory = memory if memory is not None else Memory()
    known = learned(Known(), here, seen_actors(here.actors, here.ego.pose))
    senses = Senses.of(here) if stops is None else replace(Senses.of(here), stops=np.array(stops))
    tick = Tick.of(here, memory, settings, decide(here, memory, settings)[0], senses, known)
    return visibility(tick), uncertainty(tick)


def watched(scenes: list[Scene], settings: Settings = PRIVILEGED) -> tuple[list[Asymmetry], list[Asymmetry]]:
    """Visibility and uncertainty in every tick of a drive whose scenes are given."""
    memory, known, found = Memory(), Known(), []
    for here in scenes:
        decision, after = decide(here, memory, settings)
        tick = Tick.of(here, memory, settings, decision, Senses.of(here), known)
        found.append((visibility(tick), uncertainty(tick)))
        known = learned(known, here, seen_actors(here.actors, here.ego.pose))
        memory = after
    return [v for v, _ in found], [u for _, u in found]


def size(*asymmetries: Asymmetry) -> float:
    """How much decisions differ in all, m/s and m."""
    by_limit = [change for a in asymmetries for cause, change in a.by_cause if cause is Cause.SPEED_LIMIT]
    return sum(abs(c.speed) + c.path for c in [*(a.change for a in asymmetries), *by_limit])


def remembering(here: Scene, *, turning: float = 0.0, speeding: float = 0.0) -> Memory:
    """The memory of having watched everybody for a second who turned (rad/s) and sped up (m/s^2) all the time."""
    tracks, actors = Tracks(), here.actors
    for ago in range(LENGTH, 0, -1):
        pose = actors.pose.copy()
        pose[:, 4] -= turning * DT * ago
        velocity = np.linalg.norm(actors.velocity, axis=1) - speeding * DT * ago
        way = np.stack([np.cos(pose[:, 4]), np.sin(pose[:, 4]), np.zeros(len(pose))], axis=1)
        tracks = observed(tracks, replace(actors, pose=pose, velocity=velocity[:, None] * way), here.time - DT * ago)
    return Memory(tracks=tracks)


def driven(make: Callable[[float], Scene], start: float, end: float, speed: float) -> list[Scene]:
    """The scenes of an ego that goes on at a speed (m/s) from one place along the route to another."""
    places = np.arange(start, end, speed * DT)
    return [replace(make(float(at)), time=5.0 + DT * k, frame=100 + k) for k, at in enumerate(places)]
