"""docs/rpc.md says what the dispatch table does, and the table holds every call of the client."""

from pathlib import Path

import carla
import pytest

from lead.server.dispatch import Support
from lead.server.procedures import GROUPS, table

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_table():
    assert (ROOT / "docs" / "rpc.md").read_text() == table(), "run python -m lead.server.procedures > docs/rpc.md"


def test_every_call_of_the_client_is_answered():
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names)) == 128
    binary = Path(carla.__file__).parent.joinpath("libcarla.cpython-311-x86_64-linux-gnu.so")
    if not binary.exists():
        pytest.skip("another wheel than the one these names were read from")
    content = binary.read_bytes()
    # names of up to 22 characters may be built from immediates and so be no string of the binary
    missing = [name for name in names if len(name) > 22 and name.encode() not in content]
    assert missing == []


def test_declined_calls_say_why(raw):
    for group in GROUPS.values():
        for procedure in group.values():
            if procedure.support is Support.ERROR:
                assert raw.error(procedure.name, 1, 2, 3).startswith(f"{procedure.name}: not supported: ")
