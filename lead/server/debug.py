"""Debug shapes: checked and let go, for nothing here has a screen."""

from typing import Any

import msgpack

from lead.server import wire
from lead.server.dispatch import Procedures, Support
from lead.server.episode import Episode

SHAPE_LIMIT = 1000  # bytes of one shape's geometry and text
calls = Procedures()


def _geometry(value: Any) -> list[Any]:
    """[variant, numbers and text]."""
    if type(value) is list and len(value) == 2 and type(value[0]) is int:
        if len(msgpack.packb(value, unicode_errors="surrogateescape")) <= SHAPE_LIMIT:
            return value
    raise wire.WireError(f"expected the shape [variant, geometry] in at most {SHAPE_LIMIT} bytes")


_shape = wire.structure("debug shape", _geometry, wire.colour, wire.number, wire.boolean)


@calls.add("draw_debug_shape", _shape, support=Support.STORED, note="checked; no screen to draw on")
def draw(episode: Episode, _: list[Any]) -> None:
    """Accept a shape [variant, colour, life time s, persistent]."""


@calls.add("clear_debug_shape", *[wire.anything] * 4, optional=4, support=Support.STORED, note="there are none")
def clear(episode: Episode, *_: Any) -> None:
    """Accepted."""


@calls.add("clear_debug_string", *[wire.anything] * 4, optional=4, support=Support.STORED, note="there are none")
def clear_strings(episode: Episode, *_: Any) -> None:
    """Accepted."""
