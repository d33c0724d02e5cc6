"""With which sensors a student learnt: what it must be given when it drives. Lies as `senses.json` beside its weights."""

import json
from math import radians
from pathlib import Path

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError
from lead.dataset.header import Camera, Mounted, Pose
from lead.dataset.stream import SampleStream
from lead.model.config import ModelConfig
from lead.model.rig import Mount, Rig
from lead.train.config import DataConfig

FILE = "senses.json"
STRICT = ConfigDict(extra="forbid")
JPEG_QUALITY = 50  # of recordings, unless they say otherwise
PUBLISHED_QUALITY = 90  # at which published weights were driven (spec/tfv6.md, trap 8)


@dataclass(frozen=True, config=STRICT)
class Senses:
    """How training samples came about.

    Attributes:
        rig: as it was recorded with; its pictures may be a multiple of the model's in size.
        jpeg_quality: of the pictures.
        pop_distance: m, of the target points.
        noisy_points: whether target points were those of a student that knows its place by GNSS alone.
    """

    rig: Mounted
    jpeg_quality: int = Field(JPEG_QUALITY, ge=1, le=100)
    pop_distance: float = Field(DataConfig().pop_distance, gt=0.0)
    noisy_points: bool = False


_ADAPTER = TypeAdapter(Senses)


def senses_of(samples: SampleStream, data: DataConfig, model: ModelConfig) -> Senses:
    """Those of a data set, told by the first of its routes; the published layout's rig is the model's own."""
    route = samples.order.parts[0].pool.routes[0]
    header = route.opened(route.folder).header
    rig = header.rig if header.rig.cameras else mounted(model.rig, model.name)
    return Senses(rig, header.jpeg_quality, data.pop_distance, data.noisy_points)


def assumed_senses(model: ModelConfig) -> Senses:
    """Those of a model that does not say: its own rig, and what recordings, or published weights, have by default."""
    quality = PUBLISHED_QUALITY if model.compat else JPEG_QUALITY
    return Senses(mounted(model.rig, model.name), quality, noisy_points=model.compat)


def write_senses(folder: Path, senses: Senses) -> None:
    """Write them into the folder of a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(_ADAPTER.dump_python(senses, mode="json"), indent=1) + "\n")


def read_senses(folder: Path, model: ModelConfig) -> Senses:
    """Those of the model in a folder, assumed where none are written. Raises InputError if they cannot be its own."""
    path = folder / FILE
    if not path.is_file():
        return assumed_senses(model)
    try:
        senses = _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'JSON'}: {e['msg']}" for e in error.errors()[:3])
        raise InputError(f"{path} cannot be read: {faults}") from error
    check_fits(senses.rig, model, str(path))
    return senses


def check_fits(rig: Mounted, model: ModelConfig, source: str) -> None:
    """Raises InputError that says why a model cannot look through a rig."""
    wanted, faults = model.rig, []
    height, width = rig.cameras[0].height, sum(camera.width for camera in rig.cameras)
    if height % wanted.image_height or height * wanted.image_width != width * wanted.image_height:
        faults.append(
            f"its {len(rig.cameras)} cameras make pictures of {width} x {height} pixels, the model sees "
            f"{wanted.image_width} x {wanted.image_height} or a multiple of it"
        )
    if model.sees_lidar and not rig.lidars:
        faults.append("it has no LiDAR")
    if model.radar is not None and len(rig.radars) != model.radar.sensors:
        faults.append(f"it has {len(rig.radars)} radars, the model listens to {model.radar.sensors}")
    if faults:
        raise InputError(f"rig {rig.name} of {source} does not fit model {model.name}: {'; '.join(faults)}")


def mounted(rig: Rig, name: str) -> Mounted:
    """A model's rig as it sits on the ego. Raises InputError if it is that of a data set of real drives."""
    cameras = []
    for camera in rig.cameras:
        if camera.mount is None or camera.fov is None:
            raise InputError(
                f"model {name} looks through the cameras of a data set of real drives, of which it does not say where "
                f"they sit; to drive, choose a variant of CARLA's, or write the rig into {FILE} beside its weights"
            )
        pose = _pose(camera.mount)
        cameras.append(Camera(camera.name, pose, camera.width, camera.height, radians(camera.fov)))
    return Mounted(name, tuple(cameras), tuple(map(_pose, rig.lidars)), tuple(map(_pose, rig.radars)))


def _pose(mount: Mount) -> Pose:
    return (mount.x, mount.y, mount.z, 0.0, radians(mount.yaw), 0.0)
