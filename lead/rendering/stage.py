"""The world as it can be seen: everything near the viewers as triangles, brought up to date once per picture."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.illumination import Illumination
from lead.rendering.kernels.codes import Lamp
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.movers import Movers, signal_lamps
from lead.rendering.street.tiles import Street, build_tile
from lead.rendering.surroundings import Surroundings
from lead.rendering.triangles import ObjectStore, TriangleStore, join_items
from lead.roads.town import Town
from lead.simulator.weather import Weather
from lead.simulator.world import World

LAMPS_ON = 0.0  # degrees of sun altitude below which street lamps shine


class Stage:
    """One town's surroundings and actors as triangles; `update` before drawing."""

    def __init__(self, town: Town, seed: int = 0) -> None:
        street = Street(town, seed)
        build: Callable[[int, int], list[Any]] = lambda ix, iy: build_tile(street, ix, iy)  # noqa: E731
        self._triangles, self._objects = TriangleStore(), ObjectStore()
        self._surroundings = Surroundings(build, self._triangles, self._objects)
        self._movers = Movers()
        self._illumination = Illumination()
        self.items: Items
        self.largest_item = 0  # vertices

    @property
    def triangles(self) -> Triangles:
        """All triangles, static ones first."""
        return self._triangles.triangles

    @property
    def objects(self) -> Objects:
        """What triangles belong to."""
        return self._objects.objects

    def looks(self, eye: NDArray[np.float32]) -> tuple[Any, ...]:
        """The first arguments of `shade` for a camera at `eye` (3,) m."""
        standing = len(self._surroundings.items.radius)
        return self._illumination.looks(eye, self.triangles, self.objects, self.items, standing)

    def update(self, world: World, viewers: NDArray[np.float64]) -> None:
        """Show the world as it is now to viewers at (N, 3) m."""
        self._surroundings.show(viewers[:, :2])
        movers = self._movers.write(world, viewers, self._triangles, self._objects)
        self.items = join_items([self._surroundings.items, movers])
        self.largest_item = int(self.items.vertices.max(initial=1))
        rows, signal = self._surroundings.signals.T
        actor_rows = np.searchsorted(world.table.id, world.signal_actor[signal])
        self.objects.lamps[rows] = signal_lamps(world.table.light_state[actor_rows])
        self.objects.identity[rows] = world.signal_actor[signal]
        night = world.weather[Weather.SUN_ALTITUDE_ANGLE] < LAMPS_ON
        self.objects.lamps[self._surroundings.lamp_posts[:, 0]] = int(Lamp.STREET) if night else 0
        self._illumination.update(world.weather, world.time)
