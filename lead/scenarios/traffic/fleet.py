"""The background vehicles: spawned in batches where there is room, read once per tick, driven by the TrafficManager."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import radians

import carla
import numpy as np

from lead.scenarios.cast import LIFT, Lights, fits
from lead.scenarios.lane_graph import LaneKey, lane_key
from lead.scenarios.stage import Stage
from lead.scenarios.traffic.road_line import aside
from lead.scenarios.traffic.rules import LEAST_BESIDE, LEAST_TO_EGO, LEAST_TO_VEHICLE, NARROWEST
from lead.scenarios.ways import same_direction_lanes

ROLE = "background"
LEADER_GAP, LANE_OFFSET = 10.0, 0.1  # m to the vehicle in front, m to the right of the lane's middle
SPEED_STEP = 1.0  # km/h by which a wish must differ to be told
LOOK_AGAIN, LOOK_LANE = 10, 10  # ticks between looks for all vehicles, and at the lane of each of ours
TAPER = 30.0  # m ahead at which a lane has to be wide enough
HAZARD = carla.VehicleLightState(int(Lights.LeftBlinker) | int(Lights.RightBlinker))


@dataclass(eq=False)
class Car:
    """A background vehicle in this tick; metres and lane are those of the route's line."""

    actor: carla.Vehicle
    born: int  # tick
    pose: carla.Transform
    lane_key: LaneKey
    entry: LaneKey | None = None  # of the junction entry at which it was spawned
    junction: int | None = None  # in which it drives
    left_junction: int | None = None  # which it drove through last
    metre: float = 0.0
    lane: int = 0  # lanes to the right of the route's
    away: float = 0.0  # m from the line
    cosine: float = 1.0  # of the angle between its heading and the line's
    told_speed: float | None = None  # km/h
    held: bool = False  # brake lights are kept on
    stranded: bool = False  # on a lane that is not driven


@dataclass(frozen=True)
class Newcomer:
    """Where a vehicle is to be spawned."""

    waypoint: carla.Waypoint
    speed: float = 0.0  # m/s at first
    entry: LaneKey | None = None


