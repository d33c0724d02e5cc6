"""How long an evaluation takes, and what it spends its time on.

    python benchmarks/evaluation.py bench2drive220.xml --agent blind --workers 2 --out out/speed

Drives what the ledger in --out lacks, so give a new folder; prints wall-clock time, simulated time, and the shares of
start-up (server, client, TrafficManager), world (server and client apart), agent, traffic, situations, criteria, log.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lead.drive.evaluate import Progress, evaluate
from lead.drive.evaluation import Evaluation
from lead.drive.ledger import Entry
from lead.scenarios.suites import resolve_routes


def main() -> None:
    """Drive and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("routes", help="FILE[:ids] or a suite")
    parser.add_argument("--agent", default="blind")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--protocol", default="bench2drive-0.0.3")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    console = Console(highlight=False)
    begun = time.perf_counter()

    def ended(entry: Entry) -> None:
        console.print(f"{time.perf_counter() - begun:6.0f} s  {entry.line}", markup=False, soft_wrap=True)

    evaluation = Evaluation(given.agent, given.routes, given.protocol)
    entries = evaluate(
        evaluation, resolve_routes(given.routes, keep_faulty=True), given.out, given.workers, Progress(ended=ended)
    )
    report(console, entries, time.perf_counter() - begun, given.workers)


def report(console: Console, entries: list[Entry], wall: float, workers: int) -> None:
    """The table of shares."""
    spent: Counter[str] = Counter()
    for entry in entries:
        spent.update(entry.seconds)
    server = sum(entry.server_seconds for entry in entries)
    ticks = sum(entry.ticks for entry in entries)
    total = sum(spent.values())
    table = Table("on", "s", "share", "ms per tick", box=None)
    for name, seconds in spent.most_common():
        table.add_row(name, f"{seconds:.0f}", f"{100 * seconds / total:.1f} %", f"{1e3 * seconds / max(ticks, 1):.2f}")
    console.print(table)
    console.print(
        f"{len(entries)} routes, {ticks} ticks ({ticks / 20 / 60:.1f} simulated minutes) in {wall / 60:.1f} min with "
        f"{workers} workers; the servers took {server:.0f} s of processor time within start and world",
        soft_wrap=True,
    )


if __name__ == "__main__":
    main()
