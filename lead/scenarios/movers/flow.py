"""A stream of vehicles from a source to a sink.

Source: spec/benchmarks.md, 2.1 "ActorFlow" and "BicycleFlow".
"""

from collections.abc import Sequence

import carla
import numpy as np

from lead.scenarios.cast import Cast
from lead.scenarios.lane_graph import position
from lead.scenarios.movers.driver import PathDriver, path_of
from lead.scenarios.plan import trace
from lead.scenarios.script import Script
from lead.scenarios.stage import SetupFault, Stage

AT_SINK = 2.0  # m to the sink at which a member is taken away
KMH = 3.6  # km/h per m/s
PATIENCE = 10  # ticks until a taken place is tried again


class Flow:
    """Vehicles that are spawned at the first of some waypoints and taken away at the last.

    Args:
        stage: where they drive.
        cast: which they join.
        path: waypoints from the source to the sink, a metre or two apart.
        gap: m, least and most to the last one when the next is spawned.
        speed: m/s.
        initial_actors: fill the path at the start.
        initial_junction: inside junctions, too.
    """

    def __init__(
        self, stage: Stage, cast: Cast, path: Sequence[carla.Waypoint], gap: tuple[float, float], speed: float, *,
        initial_actors: bool = False, initial_junction: bool = False,
    ) -> None:  # fmt: skip
        self._stage, self._cast, self._path = stage, cast, path
        self._gap, self._speed = (min(gap), max(gap)), speed
        self._initial_actors, self._initial_junction = initial_actors, initial_junction
        self.members: list[carla.Vehicle] = []  # by age

    def run(self) -> Script:
        """Keep the stream going for ever; when closed, all of it is gone."""
        source, sink = self._path[0].transform.location, self._path[-1].transform.location
        wanted, wait = self._draw(), 0
        try:
            if self._initial_actors:
                self._fill(wanted)
                yield
            while True:
                for member in [member for member in self.members if not member.is_alive]:
                    self._leave(member)  # TrafficManager takes away who has stood for long
                self._drive()
                for member in list(self.members):
                    if member.get_location().distance(sink) < AT_SINK:
                        self._leave(member)
                wait -= 1
                if wait <= 0 and (not self.members or self.members[-1].get_location().distance(source) > wanted):
                    if self._spawn(self._path[0]):
                        wanted = self._draw()
                    else:
                        wait = PATIENCE
                yield
        finally:
            for member in list(self.members):
                self._leave(member)

    def _fill(self, gap: float) -> None:
        """Spawn members all along the path, from the sink back to the source, so that the last is the one behind."""
        last: carla.Location | None = None
        for waypoint in reversed(self._path):
            place = waypoint.transform.location
            beside_sink = last is None and place.distance(self._path[-1].transform.location) < gap
            if beside_sink or (waypoint.is_junction and not self._initial_junction):
                continue
            if (last is None or place.distance(last) > gap) and self._spawn(waypoint):
                last, gap = place, self._draw()

    def _draw(self) -> float:
        return float(self._stage.random.uniform(*self._gap))

    def _spawn(self, waypoint: carla.Waypoint) -> bool:
        try:
            member = self._enter(waypoint)
        except SetupFault:  # its place is taken
            return False
        self.members.append(member)
        return True

    def _enter(self, waypoint: carla.Waypoint) -> carla.Vehicle:
        """Spawn one and set it going. Raises SetupFault where something stands."""
        raise NotImplementedError

    def _drive(self) -> None:
        """What has to be done for the members every tick."""

    def _leave(self, member: carla.Vehicle) -> None:
        self.members.remove(member)
        self._cast.dismiss(member)


