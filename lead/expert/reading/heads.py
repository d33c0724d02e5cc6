"""The heads of a route's traffic lights, which stand still."""

from collections.abc import Sequence

import carla
import numpy as np

from lead.expert.evidence.source import Heads


def read_heads(lights: Sequence[carla.TrafficLight]) -> Heads:
    """The boxes of L lights, row by row."""
    rows, boxes = [], []
    for row, light in enumerate(lights):
        for box in light.get_light_boxes():
            rows.append(row)
            boxes.append(box)
    return Heads(
        light=np.array(rows, np.int64),
        centre=np.array([[box.location.x, box.location.y, box.location.z] for box in boxes]).reshape(-1, 3),
        half=np.array([[box.extent.x, box.extent.y, box.extent.z] for box in boxes]).reshape(-1, 3),
        yaw=np.radians([box.rotation.yaw for box in boxes]),
        lights=len(lights),
    )
