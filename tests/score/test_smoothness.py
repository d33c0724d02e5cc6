"""Smoothness of Bench2Drive from motions made by hand, at and beside its bounds."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lead import InputError
from lead.score.bench2drive_smoothness import is_smooth, read_motion, smooth_share, smoothness


def motion(samples=20, lon=0.0, lat=0.0, yaw_rate=0.0):
    """Samples of an ego that faces along +y, with these accelerations (m/s^2) and yaw rate (rad/s), each at 10 Hz."""
    signals = [np.broadcast_to(np.asarray(signal, float), samples) for signal in (lon, lat, yaw_rate)]
    zero = np.zeros(samples)
    return {
        "acceleration": np.stack([-signals[1], signals[0], zero], axis=1),
        "angular_velocity": np.stack([zero, zero, signals[2]], axis=1),
        "forward_vector": np.tile([0.0, 1.0, 0.0], (samples, 1)),
        "right_vector": np.tile([-1.0, 0.0, 0.0], (samples, 1)),
    }


@pytest.mark.parametrize(
    ("signal", "inside", "outside"),
    [
        ("lon", 2.39, 2.41),
        ("lon", -4.04, -4.06),
        ("lat", 4.88, 4.90),
        ("lat", -4.88, -4.90),
        ("yaw_rate", 0.94, 0.96),
        ("yaw_rate", -0.94, -0.96),
    ],
)
def test_bounds(signal, inside, outside):
    assert is_smooth(motion(**{signal: inside}))
    assert not is_smooth(motion(**{signal: outside}))


def test_jerk_along_the_lane_is_bounded_apart_from_that_of_the_magnitude():
    assert is_smooth(motion(8, lon=-3 + 0.41 * np.arange(8)))
    assert not is_smooth(motion(8, lon=-3 + 0.42 * np.arange(8)))
    assert is_smooth(motion(8, lat=0.1 + 0.55 * np.arange(8)))  # sideways only the magnitude's 8.37 m/s^3 binds
    assert not is_smooth(motion(5, lat=0.1 + 0.84 * np.arange(5)))


def test_the_rate_of_the_yaw_rate_is_not_bounded():
    assert is_smooth(motion(8, yaw_rate=np.linspace(-0.9, 0.9, 8)))  # 2.6 rad/s^2


def test_blocks_of_two_seconds_count_and_the_rest_is_dropped():
    lon = np.concatenate([np.zeros(20), np.full(20, 3.0), np.zeros(20), np.full(19, 3.0)])
    assert smooth_share(motion(79, lon=lon)) == pytest.approx(2 / 3)
    assert smooth_share(motion(19, lon=3.0)) == 0.0 and smooth_share(motion(19)) == 1.0
    assert smooth_share(motion(3)) == 1.0


def write_metric_info(folder, samples, lon):
    folder.mkdir()
    value = {name: array.tolist() for name, array in motion(samples, lon=lon).items()}
    frames = {str(i): {name: value[name][i] for name in value} | {"location": [0, 0, 0]} for i in range(samples)}
    (folder / "metric_info.json").write_text(json.dumps(frames))


def test_routes_are_read_by_their_save_name(make_record, tmp_path):
    records = [replace(make_record(str(k)), save_name=f"run{k}") for k in range(3)]
    write_metric_info(tmp_path / "run0", 40, np.r_[np.zeros(20), np.full(20, 3.0)])
    write_metric_info(tmp_path / "run1", 20, 0.0)
    share, notes = smoothness(records, [tmp_path])
    assert share is None and "1 of 3 routes lack" in notes[0]
    write_metric_info(tmp_path / "run2", 2, 0.0)
    share, notes = smoothness(records, [tmp_path / "elsewhere", tmp_path])
    assert share == pytest.approx(75) and "leaves out 1 routes" in notes[0]


def test_samples_of_another_shape_are_refused(tmp_path):
    path = tmp_path / "metric_info.json"
    for text, said in (("[]", "one sample per frame"), ('{"0": {}}', "'acceleration'")):
        path.write_text(text)
        with pytest.raises(InputError, match=said):
            read_motion(path)
    vectors = dict.fromkeys(("acceleration", "angular_velocity", "forward_vector", "right_vector"), [0, 0])
    path.write_text(json.dumps({"5": vectors}))
    with pytest.raises(InputError, match="5.acceleration: found .* three numbers"):
        read_motion(path)
