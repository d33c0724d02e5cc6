"""Every command that a document shows is one that the command line takes."""

import re
from pathlib import Path

import pytest
import typer

from lead.cli.main import app
from tests.cli.documented import PAGES, ROOT, Shown, quoted_commands, whole_commands

COMMAND = typer.main.get_command(app)
PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_.]*")  # VERB, a word that the reader fills in
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
NAMED = re.compile(r"`((?:lead|tests|benchmarks|examples|recipes)/[\w./-]+)`")
INCOMPLETE = ("MissingParameter", "BadOptionUsage", "BadParameter")
"""What sentences may be: they leave out what is not their matter, and say N for a number."""


def parse(words: tuple[str, ...]) -> None:
    """Read a command line as `lead` does, without running it. Raises what the command line raises."""
    command, context, rest = COMMAND, COMMAND.make_context("lead", list(words[:1]) or ["doctor"]), list(words)
    while hasattr(command, "get_command"):
        name = rest.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise AssertionError(f"there is no verb {name!r}")
        command = found
        if hasattr(command, "get_command"):
            if not rest:
                return
            context = command.make_context(name, rest[:1], parent=context)
    command.make_context(command.name, rest)


@pytest.mark.parametrize("shown", [*whole_commands()], ids=lambda shown: shown.source[:80])
def test_commands_in_blocks_can_be_typed_as_they_stand(shown: Shown):
    parse(shown.words)


@pytest.mark.parametrize("shown", [*quoted_commands()], ids=lambda shown: shown.source[:80])
def test_commands_within_sentences_have_verbs_and_options_that_there_are(shown: Shown):
    words = tuple(word for word in shown.words if word != "...")
    if not words or PLACEHOLDER.fullmatch(words[0]):
        return
    try:
        parse(words)
    except Exception as told:  # typer has click's errors in a module of its own
        if type(told).__name__ not in INCOMPLETE:
            raise


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_links_and_named_files_are_there(page: Path):
    text = page.read_text()
    linked = {page.parent / link for link in LINK.findall(text)}
    named = {ROOT / name for name in NAMED.findall(text)}
    assert not [str(path.relative_to(ROOT)) for path in linked | named if not path.exists()]


def test_there_are_commands_to_read():
    assert len(list(whole_commands())) > 40 and {page.name for page in PAGES} >= {"README.md", "demo.md", "06_judge.py"}


def test_an_unknown_option_would_be_found():
    with pytest.raises(Exception, match="No such option"):
        parse(("evaluate", "--agnt", "blind"))
    with pytest.raises(AssertionError, match="no verb 'evalute'"):
        parse(("evalute",))
