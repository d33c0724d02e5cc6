"""Provoke the client's known races for a long time and count hangs and crashes.

    python benchmarks/soak.py --minutes 30

One server runs throughout. Client processes run one exercise after another, each watched: a process that makes no
progress for 30 s is a hang, one that ends with a signal or an error a crash. The server must survive all of them.
- ticks: synchronous ticks with TrafficManager driving 20 vehicles;
- reload: load_world with TrafficManager in the leaderboard's clean-up order (TrafficManager and world to asynchronous
  mode first, then load_world while its thread runs), world alternating between two towns;
- sensors: spawn, listen, stop and destroy sensors in a loop, in synchronous and asynchronous mode.
"""

import argparse
import selectors
import subprocess
import sys
import time
from collections import Counter

from lead.client.launch import free_port, start_server

PRELUDE = """
import sys, time, carla, faulthandler
faulthandler.enable()
port, tm_port = int(sys.argv[1]), int(sys.argv[2])
client = carla.Client("127.0.0.1", port); client.set_timeout(60)  # the first load of a town makes it
def sync(world, on):
    s = world.get_settings(); s.synchronous_mode = on; s.fixed_delta_seconds = 0.05 if on else None
    world.apply_settings(s)
def cars(world, n):
    C = carla.command; points = world.get_map().get_spawn_points()
    model = world.get_blueprint_library().find("vehicle.tesla.model3")
    auto = C.SetAutopilot(C.FutureActor, True, tm_port)
    batch = [C.SpawnActor(model, points[i]).then(auto) for i in range(n)]
    return [r.actor_id for r in client.apply_batch_sync(batch, True) if not r.error]
def progress(n): print(n, flush=True)
"""
EXERCISES = {
    "ticks": """
world = client.load_world("GridCity"); sync(world, True)
tm = client.get_trafficmanager(tm_port); tm.set_synchronous_mode(True); ids = cars(world, 20)
for k in range(5000):
    world.tick()
    if k % 100 == 0: progress(100)
client.apply_batch_sync([carla.command.DestroyActor(i) for i in ids], True)
tm.set_synchronous_mode(False); sync(world, False); tm.shut_down()
""",
    "reload": """
world = client.get_world()
for k in range(12):
    sync(world, True); tm = client.get_trafficmanager(tm_port); tm.set_synchronous_mode(True); cars(world, 10)
    for _ in range(40): world.tick()
    tm.set_synchronous_mode(False); sync(world, False)
    if k % 3 == 2: tm.shut_down()
    world = client.load_world(("MotorwayRing", "GridCity")[k % 2], k % 4 < 2); progress(1)
""",
    "sensors": """
world = client.get_world()
for k in range(20):
    sync(world, k % 2 == 0); ids = cars(world, 2) if k % 2 == 0 else []
    model = world.get_blueprint_library().find("vehicle.tesla.model3")
    car = world.get_actor(ids[0]) if ids else world.spawn_actor(model, world.get_map().get_spawn_points()[5])
    got = []
    kinds = [world.get_blueprint_library().find("sensor.other." + n) for n in ("imu", "gnss", "collision")]
    sensors = [world.spawn_actor(kind, carla.Transform(), attach_to=car) for kind in kinds]
    view = world.get_blueprint_library().find("sensor.camera." + ("rgb", "depth", "normals")[k % 3])
    sensors.append(world.spawn_actor(view, carla.Transform(carla.Location(z=2)), attach_to=car))
    seen = []
    for s in sensors[:2]: s.listen(got.append)
    sensors[2].listen(lambda e: None)
    sensors[3].listen(seen.append)
    for _ in range(10): world.tick() if k % 2 == 0 else world.wait_for_tick()
    time.sleep(0.05)  # a sensor closed while its frame is read aborts the client, here as with CARLA's own server
    for s in sensors: s.stop(); s.destroy()
    assert got and seen, "no sensor data"
    client.apply_batch_sync([carla.command.DestroyActor(i) for i in (ids or [car.id])], False)
    world.tick() if k % 2 == 0 else world.wait_for_tick(); progress(1)
sync(world, False)
""",
}
HANG_SECONDS = 30.0


def exercise(name: str, port: int) -> tuple[str, int]:
    """Run one exercise in a client process; returns how it ended ("ok", "hang", "crash") and its progress count."""
    command = [sys.executable, "-c", PRELUDE + EXERCISES[name], str(port), str(free_port())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    done, last, lines = 0, time.monotonic(), []
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    while True:
        if selector.select(timeout=1.0):
            line = process.stdout.readline()
            if not line:
                break
            last = time.monotonic()
            if line.strip().isdigit():
                done += int(line)
            else:
                lines.append(line)
        elif time.monotonic() - last > HANG_SECONDS:
            process.kill()
            process.wait()
            return "hang", done
    if process.wait():
        print(f"  {name}: exit {process.returncode}\n  " + "  ".join(lines[-6:]), flush=True)
        return "crash", done
    return "ok", done


def main() -> None:
    """Run until the time is over and print the counts; exit code 1 if anything hung or crashed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    arguments = parser.parse_args()
    endings, work = Counter(), Counter()
    end = time.monotonic() + 60 * arguments.minutes
    with start_server("GridCity") as server:
        while time.monotonic() < end and server.alive:
            for name in EXERCISES:
                ending, done = exercise(name, server.endpoint.port)
                endings[name, ending] += 1
                work[name] += done
            left = max(0.0, end - time.monotonic())
            print(f"{left / 60:5.1f} min left  {dict(work)}  {dict(endings)}", flush=True)
        if not server.alive:
            print("the server died:\n" + server.log_tail())
            endings["server", "crash"] += 1
    bad = sum(n for (_, ending), n in endings.items() if ending != "ok")
    print(f"{arguments.minutes:g} min: {dict(work)}; hangs and crashes: {bad}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
