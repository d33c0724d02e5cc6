"""How far traffic lights and pedestrians can be read in a student's camera: crops of its images, and numbers.

The camera is that of the student: 384 x 384 pixels, 60 degrees, 2.25 m above the road. A light counts as read if, of the
pixels on each of its three lenses, the brightest are those of the lens that is lit, and their hue is that of its state.
A pedestrian's contrast is the mean distance in CIELAB between its pixels and the same pixels without it; a distance of
about 2.3 can just be noticed.
"""

from collections.abc import Iterator
from functools import cache
from math import cos, sin
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scene import Pose, Scene
from sheet import Tile, contact_sheet, enlarged
from weather import FIVE

from lead.rendering.camera import Channel, Images, View, camera_axes
from lead.rendering.models.signals import HOUSING_FRONT, LENS, NEAR_SIDE, PITCH
from lead.roads.locate import kind_mask, nearest_sample
from lead.roads.network import LaneKind
from lead.roads.surface import ground_height
from lead.simulator.actors import LightState
from lead.simulator.blueprints import library

SIDE, FOV = 384, 60.0  # pixels, degrees
EYE = 2.25  # m above the road
SEEN = frozenset([Channel.COLOUR, Channel.INSTANCE])
STATES = (LightState.RED, LightState.YELLOW, LightState.GREEN)
HUES = {LightState.RED: (-20.0, 22.0), LightState.YELLOW: (22.0, 75.0), LightState.GREEN: (75.0, 180.0)}  # degrees
CROPS = {10.0: 64, 30.0: 32, 60.0: 20}  # pixels of a light's crop at a distance (m)
WALKER_CROPS = {10.0: 96, 25.0: 48, 50.0: 32}
SHOWN = 150  # pixels that a crop is enlarged to
OVERHEAD = 0.3  # m from its pole's axis beyond which a light's head hangs from an arm
MOST_LIGHTS = 16  # of a town, that are looked at
PEOPLE = 26  # pedestrians that are looked at


class Approach(NamedTuple):
    """A light and the lane from which it is looked at."""

    light: int  # row of the town's signals
    lane_point: NDArray[np.float64]  # (3,) m, beside the head in the middle of the lane
    yaw: float  # rad, direction of travel

    def camera(self, scene: Scene, distance: float) -> Pose:
        """A camera's pose `distance` (m) before the head, which must be straight ahead along the lane."""
        x, y = self.lane_point[:2] - distance * np.array([cos(self.yaw), sin(self.yaw)])
        z = ground_height(scene.town.surface, x, y, self.lane_point[2] + 1.0)[0]
        return float(x), float(y), float(z + EYE), 0.0, self.yaw, 0.0


@cache
def _lit_town(name: str) -> Scene:
    scene = Scene(name, own_car=True)
    scene.world.freeze_all_lights(True)
    return scene


def approaches(scene: Scene, farthest: float) -> list[Approach]:
    """The lights of a town with a straight lane before them over `farthest` (m)."""
    signals, samples = scene.town.signals, scene.town.network.samples
    found = []
    for light in np.flatnonzero(signals.stop_start[1:] > signals.stop_start[:-1]):
        if signals.kind[light] != signals.kind[0] or len(found) == MOST_LIGHTS:
            continue
        head = signals.head[light]
        stops = signals.stop_sample[signals.stop_start[light] : signals.stop_start[light + 1]]
        off = np.abs(np.einsum("nk,nk->n", head[:2] - samples.centre[stops, :2], _left(samples.yaw[stops])))
        stop = stops[np.argmin(off)]
        yaw, centre = float(samples.yaw[stop]), samples.centre[stop]
        ahead = np.array([cos(yaw), sin(yaw)])
        point = np.array([*(centre[:2] + ahead * ((head[:2] - centre[:2]) @ ahead)), centre[2]])
        approach = Approach(int(light), point, yaw)
        if cos(head[4] - yaw) < -0.95 and _is_straight(scene, approach, farthest):
            found.append(approach)
    return found


def _left(yaw: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.sin(yaw), -np.cos(yaw)])


def _is_straight(scene: Scene, approach: Approach, farthest: float) -> bool:
    """Whether the places from 15 m to `farthest` before a light are on the middle of a lane to it."""
    for distance in np.linspace(15.0, farthest, 6):
        x, y, z, _, yaw, _ = approach.camera(scene, float(distance))
        mask = kind_mask([LaneKind.DRIVING])
        _, _, _, offset, lane_yaw, height, off = nearest_sample(scene.town.network, x, y, z - EYE, yaw, mask, 2.0)
        if not (abs(offset) < 0.8 and off < 1.0 and cos(lane_yaw - yaw) > 0.99 and abs(height - z + EYE) < 0.5):
            return False
    return True


