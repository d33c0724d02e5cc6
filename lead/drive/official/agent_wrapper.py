"""`leaderboard.autoagents.agent_wrapper`: the limits of the tracks, and the check of an agent's sensors."""

from collections.abc import Mapping, Sequence
from typing import Any

from lead.drive.agent import AgentFault
from lead.drive.official.autonomous_agent import Track
from lead.drive.official.sensor_interface import SensorConfigurationInvalid
from lead.drive.sensors.tracks import LIMITS, MOUNT_RADIUS, check_sensors

MAX_ALLOWED_RADIUS_SENSOR = MOUNT_RADIUS
SENSORS_LIMITS, QUALIFIER_SENSORS_LIMITS = dict(LIMITS["MAP"]), dict(LIMITS["MAP_QUALIFIER"])
ALLOWED_SENSORS = SENSORS_LIMITS.keys()


class AgentError(Exception):
    """The agent failed while driving."""


class TickRuntimeError(Exception):
    """The route took more ticks than Bench2Drive allows."""


def validate_sensor_configuration(
    sensors: Sequence[Mapping[str, Any]], agent_track: Track, selected_track: str
) -> None:
    """Whether the agent is of the selected track, which allows its sensors; else SensorConfigurationInvalid."""
    if Track(selected_track) != agent_track:
        raise SensorConfigurationInvalid(f"the agent is of track {agent_track.value}, expected {selected_track}")
    try:
        check_sensors(sensors, agent_track.value)
    except AgentFault as fault:
        raise SensorConfigurationInvalid(str(fault)) from fault
