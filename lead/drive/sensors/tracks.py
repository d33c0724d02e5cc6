"""Which sensors a track allows, how many, where they may sit, and what an agent has to say about each.

Source: spec/benchmarks.md, 1.2 (sensors per track) and 1.7 (mount radius).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import hypot, isfinite
from typing import Any

from lead.drive.agent import PRIVILEGED, SENSORS, AgentFault

CAMERA, LIDAR, RADAR = "sensor.camera.rgb", "sensor.lidar.ray_cast", "sensor.other.radar"
GNSS, IMU = "sensor.other.gnss", "sensor.other.imu"
SPEEDOMETER, OPENDRIVE_MAP = "sensor.speedometer", "sensor.opendrive_map"

MOUNT_RADIUS, BENCH2DRIVE_MOUNT_RADIUS = 3.0, 100.0  # m from the ego's centre

_ALWAYS = {GNSS: 1, IMU: 1, SPEEDOMETER: 1}
_FULL = {CAMERA: 8, LIDAR: 2, RADAR: 4, **_ALWAYS}
_QUALIFIER = {CAMERA: 4, LIDAR: 1, RADAR: 2, **_ALWAYS}
LIMITS: Mapping[str, Mapping[str, int]] = {
    "SENSORS": _FULL,
    "MAP": {**_FULL, OPENDRIVE_MAP: 1},
    "SENSORS_QUALIFIER": _QUALIFIER,
    "MAP_QUALIFIER": {**_QUALIFIER, OPENDRIVE_MAP: 1},
    PRIVILEGED: dict.fromkeys((CAMERA, LIDAR, RADAR, GNSS, IMU, SPEEDOMETER, OPENDRIVE_MAP), 1000),
}
"""The most of each type on each track; a type that is not named is forbidden."""

RESULT_NAMES: Mapping[str, str] = {
    CAMERA: "carla_camera", LIDAR: "carla_lidar", RADAR: "carla_radar", GNSS: "carla_gnss", IMU: "carla_imu",
    OPENDRIVE_MAP: "carla_opendrive_map", SPEEDOMETER: "carla_speedometer",
}  # fmt: skip
"""Types of sensors as result files list them."""

_PLACE, _TURN = ("x", "y", "z"), ("roll", "pitch", "yaw")
NUMBERS: Mapping[str, tuple[str, ...]] = {
    CAMERA: (*_PLACE, *_TURN, "width", "height", "fov"),
    LIDAR: (*_PLACE, *_TURN),
    RADAR: (*_PLACE, *_TURN, "horizontal_fov", "vertical_fov"),
    GNSS: _PLACE,
    IMU: (*_PLACE, *_TURN),
    SPEEDOMETER: (),
    OPENDRIVE_MAP: ("reading_frequency",),
}
"""Keys beside `id` and `type` that a sensor must have (m, degrees, pixels, Hz); others are of no account."""

FIXED: Mapping[str, Mapping[str, str]] = {
    CAMERA: {},
    LIDAR: {
        "range": "85", "rotation_frequency": "10", "channels": "64", "upper_fov": "10", "lower_fov": "-30",
        "points_per_second": "600000", "atmosphere_attenuation_rate": "0.004", "dropoff_general_rate": "0.45",
        "dropoff_intensity_limit": "0.8", "dropoff_zero_intensity": "0.4",
    },
    RADAR: {"points_per_second": "1500", "range": "100"},
    GNSS: {f"noise_{axis}_stddev": "0.000005" for axis in ("lat", "lon", "alt")},
    IMU: {
        "noise_accel_stddev_x": "0.001", "noise_accel_stddev_y": "0.001", "noise_accel_stddev_z": "0.015",
        "noise_gyro_stddev_x": "0.001", "noise_gyro_stddev_y": "0.001", "noise_gyro_stddev_z": "0.001",
    },
}  # fmt: skip
"""Blueprint attributes that no agent may choose."""

CHOSEN: Mapping[str, Mapping[str, str]] = {
    CAMERA: {"image_size_x": "width", "image_size_y": "height", "fov": "fov"},
    RADAR: {"horizontal_fov": "horizontal_fov", "vertical_fov": "vertical_fov"},
}
"""Blueprint attributes that it chooses, with the keys that say them."""


def check_sensors(sensors: Sequence[Mapping[str, Any]], track: str, mount_radius: float = MOUNT_RADIUS) -> None:
    """Whether a track allows these sensors, mounted no farther than `mount_radius` (m) from the ego's centre.

    Raises:
        AgentFault: it does not; the message names everything that is wrong.
    """
    faults = sensor_faults(sensors, track, mount_radius)
    if faults:
        raise AgentFault(SENSORS, f"{len(faults)} on track {track}\n" + "\n".join(f"- {fault}" for fault in faults))


def sensor_faults(sensors: Sequence[Mapping[str, Any]], track: str, mount_radius: float) -> list[str]:
    """Everything that is wrong with an agent's sensors, in words."""
    if track not in LIMITS:
        return [f"found track {track!r}, expected one of {', '.join(LIMITS)}"]
    faults: list[str] = []
    ids: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for place, sensor in enumerate(sensors):
        if not isinstance(sensor, Mapping) or not isinstance(sensor.get("type"), str) or "id" not in sensor:
            faults.append(f"sensor number {place} is {sensor!r}; expected a dictionary with 'id' and 'type'")
            continue
        ids[sensor["id"]] += 1
        types[sensor["type"]] += 1
        if sensor["type"] in LIMITS[track]:
            faults += _faults_of(sensor, mount_radius)
    faults += [f"{count} sensors have the id {name!r}; ids must differ" for name, count in ids.items() if count > 1]
    for kind, count in types.items():
        most = LIMITS[track].get(kind)
        if most is None:
            faults.append(f"found {kind}, allowed on {track} are {', '.join(LIMITS[track])}")
        elif count > most:
            faults.append(f"found {count} {kind}, at most {most} {'is' if most == 1 else 'are'} allowed on {track}")
    return faults


def _faults_of(sensor: Mapping[str, Any], mount_radius: float) -> list[str]:
    name, faults = f"sensor {sensor['id']!r} ({sensor['type']})", []
    keys = NUMBERS[sensor["type"]]
    missing = [key for key in keys if key not in sensor]
    if missing:
        faults.append(f"{name} lacks {', '.join(missing)}")
    wrong = [key for key in keys if key in sensor and not _is_number(sensor[key])]
    faults += [f"{name} has {key} {sensor[key]!r}; expected a number" for key in wrong]
    faults += [
        f"{name} has {key} {sensor[key]!r}; expected more than 0"
        for key in keys
        if key not in (*_PLACE, *_TURN, *missing, *wrong) and sensor[key] <= 0
    ]
    if all(axis in keys and axis not in (*missing, *wrong) for axis in _PLACE):
        away = hypot(*(sensor[axis] for axis in _PLACE))
        if away > mount_radius:
            faults.append(f"{name} sits {away:.2f} m from the ego's centre, at most {mount_radius:g} m are allowed")
    return faults


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, (bool, str)) and isfinite(value)
    except TypeError:
        return False
