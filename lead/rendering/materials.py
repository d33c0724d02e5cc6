"""What surfaces are made of: colour, pattern, gloss, and which lamp makes them glow."""

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import Lamp, Pattern


class Material(IntEnum):
    """Rows of the material table; what tints says below is the colour of the object that carries it."""

    ASPHALT = 0
    SIDEWALK = auto()
    KERB = auto()
    GRASS = auto()
    SOIL = auto()
    SAND = auto()
    CONCRETE = auto()
    BRIDGE = auto()
    WATER = auto()
    MARKING_WHITE = auto()
    MARKING_YELLOW = auto()
    MARKING_BLUE = auto()
    MARKING_GREEN = auto()
    MARKING_RED = auto()
    BIKE_LANE = auto()
    FACADE = auto()  # tint 0
    BRICK = auto()  # tint 0
    PLASTER = auto()  # tint 0
    ROOF = auto()  # tint 1
    SHOP_WINDOW = auto()
    WINDOW_FRAME = auto()
    BARK = auto()
    LEAVES = auto()  # tint 0
    HEDGE = auto()
    STEEL = auto()
    DARK_STEEL = auto()
    GALVANISED = auto()
    WHITE_METAL = auto()
    SIGN_WHITE = auto()
    SIGN_RED = auto()
    SIGN_BLACK = auto()
    SIGN_YELLOW = auto()
    SIGN_BLUE = auto()
    SIGN_GREEN = auto()
    SIGN_BACK = auto()
    HOUSING_BLACK = auto()
    HOUSING_YELLOW = auto()
    LENS_RED = auto()
    LENS_YELLOW = auto()
    LENS_GREEN = auto()
    STREET_LAMP = auto()
    PAINT = auto()  # tint 0
    PAINT_SECOND = auto()  # tint 1
    PAINT_WHITE = auto()
    PAINT_RED = auto()
    PAINT_BLUE = auto()
    PAINT_YELLOW = auto()
    PAINT_BLACK = auto()
    WINDOW = auto()
    TYRE = auto()
    RIM = auto()
    CHROME = auto()
    TRIM = auto()  # black plastic
    SEAT = auto()
    NUMBER_PLATE = auto()
    HEAD_LAMP = auto()
    TAIL_LAMP = auto()
    BRAKE_LAMP = auto()
    REVERSE_LAMP = auto()
    LEFT_BLINKER = auto()
    RIGHT_BLINKER = auto()
    BEACON_BLUE = auto()
    BEACON_RED = auto()
    BEACON_ORANGE = auto()
    SKIN = auto()  # tint 2
    HAIR = auto()
    SHIRT = auto()  # tint 0
    TROUSERS = auto()  # tint 1
    SHOES = auto()
    BAG = auto()
    WHEELCHAIR = auto()
    CONE_ORANGE = auto()
    REFLECTIVE_WHITE = auto()
    HAZARD_RED = auto()
    HAZARD_ORANGE = auto()
    PLASTIC_RED = auto()
    PLASTIC_BLUE = auto()
    PLASTIC_GREEN = auto()
    PLASTIC_YELLOW = auto()
    PLASTIC_WHITE = auto()
    PLASTIC_GREY = auto()
    PLASTIC_BLACK = auto()
    WOOD = auto()
    DARK_WOOD = auto()
    CARDBOARD = auto()
    RUBBISH = auto()
    STONE = auto()
    CLAY = auto()
    CLOTH = auto()  # tint 0
    GLASS = auto()
    SCREEN = auto()
    PLANT = auto()
    FLOWER = auto()


class Look(NamedTuple):
    """How a material looks. Colours are sRGB hex; `tint` names the object's colour slot that replaces `colour`."""

    colour: str
    pattern: Pattern = Pattern.PLAIN
    gloss: float = 0.0  # share of mirrored sky, 0-1
    tint: int = -1
    lamp: Lamp = Lamp(0)  # it glows while one of these lamps is on
    glow: str = "#000000"
    strength: float = 1.0  # of the glow; 1 is white paper in full sun


