"""Protocol-buffer bytes by hand: field numbers and wire types as published, to judge our messages from outside."""

import struct


def varint(value: int) -> bytes:
    """A base-128 number, lowest seven bits first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, value: bytes | str) -> bytes:
    """A string, bytes or a message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field: int, values: list[float]) -> bytes:
    return chunk(field, struct.pack(f"<{len(values)}f", *values))


def floats(field: int, values: list[float]) -> bytes:
    """Floats one by one."""
    return b"".join(varint(field << 3 | 5) + struct.pack("<f", value) for value in values)


def doubles(field: int, values: list[float]) -> bytes:
    """Doubles one by one, as proto2 writes them."""
    return b"".join(varint(field << 3 | 1) + struct.pack("<d", value) for value in values)


def states(x: list[float], y: list[float], score: float | None = None) -> bytes:
    """`EgoTrajectoryStates` with positions alone."""
    return packed(1, x) + packed(2, y) + (b"" if score is None else floats(8, [score]))
