"""Have every kernel compiled before the first client comes; the results are kept on disk (`lead.geometry.compilation`)."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from lead.geometry.compilation import mark_compiled
from lead.roads.town import Town
from lead.server.episode import Episode
from lead.server.message_shape import MessageShape
from lead.server.sensors import rendered_makers
from lead.server.snapshot import Snapshot
from lead.server.versions import client_version
from lead.simulator.weather import Weather
from lead.simulator.world import World

_ACTORS = ("vehicle.lincoln.mkz_2020", "walker.pedestrian.0001")


def warm_up(town: Town) -> None:
    """Do once, in a world of its own, what every tick does."""
    world = World(town, seed=0)
    for blueprint, point in zip(_ACTORS, town.spawn_points, strict=False):
        world.spawn(blueprint, {}, point)
    for _ in range(2):
        world.step(0.05)
    Snapshot().fill(world)
    above, down = np.array([0.0, 0.0, 10.0]), np.array([0.0, 0.0, -1.0])
    world.project(above, down, 20.0)
    world.nearest_body(above, down, 20.0, 0.5, 0)
    MessageShape().check(b"\x90")


@contextmanager
def compiling_pictures(needed: bool) -> Iterator[Callable[[], object]]:
    """Compile most of the renderer in a second process, if it is needed; yields what waits for it to be done."""
    if not needed:
        yield lambda: None
        return
    command = [sys.executable, "-m", "lead.rendering.precompile"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield process.wait
    finally:
        process.terminate()
        process.wait()


def finish_compiling(town: Town, wait_for_pictures: Callable[[], object], begun: float) -> None:
    """Compile what is left when the world is compiled, told on stderr with the seconds since `begun` (perf_counter)."""

    def tell(step: str) -> None:
        print(f"compiling: {step} ({time.perf_counter() - begun:.0f} s)", file=sys.stderr, flush=True)

    tell("the world is done")
    wait_for_pictures()
    tell("its pictures are done, now the two together")
    warm_up_renderer(town, tell)
    mark_compiled()
    print(f"compiled in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def warm_up_renderer(town: Town, report: Callable[[str], None]) -> None:
    """Look once, in a world of its own, through every rendered sensor, by day and by night; `report` is told of each.

    Only a server that compiles does so: it takes seconds even with all kernels at hand.
    """
    episode = Episode(town, client_version("0.9.16"), seed=0)
    place = town.spawn_points[0] if len(town.spawn_points) else np.zeros(6)
    for number, blueprint in enumerate(_ACTORS):
        episode.world.spawn(blueprint, {}, place + [0.0, 0.0, 3.0 * number, 0.0, 0.0, 0.0])
    episode.step_time = 0.05
    sensors = []
    for number, (blueprint, make) in enumerate(rendered_makers().items()):
        for smooth in ("true", "false"):
            sensor = make(number, {"image_size_x": "8", "image_size_y": "8", "enable_postprocess_effects": smooth})
            sensor.actor = episode.world.spawn(blueprint, {}, place)
            sensors.append(sensor)
    for altitude in (45.0, -30.0):
        episode.world.weather[Weather.SUN_ALTITUDE_ANGLE] = altitude
        for sensor in sensors:
            sensor.due(episode)
            episode.pictures.prepare(episode, [sensor])
        report(f"sensors {'by night' if altitude < 0.0 else 'by day'}")
    episode.pictures.level(episode).project(place[:3] + [0.0, 0.0, 5.0], np.array([0.0, 0.0, -1.0]), 20.0)
    report("single rays")