_LOOKS = {
    Material.ASPHALT: Look("#4b4c4e", Pattern.ASPHALT),
    Material.SIDEWALK: Look("#9b9892", Pattern.PAVING),
    Material.KERB: Look("#a9a69f", Pattern.CONCRETE),
    Material.GRASS: Look("#5d7a3a", Pattern.GRASS),
    Material.SOIL: Look("#7a6648", Pattern.SOIL),
    Material.SAND: Look("#b8a47c", Pattern.SOIL),
    Material.CONCRETE: Look("#9a9892", Pattern.CONCRETE),
    Material.BRIDGE: Look("#8d8b86", Pattern.CONCRETE),
    Material.WATER: Look("#27424f", Pattern.WATER, 0.5),
    Material.MARKING_WHITE: Look("#e4e4de", Pattern.MARKING),
    Material.MARKING_YELLOW: Look("#d9a520", Pattern.MARKING),
    Material.MARKING_BLUE: Look("#2d5fae", Pattern.MARKING),
    Material.MARKING_GREEN: Look("#428a42", Pattern.MARKING),
    Material.MARKING_RED: Look("#b03a30", Pattern.MARKING),
    Material.BIKE_LANE: Look("#8f4a3c", Pattern.ASPHALT),
    Material.FACADE: Look("#b7a58c", Pattern.FACADE, tint=0),
    Material.BRICK: Look("#8c4f3c", Pattern.BRICK, tint=0),
    Material.PLASTER: Look("#d8cdb8", Pattern.CONCRETE, tint=0),
    Material.ROOF: Look("#7d4436", Pattern.ROOF, tint=1),
    Material.SHOP_WINDOW: Look("#20282e", Pattern.GLASS, 0.35),
    Material.WINDOW_FRAME: Look("#e2ded4"),
    Material.BARK: Look("#5b4636", Pattern.WOOD),
    Material.LEAVES: Look("#3f6a2c", Pattern.FOLIAGE, tint=0),
    Material.HEDGE: Look("#35592a", Pattern.FOLIAGE),
    Material.STEEL: Look("#7f858a", Pattern.METAL, 0.1),
    Material.DARK_STEEL: Look("#33383b", Pattern.METAL, 0.08),
    Material.GALVANISED: Look("#a9aeb1", Pattern.METAL, 0.12),
    Material.WHITE_METAL: Look("#dcdcda", Pattern.METAL, 0.08),
    Material.SIGN_WHITE: Look("#f2f2ef"),
    Material.SIGN_RED: Look("#c01c20"),
    Material.SIGN_BLACK: Look("#17181a"),
    Material.SIGN_YELLOW: Look("#f3b51b"),
    Material.SIGN_BLUE: Look("#1c56a6"),
    Material.SIGN_GREEN: Look("#1f6b34"),
    Material.SIGN_BACK: Look("#8e9294", Pattern.METAL),
    Material.HOUSING_BLACK: Look("#1b1c1d"),
    Material.HOUSING_YELLOW: Look("#c79a1c"),
    Material.LENS_RED: Look("#3c0d0b", lamp=Lamp.RED, glow="#ff2418", strength=2.2),
    Material.LENS_YELLOW: Look("#3d2c08", lamp=Lamp.YELLOW, glow="#ff6a10", strength=2.2),
    Material.LENS_GREEN: Look("#0a3318", lamp=Lamp.GREEN, glow="#14f04c", strength=2.2),
    Material.STREET_LAMP: Look("#c9c7bd", lamp=Lamp.STREET, glow="#ffdca0", strength=3.0),
    Material.PAINT: Look("#9a1f24", Pattern.PAINT, 0.22, tint=0),
    Material.PAINT_SECOND: Look("#e8e8e4", Pattern.PAINT, 0.22, tint=1),
    Material.PAINT_WHITE: Look("#e8e8e4", Pattern.PAINT, 0.22),
    Material.PAINT_RED: Look("#b3161c", Pattern.PAINT, 0.22),
    Material.PAINT_BLUE: Look("#173f8f", Pattern.PAINT, 0.22),
    Material.PAINT_YELLOW: Look("#eab21a", Pattern.PAINT, 0.22),
    Material.PAINT_BLACK: Look("#141518", Pattern.PAINT, 0.22),
    Material.WINDOW: Look("#161b20", Pattern.GLASS, 0.4),
    Material.TYRE: Look("#191919"),
    Material.RIM: Look("#8f9396", Pattern.METAL, 0.15),
    Material.CHROME: Look("#b9bdc0", Pattern.METAL, 0.35),
    Material.TRIM: Look("#222325"),
    Material.SEAT: Look("#2d2a28", Pattern.CLOTH),
    Material.NUMBER_PLATE: Look("#e9e7da"),
    Material.HEAD_LAMP: Look(
        "#d9dee0", Pattern.GLASS, 0.25, lamp=Lamp.LOW_BEAM | Lamp.HIGH_BEAM, glow="#fff6dc", strength=3.0
    ),
    Material.TAIL_LAMP: Look("#6e1214", lamp=Lamp.POSITION | Lamp.LOW_BEAM, glow="#d01a16", strength=0.8),
    Material.BRAKE_LAMP: Look("#6e1214", lamp=Lamp.BRAKE, glow="#ff2a1c", strength=2.0),
    Material.REVERSE_LAMP: Look("#c9c9c4", lamp=Lamp.REVERSE, glow="#ffffff", strength=2.0),
    Material.LEFT_BLINKER: Look("#a85a10", lamp=Lamp.LEFT_BLINKER, glow="#ffa31a", strength=2.0),
    Material.RIGHT_BLINKER: Look("#a85a10", lamp=Lamp.RIGHT_BLINKER, glow="#ffa31a", strength=2.0),
    Material.BEACON_BLUE: Look("#16307e", lamp=Lamp.SPECIAL1, glow="#3a6cff", strength=3.0),
    Material.BEACON_RED: Look("#7e1418", lamp=Lamp.SPECIAL2, glow="#ff2a24", strength=3.0),
    Material.BEACON_ORANGE: Look("#a8600e", lamp=Lamp.SPECIAL1, glow="#ff9a1a", strength=3.0),
    Material.SKIN: Look("#c58c6a", tint=2),
    Material.HAIR: Look("#2c2019"),
    Material.SHIRT: Look("#3d64a8", Pattern.CLOTH, tint=0),
    Material.TROUSERS: Look("#2a3142", Pattern.CLOTH, tint=1),
    Material.SHOES: Look("#1d1b1a"),
    Material.BAG: Look("#5a3a22", Pattern.CLOTH),
    Material.WHEELCHAIR: Look("#2f3336", Pattern.METAL, 0.1),
    Material.CONE_ORANGE: Look("#f0561a"),
    Material.REFLECTIVE_WHITE: Look("#f0f0ec"),
    Material.HAZARD_RED: Look("#c8201e", Pattern.HAZARD),
    Material.HAZARD_ORANGE: Look("#ef6a1a", Pattern.HAZARD),
    Material.PLASTIC_RED: Look("#b8242a"),
    Material.PLASTIC_BLUE: Look("#2256a0"),
    Material.PLASTIC_GREEN: Look("#306c32"),
    Material.PLASTIC_YELLOW: Look("#e0b020"),
    Material.PLASTIC_WHITE: Look("#e6e6e2"),
    Material.PLASTIC_GREY: Look("#84878a"),
    Material.PLASTIC_BLACK: Look("#202224"),
    Material.WOOD: Look("#9c7448", Pattern.WOOD),
    Material.DARK_WOOD: Look("#5e4028", Pattern.WOOD),
    Material.CARDBOARD: Look("#b08a5a", Pattern.CLOTH),
    Material.RUBBISH: Look("#3a3a38", Pattern.CLOTH),
    Material.STONE: Look("#8a857c", Pattern.CONCRETE),
    Material.CLAY: Look("#a9583a", Pattern.CONCRETE),
    Material.CLOTH: Look("#b04a4a", Pattern.CLOTH, tint=0),
    Material.GLASS: Look("#8fa7ad", Pattern.GLASS, 0.4),
    Material.SCREEN: Look("#39506a", Pattern.GLASS, 0.2),
    Material.PLANT: Look("#44702f", Pattern.FOLIAGE),
    Material.FLOWER: Look("#b83a66", Pattern.FOLIAGE),
}


class MaterialTable(NamedTuple):
    """The looks as arrays for kernels (M rows). Colours are linear RGB."""

    colour: NDArray[np.float32]  # (M, 3)
    pattern: NDArray[np.uint8]  # (M,) Pattern
    gloss: NDArray[np.float32]  # (M,)
    tint: NDArray[np.int8]  # (M,) colour slot of the object, -1: `colour`
    lamp: NDArray[np.uint32]  # (M,) Lamp bits
    glow: NDArray[np.float32]  # (M, 3) light given off while a lamp is on


def linear(colour: str) -> tuple[float, float, float]:
    """Linear RGB (0-1) of an sRGB hex colour such as "#a0b1c2"."""
    values = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def material_table() -> MaterialTable:
    """All looks, one row per `Material`."""
    looks = [_LOOKS[material] for material in Material]
    return MaterialTable(
        np.array([linear(look.colour) for look in looks], np.float32),
        np.array([look.pattern for look in looks], np.uint8),
        np.array([look.gloss for look in looks], np.float32),
        np.array([look.tint for look in looks], np.int8),
        np.array([look.lamp for look in looks], np.uint32),
        np.array([[look.strength * part for part in linear(look.glow)] for look in looks], np.float32),
    )
