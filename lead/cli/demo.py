"""`lead demo`: the flow in one command, as far as it stands. Today: simulate."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track

if TYPE_CHECKING:
    import carla

    from lead.client.scene import Scene
    from lead.roads.draw_frame import Traffic

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
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the clip.")] = Path("out/demo"),
    vehicles: Annotated[int, typer.Option(min=1, help="Cars that TrafficManager drives.")] = 30,
    walkers: Annotated[int, typer.Option(min=0, help="Walkers that stroll on the sidewalks.")] = 10,
    seconds: Annotated[float, typer.Option(min=1.0, help="Simulated time.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same traffic and scenery.")] = 0,
) -> None:
    """Show the flow: start a server, drive traffic through the real CARLA client, draw pictures and a clip.

    Example: `lead demo --town Town03 --out out/town03` (after `lead maps fetch Town03`).
    """
    from lead.client.launch import ServerFault, connect, start_server

    console = Console(highlight=False)
    console.print(
        f"{town}: {vehicles} vehicles, {walkers} walkers, {seconds:.0f} simulated seconds -> {out}/", soft_wrap=True
    )
    console.print("starting the embedded server")
    begun = time.perf_counter()
    with start_server(town, seed=seed, report=console.print) as server:
        console.print(
            f"ready in {time.perf_counter() - begun:.1f} s at {server.endpoint}; any CARLA client could join now"
        )
        client = connect(server.endpoint)
        out.mkdir(parents=True, exist_ok=True)
        try:
            drive = _drive(client, town, out, vehicles, walkers, seconds, seed)
        except RuntimeError as error:  # what CARLA's client raises when the server does not answer
            raise ServerFault(f"the drive ended: {error}\nThe server's log ends:\n{server.log_tail()}") from error
    speed = drive.ticks_per_second
    console.print(
        f"{drive.vehicles} vehicles drove {drive.kilometres:.1f} km ({drive.moved} of them more than 20 m), "
        f"{drive.walkers} walkers walked; {speed:.0f} ticks per second, {speed / RATE:.0f} times real time, drawing included",
        soft_wrap=True,
    )
    console.print(
        f"town    {out / 'town.png'}\ntraffic {out / 'traffic.png'}\nclips   {out / 'traffic.mp4'}, {out / 'street.mp4'}",
        soft_wrap=True,
    )


def _drive(
    client: "carla.Client", town: str, out: Path, vehicles: int, walkers: int, seconds: float, seed: int
) -> Drive:
    """Drive the traffic, film it from above and from behind one car, and add up what it did."""
    import carla
    import cv2
    import numpy as np

    from lead.client.launch import free_port
    from lead.client.scene import Kind, SceneReader
    from lead.client.sensors import listening, pixels
    from lead.client.world import spawn_walkers, synchronous, traffic
    from lead.report.video import Clip
    from lead.roads.draw import draw_town, paint_background, whole_town
    from lead.roads.draw_frame import draw_frame
    from lead.roads.town import load_town

    loaded = load_town(town, seed=seed)
    draw_town(loaded, out / "town.png")
    background = paint_background(loaded, whole_town(loaded), width_px=1280)
    world = client.get_world()
    with synchronous(world, 1.0 / RATE), traffic(client, world, vehicles, port=free_port(), seed=seed) as ids:
        people = spawn_walkers(client, world, walkers, seed=seed)
        reader, travelled, before = SceneReader(world), dict.fromkeys(ids, 0.0), {}
        begun, seat = time.perf_counter(), carla.Transform(carla.Location(x=-7.0, z=3.0), carla.Rotation(pitch=-10.0))
        view = {"image_size_x": 960, "image_size_y": 540, "fov": 90, "sensor_tick": VIDEO_EVERY / RATE}
        with (
            Clip(out / "traffic.mp4", RATE // VIDEO_EVERY) as clip,
            Clip(out / "street.mp4", RATE // VIDEO_EVERY) as street,
            listening(world, "sensor.camera.rgb", seat, world.get_actor(ids[0]), **view) as frames,
        ):
            for tick in track(range(int(seconds * RATE)), description="driving"):
                world.tick()
                scene = reader.read()
                rows = scene.of(Kind.VEHICLE)
                for actor, place in zip(scene.ids[rows].tolist(), scene.pose[rows, :2]):
                    travelled[actor] = travelled.get(actor, 0.0) + float(
                        np.linalg.norm(place - before.get(actor, place))
                    )
                    before[actor] = place
                if tick % VIDEO_EVERY == 0:
                    caption = f"{town}  {scene.time:5.1f} s  {len(rows)} vehicles"
                    clip.add(draw_frame(background, seen_from_above(scene), caption)[..., ::-1])
                    street.add(pixels(frames.get(timeout=60.0)))
        elapsed = time.perf_counter() - begun
        cv2.imwrite(str(out / "traffic.png"), draw_frame(background, seen_from_above(scene), town))
        for _, controller in people:
            world.get_actor(controller).stop()
    distances = list(travelled.values())
    ticks = int(seconds * RATE)
    return Drive(len(ids), len(people), sum(distances) / 1000, sum(d > 20 for d in distances), ticks / elapsed)


def seen_from_above(scene: "Scene") -> "Traffic":
    """What `draw_frame` paints of a scene: boxes coloured by what the car does, walkers, lights."""
    import numpy as np

    from lead.client.scene import ControlIndex, Kind
    from lead.roads.draw_frame import Traffic, VehicleState

    rows = scene.of(Kind.VEHICLE)
    speed = np.linalg.norm(scene.velocity[rows], axis=1)
    state = np.where(scene.control[rows, ControlIndex.BRAKE] > 0.1, VehicleState.BRAKING, VehicleState.MOVING)
    state = np.where(speed < 0.2, VehicleState.STOPPED, state)
    pose = scene.pose[rows].copy()
    forward = np.stack([np.cos(pose[:, 4]), np.sin(pose[:, 4])], axis=1)
    pose[:, :2] += scene.centre[rows, :1] * forward
    signals = np.flatnonzero((scene.kind == Kind.LIGHT) | (scene.kind == Kind.SIGN))
    walkers = scene.pose[scene.of(Kind.WALKER), :3]
    return Traffic(pose, scene.extent[rows], state, walkers, scene.light[signals])