class Fleet:
    """Spawns, reads, tells and destroys the vehicles of the background."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        library = stage.world.get_blueprint_library().filter("vehicle.*")
        found = [blueprint for blueprint in library if fits(blueprint, lights=True, special="")]
        self._models = sorted(found, key=lambda blueprint: blueprint.id)
        self._tick = 0
        self._looked = -LOOK_AGAIN
        self._others: list[carla.Actor] = []
        self.cars: list[Car] = []

    def read(self) -> None:
        """One tick: where each vehicle is, and now and then on which lane."""
        self._tick += 1
        self.cars = [car for car in self.cars if car.actor.is_alive]
        for car in self.cars:
            car.pose = car.actor.get_transform()
            if (self._tick - car.born) % LOOK_LANE == 0:
                self.look_at_lane(car)

    def look_at_lane(self, car: Car) -> None:
        """Find the lane of a vehicle; on one that narrows to nothing it stops for good, with hazard lights, unless there
        is a lane of its direction beside, to which it moves over in time."""
        waypoint = self._stage.map.get_waypoint(car.pose.location)
        if waypoint is None:
            return
        car.lane_key = lane_key(waypoint)
        before, car.junction = car.junction, waypoint.junction_id if waypoint.is_junction else None
        if car.junction is not None:
            car.left_junction = None
        elif before is not None:
            car.left_junction = before
        if car.stranded or not _narrows_to_nothing(waypoint):
            return
        lanes = same_direction_lanes(waypoint)
        at = next(k for k, lane in enumerate(lanes) if lane.lane_id == waypoint.lane_id)
        beside = [k for k in (at - 1, at + 1) if 0 <= k < len(lanes) and not _narrows_to_nothing(lanes[k])]
        if beside:
            self._stage.manager.force_lane_change(car.actor, beside[0] > at)  # True: to the right
        elif waypoint.lane_width < NARROWEST:
            car.stranded = True
            car.actor.set_autopilot(False, self._stage.manager_port)
            car.actor.apply_control(carla.VehicleControl(brake=1.0, hand_brake=True))
            car.actor.set_light_state(HAZARD)

    def spawn(self, newcomers: Sequence[Newcomer]) -> list[Car]:
        """Spawn those that find room; one batch."""
        taken = self._taken() if newcomers else []
        commands, accepted = [], []
        for newcomer in newcomers:
            pose, ego = newcomer.waypoint.transform, self._stage.place
            if newcomer.waypoint.is_junction or newcomer.waypoint.lane_width < NARROWEST:
                continue
            if pose.location.distance(ego) < LEAST_TO_EGO or any(_in_way(pose, other) for other in taken):
                continue
            taken.append(pose.location)
            commands.append(self._spawn_command(newcomer))
            accepted.append(newcomer)
        if not commands:
            return []
        answers = self._stage.client.apply_batch_sync(commands, False)
        born = [(answer.actor_id, newcomer) for answer, newcomer in zip(answers, accepted) if not answer.error]
        actors = {actor.id: actor for actor in self._stage.world.get_actors([number for number, _ in born])}
        cars = [self._car(actors[number], newcomer) for number, newcomer in born]
        self.cars += cars
        return cars

    def destroy(self, cars: Iterable[Car]) -> None:
        """Take vehicles off the street now."""
        gone = [car for car in cars if car in self.cars]
        if not gone:
            return
        self.cars = [car for car in self.cars if car not in gone]
        alive = [car for car in gone if car.actor.is_alive]
        for car in alive:
            car.actor.set_autopilot(False, self._stage.manager_port)
        self._stage.client.apply_batch_sync([carla.command.DestroyActor(car.actor.id) for car in alive], False)

    def drive(self, car: Car, speed: float, *, held: bool = False) -> None:
        """Tell a vehicle its speed (km/h); one that is held stands with its brake lights on."""
        speed = 0.0 if held else speed
        changed = car.told_speed is None or abs(speed - car.told_speed) > SPEED_STEP
        if changed or (speed == 0.0 and car.told_speed != 0.0):
            self._stage.manager.set_desired_speed(car.actor, speed)
            car.told_speed = speed
        if held is not car.held and not car.stranded:
            car.held = held
            self._stage.manager.update_vehicle_lights(car.actor, not held)
            if held:
                lights = carla.VehicleLightState(int(car.actor.get_light_state()) | int(Lights.Brake))
                car.actor.set_light_state(lights)

    def _taken(self) -> list[carla.Location]:
        """Where vehicles stand, those of others as seen lately."""
        if self._tick - self._looked >= LOOK_AGAIN:
            own = {car.actor.id for car in self.cars}
            vehicles = self._stage.world.get_actors().filter("vehicle.*")
            self._others = [vehicle for vehicle in vehicles if vehicle.id not in own]
            self._looked = self._tick
        others = [other.get_location() for other in self._others if other.is_alive]
        return [car.pose.location for car in self.cars] + others

    def _spawn_command(self, newcomer: Newcomer) -> carla.command.SpawnActor:
        blueprint = self._models[int(self._stage.random.integers(len(self._models)))]
        blueprint.set_attribute("role_name", ROLE)
        pose = newcomer.waypoint.transform
        pose.location.z += LIFT
        yaw = radians(pose.rotation.yaw)
        velocity = carla.Vector3D(newcomer.speed * np.cos(yaw), newcomer.speed * np.sin(yaw), 0.0)
        future = carla.command.FutureActor
        return (
            carla.command.SpawnActor(blueprint, pose)
            .then(carla.command.ApplyTargetVelocity(future, velocity))
            .then(carla.command.SetAutopilot(future, True, self._stage.manager_port))
        )

    def _car(self, actor: carla.Vehicle, newcomer: Newcomer) -> Car:
        manager = self._stage.manager
        manager.auto_lane_change(actor, False)
        manager.update_vehicle_lights(actor, True)
        manager.distance_to_leading_vehicle(actor, LEADER_GAP)
        manager.vehicle_lane_offset(actor, LANE_OFFSET)
        waypoint = newcomer.waypoint
        return Car(actor, self._tick, waypoint.transform, lane_key(waypoint), newcomer.entry)


def _narrows_to_nothing(waypoint: carla.Waypoint) -> bool:
    """Whether a lane is too narrow to drive soon: one that only opens, or widens again, is not."""
    if waypoint.is_junction:
        return False
    return all(not ahead.is_junction and ahead.lane_width < NARROWEST for ahead in waypoint.next(TAPER))


def _in_way(pose: carla.Transform, other: carla.Location) -> bool:
    """Whether a vehicle at a place is too near to be joined by one at a pose; beside it there may be one."""
    if pose.location.distance(other) >= LEAST_TO_VEHICLE:
        return False
    return abs(aside(pose, other)) < LEAST_BESIDE
