"""Puts frames together tick by tick and appends them to a route's file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import Scene as WorldScene
from lead.dataset.frame import Boxes, Cloud, Ego, Fix, Frame, Intent, Reasons, Track, View
from lead.dataset.header import Perturbation, RouteHeader
from lead.dataset.kinds import BoxFlag, BoxKind, Semantic
from lead.dataset.target_points import PlanFollower
from lead.dataset.viewpoint import view_pose
from lead.dataset.writer import FrameWriter
from lead.drive.recording.clouds import CloudStack, lidar_points, radar_returns, radar_view
from lead.drive.recording.pictures import Seen, Things, seen_by
from lead.drive.recording.position import PositionFilter, place_of
from lead.drive.recording.rig_sensors import Data, Key, RigSensors
from lead.drive.recording.signals import RouteSignals
from lead.drive.recording.surroundings import (
    BoxReader,
    as_actors,
    joined,
    nearest_first,
    signal_boxes,
    situations_of,
)
from lead.drive.sensors.geodesy import geo_reference, latitude_turned_back, turns_latitude
from lead.drive.sensors.readings import inertia_of, position_of
from lead.drive.sensors.tracks import GNSS, IMU
from lead.expert.decision import Decision
from lead.expert.evidence import rig as evidence_rig
from lead.expert.evidence.bodies import Bodies
from lead.expert.evidence.bodies import boxes as bodies
from lead.expert.evidence.measured import counted
from lead.expert.evidence.pictures import Pictures
from lead.expert.evidence.source import Heads
from lead.expert.reading.heads import read_heads
from lead.expert.scene import SPACING, Scene
from lead.scenarios.stage import Stage

PROPS = (carla.CityObjectLabel.Static, carla.CityObjectLabel.Dynamic, carla.CityObjectLabel.Other)
EMERGENCY = (carla.CityObjectLabel.Car, carla.CityObjectLabel.Truck)
SIGNS = (carla.CityObjectLabel.TrafficSigns,)


class Recorder:
    """Records one drive. Made when the ego stands at the start; `see` once per tick, `close` at the end.

    Args:
        stage: the drive.
        header: what holds for all frames.
        folder: of the route.
        moves: how a copy of the rig that is on the ego is moved, frame by frame, from the first on; None: there is no copy.
    """

    def __init__(self, stage: Stage, header: RouteHeader, folder: Path, moves: Iterator[Perturbation] | None) -> None:
        self._stage, self._header = stage, header
        self._every = header.ticks_per_frame
        self._moves, self._moved = moves, None if moves is None else next(moves)
        self._writer = FrameWriter(folder, header)
        self._signals: RouteSignals | None = None
        self._heads = Heads.none()
        self._boxes = BoxReader(stage)
        self._clouds, self._position, self._tracker = CloudStack(), PositionFilter(), _Tracker()
        points = header.plan.points
        self._follower = PlanFollower(points, header.pop_distances)
        self._gnss_follower = PlanFollower(points, header.pop_distances)
        self._reference = geo_reference(stage.map.to_opendrive())
        self._turned: bool | None = None  # whether GNSS says latitudes the wrong way round
        self._evidence_rig = evidence_rig_of(header)
        self._sensors = RigSensors(stage, header.rig, self._moved, self._every)
        self._ticks, self._steer = 0, 0.0
        self._learner: bool | None = None  # had the wheel since the last frame

    def see(self, frame: int, scene: Scene, decision: Decision, steer: float, learner: bool | None = None) -> None:
        """Take in a tick, the world's of that number, and what was decided on it; saves a frame when one is due.

        `steer` is how the wheel is turned in it, from -1 to 1, and `learner` whether a learner turns it; None where none may.
        """
        if self._signals is None:
            self._signals = RouteSignals(self._stage, scene.route)
            lights = {light.id: light for light in self._stage.world.get_actors(scene.route.light_id.tolist())}
            self._heads = read_heads([lights[light] for light in scene.route.light_id.tolist()])
        self._ticks += 1
        data, pose = self._sensors.read(frame), scene.ego.pose
        self._signals.step(scene)
        fix = self._fix(data, scene)
        self._follower.step(pose[:2])
        self._gnss_follower.step(fix.position)
        control = np.array([decision.control.throttle, decision.control.steer, decision.control.brake])
        self._tracker.add(self._ticks, pose, scene.ego.speed, control)
        self._steer = steer
        self._learner = learner if self._learner is None else self._learner or bool(learner)
        lidar, (radar, number) = lidar_points(data, self._header.rig), radar_returns(data, self._header.rig, False)
        self._clouds.add(lidar, radar[:, :3], pose)
        if self._sensors.is_saved(frame):
            view = radar_view(radar, number)
            self._save(data, scene, decision, fix, view, Pictures((), (), (), lidar, radar[:, :3]))

    def close(self) -> None:
        """Take the sensors away and end the file."""
        self._sensors.close()
        self._writer.close()

    def _save(
        self, data: Data, scene: Scene, decision: Decision, fix: Fix, radar: View, clouds: Pictures
    ) -> None:  # fmt: skip
        rig, pose, quality = self._header.rig, scene.ego.pose, self._header.jpeg_quality
        boxes, world = self._boxes.read(scene)
        things = things_of(boxes, self._signals.signs)
        seen = seen_by(data, rig, pose, False, things, quality)
        pictures = Pictures(seen.metres, seen.tags, seen.instances, clouds.lidar, clouds.radar)
        evidence = counted(self._evidence_rig, pictures, scene.ego, as_actors(boxes), self._heads, False).actors
        boxes = Boxes(**{**vars(boxes), "evidence": evidence})
        signals = signal_boxes(self._signals.seen(scene))
        self._writer.append(
            Frame(
                tick=self._ticks,
                time=scene.time,
                ego=self._ego(world, scene, decision),
                track=self._tracker.take(),
                fix=fix,
                intent=self._intent(scene, decision),
                reasons=reasons_of(decision),
                surroundings=situations_of(scene),
                boxes=nearest_first(joined(boxes, signals), pose),
                view=_view(seen, radar),
                perturbed=self._perturbed(data, pose, things),
                cloud=self._cloud(pose),
                moved=None if self._moved is None else np.float32([self._moved.shift, self._moved.turn]),
                learner=self._learner,
            )
        )
        self._learner = None
        if self._moves is not None:
            self._move(next(self._moves))

    def _move(self, there: Perturbation) -> None:
        if there != self._moved:
            self._moved = there
            self._sensors.move(there)

    def _cloud(self, pose: NDArray[np.float64]) -> Cloud | None:
        return self._clouds.cloud(pose) if self._header.rig.lidars else None

    def _perturbed(self, data: Data, pose: NDArray[np.float64], things: Sequence[Things]) -> View:
        if self._moved is None:
            return View()
        there = view_pose(pose, self._moved)
        seen = seen_by(data, self._header.rig, there, True, things, self._header.jpeg_quality)
        return _view(seen, radar_view(*radar_returns(data, self._header.rig, True)))

    def _fix(self, data: Data, scene: Scene) -> Fix:
        globe, inertia = position_of(data[Key(GNSS)]), inertia_of(data[Key(IMU)])
        if self._turned is None:
            x, y, z = scene.ego.pose[:3].tolist()
            self._turned = turns_latitude(globe[0], carla.Location(x, y, z), self._reference)
        if self._turned:
            globe[0] = latitude_turned_back(globe[0], self._reference)
        place = place_of(globe[0], globe[1], self._reference)
        heading = float(inertia[6]) - 0.5 * np.pi  # the compass counts from north, which is -y
        heading = (heading + np.pi) % (2.0 * np.pi) - np.pi
        return Fix(inertia, globe, place, self._position.step(place, heading, scene.ego.speed, self._steer))

    def _ego(self, world: WorldScene, scene: Scene, decision: Decision) -> Ego:
        row, asked = world.row(self._stage.ego.id), decision.control
        return Ego(
            pose=scene.ego.pose,
            velocity=scene.ego.velocity,
            acceleration=world.acceleration[row],
            angular_velocity=world.angular_velocity[row],
            speed=scene.ego.speed,
            control=np.array([asked.throttle, asked.steer, asked.brake]),
        )

    def _intent(self, scene: Scene, decision: Decision) -> Intent:
        route, row = scene.route, self._signals.row
        return Intent(
            route=decision.path,
            changed=decision.changed_route,
            reached=self._follower.reached,
            reached_gnss=self._gnss_follower.reached,
            remaining=max(0.0, (route.end - row) * SPACING),
            speed_limit=scene.ego.speed_limit,
            in_junction=bool(route.in_junction[row]),
            lane_width=float(route.lane_width[row]),
        )


class _Tracker:
    """The ego's ticks since the last frame."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, NDArray[np.float64], float, NDArray[np.float64]]] = []

    def add(self, tick: int, pose: NDArray[np.float64], speed: float, control: NDArray[np.float64]) -> None:
        """One tick."""
        self._rows.append((tick, pose, speed, control))

    def take(self) -> Track:
        """The rows, which are forgotten."""
        tick, pose, speed, control = zip(*self._rows, strict=True)
        self._rows.clear()
        return Track(np.array(tick, np.int32), np.array(pose), np.array(speed), np.array(control))


