"""What a test looks at while a situation is played, and where it puts the ego."""

from collections.abc import Callable

import carla
from playing import Act

from lead.scenarios.director import Part


def triggered(act: Act) -> bool:
    return act.played.part is Part.PLAYING


def after(act: Act, seconds: float) -> Callable[[Act], bool]:
    """Holds from so many seconds after now."""
    end = act.stage.time + seconds
    return lambda act: act.stage.time >= end


def put_ego(act: Act, waypoint: carla.Waypoint) -> None:
    """The ego stands at a waypoint from the next tick on."""
    pose = waypoint.transform
    act.stage.ego.set_target_velocity(carla.Vector3D())
    act.stage.ego.set_transform(carla.Transform(pose.location + carla.Location(z=0.1), pose.rotation))
    act.tick(ego_drives=False)
    act.tick(ego_drives=False)