def project(view: View, point: NDArray[np.float64]) -> tuple[float, float, float]:
    """Column, row (pixels) and depth (m) at which a view sees a world point (3,)."""
    right, down, forward = camera_axes(view.pose) @ (point - np.array(view.pose[:3]))
    return view.width / 2.0 + view.focal * right / forward, view.height / 2.0 + view.focal * down / forward, forward


def _lenses(scene: Scene, light: int) -> tuple[NDArray[np.float64], float]:
    """Middles (3, 3) m of a light's lenses, red, yellow and green, and their radius (m)."""
    pose, head = scene.town.signals.pose[light], scene.town.signals.head[light]
    scale = 1.0 if np.hypot(*(head[:2] - pose[:2])) > OVERHEAD else NEAR_SIDE
    front = head[:2] + HOUSING_FRONT * np.array([cos(head[4]), sin(head[4])])
    return np.array([[*front, head[2] + scale * rise] for rise in (PITCH, 0.0, -PITCH)]), 0.5 * LENS * scale


def lens_colours(scene: Scene, view: View, images: Images, light: int) -> NDArray[np.float64] | None:
    """Mean RGB (3, 3) of the pixels on the red, yellow and green lens of a light; None if something hides them."""
    number = int(scene.world.signal_actor[light]) & 0xFFFF
    instance, colour = images[Channel.INSTANCE].astype(np.int64), images[Channel.COLOUR]
    mine = (instance[..., 1] + 256 * instance[..., 0]) == number
    rows, columns = np.mgrid[: view.height, : view.width] + 0.5
    means = []
    middles, radius = _lenses(scene, light)
    for middle in middles:
        u, v, depth = project(view, middle)
        away = np.hypot(columns - u, rows - v)
        chosen = away <= max(radius * view.focal / depth, away.min() + 1e-6)
        if not mine[chosen].any():
            return None
        means.append(colour[chosen][:, 2::-1].mean(axis=0))
    return np.array(means)


def state_read(colours: NDArray[np.float64]) -> LightState:
    """The state that a light shows by the mean RGB (3, 3) of its lenses; OFF if place and hue do not agree."""
    place = int(np.argmax(colours.max(axis=1)))
    red, green, blue = colours[place]
    most, least = max(red, green, blue), min(red, green, blue)
    if most - least < 0.15 * most:
        return LightState.OFF
    hue = np.degrees(np.arctan2(np.sqrt(3.0) * (green - blue), 2.0 * red - green - blue))
    low, high = HUES[STATES[place]]
    return STATES[place] if low <= hue < high else LightState.OFF


def _looks(scene: Scene, distance: float, lights: list[Approach]) -> Iterator[tuple[LightState, NDArray[np.float64]]]:
    """State and lens colours (3, 3) of every light in every state, where it can be seen."""
    for approach in lights:
        for state in STATES:
            scene.world.set_light_state(int(scene.world.signal_actor[approach.light]), state)
            view = View(approach.camera(scene, distance), SIDE, SIDE, FOV)
            colours = lens_colours(scene, view, scene.look(view, SEEN), approach.light)
            if colours is not None:
                yield state, colours


def light_numbers(towns: list[str]) -> list[list[str]]:
    """Rows of the table of lights, heading first: weather, distance, and over all towns what `_light_row` says."""
    rows = [["weather", "m", "lights", "mean red", "mean yellow", "mean green", "least difference", "read"]]
    cases = [("clear noon", d) for d in (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)]
    cases += [(weather, 40.0) for weather in FIVE if weather != "clear noon"]
    lights = {town: approaches(_lit_town(town), 60.0) for town in towns}
    for weather, distance in cases:
        looks = []
        for town in towns:
            _lit_town(town).set_weather(FIVE[weather])
            looks += list(_looks(_lit_town(town), distance, lights[town]))
        rows.append([weather, f"{distance:.0f}", *_light_row(looks)])
    return rows


