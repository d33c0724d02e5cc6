"""Debug shapes: accepted and kept for their life time, so that a viewer may draw them; nothing here has a screen."""

from typing import Any

import msgpack

from lead.server import wire
from lead.server.dispatch import Procedures, Support
from lead.server.episode import Episode

SHAPES_LIMIT = 100_000
calls = Procedures()
SHAPE_LIMIT = 1000  # bytes of one shape's geometry and text


def _geometry(value: Any) -> list[Any]:
    """[variant, numbers and text]."""
    if type(value) is list and len(value) == 2 and type(value[0]) is int:
        if len(msgpack.packb(value, unicode_errors="surrogateescape")) <= SHAPE_LIMIT:
            return value
    raise wire.WireError(f"expected the shape [variant, geometry] in at most {SHAPE_LIMIT} bytes")


_shape = wire.structure("debug shape", _geometry, wire.colour, wire.number, wire.boolean)


@calls.add("draw_debug_shape", _shape, support=Support.STORED, note="kept for its life time; no screen to draw on")
def draw(episode: Episode, shape: list[Any]) -> None:
    """Keep a shape [variant, colour, life time s (below 0 for ever), persistent]."""
    life = shape[2]
    if len(episode.shapes) < SHAPES_LIMIT:
        episode.shapes.append((float("inf") if life < 0.0 else episode.world.time + life, shape))


@calls.add("clear_debug_shape", *[wire.anything] * 4, optional=4, support=Support.STORED)
def clear(episode: Episode, *_: Any) -> None:
    """Forget all shapes."""
    episode.shapes.clear()


@calls.add("clear_debug_string", *[wire.anything] * 4, optional=4, support=Support.STORED)
def clear_strings(episode: Episode, *_: Any) -> None:
    """Forget all strings."""
    episode.shapes = [(end, shape) for end, shape in episode.shapes if shape[0][0] != _STRING]


_STRING = 4  # variant of a string
