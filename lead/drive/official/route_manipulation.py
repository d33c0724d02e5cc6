"""`leaderboard.utils.route_manipulation`: plans in the forms that agents are given."""

from collections.abc import Sequence

import carla
import numpy as np

from lead.drive.official.carla_data_provider import CarlaDataProvider
from lead.drive.official.global_route_planner import GlobalRoutePlanner
from lead.drive.official.local_planner import RoadOption
from lead.drive.sensors.geodesy import Degrees, geo_point, geo_reference
from lead.scenarios.plan import sampled_rows

WorldPlan = list[tuple[carla.Transform, RoadOption]]
GeoPlan = list[tuple[dict[str, float], RoadOption]]


def downsample_route(route: Sequence[tuple[carla.Transform, RoadOption]], sample_factor: float) -> list[int]:
    """Places of the points that an agent is told: ends, lane changes, where the command changes, and else one each
    `sample_factor` m."""
    places = np.array([[pose.location.x, pose.location.y, pose.location.z] for pose, _ in route]).reshape(-1, 3)
    return sampled_rows(places, [int(command) for _, command in route], sample_factor)


def location_route_to_gps(
    route: Sequence[tuple[carla.Transform, RoadOption]], lat_ref: float, lon_ref: float
) -> GeoPlan:
    """A world plan as a geo plan, for the map's origin (degrees)."""
    return [(geo_point(pose.location, (lat_ref, lon_ref)), command) for pose, command in route]


def interpolate_trajectory(
    waypoints_trajectory: Sequence[carla.Location], hop_resolution: float = 1.0
) -> tuple[GeoPlan, WorldPlan]:
    """The way through key points, a point each `hop_resolution` m: geo plan and world plan."""
    planner = GlobalRoutePlanner(CarlaDataProvider.get_map(), hop_resolution)
    stretches = zip(waypoints_trajectory[:-1], waypoints_trajectory[1:], strict=True)
    world = [
        (waypoint.transform, command)
        for here, there in stretches
        for waypoint, command in planner.trace_route(here, there)
    ]
    return location_route_to_gps(world, *_get_latlon_ref(CarlaDataProvider.get_world())), world


def _get_latlon_ref(world: carla.World) -> Degrees:
    """Latitude and longitude of the map's origin; agents import it in spite of its name."""
    return geo_reference(world.get_map().to_opendrive())


def _location_to_gps(lat_ref: float, lon_ref: float, location: carla.Location) -> dict[str, float]:
    """A place as a point of a geo plan; agents import it in spite of its name."""
    return geo_point(location, (lat_ref, lon_ref))
