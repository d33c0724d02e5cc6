"""Shadow maps of a place: what stands still is drawn once per place and sun, actors every tick.

Maps are centred on grid points near the eye, so that a picture depends on the place, the sun and the world alone, and
not on where cameras were before.
"""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.scene import Items, Triangles
from lead.rendering.kernels.setting import (
    CONTACT_BITS,
    FIXED_BITS,
    MOVER_BITS,
    Light,
    ShadowMap,
    Shadows,
)  # fmt: skip
from lead.rendering.kernels.shadow_maps import bake, soften

FIXED_REACH, FIXED_GRID = 160.0, 64.0  # m: half side of the map, and of the grid that its centres lie on
MOVER_REACH, MOVER_GRID = 60.0, 8.0
KEPT = 6  # maps of places
SUN_STEP = np.radians(0.5)  # a moving sun redraws what stands still after this much
LOWEST_SUN = np.sin(np.radians(4.0))  # sine of the altitude at which shadows are drawn for a lower sun
ROOFS = 0.4  # cosine to the vertical up to which sides of actors count as steep, and need not be drawn from above
UPRIGHT = np.array([0.0, 0.0, 1.0], np.float32)


def _empty_map(bits: int) -> ShadowMap:
    side = (1 << bits) // 8
    return ShadowMap(
        np.zeros(1 << 2 * bits, np.float32), np.zeros(2, np.float32), np.float32(0.0), np.zeros(2, np.float32),
        np.zeros((side, side), np.uint8),
    )  # fmt: skip


def _tick_maps() -> tuple[ShadowMap, ShadowMap, NDArray[np.float32]]:
    return _empty_map(MOVER_BITS), _empty_map(CONTACT_BITS), np.zeros(1 << 2 * CONTACT_BITS, np.float32)


def _placed(
    empty: ShadowMap, bits: int, centre: NDArray[np.float64], reach: float, sun: NDArray[np.float32]
) -> ShadowMap:
    """A map in the room of `empty`; in its middle the light's ray through `centre` (3,) m meets the plane z = 0."""
    slope = sun[:2] / sun[2]
    low = centre[:2] - centre[2] * slope - reach
    scale = np.float32((1 << bits) / (2.0 * reach))
    return ShadowMap(empty.height, low.astype(np.float32), scale, slope.astype(np.float32), empty.busy)


def _snapped(eye: NDArray[np.floating], grid: float) -> NDArray[np.float64]:
    return np.round(np.asarray(eye, np.float64) / grid) * grid


def shadow_sun(light: Light) -> NDArray[np.float32] | None:
    """Direction (3,) that shadows are drawn for: the sun's, in small steps; None if it casts none."""
    if not light.sunlight.max() > 0.0:
        return None
    altitude, azimuth = np.arcsin(min(max(light.sun[2], LOWEST_SUN), 1.0)), np.arctan2(light.sun[1], light.sun[0])
    altitude, azimuth = np.round(altitude / SUN_STEP) * SUN_STEP, np.round(azimuth / SUN_STEP) * SUN_STEP
    flat = np.cos(altitude)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(altitude)], np.float32)


class ShadowMaps:
    """The maps near the eyes of one world. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._fixed: dict[Hashable, ShadowMap] = {}
        self._tick: dict[Hashable, tuple[ShadowMap, ShadowMap, NDArray[np.float32]]] = {}
        self._none = _empty_map(3)
        self._spare: list[tuple[ShadowMap, ShadowMap, NDArray[np.float32]]] = []

    def next_tick(self) -> None:
        """Forget where actors were."""
        self._spare += self._tick.values()
        self._tick.clear()

    def around(
        self, eye: NDArray[np.floating], light: Light, triangles: Triangles, items: Items, fixed_items: int,
        version: Hashable = None,
    ) -> Shadows:  # fmt: skip
        """Maps for a camera at `eye` (3,) m: the first `fixed_items` items stand still, the others move.

        `version` names the state of what stands still: maps are kept while it stays the same.
        """
        sun = shadow_sun(light)
        fixed = self._none
        if sun is not None:
            fixed = self._fixed_map(eye, sun, triangles, items, fixed_items, version)
        movers, contact, cover = self._mover_maps(eye, sun, triangles, items, fixed_items)
        return Shadows(fixed, movers, contact, cover)

    def _fixed_map(
        self, eye: NDArray[np.floating], sun: NDArray[np.float32], triangles: Triangles, items: Items, count: int,
        version: Hashable,
    ) -> ShadowMap:  # fmt: skip
        centre = _snapped(eye, FIXED_GRID)
        key = (tuple(centre), sun.tobytes(), version)
        found = self._fixed.pop(key, None)
        if found is None:
            oldest = self._fixed.pop(next(iter(self._fixed))) if len(self._fixed) >= KEPT else _empty_map(FIXED_BITS)
            found = _placed(oldest, FIXED_BITS, centre, FIXED_REACH, sun)
            bake(triangles, items, 0, count, sun, 0.0, found, FIXED_BITS)
        self._fixed[key] = found
        return found

    def _mover_maps(
        self, eye: NDArray[np.floating], sun: NDArray[np.float32] | None, triangles: Triangles, items: Items, first: int
    ) -> tuple[ShadowMap, ShadowMap, NDArray[np.float32]]:
        centre = _snapped(eye, MOVER_GRID)
        key = tuple(centre)
        if key not in self._tick:
            movers, contact, cover = self._spare.pop() if self._spare else _tick_maps()
            if sun is None:
                movers = movers._replace(scale=np.float32(0.0))
            else:
                movers = _placed(movers, MOVER_BITS, centre, MOVER_REACH, sun)
                bake(triangles, items, first, len(items.radius), sun, 0.0, movers, MOVER_BITS)
            contact = _placed(contact, CONTACT_BITS, centre, MOVER_REACH, UPRIGHT)
            bake(triangles, items, first, len(items.radius), UPRIGHT, ROOFS, contact, CONTACT_BITS)
            soften(contact.height, cover, 1 << CONTACT_BITS)
            self._tick[key] = movers, contact, cover
        return self._tick[key]
