"""One scene as every sensor sees it: the camera's channels, LiDAR from above, radar over the colour image."""

from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from scene import Scene
from sheet import Tile, contact_sheet
from weather import FIVE

from lead.rendering.camera import Channel, Images, View
from lead.rendering.lidar import LidarSettings, scan_lidar, scan_semantic_lidar
from lead.rendering.radar import RadarIndex, RadarSettings, scan_radar
from lead.simulator.actors import ActorKind

SPAWN_POINT = 24  # of GridCity
WIDTH, HEIGHT, FOV = 360, 240, 90.0
EYE = 2.25  # m
REACH = 36.0  # m, half the width of the LiDAR's picture
SPEED = 6.0  # m/s of the other vehicles
LIDAR = LidarSettings(channels=64, range=85.0, points_per_second=600_000, upper_fov=10.0, lower_fov=-30.0)
RADAR = RadarSettings(horizontal_fov=80.0, vertical_fov=20.0, points_per_second=40_000)
SCAN_TIME = 0.1  # s, one turn
# CARLA's palette of semantic classes, RGB by tag
CLASSES = np.array([
    (0, 0, 0), (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153),
    (250, 170, 30), (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0),
    (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32), (110, 190, 160), (170, 120, 50),
    (55, 90, 80), (45, 60, 150), (157, 234, 50), (81, 0, 81), (150, 100, 100), (230, 150, 140), (180, 165, 180),
], np.uint8)  # fmt: skip


def sensors():
    """The sheet of all sensors."""
    scene = Scene("GridCity")
    scene.set_weather(FIVE["clear noon"])
    x, y, z, _, yaw, _ = scene.town.spawn_points[SPAWN_POINT]
    pose = (x, y, z + EYE, 0.0, yaw, 0.0)
    scene.populate(pose, vehicles=24, walkers=14)
    _drive_on(scene)
    view = View(pose, WIDTH, HEIGHT, FOV)
    images = scene.look(view, frozenset(Channel))
    tiles = [Tile(_shown(channel, images), channel.value) for channel in Channel]
    tiles += [Tile(_lidar(scene, pose), "LiDAR from above, by height"), Tile(_classes(scene, pose), "semantic LiDAR")]
    tiles.append(Tile(_radar(scene, view, images), "radar: red comes, blue goes"))
    return contact_sheet(tiles, 4)


def _drive_on(scene: Scene) -> None:
    """Give every vehicle a velocity along its heading."""
    table = scene.world.table
    for row in np.flatnonzero(table.kind == ActorKind.VEHICLE):
        yaw = table.pose[row, 4]
        scene.world.set_target_velocity(int(table.id[row]), (SPEED * cos(yaw), SPEED * sin(yaw), 0.0))
    scene.settle(0.1)


def _shown(channel: Channel, images: Images) -> NDArray[np.uint8]:
    """A channel as a picture (H, W, 3) BGR to look at."""
    image = images[channel][..., :3]
    if channel is Channel.DEPTH:
        code = image.astype(np.int64) @ [1 << 16, 1 << 8, 1]
        metres = code / float((1 << 24) - 1) * 1000.0
        grey = np.clip(255.0 * (1.0 - np.log10(np.maximum(metres, 1.0)) / 3.0), 0.0, 255.0)
        return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    if channel is Channel.SEMANTIC:
        return CLASSES[image[..., 2]][..., ::-1]
    if channel is Channel.INSTANCE:
        number = image.astype(np.int64) @ [1 << 8, 1, 0]
        hashed = (number[..., None] * np.array([73, 151, 199]) + 40) % 216 + 40
        return np.where(number[..., None] > 0, hashed, CLASSES[image[..., 2]] // 2).astype(np.uint8)
    return image


def _from_above(points: NDArray[np.float32], colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Points (N, 3) of a sensor's frame in colours (N, 3) BGR as dots of 2 x 2 pixels on black, ahead is up."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    scale = 0.5 * WIDTH / REACH
    rows = np.round(0.7 * HEIGHT - points[:, 0] * scale).astype(int)
    columns = np.round(0.5 * WIDTH + points[:, 1] * scale).astype(int)
    inside = (rows >= 0) & (rows < HEIGHT - 1) & (columns >= 0) & (columns < WIDTH - 1)
    order = np.argsort(points[inside, 2], kind="stable")
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        picture[rows[inside][order] + down, columns[inside][order] + right] = colours[inside][order]
    return picture


def _lidar(scene: Scene, pose: tuple[float, ...]) -> NDArray[np.uint8]:
    held = scene.stage.triangles, scene.stage.items, np.array(pose)
    scan = scan_lidar(*held, LIDAR, 0.0, SCAN_TIME, np.random.default_rng(0))
    height = np.clip((scan.points[:, 2] + EYE + 0.8) / 6.0 * 255.0, 20.0, 255.0).astype(np.uint8)
    return _from_above(scan.points[:, :3], cv2.applyColorMap(height[:, None], cv2.COLORMAP_TURBO)[:, 0])


def _classes(scene: Scene, pose: tuple[float, ...]) -> NDArray[np.uint8]:
    held = scene.stage.triangles, scene.stage.items, scene.stage.objects, np.array(pose)
    points = scan_semantic_lidar(*held, LIDAR, 0.0, SCAN_TIME).points
    place = np.column_stack([points["x"], points["y"], points["z"]])
    return _from_above(place, CLASSES[points["tag"]][:, ::-1])


def _radar(scene: Scene, view: View, images: Images) -> NDArray[np.uint8]:
    """Detections on the darkened colour image, where they were seen."""
    held = scene.stage.triangles, scene.stage.items, scene.stage.objects, np.array(view.pose)
    found = scan_radar(*held, np.zeros(3), RADAR, 0.05, np.random.default_rng(0))
    picture = (images[Channel.COLOUR][..., :3] // 2).copy()
    u = view.width / 2.0 + view.focal * np.tan(found[:, RadarIndex.AZIMUTH])
    v = view.height / 2.0 - view.focal * np.tan(found[:, RadarIndex.ALTITUDE]) / np.cos(found[:, RadarIndex.AZIMUTH])
    shade = np.clip(found[:, RadarIndex.VELOCITY] / SPEED, -1.0, 1.0)
    still, come, go = np.array([190, 190, 190]), np.array([40, 40, 255]), np.array([255, 110, 30])
    for x, y, speed in zip(u, v, shade, strict=True):
        colour = still + abs(speed) * ((go if speed > 0 else come) - still)
        cv2.circle(picture, (int(x), int(y)), 1, colour.tolist(), -1, cv2.LINE_AA)
    return picture
