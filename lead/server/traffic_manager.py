"""Which traffic managers run: clients host them, the server only keeps the address book.

A traffic manager lives in its client's process and registers the host's primary address; this server and its clients
share a machine, so it is answered with the loopback address. A registration ends with the connection that made it (R6).
"""

from typing import Any

from lead.server import wire
from lead.server.connection import RpcConnection
from lead.server.dispatch import Call, Procedures
from lead.server.lockstep import Lockstep

LOOPBACK = "127.0.0.1"
calls = Procedures()


class TrafficManagers:
    """Ports of running traffic managers and the connections that registered them."""

    def __init__(self) -> None:
        self._owner: dict[int, RpcConnection] = {}
        self.lockstep = Lockstep()

    def __len__(self) -> int:
        return len(self._owner)

    def __contains__(self, port: int) -> bool:
        return port in self._owner

    def register(self, port: int, owner: RpcConnection) -> bool:
        """Note a traffic manager; False if the port is taken."""
        if port in self._owner:
            return False
        self._owner[port] = owner
        self.lockstep.host(owner, port)
        return True

    def remove(self, port: int) -> bool:
        """Forget a traffic manager; False if there was none."""
        owner = self._owner.pop(port, None)
        if owner is not None:
            self.lockstep.leave(owner, port)
        return owner is not None

    def closed(self, owner: RpcConnection) -> None:
        """Forget all that a closed connection registered."""
        for port in [port for port, connection in self._owner.items() if connection is owner]:
            self.remove(port)


@calls.value("is_traffic_manager_running", wire.integer, harmless=lambda: False)
def is_running(episode: Any, port: int) -> bool:
    """Whether a traffic manager is registered on the port."""
    return port in episode.traffic_managers


@calls.value("get_traffic_manager_running", wire.integer, harmless=lambda: ["", 0], note="always the loopback address")
def address(episode: Any, port: int) -> list[Any]:
    """[host, port] of the traffic manager, ["", 0] if there is none."""
    return [LOOPBACK, port] if port in episode.traffic_managers else ["", 0]


@calls.value("add_traffic_manager_running", wire.structure("endpoint", wire.text, wire.integer), late=True)
def register(episode: Any, call: Call, endpoint: list[Any]) -> None:
    """Register a traffic manager for as long as this connection lives."""
    call.answer(episode.traffic_managers.register(endpoint[1], call.connection))


@calls.value("destroy_traffic_manager", wire.integer, harmless=lambda: False)
def remove(episode: Any, port: int) -> bool:
    """Forget a traffic manager."""
    return episode.traffic_managers.remove(port)
