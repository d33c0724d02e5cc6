"""A town: its OpenDRIVE text and everything derived from it that the simulator, the renderer and the server need.

Building a 100 km^2 town takes tens of seconds, so that the arrays are cached; the cache is keyed by the map's text, the
scenery's seed and the code that derives them, and a damaged file is rebuilt.
"""

import hashlib
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.geometry.compilation import cache_root
from lead.roads.library import find_map
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import parse_opendrive
from lead.roads.parking import parking_slots
from lead.roads.sampling import build_network
from lead.roads.scenery import Scenery, build_scenery
from lead.roads.signals import Signals, build_signals
from lead.roads.spawns import spawn_points
from lead.roads.surface import Surface, build_surface
from lead.roads.walker_mesh import build_walker_mesh

Report = Callable[[str], None]
KEPT = 3  # cache files of one town's name


@dataclass(frozen=True)
class Town:
    """One map, ready to drive on. Frame: CARLA's; metres, radians."""

    name: str
    opendrive: str  # the .xodr text exactly as a client is given it
    network: RoadNetwork
    signals: Signals
    surface: Surface  # what wheels stand on and rays hit: road, sidewalk and terrain triangles
    scenery: Scenery  # buildings, poles and other static boxes
    spawn_points: NDArray[np.float64]  # (S, 6) poses for vehicles
    parking_slots: NDArray[np.float64]  # (P, 6) poses of parked cars, heading along the lane
    walker_mesh: bytes  # Detour navigation mesh in CARLA's MSET container; on shoulders where a town has no sidewalk
    geo_reference: tuple[float, float]  # latitude, longitude (degrees) of the origin


def _silent(_: str) -> None:
    """A report that goes nowhere."""


def build_town(name: str, xodr_text: str, seed: int = 0, report: Report = _silent) -> Town:
    """Derive a town from OpenDRIVE text; `seed` (0 or more) varies the scenery.

    Raises OpenDriveError on a map it cannot read, InputError on a negative seed.
    """
    if seed < 0:
        raise InputError(f"found seed {seed}, expected 0 or more")
    report(f"{name}: reading {len(xodr_text) / 1e6:.1f} MB of OpenDRIVE")
    opendrive = parse_opendrive(xodr_text)
    report(f"{name}: sampling {len(opendrive.lanes.id)} lanes on {opendrive.roads.length.sum() / 1e3:.1f} km of road")
    network = build_network(opendrive)
    report(f"{name}: meshing roads and terrain")
    surface = build_surface(opendrive, network)
    report(f"{name}: placing {len(opendrive.signals)} signals")
    signals = build_signals(opendrive, network)
    report(f"{name}: scenery, {len(surface.triangles)} ground triangles done")
    scenery = build_scenery(opendrive, network, signals, surface, seed)
    report(f"{name}: spawn points, parking slots, walkers' mesh")
    return Town(
        name=name,
        opendrive=xodr_text,
        network=network,
        signals=signals,
        surface=surface,
        scenery=scenery,
        spawn_points=spawn_points(network),
        parking_slots=parking_slots(opendrive, network),
        walker_mesh=build_walker_mesh(opendrive, network),
        geo_reference=opendrive.geo_reference,
    )


def default_cache() -> Path:
    """Folder for derived towns."""
    return cache_root()


def load_town(
    name_or_path: str | Path, cache: Path | None = None, report: Report = _silent, *, seed: int = 0,
    installation: Path | None = None,
) -> Town:  # fmt: skip
    """The town of a known map name or of an .xodr file, from the cache where it is there, else built and cached.

    `cache` None means `default_cache()`; `seed` varies the scenery; the maps of a CARLA `installation` count too. Raises
    what `find_map` and `build_town` raise.
    """
    name, text = find_map(name_or_path, installation=installation)
    folder = default_cache() if cache is None else cache
    key = hashlib.sha256(text.encode()).hexdigest()[:24] + (f"-s{seed}" if seed else "")
    path = folder / f"{name}-{key}-{_code_version()}.npz"
    if path.exists():
        try:
            return _load(path, name, text)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            report(f"{name}: cache file {path} cannot be read ({error}); building the town again")
    town = build_town(name, text, seed, report)
    try:
        _save(path, town)
    except OSError as error:
        report(f"{name}: cache file {path} cannot be written ({error}); the town will be built again next time")
        return town
    _forget(folder, name)
    return _load(path, name, text)  # arrays of one layout, first time and later: kernels are compiled for each


def _forget(folder: Path, name: str) -> None:
    """Remove all but the newest `KEPT` cache files of the towns of a name: of other texts, seeds and code."""
    ours = re.compile(rf"{re.escape(name)}-[0-9a-f]{{24}}(-s[0-9]+)?-[0-9a-f]{{12}}\.npz")
    files = [(path.stat().st_mtime, path) for path in folder.iterdir() if ours.fullmatch(path.name)]
    for _, stale in sorted(files)[:-KEPT]:
        stale.unlink(missing_ok=True)


def _code_version() -> str:
    """Hash of the source that towns are derived with: a change of it must not meet old arrays."""
    rooms = [Path(__file__).parent, Path(__file__).parent.parent / "geometry"]
    sources = sorted(source for room in rooms for source in room.glob("*.py"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()[:12]


_RECORDS: dict[str, type] = {"network": RoadNetwork, "signals": Signals, "surface": Surface, "scenery": Scenery}


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """The arrays of nested NamedTuples with dotted names."""
    if hasattr(value, "_fields"):
        for field in value._fields:
            yield from _flat(f"{prefix}.{field}", getattr(value, field))
    else:
        yield prefix, np.asarray(value)


def _nested(kind: Any, prefix: str, arrays: Any) -> Any:
    """The inverse of `_flat` for a NamedTuple type."""
    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return kind(*(_nested(hints[field], f"{prefix}.{field}", arrays) for field in kind._fields))
    array = arrays[prefix]
    return kind(array) if kind in (int, float) else array


def _save(path: Path, town: Town) -> None:
    """Write the derived arrays beside their place, then move them there: readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: array for field in _RECORDS for name, array in _flat(field, getattr(town, field))}
    arrays |= {"spawn_points": town.spawn_points, "parking_slots": town.parking_slots}
    arrays |= {"walker_mesh": np.frombuffer(town.walker_mesh, np.uint8), "geo_reference": np.array(town.geo_reference)}
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _load(path: Path, name: str, text: str) -> Town:
    with np.load(path, allow_pickle=False) as arrays:
        latitude, longitude = arrays["geo_reference"].tolist()
        return Town(
            name=name,
            opendrive=text,
            **{field: _nested(kind, field, arrays) for field, kind in _RECORDS.items()},
            spawn_points=arrays["spawn_points"],
            parking_slots=arrays["parking_slots"],
            walker_mesh=arrays["walker_mesh"].tobytes(),
            geo_reference=(latitude, longitude),
        )
