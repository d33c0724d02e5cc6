"""One RPC connection: bare msgpack-rpc over TCP, requests `[0, id, name, arguments]`, replies `[1, id, nil, result]`.

Replies may come late and out of order. Input that is not msgpack-rpc closes this connection with a logged reason and
disturbs nobody else.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any, cast

import msgpack
import numpy as np

from lead.server.message_shape import ITEM_LIMIT, MessageShape
from lead.server.wire import failed

MESSAGE_LIMIT = 128 << 20  # bytes of one request; a large town's OpenDRIVE is about 60 MB
MAP_LIMIT = 16  # items of one map; no call takes any
BINARY_LIMIT = 1 << 20  # bytes of one binary value; no call takes any
REPLY_LIMIT = 512 << 20  # bytes of replies a client may leave unread
HELD_LIMIT = 10_000  # requests kept back while the client changes worlds
HOLD_TIME = 2.0  # s, at most, that requests are kept back
# Never kept back: what a client changing worlds asks, and what its stream threads ask while they hold the old world.
_PASS_HOLD = ("version", "get_episode_info", "get_sensor_token", "query_lights_state")
_log = logging.getLogger(__name__)

Handle = Callable[["RpcConnection", int, str, list[Any]], None]


class RpcConnection(asyncio.Protocol):
    """Reads requests, hands them to `handle`, writes replies."""

    def __init__(self, handle: Handle, on_close: Callable[["RpcConnection"], None]) -> None:
        self._handle = handle
        self._on_close = on_close
        self._transport: asyncio.Transport | None = None
        self._held: list[tuple[int, str, list[Any]]] | None = None
        self._release_timer: asyncio.TimerHandle | None = None
        self._packer = msgpack.Packer(use_bin_type=True, default=_plain, unicode_errors="surrogateescape")
        self._unpacker = msgpack.Unpacker(
            raw=False,
            strict_map_key=True,
            unicode_errors="surrogateescape",
            max_buffer_size=MESSAGE_LIMIT,
            max_array_len=ITEM_LIMIT,
            max_map_len=MAP_LIMIT,
            max_bin_len=BINARY_LIMIT,
            max_ext_len=0,
        )
        self._shape = MessageShape()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this with the new connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """asyncio calls this with bytes from the client."""
        if self._transport is None or self._transport.is_closing():
            return
        try:
            self._shape.check(data)
            self._unpacker.feed(data)
            for message in self._unpacker:
                self._receive(message)
                if self._transport is None or self._transport.is_closing():
                    return
        except (ValueError, TypeError, OverflowError, MemoryError, msgpack.exceptions.UnpackException) as error:
            self.close(f"malformed input: {type(error).__name__} {error}")

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio calls this when the connection is gone."""
        self._transport = None
        self._held = None
        if self._release_timer is not None:
            self._release_timer.cancel()
        self._on_close(self)

    def reply(self, message: int, result: Any) -> None:
        """Answer request `message`; silently nothing when the client is gone."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        try:
            data = self._packer.pack([1, message, None, result])
        except (TypeError, ValueError, OverflowError) as error:
            self._packer.reset()
            _log.exception("a result could not be packed")
            data = self._packer.pack([1, message, None, failed(f"the server made a result it cannot send: {error}")])
        if transport.get_write_buffer_size() + len(data) > REPLY_LIMIT:
            self.close("the client does not read its replies")
        else:
            transport.write(data)

    def hold(self) -> None:
        """Keep back all requests but those of a client changing worlds, until it asks for its stream token (R2).

        While the client has no episode, a traffic-manager thread of the same process would dereference nothing; so
        it is kept waiting inside the call it makes. A stream thread must not be kept so (R8, see `world_change`).
        """
        if self._held is None:
            self._held = []
        if self._release_timer is not None:
            self._release_timer.cancel()
        self._release_timer = asyncio.get_running_loop().call_later(HOLD_TIME, self.release)

    def close(self, reason: str) -> None:
        """Drop the connection and log why."""
        if self._transport is not None and not self._transport.is_closing():
            _log.warning("rpc connection closed: %s", reason)
            self._transport.abort()

    def _receive(self, message: Any) -> None:
        if type(message) is not list or len(message) != 4 or message[0] != 0 or type(message[0]) is not int:
            raise ValueError("expected a request [0, id, name, arguments]")
        _, identity, name, arguments = message
        if (
            type(identity) is not int
            or not 0 <= identity < 1 << 32
            or type(name) is not str
            or type(arguments) is not list
        ):
            raise ValueError("expected a request with a 32-bit id, a name and a list of arguments")
        if self._held is not None and name not in _PASS_HOLD:
            if len(self._held) >= HELD_LIMIT:
                raise ValueError(f"more than {HELD_LIMIT} requests while the world changes")
            self._held.append((identity, name, arguments))
            return
        self._handle(self, identity, name, arguments)
        if self._held is not None and name == "get_sensor_token":
            asyncio.get_running_loop().call_soon(self.release)

    def release(self) -> None:
        """Carry out what was kept back, and keep nothing back any longer."""
        held, self._held = self._held, None
        if self._release_timer is not None:
            self._release_timer.cancel()
            self._release_timer = None
        for identity, name, arguments in held or ():
            self._handle(self, identity, name, arguments)


def _plain(value: Any) -> Any:
    """Numpy scalars and arrays as what msgpack knows."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"cannot send a {type(value).__name__}")
