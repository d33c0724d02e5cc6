"""The rooms form a ladder: a room imports only from rooms above it."""

import ast
from pathlib import Path

import lead

ORDER = [
    "geometry", "roads", "simulator", "rendering", "server", "client", "scenarios", "score", "expert", "dataset",
    "model", "train", "drive", "study", "realworld", "report", "cli",
]  # fmt: skip
ONLY = {"score": {"score", "geometry"}, "model": {"model", "geometry"}}  # rooms that import less than all above them
SOURCE = Path(lead.__file__).parent


def imported_rooms(path: Path) -> set[str]:
    """Rooms of `lead` that a file imports; `lead` itself and its `whole_file` belong to none."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; rooms are imported by their full name"
            modules.add(node.module)
    return {m.split(".")[1] for m in modules if m.startswith("lead.") and m != "lead.whole_file"}


def test_rooms_import_only_upwards():
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0]
        if room not in ORDER:
            continue
        allowed = ONLY.get(room, set(ORDER[: ORDER.index(room) + 1]))
        assert imported_rooms(path) <= allowed, f"{path} imports {imported_rooms(path) - allowed}"


def test_every_folder_is_a_known_room():
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= set(ORDER)
