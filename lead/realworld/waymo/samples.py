"""Frames of WOD-E2E as samples: three front cameras, past states, intent, and where the car went."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.model.config import ModelConfig
from lead.realworld.frames import carla_points
from lead.realworld.label_maps import TURN_OF_INTENT
from lead.realworld.models import PAST_SAMPLES
from lead.realworld.sample import Future, Past, RealSample, packed
from lead.realworld.waymo.frame import Camera, E2EDFrame
from lead.realworld.waymo.reading import FramePlace, index_frames
from lead.train.batch import Packed
from lead.train.labels import Source

CAMERAS = (Camera.FRONT_LEFT, Camera.FRONT, Camera.FRONT_RIGHT)
"""Side by side, as the model sees them."""
WIDTH, HEIGHT = 324, 480
"""Pixels of each picture: a third of the recorded ones."""
WAYPOINTS = slice(1, None, 2)
"""Of the future's 20 states the ten at 0.5, 1.0 ... 5.0 s, so that the last one is that which is scored at 5 s."""
WAYPOINT_COUNT = 10


class WaymoFrames:
    """Frames as packed samples (lead.realworld.mixture.DataSet)."""

    def __init__(self, places: Sequence[FramePlace], model: ModelConfig) -> None:
        self.places, self.model = tuple(places), model

    def __len__(self) -> int:
        return len(self.places)

    def at(self, item: int) -> Packed:
        """A frame's sample. Raises InputError if the frame cannot be read, or is not what the model needs."""
        return packed(sample_of(self.places[item].read()), self.model)


def open_frames(paths: Path | Sequence[Path], model: ModelConfig, every: int = 1) -> WaymoFrames:
    """The frames of TFRecord files for a model, each `every`-th of a segment. Raises InputError if there are none."""
    segments = index_frames(paths).segments.values()
    return WaymoFrames([place for places in segments for place in places[::every]], model)


def sample_of(frame: E2EDFrame) -> RealSample:
    """What a model is told of a frame, and its future where the data have one; CARLA's axes about the rear axle.

    Raises InputError if the frame lacks a camera, or states of the past.
    """
    past = frame.past
    if len(past) <= PAST_SAMPLES or not len(past.velocity_iso):
        raise InputError(
            f"frame {frame.name}: found {len(past)} past states ({len(past.velocity_iso)} velocities), expected at "
            f"least {PAST_SAMPLES + 1}"
        )
    before = slice(-PAST_SAMPLES - 1, -1)
    speeds = np.hypot(*past.velocity_iso[before].T)
    return RealSample(
        rgb=pictures(frame),
        speed=frame.speed,
        acceleration=float(np.hypot(*past.acceleration_iso[-1])) if len(past.acceleration_iso) else 0.0,
        turn=TURN_OF_INTENT[frame.intent],
        source=Source.WAYMO,
        past=Past(carla_points(past.position_iso[before]).astype(np.float32), speeds.astype(np.float32)),
        future=_future(frame),
    )


def pictures(frame: E2EDFrame) -> NDArray[np.uint8]:
    """The front cameras side by side (3, 480, 972) RGB. Raises InputError on pictures of other proportions."""
    rows = []
    for camera in CAMERAS:
        image = cv2.imdecode(np.frombuffer(frame.image(camera), np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise InputError(f"frame {frame.name}: found no readable picture of camera {camera.name}, expected JPEG")
        height, width = image.shape[:2]
        if width * HEIGHT != height * WIDTH:
            raise InputError(
                f"frame {frame.name}: found a picture of {width} x {height} pixels of camera {camera.name}, expected "
                f"the proportions {WIDTH} : {HEIGHT}"
            )
        rows.append(image if width == WIDTH else cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(np.concatenate(rows, axis=1)[..., ::-1].transpose(2, 0, 1))


def _future(frame: E2EDFrame) -> Future | None:
    """None in the test set."""
    if not len(frame.future):
        return None
    known = carla_points(frame.future.position_iso[WAYPOINTS][:WAYPOINT_COUNT])
    waypoints = np.full((WAYPOINT_COUNT, 2), np.nan, np.float32)
    waypoints[: len(known)] = known
    return Future(waypoints, None, np.arange(WAYPOINT_COUNT) < len(known))
