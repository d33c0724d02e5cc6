"""The weathers of the gallery: five of our own and CARLA's presets by name."""

import carla

from lead.rendering.kernels.codes import Lamp
from lead.simulator.weather import Weather

PRESETS = (
    "ClearNoon", "CloudyNoon", "WetNoon", "WetCloudyNoon", "SoftRainNoon", "MidRainyNoon", "HardRainNoon",
    "ClearSunset", "CloudySunset", "WetSunset", "WetCloudySunset", "SoftRainSunset", "MidRainSunset", "HardRainSunset",
    "ClearNight", "CloudyNight", "WetNight", "WetCloudyNight", "SoftRainNight", "MidRainyNight", "HardRainNight",
    "DustStorm",
)  # fmt: skip
LIT_BELOW = 10.0  # degrees of sun altitude below which drivers switch their lamps on; also in rain and fog


def preset(name: str, **changes: float) -> list[float]:
    """The 14 numbers of a preset of CARLA, some of them changed."""
    parameters = getattr(carla.WeatherParameters, name)
    return [changes.get(field.name.lower(), getattr(parameters, field.name.lower())) for field in Weather]


FIVE = {
    "clear noon": preset("ClearNoon"),
    "rain": preset("HardRainNoon"),
    "fog": preset("CloudyNoon", fog_density=50.0, fog_distance=5.0, fog_falloff=0.1),
    "dusk": preset("ClearSunset", sun_altitude_angle=-1.5),
    "night": preset("ClearNight", sun_altitude_angle=-60.0),
}


def lamps_for(weather: list[float]) -> int:
    """Lamps that careful drivers have on in a weather."""
    dim = weather[Weather.SUN_ALTITUDE_ANGLE] < LIT_BELOW
    thick = weather[Weather.FOG_DENSITY] > 20.0 or weather[Weather.PRECIPITATION] > 20.0
    return int(Lamp.POSITION | Lamp.LOW_BEAM) if dim or thick else 0
