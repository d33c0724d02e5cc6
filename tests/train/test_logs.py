"""Logs can be read by others, and hold each step once."""

import struct

from google_crc32c import value as crc32c
from synthetic import Synthetic, small, stage
from tensorboardX.proto.event_pb2 import Event

from lead.train.logs import Log, read_table
from lead.train.loop import train_stage


def events(folder):
    """(tag, step, value) of all event files."""
    found = []
    for path in sorted((folder / "events").iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            record, checksum = content[12 : 12 + length], struct.unpack("<I", content[12 + length : 16 + length])[0]
            masked = crc32c(record)
            assert checksum == (((masked >> 15) | (masked << 17)) + 0xA282EAD8) & 0xFFFFFFFF
            event = Event.FromString(record)
            found += [(value.tag, event.step, value.simple_value) for value in event.summary.value]
            content = content[16 + length :]
    return found


def test_tables_and_events_tell_the_same(tmp_path):
    train_stage(stage(epochs=2), Synthetic(small(), 4), Synthetic(small(), 2), tmp_path)
    told = {(tag, step): value for tag, step, value in events(tmp_path)}
    for name in ("train", "validation"):
        for row in read_table(tmp_path / f"{name}.csv"):
            for key in row.keys() - {"step"}:
                assert abs(told[f"{name}/{key}", int(row["step"])] - float(row[key])) <= 1e-5 * abs(float(row[key]))
    assert [int(row["step"]) for row in read_table(tmp_path / "train.csv")] == [2, 4]
    assert all(0.0 <= float(row["data_wait"]) <= 1.0 for row in read_table(tmp_path / "train.csv"))


def test_lines_after_the_step_to_go_on_from_are_dropped(tmp_path):
    log = Log(tmp_path)
    for step in (1, 2, 3):
        log.write("train", step, {"loss": 1.0 / step})
    log.close()
    log = Log(tmp_path, 2)
    log.write("train", 3, {"loss": 9.0})
    log.close()
    assert [(row["step"], row["loss"]) for row in read_table(tmp_path / "train.csv")] == [
        ("1", "1"),
        ("2", "0.5"),
        ("3", "9"),
    ]
