"""Short ways to put actors into a world."""

import numpy as np
import pytest
from flat import flat_town

from lead.simulator.world import World

MKZ = "vehicle.lincoln.mkz_2020"


class Stage:
    """A world with handles for what tests do all the time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add(self, blueprint: str = MKZ, x=0.0, y=0.0, yaw=0.0, z=None, speed=0.0, **attributes: str) -> int:
        """Spawn, let it settle if it is a vehicle, and give it a speed along its heading."""
        height = z if z is not None else (1.0 if blueprint.startswith("walker") else 0.05)
        actor = self.world.spawn(blueprint, attributes, [x, y, height, 0.0, yaw, 0.0])
        if speed:
            self.launch(actor, speed)
        return actor

    def launch(self, actor: int, speed: float) -> None:
        yaw = self.pose(actor)[4]
        self.world.set_target_velocity(actor, [speed * np.cos(yaw), speed * np.sin(yaw), 0.0])

    def drive(
        self, actor: int, throttle=0.0, steer=0.0, brake=0.0, hand=False, reverse=False, manual=False, gear=0
    ) -> None:
        self.world.control_vehicle(actor, [throttle, steer, brake, hand, reverse, manual, gear])

    def run(self, seconds: float, dt: float = 0.05) -> list:
        """Step; returns all contacts met on the way."""
        contacts = []
        for _ in range(round(seconds / dt)):
            self.world.step(dt)
            contacts += self.world.contacts
        return contacts

    def pose(self, actor: int) -> np.ndarray:
        return self.world.table.pose[self.world.row(actor)].copy()

    def velocity(self, actor: int) -> np.ndarray:
        return self.world.table.velocity[self.world.row(actor)].copy()

    def speed(self, actor: int) -> float:
        return float(np.linalg.norm(self.velocity(actor)[:2]))


@pytest.fixture
def stage() -> Stage:
    """An empty flat town."""
    return Stage(World(flat_town()))


@pytest.fixture
def stage_on():
    """A function that makes a stage in a flat town with extras."""
    return lambda **extras: Stage(World(flat_town(**extras)))