def _light_row(looks: list[tuple[LightState, NDArray[np.float64]]]) -> list[str]:
    """Lights seen, mean RGB of the lit lens by state, least distance of two lights' RGB in different states, share read."""
    lit = {state: np.array([colours[state] for shown, colours in looks if shown == state]) for state in STATES}
    pairs = ((0, 1), (0, 2), (1, 2))
    gap = min(np.linalg.norm(lit[STATES[a]][:, None] - lit[STATES[b]][None], axis=2).min() for a, b in pairs)
    right = sum(state_read(colours) == state for state, colours in looks)
    means = [" ".join(f"{part:.0f}" for part in lit[state].mean(axis=0)) for state in STATES]
    return [str(len(looks) // 3), *means, f"{gap:.0f}", f"{right} of {len(looks)}"]


def traffic_lights():
    """Crops of an overhead light and of one beside the road, each state at 10, 30 and 60 m."""
    scene = _lit_town("GridCity")
    scene.set_weather(FIVE["clear noon"])
    signals = scene.town.signals
    lights = [a for a in approaches(scene, 60.0) if len(list(_looks(scene, 60.0, [a]))) == 3]
    arms = [float(np.hypot(*(signals.head[a.light, :2] - signals.pose[a.light, :2]))) for a in lights]
    chosen = [("overhead", lights[int(np.argmax(arms))]), ("roadside", lights[int(np.argmin(arms))])]
    tiles = []
    for name, approach in chosen:
        for state in STATES:
            scene.world.set_light_state(int(scene.world.signal_actor[approach.light]), state)
            for distance, side in CROPS.items():
                view = View(approach.camera(scene, distance), SIDE, SIDE, FOV)
                image = scene.look(view, SEEN)[Channel.COLOUR][..., :3]
                crop = _crop(view, image, signals.head[approach.light, :3], side)
                tiles.append(Tile(crop, f"{name}, {distance:.0f} m, {side} px"))
    return contact_sheet(tiles, 9)


def _crop(view: View, image: NDArray[np.uint8], point: NDArray[np.float64], side: int) -> NDArray[np.uint8]:
    """The square of `side` pixels around a world point, enlarged."""
    u, v, _ = project(view, point)
    left, top = (int(np.clip(round(c - side / 2), 0, SIDE - side)) for c in (u, v))
    return enlarged(image[top : top + side, left : left + side], SHOWN)


def _people() -> list[str]:
    names = [name for name in library() if name.startswith("walker.")]
    return names[:: max(1, len(names) // PEOPLE)][:PEOPLE]


def _crossing(scene: Scene, approach: Approach, name: str, distance: float) -> tuple[int, View]:
    """A walker that crosses the lane, and the camera `distance` (m) before it."""
    x, y, z, *_ = approach.camera(scene, 15.0)
    pose = (x, y, z - EYE + library()[name].extent[2], 0.0, approach.yaw + 0.5 * np.pi, 0.0)
    actor = scene.put(name, pose)
    scene.world.set_walker(actor, pose, 1.3)
    return actor, View(approach.camera(scene, 15.0 + distance), SIDE, SIDE, FOV)


def pedestrians():
    """Crops of an adult and a child that cross the street, at 10, 25 and 50 m, by day and by night."""
    scene = _lit_town("GridCity")
    approach = approaches(scene, 65.0)[0]
    child = next(name for name, blueprint in library().items() if blueprint.default("age") == "child")
    tiles = []
    for weather in FIVE:
        scene.set_weather(FIVE[weather])
        for name, who in (("walker.pedestrian.0015", "adult"), (child, "child")):
            for distance, side in WALKER_CROPS.items():
                actor, view = _crossing(scene, approach, name, distance)
                image = scene.look(view, SEEN)[Channel.COLOUR][..., :3]
                middle = scene.world.table.pose[scene.world.row(actor), :3]
                tiles.append(Tile(_crop(view, image, middle, side), f"{who}, {distance:.0f} m, {weather}, {side} px"))
                scene.world.destroy(actor)
    scene.set_weather(FIVE["clear noon"])
    return contact_sheet(tiles, 6)


def pedestrian_numbers(towns: list[str]) -> list[list[str]]:
    """Rows of the table of pedestrians, heading first: weather, distance, how many, pixels and contrast."""
    rows = [["weather", "m", "pedestrians", "pixels: median", "least", "contrast: median", "least"]]
    cases = [("clear noon", 10.0), ("clear noon", 25.0), *((weather, 50.0) for weather in FIVE)]
    for weather, distance in cases:
        seen = []
        for town in towns:
            scene = _lit_town(town)
            scene.set_weather(FIVE[weather])
            approach = approaches(scene, 65.0)[0]
            seen += [_visibility(scene, approach, name, distance) for name in _people()]
        middle, least = np.median(seen, axis=0), np.min(seen, axis=0)
        figures = [f"{middle[0]:.0f}", f"{least[0]:.0f}", f"{middle[1]:.1f}", f"{least[1]:.1f}"]
        rows.append([weather, f"{distance:.0f}", str(len(seen)), *figures])
    return rows


def _visibility(scene: Scene, approach: Approach, name: str, distance: float) -> tuple[float, float]:
    """Pixels of a crossing pedestrian in the instance image, and its contrast."""
    actor, view = _crossing(scene, approach, name, distance)
    images = scene.look(view, SEEN)
    scene.world.destroy(actor)
    without = scene.look(view, SEEN)
    instance = images[Channel.INSTANCE].astype(np.int64)
    mine = (instance[..., 1] + 256 * instance[..., 0]) == (actor & 0xFFFF)
    if not mine.any():
        return 0.0, 0.0
    return float(mine.sum()), float(np.linalg.norm(_lab(images) - _lab(without), axis=2)[mine].mean())


def _lab(images: Images) -> NDArray[np.float32]:
    """The colour image in CIELAB, (H, W, 3)."""
    return cv2.cvtColor(images[Channel.COLOUR][..., :3].astype(np.float32) / 255.0, cv2.COLOR_BGR2Lab)
