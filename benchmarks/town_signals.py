"""What is derived from each town's map, against CARLA's own map: signals, spawn points, scenery, walkers' mesh.

    python benchmarks/town_signals.py                     # every generated and fetched town
    python benchmarks/town_signals.py Town03 Town12

Per town: actors of each kind beside CARLA's landmarks (which count every reference), light groups, for how many lights
the benchmarks' stop-line rule finds the governed lanes on `carla.Map`, and counts and seconds of the rest.
"""

import argparse
from collections import Counter
from math import cos, sin
from time import perf_counter

import carla
import numpy as np

from lead.geometry.poses import to_world
from lead.roads.library import find_map, list_maps
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import parse_opendrive
from lead.roads.parking import parking_slots
from lead.roads.sampling import build_network
from lead.roads.scenery import build_scenery
from lead.roads.signals import SignalKind, Signals, build_signals
from lead.roads.spawns import spawn_points
from lead.roads.surface import build_surface
from lead.roads.walker_mesh import build_walker_mesh

TYPES = ("1000001", "206", "205", "274")  # in the order of SignalKind
MOST_LIGHTS = 400  # checked per town against carla.Map, spread evenly


def lanes_found(world: carla.Map, signals: Signals, row: int) -> set[tuple[int, int]]:
    """Road and lane ids that the red-light test of the benchmarks finds for a light (benchmarks.md 1.3)."""
    pose, half = signals.pose[row], signals.trigger_extent[row]
    centre = to_world(signals.trigger[row : row + 1, :3].copy(), pose)[0]
    found = set()
    for x in np.arange(-0.9 * half[0], 0.9 * half[0], 1.0):
        place = centre + np.array([x * cos(pose[4]), x * sin(pose[4]), 0.0])
        waypoint = world.get_waypoint(carla.Location(*place.tolist()))
        for _ in range(400):
            ahead = [] if waypoint.is_intersection else waypoint.next(0.5)
            if not ahead or ahead[0].is_intersection:
                break
            waypoint = ahead[0]
        found.add((waypoint.road_id, waypoint.lane_id))
    return found


def agreement(world: carla.Map, network: RoadNetwork, signals: Signals) -> tuple[int, int]:
    """Lights for which the rule finds exactly the governed lanes, and lights checked."""
    rows = np.flatnonzero((signals.kind == SignalKind.LIGHT) & (np.diff(signals.stop_start) > 0))
    rows = rows[:: max(1, -(-len(rows) // MOST_LIGHTS))]
    right = 0
    for row in rows:
        lanes = signals.stop_lane[signals.stop_start[row] : signals.stop_start[row + 1]]
        wanted = {(int(network.lanes.road[lane]), int(network.lanes.lane[lane])) for lane in lanes}
        right += lanes_found(world, signals, int(row)) == wanted
    return right, len(rows)


def report(name: str) -> None:
    """Print one town's line."""
    _, text = find_map(name)
    opendrive = parse_opendrive(text)
    network = build_network(opendrive)
    surface = build_surface(opendrive, network)
    times = [perf_counter()]
    signals = build_signals(opendrive, network)
    times.append(perf_counter())
    scenery = build_scenery(opendrive, network, signals, surface)
    times.append(perf_counter())
    mesh = build_walker_mesh(opendrive, network)
    times.append(perf_counter())
    spawns, slots = spawn_points(network), parking_slots(opendrive, network)
    world = carla.Map(name, text)
    marks = Counter(mark.type for mark in world.get_all_landmarks())
    counts = np.bincount(signals.kind, minlength=4)
    kinds = "  ".join(f"{count}/{marks[type]}" for count, type in zip(counts, TYPES, strict=True))
    right, checked = agreement(world, network, signals)
    seconds = " ".join(f"{b - a:.1f}" for a, b in zip(times, times[1:], strict=False))
    print(
        f"{name:16s} {kinds:40s} groups {len(set(signals.group[signals.group >= 0].tolist())):4d}  rule {right}/{checked}"
        f"  spawns {len(spawns)}  slots {len(slots)}  boxes {len(scenery.yaw)}  mesh {len(mesh) / 1e6:.2f} MB  [{seconds}] s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("town", nargs="*", help="names of maps; all that are on this machine by default")
    names = parser.parse_args().town or [entry.name for entry in list_maps() if entry.source != "fetchable"]
    print("actors/landmarks: lights  stop  yield  speed; seconds: signals, scenery, walkers' mesh")
    for name in names:
        report(name)


if __name__ == "__main__":
    main()
