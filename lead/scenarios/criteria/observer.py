"""Reads off the stage what the criteria see."""

from collections import deque
from collections.abc import Collection
from contextlib import suppress
from math import hypot

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.criteria.moment import Contact, Moment, Place
from lead.scenarios.criteria.signals import read_light, read_sign
from lead.scenarios.stage import Stage

LIGHTS_WITHIN = 50.0  # m around the ego in which the states of lights are read
BACKGROUND_EVERY = 10  # ticks between looks at who is background traffic
BACKGROUND = "background"  # role name
CLOCK_DIGITS = 6  # of seconds: what summing ticks leaves behind them depends on when the route began
REMEMBERED = 40  # ticks that a late collision is still told with the ego's state of its own time


class Observer:
    """Hears the ego's collisions by a sensor, which `close` destroys, and sees the rest in the world's last snapshot."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        extent = stage.ego.bounding_box.extent
        self._half_extents = (extent.x, extent.y, extent.z)
        actors = stage.world.get_actors()
        self._light_actors = list(actors.filter("traffic.traffic_light*"))
        self.lights = [read_light(actor, stage.map) for actor in self._light_actors]
        self.signs = [read_sign(actor) for actor in actors.filter("traffic.stop*")]
        self._light_places = np.array([light.centre for light in self.lights]).reshape(-1, 3)
        self._background: list[int] = []
        self._looks = 0
        self._states: deque[tuple[int, float, Place, float]] = deque(maxlen=REMEMBERED)  # frame, time, place, speed
        self._felt: deque[tuple[int, int, str]] = deque()  # frame, id, type; filled by the client's thread
        felt = self._felt
        blueprint = stage.world.get_blueprint_library().find("sensor.other.collision")
        self._sensor: carla.Sensor | None = stage.world.spawn_actor(blueprint, carla.Transform(), attach_to=stage.ego)
        self._sensor.listen(lambda blow: felt.append((blow.frame, blow.other_actor.id, blow.other_actor.type_id)))

    def look(self) -> Moment:
        """This tick, as the stage's last update found it."""
        stage, velocity = self._stage, self._stage.velocity
        snapshot = stage.world.get_snapshot()
        place = np.array([stage.place.x, stage.place.y, stage.place.z])
        moment = Moment(
            time=round(stage.time, CLOCK_DIGITS),
            place=place,
            yaw=float(np.arctan2(stage.heading.y, stage.heading.x)),
            velocity=np.array([velocity.x, velocity.y, velocity.z]),
            half_extents=self._half_extents,
            speed_limit=stage.ego.get_speed_limit() / 3.6,
            collisions=self.contacts(),
            background_speed=self._background_speed(snapshot),
            lights=self._lights_near(place),
            referee=stage.referee,
        )
        self._states.append((snapshot.frame, moment.time, moment.at, moment.speed))
        self._looks += 1
        return moment

    def contacts(self) -> tuple[Contact, ...]:
        """Blows since the last look, each with the ego's state in the tick before it."""
        blows = sorted(self._felt.popleft() for _ in range(len(self._felt)))
        return tuple(self._contact(*blow) for blow in blows)

    def close(self) -> None:
        """Destroy the sensor."""
        sensor, self._sensor = self._sensor, None
        if sensor is not None:
            with suppress(RuntimeError):  # the server may be gone, or the ego with all that hung on it
                sensor.stop()
                sensor.destroy()

    def _contact(self, frame: int, actor_id: int, type_id: str) -> Contact:
        earlier = [state for state in self._states if state[0] < frame]
        stage = self._stage
        if not earlier:  # nothing was seen before the first tick
            here, velocity = stage.place, stage.velocity
            return Contact(actor_id, type_id, 0.0, (here.x, here.y, here.z), _flat_speed(velocity))
        _, time, place, speed = earlier[-1]
        return Contact(actor_id, type_id, time, place, speed)

    def _lights_near(self, place: NDArray[np.float64]) -> dict[int, carla.TrafficLightState]:
        near = np.flatnonzero(np.linalg.norm(self._light_places - place, axis=1) < LIGHTS_WITHIN)
        return {self.lights[k].id: self._light_actors[k].state for k in near.tolist()}

    def _background_speed(self, snapshot: carla.WorldSnapshot) -> float | None:
        """Mean speed of the background vehicles, those that the traffic names or, now and then, all of that role."""
        named = getattr(self._stage.traffic, "vehicles", None)
        if isinstance(named, Collection):
            self._background = [vehicle.id for vehicle in named]
        elif self._looks % BACKGROUND_EVERY == 0:
            vehicles = self._stage.world.get_actors().filter("vehicle.*")
            self._background = [v.id for v in vehicles if v.attributes.get("role_name") == BACKGROUND]
        states = [snapshot.find(actor_id) for actor_id in self._background]
        speeds = [_flat_speed(state.get_velocity()) for state in states if state is not None]
        return sum(speeds) / len(speeds) if speeds else None


def _flat_speed(velocity: carla.Vector3D) -> float:
    return hypot(velocity.x, velocity.y)
