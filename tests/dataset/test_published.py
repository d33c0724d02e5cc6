"""Data in the published layout gives the samples that our own gives; pickles that ask for more are refused."""

import lzma
import os
import pickle
from dataclasses import fields

import numpy as np
import pytest

from lead import InputError
from lead.dataset.box_labels import BoxLabels
from lead.dataset.published.pickles import read_pickle
from lead.dataset.published.route import PublishedRoute, published_routes
from lead.dataset.route_file import RouteFile
from lead.dataset.sample import SampleSettings, make_sample
from tests.dataset import made
from tests.dataset.published_writer import put, write_published
from tests.dataset.street import drive


def no_roads(recording, pose, window):
    """Roads of a town that has none."""
    return np.zeros((window.rows, window.columns), np.uint8)


@pytest.mark.parametrize("perturbed", [False, True])
@pytest.mark.parametrize("noisy", [False, True])
def test_both_layouts_give_equal_samples(tmp_path, perturbed, noisy):
    frames, settings = drive(), SampleSettings(noisy_points=noisy)
    ours = RouteFile(made.write(tmp_path / "ours", frames))
    theirs = PublishedRoute(write_published(tmp_path / "theirs", made.header(), frames))
    assert len(theirs) == len(ours)
    for row in (0, 9):
        a = make_sample(ours, row, perturbed, settings, no_roads)
        b = make_sample(theirs, row, perturbed, settings, no_roads)
        for entry in fields(a):
            left, right = getattr(a, entry.name), getattr(b, entry.name)
            if isinstance(left, BoxLabels):
                assert_equal_boxes(left, right)
            elif isinstance(left, np.ndarray) and left.dtype.kind == "f":
                np.testing.assert_allclose(right, left, atol=2e-5, err_msg=entry.name)
            elif isinstance(left, np.ndarray):
                np.testing.assert_array_equal(right, left, entry.name)
            elif entry.name != "recording":
                assert right == pytest.approx(left, abs=1e-5), entry.name


def assert_equal_boxes(left, right):
    for name, value in vars(left).items():
        if name != "flags":
            np.testing.assert_allclose(getattr(right, name), value, atol=2e-5, err_msg=name)


def test_published_routes_are_found_with_their_verdict(tmp_path):
    folder = write_published(tmp_path, made.header(), drive(3))
    (route,) = published_routes(tmp_path)
    assert (route.frames, route.town, route.situations, route.kept) == (3, "Village", ("Accident",), True)
    assert len(route.opened(route.folder)) == 3
    (folder / "results.json").unlink()
    assert not published_routes(tmp_path)[0].kept


class Hostile:
    """Runs a command when it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch harmed",)


@pytest.mark.parametrize(
    "value", [Hostile(), {"speed": [Hostile()]}, np.array([Hostile()], object), print, InputError("x")]
)
def test_hostile_pickles_are_refused(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "meta.pkl"
    put(path, value)
    with pytest.raises(InputError, match="meta.pkl is refused: it asks for"):
        read_pickle(path)
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_pickles_are_read(tmp_path, protocol):
    value = {
        "a": [1, 2.5, "x", None, True, (3, b"y")], "array": np.arange(6, dtype=np.float16).reshape(2, 3),
        "number": np.float64(2.5), "names": np.array(["a", "bc"]), "set": {1, 2},
    }  # fmt: skip
    path = tmp_path / "meta.pkl"
    path.write_bytes(lzma.compress(pickle.dumps(value, protocol)))
    read = read_pickle(path)
    assert read["a"] == value["a"] and read["number"] == 2.5 and read["set"] == {1, 2}
    np.testing.assert_array_equal(read["array"], value["array"])
    assert read["names"].tolist() == ["a", "bc"]


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"\x00" + data[1:], lambda data: b""])
def test_damaged_pickles_are_named(tmp_path, damage):
    path = tmp_path / "meta.pkl"
    put(path, {"a": list(range(1000))})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match="meta.pkl"):
        read_pickle(path)
