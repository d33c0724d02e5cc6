"""How long a student takes for a tick, from its sensors' readings to pedals and wheel; no simulator runs.

    python benchmarks/student.py                              # nano and ResNet-34, one thread
    python benchmarks/student.py nano --threads 2 --ticks 200

Per variant, with random weights: the median of milliseconds of a whole tick, and of its parts: points (LiDAR and radars
into the stack), inputs (codec, raster, tables) and network.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch

from lead.dataset.header import Mounted
from lead.drive.agents.student import threads
from lead.drive.student.checkpoint import Checkpoint, find_checkpoint
from lead.drive.student.driver import Driver
from lead.drive.student.options import Options
from lead.drive.student.sensing import GNSS_ID, IMU_ID, SPEED_ID, Readings
from lead.model.transfuser import TransFuser
from lead.model.variants import VARIANTS, variant
from lead.model.weights import save_model

POINTS = 16_500  # of a LiDAR unit in a tick, after the usual loss
RETURNS = 75


def make_readings(rig: Mounted, random: np.random.Generator) -> Readings:
    """A tick of noise above a flat road."""
    readings: dict[str, object] = {
        GNSS_ID: np.zeros(3), IMU_ID: np.array([0.0] * 6 + [0.5 * np.pi]), SPEED_ID: {"speed": 8.0},
    }  # fmt: skip
    for n, camera in enumerate(rig.cameras):
        blobs = random.integers(0, 256, (camera.height // 8, camera.width // 8, 4), np.uint8)
        readings[f"camera_{n}"] = blobs.repeat(8, 0).repeat(8, 1)
    for n in range(len(rig.lidars)):
        far, angle = random.exponential(12.0, POINTS) + 3.0, random.uniform(0.0, np.pi, POINTS)
        height = np.where(random.random(POINTS) < 0.6, -2.5, random.uniform(-2.5, 1.0, POINTS))
        readings[f"lidar_{n}"] = np.stack(
            [far * np.cos(angle), far * np.sin(angle), height, np.ones(POINTS)], axis=1
        ).astype(np.float32)
    for n in range(len(rig.radars)):
        cone = random.uniform((2.0, -0.001, -0.7, -8.0), (60.0, 0.001, 0.7, 8.0), (RETURNS, 4))
        readings[f"radar_{n}"] = cone.astype(np.float32)
    return readings


def measure(checkpoint: Checkpoint, ticks: int) -> dict[str, float]:
    """Median milliseconds of a tick's parts and of all of it."""
    ensemble = checkpoint.load("cpu")
    plan = np.column_stack([np.arange(0.0, 2000.0, 50.0), np.zeros((40, 2))])
    driver = Driver(checkpoint, ensemble, Options(), (plan, [4] * len(plan)), (0.0, 0.0))
    random, taken = np.random.default_rng(0), {name: [] for name in ("points", "inputs", "network", "whole tick")}
    readings = [make_readings(checkpoint.senses.rig, random) for _ in range(8)]
    for tick in range(ticks + 5):
        begun = perf_counter()
        glance = driver.step(readings[tick % len(readings)])
        after = perf_counter()
        driver.sensing.step(readings[tick % len(readings)], glance.place.moved)
        pointed = perf_counter()
        inputs = driver.sensing.inputs(driver.sensing.sensed(8.0, glance.target_points, glance.command))
        made = perf_counter()
        ensemble(inputs)
        spans = (pointed - after, made - pointed, perf_counter() - made, after - begun)
        for name, span in zip(taken, spans):
            taken[name].append(1e3 * span)
    return {name: median(spans[5:]) for name, spans in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", default=["nano", "resnet34"], help=", ".join(VARIANTS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--ticks", type=int, default=40)
    chosen = parser.parse_args()
    print(f"{chosen.ticks} ticks, {chosen.threads} threads, torch {torch.__version__}")
    for name in chosen.variants:
        with tempfile.TemporaryDirectory() as folder, threads(chosen.threads):
            save_model(Path(folder), TransFuser(variant(name)))
            told = measure(find_checkpoint(Path(folder)), chosen.ticks)
        print(f"{name}: " + ", ".join(f"{part} {span:.1f} ms" for part, span in told.items()))


if __name__ == "__main__":
    main()
