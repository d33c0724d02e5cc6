"""`lead demo`: the flow in one command, as far as it stands. Today: simulate."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import carla
import typer
from rich.console import Console
from rich.progress import track

SECONDS = 30.0  # simulated
RATE = 20  # ticks per simulated second
VIDEO_EVERY = 2  # ticks per video frame


@dataclass(frozen=True)
class Drive:
    """What the demo's traffic did."""

    vehicles: int
    walkers: int
    kilometres: float
    moved: int  # vehicles that moved more than 20 m
    ticks_per_second: float


def demo(
    town: Annotated[
        str, typer.Option(help="A name from `lead maps list`, or the path of an OpenDRIVE file.")
    ] = "GridCity",
    out: Annotated[Path, typer.Option(help="Folder for the picture and the clip.")] = Path("out/demo"),
    vehicles: Annotated[int, typer.Option(min=1, help="Cars that TrafficManager drives.")] = 30,
    walkers: Annotated[int, typer.Option(min=0, help="Walkers that stroll on the sidewalks.")] = 10,
    seed: Annotated[int, typer.Option(help="Same seed, same traffic.")] = 0,
) -> None:
    """Show the flow: start a server, drive traffic through the real CARLA client, draw a picture and a clip.

    Example: `lead demo --town Town03 --out out/town03` (after `lead maps fetch Town03`).
    """
    from lead.client.launch import connect, start_server

    console = Console(highlight=False)
    console.print(f"{town}: {vehicles} vehicles and {walkers} walkers for {SECONDS:.0f} simulated seconds -> {out}/")
    console.print("starting the embedded server (the first start compiles for about a minute)")
    begun = time.perf_counter()
    with start_server(town, seed=seed) as server:
        console.print(
            f"server ready in {time.perf_counter() - begun:.1f} s at {server.endpoint}; any CARLA client could join now"
        )
        client = connect(server.endpoint)
        out.mkdir(parents=True, exist_ok=True)
        drive = _drive(client, town, out, vehicles, walkers, seed)
    console.print(
        f"{drive.vehicles} vehicles drove {drive.kilometres:.1f} km ({drive.moved} moved more than 20 m), {drive.walkers} walkers walked; "
        f"{drive.ticks_per_second:.0f} ticks per second, {drive.ticks_per_second / RATE:.0f} times real time, drawing included"
    )
    console.print(f"picture {out / 'town.png'}\nclip    {out / 'traffic.mp4'}")


def _drive(client: carla.Client, town: str, out: Path, vehicles: int, walkers: int, seed: int) -> Drive:
    """Drive the traffic, film it from above and add up what it did."""
    import cv2
    import numpy as np

    from lead.client.launch import free_port
    from lead.client.scene import Kind, SceneReader
    from lead.client.world import spawn_walkers, synchronous, traffic
    from lead.report.video import Clip
    from lead.roads.draw import Background, draw_town
    from lead.roads.town import load_town

    loaded = load_town(town)
    draw_town(loaded, out / "town.png")
    background = Background(loaded, width_px=1280)
    world = client.get_world()
    with synchronous(world, 1.0 / RATE), traffic(client, world, vehicles, port=free_port(), seed=seed) as ids:
        people = spawn_walkers(client, world, walkers, seed=seed)
        reader, travelled, before = SceneReader(world), dict.fromkeys(ids, 0.0), {}
        begun = time.perf_counter()
        with Clip(out / "traffic.mp4", RATE // VIDEO_EVERY) as clip:
            for tick in track(range(int(SECONDS * RATE)), description="driving"):
                world.tick()
                scene = reader.read()
                rows = scene.of(Kind.VEHICLE)
                for actor, place in zip(scene.ids[rows].tolist(), scene.pose[rows, :2]):
                    travelled[actor] = travelled.get(actor, 0.0) + float(
                        np.linalg.norm(place - before.get(actor, place))
                    )
                    before[actor] = place
                if tick % VIDEO_EVERY == 0:
                    clip.add(background.frame(scene))
        elapsed = time.perf_counter() - begun
        cv2.imwrite(str(out / "traffic.png"), background.frame(scene)[..., ::-1])
        for walker, controller in people:
            world.get_actor(controller).stop()
    distances = list(travelled.values())
    return Drive(len(ids), len(people), sum(distances) / 1000, sum(d > 20 for d in distances), SECONDS * RATE / elapsed)
