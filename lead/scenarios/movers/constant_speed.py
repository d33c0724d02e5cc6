"""A driver that holds exactly the speed it is told, whatever the engine could: CARLA's constant velocity, with steering.

Source: spec/benchmarks.md, 2.1 "Movers" (ConstantVelocityAgent).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.movers.driver import PathDriver

UNDERSTEER = 1.0 / 25.0**2  # s^2/m^2: at v m/s the wheels must be turned 1 + UNDERSTEER v^2 times as far as at a walk


class ConstantSpeedDriver:
    """Leads one vehicle along a path; `go` is called every tick.

    Args:
        vehicle: what is driven.
        path: (N, 2+) m, about a metre from point to point.
    """

    def __init__(self, vehicle: carla.Vehicle, path: NDArray[np.float64]) -> None:
        self.vehicle = vehicle
        self._driver = PathDriver(vehicle, path, 0.0)

    @property
    def done(self) -> bool:
        """Whether the path's end is reached."""
        return self._driver.done

    def go(self, speed: float) -> None:
        """Steer along the path at a speed (m/s); at the path's end it stands."""
        steer = float(np.clip((1.0 + UNDERSTEER * speed * speed) * self._driver.control().steer, -1.0, 1.0))
        self.vehicle.apply_control(carla.VehicleControl(steer=steer))
        self.vehicle.enable_constant_velocity(carla.Vector3D(x=0.0 if self.done else speed))


@contextmanager
def constant_speed(vehicle: carla.Vehicle, path: NDArray[np.float64]) -> Iterator[ConstantSpeedDriver]:
    """A driver along a path (N, 2+) m; afterwards the vehicle's engine has it again."""
    try:
        yield ConstantSpeedDriver(vehicle, path)
    finally:
        if vehicle.is_alive:
            vehicle.disable_constant_velocity()
