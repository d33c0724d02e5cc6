"""What a client may ask of a walker: walk, jump, stand where its crowd says, hold a pose."""

from math import atan2, cos, sin

import numpy as np
from numpy.typing import ArrayLike

from lead.geometry.poses import wrap_angle
from lead.simulator.actors import ActorKind, Flag, WalkerControl
from lead.simulator.finite import finite
from lead.simulator.table import ActorTable


class WalkerCommands:
    """Commands to walkers; part of `World`. All raise UnknownActor or WrongActor."""

    table: ActorTable
    _bones: dict[int, list]
    _blend: dict[int, float]

    def _walker(self, actor: int) -> int:
        return self.table.row(actor, ActorKind.WALKER)

    def control_walker(self, actor: int, direction: ArrayLike, speed: float, jump: bool = False) -> None:
        """Walk along `direction` (3,) at `speed` m/s until told otherwise; a dead walker does not obey."""
        row = self._walker(actor)
        columns = self.table.columns
        if columns.flag[row, Flag.DEAD]:
            return
        x, y, z = finite(actor, "direction", direction, 3)
        columns.control[row, : WalkerControl.JUMP + 1] = x, y, z, speed, float(jump)

    def set_walker(self, actor: int, pose: ArrayLike, speed: float) -> None:
        """Put a walker on the ground where the client's crowd has it: pose (6,) and speed along its heading, m/s."""
        row = self._walker(actor)
        columns = self.table.columns
        pose = np.asarray(pose, np.float64)
        step = pose[:2] - columns.pose[row, :2]
        heading = atan2(step[1], step[0]) if np.hypot(*step) > 1e-3 else pose[4]
        columns.pose[row] = pose[0], pose[1], pose[2], 0.0, wrap_angle(pose[4]), 0.0
        columns.velocity[row, 0], columns.velocity[row, 1] = speed * cos(heading), speed * sin(heading)
        columns.control[row] = 0.0
        columns.control[row, WalkerControl.DIRECTION_X] = cos(heading)
        columns.control[row, WalkerControl.DIRECTION_Y] = sin(heading)
        columns.control[row, WalkerControl.SPEED] = speed
        columns.flag[row, Flag.POSED] = True

    def bones(self, actor: int) -> list:
        """The bones last set by a client; an empty list for a walker in its own pose."""
        self._walker(actor)
        return self._bones.get(actor, [])

    def set_bones(self, actor: int, bones: list) -> None:
        """Keep a client's bone poses; nothing but `bones` reads them."""
        self._walker(actor)
        self._bones[actor] = bones

    def blend_pose(self, actor: int, blend: float) -> None:
        """Keep how far the client's bone poses outweigh the walk cycle (0 to 1)."""
        self._walker(actor)
        self._blend[actor] = min(1.0, max(0.0, blend))
