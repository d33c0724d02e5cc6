"""NAVSIM's cache: read as the devkit writes it, its frames turned into CARLA's and back, and nothing run that is in it."""

import gzip
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.realworld.label_maps import NavsimBev, Turn
from lead.realworld.navsim.cache import FEATURE, TARGET, find_entries, read_entry, write_entry
from lead.realworld.navsim.samples import carla_layout, navsim_layout, picture_of, sample_of, status_of
from lead.train.labels import IGNORED

STATUS = torch.tensor([1.0, 0, 0, 0, 3.0, 4.0, 0.6, -0.8])


def feature():
    picture = np.zeros((270, 1920, 3), np.uint8)
    picture[:, :960, 0] = 200  # red on the left, if the first channel is red
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return {
        "camera_feature": encoded,
        "status_feature": STATUS,
        "lidar_feature": torch.ones(1, 4, 4),
    }


def target(tensors=True):
    poses = np.stack([np.arange(1, 9), 0.5 * np.arange(1, 9), 0.1 * np.arange(1, 9)], 1).astype(np.float32)
    states, labels = np.zeros((30, 5), np.float32), np.zeros(30, bool)
    states[0], labels[0] = [10.0, 4.0, 0.3, 4.5, 2.0], True
    bev = np.zeros((256, 256), np.int64)
    bev[200, 190] = NavsimBev.VEHICLE  # 18 m ahead, 15.5 m to the left
    values = {"trajectory": poses, "agent_states": states, "agent_labels": labels, "bev_semantic_map": bev}
    return {name: torch.from_numpy(value) if tensors else value for name, value in values.items()}


@pytest.fixture
def entry(tmp_path):
    folder = tmp_path / "log" / "token"
    write_entry(folder / FEATURE, feature())
    write_entry(folder / TARGET, target())
    return find_entries(tmp_path)[0]


@pytest.mark.parametrize("tensors", [True, False])
def test_tensors_and_arrays_come_back(tmp_path, tensors):
    write_entry(tmp_path / TARGET, target(tensors))
    read = read_entry(tmp_path / TARGET)
    for name, value in target(False).items():
        np.testing.assert_array_equal(read[name], value, name)
        assert read[name].dtype == value.dtype


def test_it_can_be_read_as_the_devkit_reads_it(tmp_path):
    write_entry(tmp_path / TARGET, target())
    with gzip.open(tmp_path / TARGET) as file:
        read = pickle.load(file)
    assert torch.equal(read["trajectory"], target()["trajectory"])


def test_a_sample_is_in_carlas_axes(entry):
    sample = sample_of(entry)
    assert (entry.log, entry.token, sample.turn, sample.speed, sample.acceleration) == (
        "log", "token", Turn.LEFT, 5.0, pytest.approx(1.0),
    )  # fmt: skip
    np.testing.assert_allclose(sample.future.waypoints[1], [2.0, -1.0])
    np.testing.assert_allclose(sample.future.headings[1], -0.2)
    np.testing.assert_allclose(sample.navsim.boxes, [[10.0, -4.0, -0.3, 4.5, 2.0]])
    assert sample.rgb[0, 100, 100] > 150 and sample.rgb[2, 100, 100] < 50  # red stays red


def test_a_cell_of_the_map_is_where_it_was():
    bev = np.zeros((256, 256), np.int64)
    bev[200, 190] = NavsimBev.VEHICLE
    rows, columns = np.nonzero(carla_layout(bev))
    y, x = -32 + 0.25 * (rows[0] + 0.5), -32 + 0.25 * (columns[0] + 0.5)
    assert (x, y) == pytest.approx((-32 + 0.25 * 200.5, 32 - 0.25 * 190.5))  # forward alike, left is minus right


@given(st.integers(0, 2**32 - 1))
def test_layouts_round_trip(seed):
    bev = np.random.default_rng(seed).integers(0, 7, (256, 256)).astype(np.uint8)
    assert np.array_equal(navsim_layout(carla_layout(bev)), bev)
    assert np.array_equal(carla_layout(navsim_layout(bev)), bev)


def test_behind_a_front_map_nothing_is_known():
    bev = carla_layout(np.ones((128, 256), np.int64))
    assert (bev[:, :128] == IGNORED).all() and (bev[:, 128:] == NavsimBev.ROAD).all()


def test_no_command_is_unknown():
    status = STATUS.numpy().copy()
    status[:4] = 0.0
    assert status_of(status)[0] is Turn.UNKNOWN


class Hostile:
    """A pickle that would run something."""

    def __reduce__(self):
        return Path("/tmp").mkdir, ()


@pytest.mark.parametrize(
    ("write", "fault"),
    [
        (lambda path: write_entry(path, {"camera_feature": Hostile()}), "it asks for"),
        (lambda path: path.write_bytes(b"not gzip"), "no whole gzip"),
        (lambda path: path.write_bytes(gzip.compress(pickle.dumps(feature()))[:-20]), "no whole gzip"),
        (lambda path: path.write_bytes(gzip.compress(b"no pickle")), "is refused"),
        (lambda path: path.write_bytes(gzip.compress(pickle.dumps([1, 2]))), "found list"),
    ],
)
def test_other_files_are_refused_with_a_reason(tmp_path, write, fault):
    path = tmp_path / FEATURE
    write(path)
    with pytest.raises(InputError, match=fault):
        read_entry(path)


def test_other_features_are_refused(tmp_path):
    with pytest.raises(InputError, match="expected JPEG bytes"):
        picture_of(np.zeros((3, 256, 1024), np.float32))
    with pytest.raises(InputError, match="expected 0 to 6"):
        carla_layout(np.full((256, 256), 9))
    with pytest.raises(InputError, match=r"found a map of shape \(4, 4\)"):
        carla_layout(np.zeros((4, 4)))
    with pytest.raises(InputError, match="found no LOG/TOKEN"):
        find_entries(tmp_path)
