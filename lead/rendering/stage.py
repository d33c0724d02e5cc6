"""The world as it can be seen: everything near the viewers as triangles, brought up to date once per picture."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.illumination import Illumination
from lead.rendering.kernels.codes import LAMP_SLOT, Lamp
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.movers import Movers, signal_lamps
from lead.rendering.street.tiles import Street, build_tile
from lead.rendering.street_light import StreetLight
from lead.rendering.surroundings import Surroundings
from lead.rendering.triangles import OWN_COLOUR, ObjectStore, TriangleStore, join_items
from lead.roads.town import Town
from lead.simulator.weather import lamps_lit
from lead.simulator.world import World


class Stage:
    """One town's surroundings and actors as triangles; `update` before drawing."""

    def __init__(self, town: Town, seed: int = 0, street: Street | None = None) -> None:
        """`street` is that of the town and seed, where it is there already."""
        street = Street(town, seed) if street is None else street
        self._triangles, self._objects = TriangleStore(), ObjectStore()
        self._surroundings = Surroundings(partial(build_tile, street), self._triangles, self._objects)
        self._movers = Movers()
        self._illumination = Illumination()
        self.street_light: StreetLight | None = None  # None: all burn when it is dark
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
        standing, version = len(self._surroundings.items.radius), self._surroundings.version
        return self._illumination.looks(eye, self.triangles, self.objects, self.items, standing, version)

    def hide(self, things: frozenset[str]) -> None:
        """Leave out the static things of these names, and no others, from the next `update` on."""
        self._surroundings.hide(things)

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
        self._light_street(world)
        self._illumination.update(world.weather, world.time)

    def _light_street(self, world: World) -> None:
        rows, lamp = self._surroundings.lamp_posts.T
        if self.street_light is None:
            self.objects.lamps[rows] = int(Lamp.STREET) if lamps_lit(world.weather) else 0
            self.objects.tint[rows, LAMP_SLOT] = OWN_COLOUR
            return
        self.objects.lamps[rows] = np.where(self.street_light.lit[lamp], np.uint32(Lamp.STREET), np.uint32(0))
        self.objects.tint[rows, LAMP_SLOT] = self.street_light.shade[lamp]
