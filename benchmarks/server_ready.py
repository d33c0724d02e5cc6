"""Seconds from launch to the ready line, per town, once the code is compiled and the town prepared.

    python benchmarks/server_ready.py GridCity Town03 Town12 [--runs 5]

The reference in the same run is the start of a Python interpreter that imports numba and carla. Memory is the server's
resident set after a client has got the world. Goals: under 3 s on a generated town; Town12 and Town13 under 20 s, 3 GB.
"""

import argparse
import statistics
import subprocess
import sys
import time

from lead.client.launch import connect, start_server


def resident_gb(pid: int) -> float:
    """Resident memory of a process, GB."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1e6


def main() -> None:
    """Run and print one line per town."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("towns", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    reference = []
    for _ in range(arguments.runs):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import numba, carla"], check=True)
        reference.append(time.perf_counter() - begun)
    print(f"reference (import numba, carla): median {statistics.median(reference):.2f} s")
    for town in arguments.towns:
        with start_server(town):
            pass  # warms the caches
        times, memory = [], 0.0
        for _ in range(arguments.runs):
            begun = time.perf_counter()
            with start_server(town) as server:
                times.append(time.perf_counter() - begun)
                connect(server.endpoint, timeout=120.0).get_world()
                memory = max(memory, resident_gb(server.pid))
        median = statistics.median(times)
        ratio = median / statistics.median(reference)
        print(f"{town}: ready in {median:.2f} s (max {max(times):.2f}); ratio {ratio:.2f}; {memory:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
