"""How fast one worker records, and how large the data are.

    python benchmarks/recording.py [--routes mini:0,1] [--rig tfv6-3cam]

Drives the routes one after another with `lead collect`'s own code, one worker, expert "aligned", the rig and its moved
copy, labels and background traffic. Prints simulated by wall-clock seconds (goal: above 1), processor time of both
programs, where the wall-clock time went, and GB per hour of driving (goal for tfv6-3cam: below 2.5). What else runs on
the machine lengthens all but the last. The reference of the same run is the JPEG encoder: microseconds for one
1152 x 384 picture of noise at the same quality.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from lead.drive.collect import collect
from lead.drive.evaluation import Evaluation
from lead.drive.ledger import Ledger
from lead.drive.recording.settings import Recording, route_folder
from lead.scenarios.suites import resolve_routes

REPEATED = 50


def jpeg_microseconds(quality: int) -> float:
    """Least time of several."""
    noise, times = np.random.default_rng(0).integers(0, 255, (384, 1152, 3), np.uint8), []
    for _ in range(REPEATED):
        begun = time.perf_counter()
        cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, quality])
        times.append(time.perf_counter() - begun)
    return 1e6 * min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", default="mini:0,1")
    parser.add_argument("--rig", default="tfv6-3cam")
    options = parser.parse_args()
    routes, recording = resolve_routes(options.routes), Recording(rig=options.rig)
    with tempfile.TemporaryDirectory(prefix="lead-recording-") as folder:
        out = Path(folder)
        evaluation = Evaluation("expert:aligned", options.routes, "leaderboard-2.0", log=False)
        records = collect(evaluation, recording, routes, out)
        entries = Ledger(out).entries([route.id for route in routes])
        size = sum((route_folder(out, r.route) / "frames.arrow").stat().st_size for r in records)
        ticks, seconds = sum(e.ticks for e in entries), {}
        for entry in entries:
            for name, value in entry.seconds.items():
                seconds[name] = seconds.get(name, 0.0) + value
        driving = sum(seconds.values()) - seconds.get("start", 0.0)
        server, spent = sum(e.server_seconds for e in entries), resource.getrusage(resource.RUSAGE_CHILDREN)
        client = spent.ru_utime + spent.ru_stime  # of the worker and its drives, with the start of their programs
        print(f"{len(records)} routes, {ticks} ticks, {sum(r.frames for r in records)} frames, rig {options.rig}")
        print(f"simulated / wall clock {ticks * 0.05 / driving:.2f} ({ticks / driving:.0f} ticks/s)")
        print(
            f"processor: client {1000.0 * client / ticks:.1f} and server {1000.0 * server / ticks:.1f} ms a tick, "
            f"{(client + server) / (ticks * 0.05):.2f} s per simulated second"
        )
        print(
            ", ".join(f"{name} {1000.0 * value / ticks:.1f} ms" for name, value in seconds.items() if name != "start")
        )
        print(f"{size / (ticks * 0.05 / 3600.0) / 1e9:.2f} GB per hour")
    print(f"reference: JPEG of noise {jpeg_microseconds(recording.jpeg_quality):.0f} us")


if __name__ == "__main__":
    main()
