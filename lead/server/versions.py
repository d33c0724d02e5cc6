"""What differs between the CARLA client versions this server can speak to; clients never announce theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lead import InputError
from lead.simulator.blueprints import AttributeType

# Places of the client's serialiser table (spec/carla-wire-protocol.md, section 2); a wrong number aborts the client.
_COMMON_SENSORS = {
    "sensor.other.collision": 0,
    "sensor.camera.depth": 1,
    "sensor.camera.normals": 2,
    "sensor.camera.dvs": 3,
    "sensor.other.gnss": 4,
    "sensor.other.imu": 5,
    "sensor.other.lane_invasion": 6,
    "sensor.other.obstacle": 7,
    "sensor.camera.optical_flow": 8,
    "sensor.other.radar": 9,
    "sensor.lidar.ray_cast_semantic": 10,
    "sensor.lidar.ray_cast": 11,
    "sensor.other.rss": 12,
    "sensor.camera.rgb": 13,
    "sensor.camera.semantic_segmentation": 14,
    "sensor.camera.instance_segmentation": 15,
}


@dataclass(frozen=True)
class ClientVersion:
    """One client release as the server sees it."""

    name: str  # answered to `version`
    attribute_base: int  # number of the attribute type Bool; Int, Float, String and RGBColor follow
    sensor_types: Mapping[str, int]  # blueprint id -> sensor_type in stream headers
    episode_state: int  # sensor_type of the episode state
    spawn_command_fields: int  # fields of the batch command SpawnActor
    wheelchairs: bool  # whether walkers have the wheelchair attributes
    ros_name: bool  # whether every blueprint has the attribute ros_name

    def type_number(self, kind: AttributeType) -> int:
        """Number of an attribute type on the wire."""
        return kind - AttributeType.BOOL + self.attribute_base


VERSIONS: Mapping[str, ClientVersion] = MappingProxyType(
    {
        "0.9.16": ClientVersion(
            name="0.9.16",
            attribute_base=1,
            sensor_types=MappingProxyType(
                _COMMON_SENSORS
                | {"sensor.camera.cosmos_visualization": 16, "sensor.other.v2x": 20, "sensor.other.v2x_custom": 21}
            ),
            episode_state=17,
            spawn_command_fields=6,
            wheelchairs=True,
            ros_name=True,
        ),
        "0.9.15": ClientVersion(
            name="0.9.15",
            attribute_base=0,
            sensor_types=MappingProxyType(_COMMON_SENSORS),
            episode_state=16,
            spawn_command_fields=4,
            wheelchairs=False,
            ros_name=False,
        ),
    }
)


def client_version(name: str) -> ClientVersion:
    """The version called `name`.

    Raises:
        InputError: the server does not speak it.
    """
    if name not in VERSIONS:
        raise InputError(f"found client version {name!r}, expected one of {', '.join(VERSIONS)}")
    return VERSIONS[name]
