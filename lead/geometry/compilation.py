"""Where numba keeps compiled kernels: by what their machine code follows from, not by where their source lies.

Numba's own cache notices edits of the file a kernel stands in, but not of the kernels it calls, so an upgraded or
edited package could run old machine code; and it compiles anew for every folder that a package is installed in. Keying
the folder by a hash of all sources that count rules out the first and saves the second, and its existence says whether
the next start has to compile.
"""

import hashlib
import platform
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import _CacheLocator

SOURCES = Path(__file__).parent.parent
WORLD_ROOMS = ("geometry", "roads", "simulator", "server")  # rooms with kernels that a tick of the world needs
RENDERER = ("geometry", "roads", "rendering/kernels")  # its kernels call those of the first two
KEPT_FOLDERS = 16  # source states whose kernels are kept
COMPILING = "compiling the simulator for this machine: once per version, one to two minutes"
WARM = "warm"
"""Marker file: a server has compiled everything a tick needs."""


def cache_root() -> Path:
    """Folder of everything `lead` derives and can derive again: compiled kernels, fetched maps, prepared towns."""
    return Path.home() / ".cache" / "lead"


@cache
def source_hash(*folders: str) -> str:
    """Hash of the source in these folders of the package (not below them), and of what compiles it."""
    digest = hashlib.sha256(f"{numba.__version__} {platform.python_version()} {platform.processor()}".encode())
    for room in folders:
        for source in sorted((SOURCES / room).glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def kernel_folder(room: str = WORLD_ROOMS[0]) -> Path:
    """Where the kernels of a folder of the package are kept; those of the world's rooms lie together."""
    if room in WORLD_ROOMS:
        counted = WORLD_ROOMS
    else:
        counted = RENDERER if room in RENDERER else (*WORLD_ROOMS, *RENDERER[2:], room)
    return cache_root() / "kernels" / source_hash(*counted)


def is_compiled() -> bool:
    """Whether a server of this source has compiled on this machine before."""
    return all((kernel_folder(room) / WARM).exists() for room in (WORLD_ROOMS[0], RENDERER[-1]))


def mark_compiled() -> None:
    """Remember that everything a tick needs is compiled."""
    for folder in (kernel_folder(), kernel_folder(RENDERER[-1])):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WARM).touch()
    others = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in others[:-KEPT_FOLDERS]:
        shutil.rmtree(old, ignore_errors=True)


class KernelLocator(_CacheLocator):
    """Tells numba where a kernel of this package is kept; of other packages it knows nothing."""

    def __init__(self, function: Callable[..., Any], source: Path) -> None:
        room = source.parent.relative_to(SOURCES).as_posix()
        self._folder, self._line = kernel_folder(room) / room.replace("/", "."), function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> "KernelLocator | None":
        """For a function of this package, as long as the folder can be written to; else None."""
        if SOURCES not in Path(py_file).parents:
            return None
        locator = cls(py_func, Path(py_file))
        try:
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator

    def get_cache_path(self) -> str:
        """The kernel's folder."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """Nothing: the folder's name is the stamp."""
        return ""

    def get_disambiguator(self) -> str:
        """Tells kernels of one name in one file apart."""
        return str(self._line)


def use_kernel_folder() -> None:
    """Make numba ask `KernelLocator` first; called when the first room with kernels is imported."""
    others = numba.config.CACHE_LOCATOR_CLASSES or "UserProvidedCacheLocator,InTreeCacheLocator,UserWideCacheLocator"
    numba.config.CACHE_LOCATOR_CLASSES = f"{KernelLocator.__module__}.{KernelLocator.__name__},{others}"
