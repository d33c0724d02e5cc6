"""Tables that surfaces and the sky are drawn with: noise that repeats, clouds, wear of roads, the film's response."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.setting import CLOUD_BITS, NOISE_BITS, ROAD_BITS, TONE_SCALE, TONE_STEPS, Textures


def _octaves(rng: np.random.Generator, size: int, shares: dict[int, float]) -> NDArray[np.float64]:
    """Smooth noise (size, size) that repeats: random grids of the given spacings (texels), weighted and summed."""
    total = np.zeros((size, size))
    place = np.arange(size)
    for spacing, share in shares.items():
        grid = rng.random((size // spacing, size // spacing))
        cell, part = place // spacing, (place % spacing) / spacing
        part = part * part * (3.0 - 2.0 * part)
        following = (cell + 1) % len(grid)
        rows = grid[cell] * (1.0 - part)[:, None] + grid[following] * part[:, None]
        total += share * (rows[:, cell] * (1.0 - part) + rows[:, following] * part)
    return total / sum(shares.values())


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each value's share of smaller ones: evenly spread over 0-1."""
    ranks = np.empty(values.size, np.float32)
    ranks[np.argsort(values, axis=None, kind="stable")] = np.linspace(0.0, 1.0, values.size, dtype=np.float32)
    return ranks


def _clouds(rng: np.random.Generator) -> NDArray[np.float32]:
    """Heaps of several sizes, with frayed edges."""
    size = 1 << CLOUD_BITS
    return _ranks(_octaves(rng, size, {128: 0.42, 64: 0.28, 32: 0.15, 16: 0.08, 8: 0.045, 4: 0.025}))


def _crack(rng: np.random.Generator, road: NDArray[np.float64], sealed: bool) -> None:
    """A wandering line of 5-15 m; sealed ones are broad and black."""
    size = len(road)
    steps = int(rng.integers(60, 180))
    heading = rng.uniform(0.0, 2.0 * np.pi) + np.cumsum(rng.normal(0.0, 0.12, steps))
    row = (rng.uniform(0, size) + np.cumsum(np.sin(heading) * 0.7)).astype(np.int64) % size
    column = (rng.uniform(0, size) + np.cumsum(np.cos(heading) * 0.7)).astype(np.int64) % size
    road[row, column] = 0.62 if sealed else 0.76
    if sealed:
        road[(row + 1) % size, column] = 0.7


def _road(rng: np.random.Generator) -> NDArray[np.float32]:
    """Wear of asphalt, 64 m square."""
    size = 1 << ROAD_BITS
    road = 0.84 + 0.32 * _octaves(rng, size, {128: 0.35, 32: 0.3, 8: 0.2, 2: 0.15})
    for _ in range(7):  # mended places, darker or paler than the rest
        height, width = rng.integers(10, 36), rng.integers(12, 60)
        rows = (rng.integers(0, size) + np.arange(height)) % size
        columns = (rng.integers(0, size) + np.arange(width)) % size
        shade = rng.choice([0.8, 0.86, 1.12])
        road[np.ix_(rows, columns)] *= shade
        for edge in (rows[0], rows[-1]):
            road[edge, columns] *= 0.8
        for edge in (columns[0], columns[-1]):
            road[rows, edge] *= 0.8
    for k in range(16):
        _crack(rng, road, sealed=k % 3 == 0)
    for _ in range(60):  # drops of oil
        row, column = rng.integers(0, size, 2)
        road[np.ix_((row + np.arange(3)) % size, (column + np.arange(3)) % size)] *= 0.86
    return (road / road.mean()).astype(np.float32).ravel()


def _tone() -> NDArray[np.uint8]:
    """Filmic response (the fit of K. Narkowicz to ACES) and the sRGB curve; 1 is white paper in full sun."""
    light = (np.arange(TONE_STEPS) / TONE_SCALE) ** 2 * 1.15
    shown = np.clip(light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14), 0.0, 1.0)
    code = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1.0 / 2.4) - 0.055)
    return np.round(255.0 * code).astype(np.uint8)


def _radiance(tone: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Radiance of each code as shown (256,); the whitest is taken to be as bright as a lamp."""
    rows = np.searchsorted(tone, np.arange(256), side="left").clip(0, TONE_STEPS - 1)
    return ((rows / TONE_SCALE) ** 2).astype(np.float32)


def make_textures(seed: int = 0) -> Textures:
    """All tables; the same seed gives the same tables."""
    rng = np.random.default_rng(seed)
    noise = _octaves(rng, 1 << NOISE_BITS, {1: 0.5, 2: 0.25, 4: 0.25})
    noise = (noise + 0.5 - noise.mean()).astype(np.float32).ravel()
    tone = _tone()
    return Textures(noise, _clouds(rng), _road(rng), _radiance(tone), tone)
