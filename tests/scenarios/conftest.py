"""One embedded server for the tests of situations; they run in GridCity unless they load another town."""

from collections.abc import Iterator

import carla
import pytest
from playing import visit

from lead.client.launch import ServerProcess, connect, start_server


@pytest.fixture(scope="session")
def stage_server() -> Iterator[ServerProcess]:
    """A server in GridCity."""
    with start_server("GridCity") as server:
        yield server


@pytest.fixture
def client(visitor: carla.Client) -> carla.Client:
    """A client of it, in GridCity."""
    return visit(visitor, "GridCity")


@pytest.fixture
def visitor(stage_server: ServerProcess) -> Iterator[carla.Client]:
    """A client of it, in the town of the last test; what a test leaves on the street is taken away."""
    client = connect(stage_server.endpoint)
    yield client
    world = client.get_world()
    for kind in ("sensor.*", "vehicle.*", "walker.*", "static.prop.*"):
        for actor in world.get_actors().filter(kind):
            actor.destroy()
