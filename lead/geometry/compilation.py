"""Where numba keeps compiled kernels: one folder per state of the source code.

Numba's own cache notices edits of the file a kernel stands in, but not of the kernels it calls, so an upgraded or
edited package could run old machine code. Keying the folder by a hash of all sources rules that out, and its existence
says whether the next start has to compile.
"""

import hashlib
import platform
import shutil
from functools import cache
from pathlib import Path

import numba

SOURCES = Path(__file__).parent.parent
WORLD_ROOMS = ("geometry", "roads", "simulator", "server")  # rooms with kernels but the renderer
RENDERER = ("geometry", "roads", "rendering/kernels")  # its kernels call those of the first two
KEPT_FOLDERS = 8  # source states whose kernels are kept
COMPILING = "compiling the simulator for this machine: once per version, one to two minutes"
WARM = f"warm-{hashlib.sha256(str(SOURCES).encode()).hexdigest()[:16]}"
"""Marker file: a server has compiled everything a tick needs. Numba compiles anew for each folder the source is in."""


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


def kernel_folder(*folders: str) -> Path:
    """Where kernels are kept whose source stands in these folders of the package; all rooms but the renderer if none."""
    return cache_root() / "kernels" / source_hash(*(folders or WORLD_ROOMS))


def is_compiled() -> bool:
    """Whether a server of this source has compiled on this machine before."""
    return all((kernel_folder(*folders) / WARM).exists() for folders in (WORLD_ROOMS, RENDERER))


def mark_compiled() -> None:
    """Remember that everything a tick needs is compiled."""
    for folder in (kernel_folder(), kernel_folder(*RENDERER)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WARM).touch()
    others = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in others[:-KEPT_FOLDERS]:
        shutil.rmtree(old, ignore_errors=True)


def use_kernel_folder() -> None:
    """Make numba keep its cache there; called when the first room with kernels is imported."""
    numba.config.CACHE_DIR = str(kernel_folder())
