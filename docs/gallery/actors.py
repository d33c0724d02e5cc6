"""Pictures of actors: every vehicle, walker and prop by name, and vehicles' lamps and doors."""

from functools import cache
from math import asin, copysign, cos, pi, radians, sin, tan

import numpy as np
from numpy.typing import NDArray
from scene import COLOURS, Scene, around
from sheet import Tile, contact_sheet
from weather import FIVE

from lead.rendering.kernels.codes import Lamp
from lead.roads.surface import ground_height
from lead.simulator.blueprints import library, mesh_extents

STREET = "GridCity"
STAND = 59  # number of the spawn point where actors stand
FOV = 38.0  # degrees
ALL_DOORS = 6
FRONT, REAR = radians(35.0), radians(145.0)  # azimuth of three-quarter views
PROP_SIDE = radians(-62.0)  # azimuth from which props show their faces
PACES = (0.7, 1.4, 2.4, 4.0)  # m/s
PHASES = 8  # pictures of one pace
ASIDE = 9.0  # m to the side of an actor at which the camera is still before the houses
HALF_PERIOD = 0.4  # s, of blinkers


@cache
def _street() -> Scene:
    scene = Scene(STREET)
    scene.set_weather(FIVE["clear noon"])
    return scene


def _stand() -> NDArray[np.float64]:
    """Pose (6,) on the ground where actors stand."""
    scene = _street()
    pose = scene.town.spawn_points[STAND].copy()
    pose[2] = ground_height(scene.town.surface, pose[0], pose[1], pose[2])[0]
    return pose


def _portrait(actor: int, azimuth: float, width: int, height: int) -> NDArray[np.uint8]:
    """A picture that an actor's box fills, seen from an azimuth (rad) off its heading, or along the street if tall."""
    scene = _street()
    row = scene.world.row(actor)
    pose, extent, centre = (getattr(scene.world.table, name)[row] for name in ("pose", "extent", "centre"))
    heading = pose[4]
    wide = abs(extent[0] * sin(azimuth)) + abs(extent[1] * cos(azimuth))
    deep = abs(extent[0] * cos(azimuth)) + abs(extent[1] * sin(azimuth))
    focal = 0.5 * width / tan(radians(FOV) / 2.0)
    distance = deep + 1.25 * max(focal * wide / (0.5 * width), focal * extent[2] / (0.5 * height))
    if distance * abs(sin(azimuth)) > ASIDE:
        nearer = asin(ASIDE / distance)
        azimuth = copysign(nearer if cos(azimuth) > 0.0 else pi - nearer, azimuth)
    shift = centre[0] * np.array([cos(heading), sin(heading)])
    target = np.array([*(pose[:2] + shift), pose[2] + centre[2]])
    return scene.photograph(around(target, heading, azimuth, distance, 0.22 * distance), width, height, FOV)


