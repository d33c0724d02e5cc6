"""Synchronous ticks per second through the real client, with moving vehicles and no sensors.

    python benchmarks/sync_tick.py [--town GridCity] [--vehicles 50] [--runs 5]

The reference in the same run is the client's cheapest call (`get_server_version`): its rate says how fast this machine
and its loopback are at the moment, so compare the ratio between machines. Goal: 1,000 ticks per second with 50 vehicles.
"""

import argparse
import statistics
import time

from circling import circling_cars, moving

from lead.client.launch import connect, start_server
from lead.client.world import synchronous

TICKS = 2000
CALLS = 2000


def rate(function, count: int) -> float:
    """Calls per second of `function`, called `count` times."""
    begun = time.perf_counter()
    for _ in range(count):
        function()
    return count / (time.perf_counter() - begun)


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--town", default="GridCity")
    parser.add_argument("--vehicles", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    with start_server(arguments.town) as server:
        print(f"server ready in {time.perf_counter() - begun:.2f} s")
        client = connect(server.endpoint)
        world = client.get_world()
        with synchronous(world):
            cars = circling_cars(client, world, arguments.vehicles)
            ticks, calls = [], []
            for _ in range(arguments.runs):
                calls.append(rate(client.get_server_version, CALLS))
                ticks.append(rate(world.tick, TICKS))
            tick, call = statistics.median(ticks), statistics.median(calls)
            print(
                f"{arguments.town}, {len(cars)} vehicles ({moving(cars)} moving), median of {arguments.runs} runs of "
                f"{TICKS} ticks"
            )
            print(
                f"ticks/s {tick:.0f} (min {min(ticks):.0f}, max {max(ticks):.0f}); calls/s {call:.0f}; ratio {tick / call:.3f}"
            )


if __name__ == "__main__":
    main()
