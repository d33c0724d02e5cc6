"""Every benchmark version by its name, and the score of result files under one of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lead import InputError
from lead.score import (
    bench2drive_0_0_3,
    bench2drive_0_0_4,
    fail2drive,
    leaderboard_2_0,
    leaderboard_2_1,
    longest6_v2,
    town13,
)
from lead.score.protocol import Inputs, Protocol, Score, score_records
from lead.score.record_set import Incomplete, read_record_set

PROTOCOLS: Mapping[str, Protocol] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (
        leaderboard_2_0,
        leaderboard_2_1,
        longest6_v2,
        town13,
        bench2drive_0_0_3,
        bench2drive_0_0_4,
        fail2drive,
    )
}


def protocol_named(name: str) -> Protocol:
    """The benchmark version of that name. Raises InputError with the names there are."""
    if name not in PROTOCOLS:
        raise InputError(f"found protocol {name!r}, expected one of {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def score_paths(
    paths: Sequence[Path],
    protocol: str,
    incomplete: Incomplete = Incomplete.REFUSE,
    inputs: Inputs | None = None,
) -> Score:
    """Score result files, or folders of them, under the named benchmark version.

    Raises InputError on an unknown name, on files that are no results and on an incomplete set, unless `incomplete`
    names a convention.
    """
    chosen = protocol_named(protocol)
    return score_records(read_record_set(paths), chosen, incomplete, inputs)
