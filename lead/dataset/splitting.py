"""Two data sets from one: what is trained on, and what is held out. Files are linked, not copied, where the disk allows it."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from lead import InputError
from lead.dataset.manifest import write_manifest
from lead.dataset.route_record import RECORD, DriveRecord, read_record
from lead.dataset.routes import find_routes

TRAIN, HELD_OUT = "train", "held-out"
SHARES = 10_000
"""Steps in which a share is counted."""


@dataclass(frozen=True)
class HeldOut:
    """What is kept apart: routes in some towns or with some situations, and a share of all others.

    The share goes by the route's id, town and `seed`: a route that was driven several times, in other weather or with
    other traffic, is wholly on one side.
    """

    towns: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    share: float = 0.0
    seed: int = 0

    def takes(self, record: DriveRecord) -> bool:
        """Whether a route is held out."""
        drawn = crc32(f"{self.seed} {record.town} {record.route}".encode()) % SHARES < self.share * SHARES
        return record.town in self.towns or any(name in self.situations for name in record.situations) or drawn


def split(roots: Sequence[Path], held_out: HeldOut, out: Path) -> tuple[int, int]:
    """Link the routes of data sets into `out / TRAIN` and `out / HELD_OUT`; how many there are in each.

    Drives that broke off are left out. Run again, it adds what has been recorded since.
    Raises InputError if one side stays empty, or an earlier split put a route on the other side.
    """
    count = {TRAIN: 0, HELD_OUT: 0}
    for root in roots:
        for folder in find_routes(root):
            if not (folder / RECORD).exists():
                continue
            side, other = (HELD_OUT, TRAIN) if held_out.takes(read_record(folder)) else (TRAIN, HELD_OUT)
            name = Path(root.resolve().name) / folder.relative_to(root)
            if (out / other / name).exists():
                raise InputError(f"{out / other / name} is of another split; choose another --out")
            _link(folder, out / side / name)
            count[side] += 1
    if not all(count.values()):
        empty = next(side for side, number in count.items() if not number)
        raise InputError(
            f"nothing is left for {out / empty} of {sum(count.values())} routes; lead data info shows them"
        )
    for side in count:
        write_manifest(out / side)
    return count[TRAIN], count[HELD_OUT]


def _link(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted(folder.iterdir()):
        place = target / source.name
        if place.exists():
            continue
        try:
            os.link(source, place)
        except OSError:  # another disk, or one without links
            shutil.copy2(source, place)
