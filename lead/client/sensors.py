"""Sensors as queues: spawn one, read its frames in order, and have it gone in the end."""

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager

import carla
import numpy as np
from numpy.typing import NDArray

ARRIVAL = 0.05  # s in which a frame that was sent has been read


@contextmanager
def listening(
    world: carla.World,
    blueprint: str,
    place: carla.Transform,
    attach_to: carla.Actor | None = None,
    **attributes: object,
) -> Iterator["queue.SimpleQueue[carla.SensorData]"]:
    """Spawn a sensor with these attributes and yield the queue its frames arrive in; stop and destroy it at the end.

    At the end it waits for a frame on its way: a sensor closed while its frame is read can abort the client.

    Raises RuntimeError if the server refuses the attributes, IndexError for an attribute the blueprint does not have.
    """
    definition = world.get_blueprint_library().find(blueprint)
    for name, value in attributes.items():
        definition.set_attribute(name, str(value))
    sensor = world.spawn_actor(definition, place, attach_to=attach_to)
    frames: queue.SimpleQueue[carla.SensorData] = queue.SimpleQueue()
    sensor.listen(frames.put)
    try:
        yield frames
    finally:
        time.sleep(ARRIVAL)
        sensor.stop()
        sensor.destroy()


def pixels(image: carla.Image) -> NDArray[np.uint8]:
    """The image as RGB (H, W, 3), a copy."""
    raw = np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4)
    return raw[..., 2::-1].copy()
