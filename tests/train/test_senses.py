"""What a student learnt with is told by its data, and comes back from its file."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from lead.dataset.header import Mounted
from lead.dataset.order import Order, Part
from lead.dataset.routes import Pool, RouteEntry
from lead.dataset.sample import SampleSettings
from lead.dataset.stream import SampleStream
from lead.model.variants import variant
from lead.train.config import DataConfig
from lead.train.senses import assumed_senses, read_senses, senses_of, write_senses
from tests.dataset.made import header, mounted


def samples(**told: object) -> SampleStream:
    """A stream of one frame of a route with that header."""
    route = RouteEntry(
        Path("7"), 1, "Village", (), "ClearNoon", True, lambda folder: SimpleNamespace(header=header(**told))
    )
    pool = Pool((route,), np.zeros(1, np.int32), np.zeros(1, np.int32))
    return SampleStream(Order([Part(pool)]), SampleSettings(), roads=lambda *_: None)


def test_the_recorded_rig_and_quality_are_kept_and_come_back(tmp_path: Path):
    whole = assumed_senses(variant("resnet34")).rig
    told = senses_of(
        samples(jpeg_quality=77, rig=whole), DataConfig(pop_distance=5.0, noisy_points=True), variant("resnet34")
    )
    assert (told.rig, told.jpeg_quality, told.pop_distance, told.noisy_points) == (whole, 77, 5.0, True)
    write_senses(tmp_path, told)
    assert read_senses(tmp_path, variant("resnet34")) == told
    assert read_senses(tmp_path / "elsewhere", variant("resnet34")).jpeg_quality == 50


def test_recordings_that_say_no_rig_were_made_with_the_models():
    told = senses_of(samples(rig=Mounted("published", ()), jpeg_quality=30), DataConfig(), variant("resnet34"))
    assert told.rig == assumed_senses(variant("resnet34")).rig and told.jpeg_quality == 30
    assert [c.mount for c in told.rig.cameras] == [c.mount for c in mounted().cameras]
