"""An agent of your own, as the official leaderboard takes it: it goes from point to point and stops for what is ahead.

lead evaluate --agent examples/own/agent.py --routes mini:19 --protocol bench2drive-0.0.3 --out out/own
"""

import math

import carla
import numpy as np
from leaderboard.autoagents.autonomous_agent import AutonomousAgent, Track

METRES_PER_DEGREE = 111_324.6  # of latitude
SPEED, NEAR, CLOSE = 5.0, 6.0, 10.0  # m/s driven; m at which a point is reached, and within which it stops


def get_entry_point():
    """The name of the class, as the leaderboard asks for it."""
    return "Follower"


class Follower(AutonomousAgent):
    """Steers at the next point of the plan and brakes for LiDAR points in its way."""

    def setup(self, path_to_conf_file):
        """Called once; `--agent-config` comes here."""
        self.track, self.next = Track.SENSORS, 0

    def sensors(self):
        """Checked against the rules of the track before anything is driven."""
        top = {"x": 0.0, "y": 0.0, "z": 2.5, "roll": 0.0, "pitch": 0.0, "yaw": 0.0}
        return [
            {"type": "sensor.lidar.ray_cast", **top, "id": "LIDAR"},
            {"type": "sensor.other.gnss", **top, "id": "GPS"},
            {"type": "sensor.other.imu", **top, "id": "IMU"},
            {"type": "sensor.speedometer", "reading_frequency": 20, "id": "SPEED"},
        ]

    def run_step(self, input_data, timestamp):
        """Readings are (frame, value) by id; what is returned drives for one tick of 0.05 s."""
        gps, compass = input_data["GPS"][1], input_data["IMU"][1][-1]
        speed, points = input_data["SPEED"][1]["speed"], input_data["LIDAR"][1]
        ahead, right = self._to_goal(gps, compass)
        while math.hypot(ahead, right) < NEAR and self.next < len(self._global_plan) - 1:
            self.next += 1
            ahead, right = self._to_goal(gps, compass)
        in_the_way = (
            (np.abs(points[:, 1]) < 1.2) & (points[:, 0] > 3.0) & (points[:, 0] < CLOSE) & (points[:, 2] > -1.8)
        )
        stop = int(in_the_way.sum()) > 5
        steer = max(-1.0, min(1.0, math.atan2(right, ahead) / 1.2))
        return carla.VehicleControl(
            throttle=0.5 if speed < SPEED and not stop else 0.0, steer=steer, brake=1.0 if stop else 0.0
        )

    def _to_goal(self, gps, compass):
        """Metres ahead and to the right to the plan's next point; the compass counts clockwise from north."""
        goal = self._global_plan[self.next][0]
        north = (goal["lat"] - gps[0]) * METRES_PER_DEGREE
        east = (goal["lon"] - gps[1]) * METRES_PER_DEGREE * math.cos(math.radians(gps[0]))
        return (
            north * math.cos(compass) + east * math.sin(compass),
            east * math.cos(compass) - north * math.sin(compass),
        )
