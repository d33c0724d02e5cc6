"""The towns a server can change to: those that have a name, and those it was started on by path or seed."""

from pathlib import Path

from lead.roads.library import list_maps, map_name
from lead.roads.town import Town, load_town


class Towns:
    """Loads towns, all with one scenery seed, and remembers what each was loaded from."""

    def __init__(self, seed: int = 0, installation: Path | None = None) -> None:
        """`installation` is the folder of a CARLA release whose maps count too."""
        self._seed, self._installation = seed, installation
        self._sources: dict[str, str] = {}  # name -> path of a town whose name alone does not find it

    def start(self, name_or_path: str) -> Town:
        """The town a server starts on; a path is remembered, so that the town's own name finds it from now on."""
        town = self._load(name_or_path)
        if Path(name_or_path).suffix.lower() == ".xodr":
            self._sources[town.name] = str(Path(name_or_path).absolute())
        return town

    def load(self, name: str) -> Town:
        """The town of a name in any of CARLA's spellings; clients cannot name files. Raises what `load_town` raises."""
        bare = map_name(name)
        known = {own.lower(): path for own, path in self._sources.items()}
        return self._load(known.get(bare.lower(), bare))

    def names(self) -> list[str]:
        """Names of the towns that can be loaded now."""
        named = [entry.name for entry in list_maps(installation=self._installation) if entry.source != "fetchable"]
        return named + [name for name in self._sources if name not in named]

    def _load(self, name_or_path: str) -> Town:
        return load_town(name_or_path, seed=self._seed, installation=self._installation)
