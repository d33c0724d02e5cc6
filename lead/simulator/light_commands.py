"""What a client may ask of traffic lights: states, times, freezing, resetting, and which belong together."""

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import PoseIndex, to_world
from lead.roads.town import Town
from lead.simulator.actors import ActorKind, LightState, LightTime, WorldError
from lead.simulator.lights import LightCycles, reset_group, show
from lead.simulator.table import ActorTable

_TIME_OF_STATE = {
    LightState.RED: LightTime.RED,
    LightState.YELLOW: LightTime.YELLOW,
    LightState.GREEN: LightTime.GREEN,
}


class LightCommands:
    """Commands to traffic lights; part of `World`. All raise UnknownActor or WrongActor."""

    town: Town
    table: ActorTable
    signal_actor: NDArray[np.uint32]  # (K,) actor id of each row of the town's signals
    _cycles: LightCycles

    def _light(self, actor: int) -> int:
        return self.table.row(actor, ActorKind.LIGHT)

    def set_light_state(self, actor: int, state: int) -> None:
        """Show a state on this light alone until its controller next changes state."""
        if state not in LightState.__members__.values():
            raise WorldError(f"state {state} of light {actor}: expected Red 0, Yellow 1, Green 2, Off 3 or Unknown 4")
        self.table.columns.light_state[self._light(actor)] = state

    def set_light_time(self, actor: int, state: int, seconds: float) -> None:
        """How long the light's controller stays red (0), yellow (1) or green (2)."""
        if state not in _TIME_OF_STATE:
            raise WorldError(f"time of state {state} of light {actor}: expected Red 0, Yellow 1 or Green 2")
        controller = self._cycles.controller[self._light(actor)]
        column = _TIME_OF_STATE[LightState(state)]
        self._cycles.times[controller, column] = max(0.0, seconds)
        rows = np.flatnonzero(self._cycles.controller == controller)
        self.table.columns.light_times[rows, column] = max(0.0, seconds)

    def freeze_light(self, actor: int, frozen: bool) -> None:
        """Stop or restart the clock of the group the light belongs to (a group has one clock, as in CARLA)."""
        self._freeze(self._group(actor), frozen)

    def freeze_all_lights(self, frozen: bool) -> None:
        """Stop or restart the clock of every group."""
        for group in range(len(self._cycles.frozen)):
            self._freeze(group, frozen)

    def reset_light_group(self, actor: int) -> None:
        """Bring the light's group back to the start of its cycle."""
        self._reset(self._group(actor))

    def reset_all_lights(self) -> None:
        """Bring every group back to the start of its cycle."""
        for group in range(len(self._cycles.frozen)):
            self._reset(group)

    def light_group(self, actor: int) -> list[int]:
        """Ids of the lights in this light's group, itself included, ascending."""
        group = self._group(actor)
        rows = np.flatnonzero(self._cycles.group[self._cycles.controller] == group)
        return [int(self.table.columns.id[row]) for row in rows]

    def light_boxes(self, actor: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64], float]]:
        """Boxes of the light's heads: world centre (3,), half size (3,) m and yaw rad of each."""
        head = self.town.signals.head[self._light(actor)]
        return [(head[:3].copy(), HEAD_EXTENT.copy(), float(head[PoseIndex.YAW]))]

    def trigger_box(self, actor: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Trigger volume of a light or sign: world centre (3,), half size (3,) m and yaw rad."""
        row = self.table.row(actor, ActorKind.LIGHT, ActorKind.SIGN)
        signals = self.town.signals
        centre = to_world(signals.trigger[row : row + 1, :3], signals.pose[row])[0]
        return (
            centre,
            signals.trigger_extent[row].copy(),
            float(signals.pose[row, PoseIndex.YAW] + signals.trigger[row, 3]),
        )

    def _group(self, actor: int) -> int:
        return int(self._cycles.group[self._cycles.controller[self._light(actor)]])

    def _controllers(self, group: int) -> NDArray[np.int64]:
        return np.arange(self._cycles.start[group], self._cycles.start[group + 1])

    def _freeze(self, group: int, frozen: bool) -> None:
        self._cycles.frozen[group] = frozen
        lights = np.isin(self._cycles.controller, self._controllers(group))
        self.table.columns.frozen[: len(lights)][lights] = frozen

    def _reset(self, group: int) -> None:
        reset_group(self._cycles, group)
        show(self._cycles, self.table.columns, self._controllers(group))


HEAD_EXTENT = np.array([0.2, 0.25, 0.55])  # m, half size of a three-lamp head
