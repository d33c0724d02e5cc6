"""Training samples per second in one process: all inputs and targets of TFv6, from the files of a data set.

    python benchmarks/loading.py                  # 200 frames made up on the spot, of a generated town
    python benchmarks/loading.py --data DATA      # a recorded data set

Processor time, not wall time; neighbours on the same cores still slow it, so the best of ten stretches is told, too.
Target: 150 samples/s.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from lead.dataset.codecs import encode_depth, encode_rgb, encode_semantics
from lead.dataset.frame import Boxes, Cloud, Ego, Fix, Frame, Intent, Reasons, Surroundings, Track, View
from lead.dataset.header import POP_DISTANCES, Camera, Mounted, Perturbation, Plan, RouteHeader, Weather
from lead.dataset.kinds import LightState
from lead.dataset.order import Order, Part
from lead.dataset.route_file import RouteFile
from lead.dataset.routes import RouteEntry, Selection, recorded_routes, select
from lead.dataset.sample import SampleSettings
from lead.dataset.stream import Augmentation, SampleStream
from lead.dataset.writer import FrameWriter
from lead.roads.town import Town, load_town

TOWN = "GridCity"
HEIGHT, WIDTH = 384, 1152
ROUTES, FRAMES = 5, 40
POINTS, BOXES = 30_000, 40
STRETCHES = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder of a recorded data set")
    parser.add_argument("--samples", type=int, default=300)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        routes = recorded_routes(arguments.data) if arguments.data else made_up(Path(folder))
        pool = select(routes, Selection(skip_last=8))
        size = np.mean([(route.folder / "frames.arrow").stat().st_size / route.frames for route in pool.routes])
        print(
            f"{len(pool)} frames of {len(pool.routes)} routes, {size / 1e3:.0f} kB each ({size * 14400 / 1e9:.2f} GB/h)"
        )
        for name, augmentation in {
            "as mounted": Augmentation(0.0, 0.0),
            "recovery view half of the time": Augmentation(0.5, 0.0),
            "recovery view and changes of colour": Augmentation(0.5, 0.2),
        }.items():
            stream = SampleStream(Order([Part(pool)], arguments.samples), SampleSettings(), augmentation)
            for key in stream.order.keys(0):  # paints the tiles of the town, fills the page cache
                stream[key]
            spent = []
            for key in stream.order.keys(1):
                start = time.process_time()
                stream[key]
                spent.append(time.process_time() - start)
            stretches = [np.mean(part) for part in np.array_split(spent, STRETCHES)]
            print(
                f"{name}: {1 / np.mean(spent):.0f} samples/s, in the least disturbed stretch {1 / min(stretches):.0f}"
            )


def made_up(root: Path) -> list[RouteEntry]:
    """Routes with pictures, points and boxes of about the size of recorded ones."""
    rng, town = np.random.default_rng(0), load_town(TOWN)
    entries = []
    for number in range(ROUTES):
        folder = root / f"{number}"
        with FrameWriter(folder, header()) as writer:
            for row in range(FRAMES):
                writer.append(frame(row, town.spawn_points[number], town, rng))
        assert len(RouteFile(folder)) == FRAMES
        entries.append(RouteEntry(folder, FRAMES, TOWN, (), "ClearNoon", True))
    return entries


def header() -> RouteHeader:
    """Of the three-camera rig."""
    cameras = tuple(
        Camera(name, (0.2, 0.0, 2.25, 0.0, float(np.radians(yaw)), 0.0), HEIGHT, HEIGHT, float(np.radians(60.0)))
        for name, yaw in {"left": -54.5, "front": 0.0, "right": 54.5}.items()
    )
    return RouteHeader(
        route="0", source="made up", town=TOWN, situations=(), weather=Weather("ClearNoon", {}), repetition=0, seed=0,
        ego_type="vehicle.lincoln.mkz_2020", ego_extent=(2.45, 1.06, 0.75), ego_centre=(0.0, 0.0, 0.75), expert={},
        rig=Mounted("tfv6-3cam", cameras), perturbation=Perturbation(0.7, -0.1),
        plan=Plan(tuple((50.0 * k, 0.0, 0.0) for k in range(4)), (4, 4, 4, 4)), jpeg_quality=90, simulator="none",
        versions={},
    )  # fmt: skip


def frame(row: int, start: np.ndarray, town: Town, rng: np.random.Generator) -> Frame:
    """The ego drives straight on from a place."""
    pose, zero, tick = start.copy(), np.zeros(3), 5 * row
    pose[:2] += 2.5 * row * np.array([np.cos(pose[4]), np.sin(pose[4])])
    ahead = pose[:3] + np.outer(2.5 + np.arange(50.0), [np.cos(pose[4]), np.sin(pose[4]), 0.0])
    reached = np.zeros(len(POP_DISTANCES), np.int16)
    none = np.empty(0)
    return Frame(
        tick, 0.05 * tick, Ego(pose, zero, zero, zero, 10.0, zero),
        Track(np.array([tick]), pose[None], np.array([10.0]), np.zeros((1, 3))),
        Fix(np.zeros(7), zero, pose[:2], np.zeros(4)), Intent(ahead, False, reached, reached, 100.0, 13.9, False, 3.5),
        Reasons(10.0, 12.0, -1, "", (), none, none.astype(int), none, none.astype(bool), none.astype(bool)),
        Surroundings(0, 1.0, 0, (), (), none.astype(bool), np.empty((0, 2), int)), boxes(pose, rng), view(rng), view(rng),
        cloud(rng),
    )  # fmt: skip


def boxes(ego: np.ndarray, rng: np.random.Generator) -> Boxes:
    """Cars all around."""
    pose = np.tile(ego, (BOXES, 1))
    pose[:, :2] += rng.uniform(-50.0, 50.0, (BOXES, 2))
    count, size = BOXES, np.tile([2.4, 1.0, 0.8], (BOXES, 1))
    return Boxes(
        np.arange(count), np.zeros(count, np.int8), np.zeros(count, np.uint16), np.full(count, LightState.NONE),
        ("vehicle.tesla.model3",) * count, ("background",) * count, pose, 0.0 * size, size, 0.0 * size, 0.0 * size,
        rng.integers(0, 30, (count, 3)), np.full(count, 13.9), np.zeros((count, 2), int),
    )  # fmt: skip


def view(rng: np.random.Generator) -> View:
    """Pictures of blocks, with a grain on the ground."""
    layout = cv2.resize(rng.integers(0, 10, (12, 36), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    image = cv2.GaussianBlur(cv2.merge([layout * 25, layout * 20, layout * 23]), (0, 0), 1.5)
    grain = cv2.GaussianBlur(rng.normal(0.0, 12.0, (HEIGHT, WIDTH, 1)), (0, 0), 1.5)[..., None]
    grain[: HEIGHT // 2] = 0.0  # the sky
    depth = cv2.resize(rng.uniform(2.0, 60.0, (6, 18)).astype(np.float32), (WIDTH, HEIGHT))
    radar = rng.uniform(-40.0, 40.0, (300, 4)).astype(np.float16)
    return View(
        encode_rgb(np.clip(image + grain, 0, 255).astype(np.uint8), 90), encode_semantics(layout), encode_depth(depth),
        radar, np.repeat(np.arange(4, dtype=np.uint8), 75),
    )  # fmt: skip


def cloud(rng: np.random.Generator) -> Cloud:
    """Points on walls."""
    walls = rng.uniform((-30.0, -38.0, 0.0), (60.0, 38.0, np.pi), (60, 3))
    which, along = rng.integers(0, 60, POINTS), rng.uniform(-8.0, 8.0, POINTS)
    x = walls[which, 0] + along * np.cos(walls[which, 2])
    y = walls[which, 1] + along * np.sin(walls[which, 2])
    return Cloud.of(np.column_stack([x, y, rng.uniform(-1.2, 4.0, POINTS)]), rng.integers(0, 5, POINTS))


if __name__ == "__main__":
    main()
