"""How far a weather lets one see.

The published classes belong to 52 presets by name; here a class follows from a weather's parameters, so that blended
and varied weathers have one too. Source: spec/lead-expert-and-data.md, 4.4.
"""

import carla

from lead.expert.scene import Visibility

NIGHT = 0.0  # degrees: the sun is not above the horizon
LOW_SUN = 16.0  # degrees: sunset presets have 15
HARD_RAIN, RAIN = 60.0, 15.0  # percent of precipitation
FOG, HAZE = 40.0, 20.0  # percent of fog density
OVERCAST = 80.0  # percent of cloudiness; a dust storm's counts as clear


def visibility_of(weather: carla.WeatherParameters) -> Visibility:
    """The class of a weather: nights, and low sun in fog or hard rain, are the worst."""
    altitude = weather.sun_altitude_angle
    high = min(altitude, 180.0 - altitude)  # beyond 90 degrees the sun goes down on the other side
    thick = weather.precipitation >= HARD_RAIN or weather.fog_density >= FOG
    if high <= NIGHT or (high < LOW_SUN and thick):
        return Visibility.VERY_LIMITED
    if thick:
        return Visibility.LIMITED
    overcast = weather.cloudiness >= OVERCAST and weather.dust_storm <= 0.0
    if high < LOW_SUN or overcast or weather.precipitation >= RAIN or weather.fog_density >= HAZE:
        return Visibility.OK
    return Visibility.CLEAR