def vehicles(third: int):
    """A third of the vehicles."""
    names = [name for name in library() if name.startswith("vehicle.")]
    share = -(-len(names) // 3)
    tiles = []
    for name in names[third * share : (third + 1) * share]:
        actor = _street().put(name, _stand(), color=COLOURS[len(tiles) % len(COLOURS)])
        tiles.append(Tile(_portrait(actor, FRONT, 200, 132), name.removeprefix("vehicle.")))
        _street().world.destroy(actor)
    return contact_sheet(tiles, 5)


def lamps():
    """Lamps and doors, by day and by night."""
    beams, beacons = Lamp.POSITION | Lamp.LOW_BEAM, Lamp.SPECIAL1 | Lamp.SPECIAL2
    shots = (
        ("tesla.model3", "brake lamps", "clear noon", Lamp.BRAKE, REAR),
        ("tesla.model3", "left blinker", "clear noon", Lamp.LEFT_BLINKER, -FRONT),
        ("tesla.model3", "right blinker", "clear noon", Lamp.RIGHT_BLINKER, REAR),
        ("tesla.model3", "reverse lamps", "clear noon", Lamp.REVERSE, REAR),
        ("lincoln.mkz_2020", "headlamps at dusk", "dusk", beams, FRONT),
        ("lincoln.mkz_2020", "tail and brake lamps at dusk", "dusk", beams | Lamp.BRAKE, REAR),
        ("lincoln.mkz_2020", "headlamps at night", "night", beams, FRONT),
        ("lincoln.mkz_2020", "blinker at night", "night", beams | Lamp.LEFT_BLINKER, -REAR),
        ("dodge.charger_police_2020", "police at night", "night", beams | beacons, FRONT),
        ("ford.ambulance", "ambulance at night", "night", beams | beacons, FRONT),
        ("carlamotors.firetruck", "fire truck at dusk", "dusk", beams | beacons, FRONT),
        ("mitsubishi.fusorosa", "bus brakes", "clear noon", Lamp.BRAKE, REAR),
        ("lincoln.mkz_2020", "doors open", "clear noon", Lamp(0), FRONT),
        ("dodge.charger_2020", "doors open", "clear noon", Lamp(0), -REAR),
        ("mercedes.sprinter", "doors open", "clear noon", Lamp(0), FRONT),
        ("kawasaki.ninja", "brake lamp", "dusk", beams | Lamp.BRAKE, REAR),
    )
    tiles = [_lamp_shot(*shot) for shot in shots]
    _street().set_weather(FIVE["clear noon"])
    return contact_sheet(tiles, 4)


def _lamp_shot(model: str, text: str, weather: str, bits: int, azimuth: float) -> Tile:
    scene = _street()
    actor = scene.put(f"vehicle.{model}", _stand())
    scene.set_weather(FIVE[weather])
    scene.world.set_lamps(actor, int(bits))
    if "doors" in text:
        scene.world.set_door(actor, ALL_DOORS, True)
    while scene.world.time % (2.0 * HALF_PERIOD) > 0.5 * HALF_PERIOD:
        scene.settle(0.05)
    tile = Tile(_portrait(actor, azimuth, 232, 152), f"{model}, {text}")
    scene.world.destroy(actor)
    return tile


def walkers(half: int):
    """One half of the walkers, walking."""
    names = [name for name in library() if name.startswith("walker.")]
    share = (len(names) + 1) // 2
    tiles = []
    for name in names[half * share : (half + 1) * share]:
        azimuth = radians(25.0 if len(tiles) % 2 else -50.0)
        text = f"{name[-4:]} {library()[name].default('age')}"
        tiles.append(Tile(_walking(name, 1.2, 0.3, azimuth, 92, 138), text))
    return contact_sheet(tiles, 13)


def gait():
    """One stride at four paces from the side, a child's walk, and a wheelchair."""
    tiles = []
    side = radians(90.0)
    for pace in PACES:
        for k in range(PHASES):
            text = f"{pace} m/s" if k == 0 else ""
            tiles.append(Tile(_walking("walker.pedestrian.0015", pace, 0.25 * k, side, 110, 150), text))
    child = next(name for name, blueprint in library().items() if blueprint.default("age") == "child")
    seated = next(name for name, blueprint in library().items() if blueprint.default("use_wheelchair") is not None)
    tiles += [Tile(_walking(child, 1.0, 0.12 * k, side, 110, 150), "a child, 1 m/s" * (k == 0)) for k in range(5)]
    for degrees in (30, 90, 150):
        image = _walking(seated, 1.0, 0.0, radians(degrees), 110, 150, use_wheelchair="true")
        tiles.append(Tile(image, "wheelchair" * (degrees == 30)))
    return contact_sheet(tiles, PHASES)


def _walking(
    name: str, pace: float, advance: float, azimuth: float, width: int, height: int, **attributes: str
) -> NDArray[np.uint8]:
    """A walker that has walked on by `advance` (m)."""
    scene, pose = _street(), _stand()
    pose[2] += library()[name].extent[2]
    actor = scene.put(name, pose, **attributes)
    pose[:2] += advance * np.array([cos(pose[4]), sin(pose[4])])
    row = scene.world.row(actor)
    scene.world.table.pose[row] = pose
    scene.world.table.velocity[row, :2] = pace * cos(pose[4]), pace * sin(pose[4])
    image = _portrait(actor, azimuth, width, height)
    scene.world.destroy(actor)
    return image


def props(third: int):
    """A third of the props of the library, and after them the meshes that `static.prop.mesh` takes."""
    names = [name for name in library() if name.startswith("static.prop.") and name != "static.prop.mesh"]
    shots = [(name, {}, name.removeprefix("static.prop.")) for name in names]
    shots += [("static.prop.mesh", {"mesh_path": path}, path.rpartition(".")[2]) for path in mesh_extents()]
    share = -(-len(shots) // 3)
    tiles = []
    for name, attributes, text in shots[third * share : (third + 1) * share]:
        actor = _street().put(name, _stand(), **attributes)
        tiles.append(Tile(_portrait(actor, PROP_SIDE, 120, 110), text))
        _street().world.destroy(actor)
    return contact_sheet(tiles, 8)
