"""TFRecord files, one record at a time: each has its length and its bytes, and a masked CRC-32C of either.

    bytes     what
    8         length N of the payload, little endian
    4         masked CRC-32C of those 8 bytes
    N         payload
    4         masked CRC-32C of the payload

One record is in memory at a time, however large the file is.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO

import google_crc32c

from lead import InputError
from lead.whole_file import written_whole

HEADER = Struct("<QI")  # length of the payload, masked checksum of the length
FOOTER = Struct("<I")  # masked checksum of the payload
MASK = 0xA282EAD8  # added to a rotated checksum, so that checksums of data with checksums in it stay strong
GZIP = b"\x1f\x8b"  # how a gzip file begins
FETCH = "download the file again and compare its size and MD5 with those that the bucket lists"


@dataclass(frozen=True)
class Record:
    """The payload of a record, with the place where it stands: file, count from 0, byte at which it begins."""

    payload: bytes
    path: Path
    number: int
    offset: int

    @property
    def place(self) -> str:
        """The place as messages name it."""
        return place_of(self.path, self.number, self.offset)


def place_of(path: Path, number: int, offset: int) -> str:
    """A record's place as messages name it; `number` counts from 0."""
    return f"{path}: record {number} (counted from 0) at byte {offset}"


Damaged = Callable[[InputError], None]
"""What to do with the fault of a record that is stepped over."""


def read_records(path: Path, damaged: Damaged | None = None) -> Iterator[Record]:
    """The records of a TFRecord file in order, each checked.

    A fault raises InputError after all records before it were given. With `damaged` the fault goes there instead, and
    reading goes on with the next record; after a fault in a length nothing more of the file can be found, and it ends.
    Raises OSError on a file that cannot be opened.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        number = offset = 0
        while offset < size:
            place = place_of(path, number, offset)
            try:
                length = _read_length(file, place, offset, size)
            except InputError as error:
                return _tell(error, damaged)
            try:
                payload = _read_payload(file, place, length)
            except InputError as error:
                _tell(error, damaged)
            else:
                yield Record(payload, path, number, offset)
            number, offset = number + 1, offset + HEADER.size + length + FOOTER.size


def read_record(path: Path, number: int, offset: int) -> Record:
    """The one record that begins at byte `offset` of a file, checked; `number` is its count, for messages.

    Raises InputError on a fault, OSError on a file that cannot be opened.
    """
    place = place_of(path, number, offset)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(offset)
        length = _read_length(file, place, offset, size)
        return Record(_read_payload(file, place, length), path, number, offset)


def write_records(path: Path, payloads: Iterable[bytes]) -> int:
    """Write payloads as they come to a TFRecord file; returns how many. The file appears when it is whole."""
    count = 0
    with written_whole(path) as temporary, temporary.open("wb") as file:
        for payload in payloads:
            count += 1
            length = len(payload).to_bytes(8, "little")
            file.write(length + FOOTER.pack(masked_checksum(length)))
            file.write(payload)
            file.write(FOOTER.pack(masked_checksum(payload)))
    return count


def masked_checksum(data: bytes) -> int:
    """CRC-32C (Castagnoli) of `data`, rotated right by 15 bits and shifted by a constant, as TFRecords hold it."""
    checksum = google_crc32c.value(data)
    return ((checksum >> 15 | checksum << 17) + MASK) & 0xFFFFFFFF


def _tell(error: InputError, damaged: Damaged | None) -> None:
    if damaged is None:
        raise error
    damaged(error)


def _read_payload(file: BinaryIO, place: str, length: int) -> bytes:
    payload = file.read(length)
    (checksum,) = FOOTER.unpack(file.read(FOOTER.size))
    if checksum != masked_checksum(payload):
        raise InputError(
            f"{place}: found a payload of {length} bytes that does not match its checksum, expected one that does: "
            f"bits have changed; {FETCH}"
        )
    return payload


def _read_length(file: BinaryIO, place: str, offset: int, size: int) -> int:
    """Length of the payload that begins here, all of which is in the file; `size` is the file's."""
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        raise InputError(
            f"{place}: found the end of the file after {len(header)} bytes, expected {HEADER.size} with the record's "
            f"length: the file is cut short; {FETCH}"
        )
    length, checksum = HEADER.unpack(header)
    if checksum != masked_checksum(header[:8]):
        if offset == 0 and header.startswith(GZIP):
            raise InputError(f"{place}: found a gzip file, expected a plain TFRecord file; unpack it with gunzip")
        what = "this is no TFRecord file, or its" if offset == 0 else "the"
        raise InputError(
            f"{place}: found a length that does not match its checksum, expected one that does: {what} bytes have "
            f"changed, and later records cannot be found; {FETCH}"
        )
    need = offset + HEADER.size + length + FOOTER.size
    if need > size:
        raise InputError(
            f"{place}: found the end of the file at byte {size}, expected it at {need} or later: the file is cut short "
            f"in a record of {length} bytes; {FETCH}"
        )
    return length
