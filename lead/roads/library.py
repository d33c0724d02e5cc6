"""All maps by name: generated towns, fetched CARLA towns, a CARLA installation's, and any .xodr file by path."""

import difflib
import re
from pathlib import Path
from typing import NamedTuple

from lead import LeadError
from lead.roads.carla_maps import ATTRIBUTION, CARLA_MAPS, FetchProgress, MapFetchError, default_map_folder, fetch_maps
from lead.roads.generate import KINDS, TOWNS, fixed_town, generate_town

__all__ = [
    "ATTRIBUTION",
    "FetchProgress",
    "MapEntry",
    "MapFetchError",
    "MapNotFoundError",
    "default_map_folder",
    "fetch_maps",
    "find_map",
    "list_maps",
    "map_name",
]

INSTALLED_MAPS = "CarlaUE4/Content/Carla/Maps/OpenDrive"  # inside a CARLA 0.9.x release
LARGE_MAPS = "CarlaUE4/Content/Carla/Maps"  # Town11-15 lie at <name>/OpenDrive/<name>.xodr below it


class MapNotFoundError(LeadError, LookupError):
    """No map of that name; the message lists near matches and how to fetch."""

    def __str__(self) -> str:
        return str(self.args[0])


class MapEntry(NamedTuple):
    """One map: where it comes from ("generated", "fetched", "installation" or "fetchable"), its file and bytes."""

    name: str
    source: str
    path: Path | None
    size: int
    note: str


def list_maps(directory: Path | None = None, installation: Path | None = None) -> list[MapEntry]:
    """Every map that has a name: generated, fetched into `directory`, in a CARLA `installation`, or still to fetch."""
    entries = [MapEntry(name, "generated", None, len(fixed_town(name)), town.note) for name, town in TOWNS.items()]
    entries += _on_disk(directory, installation)
    known = {entry.name for entry in entries}
    return entries + [
        MapEntry(name, "fetchable", None, town.size, town.note)
        for name, town in CARLA_MAPS.items()
        if name not in known
    ]


def find_map(
    name_or_path: str | Path, directory: Path | None = None, installation: Path | None = None
) -> tuple[str, str]:
    """Name and OpenDRIVE text of a map.

    Takes a town's name in any form CARLA uses ("Town03", "Carla/Maps/Town03", "/Game/Carla/Maps/Town12/Town12",
    "Town10HD_Opt"; case does not matter), "kind:seed" or "kind_seed" for a generated town, or the path of an .xodr file.
    Raises MapNotFoundError.
    """
    path = Path(name_or_path)
    if path.suffix.lower() == ".xodr":
        return path.stem, _read(path)
    name = map_name(str(name_or_path))
    seeded = re.fullmatch(rf"({'|'.join(KINDS)})[:_]([0-9]+)", name)
    if seeded is not None:
        return f"{seeded[1]}_{int(seeded[2])}", generate_town(seeded[1], int(seeded[2]))
    generated = next((town for town in TOWNS if town.lower() == name.lower()), None)
    if generated is not None:
        return generated, fixed_town(generated)
    entries = _on_disk(directory, installation)
    for entry in entries:
        if entry.name.lower() == name.lower() and entry.path is not None:
            return entry.name, _read(entry.path)
    raise MapNotFoundError(_not_found(str(name_or_path), name, entries))


def map_name(name: str) -> str:
    """The bare town name in any of CARLA's spellings: no folders, no file ending, no "_Opt" (layered map)."""
    last = re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1]
    return re.sub(r"_Opt$", "", re.sub(r"\.(xodr|umap)$", "", last, flags=re.IGNORECASE), flags=re.IGNORECASE)


def _on_disk(directory: Path | None, installation: Path | None) -> list[MapEntry]:
    """Fetched maps, then those of an installation."""
    folder = default_map_folder() if directory is None else Path(directory)
    entries = [_entry("fetched", path) for path in sorted(folder.glob("*.xodr"))]
    if installation is not None:
        entries += [_entry("installation", path) for path in _installed(Path(installation))]
    return entries


def _entry(source: str, path: Path) -> MapEntry:
    town = CARLA_MAPS.get(path.stem)
    return MapEntry(path.stem, source, path, path.stat().st_size, town.note if town else "")


def _installed(installation: Path) -> list[Path]:
    """The .xodr files of a CARLA release; layered maps ("_Opt") repeat their town and are left out."""
    if not (installation / LARGE_MAPS).is_dir():
        raise MapNotFoundError(
            f"{installation} is not a CARLA installation: it has no folder {LARGE_MAPS}; give the folder of CarlaUE4.sh"
        )
    paths = {*(installation / INSTALLED_MAPS).glob("*.xodr")}
    paths |= {*(installation / LARGE_MAPS).glob("*/OpenDrive/*.xodr")}
    return sorted(path for path in paths if not path.stem.endswith("_Opt"))


def _read(path: Path) -> str:
    if not path.is_file():
        raise MapNotFoundError(
            f"there is no file {path}; give the path of an .xodr file or one of the names of `lead maps list`"
        )
    return path.read_text(encoding="utf-8")


def _not_found(asked: str, name: str, entries: list[MapEntry]) -> str:
    """What to say about a name that is not on this machine."""
    here = [*TOWNS, *(entry.name for entry in entries)]
    fetchable = [town for town in CARLA_MAPS if town not in here]
    spelled = {town.lower(): town for town in [*here, *fetchable]}
    if name.lower() in spelled:
        town = spelled[name.lower()]
        return (
            f"{town} is not on this machine yet ({CARLA_MAPS[town].size / 1e6:.0f} MB); fetch it with "
            f"`lead maps fetch {town}`, or use one that is: {', '.join(here)}"
        )
    near = [spelled[match] for match in difflib.get_close_matches(name.lower(), spelled, n=3, cutoff=0.5)]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    more = f" To be fetched with `lead maps fetch NAME`: {', '.join(fetchable)}." if fetchable else ""
    return (
        f"no map called {asked!r}.{hint} On this machine: {', '.join(here)}.{more} "
        f"Also: a path ending in .xodr, or kind:seed with kind {', '.join(KINDS)}."
    )
