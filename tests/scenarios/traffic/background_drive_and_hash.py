"""Drive a route among the background traffic on a fresh server and print one hash of all vehicles' poses at the end.

    python tests/scenarios/traffic/background_drive_and_hash.py GridCity 600 7

A program of its own, because a TrafficManager's state lives in its client's process.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))

from background_driving import driving  # noqa: E402

from lead.client.launch import connect, start_server  # noqa: E402


def drive_and_hash(town: str, ticks: int, seed: int) -> str:
    """SHA-256 over type, pose and velocity of every background vehicle and the ego, by age."""
    digest = hashlib.sha256()
    with start_server(town) as server:
        client = connect(server.endpoint)
        here = client.get_world().get_map()
        start = here.get_waypoint(here.get_spawn_points()[0].location)
        with driving(client, town, start, 400.0, seed=seed) as drive:
            for _ in range(ticks):
                drive.tick()
            assert drive.traffic.vehicles
            for vehicle in (drive.stage.ego, *drive.traffic.vehicles):
                pose, velocity = vehicle.get_transform(), vehicle.get_velocity()
                place, turn = pose.location, pose.rotation
                numbers = (place.x, place.y, place.z, turn.pitch, turn.yaw, turn.roll, velocity.x, velocity.y)
                digest.update(vehicle.type_id.encode() + np.array(numbers).tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    town_name, tick_count, seed_text = sys.argv[1:]
    print(drive_and_hash(town_name, int(tick_count), int(seed_text)))
