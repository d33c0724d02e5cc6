"""Frames come back as they were written, whatever happens to the program that writes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lead import InputError
from lead.dataset.columns import COLUMNS, frame_from_arrow, frame_to_arrow
from lead.dataset.frame import LIDAR_UNIT, Boxes, Cloud, Ego, View
from lead.dataset.header import header_from_json, header_to_json
from lead.dataset.route_file import RouteFile
from lead.dataset.schema import DOC_KEY, SCHEMA_VERSION, arrow_schema
from lead.dataset.writer import FRAMES, FrameWriter
from tests.dataset import made

SCHEMA = arrow_schema(COLUMNS, header_to_json(made.header()))


@st.composite
def any_boxes(draw):
    """Boxes with arbitrary values."""
    n = draw(st.integers(0, 6))

    def values(kind, shape):
        dtype = np.dtype(kind)
        wide = st.floats(-1e6, 1e6, width=32) if dtype.kind == "f" else None
        return draw(npst.arrays(dtype, shape, elements=wide))

    names = tuple(draw(st.lists(st.text(max_size=8), min_size=n, max_size=n)))
    columns = {"id": values("i8", n), "kind": values("i1", n), "flags": values("u2", n), "pose": values("f8", (n, 6))}
    columns |= {"extent": values("f4", (n, 3)), "evidence": values("i4", (n, 3)), "type_id": names}
    return made.boxes(n, **columns)


@given(any_boxes(), npst.arrays(np.float64, 6, elements=st.floats(-1e9, 1e9)), st.binary(max_size=50) | st.none())
@settings(deadline=None)
def test_a_frame_comes_back(boxes, pose, picture):
    radar = np.arange(8, dtype=np.float16).reshape(2, 4) if picture else None
    view = View(picture, None, picture, radar, None if radar is None else np.array([0, 3], np.uint8))
    nothing = np.zeros(3, np.float32)
    written = made.frame(boxes=boxes, view=view, ego=Ego(pose, nothing, nothing, nothing, 1.5, nothing), cloud=None)
    made.same(written, frame_from_arrow(frame_to_arrow(written, SCHEMA)))


@given(npst.arrays(np.float64, st.tuples(st.integers(0, 40), st.just(3)), elements=st.floats(-100, 100)))
def test_points_stay_within_half_a_unit(points):
    cloud = Cloud.of(points, np.arange(len(points)) % 5)
    order = np.lexsort(np.column_stack([np.arange(len(points)) % 5, np.round(points / LIDAR_UNIT)[:, ::-1]]).T)
    assert np.abs(cloud.points - points[order]).max(initial=0.0) <= 0.5 * LIDAR_UNIT + 1e-9
    np.testing.assert_array_equal(cloud.age, order % 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ego": Ego(np.zeros(5), np.zeros(3), np.zeros(3), np.zeros(3), 0.0, np.zeros(3))},
        {"boxes": made.boxes(2, evidence=np.zeros((2, 3)))},
        {"time": None},
    ],
)
def test_malformed_frames_are_refused(wrong):
    with pytest.raises(InputError, match="expected"):
        frame_to_arrow(made.frame(**wrong), SCHEMA)


def test_every_column_is_documented_in_the_file(tmp_path):
    made.write(tmp_path, [made.frame()])
    for field in pa.ipc.open_file(tmp_path / FRAMES).schema:
        assert len(field.metadata[DOC_KEY]) > 10, field.name


def test_parts_are_read_alone(tmp_path):
    boxes = made.boxes(3, id=np.array([5, 6, 9]))
    made.write(tmp_path, [made.frame(k, boxes=boxes) for k in range(4)])
    route = RouteFile(tmp_path)
    assert route.is_complete and len(route) == 4 and route.header == made.header()
    assert route.part(2, Boxes, "boxes").id.tolist() == [5, 6, 9]
    poses, ticks = route.ego_poses(range(4))
    assert ticks.tolist() == [0, 5, 10, 15] and poses[:, 0].tolist() == [0.0, 2.5, 5.0, 7.5]
    assert route.seen(1, perturbed=True, cloud=False).cloud is None
    with pytest.raises(IndexError):
        route.frame(4)


def test_frames_are_written_in_order_and_never_over_others(tmp_path):
    with FrameWriter(tmp_path, made.header()) as writer:
        writer.append(made.frame(3))
        with pytest.raises(InputError, match="tick 15 after tick 15"):
            writer.append(made.frame(3))
    with pytest.raises(InputError, match="already"):
        FrameWriter(tmp_path, made.header())


@given(st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_file_keeps_all_whole_frames(tmp_path, share):
    folder = tmp_path / f"{share}"
    sizes = []
    with FrameWriter(folder, made.header()) as writer:
        for k in range(5):
            writer.append(made.frame(k))
            sizes.append(writer.path.stat().st_size)
    path = folder / FRAMES
    cut = int(share * sizes[-1])
    os.truncate(path, cut)
    whole = sum(size <= cut for size in sizes)
    try:
        route = RouteFile(folder)
    except InputError as error:
        assert whole == 0 and "no frames" in str(error)
        return
    assert len(route) == whole and not route.is_complete
    for k in range(whole):
        made.same(route.frame(k), made.frame(k))


def test_a_kill_loses_at_most_the_frame_being_written(tmp_path):
    script = (
        "from pathlib import Path; from tests.dataset import made; from lead.dataset.writer import FrameWriter\n"
        f"writer = FrameWriter(Path({str(tmp_path)!r}), made.header())\n"
        "for k in range(10**6):\n    writer.append(made.frame(k)); print(k, flush=True)"
    )
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root)
    for line in process.stdout:
        if int(line) >= 20:
            break
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    told = [int(line) for line in process.stdout.read().split()]
    process.wait()
    route = RouteFile(tmp_path)
    assert not route.is_complete
    assert len(route) >= max(told, default=20) + 1
    made.same(route.frame(len(route) - 1), made.frame(len(route) - 1))


@pytest.mark.parametrize("content", [b"", b"ARROW1\0\0", b"not a file of frames" * 50])
def test_what_is_no_file_of_frames_is_refused(tmp_path, content):
    (tmp_path / FRAMES).write_bytes(content)
    with pytest.raises(InputError, match=FRAMES):
        RouteFile(tmp_path)


def test_another_schema_version_is_refused(tmp_path):
    made.write(tmp_path, [made.frame()])
    path = tmp_path / FRAMES
    key = b"lead.schema_version"
    table = pa.ipc.open_file(path).read_all()
    table = table.replace_schema_metadata({**table.schema.metadata, key: b"99"})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(InputError, match=f"schema version 99; expected {SCHEMA_VERSION}"):
        RouteFile(tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"route": 1}', header_to_json(made.header()).replace(b'"seed"', b'"sead"')]
)
def test_a_malformed_header_is_named(text):
    with pytest.raises(InputError, match="the header of here cannot be read"):
        header_from_json(text, "here")


def test_a_header_comes_back():
    assert header_from_json(header_to_json(made.header()), "here") == made.header()
