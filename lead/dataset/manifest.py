"""The list of a data set's files with sizes and checksums, and the check of what lies there against it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError
from lead.dataset.codecs import decode_depth, decode_rgb, decode_semantics
from lead.dataset.frame import View
from lead.dataset.route_file import RouteFile
from lead.dataset.route_record import RECORD, read_record
from lead.dataset.routes import find_routes
from lead.dataset.schema import SCHEMA_VERSION
from lead.dataset.writer import FRAMES
from lead.whole_file import replace_text

MANIFEST = "manifest.json"
BLOCK = 1 << 20  # bytes read at once
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class FileEntry:
    """A file: bytes and SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, config=STRICT)
class Manifest:
    """All files of all finished routes, by their place below the data set's folder."""

    files: dict[str, FileEntry] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file, in words."""

    path: str
    what: str


_MANIFEST = TypeAdapter(Manifest)
Progress = Callable[[int, int], None]  # files done, files in all


def _silent(done: int, of: int) -> None:
    """A progress that nobody watches."""


def write_manifest(root: Path, progress: Progress = _silent) -> Manifest:
    """List the finished routes of a data set in `root / MANIFEST`; files listed before with the same size are not read again."""
    known = read_manifest(root).files if (root / MANIFEST).exists() else {}
    paths = [folder / name for folder in find_routes(root) if (folder / RECORD).exists() for name in (FRAMES, RECORD)]
    files = {}
    for number, path in enumerate(paths):
        name, size = path.relative_to(root).as_posix(), path.stat().st_size
        listed = known.get(name)
        same = listed is not None and listed.size == size and path.name == FRAMES
        files[name] = listed if same and listed is not None else FileEntry(size, checksum(path))
        progress(number + 1, len(paths))
    manifest = Manifest(files)
    replace_text(root / MANIFEST, _MANIFEST.dump_json(manifest, indent=1).decode() + "\n")
    return manifest


def read_manifest(root: Path) -> Manifest:
    """The manifest of a data set. Raises InputError if it is missing or malformed."""
    path = root / MANIFEST
    try:
        return _MANIFEST.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}; lead collect writes it when it has ended") from error
    except ValidationError as error:
        raise InputError(f"{path} is no manifest: {error.errors()[0]['msg']}") from error


def digest_below(root: Path) -> str:
    """SHA-256 over the manifests of all data sets in a folder and below it, "" if there is none."""
    manifests = sorted(root.rglob(MANIFEST))
    found = hashlib.sha256()
    for path in manifests:
        found.update(str(path.parent.relative_to(root)).encode())
        found.update(path.read_bytes())
    return found.hexdigest() if manifests else ""


def data_sets(root: Path) -> list[Path]:
    """Folders with a manifest: this one, or else those below it; this one too if there are none."""
    below = sorted(path.parent for path in root.rglob(MANIFEST))
    return [root] if (root / MANIFEST).exists() or not below else below


def check(root: Path, decode: bool = False, progress: Progress = _silent) -> Iterator[Fault]:
    """Everything that is wrong with a data set, file by file.

    Args:
        root: its folder.
        decode: open every picture, too.
        progress: told after each file.

    Raises InputError if the manifest cannot be read.
    """
    manifest = read_manifest(root)
    if manifest.schema_version != SCHEMA_VERSION:
        yield Fault(MANIFEST, f"schema version {manifest.schema_version}; expected {SCHEMA_VERSION}")
    for number, (name, entry) in enumerate(manifest.files.items()):
        yield from _file_faults(root / name, name, entry, decode)
        progress(number + 1, len(manifest.files))
    for folder in find_routes(root) if any(root.rglob(FRAMES)) else []:
        name = (folder / FRAMES).relative_to(root).as_posix()
        if name not in manifest.files:
            ended = (folder / RECORD).exists()
            yield Fault(
                name,
                "is not in the manifest" if ended else "is of a drive that broke off; lead collect drives it again",
            )


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _file_faults(path: Path, name: str, entry: FileEntry, decode: bool) -> Iterator[Fault]:
    if not path.exists():
        yield Fault(name, "is missing")
        return
    size = path.stat().st_size
    if size != entry.size:
        yield Fault(name, f"has {size} bytes; the manifest says {entry.size}")
    elif checksum(path) != entry.sha256:
        yield Fault(name, "has another checksum than the manifest says: its content was changed")
    try:
        if path.name == RECORD:
            read_record(path.parent)
        else:
            yield from _frame_faults(path, name, decode)
    except InputError as error:
        yield Fault(name, str(error))


def _frame_faults(path: Path, name: str, decode: bool) -> Iterator[Fault]:
    route = RouteFile(path)
    if not route.is_complete:
        yield Fault(name, f"has no end; {len(route)} frames are whole")
    if (path.parent / RECORD).exists():
        told = read_record(path.parent).frames
        if told != len(route):
            yield Fault(name, f"has {len(route)} frames; {RECORD} says {told}")
    if not decode:
        return
    for row in range(len(route)):
        try:
            frame = route.frame(row)
            for view in (frame.view, frame.perturbed):
                _decode(view)
        except (InputError, OSError, ValueError) as error:
            yield Fault(name, f"frame {row}: {error}")


def _decode(view: View) -> None:
    for data, codec in ((view.rgb, decode_rgb), (view.semantics, decode_semantics), (view.depth, decode_depth)):
        if data is not None:
            codec(data)
