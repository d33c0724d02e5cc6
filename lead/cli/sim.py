"""`lead sim`: serve a town to any CARLA client."""

from pathlib import Path
from typing import Annotated

import typer


def sim(
    town: Annotated[
        str, typer.Option(help="A name from `lead maps list`, or the path of an OpenDRIVE file.")
    ] = "GridCity",
    port: Annotated[
        int, typer.Option(min=0, max=65534, help="RPC port on 127.0.0.1, 0 for any; streams take the next if free.")
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the town's scenery: buildings and trees.")] = 0,
    client_version: Annotated[str, typer.Option(help="Protocol to speak: 0.9.16 or 0.9.15.")] = "0.9.16",
    async_hz: Annotated[
        float, typer.Option(min=1.0, help="Ticks per second while no client is in synchronous mode.")
    ] = 20.0,
    carla: Annotated[
        Path | None, typer.Option(help="Folder of a CARLA release (that of CarlaUE4.sh) whose maps count too.")
    ] = None,
    parent_pid: Annotated[int, typer.Option(hidden=True, help="End when this process is gone.")] = 0,
) -> None:
    """Serve a town on CARLA's protocol, on this machine only.

    Prints one line `ready rpc=127.0.0.1:PORT streams=127.0.0.1:PORT town=NAME pid=PID` when it serves, and ends on
    SIGTERM or Ctrl-C.

    Example: `lead sim --town GridCity --port 2000`, then `carla.Client("127.0.0.1", 2000)` in any script.
    """
    from lead.server.main import serve

    raise typer.Exit(
        serve(
            town,
            port=port,
            seed=seed,
            client_version=client_version,
            async_hz=async_hz,
            parent_pid=parent_pid or None,
            installation=carla,
        )  # fmt: skip
    )
