"""Streams: one TCP connection per subscription, from which a client only reads frames `<I size><payload>`.

Synchronous mode never drops a frame. A reader that stops reading must still not stop the others: its frames pile up in
a bounded buffer, and when that is full the reader is cut off with a message (a live client reconnects by itself).
Asynchronous mode drops frames for a reader that is more than one frame behind.

Two waits protect clients (spec/carla-wire-protocol.md, section 7): ticks wait for a subscription that was announced by
`get_sensor_token` (R4), and nothing is written while a client changes worlds (R1).
"""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Sequence
from typing import cast

EPISODE_STREAM = 1
SUBSCRIBE_WAIT = 0.3  # s a tick waits for an announced subscription
QUIET_TIME = 0.5  # s without stream writes after a world change, unless the client subscribes earlier
BUFFER_LIMIT = 256 << 20  # bytes a reader may be behind in synchronous mode

_SIZE = struct.Struct("<I")
_TOKEN = struct.Struct(
    "<IHBB16s"
)  # stream id, port, protocol 1 = tcp, address type 0 = host of the connection, address
_log = logging.getLogger(__name__)


class Streams:
    """Streams by number and their subscribers."""

    def __init__(self, buffer_limit: int = BUFFER_LIMIT) -> None:
        self.port = 0  # set when the stream server listens
        self.may_drop: Callable[[], bool] = lambda: False  # whether the world runs asynchronously
        self.greeting: Callable[[], bytes | None] = lambda: None  # last episode state, sent on subscribing to it (R7)
        self.on_ready: Callable[[], None] = lambda: None  # called when a wait may be over
        self._buffer_limit = buffer_limit
        self._next = EPISODE_STREAM + 1
        self._subscribers: dict[int, list[StreamConnection]] = {}
        self._announced: dict[int, float] = {}  # stream -> loop time when its wait ends
        self._quiet_until = 0.0
        self._reader_expected = False  # whether the quiet ends with the next subscription to the episode state
        self._state_wanted = False  # whether a token of the episode state was given since a reader was expected
        self._open = {EPISODE_STREAM}

    def open(self) -> int:
        """Number of a new stream; numbers are never reused."""
        number = self._next
        self._next += 1
        self._open.add(number)
        return number

    def close(self, stream: int) -> None:
        """Forget a stream; its readers keep their connection, which stays silent, and close it themselves."""
        self._open.discard(stream)
        self._announced.pop(stream, None)

    def is_open(self, stream: int) -> bool:
        """Whether the stream exists."""
        return stream in self._open

    def token(self, stream: int) -> bytes:
        """The 24 bytes by which a client finds a stream."""
        return _TOKEN.pack(stream, self.port, 1, 0, b"")

    def has_readers(self, stream: int) -> bool:
        """Whether anybody reads the stream."""
        return bool(self._subscribers.get(stream))

    def announce(self, stream: int) -> None:
        """A client asked for the token: it will subscribe in a moment (R4)."""
        if stream == EPISODE_STREAM:
            self._state_wanted = True
        else:
            self._announced[stream] = asyncio.get_running_loop().time() + SUBSCRIBE_WAIT

    def be_quiet(self) -> None:
        """Let no tick write anything for `QUIET_TIME`, or until an expected reader has come (R1)."""
        self._quiet_until = asyncio.get_running_loop().time() + QUIET_TIME
        self._reader_expected = False

    def expect_reader(self) -> None:
        """The change of worlds is being answered: the quiet ends when the client has asked for and read the state."""
        self._reader_expected, self._state_wanted = True, False

    def wait_time(self) -> float:
        """Seconds for which a tick should still wait; 0 when it may run."""
        if not self._announced and not self._quiet_until:
            return 0.0
        now = asyncio.get_running_loop().time()
        self._announced = {stream: end for stream, end in self._announced.items() if end > now}
        if self._quiet_until <= now:
            self._quiet_until = 0.0
        return (
            max([self._quiet_until, *self._announced.values()]) - now if self._announced or self._quiet_until else 0.0
        )

    def publish(self, stream: int, parts: Sequence[bytes | memoryview]) -> None:
        """Send one frame, given in parts that must not change afterwards, to every reader of the stream."""
        readers = self._subscribers.get(stream)
        if not readers:
            return
        size = sum(len(part) if isinstance(part, bytes) else part.nbytes for part in parts)
        frame = [_SIZE.pack(size), *parts]
        for reader in tuple(readers):
            reader.send(frame, size, self.may_drop(), self._buffer_limit)

    def subscribed(self, stream: int, reader: "StreamConnection") -> None:
        """A connection said which stream it reads."""
        self._subscribers.setdefault(stream, []).append(reader)
        if stream == EPISODE_STREAM:
            if self._reader_expected and self._state_wanted:  # not a reader that merely connects again
                self._quiet_until = 0.0
            state = self.greeting()
            if state is not None:
                reader.send([_SIZE.pack(len(state)), state], len(state), False, self._buffer_limit)
        self._announced.pop(stream, None)
        self.on_ready()

    def left(self, stream: int, reader: "StreamConnection") -> None:
        """A reader's connection is gone."""
        readers = self._subscribers.get(stream, [])
        if reader in readers:
            readers.remove(reader)
        if not readers:
            self._subscribers.pop(stream, None)


class StreamConnection(asyncio.Protocol):
    """One reader: it sends four bytes, the stream's number, and reads from then on."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._stream: int | None = None
        self._dropped = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this with the new connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """asyncio calls this with what the reader sent; more than the stream's number is a fault."""
        if self._transport is None or self._transport.is_closing():
            return
        self._head += data[:8]
        if self._stream is not None or len(self._head) > 4:
            _log.warning("stream connection closed: the reader sent more than a stream number")
            self._transport.abort()
        elif len(self._head) == 4:
            (self._stream,) = _SIZE.unpack(self._head)
            self._streams.subscribed(self._stream, self)

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio calls this when the connection is gone."""
        if self._stream is not None:
            self._streams.left(self._stream, self)
        self._transport = None

    def send(self, frame: list[bytes | memoryview], size: int, may_drop: bool, limit: int) -> None:
        """Queue one frame of `size` bytes, drop it, or cut the reader off (see the file's head)."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        behind = transport.get_write_buffer_size()
        if may_drop and behind > size:
            self._dropped += 1
            return
        if behind + size > limit:
            _log.warning(
                "stream %s: a reader is %d MB behind and was cut off; it must read faster, or the limit be raised",
                self._stream,
                behind >> 20,
            )
            transport.abort()
            return
        transport.writelines(frame)
