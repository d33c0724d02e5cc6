"""Traffic lights held in the states that a situation needs.

Source: spec/benchmarks.md, 2.1 "LightFreezer".
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import carla

from lead.scenarios.conditions import idle
from lead.scenarios.script import Script, forever
from lead.scenarios.stage import Stage

LONG = 10_000.0  # s for which a light would keep its state

States = Mapping[carla.TrafficLight, carla.TrafficLightState]


@contextmanager
def frozen(stage: Stage, states: States) -> Iterator[Callable[[States], None]]:
    """Hold lights in their states; afterwards each is as it was, with its own times.

    Yields a function that gives them other states. Use that, not a second block at the same tick: what a light was
    before is read from the last tick's snapshot.
    """
    before = {light.id: _Programme.of(light) for light in states}
    lights = {light.id: light for light in states}

    def show(wanted: States) -> None:
        for light, state in wanted.items():
            if light.id not in before:
                before[light.id], lights[light.id] = _Programme.of(light), light
            _Programme(state, LONG, LONG, LONG).give(light)

    try:
        show(states)
        yield show
    finally:
        with suppress(RuntimeError):  # the server may be what failed
            for number, programme in before.items():
                programme.give(lights[number])


def first_then(stage: Stage, first: States, seconds: float, then: States) -> Script:
    """Hold lights in some states for so long, in others from then on."""
    with frozen(stage, first) as show:
        yield from idle(stage, seconds)
        show(then)
        yield from forever()


@dataclass(frozen=True)
class _Programme:
    """A light's state and how long it shows each, in s."""

    state: carla.TrafficLightState
    green: float
    yellow: float
    red: float

    @classmethod
    def of(cls, light: carla.TrafficLight) -> "_Programme":
        return cls(light.get_state(), light.get_green_time(), light.get_yellow_time(), light.get_red_time())

    def give(self, light: carla.TrafficLight) -> None:
        light.set_green_time(self.green)
        light.set_yellow_time(self.yellow)
        light.set_red_time(self.red)
        light.set_state(self.state)
