"""E2EDFrame records: read as published, written back without loss, refused with a reason if they are something else."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waymo_wire import chunk, doubles, floats, number, packed, states

from lead import InputError
from lead.realworld.waymo.frame import (
    Camera,
    CameraCalibration,
    CameraImage,
    E2EDFrame,
    EgoStates,
    Intent,
    IntrinsicIndex,
)
from lead.realworld.waymo.frame_codec import decode_frame, decode_name, encode_frame
from lead.realworld.waymo.reading import index_frames, read_frame_names, read_frames, write_frames
from lead.realworld.waymo.tfrecord import write_records

PAST = chunk(6, states([-1.0, 0.0], [0.5, 0.0]))
seeds = st.integers(0, 2**32 - 1)


def numbers(seed: int, *shape: int) -> np.ndarray:
    """Values of all magnitudes, zeros of both signs among them; cheaper than a drawn array."""
    rng = np.random.default_rng(seed)
    return np.trunc(rng.normal(size=shape) * 10.0 ** rng.integers(-3, 30, shape)) / 7.0


@st.composite
def ego_states(draw, least: int = 0) -> EgoStates:
    count = draw(st.integers(least, 5))
    some = [count if draw(st.booleans()) else 0 for _ in range(3)]
    score = draw(st.none() | st.sampled_from([-1.0, 0.0, 7.5, 10.0]))
    seed = draw(seeds)
    return EgoStates(
        numbers(seed, count, 2), numbers(seed, some[0]), numbers(seed, some[1], 2), numbers(seed, some[2], 2), score
    )


@st.composite
def e2ed_frames(draw) -> E2EDFrame:
    cameras = draw(st.lists(st.sampled_from([*Camera, 17]), unique=True, max_size=4))
    calibrations = [
        CameraCalibration(
            camera,
            numbers(draw(seeds), 9),
            numbers(draw(seeds), 4, 4),
            draw(st.integers(0, 2000)),
            draw(st.integers(0, 2000)),
            draw(st.integers(0, 5)),
        )
        for camera in cameras
    ]
    return E2EDFrame(
        name=draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)) + "-012",
        past=draw(ego_states(least=1)),
        future=draw(ego_states()),
        intent=draw(st.sampled_from(Intent)),
        images=tuple(CameraImage(camera, draw(st.binary(max_size=30))) for camera in reversed(cameras)),
        calibrations=tuple(calibrations),
        preferences=tuple(draw(st.lists(ego_states(), max_size=3))),
        timestamp_micros=draw(st.integers(-(2**63), 2**63 - 1)),
    )


def assert_same(one: object, other: object) -> None:
    """Equal in all fields but what was not read."""
    assert type(one) is type(other)
    for entry in fields(one):
        a, b = getattr(one, entry.name), getattr(other, entry.name)
        if isinstance(a, tuple):
            assert len(a) == len(b)
            for x, y in zip(a, b):
                assert_same(x, y)
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, strict=True)
        elif isinstance(a, EgoStates):
            assert_same(a, b)
        elif entry.name != "unread":
            assert a == b, entry.name


@given(e2ed_frames())
def test_a_frame_comes_back_as_written_and_its_bytes_stay(frame):
    payload = encode_frame(frame)
    again = decode_frame(payload)
    assert_same(again, frame)
    assert encode_frame(again) == payload
    assert decode_name(payload) == frame.name


def published_frame(unpack: bool = False) -> bytes:
    """A record by the published numbers, with fields that we have no place for at every level."""
    line = floats if unpack else packed
    intrinsic, extrinsic = [float(k) for k in range(9)], [float(k) for k in range(16)]
    calibration = number(1, 3) + doubles(2, intrinsic) + chunk(3, doubles(1, extrinsic)) + number(4, 972)
    stats = chunk(4, chunk(3, "location_sf"))
    context = chunk(1, "abc-041") + chunk(2, calibration + number(5, 1079) + number(6, 1)) + stats
    image = number(1, 3) + chunk(2, b"jpeg") + chunk(3, doubles(1, extrinsic)) + doubles(6, [0.01])
    rear = number(1, 7) + chunk(2, b"rear") + doubles(6, [0.02])
    frame = chunk(1, context) + number(2, 5) + chunk(4, image) + chunk(4, rear) + number(1000, 42)
    motion = [(3, [0.5, 0.25]), (4, [8.0, 3.0]), (5, [0.0, 4.0]), (6, [1.0, 2.0]), (7, [0.0, -1.0])]
    past = b"".join(line(field, values) for field, values in [(1, [-2.0, 0.0]), (2, [0.25, 0.0]), *motion])
    rated = chunk(8, states([1.0, 2.0, 3.0], [0.0, 0.5, 1.0], 9.0)) + chunk(8, floats(8, [-1.0]))
    future = chunk(5, states([1.5], [0.5]) + packed(3, [0.125]))
    return chunk(1, frame) + future + chunk(6, past) + number(7, 2) + rated + chunk(99, "from the future")


@pytest.mark.parametrize("unpack", [False, True])
def test_published_field_numbers_are_read(unpack):
    frame = decode_frame(published_frame(unpack))
    assert (frame.name, frame.segment, frame.step, frame.timestamp_micros) == ("abc-041", "abc", 41, 5)
    assert frame.intent is Intent.GO_LEFT and frame.speed == 5.0
    assert frame.past.position_iso.tolist() == [[-2.0, 0.25], [0.0, 0.0]]
    assert frame.past.height_iso.tolist() == [0.5, 0.25]
    assert frame.past.velocity_iso.tolist() == [[8.0, 0.0], [3.0, 4.0]]
    assert frame.past.acceleration_iso.tolist() == [[1.0, 0.0], [2.0, -1.0]]
    assert frame.future.position_iso.tolist() == [[1.5, 0.5]] and frame.future.height_iso.tolist() == [0.125]
    assert frame.future.velocity_iso.shape == (0, 2)
    rated, place_holder = frame.preferences
    assert rated.preference_score == 9.0 and rated.position_iso.tolist() == [[1.0, 0.0], [2.0, 0.5], [3.0, 1.0]]
    assert rated.is_rated and not place_holder.is_rated and frame.is_rated
    assert frame.image(Camera.FRONT_RIGHT) == b"jpeg" and frame.image(Camera.REAR) == b"rear"
    calibration = frame.calibration(Camera.FRONT_RIGHT)
    assert calibration.intrinsic[IntrinsicIndex.K3] == 8.0 and calibration.vehicle_from_camera[0, 3] == 3.0
    assert (calibration.width, calibration.height, calibration.rolling_shutter_direction) == (972, 1079, 1)
    with pytest.raises(InputError, match="not <Camera.FRONT: 1>"):
        frame.image(Camera.FRONT)


def test_fields_without_a_place_here_are_written_back():
    payload = published_frame()
    written = encode_frame(decode_frame(payload))
    assert len(written) == len(payload)
    for kept in (
        chunk(99, "from the future"),
        number(1000, 42),
        chunk(4, chunk(3, "location_sf")),
        doubles(6, [0.01]),
        doubles(6, [0.02]),
    ):
        assert kept in payload and kept in written


def test_leaving_cameras_out_takes_what_belongs_to_them_along():
    frame = decode_frame(published_frame())
    slim = encode_frame(replace(frame, images=frame.images[1:]))
    assert doubles(6, [0.02]) in slim and doubles(6, [0.01]) not in slim
    assert [image.camera for image in decode_frame(slim).images] == [Camera.REAR]


def test_arrays_cannot_be_changed_in_place():
    frame = decode_frame(published_frame())
    with pytest.raises(ValueError, match="read-only"):
        frame.past.position_iso[0] = 0.0


def named(name: str = "abc-041", *more: bytes) -> bytes:
    return chunk(1, chunk(1, chunk(1, name)) + b"".join(more))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"", r"fields \[\]"),
        (b"\xff\xff\xff", "cannot be read"),
        (PAST, r"fields \[6\]"),
        (named(), r"fields \[1\]"),
        (doubles(1, [0.0, 0.1]) + chunk(5, "scenario"), "cannot be read|fields"),
        (named("abc-041") + PAST + number(7, 4), "intent 4, expected one of 0 UNKNOWN"),
        (named() + chunk(6, packed(1, [1.0, 2.0]) + packed(2, [1.0])), "2 x and 1 y of positions"),
        (named() + chunk(6, states([1.0], [1.0]) + packed(3, [1.0, 2.0])), "height of shape"),
        (named() + chunk(6, states([float("nan")], [1.0])), "position that is not finite"),
        (named("abc-041", chunk(4, number(1, 2)), chunk(4, number(1, 2))) + PAST, "each camera once"),
        (chunk(1, chunk(1, chunk(1, "abc-041") + chunk(2, number(1, 2)))) + PAST, "extrinsic of 0 numbers"),
    ],
)
def test_what_is_no_sound_frame_is_refused_with_its_place(payload, told):
    with pytest.raises(InputError, match=told) as caught:
        decode_frame(payload, "val.tfrecord: record 7 (counted from 0) at byte 99")
    assert str(caught.value).startswith("val.tfrecord: record 7 (counted from 0) at byte 99: ")


def small(name: str) -> E2EDFrame:
    return E2EDFrame(name, EgoStates([[0.0, 0.0]]))


def test_streams_go_through_files_and_folders_in_order(tmp_path):
    write_frames(tmp_path / "b.tfrecord-1", map(small, ["s-003"]))
    write_frames(tmp_path / "a.tfrecord-0", map(small, ["s-002", "t-001"]))
    (tmp_path / ".c.tfrecord-2.part").write_bytes(b"left by a killed writer")
    assert [frame.name for frame in read_frames(tmp_path)] == ["s-002", "t-001", "s-003"]
    assert [frame.name for frame in read_frames([tmp_path / "b.tfrecord-1"])] == ["s-003"]
    with pytest.raises(InputError, match="found no TFRecord file"):
        read_frames([tmp_path, tmp_path / "absent.tfrecord"])


def test_a_wrong_record_costs_no_frame_before_it_and_none_after_it_if_one_wishes(tmp_path):
    path = tmp_path / "val.tfrecord"
    write_records(path, [encode_frame(small("s-001")), b"not a frame", encode_frame(small("s-002"))])
    found = []
    with pytest.raises(InputError, match=rf"{path}: record 1 \(counted from 0\) at byte \d+: .*expected an E2EDFrame"):
        for frame in read_frames(path):
            found.append(frame.name)
    assert found == ["s-001"]
    told: list[InputError] = []
    assert [frame.name for frame in read_frames(path, told.append)] == ["s-001", "s-002"]
    assert len(told) == 1 and "record 1" in str(told[0])
    assert list(index_frames(path, told.append).segments) == ["s"]


def test_segments_are_gathered_from_all_files_in_order_of_time(tmp_path):
    write_frames(tmp_path / "0.tfrecord", map(small, ["s-010", "t-001", "s-002"]))
    write_frames(tmp_path / "1.tfrecord", map(small, ["s-009", "s-100"]))
    index = index_frames(tmp_path)
    assert [frame.step for frame in index.frames_of_segment("s")] == [2, 9, 10, 100]
    assert index.find("t-001").read().name == "t-001"
    for call in (lambda: index.find("s-003"), lambda: index.frames_of_segment("u")):
        with pytest.raises(InputError, match="fetch all files"):
            call()
    with pytest.raises(InputError, match="s-010 a second time"):
        index_frames([tmp_path, tmp_path / "0.tfrecord"])
    write_frames(tmp_path / "0.tfrecord", map(small, ["s-011"]))
    with pytest.raises(InputError, match="index the files again"):
        index.find("s-010").read()


def test_names_to_submit_are_read_from_both_lists(tmp_path):
    listed, mapped = tmp_path / "test_as_list.txt", tmp_path / "test.json"
    listed.write_text("55bf92e7-148\nd3b9492c-049\n\n")
    mapped.write_text('{"55bf92e7": 148, "d3b9492c": 49}')
    assert read_frame_names(listed) == read_frame_names(mapped) == ("55bf92e7-148", "d3b9492c-049")
    lists = [(listed, text) for text in ("a-1\na-1\n", "", "nodash\n")]
    maps = [(mapped, text) for text in ("[1]", "{", '{"a": 0.5}')]
    for path, text in lists + maps:
        path.write_text(text)
        with pytest.raises(InputError, match="expected"):
            read_frame_names(path)
