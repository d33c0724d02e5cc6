"""LiDARs and radars by blueprint."""

import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.lidar import LidarScan, SemanticScan, lidar_settings, scan_lidar, scan_semantic_lidar
from lead.rendering.radar import radar_settings, scan_radar
from lead.rendering.stage import Stage
from lead.server.dispatch import Refusal
from lead.server.pictures import Ranging
from lead.server.sensors import Payload

if TYPE_CHECKING:
    from lead.server.episode import Episode

_HEAD = struct.Struct("<fI")  # horizontal angle, channels


def _checked(parse: Callable[[Mapping[str, str]], Any], attributes: Mapping[str, str]) -> Any:
    try:
        return parse(attributes)
    except ValueError as error:
        raise Refusal(str(error)) from error


class RayCast(Ranging):
    """What LiDARs and radars share: they measure the time since their last frame."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._duration = 0.0  # s

    def due(self, episode: "Episode") -> bool:
        """Whether it measures on this tick; notes how long it has been measuring."""
        due = super().due(episode)
        if due:
            self._duration = max(self.period, episode.step_time)
        return due


class Lidar(RayCast):
    """A rotating LiDAR with intensities, noise and lost points."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._settings = _checked(lidar_settings, attributes)
        self._angle = 0.0  # rad

    def scan(self, stage: Stage, pose: NDArray[np.float64], _velocity: Any, seed: list[int]) -> LidarScan:
        """Points and intensities, (N, 4) float32, of the sector turned since the last frame."""
        luck = np.random.default_rng([*seed, self._settings.noise_seed & 0xFFFFFFFF])
        return scan_lidar(stage.triangles, stage.items, pose, self._settings, self._angle, self._duration, luck)

    def payload(self, seen: LidarScan | SemanticScan) -> Payload:
        """Horizontal angle (rad), channels, points per channel, points."""
        self._angle = seen.angle
        counts = np.ascontiguousarray(seen.counts, "<u4")
        points = np.ascontiguousarray(seen.points)
        return [_HEAD.pack(seen.angle, len(counts)) + counts.tobytes(), points.tobytes()]


class SemanticLidar(Lidar):
    """A rotating LiDAR that names what it hits."""

    def scan(self, stage: Stage, pose: NDArray[np.float64], _velocity: Any, _seed: list[int]) -> SemanticScan:
        """Points with incidence, object and semantic class of the sector turned since the last frame."""
        angle, duration = self._angle, self._duration
        return scan_semantic_lidar(stage.triangles, stage.items, stage.objects, pose, self._settings, angle, duration)


class Radar(RayCast):
    """A radar: random rays in its cone."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._settings = _checked(radar_settings, attributes)

    def scan(
        self, stage: Stage, pose: NDArray[np.float64], velocity: NDArray[np.float64], seed: list[int]
    ) -> NDArray[np.float32]:
        """Detections (N, 4): velocity (m/s), azimuth, altitude (rad), depth (m)."""
        luck = np.random.default_rng([*seed, self._settings.noise_seed & 0xFFFFFFFF])
        held = stage.triangles, stage.items, stage.objects
        return scan_radar(*held, pose, velocity, self._settings, self._duration, luck)

    def payload(self, seen: NDArray[np.float32]) -> Payload:
        """The detections."""
        return [seen.tobytes()]
