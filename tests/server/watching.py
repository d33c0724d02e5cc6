"""Sensors of the real client in tests: attaching them, and what their data mean."""

import queue
from typing import Any

import carla
import numpy as np

SENSING = 20.0  # s to wait for data: the first picture of a town builds what stands around


def attach(
    world: carla.World, blueprint: str, parent: carla.Actor | None, transform: carla.Transform | None = None,
    **attributes: Any,
) -> tuple[carla.Sensor, queue.Queue]:  # fmt: skip
    """A listening sensor and the queue of its data."""
    chosen = world.get_blueprint_library().find(blueprint)
    for name, value in attributes.items():
        chosen.set_attribute(name, str(value))
    sensor = world.spawn_actor(chosen, transform or carla.Transform(), attach_to=parent)
    data: queue.Queue = queue.Queue()
    sensor.listen(data.put)
    data.sensor = sensor  # a sensor that goes out of scope stops listening
    return sensor, data


def camera(
    world: carla.World, kind: str, parent: carla.Actor | None, transform: carla.Transform, width: int = 160,
    height: int = 120, **attributes: Any,
) -> queue.Queue:  # fmt: skip
    """The queue of a listening camera of that kind."""
    return attach(
        world, f"sensor.camera.{kind}", parent, transform, image_size_x=width, image_size_y=height, **attributes
    )[1]


def pixels(image: carla.Image) -> np.ndarray:
    """(height, width, 4) uint8 BGRA."""
    return np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4).copy()


def metres(image: carla.Image) -> np.ndarray:
    """Planar depth by CARLA's documented formula."""
    blue, green, red = (pixels(image)[..., k].astype(np.int64) for k in range(3))
    return 1000.0 * (red + green * 256 + blue * 65536) / (2**24 - 1)


def identity(image: carla.Image) -> np.ndarray:
    """Object numbers of an instance image."""
    image = pixels(image).astype(np.int64)
    return image[..., 1] + image[..., 0] * 256


def tags(image: carla.Image) -> np.ndarray:
    """Semantic classes of a semantic or instance image."""
    return pixels(image)[..., 2]


def at(image_queue: queue.Queue, frame: int) -> Any:
    """The data of a frame; whatever came earlier is dropped."""
    while True:
        data = image_queue.get(timeout=SENSING)
        if data.frame == frame:
            return data
        assert data.frame < frame, "that frame never came"


def now(world: carla.World, *queues: queue.Queue) -> list[Any]:
    """Tick once; what every sensor measured then."""
    frame = world.tick()
    return [at(one, frame) for one in queues]


def ahead(transform: carla.Transform, x: float, y: float = 0.0, z: float = 0.0, yaw: float = 0.0) -> carla.Transform:
    """A place in the frame of another, level."""
    forward, right = transform.get_forward_vector(), transform.get_right_vector()
    place = transform.location + x * forward + y * right + carla.Location(z=z)
    return carla.Transform(place, carla.Rotation(yaw=transform.rotation.yaw + yaw))
