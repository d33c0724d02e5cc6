"""Numbers that kernels and tables share: surface patterns, lamps, and the columns of a light setting."""

from enum import IntEnum, IntFlag


class Pattern(IntEnum):
    """Procedural texture of a material, evaluated per pixel from the place on the surface."""

    PLAIN = 0
    ASPHALT = 1  # grain, patches and tyre wear
    PAVING = 2  # slabs with joints
    FACADE = 3  # rows of windows, lit at night
    FOLIAGE = 4
    GRASS = 5
    GLASS = 6  # reflects the sky
    PAINT = 7  # car paint: clear coat that reflects the sky
    MARKING = 8  # worn road paint
    BRICK = 9
    WOOD = 10
    CONCRETE = 11
    METAL = 12
    CLOTH = 13
    ROOF = 14  # tiles
    SOIL = 15
    WATER = 16
    HAZARD = 17  # diagonal stripes of the material's colour and white


LAMP_SLOT = 0  # colour slot of an object by which the light of its street lamp is multiplied, where it is set


class Lamp(IntFlag):
    """What may glow: the low bits are CARLA's VehicleLightState; `lamps` of an object says which are on."""

    POSITION = 0x1
    LOW_BEAM = 0x2
    HIGH_BEAM = 0x4
    BRAKE = 0x8
    RIGHT_BLINKER = 0x10
    LEFT_BLINKER = 0x20
    REVERSE = 0x40
    FOG = 0x80
    INTERIOR = 0x100
    SPECIAL1 = 0x200  # rotating beacons, left half
    SPECIAL2 = 0x400  # rotating beacons, right half
    RED = 0x1000  # of a traffic light
    YELLOW = 0x2000
    GREEN = 0x4000
    STREET = 0x8000  # street lamp
