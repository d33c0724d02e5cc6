"""`leaderboard.envs.sensor_interface`: where an agent finds the readings of its sensors."""

from collections.abc import Callable
from typing import Any

from lead.drive.sensors.readings import READERS
from lead.drive.sensors.tracks import OPENDRIVE_MAP


class SensorConfigurationInvalid(Exception):
    """The track does not allow these sensors."""


class SensorReceivedNoData(Exception):
    """A sensor is late."""


class GenericMeasurement:
    """A value and its frame, as sensors that are not the simulator's send it."""

    def __init__(self, data: Any, frame: int) -> None:
        self.data, self.frame = data, frame


class SensorInterface:
    """The latest readings by sensor's id. The runner fills it before it asks the agent, so nothing waits here."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._readings: dict[str, tuple[int, Any]] = {}

    def register_sensor(self, tag: str, sensor_type: str, sensor: Any) -> None:
        """Make a sensor known."""
        if tag in self._kinds:
            raise SensorConfigurationInvalid(f"two sensors have the id {tag!r}; ids must differ")
        self._kinds[tag] = sensor_type

    def update_sensor(self, tag: str, data: Any, frame: int) -> None:
        """Take in a reading."""
        if tag not in self._kinds:
            raise SensorConfigurationInvalid(f"found data of {tag!r}, expected one of {sorted(self._kinds)}")
        self._readings[tag] = (frame, data)

    def get_data(self, frame: int) -> dict[str, tuple[int, Any]]:
        """Readings of a frame by sensor's id; the map is among them only when it is due."""
        readings = {tag: reading for tag, reading in self._readings.items() if reading[0] == frame}
        late = [tag for tag, kind in self._kinds.items() if tag not in readings and kind != OPENDRIVE_MAP]
        if late:
            raise SensorReceivedNoData(f"no data of frame {frame} from {', '.join(late)}")
        return readings


class CallBack:
    """Takes what a sensor sends into an interface, in the form in which agents get it."""

    def __init__(self, tag: str, sensor_type: str, sensor: Any, data_provider: SensorInterface) -> None:
        self._tag, self._interface = tag, data_provider
        self._read: Callable[[Any], Any] = READERS.get(sensor_type, lambda measurement: measurement.data)
        data_provider.register_sensor(tag, sensor_type, sensor)

    def __call__(self, data: Any) -> None:
        self._interface.update_sensor(self._tag, self._read(data), data.frame)
