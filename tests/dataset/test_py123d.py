"""Routes as py123d logs and back: what both know is equal, in frames that turn the other way round."""

from dataclasses import replace

import cv2
import msgpack
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.dataset.codecs import decode_rgb, encode_rgb
from lead.dataset.frame import Cloud, View
from lead.dataset.kinds import BoxKind
from lead.dataset.py123d import layout
from lead.dataset.py123d.export import export_route
from lead.dataset.py123d.load import import_log
from lead.dataset.route_file import RouteFile
from lead.geometry.poses import rotation_matrix
from tests.dataset import made

angle = st.floats(-1.5, 1.5)


@given(x=st.floats(-100, 100), y=st.floats(-100, 100), pitch=angle, yaw=st.floats(-3.1, 3.1), roll=angle)
def test_poses_turn_round_and_back(x, y, pitch, yaw, roll):
    pose = np.array([x, y, 3.0, pitch, yaw, roll])
    for optical in (False, True):
        again = layout.own_pose(layout.iso_pose(pose, optical), optical)
        np.testing.assert_allclose(again[:3], pose[:3])
        np.testing.assert_allclose(rotation_matrix(*again[3:]), rotation_matrix(*pose[3:]), atol=1e-9)


def test_a_turn_to_the_right_is_negative_there_and_the_camera_looks_along_its_z():
    turned = layout.iso_pose(np.array([1.0, 2.0, 3.0, 0.0, np.radians(30.0), 0.0]))
    np.testing.assert_allclose(turned, [1.0, -2.0, 3.0, np.cos(np.radians(15.0)), 0.0, 0.0, -np.sin(np.radians(15.0))])
    ahead = layout.OPTICAL @ [0.0, 0.0, 1.0]
    np.testing.assert_allclose(ahead, [1.0, 0.0, 0.0])


def test_cameras_are_named_by_where_they_look():
    names = layout.camera_keys(np.radians([-57.5, 0.0, 57.5, 122.5, 180.0, -122.5]))
    assert names == ["pcam_l0", "pcam_f0", "pcam_r0", "pcam_r1", "pcam_b0", "pcam_l1"]


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """A route with a picture, a cloud and boxes; its log; and the route made of that."""
    folder = tmp_path_factory.mktemp("py123d")
    rig = replace(made.mounted(), lidars=((0.0, 0.0, 2.5, 0.0, 0.0, 0.0),))
    picture = cv2.resize(np.random.default_rng(0).integers(0, 255, (4, 9, 3), np.uint8), (3 * 384, 384))
    points = np.random.default_rng(1).uniform([5.0, -20.0, 1.0], [40.0, 20.0, 6.0], (300, 3))
    seen = {"view": View(rgb=encode_rgb(picture, 95)), "cloud": Cloud.of(points, np.zeros(300, np.uint8))}
    kind = np.array([BoxKind.VEHICLE, BoxKind.WALKER, BoxKind.LIGHT], np.int8)
    pose = np.array(
        [[30.0, -3.0, 0.0, 0.0, 0.4, 0.0], [12.0, 5.0, 0.0, 0.0, -2.0, 0.0], [50.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    )
    extent = np.array([[2.0, 0.9, 0.7], [0.3, 0.3, 0.9], [1.5, 1.5, 0.5]])
    boxes = made.boxes(3, kind=kind, pose=pose, extent=extent)
    frames = [made.frame(row, boxes=boxes, **seen) for row in (1, 2, 3, 4)]
    route = RouteFile(made.write(folder / "routes" / "7", frames, rig=rig))
    log = export_route(route, folder / "logs")
    return route, log, RouteFile(import_log(log, folder / "again"))


def test_ego_boxes_and_pictures_come_back(logged):
    route, _, again = logged
    assert len(again) == len(route) and again.header.ticks_per_frame == 5
    there, here = route.header.rig.cameras, again.header.rig.cameras
    assert [camera.name for camera in there] == [camera.name for camera in here]
    for row in range(len(route)):
        first, second = route.frame(row), again.frame(row)
        assert second.tick == first.tick - route.frame(0).tick
        np.testing.assert_allclose(second.ego.pose, first.ego.pose, atol=1e-6)
        assert second.ego.speed == pytest.approx(first.ego.speed)
        assert sorted(second.boxes.kind.tolist()) == [BoxKind.VEHICLE, BoxKind.WALKER]
        for n, kind in enumerate(second.boxes.kind.tolist()):
            (m,) = np.flatnonzero(first.boxes.kind == kind)
            np.testing.assert_allclose(second.boxes.pose[n], first.boxes.pose[m], atol=1e-6)
            np.testing.assert_allclose(second.boxes.extent[n], first.boxes.extent[m], atol=1e-6)
        was, now = (decode_rgb(frame.view.rgb).astype(float) for frame in (first, second))
        assert np.abs(was - now).mean() < 3.0


def test_points_lie_where_they_were(logged):
    route, _, again = logged
    was, now = (set(map(tuple, np.round(f.frame(1).cloud.points[:, :2]).tolist())) for f in (route, again))
    assert len(was & now) > 0.5 * len(was)


def test_every_file_says_what_it_holds(logged):
    _, log, _ = logged
    found = {path.stem for path in log.glob("*.arrow")}
    assert {"sync", "ego_state_se3", "box_detections_se3", "camera.pcam_f0", "lidar.lidar_merged"} <= found
    for path in log.glob("*.arrow"):
        table = pa.ipc.open_file(path).read_all()
        assert msgpack.unpackb(table.schema.metadata[b"metadata"])
        assert f"{path.stem}.timestamp_us" in table.column_names
    moments = pa.ipc.open_file(log / "sync.arrow").read_all()
    assert len(moments) == 4 and moments["ego_state_se3"].to_pylist() == [0, 1, 2, 3]


def test_what_is_no_log_is_told(logged, tmp_path):
    route, log, _ = logged
    with pytest.raises(InputError, match="holds a log already"):
        export_route(route, log.parent.parent)
    (tmp_path / "sync.arrow").write_bytes(b"nothing")
    with pytest.raises(InputError, match="sync.arrow"):
        import_log(tmp_path, tmp_path / "out")
