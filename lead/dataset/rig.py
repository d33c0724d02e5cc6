"""The rigs that can be recorded with: data files in `rigs/`, one per rig; m and degrees, in the ego frame."""

from math import radians
from pathlib import Path

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError
from lead.dataset.header import Camera, Mounted, Pose

FOLDER = Path(__file__).with_name("rigs")
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class _Place:
    x: float
    y: float
    z: float
    yaw: float

    @property
    def pose(self) -> Pose:
        return (self.x, self.y, self.z, 0.0, radians(self.yaw), 0.0)


@dataclass(frozen=True, config=STRICT)
class _Camera(_Place):
    name: str
    width: int
    height: int
    fov: float


@dataclass(frozen=True, config=STRICT)
class _File:
    about: str
    cameras: tuple[_Camera, ...] = Field(min_length=1)
    lidars: tuple[_Place, ...] = ()
    radars: tuple[_Place, ...] = ()


_FILE = TypeAdapter(_File)


def rig_names() -> list[str]:
    """The rigs that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def rig_named(name: str) -> Mounted:
    """The rig of a name that ships, or of a file (.json). Raises InputError if there is none, or it is malformed."""
    path = Path(name) if name.endswith(".json") else FOLDER / f"{name}.json"
    if not path.is_file():
        raise InputError(
            f"there is no rig {name!r}; expected {', '.join(rig_names())} or the path of a rig's .json file"
        )
    try:
        told = _FILE.validate_json(path.read_bytes())
        cameras = tuple(
            Camera(name=c.name, mount=c.pose, width=c.width, height=c.height, fov=radians(c.fov)) for c in told.cameras
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, fault['loc'])) or 'JSON'}: {fault['msg']}") from error
    if len({camera.height for camera in cameras}) > 1:
        raise InputError(f"{path} has cameras of several heights; expected one, for their pictures stand side by side")
    return Mounted(path.stem, cameras, tuple(p.pose for p in told.lidars), tuple(p.pose for p in told.radars))
