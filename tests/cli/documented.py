"""The commands that documents and help texts show."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.py")])
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.S | re.M)
INDENTED = re.compile(r"^(?:    .*\n)+", re.M)
QUOTED = re.compile(r"`(lead [^`]*)`")
START = re.compile(r"(?:^|&& |\$ |By hand: )(?:torchrun \S+ \S+ -m )?(lead [a-z-]+(?: .*)?)$")


@dataclass(frozen=True)
class Shown:
    """A command line as it stands in a file, without `lead` itself."""

    source: str
    words: tuple[str, ...]


def whole_commands() -> Iterator[Shown]:
    """Those in blocks of code, which a reader copies as they are."""
    for page in PAGES:
        text = page.read_text()
        blocks = BLOCK.findall(text) + INDENTED.findall(BLOCK.sub("", text)) if page.suffix == ".md" else [text]
        for block in blocks:
            for line in block.replace("\\\n", " ").splitlines():
                found = START.search(_without_notes(line))
                if found:
                    yield Shown(f"{page.name}: {line.strip()}", tuple(shlex.split(found[1])[1:]))


def quoted_commands() -> Iterator[Shown]:
    """Those within sentences and in the help texts of the verbs, which may be parts of commands."""
    for page in [*PAGES, *sorted((ROOT / "lead" / "cli").glob("*.py"))]:
        for quoted in QUOTED.findall(page.read_text()):
            line = " ".join(quoted.split())
            yield Shown(f"{page.name}: {line}", tuple(shlex.split(_without_notes(line))[1:]))


def _without_notes(line: str) -> str:
    """A line without what is behind `#` or `->`, and without the brackets about what may be left out."""
    line = re.split(r"\s+(?:#|->)\s", line.strip())[0].removesuffix("; later")
    return re.sub(r"[\[\]]", "", line)
