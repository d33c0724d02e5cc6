"""What a client may ask of any body: place it, give it a velocity, push it, switch its physics."""

from math import cos, sin, tan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import PoseIndex, canonical, compose
from lead.simulator.actors import ActorKind, Body, Flag, Motion
from lead.simulator.finite import finite
from lead.simulator.table import ActorTable

SETTLED_KINDS = (ActorKind.VEHICLE, ActorKind.WALKER, ActorKind.PROP)
LIFT = (
    0.5  # m/s of upward velocity beyond the slope's that lift a body off the ground; less is gone after a tick's fall
)


class BodyCommands:
    """Commands to bodies; part of `World`.

    All raise UnknownActor for an id that is not alive, and WorldError for numbers that are not finite or not as many as
    are expected.
    """

    table: ActorTable

    def set_pose(self, actor: int, pose: ArrayLike) -> None:
        """Teleport to a pose (6,): in the world, or in the parent's frame for an attached actor. Velocity is kept."""
        row = self.table.row(actor)
        columns = self.table.columns
        pose = canonical(np.array(finite(actor, "pose", pose, 6)))
        parent = columns.parent_row[row]
        if parent >= 0:
            columns.relative[row] = pose
            columns.pose[row] = compose(columns.pose[parent], pose)
        else:
            columns.pose[row] = pose
        self._mark_placed(row)

    def set_location(self, actor: int, location: ArrayLike) -> None:
        """Teleport to a location (3,), keeping the rotation; in the parent's frame for an attached actor."""
        row = self.table.row(actor)
        columns = self.table.columns
        pose = (columns.relative if columns.parent_row[row] >= 0 else columns.pose)[row].copy()
        pose[:3] = finite(actor, "location", location, 3)
        self.set_pose(actor, pose)

    def _mark_placed(self, row: int) -> None:
        columns = self.table.columns
        columns.flag[row, Flag.PLACED] = True
        columns.flag[row, Flag.AIRBORNE] = True  # it settles on what is below in the next step
        columns.sample[row] = -1
        columns.motion[row, Motion.SEEN_X] = np.inf

    def set_target_velocity(self, actor: int, velocity: ArrayLike) -> None:
        """Set the velocity (3,) m/s, world, at once; the dynamics go on from there."""
        row = self.table.row(actor)
        columns = self.table.columns
        if columns.flag[row, Flag.PHYSICS]:
            self._accelerate(row, np.array(finite(actor, "velocity", velocity, 3)) - columns.velocity[row])
            columns.motion[row, Motion.SLIP] = 0.0

    def _accelerate(self, row: int, change: NDArray[np.float64]) -> None:
        """Change a body's velocity at once by `change` (3,) m/s, world; a walker, which has its own way, is shoved."""
        columns = self.table.columns
        velocity, pose = columns.velocity[row], columns.pose[row]
        velocity += change
        climb = 0.0
        if columns.kind[row] == ActorKind.VEHICLE:
            yaw = pose[PoseIndex.YAW]
            climb = (velocity[0] * cos(yaw) + velocity[1] * sin(yaw)) * tan(pose[PoseIndex.PITCH])
        elif columns.kind[row] == ActorKind.WALKER:
            columns.motion[row, Motion.PUSH_X : Motion.PUSH_Y + 1] += change[:2]
        columns.flag[row, Flag.AIRBORNE] |= velocity[2] - climb > LIFT

    def set_target_angular_velocity(self, actor: int, rates: ArrayLike) -> None:
        """Set the angular velocity (3,) rad/s, world, at once; x and y follow the ground again with the next step."""
        row = self.table.row(actor)
        if self.table.columns.flag[row, Flag.PHYSICS]:
            self.table.columns.angular_velocity[row] = finite(actor, "angular velocity", rates, 3)
            self.table.columns.motion[row, Motion.TURN] = 0.0

    def enable_constant_velocity(self, actor: int, velocity: ArrayLike) -> None:
        """Hold the velocity (3,) m/s, body frame, in the plane of the body until disabled; steering still turns a vehicle."""
        row = self.table.row(actor)
        velocity = finite(actor, "constant velocity", velocity, 3)
        self.table.columns.flag[row, Flag.CONSTANT_VELOCITY] = True
        self.table.columns.motion[row, Motion.CONSTANT_X : Motion.CONSTANT_Z + 1] = velocity

    def disable_constant_velocity(self, actor: int) -> None:
        """Give the velocity back to the dynamics."""
        self.table.columns.flag[self.table.row(actor), Flag.CONSTANT_VELOCITY] = False

    def add_impulse(self, actor: int, impulse: ArrayLike) -> None:
        """Change the velocity by impulse (3,) N s, world, over mass."""
        row = self.table.row(actor)
        columns = self.table.columns
        if columns.flag[row, Flag.PHYSICS] and columns.body[row, Body.MASS] > 0.0:
            self._accelerate(row, np.array(finite(actor, "impulse", impulse, 3)) / columns.body[row, Body.MASS])

    def add_angular_impulse(self, actor: int, impulse: ArrayLike) -> None:
        """Change the yaw rate by the z part of an angular impulse (3,) N m s; roll and pitch follow the ground."""
        row = self.table.row(actor)
        columns = self.table.columns
        if columns.flag[row, Flag.PHYSICS] and columns.body[row, Body.YAW_INERTIA] > 0.0:
            moment = finite(actor, "angular impulse", impulse, 3)[2]
            columns.angular_velocity[row, 2] += moment / columns.body[row, Body.YAW_INERTIA]

    def add_impulse_at(self, actor: int, impulse: ArrayLike, point: ArrayLike) -> None:
        """An impulse (3,) N s that acts at a world point (3,) m and so also turns the body about z."""
        self.add_impulse(actor, impulse)
        self.add_angular_impulse(actor, self._moment(actor, impulse, point))

    def add_force(self, actor: int, force: ArrayLike) -> None:
        """Act with a force (3,) N, world, during the next step; lost on a body without physics."""
        row = self.table.row(actor)
        self.table.columns.motion[row, Motion.FORCE_X : Motion.FORCE_Z + 1] += finite(actor, "force", force, 3)

    def add_torque(self, actor: int, torque: ArrayLike) -> None:
        """Act with the z part of a torque (3,) N m during the next step."""
        self.table.columns.motion[self.table.row(actor), Motion.TORQUE] += finite(actor, "torque", torque, 3)[2]

    def add_force_at(self, actor: int, force: ArrayLike, point: ArrayLike) -> None:
        """A force (3,) N during the next step that acts at a world point (3,) m."""
        self.add_force(actor, force)
        self.add_torque(actor, self._moment(actor, force, point))

    def _moment(self, actor: int, vector: ArrayLike, point: ArrayLike) -> NDArray[np.float64]:
        row = self.table.row(actor)
        columns = self.table.columns
        yaw, centre = columns.pose[row, PoseIndex.YAW], columns.centre[row]
        x = columns.pose[row, 0] + cos(yaw) * centre[0] - sin(yaw) * centre[1]
        y = columns.pose[row, 1] + sin(yaw) * centre[0] + cos(yaw) * centre[1]
        at = finite(actor, "point", point, 3)
        vector = finite(actor, "force or impulse", vector, 3)
        return np.array([0.0, 0.0, (at[0] - x) * vector[1] - (at[1] - y) * vector[0]])

    def set_gravity(self, actor: int, enabled: bool) -> None:
        """Whether the body falls."""
        self.table.columns.flag[self.table.row(actor), Flag.GRAVITY] = enabled

    def set_physics(self, actor: int, enabled: bool) -> None:
        """Whether the solver moves the body; switched off it stands still where it is and still collides."""
        row = self.table.row(actor)
        columns = self.table.columns
        columns.flag[row, Flag.PHYSICS] = enabled
        if not enabled:
            columns.velocity[row] = columns.angular_velocity[row] = columns.acceleration[row] = 0.0
        self._mark_placed(row)

    def set_collisions(self, actor: int, enabled: bool) -> None:
        """Whether anything can bump into the body."""
        self.table.columns.flag[self.table.row(actor), Flag.COLLISIONS] = enabled

    def set_dead(self, actor: int) -> None:
        """Let the actor ignore its controls from now on."""
        row = self.table.row(actor)
        self.table.columns.flag[row, Flag.DEAD] = True
        if self.table.columns.kind[row] == ActorKind.WALKER:
            self.table.columns.control[row] = 0.0
