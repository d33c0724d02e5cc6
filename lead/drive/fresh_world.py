"""A world nobody has driven in: a server of our own, or a town loaded anew by a running CARLA."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import carla

from lead.client.launch import Endpoint, ServerFault, connect, start_server
from lead.client.prepared import PreparedTown
from lead.drive.evaluation import Evaluation

CLIENT_TIMEOUT = 60.0  # s for one call


@dataclass(frozen=True)
class FreshWorld:
    """A client whose world is fresh, its server's address, and the server's processor time so far (s; 0 of a CARLA)."""

    client: carla.Client
    endpoint: Endpoint
    server_seconds: Callable[[], float]


@contextmanager
def fresh_world(evaluation: Evaluation, town: str, prepared: PreparedTown | None = None) -> Iterator[FreshWorld]:
    """Have the town for the time of the context, at once where it is prepared.

    Raises ServerFault when a server of our own dies meanwhile.
    """
    if evaluation.carla is not None:
        endpoint = Endpoint.parse(evaluation.carla)
        client = connect(endpoint, CLIENT_TIMEOUT)
        client.load_world(town, False)
        yield FreshWorld(client, endpoint, lambda: 0.0)
        return
    with prepared.start() if prepared is not None else start_server(town, seed=evaluation.seed) as server:
        try:
            client = connect(server.endpoint, CLIENT_TIMEOUT)
            yield FreshWorld(client, server.endpoint, server.processor_seconds)
        except RuntimeError as error:
            if not server.alive:
                raise ServerFault(f"the server died: {error}\nIts log ends:\n{server.log_tail()}") from error
            raise