class ActorFlow(Flow):
    """Cars at constant velocity that brake for nobody, until one of them collides: then they drive as all traffic does.

    Args:
        stage: where they drive.
        cast: which they join.
        source: where they are spawned.
        sink: where they are taken away.
        gap: m, least and most to the last one when the next is spawned.
        speed: m/s.
        initial_actors: fill the whole path at the start.
        initial_junction: inside junctions, too.
    """

    def __init__(
        self, stage: Stage, cast: Cast, source: carla.Waypoint, sink: carla.Waypoint, gap: tuple[float, float],
        speed: float, *, initial_actors: bool = False, initial_junction: bool = False,
    ) -> None:  # fmt: skip
        path: Sequence[carla.Waypoint] = (source, sink)
        if initial_actors:
            way = trace(stage.graph, np.stack([position(source), position(sink)])).waypoints
            path = (source, *way[1:-1], sink)
        super().__init__(
            stage, cast, path, gap, speed, initial_actors=initial_actors, initial_junction=initial_junction
        )
        self._sensor = stage.world.get_blueprint_library().find("sensor.other.collision")
        self._sensors: dict[int, carla.Sensor] = {}  # of the member with that id
        self._collisions: list[int] = []  # frames
        self.released = False  # a member has collided

    def _enter(self, waypoint: carla.Waypoint) -> carla.Vehicle:
        stage, manager = self._stage, self._stage.manager
        car = self._cast.car(waypoint.transform, lights=True)
        car.set_autopilot(True, stage.manager_port)
        manager.set_path(car, [self._path[-1].transform.location])
        manager.auto_lane_change(car, False)
        manager.set_desired_speed(car, KMH * self._speed)
        manager.update_vehicle_lights(car, True)
        manager.ignore_lights_percentage(car, 100.0)
        manager.ignore_signs_percentage(car, 100.0)
        if not self.released:
            manager.ignore_vehicles_percentage(car, 100.0)
            car.enable_constant_velocity(carla.Vector3D(self._speed, 0.0, 0.0))
            self._watch(car)
        return car

    def _watch(self, car: carla.Vehicle) -> None:
        sensor = self._stage.world.spawn_actor(self._sensor, carla.Transform(), attach_to=car)
        collisions = self._collisions
        sensor.listen(lambda event: collisions.append(event.frame))
        self._sensors[car.id] = sensor

    def _drive(self) -> None:
        # An event of this frame may come before or after the tick's end; counted from the next frame on, the same seed
        # always gives the same drive.
        if not self.released and self._collisions and min(self._collisions) < self._stage.world.get_snapshot().frame:
            self.released = True
            for car in self.members:
                car.disable_constant_velocity()
                self._stage.manager.ignore_vehicles_percentage(car, 0.0)
                self._unwatch(car)

    def _unwatch(self, car: carla.Vehicle) -> None:
        sensor = self._sensors.pop(car.id, None)
        if sensor is not None:
            sensor.stop()
            sensor.destroy()

    def _leave(self, member: carla.Vehicle) -> None:
        self._unwatch(member)
        if member.is_alive:
            member.set_autopilot(False, self._stage.manager_port)
        super()._leave(member)


class BicycleFlow(Flow):
    """Bicycles that follow a path and heed neither lights nor vehicles; they fill it at the start, but no junction."""

    def __init__(
        self, stage: Stage, cast: Cast, path: Sequence[carla.Waypoint], gap: tuple[float, float], speed: float
    ) -> None:
        super().__init__(stage, cast, path, gap, speed, initial_actors=True)
        self._places = path_of(path)
        self._models = sorted(
            blueprint.id for blueprint in stage.world.get_blueprint_library() if _is_bicycle(blueprint)
        )
        self._drivers: dict[int, PathDriver] = {}  # of the member with that id

    def _enter(self, waypoint: carla.Waypoint) -> carla.Vehicle:
        model = self._models[int(self._stage.random.integers(len(self._models)))]
        bicycle = self._cast.car(waypoint.transform, model)
        bicycle.set_target_velocity(self._speed * waypoint.transform.get_forward_vector())
        first = min(self._path.index(waypoint), len(self._path) - 2)
        self._drivers[bicycle.id] = PathDriver(bicycle, self._places[first:], self._speed)
        return bicycle

    def _drive(self) -> None:
        for bicycle in self.members:
            bicycle.apply_control(self._drivers[bicycle.id].control())

    def _leave(self, member: carla.Vehicle) -> None:
        self._drivers.pop(member.id, None)
        super()._leave(member)


def _is_bicycle(blueprint: carla.ActorBlueprint) -> bool:
    return blueprint.has_attribute("base_type") and blueprint.get_attribute("base_type") == "bicycle"
