"""One step of the world as a kernel: sub-steps of motion and collision, then what is read off once per step."""

from math import cos, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import compose
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
        if triggers.shape[0] > 0:
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
    _attach(columns, attached)
    _accelerate(columns, bodies, dt * substeps)
    regulate(columns, vehicles, network, sample_light, sample_stop, sample_limit, signal_actor)
    return contacts


@leaf
def _slipper(columns: Columns, vehicles: NDArray[np.int64], triggers: NDArray[np.int64]) -> None:
    """Give vehicles inside a friction trigger its friction."""
    for n in range(vehicles.shape[0]):
        row = vehicles[n]
        columns.motion[row, Motion.FRICTION] = 0.0
        for k in range(triggers.shape[0]):
            trigger = triggers[k]
            yaw, extent = columns.pose[trigger, 4], columns.extent[trigger]
            dx, dy = columns.pose[row, 0] - columns.pose[trigger, 0], columns.pose[row, 1] - columns.pose[trigger, 1]
            u, v = cos(yaw) * dx + sin(yaw) * dy, cos(yaw) * dy - sin(yaw) * dx
            if abs(u) <= extent[0] and abs(v) <= extent[1]:
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
