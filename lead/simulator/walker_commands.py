"""What a client may ask of a walker: walk, jump, stand where its crowd says, hold a pose."""

from math import atan2, cos, hypot, sin

from numpy.typing import ArrayLike

from lead.geometry.poses import wrap_angle
from lead.simulator.actors import ActorKind, Flag, WalkerControl
from lead.simulator.finite import finite
from lead.simulator.table import ActorTable


class WalkerCommands:
    """Commands to walkers; part of `World`. All raise UnknownActor or WrongActor, and WorldError for bad numbers."""

    table: ActorTable
    _bones: dict[int, list]

    def _walker(self, actor: int) -> int:
        return self.table.row(actor, ActorKind.WALKER)

    def control_walker(self, actor: int, direction: ArrayLike, speed: float, jump: bool = False) -> None:
        """Walk along `direction` (3,) at `speed` m/s until told otherwise; a dead walker does not obey."""
        row = self._walker(actor)
        columns = self.table.columns
        if columns.flag[row, Flag.DEAD]:
            return
        x, y, z, speed = finite(actor, "direction and speed", (*direction, speed), 4)
        columns.control[row, : WalkerControl.JUMP + 1] = x, y, z, speed, float(jump)

    def set_walker(self, actor: int, pose: ArrayLike, speed: float) -> None:
        """Put a walker on the ground where the client's crowd has it: pose (6,) and speed along its heading, m/s."""
        row = self._walker(actor)
        columns = self.table.columns
        x, y, z, _, yaw, _, speed = finite(actor, "pose and speed", (*pose, speed), 7)
        dx, dy = x - columns.pose[row, 0], y - columns.pose[row, 1]
        heading = atan2(dy, dx) if hypot(dx, dy) > 1e-3 else yaw
        columns.pose[row] = x, y, z, 0.0, wrap_angle(yaw), 0.0
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
