"""Where a place is on the globe, as plans and GNSS tell agents; and the latitude that CARLA 0.9.16 turns round.

Source: spec/benchmarks.md, 1.2 (agent plan conversion) and 3.5.
"""

import re

import carla
import numpy as np

from lead.server.inertial import geo_location

Degrees = tuple[float, float]  # latitude, longitude
DEFAULT_REFERENCE: Degrees = (42.0, 2.0)  # of maps that name none
TELLING = 5.0  # m from the axis: twice that is 18 standard deviations of a benchmark's GNSS


def geo_reference(opendrive: str) -> Degrees:
    """Latitude and longitude of a map's origin, from its OpenDRIVE text."""
    header = re.search(r"<geoReference>(.*?)</geoReference>", opendrive, re.DOTALL)
    told = header[1] if header else ""
    found = [re.search(rf"\+{key}=([-+0-9.eE]+)", told) for key in ("lat_0", "lon_0")]
    latitude, longitude = (float(m[1]) if m else default for m, default in zip(found, DEFAULT_REFERENCE))
    return latitude, longitude


def geo_point(place: carla.Location, reference: Degrees) -> dict[str, float]:
    """A place of a geo plan: `lat`, `lon` (degrees), `z` (m)."""
    latitude, longitude, altitude = geo_location(np.array([place.x, place.y, place.z]), reference)
    return {"lat": latitude, "lon": longitude, "z": altitude}


def turns_latitude(latitude: float, place: carla.Location, reference: Degrees) -> bool | None:
    """Whether GNSS, which says a latitude (degrees) at a place, takes south for north, as CARLA 0.9.16 does.

    None where the place is too near to the map's axis for its noise.
    """
    if abs(place.y) < TELLING:
        return None
    right = geo_point(place, reference)["lat"]
    turned = geo_point(carla.Location(place.x, -place.y, place.z), reference)["lat"]
    return abs(latitude - turned) < abs(latitude - right)


def latitude_turned_back(latitude: float, reference: Degrees) -> float:
    """The latitude (degrees) as far on the other side of the reference, in metres of the map."""

    def north(degrees: float) -> float:
        return float(np.log(np.tan(np.radians(45.0 + degrees / 2.0))))

    mirrored = 2.0 * north(reference[0]) - north(latitude)
    return float(2.0 * np.degrees(np.arctan(np.exp(mirrored))) - 90.0)
