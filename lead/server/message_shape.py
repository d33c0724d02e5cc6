"""The shape of incoming msgpack, checked byte by byte before anything is decoded.

Three kilobytes can announce a thousand lists of 65,535 items within each other, and a decoder makes room for all of
them: half a gigabyte. So a scan that allocates nothing walks ahead of the decoder and says when a message is nested
deeper, or announces more items, than any client's request. Layout: the MessagePack specification, "Formats".
"""

from enum import IntEnum

import numba
import numpy as np
from numpy.typing import NDArray

DEPTH_LIMIT = 64  # lists within lists; eight spawns within each other's do_after are about 40 deep
ITEM_LIMIT = 1 << 19  # items of all lists of one message; a batch of thousands of spawns with all attributes


class Fault(IntEnum):
    """Why a message is refused."""

    NONE = 0
    TOO_DEEP = 1
    TOO_MANY = 2
    EXTENSION = 3


class _State(IntEnum):
    """Columns of the scan's memory between two pieces of a message."""

    DEPTH = 0  # lists and maps that are open
    SKIP = 1  # bytes still to come of a number or text
    LENGTH_BYTES = 2  # bytes still to come of a length
    LENGTH = 3  # the length as far as it has come
    PER_ITEM = 4  # values per announced item: 1 in a list, 2 in a map, 0 for the bytes of a text
    ITEMS = 5  # announced by this message so far


_DEPTH, _SKIP, _LENGTH_BYTES, _LENGTH, _PER_ITEM, _ITEMS = (int(column) for column in _State)
_TOO_DEEP, _TOO_MANY, _EXTENSION = int(Fault.TOO_DEEP), int(Fault.TOO_MANY), int(Fault.EXTENSION)
MEANING = {
    Fault.TOO_DEEP: f"lists more than {DEPTH_LIMIT} deep",
    Fault.TOO_MANY: f"more than {ITEM_LIMIT} items in one message; send a large batch in parts",
    Fault.EXTENSION: "a msgpack extension type",
}


class MessageShape:
    """Follows the messages of one connection, in whatever pieces they arrive."""

    def __init__(self) -> None:
        self._state = np.zeros(len(_State), np.int64)
        self._open = np.zeros(DEPTH_LIMIT, np.int64)  # values still to come in each open list or map

    def check(self, data: bytes) -> None:
        """Scan the next piece.

        Raises:
            ValueError: the message is nested too deeply or announces too much.
        """
        fault = scan(np.frombuffer(data, np.uint8), self._state, self._open)
        if fault:
            raise ValueError(f"found {MEANING[Fault(fault)]}")


@numba.njit(cache=True)
def _value_ended(state: NDArray[np.int64], open_lists: NDArray[np.int64]) -> None:
    """Count one value off the innermost list, and the lists that end with it."""
    while state[_DEPTH] > 0:
        open_lists[state[_DEPTH] - 1] -= 1
        if open_lists[state[_DEPTH] - 1] > 0:
            return
        state[_DEPTH] -= 1
    state[_ITEMS] = 0


@numba.njit(cache=True)
def _announced(state: NDArray[np.int64], open_lists: NDArray[np.int64], length: int, per_item: int) -> int:
    """A text, list or map of `length` begins; returns the fault."""
    if per_item == 0:
        state[_SKIP] = length
        _value_ended(state, open_lists)
        return 0
    state[_ITEMS] += length * per_item
    if state[_ITEMS] > ITEM_LIMIT:
        return _TOO_MANY
    if length == 0:
        _value_ended(state, open_lists)
        return 0
    if state[_DEPTH] == open_lists.shape[0]:
        return _TOO_DEEP
    open_lists[state[_DEPTH]] = length * per_item
    state[_DEPTH] += 1
    return 0


@numba.njit(cache=True)
def scan(data: NDArray[np.uint8], state: NDArray[np.int64], open_lists: NDArray[np.int64]) -> int:
    """Follow `data` (bytes,) from where `state` and `open_lists` (depth,) stand; both go on. Returns a `Fault`."""
    at, size = 0, data.shape[0]
    while at < size:
        if state[_SKIP] > 0:
            step = min(state[_SKIP], size - at)
            state[_SKIP] -= step
            at += step
            continue
        byte = int(data[at])
        at += 1
        fault = 0
        if state[_LENGTH_BYTES] > 0:
            state[_LENGTH] = state[_LENGTH] * 256 + byte
            state[_LENGTH_BYTES] -= 1
            if state[_LENGTH_BYTES] == 0:
                fault = _announced(state, open_lists, state[_LENGTH], state[_PER_ITEM])
        elif byte < 0x80 or byte >= 0xE0 or 0xC0 <= byte <= 0xC3:  # small numbers, nil, booleans
            _value_ended(state, open_lists)
        elif byte < 0x90:
            fault = _announced(state, open_lists, byte - 0x80, 2)
        elif byte < 0xA0:
            fault = _announced(state, open_lists, byte - 0x90, 1)
        elif byte < 0xC0:
            fault = _announced(state, open_lists, byte - 0xA0, 0)
        elif 0xCA <= byte <= 0xD3:  # numbers of 4 and 8 bytes (floats), then of 1, 2, 4, 8 twice
            width = 4 << (byte - 0xCA) if byte <= 0xCB else 1 << ((byte - 0xCC) % 4)
            fault = _announced(state, open_lists, width, 0)
        elif byte <= 0xC6 or byte >= 0xD9:  # bytes, texts, lists, maps with their length in 1, 2 or 4 bytes
            state[_LENGTH] = 0
            if byte <= 0xC6:
                state[_LENGTH_BYTES], state[_PER_ITEM] = 1 << (byte - 0xC4), 0
            elif byte <= 0xDB:
                state[_LENGTH_BYTES], state[_PER_ITEM] = 1 << (byte - 0xD9), 0
            else:
                state[_LENGTH_BYTES], state[_PER_ITEM] = 2 << ((byte - 0xDC) % 2), 1 if byte <= 0xDD else 2
        else:
            fault = _EXTENSION
        if fault != 0:
            return fault
    return 0