def reasons_of(decision: Decision) -> Reasons:
    """What was decided, and what the rules asked for."""
    asked = decision.proposals
    binding = next((row for row, proposal in enumerate(asked) if proposal is decision.binding), -1)
    return Reasons(
        target_speed=decision.target_speed,
        limit=decision.limit,
        binding=binding,
        fault=decision.reason,
        cause=tuple(proposal.cause.name for proposal in asked),
        asked_speed=np.array([proposal.target_speed for proposal in asked]),
        subject=np.array([proposal.subject for proposal in asked], np.int64),
        distance=np.array([proposal.distance for proposal in asked]),
        overrides=np.array([proposal.overrides for proposal in asked], bool),
        raises=np.array([proposal.raises for proposal in asked], bool),
    )


def things_of(boxes: Boxes, signs: Bodies) -> list[Things]:
    """What the cameras' classes do not tell: cones and warning signs, emergency vehicles, stop signs."""

    def chosen(kind: BoxKind, flags: int) -> Bodies:
        rows = (boxes.kind == kind) & (boxes.flags & flags > 0)
        return bodies(boxes.pose[rows], boxes.centre[rows], boxes.extent[rows])

    return [
        Things(Semantic.OBSTACLE, PROPS, chosen(BoxKind.OBSTACLE, BoxFlag.CONE | BoxFlag.WARNING_SIGN)),
        Things(Semantic.SPECIAL_VEHICLE, EMERGENCY, chosen(BoxKind.VEHICLE, BoxFlag.EMERGENCY)),
        Things(Semantic.STOP_SIGN, SIGNS, signs),
    ]


def evidence_rig_of(header: RouteHeader) -> evidence_rig.Rig:
    """The header's rig as evidence is counted in it."""
    return evidence_rig.Rig(
        tuple(evidence_rig.Camera(c.mount, c.width, c.height, c.fov) for c in header.rig.cameras),
        evidence_rig.Lidar(),
        tuple(evidence_rig.Radar(mount) for mount in header.rig.radars),
    )


def _view(seen: Seen, radar: View) -> View:
    return View(seen.rgb, seen.semantics, seen.depth, radar.radar, radar.radar_sensor)
