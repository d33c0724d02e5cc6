"""What holds for all frames of a route: where, with which sensors, by which plan. Stands as JSON in the file's schema."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError

STRICT = ConfigDict(extra="forbid")
Pose = tuple[float, float, float, float, float, float]
Vector = tuple[float, float, float]

POP_DISTANCES = tuple(3.0 + 0.25 * k for k in range(29))
"""m; for each of them the frames say which point of the plan was reached last (spec/lead-expert-and-data.md, 2.3)."""


@dataclass(frozen=True, config=STRICT)
class Camera:
    """A pinhole camera: its place in the ego frame (m, rad), its picture (pixels) and horizontal field of view (rad)."""

    name: str
    mount: Pose
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    fov: Annotated[float, Field(gt=0.0, lt=np.pi)]

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return float(self.width / (2.0 * np.tan(0.5 * self.fov)))


@dataclass(frozen=True, config=STRICT)
class Mounted:
    """The sensors as they sat on the ego (ego frame; m, rad)."""

    name: str
    cameras: tuple[Camera, ...]
    lidars: tuple[Pose, ...] = ()
    radars: tuple[Pose, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Perturbation:
    """How the copy of the rig was moved: first turned about the ego's middle, then shifted sideways.

    Source: spec/lead-expert-and-data.md, 3.3.
    """

    shift: float = 0.0  # m to the right
    turn: float = 0.0  # rad, clockwise seen from above


@dataclass(frozen=True, config=STRICT)
class Plan:
    """The sparse plan as an agent is told it: world places (m) and what to do there (lead.scenarios.lane_graph.Command)."""

    places: tuple[Vector, ...]
    commands: tuple[int, ...]

    @property
    def points(self) -> NDArray[np.float64]:
        """(P, 3) m, world."""
        return np.array(self.places, np.float64).reshape(-1, 3)


@dataclass(frozen=True, config=STRICT)
class Weather:
    """Sky and road: the preset's name and the parameters as CARLA's client has them."""

    name: str
    parameters: dict[str, float]


@dataclass(frozen=True, config=STRICT)
class RouteHeader:
    """One route's constants.

    Attributes:
        route, source: id of the route and the file or suite it is from.
        town: its map.
        situations: types of all situations of the route, in the file's order.
        weather, repetition, seed: of this drive.
        ego_type, ego_extent, ego_centre: blueprint; half sizes and the middle of its box in its frame (m).
        expert: the preset, and the settings that differ from it.
        rig, perturbation: what looked, and how its copy was moved, in all frames that say nothing else.
        plan, pop_distances: for `Intent.reached`.
        jpeg_quality: of the colour pictures; the student's must be the same.
        ticks_per_frame: ticks (0.05 s) from frame to frame.
        simulator: "embedded" or "CARLA", with its version.
        versions: of lead, and of what else made the frames.
    """

    route: str
    source: str
    town: str
    situations: tuple[str, ...]
    weather: Weather
    repetition: int
    seed: int
    ego_type: str
    ego_extent: Vector
    ego_centre: Vector
    expert: dict[str, object]
    rig: Mounted
    perturbation: Perturbation
    plan: Plan
    jpeg_quality: Annotated[int, Field(ge=1, le=100)]
    simulator: str
    versions: dict[str, str]
    pop_distances: tuple[float, ...] = POP_DISTANCES
    ticks_per_frame: Annotated[int, Field(gt=0)] = 5


_HEADER = TypeAdapter(RouteHeader)


def header_to_json(header: RouteHeader) -> bytes:
    """The header as one line of JSON."""
    return _HEADER.dump_json(header)


def header_from_json(text: bytes, where: object) -> RouteHeader:
    """The header written by `header_to_json`. Raises InputError that names `where` it was and what is wrong there."""
    try:
        return _HEADER.validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'JSON'}: {e['msg']}" for e in error.errors()[:3])
        raise InputError(f"the header of {where} cannot be read: {faults}") from error
