"""The student's sensors as data.

Source: spec/lead-expert-and-data.md, 3.1 and 3.2. Mounts are poses (x, y, z in m, pitch, yaw, roll in rad) in the ego's
frame.
"""

from dataclasses import dataclass
from math import pi, radians, tan

from lead import InputError

Mount = tuple[float, float, float, float, float, float]


def mounted(x: float, y: float, z: float, yaw: float) -> Mount:
    """A level mount; m and degrees."""
    return (x, y, z, 0.0, radians(yaw), 0.0)


@dataclass(frozen=True)
class Camera:
    """A pinhole camera."""

    mount: Mount
    width: int = 384  # pixels
    height: int = 384
    fov: float = radians(60.0)  # rad, horizontal

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or not 0.0 < self.fov < pi:
            raise InputError(
                f"found a camera of {self.width} x {self.height} pixels and {self.fov:g} rad; expected at least one pixel "
                "and a field of view between 0 and pi"
            )

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / (2.0 * tan(0.5 * self.fov))


@dataclass(frozen=True)
class Lidar:
    """The LiDAR units of one place, which together look all around in every tick."""

    mount: Mount = mounted(0.0, 0.0, 2.5, 0.0)
    lowest: float = radians(-30.0)  # rad, pitch of the last channel
    highest: float = radians(10.0)  # rad, of the first
    range: float = 85.0  # m
    rays: int = 60_000  # cast in a tick, before any is lost
    attenuation: float = 0.004  # 1/m, of the intensity
    general_loss: float = 0.45  # share of rays that are lost
    safe_intensity: float = 0.8  # above which no other point is lost
    zero_loss: float = 0.4  # share of points lost at intensity 0

    @property
    def density(self) -> float:
        """Rays per square radian of azimuth and elevation."""
        return self.rays / (2.0 * pi * (self.highest - self.lowest))


@dataclass(frozen=True)
class Radar:
    """A radar whose rays fan out in a plane."""

    mount: Mount
    fov: float = radians(90.0)  # rad, horizontal
    range: float = 100.0  # m ahead
    rays: int = 75  # in a tick


@dataclass(frozen=True)
class Rig:
    """All sensors that count as evidence."""

    cameras: tuple[Camera, ...]
    lidar: Lidar
    radars: tuple[Radar, ...]


STUDENT = Rig(
    (
        Camera(mounted(0.10, -0.35, 2.25, -54.5)),
        Camera(mounted(0.35, 0.0, 2.25, 0.0)),
        Camera(mounted(0.10, 0.35, 2.25, 54.5)),
    ),
    Lidar(),
    tuple(
        Radar(mounted(x, 0.0, 0.6, yaw)) for x, yaw in ((2.6, -45.0), (2.6, 45.0), (-2.6, 135.0), (-2.6, 225.0))
    ),
)  # fmt: skip
"""Three cameras, a LiDAR and four radars."""
