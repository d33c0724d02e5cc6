"""Which sensors a model looks through, and the size of the picture that its cameras make together."""

from dataclasses import replace

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")
"""Configurations refuse fields that they do not know."""


@dataclass(frozen=True, config=STRICT)
class Mount:
    """Where a sensor sits on the ego: x forward, y right, z up (m) from its centre on the ground; yaw (deg) clockwise."""

    x: float
    y: float
    z: float
    yaw: float


@dataclass(frozen=True, config=STRICT)
class Camera:
    """A camera, and how its picture enters the model.

    `crop_bottom` rows are cut off below. `mount` and `fov` (deg, horizontal) are None where a data set's own
    calibration holds.
    """

    name: str
    width: int
    height: int
    crop_bottom: int = 0
    mount: Mount | None = None
    fov: float | None = None


@dataclass(frozen=True, config=STRICT)
class Rig:
    """The sensors of a model. Pictures are set side by side in the order of `cameras`."""

    cameras: tuple[Camera, ...]
    lidars: tuple[Mount, ...] = ()
    radars: tuple[Mount, ...] = ()

    @property
    def image_height(self) -> int:
        """Rows of the picture that enters the model."""
        return self.cameras[0].height - self.cameras[0].crop_bottom

    @property
    def image_width(self) -> int:
        """Columns of the picture that enters the model."""
        return sum(camera.width for camera in self.cameras)


LIDARS = (Mount(0.0, 0.0, 2.5, -90.0), Mount(0.0, 0.0, 2.5, -270.0))
"""Two on the roof, half a sweep each (spec/tfv6.md, 2)."""

RADARS = (
    Mount(2.6, 0.0, 0.6, -45.0),
    Mount(2.6, 0.0, 0.6, 45.0),
    Mount(-2.6, 0.0, 0.6, 135.0),
    Mount(-2.6, 0.0, 0.6, 225.0),
)
"""In the order of the sensor id that a radar return carries (spec/tfv6.md, 2)."""


def carla_three_cameras(size: int = 384) -> Rig:
    """Three cameras of `size` x `size` pixels to the front, LiDARs and radars: the rig of CARLA Leaderboard 2."""
    mounts = {
        "front_left": Mount(0.1, -0.35, 2.25, -54.5),
        "front": Mount(0.35, 0.0, 2.25, 0.0),
        "front_right": Mount(0.1, 0.35, 2.25, 54.5),
    }
    return Rig(_carla_cameras(mounts, size), LIDARS, RADARS)


def nano_cameras(height: int = 128) -> Rig:
    """The three cameras in small, the one ahead twice as wide and so twice as sharp: lamps far off are two pixels."""
    rig = carla_three_cameras(height)
    left, front, right = rig.cameras
    return replace(rig, cameras=(left, replace(front, width=2 * height), right))


def carla_six_cameras(used: tuple[bool, ...] = (True,) * 6, size: int = 384) -> Rig:
    """Those of six cameras all around that are `used`, with LiDARs and radars."""
    mounts = {
        "front_left": Mount(0.0, -0.3, 2.25, -57.5),
        "front": Mount(0.25, 0.0, 2.25, 0.0),
        "front_right": Mount(0.0, 0.3, 2.25, 57.5),
        "rear_right": Mount(-0.3, 0.3, 2.25, 122.5),
        "rear": Mount(-0.55, 0.0, 2.25, 180.0),
        "rear_left": Mount(-0.3, -0.3, 2.25, -122.5),
    }
    chosen = {name: mount for (name, mount), use in zip(mounts.items(), used) if use}
    return Rig(_carla_cameras(chosen, size), LIDARS, RADARS)


def navsim_four_cameras() -> Rig:
    """NAVSIM's left, front, right and back cameras at a quarter of their resolution."""
    return Rig(tuple(Camera(name, 480, 280, 10) for name in ("left", "front", "right", "back")))


def waymo_three_cameras() -> Rig:
    """Waymo E2E's three front cameras at a third of their resolution."""
    return Rig(tuple(Camera(name, 324, 480, 120) for name in ("front_left", "front", "front_right")))


def _carla_cameras(mounts: dict[str, Mount], size: int) -> tuple[Camera, ...]:
    return tuple(Camera(name, size, size, 0, mount, 60.0) for name, mount in mounts.items())
