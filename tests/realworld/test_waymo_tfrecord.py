"""TFRecord files: what is written is read back, and no damage goes by unseen or takes sound records with it."""

import gzip
import struct
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead import InputError
from lead.realworld.waymo.tfrecord import masked_checksum, read_record, read_records, write_records

payload_lists = st.lists(st.binary(max_size=200), max_size=6)


def slow_crc32c(data: bytes) -> int:
    """Castagnoli's CRC bit by bit, reflected polynomial 0x82F63B78."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def read_until_fault(path) -> tuple[list[bytes], InputError | None]:
    found = []
    try:
        for record in read_records(path):
            found.append(record.payload)
    except InputError as error:
        return found, error
    return found, None


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("records") / "val.tfrecord-00000-of-00001"


@given(st.binary(max_size=64))
def test_checksums_are_masked_crc32c(data):
    crc = slow_crc32c(data)
    assert masked_checksum(data) == (((crc >> 15) | (crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) % 2**32


def test_bytes_are_those_of_the_format(path):
    write_records(path, [b"lead"])
    length = struct.pack("<Q", 4)
    assert path.read_bytes() == (
        length + struct.pack("<I", masked_checksum(length)) + b"lead" + struct.pack("<I", masked_checksum(b"lead"))
    )


@given(payload_lists)
def test_records_come_back_as_written_in_order_and_one_by_one(path, payloads):
    assert write_records(path, iter(payloads)) == len(payloads)
    records = list(read_records(path))
    assert [record.payload for record in records] == payloads
    assert [record.number for record in records] == list(range(len(payloads)))
    assert all(later.offset - record.offset == 16 + len(record.payload) for record, later in pairwise(records))
    assert [read_record(path, record.number, record.offset) for record in records] == records


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.data())
def test_a_file_cut_anywhere_gives_the_records_before_the_cut_and_says_where(path, payloads, data):
    write_records(path, payloads)
    whole = path.read_bytes()
    starts = [record.offset for record in read_records(path)] + [len(whole)]
    cut = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:cut])
    found, error = read_until_fault(path)
    kept = sum(end <= cut for end in starts[1:])
    assert found == payloads[:kept]
    if cut in starts:
        assert error is None  # nothing tells that there was more
    else:
        assert f"{path}: record {kept} (counted from 0) at byte {starts[kept]}: " in str(error)
        assert "cut short" in str(error) and "download the file again" in str(error)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.data())
@settings(max_examples=100)
def test_any_flipped_bit_is_found_and_later_sound_records_can_be_had(path, payloads, data):
    write_records(path, payloads)
    starts = [record.offset for record in read_records(path)]
    bad = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(bad) - 1))
    bad[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bad)
    hit = sum(start <= bit // 8 for start in starts) - 1
    found, error = read_until_fault(path)
    assert found == payloads[:hit]
    assert f"record {hit} (counted from 0) at byte {starts[hit]}" in str(error) and "checksum" in str(error)

    told: list[InputError] = []
    rest = [record.payload for record in read_records(path, told.append)]
    lost_way = bit // 8 - starts[hit] < 12  # in the length or its checksum
    assert rest == (payloads[:hit] if lost_way else payloads[:hit] + payloads[hit + 1 :])
    assert [str(fault) for fault in told] == [str(error)]


def test_a_length_beyond_the_file_takes_no_memory(path):
    length = struct.pack("<Q", 1 << 60)
    path.write_bytes(length + struct.pack("<I", masked_checksum(length)) + b"x")
    found, error = read_until_fault(path)
    assert not found and "cut short" in str(error)


def test_other_files_are_told_apart(path):
    path.write_bytes(gzip.compress(b"a TFRecord file"))
    assert "gunzip" in str(read_until_fault(path)[1])
    path.write_bytes(b"<!DOCTYPE html><title>Sign in</title>")
    assert "no TFRecord file" in str(read_until_fault(path)[1])


def test_a_writer_that_fails_leaves_what_was_there(path):
    def failing():
        yield b"new"
        raise RuntimeError("out of frames")

    write_records(path, [b"old"])
    with pytest.raises(RuntimeError):
        write_records(path, failing())
    assert [record.payload for record in read_records(path)] == [b"old"]
    assert list(path.parent.iterdir()) == [path]


STREAM = """
import resource, sys
from pathlib import Path
from lead.realworld.waymo.frame import CameraImage, E2EDFrame, EgoStates
from lead.realworld.waymo.reading import read_frames, write_frames
path, count = Path(sys.argv[1]), int(sys.argv[2])
past = EgoStates([[0.0, 0.0]])
image = bytes(250_000)
frames = (E2EDFrame(f"a-{k}", past, images=tuple(CameraImage(c, image) for c in range(1, 9))) for k in range(count))
assert write_frames(path, frames) == count
assert sum(len(frame.images) for frame in read_frames(path)) == 8 * count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_stays_flat_however_many_frames_there_are(path):
    few, many = (
        int(subprocess.run([sys.executable, "-c", STREAM, path, str(n)], capture_output=True, check=True).stdout)
        for n in (5, 60)
    )  # kB; 55 frames more are 110 MB more of images
    assert many - few < 10_000
