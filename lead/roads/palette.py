"""Colours of drawn towns and traffic, as OpenCV's blue, green, red."""

from lead.roads.labels import Label
from lead.roads.network import LaneKind, MarkColour
from lead.roads.signals import SignalKind

GRASS = (178, 211, 196)
ASPHALT = (92, 86, 82)
LANE_COLOURS = {
    LaneKind.NONE: (156, 152, 148),
    LaneKind.OTHER: (140, 134, 128),
    LaneKind.SIDEWALK: (196, 202, 206),
    LaneKind.MEDIAN: (160, 196, 178),
    LaneKind.BORDER: (150, 158, 158),
    LaneKind.SHOULDER: (112, 108, 104),
    LaneKind.PARKING: (118, 108, 100),
    LaneKind.DRIVING: ASPHALT,
    LaneKind.BIDIRECTIONAL: ASPHALT,
    LaneKind.BIKING: (94, 110, 168),
}  # later kinds cover earlier ones
MARK_COLOURS = {
    MarkColour.WHITE: (245, 245, 245),
    MarkColour.YELLOW: (70, 190, 245),
    MarkColour.BLUE: (220, 150, 60),
    MarkColour.GREEN: (110, 190, 90),
    MarkColour.RED: (70, 70, 220),
}
KERB = (168, 172, 176)
CROSSWALK = (238, 238, 238)
SPAWN = (214, 152, 70)
PARKED = (140, 132, 122)
# Colour of the footprint; labels that are not here are not drawn.
FOOTPRINTS = {
    Label.BUILDINGS: (172, 190, 204),
    Label.WALLS: (130, 150, 160),
    Label.FENCES: (120, 140, 150),
    Label.VEGETATION: (96, 160, 112),
    Label.GUARD_RAIL: (150, 160, 170),
}
OUTLINE = (120, 136, 148)
SIGNAL_COLOURS = {
    SignalKind.LIGHT: (60, 170, 60),
    SignalKind.STOP: (50, 40, 200),
    SignalKind.YIELD: (40, 190, 250),
    SignalKind.SPEED_LIMIT: (250, 250, 250),
}
INK = (52, 44, 40)
PAPER = (250, 250, 250)
LIGHT_COLOURS = (
    (60, 60, 235),
    (40, 200, 250),
    (90, 210, 60),
    (90, 90, 90),
    (90, 90, 90),
)  # carla.TrafficLightState order
WALKER = (40, 140, 255)
PATH = (200, 120, 255)
