"""Street lamps for the client's light manager, one per lamp post of the town: by themselves they follow the sun.

With the day-night cycle on, as it is at first, all lamps go on and off when the sun passes a height; what a client sets in
between stays until then. With the cycle off lamps do only what clients say.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.roads.labels import Label
from lead.roads.town import Town
from lead.server import wire
from lead.server.dispatch import Procedures
from lead.simulator.weather import lamps_lit

STREET = 2  # carla.LightGroup.Street
_WHITE = [255, 255, 255]
_INTENSITY = 10_000.0  # lumen
calls = Procedures()


@dataclass
class StreetLamps:
    """Wire LightStates by id: [id, location, intensity, group, [r, g, b], active]."""

    states: dict[int, list[Any]]
    changed: bool = False  # whether clients have yet to be told
    follow_sun: bool = True
    dark: bool = False  # whether the sun is so low that lamps are lit
    version: int = 0  # how often anything was set

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

    def set(self, identity: int, intensity: float, group: int, colour: list[int], active: bool) -> None:
        """Set a lamp (intensity in lumen, colour 0 to 255); its place stays. An unknown one is ignored."""
        known = self.states.get(identity)
        if known is not None:
            self.states[identity] = [identity, known[1], intensity, group, colour, active]
            self.changed = True
            self.version += 1

    def follow(self, weather: NDArray[np.float64]) -> None:
        """Go on or off with the sun of a weather (14,) that has come up."""
        dark = lamps_lit(weather)
        if self.follow_sun and dark != self.dark:
            self._switch(dark)
        self.dark = dark

    def set_cycle(self, follow_sun: bool) -> None:
        """Whether lamps follow the sun; if so, they do so at once."""
        self.follow_sun = follow_sun
        if follow_sun:
            self._switch(self.dark)

    def _switch(self, active: bool) -> None:
        for identity, _, intensity, group, colour, _ in list(self.states.values()):
            self.set(identity, intensity, group, colour, active)


@calls.value("query_lights_state", wire.anything, harmless=list, note="street lamps of the town's scenery")
def query(episode: Any, _endpoint: Any) -> list[Any]:
    """All lamps. Comes from the client's io thread too, so never an error."""
    return list(episode.street_lamps.states.values())


def _colour(value: Any) -> list[int]:
    return [int(part) for part in wire.colour(value)]


_light = wire.structure("light state", wire.integer, wire.vector, wire.number, wire.integer, _colour, wire.boolean)


@calls.add("update_lights_state", wire.anything, wire.sequence_of(_light), wire.anything, optional=1)
def update(episode: Any, _endpoint: Any, lights: list[list[Any]], _discard: Any = None) -> None:
    """Set intensity, group, colour and state of lamps."""
    for identity, _, intensity, group, colour, active in lights:
        episode.street_lamps.set(identity, intensity, group, colour, active)


@calls.add("update_day_night_cycle", wire.anything, wire.boolean, note="the lamps of a town all switch together")
def day_night(episode: Any, _endpoint: Any, active: bool) -> None:
    """Let lamps follow the sun, or not."""
    episode.street_lamps.set_cycle(active)
