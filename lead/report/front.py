"""What a camera on the ego would have seen, drawn anew from a drive log: no server, no driver.

The log holds poses, not looks: colours of cars are ours, other vehicles' lamps are dark, doors stay shut. A page that
shows these pictures says that they were drawn anew.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import compose
from lead.rendering.camera import Channel, Painter, View
from lead.rendering.stage import Stage
from lead.roads.town import Town
from lead.simulator.actors import WorldError
from lead.simulator.weather import DEFAULT_WEATHER
from lead.simulator.world import World

MOUNT = np.array([0.2, 0.0, 1.75, -0.03, 0.0, 0.0])  # m, rad, in the ego's frame: behind its windscreen
FOV = 80.0  # degrees
SKY = 2000.0  # m, where actors are that are not there at the moment
PARKED = "static.prop.mesh"  # parked cars, which stand in the town's scenery already
APART = 20.0  # m between them
COLOURS = ("170,30,30", "30,60,140", "225,225,225", "35,35,38", "120,125,130", "70,95,70", "190,160,110")


class FrontView:
    """Draws moments of drives in one town, one drive after the other; the ego itself is left out of the picture."""

    def __init__(self, town: Town, pool: Executor, width: int, height: int, seed: int = 0) -> None:
        """`seed` is the evaluation's, which sets the town's looks."""
        self._world = World(town, seed=seed)
        self._stage = Stage(town, seed)
        self._painter = Painter(pool)
        self._width, self._height = width, height
        self._spawned: dict[int, int | None] = {}  # number in the log -> actor here, None if it cannot be drawn

    def begin(self) -> None:
        """Clear the street for another drive."""
        for actor in self._spawned.values():
            if actor is not None:
                self._world.destroy(actor)
        self._spawned = {}
        self._world.set_weather(DEFAULT_WEATHER)

    def set_weather(self, weather: NDArray[np.float64]) -> None:
        """Draw in this weather (14,) from now on."""
        self._world.set_weather(weather)

    def draw(
        self, time: float, ego: NDArray[np.float64], numbers: Sequence[int], types: Sequence[str],
        pose: NDArray[np.float64], speed: NDArray[np.float64], lights: Mapping[int, int],
    ) -> NDArray[np.uint8]:  # fmt: skip
        """A picture (height, width, 3) BGR.

        Args:
            time: s since the drive began.
            ego: pose (6,) in the world.
            numbers, types, pose, speed: of N other actors: their numbers in the log, type ids, poses (N, 6), m/s (N,).
            lights: states by row of the town's signals.
        """
        world = self._world
        world.time = time
        there = [self._actor(number, type_) for number, type_ in zip(numbers, types, strict=True)]
        columns = world.table.columns
        for actor in self._spawned.values():
            if actor is not None:
                columns.pose[world.row(actor), 2] = SKY
        for actor, place, fast in zip(there, pose, speed, strict=True):
            if actor is not None:
                row = world.row(actor)
                columns.pose[row] = place
                columns.velocity[row] = fast * cos(place[4]), fast * sin(place[4]), 0.0
        for signal, state in lights.items():
            columns.light_state[world.row(int(world.signal_actor[signal]))] = state
        eye = compose(np.ascontiguousarray(ego, np.float64), MOUNT)
        self._stage.update(world, eye[None, :3])
        view = View(tuple(eye.tolist()), self._width, self._height, FOV)
        return self._painter.draw(self._stage, [(view, frozenset([Channel.COLOUR]))])[0][Channel.COLOUR][..., :3]

    def _actor(self, number: int, type_: str) -> int | None:
        if type_ == PARKED:
            return None
        if number not in self._spawned:
            colour = {"color": COLOURS[number % len(COLOURS)]} if type_.startswith("vehicle.") else {}
            place = (APART * len(self._spawned), 0.0, SKY, 0.0, 0.0, 0.0)
            try:
                self._spawned[number] = self._world.spawn(type_, colour, place)
            except WorldError:  # a kind of actor that this simulator does not know
                self._spawned[number] = None
        return self._spawned[number]
