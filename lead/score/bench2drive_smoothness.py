"""Driving smoothness of Bench2Drive: the share of two-second blocks within comfort bounds.

Source: `tools/efficiency_smoothness_benchmark.py` and the `metric_info.json` that its agents write at 10 Hz. Kept as
it is there: what stands for the yaw acceleration is the smoothed yaw rate, without a derivative, so that its bound
never binds; jerks are taken from accelerations that were smoothed before; yaw rates are unwrapped like angles.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.score.border import NUMBER, Json, describe, load_json, take
from lead.score.record import RouteRecord

PERIOD = 0.1  # s between samples
BLOCK = 20  # samples that are judged together
WINDOW, ORDER = 7, 2  # of the Savitzky-Golay filter: samples, degree
LON_ACCELERATION = (-4.05, 2.40)  # m/s^2
LAT_ACCELERATION = (-4.89, 4.89)  # m/s^2
JERK = (-8.37, 8.37)  # m/s^3, of the length of the horizontal acceleration
LON_JERK = (-4.13, 4.13)  # m/s^3
YAW_ACCELERATION = (-1.93, 1.93)  # rad/s^2
YAW_RATE = (-0.95, 0.95)  # rad/s
VECTORS = ("acceleration", "angular_velocity", "forward_vector", "right_vector")

Motion = Mapping[str, NDArray[np.float64]]
"""Per name in `VECTORS` an array (samples, 3) in world axes, CARLA's frame."""


def smoothness(records: Sequence[RouteRecord], folders: Sequence[Path]) -> tuple[float | None, tuple[str, ...]]:
    """Mean over the routes of the share of smooth blocks, in percent; None, and a note, if a route's samples lack.

    The samples of a record are in `SAVE_NAME/metric_info.json` below one of the `folders`.
    """
    files = [find_metric_info(record, folders) for record in records]
    lacking = sum(file is None for file in files)
    if lacking:
        return None, (
            f"no smoothness: {lacking} of {len(records)} routes lack SAVE_NAME/metric_info.json; "
            "name the folder that holds them",
        )
    motions = [read_motion(file) for file in files]
    judged = [smooth_share(motion) for motion in motions if len(motion["acceleration"]) > ORDER]
    short = len(motions) - len(judged)
    notes = (f"smoothness leaves out {short} routes of less than {ORDER + 1} samples",) if short else ()
    return 100 * sum(judged) / len(judged) if judged else None, notes


def find_metric_info(record: RouteRecord, folders: Iterable[Path]) -> Path | None:
    """The file with the ego's motion on that route, or None."""
    if not record.save_name:
        return None
    paths = (folder / record.save_name / "metric_info.json" for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def read_motion(path: Path) -> Motion:
    """The samples of a `metric_info.json`, in the order of the file. Raises InputError on anything else."""
    samples = load_json(path)
    if not isinstance(samples, dict):
        raise InputError(f"{path}: found {describe(samples)}, expected an object with one sample per frame")
    return {
        name: np.array([_vector(sample, name, f"{path}: {frame}") for frame, sample in samples.items()]).reshape(-1, 3)
        for name in VECTORS
    }


def smooth_share(motion: Motion) -> float:
    """Share of the blocks of 20 samples that are smooth; a shorter rest counts only if there is nothing else."""
    count = len(motion["acceleration"])
    if count <= BLOCK:
        return float(is_smooth(motion))
    starts = range(0, count - BLOCK + 1, BLOCK)
    blocks = [{name: array[start : start + BLOCK] for name, array in motion.items()} for start in starts]
    return sum(map(is_smooth, blocks)) / len(blocks)


def is_smooth(motion: Motion) -> bool:
    """Whether every sample is strictly within the bounds; at least 3 samples."""
    from scipy.signal import savgol_filter

    window = min(WINDOW, len(motion["acceleration"]))

    def smoothed(signal: NDArray[np.float64], derivative: int = 0) -> NDArray[np.float64]:
        return savgol_filter(signal, window, ORDER, deriv=derivative, delta=PERIOD)

    acceleration = motion["acceleration"][:, :2]
    lon_acceleration = smoothed(np.sum(acceleration * motion["forward_vector"][:, :2], axis=1))
    lat_acceleration = smoothed(np.sum(acceleration * motion["right_vector"][:, :2], axis=1))
    magnitude = smoothed(np.hypot(acceleration[:, 0], acceleration[:, 1]))
    yaw_rate = smoothed(_unwrapped(motion["angular_velocity"][:, 2]))
    bounded = (
        (lon_acceleration, LON_ACCELERATION),
        (lat_acceleration, LAT_ACCELERATION),
        (smoothed(magnitude, 1), JERK),
        (smoothed(lon_acceleration, 1), LON_JERK),
        (yaw_rate, YAW_ACCELERATION),
        (yaw_rate, YAW_RATE),
    )
    return all(bool(np.all((signal > least) & (signal < greatest))) for signal, (least, greatest) in bounded)


def _unwrapped(values: NDArray[np.float64]) -> NDArray[np.float64]:
    turns = np.concatenate([[0.0], np.cumsum(np.round(np.diff(values) / (2 * np.pi)))])
    return values - 2 * np.pi * turns


def _vector(sample: Json, name: str, where: str) -> list[float]:
    vector = take(sample, name, list, where)
    if len(vector) != 3:
        raise InputError(f"{where}.{name}: found {describe(vector)}, expected three numbers")
    return [take({name: number}, name, NUMBER, where) for number in vector]
