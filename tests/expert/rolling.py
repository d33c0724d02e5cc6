"""Plays hand-made scenes on: the ego as the fitted bicycle its controls move, everybody else straight on."""

from collections.abc import Callable
from dataclasses import replace
from math import cos, sin

import numpy as np

from lead.expert.decide import decide
from lead.expert.decision import Decision
from lead.expert.kernels.driving import DT, REAR_WHEELBASE, next_speed, slip
from lead.expert.memory import Memory
from lead.expert.scene import Ego, Scene
from lead.expert.settings import Settings

Change = Callable[[Scene], Scene]  # what else happens in a tick


def roll(
    scene: Scene, settings: Settings, ticks: int, memory: Memory | None = None, change: Change | None = None
) -> tuple[list[Scene], list[Decision], Memory]:
    """The scenes and decisions of so many ticks, and the memory after them."""
    memory, scenes, decisions = memory if memory is not None else Memory(), [], []
    for _ in range(ticks):
        decision, memory = decide(scene, memory, settings)
        scenes.append(scene)
        decisions.append(decision)
        scene = later(scene, decision)
        if change is not None:
            scene = change(scene)
    return scenes, decisions, memory


def later(scene: Scene, decision: Decision) -> Scene:
    """The scene a tick after a decision."""
    pose = scene.actors.pose.copy()
    pose[:, :3] += DT * scene.actors.velocity
    actors = replace(scene.actors, pose=pose)
    return replace(
        scene, frame=scene.frame + 1, time=scene.time + DT, ego=_moved(scene.ego, decision), actors=actors
    )  # fmt: skip


def _moved(ego: Ego, decision: Decision) -> Ego:
    control, speed, pose = decision.control, ego.speed, ego.pose.copy()
    course = slip(control.steer)
    pose[0] += DT * speed * cos(pose[4] + course)
    pose[1] += DT * speed * sin(pose[4] + course)
    pose[4] += DT * speed / REAR_WHEELBASE * sin(course)
    speed = next_speed(speed, control.throttle, control.brake)
    return replace(ego, pose=pose, velocity=speed * np.array([cos(pose[4]), sin(pose[4]), 0.0]))
