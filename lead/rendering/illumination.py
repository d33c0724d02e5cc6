"""Everything that shading needs beside the triangles: materials, textures, and the tick's light, shadows and lamps."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.lamps import find_lamps, lamp_kinds
from lead.rendering.light import light_of, packed
from lead.rendering.materials import material_table
from lead.rendering.shadows import ShadowMaps
from lead.rendering.textures import make_textures


class Illumination:
    """How one world is lit; `update` once per tick, `looks` once per camera, both from one thread."""

    def __init__(self) -> None:
        self.materials = material_table()
        self.textures = make_textures()
        self.light = light_of(np.zeros(14))
        self._kinds = lamp_kinds(self.materials)
        self._shadows = ShadowMaps()

    def update(self, weather: ArrayLike, time: float) -> None:
        """The weather (14,) in the order of carla.WeatherParameters at `time` (s); actors have moved since."""
        self.light = light_of(weather, time)
        self._shadows.next_tick()

    def looks(
        self, eye: NDArray[np.floating], triangles: Triangles, objects: Objects, items: Items, fixed_items: int,
        version: Hashable = None,
    ) -> tuple[Any, ...]:  # fmt: skip
        """The first arguments of `shade` for a camera at `eye` (3,) m: triangles, objects, materials, textures, light,
        shadows, lamps. The first `fixed_items` items stand still; `version` names their state."""
        shadows = self._shadows.around(eye, self.light, triangles, items, fixed_items, version)
        lamps = find_lamps(eye, self.light, triangles, items, objects, self.materials, self._kinds)
        return triangles, objects, self.materials, self.textures, packed(self.light), shadows, lamps
