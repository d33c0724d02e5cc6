"""Traffic lights: in every junction group the controllers run green, yellow, red one after another while the others wait at red.

A light's own state may be overridden; it stays so until its controller next changes state (as in CARLA).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.roads.signals import SignalKind, Signals
from lead.simulator.actors import LightState, LightTime
from lead.simulator.table import Columns

GREEN_TIME, YELLOW_TIME, RED_TIME = 10.0, 3.0, 2.0  # s, CARLA's defaults


class LightCycles(NamedTuple):
    """Controllers (R rows), sorted by group and then by their place in it, and the groups (G rows) that run them.

    Lights are the first K rows of the actor table, in the order of the town's signals.
    """

    controller: NDArray[np.int64]  # (K,) controller row of each light
    group: NDArray[np.int64]  # (R,) group of each controller
    start: NDArray[np.int64]  # (G + 1,) controllers of group g are rows start[g]:start[g + 1]
    state: NDArray[np.uint8]  # (R,) LightState
    times: NDArray[np.float64]  # (R, 4) LightTime
    current: NDArray[np.int64]  # (G,) controller row that runs
    frozen: NDArray[np.bool_]  # (G,)


def build_cycles(signals: Signals) -> LightCycles:
    """Cycles at their start; see `reset_group`."""
    lights = np.flatnonzero(signals.kind == SignalKind.LIGHT)
    group = signals.group[lights].astype(np.int64)
    lonely = group < 0
    group[lonely] = group.max(initial=-1) + 1 + np.arange(np.count_nonzero(lonely))
    pairs = np.stack([group, signals.controller[lights].astype(np.int64)], axis=1)
    unique, controller = np.unique(pairs, axis=0, return_inverse=True)
    groups, dense = np.unique(unique[:, 0], return_inverse=True)
    start = np.searchsorted(dense, np.arange(len(groups) + 1)).astype(np.int64)
    times = np.tile([GREEN_TIME, YELLOW_TIME, RED_TIME, 0.0], (len(unique), 1))
    cycles = LightCycles(
        controller.reshape(-1).astype(np.int64), dense.astype(np.int64), start,
        np.zeros(len(unique), np.uint8), times, start[:-1].copy(), np.zeros(len(groups), np.bool_),
    )  # fmt: skip
    for index in range(len(groups)):
        reset_group(cycles, index)
    return cycles


def reset_group(cycles: LightCycles, group: int) -> None:
    """Bring a group back to the start of its cycle; its times and whether it is frozen stay.

    As CARLA's controllers begin with their last stage, all are red then: the last one's red runs, and the first follows.
    """
    first, last = cycles.start[group], cycles.start[group + 1]
    cycles.state[first:last] = LightState.RED
    cycles.times[first:last, LightTime.ELAPSED] = 0.0
    cycles.current[group] = last - 1


def show(cycles: LightCycles, columns: Columns, controllers: NDArray[np.int64]) -> None:
    """Give all lights of the given controllers (rows) their controller's state and times."""
    rows = np.flatnonzero(np.isin(cycles.controller, controllers))
    columns.light_state[rows] = cycles.state[cycles.controller[rows]]
    columns.light_times[rows] = cycles.times[cycles.controller[rows]]
    columns.frozen[rows] = cycles.frozen[cycles.group[cycles.controller[rows]]]


@leaf
def step_lights(columns: Columns, cycles: LightCycles, dt: float) -> None:
    """Advance the running controller of every group that is not frozen by dt (s) and pass changes on to its lights."""
    for group in range(cycles.current.shape[0]):
        if cycles.frozen[group]:
            continue
        row = cycles.current[group]
        times = cycles.times[row]
        times[LightTime.ELAPSED] += dt
        state = cycles.state[row]
        if state == LightState.GREEN:
            limit = times[LightTime.GREEN]
        elif state == LightState.YELLOW:
            limit = times[LightTime.YELLOW]
        else:
            limit = times[LightTime.RED]
        if times[LightTime.ELAPSED] < limit - 1e-9:
            continue
        times[LightTime.ELAPSED] = 0.0
        if state == LightState.GREEN:
            _change(columns, cycles, row, LightState.YELLOW)
        elif state == LightState.YELLOW:
            _change(columns, cycles, row, LightState.RED)
        else:
            following = row + 1 if row + 1 < cycles.start[group + 1] else cycles.start[group]
            cycles.current[group] = following
            cycles.times[following, LightTime.ELAPSED] = 0.0
            _change(columns, cycles, following, LightState.GREEN)
    for light in range(cycles.controller.shape[0]):
        columns.light_times[light, LightTime.ELAPSED] = cycles.times[cycles.controller[light], LightTime.ELAPSED]


@leaf
def _change(columns: Columns, cycles: LightCycles, controller: int, state: int) -> None:
    cycles.state[controller] = state
    for light in range(cycles.controller.shape[0]):
        if cycles.controller[light] == controller:
            columns.light_state[light] = state
