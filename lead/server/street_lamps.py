"""Street lamps for the client's light manager, one per lamp post of the town; their state is kept, not shone."""

from dataclasses import dataclass
from typing import Any

from lead.roads.labels import Label
from lead.roads.town import Town
from lead.server import wire
from lead.server.dispatch import Procedures, Support

STREET = 2  # carla.LightGroup.Street
_WHITE = [255, 255, 255]
_INTENSITY = 10_000.0  # lumen
calls = Procedures()


@dataclass
class StreetLamps:
    """Wire LightStates by id: [id, location, intensity, group, [r, g, b], active]."""

    states: dict[int, list[Any]]
    changed: bool = False  # whether clients have yet to be told

    @classmethod
    def of(cls, town: Town) -> "StreetLamps":
        """Lamps on top of the town's lamp posts, all off."""
        scenery = town.scenery
        states = {}
        for box in range(len(scenery.label)):
            name = str(scenery.name[box]).lower()
            if scenery.label[box] == Label.POLES and ("lamp" in name or "light" in name) and "traffic" not in name:
                x, y, z = scenery.centre[box].tolist()
                top = [x, y, z + float(scenery.extent[box, 2])]
                states[len(states) + 1] = [len(states) + 1, top, _INTENSITY, STREET, _WHITE, False]
        return cls(states)


@calls.value("query_lights_state", wire.anything, harmless=list, note="street lamps of the town's scenery")
def query(episode: Any, _endpoint: Any) -> list[Any]:
    """All lamps. Comes from the client's io thread too, so never an error."""
    return list(episode.street_lamps.states.values())


def _colour(value: Any) -> list[int]:
    return [int(part) for part in wire.colour(value)]


_light = wire.structure("light state", wire.integer, wire.vector, wire.number, wire.integer, _colour, wire.boolean)


@calls.add("update_lights_state", wire.anything, wire.sequence_of(_light), wire.anything, optional=1)
def update(episode: Any, _endpoint: Any, lights: list[list[Any]], _discard: Any = None) -> None:
    """Store intensity, group, colour and state of lamps; their places stay. Unknown lamps are ignored."""
    lamps = episode.street_lamps
    for identity, _, intensity, group, colour, active in lights:
        known = lamps.states.get(identity)
        if known is not None:
            lamps.states[identity] = [identity, known[1], intensity, group, colour, active]
            lamps.changed = True


@calls.add(
    "update_day_night_cycle",
    wire.anything,
    wire.anything,
    optional=1,
    support=Support.STORED,
    note="lamps here do not follow the sun",
)
def day_night(episode: Any, *_: Any) -> None:
    """Accepted."""
