"""One step of the world as a kernel: sub-steps of motion and collision, then what is read off once per step."""

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import contains
from lead.geometry.leaf import leaf
from lead.geometry.poses import PoseIndex, compose
from lead.roads.network import RoadNetwork
from lead.roads.surface import Surface
from lead.simulator.actors import ActorKind, Flag, Motion
from lead.simulator.collisions import collide
from lead.simulator.contacts import ContactBuffer
from lead.simulator.lights import LightCycles, step_lights
from lead.simulator.obstacles import Obstacles
from lead.simulator.pairs import box_places
from lead.simulator.regulation import regulate
from lead.simulator.table import Columns
from lead.simulator.vehicles import step_vehicle
from lead.simulator.walkers import step_prop, step_walker

CONTACTS_PER_BODY = 8  # room for contacts


@numba.njit(cache=True)
def step_world(
    columns: Columns, vehicles: NDArray[np.int64], bodies: NDArray[np.int64], attached: NDArray[np.int64],
    triggers: NDArray[np.int64], cycles: LightCycles, obstacles: Obstacles, network: RoadNetwork, surface: Surface,
    sample_light: NDArray[np.int32], sample_stop: NDArray[np.float32], sample_limit: NDArray[np.float32],
    signal_actor: NDArray[np.uint32], dt: float, substeps: int,
) -> ContactBuffer:  # fmt: skip
    """Take `substeps` sub-steps of dt (s). The index arrays name the rows of each kind; returns the contacts."""
    most = 16 + CONTACTS_PER_BODY * bodies.shape[0]
    contacts = ContactBuffer(
        np.zeros(1, np.int64), np.empty((most, 3), np.int64), np.empty((most, 3)), np.empty((most, 3))
    )
    for _ in range(substeps):
        step_lights(columns, cycles, dt)
        _slipper(columns, vehicles, triggers)
        start = box_places(columns, bodies)
        placed = np.empty(bodies.shape[0], np.bool_)
        for n in range(bodies.shape[0]):
            row = bodies[n]
            placed[n] = columns.flag[row, Flag.PLACED]
            kind = columns.kind[row]
            if kind == ActorKind.VEHICLE:
                step_vehicle(columns, row, surface, contacts, dt)
            elif kind == ActorKind.WALKER:
                placed[n] = placed[n] or columns.flag[row, Flag.POSED]
                step_walker(columns, row, surface, dt)
            else:
                step_prop(columns, row, surface, dt)
        collide(columns, bodies, start, placed, obstacles, contacts)
    _accelerate(columns, bodies, dt * substeps)
    _attach(columns, attached)
    for n in range(bodies.shape[0]):
        columns.motion[bodies[n], Motion.FORCE_X : Motion.TORQUE + 1] = 0.0
    regulate(columns, vehicles, network, sample_light, sample_stop, sample_limit, signal_actor)
    return contacts


@leaf
def _slipper(columns: Columns, vehicles: NDArray[np.int64], triggers: NDArray[np.int64]) -> None:
    """Give vehicles inside a friction trigger its friction: those whose origin is in it and whose height meets it."""
    for n in range(vehicles.shape[0]):
        row = vehicles[n]
        columns.motion[row, Motion.FRICTION] = 1.0
        low = columns.pose[row, 2]
        high = low + columns.centre[row, 2] + columns.extent[row, 2]
        for k in range(triggers.shape[0]):
            trigger = triggers[k]
            place, extent = columns.pose[trigger], columns.extent[trigger]
            level = low <= place[2] + extent[2] and high >= place[2] - extent[2]
            if level and contains(
                columns.pose[row, 0],
                columns.pose[row, 1],
                place[0],
                place[1],
                place[PoseIndex.YAW],
                extent[0],
                extent[1],
            ):
                columns.motion[row, Motion.FRICTION] = columns.motion[trigger, Motion.FRICTION]


@numba.njit(cache=True)
def _attach(columns: Columns, attached: NDArray[np.int64]) -> None:
    """Carry attached actors along; a parent always stands in an earlier row than its child."""
    for n in range(attached.shape[0]):
        row = attached[n]
        parent = columns.parent_row[row]
        columns.pose[row] = compose(columns.pose[parent], columns.relative[row])
        columns.velocity[row] = columns.velocity[parent]
        columns.angular_velocity[row] = columns.angular_velocity[parent]
        columns.acceleration[row] = columns.acceleration[parent]


@leaf
def _accelerate(columns: Columns, bodies: NDArray[np.int64], dt: float) -> None:
    """Acceleration as the change of velocity over the whole step, as CARLA reports it."""
    for n in range(bodies.shape[0]):
        row = bodies[n]
        for k in range(3):
            last = columns.motion[row, Motion.LAST_X + k]
            columns.acceleration[row, k] = (columns.velocity[row, k] - last) / dt
            columns.motion[row, Motion.LAST_X + k] = columns.velocity[row, k]
