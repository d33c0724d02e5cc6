"""One picture of every situation, from behind the ego, and the sheets that show them together."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import carla
import cv2
import numpy as np
from numpy.typing import NDArray

from lead.client.sensors import pixels
from lead.drive.evaluation import Evaluation
from lead.drive.isolation import run_isolated
from lead.drive.ledger import Ledger
from lead.drive.route_job import RouteJob
from lead.drive.route_run import drive_route
from lead.roads.library import find_map
from lead.scenarios.director import Director, Part
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.order import Order
from lead.scenarios.plan import trace
from lead.scenarios.route_file import Route
from lead.scenarios.stage import Stage

WIDTH, HEIGHT, COLUMNS, ROWS = 480, 300, 3, 4  # pixels of a still, stills of a sheet
SHEETS = 4
SEAT = carla.Transform(carla.Location(x=-8.0, z=5.0), carla.Rotation(pitch=-15.0))
BEST_DISTANCE = 13.0  # m from ego to an actor of the situation
FAR, STILL, MOVING = 60.0, 6.0, 0.3  # m that count for none in the picture and for one that stands still, m/s
SAME_LEVEL, SEEN_BESIDE = 20.0, 2.0  # m above or below (hidden ones wait there), m beside the ego that the seat shows
EVERY = 5  # ticks between pictures
CAPTION = 24  # pixels


@dataclass
class Photographer:
    """Keeps the picture of the best moment."""

    kind: str
    best: NDArray[np.uint8] | None = None
    score: float = np.inf
    _camera: carla.Sensor | None = None
    _latest: list[carla.Image] = field(default_factory=list)
    _ticks: int = 0

    def __call__(self, stage: Stage, director: Director) -> None:
        """Look on for one tick."""
        if self._camera is None:
            blueprint = stage.world.get_blueprint_library().find("sensor.camera.rgb")
            for name, value in (("image_size_x", WIDTH), ("image_size_y", HEIGHT), ("sensor_tick", 0.05 * EVERY)):
                blueprint.set_attribute(name, str(value))
            self._camera = stage.world.spawn_actor(blueprint, SEAT, attach_to=stage.ego)
            self._camera.listen(self._latest.append)
        self._ticks += 1
        mine = [p for p in director.played if p.order.situation.type == self.kind and p.part is Part.PLAYING]
        if not self._latest or not mine:
            return
        image = self._latest[-1]
        self._latest.clear()
        score = min(_score(stage, played.order) for played in mine)
        if score < self.score:
            self.best, self.score = pixels(image), score


def _score(stage: Stage, order: Order) -> float:
    """How far (m) a moment is from the best one: an actor of the situation, at best a moving one, well in the picture."""
    found = [FAR]
    for actor in order.actors:
        if not actor.is_alive:
            continue
        away = actor.get_location() - stage.place
        ahead = away.x * stage.heading.x + away.y * stage.heading.y
        beside = abs(away.x * stage.heading.y - away.y * stage.heading.x)
        if abs(away.z) < SAME_LEVEL and beside < ahead + SEEN_BESIDE:
            still = 0.0 if actor.get_velocity().length() > MOVING else STILL
            found.append(abs(away.length() - BEST_DISTANCE) + still)
    return min(found)


def take_still(kind: str, route: Route, path: Path) -> str:
    """Drive a route and write the best picture; what came of it in words."""
    graph = LaneGraph.of(carla.Map(route.town, find_map(route.town)[1]))
    with tempfile.TemporaryDirectory() as folder:
        job = RouteJob(Evaluation("expert:privileged", "", "bench2drive-0.0.3", log=False), route, 0, Path(folder))
        Ledger(job.out).open(job.evaluation)
        photographer = Photographer(kind)

        def drive(pulse) -> None:
            drive_route(job, graph, trace(graph, route.key_points), 1, pulse, photographer)
            if photographer.best is not None:
                cv2.imwrite(str(path), photographer.best[..., ::-1])

        ended = run_isolated(drive, Path(folder) / "output.txt", 180.0)
        if ended.code != 0:
            return f"{ended.words}: {(Path(folder) / 'output.txt').read_text()[-600:]}"
        entry = json.loads(Ledger(job.out).path(route.id).read_text())
        return f"{entry['record']['status']}, {[(s['part'], s['reason']) for s in entry['situations']]}"


def make_sheet(number: int, kinds: list[str], stills: Path, out: Path) -> Path:
    """One of the sheets: 12 stills with their names."""
    per_sheet = COLUMNS * ROWS
    chosen = kinds[number * per_sheet : (number + 1) * per_sheet]
    sheet = np.full((ROWS * (HEIGHT + CAPTION), COLUMNS * WIDTH, 3), 255, np.uint8)
    for place, kind in enumerate(chosen):
        row, column = divmod(place, COLUMNS)
        top, left = row * (HEIGHT + CAPTION), column * WIDTH
        picture = cv2.imread(str(stills / f"{kind}.png"))
        if picture is not None:
            sheet[top + CAPTION : top + CAPTION + HEIGHT, left : left + WIDTH] = picture
        cv2.putText(sheet, kind, (left + 6, top + 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    rows = -(-len(chosen) // COLUMNS)
    path = out / f"sheet_{number + 1}.jpg"
    cv2.imwrite(str(path), sheet[: rows * (HEIGHT + CAPTION)], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return path
