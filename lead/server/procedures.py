"""All procedures, group by group, and the table of them in docs/rpc.md."""

from collections.abc import Mapping

from lead.server import (
    actors,
    batch,
    debug,
    lights,
    maps,
    motion,
    recorder,
    sessions,
    street_lamps,
    traffic_manager,
    unsupported,
    vehicles,
    walkers,
    world_queries,
)
from lead.server.dispatch import Procedures

GROUPS: Mapping[str, Procedures] = {
    "connecting and ticking": sessions.calls,
    "maps": maps.calls,
    "actors": actors.calls,
    "batches": batch.calls,
    "motion": motion.calls,
    "vehicles": vehicles.calls,
    "walkers": walkers.calls,
    "traffic lights": lights.calls,
    "world": world_queries.calls,
    "street lamps": street_lamps.calls,
    "debug": debug.calls,
    "traffic managers": traffic_manager.calls,
    "recorder": recorder.calls,
    "textures, skeletons, others": unsupported.calls,
}

_HEAD = """# Remote calls

Every remote call of the `carla` 0.9.16 Python client, and what the embedded server does with it. This page is written
by `python -m lead.server.procedures > docs/rpc.md` from the server's own table; a test compares the two.

- *supported*: does what CARLA does.
- *accepted, no effect*: checked and answered, kept where that makes sense, but nothing in the world changes.
- *error*: the client raises `RuntimeError` with the reason. Calls the client makes fire-and-forget discard the answer;
  the reason then stands in the server's log.

No call that the client makes from its own threads (streams, traffic manager) is ever answered with an error: the client
process would end. Such calls answer something harmless instead, and the log says so.

Batch commands (`apply_batch`): all 22 kinds, including what follows a spawn; `ConsoleCommand` answers an error.
"""


def table() -> str:
    """docs/rpc.md as Markdown."""
    lines = [_HEAD]
    for title, group in GROUPS.items():
        lines += [f"## {title.capitalize()}", "", "| call | server | note |", "|---|---|---|"]
        lines += [f"| `{name}` | {group[name].support.value} | {group[name].note} |" for name in sorted(group)]
        lines.append("")
    count = sum(map(len, GROUPS.values()))
    lines.append(f"{count} calls.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
