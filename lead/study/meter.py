"""The asymmetry meter of one drive: takes in every tick, asks the expert again in every few of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.dataset.target_points import PlanFollower, told_points
from lead.expert.decision import Decision
from lead.expert.memory import Memory
from lead.expert.scene import Route, Scene
from lead.expert.see import visible
from lead.expert.settings import Settings
from lead.geometry.poses import to_local
from lead.study.asking import Tick, uncertainty, visibility
from lead.study.intent import VisibleRoads
from lead.study.knowledge import GATES, Known, Senses, learned, seen_actors, without_signs
from lead.study.record import Row, compact

EVERY = 5  # ticks: the frames that are recorded (4 Hz)
POP_DISTANCE = 3.25  # m from a target point at which the next is told (spec/lead-expert-and-data.md, 2.3)


class Meter:
    """Measures one drive.

    Args:
        settings: of the expert that drives.
        plan: (P, 3) m, the points that the student would be told, and `commands` (P,) what to do there.
        roads: the lanes around the way.
        every: ticks from audited one to audited one.
    """

    def __init__(
        self, settings: Settings, plan: NDArray[np.float64], commands: NDArray[np.int8], roads: VisibleRoads,
        every: int = EVERY,
    ) -> None:  # fmt: skip
        self._settings, self._roads, self._every = settings, roads, every
        self._plan, self._commands = plan, commands
        self._follower = PlanFollower(plan, [POP_DISTANCE])
        self._known, self._ticks = Known(), 0
        self._route: Route | None = None
        self._bare: Route | None = None
        self.rows: list[dict[str, Any]] = []  # as they are written

    def step(self, scene: Scene, memory: Memory, decision: Decision, senses: Senses) -> Row | None:
        """Take in a tick: the expert's scene, its memory before it decided, what it decided, and what the student had.

        Returns what was measured in the first tick and every `every`th after it, None in the others.
        """
        self._ticks += 1
        self._follower.step(scene.ego.pose[:2])
        if self._route is not scene.route:
            self._route, self._bare = scene.route, without_signs(scene.route)
        tick = Tick.of(scene, memory, self._settings, decision, senses, self._known, self._bare)
        seen = seen_actors(tick.scene.actors, scene.ego.pose)
        row = self._row(tick, seen) if (self._ticks - 1) % self._every == 0 else None
        if row is not None:
            self.rows.append(compact(row))
        self._known = learned(self._known, tick.scene, seen)
        return row

    def _row(self, tick: Tick, seen: NDArray[np.bool_]) -> Row:
        pose = tick.scene.ego.pose
        told, _ = told_points(self._plan, self._commands.tolist(), int(self._follower.reached[0]))
        return Row(
            self._ticks, tick.scene, tick.decision, seen, visibility(tick), uncertainty(tick),
            _unseen_labels(tick, seen), self._roads.ambiguity(pose, told), told,
        )  # fmt: skip


def _unseen_labels(tick: Tick, seen: NDArray[np.bool_]) -> int:
    """Actors in the window that are labelled although the student has nothing of them; none if V9 is on."""
    if tick.settings.filtered_labels:
        return 0
    actors = tick.scene.actors
    window = Settings(window=GATES.window)
    return int((visible(actors, to_local(actors.middle, tick.scene.ego.pose), window) & ~seen).sum())
