"""Where lights and stop signs hold the ego: read from the world once, or written by hand."""

from dataclasses import dataclass

import carla
import numpy as np

from lead.scenarios.criteria.moment import Place

WITHIN = 0.9  # of a light's half width that is sampled, so that lanes beside are not met
SAMPLE = 1.0  # m between the samples
STEP = 0.5  # m by which a stop line is looked for along the lane
FARTHEST = 100.0  # m along a lane beyond which no junction is looked for


@dataclass(frozen=True)
class Light:
    """A traffic light and where the lanes that it governs meet the junction."""

    id: int
    place: Place  # m, of the actor
    centre: Place  # m, of its trigger volume
    stop_lines: tuple[carla.Waypoint, ...]


@dataclass(frozen=True)
class Sign:
    """A stop sign and its trigger volume, whose sides count as parallel to the world's axes."""

    id: int
    place: Place  # m, of the actor
    centre: Place  # m, of its trigger volume
    half: Place  # m, half sizes of it


def read_light(actor: carla.TrafficLight, town_map: carla.Map) -> Light:
    """A light of a live world."""
    return light_at(actor.id, actor.get_transform(), actor.trigger_volume, town_map)


def read_sign(actor: carla.TrafficSign) -> Sign:
    """A stop sign of a live world."""
    return sign_at(actor.id, actor.get_transform(), actor.trigger_volume)


def light_at(actor_id: int, pose: carla.Transform, trigger: carla.BoundingBox, town_map: carla.Map) -> Light:
    """A light by the pose of its actor and its trigger volume in the actor's frame, x across the lanes."""
    centre, across = pose.transform(trigger.location), pose.rotation.yaw
    right = carla.Rotation(yaw=across).get_forward_vector()
    lanes: list[carla.Waypoint] = []
    for x in np.arange(-WITHIN * trigger.extent.x, WITHIN * trigger.extent.x, SAMPLE).tolist():
        lane = town_map.get_waypoint(carla.Location(centre.x + x * right.x, centre.y + x * right.y, centre.z))
        if lane is not None and (not lanes or _lane(lane) != _lane(lanes[-1])):
            lanes.append(lane)
    return Light(actor_id, _place(pose.location), _place(centre), tuple(_stop_line(lane) for lane in lanes))


def sign_at(actor_id: int, pose: carla.Transform, trigger: carla.BoundingBox) -> Sign:
    """A stop sign by the pose of its actor and its trigger volume in the actor's frame."""
    half = (trigger.extent.x, trigger.extent.y, trigger.extent.z)
    return Sign(actor_id, _place(pose.location), _place(pose.transform(trigger.location)), half)


def _stop_line(lane: carla.Waypoint) -> carla.Waypoint:
    """The last waypoint before the junction."""
    for _ in range(int(FARTHEST / STEP)):
        following = lane.next(STEP)
        if lane.is_junction or not following or following[0].is_junction:
            break
        lane = following[0]
    return lane


def _lane(waypoint: carla.Waypoint) -> tuple[int, int]:
    return waypoint.road_id, waypoint.lane_id


def _place(location: carla.Location) -> Place:
    return location.x, location.y, location.z
