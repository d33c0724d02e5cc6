"""The weather and the lights of a route: the sky changes with the share of it driven, and at night the lamps burn.

Source: spec/benchmarks.md, 1.1 (weather) and the end of 2.6 (lights), as the leaderboard's RouteWeatherBehavior and
RouteLightsBehavior.
"""

from collections.abc import Sequence
from contextlib import suppress

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.world import light_manager
from lead.scenarios.stage import Stage
from lead.scenarios.weather import FIELDS, WeatherPoint, to_carla, weather_at

EVERY = 10  # ticks between looks at weather and lights
LAMPS_EVERY = 20  # ticks between changes of street lamps: after each one every client reads all lamps of the town
NOTICEABLE = 0.1  # change of any field (degrees, percent, m) from which the weather is set anew

LOW_SUN, CLOUDY, FOGGY = 15.0, 80.0, 40.0  # degrees above either horizon, percent, percent: beyond each it is night
NEARLY = 10.0  # within this of their threshold two of them make it night too
LAMPS_NEAR, LAMPS_SECONDS = 100.0, 15.0  # m around the ego, or s at its speed, in which street lamps burn
HEADLIGHTS = int(carla.VehicleLightState.Position) | int(carla.VehicleLightState.LowBeam)
LIT_ROLE = "scenario"  # vehicles of situations; "scenario no lights" stays dark

_ALTITUDE, _CLOUDS, _FOG = (FIELDS.index(name) for name in ("sun_altitude_angle", "cloudiness", "fog_density"))


def is_night(weather: NDArray[np.float64]) -> bool:
    """Whether lights are needed in a weather (14,): low sun, thick cloud or fog, or two of them nearly."""
    beyond = np.array([
        LOW_SUN - min(weather[_ALTITUDE], 180.0 - weather[_ALTITUDE]), weather[_CLOUDS] - CLOUDY, weather[_FOG] - FOGGY
    ])  # fmt: skip
    return bool((beyond > 0.0).any() or (beyond > -NEARLY).sum() >= 2)


class Atmosphere:
    """Sets the weather at once and blends it in `step`; `close` leaves street lamps and headlights as it found them."""

    def __init__(self, stage: Stage, points: Sequence[WeatherPoint]) -> None:
        self._stage, self._points = stage, tuple(points)
        plan = stage.plan
        self._percentage = 100.0 * plan.metres / max(plan.length, 1.0)  # (N,) of the route at each of its points
        self._ticks = 0
        self._weather = weather_at(self._points, 0.0)
        stage.world.set_weather(to_carla(self._weather))
        self._night = is_night(self._weather)
        self._street, self._cars = _StreetLamps(stage), _Headlights(stage)
        self._burn()
        self._cars.switch(self._night)

    def step(self) -> None:
        """One tick."""
        self._ticks += 1
        if self._ticks % EVERY:
            return
        if len(self._points) > 1:
            weather = weather_at(self._points, float(self._percentage[self._stage.nearest]))
            if np.abs(weather - self._weather).max() > NOTICEABLE:
                self._stage.world.set_weather(to_carla(weather))
                self._weather = weather
        night, before = is_night(self._weather), self._night
        self._night = night
        if night or before:
            self._cars.switch(night)
        if night != before or (night and self._ticks % LAMPS_EVERY == 0):
            self._burn()

    def close(self) -> None:
        """Lamps as they were; the weather stays."""
        with suppress(RuntimeError):  # the server may be what ended the route
            self._street.restore()
            self._cars.switch(False)

    def _burn(self) -> None:
        """Street lamps that burn now."""
        reach = max(LAMPS_NEAR, LAMPS_SECONDS * self._stage.speed) if self._night else 0.0
        self._street.burn_within(reach)


class _StreetLamps:
    """The town's street lamps, which burn around the ego only."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._manager = light_manager(stage.client)
        self._lamps = sorted(self._manager.get_all_lights(carla.LightGroup.Street), key=lambda lamp: lamp.id)
        places = [lamp.location for lamp in self._lamps]
        self._places = np.array([[place.x, place.y] for place in places]).reshape(-1, 2)
        self._before = np.array([lamp.is_on for lamp in self._lamps], np.bool_)
        self._manager.set_day_night_cycle(False)
        self._burning = np.zeros(len(self._lamps), np.bool_)
        self._switch(self._burning, ~self._burning)

    def burn_within(self, metres: float) -> None:
        place = self._stage.place
        burning = np.hypot(self._places[:, 0] - place.x, self._places[:, 1] - place.y) < metres
        self._switch(burning & ~self._burning, self._burning & ~burning)
        self._burning = burning

    def restore(self) -> None:
        self._manager.set_day_night_cycle(True)
        self._switch(self._before, ~self._before)

    def _switch(self, on: NDArray[np.bool_], off: NDArray[np.bool_]) -> None:
        for rows, act in ((np.flatnonzero(on), self._manager.turn_on), (np.flatnonzero(off), self._manager.turn_off)):
            if len(rows):
                act([self._lamps[row] for row in rows])


class _Headlights:
    """Position lights and low beam of the ego and of the situations' vehicles."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._known: set[int] = set()  # ids of actors that were looked at
        self._lit: dict[int, carla.Vehicle] = {}  # vehicles to be lit at night, by id

    def switch(self, on: bool) -> None:
        """Light those that have come since at night, put all out at its end; what they blink besides is kept."""
        new = self._look() if on else sorted(self._lit)
        orders = []
        for actor in new:
            with suppress(RuntimeError):  # it may have been destroyed in this tick
                before = int(self._lit[actor].get_light_state())
                after = before | HEADLIGHTS if on else before & ~HEADLIGHTS
                if after != before:
                    orders.append(carla.command.SetVehicleLightState(actor, carla.VehicleLightState(after)))
        if orders:
            self._stage.client.apply_batch(orders)
        if not on:
            self._lit, self._known = {}, set()

    def _look(self) -> list[int]:
        """Ids of the vehicles to be lit that have come since."""
        present = {actor.id for actor in self._stage.world.get_snapshot()}
        new = sorted(present - self._known)
        self._known = present
        self._lit = {key: vehicle for key, vehicle in self._lit.items() if key in present}
        if not new:
            return []
        found = {
            actor.id: actor
            for actor in self._stage.world.get_actors(new).filter("vehicle.*")
            if actor.id == self._stage.ego.id or actor.attributes.get("role_name") == LIT_ROLE
        }
        self._lit.update(found)
        return sorted(found)
