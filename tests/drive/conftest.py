"""One embedded server in GridCity for the tests of agents."""

from collections.abc import Iterator

import carla
import pytest
from onstage import TOWN

from lead.client.launch import ServerProcess, connect, start_server


@pytest.fixture(scope="session")
def agent_server() -> Iterator[ServerProcess]:
    """A server in the town of the routes."""
    with start_server(TOWN) as server:
        yield server


@pytest.fixture
def client(agent_server: ServerProcess) -> Iterator[carla.Client]:
    """A client of it; what a test leaves on the street is taken away."""
    client = connect(agent_server.endpoint)
    yield client
    world = client.get_world()
    for kind in ("sensor.*", "vehicle.*"):
        for actor in world.get_actors().filter(kind):
            actor.destroy()
