"""Rigs that ship, and what is said of rigs that are none."""

import numpy as np
import pytest

from lead import InputError
from lead.dataset.rig import rig_named, rig_names
from lead.expert.evidence.rig import STUDENT


def test_all_rigs_that_ship_can_be_had():
    assert {"tfv6-3cam", "tfv6-6cam", "navsim-4cam", "waymo-3cam", "nano"} <= set(rig_names())
    for name in rig_names():
        rig = rig_named(name)
        assert rig.name == name and len({camera.name for camera in rig.cameras}) == len(rig.cameras)


def test_the_default_rig_is_the_one_that_the_expert_reckons_with():
    rig = rig_named("tfv6-3cam")
    for ours, theirs in zip(rig.cameras, STUDENT.cameras, strict=True):
        np.testing.assert_allclose(ours.mount, theirs.mount)
        assert (ours.width, ours.height) == (theirs.width, theirs.height) and ours.focal == pytest.approx(theirs.focal)
    np.testing.assert_allclose(rig.radars, [radar.mount for radar in STUDENT.radars])
    np.testing.assert_allclose([lidar[:3] for lidar in rig.lidars], [STUDENT.lidar.mount[:3]] * 2)


def test_an_unknown_rig_is_answered_with_those_there_are():
    with pytest.raises(InputError, match="tfv6-3cam"):
        rig_named("tfv6-4cam")


EYE = '{"name": "a", "x": 0, "y": 0, "z": 2, "yaw": 0, "width": 8, "height": 8, "fov": 60}'
WIDE, TALL = EYE.replace("60", "190"), EYE.replace('"a"', '"b"').replace('"height": 8', '"height": 9')


@pytest.mark.parametrize(
    ("cameras", "said"), [("", "cameras"), (WIDE, "fov"), (f"{EYE}, {TALL}", "heights"), (EYE + "}", "JSON")]
)
def test_a_malformed_rig_is_told(tmp_path, cameras, said):
    path = tmp_path / "mine.json"
    path.write_text(f'{{"about": "", "cameras": [{cameras}]}}')
    with pytest.raises(InputError, match=said):
        rig_named(str(path))
