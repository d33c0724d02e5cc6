"""Batches: the 22 commands a client sends many of in one request, and what to do after a spawn.

A command is `[[index, fields]]`. Each answers `[[1, id]]` or `[[0, [message]]]` for itself; the batch has no envelope.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lead.server import actors, lights, motion, vehicles, walkers, wire
from lead.server.dispatch import Answer, Call, Procedures, Refusal, explain
from lead.server.episode import Episode
from lead.simulator.actors import UnknownActor, WorldError

SPAWN = 0
CONSOLE = 20
_NESTING = 8  # do_after within do_after
_log = logging.getLogger(__name__)
calls = Procedures()


@dataclass(frozen=True)
class Command:
    """One kind of command: its name and, for commands on an actor, their call and how many fields it needs."""

    name: str
    readers: tuple[wire.Reader, ...] = ()
    act: Callable[..., Any] | None = None
    required: int = 0


def _same_as(table: Procedures, name: str) -> Command:
    procedure = table[name]
    return Command(name, procedure.readers, procedure.handler, procedure.required)


COMMANDS: tuple[Command, ...] = (
    Command("spawn_actor"),
    _same_as(actors.calls, "destroy_actor"),
    _same_as(vehicles.calls, "apply_control_to_vehicle"),
    _same_as(vehicles.calls, "apply_ackermann_control_to_vehicle"),
    _same_as(walkers.calls, "apply_control_to_walker"),
    _same_as(vehicles.calls, "apply_physics_control"),
    _same_as(motion.calls, "set_actor_transform"),
    Command("set_walker_state", (wire.actor_id, wire.pose, wire.number), walkers.set_state, 3),
    _same_as(motion.calls, "set_actor_target_velocity"),
    _same_as(motion.calls, "set_actor_target_angular_velocity"),
    _same_as(motion.calls, "add_actor_impulse"),
    _same_as(motion.calls, "add_actor_force"),
    _same_as(motion.calls, "add_actor_angular_impulse"),
    _same_as(motion.calls, "add_actor_torque"),
    _same_as(motion.calls, "set_actor_simulate_physics"),
    _same_as(motion.calls, "set_actor_enable_gravity"),
    _same_as(motion.calls, "set_actor_autopilot"),
    _same_as(vehicles.calls, "show_vehicle_debug_telemetry"),
    _same_as(vehicles.calls, "set_vehicle_light_state"),
    _same_as(motion.calls, "set_actor_location"),
    Command("console_command"),
    _same_as(lights.calls, "set_traffic_light_state"),
)


@calls.add("apply_batch", wire.sequence_of(wire.anything), wire.boolean, answer=Answer.BARE, optional=1, late=True)
def apply_batch(episode: Episode, call: Call, commands: list[Any], tick: bool = False) -> None:
    """Carry out commands in order, then tick if asked; answers one response per command, errors if the tick fails."""
    responses = [execute(episode, command) for command in commands]
    if tick:
        lockstep = episode.traffic_managers.lockstep
        episode.cue(
            lambda _frame: lockstep.answer(call.connection, lambda: call.answer(responses)),
            lambda fault: call.answer([wire.failed(f"apply_batch: {fault}")] * max(1, len(responses))),
        )
    else:
        call.answer(responses)


def execute(episode: Episode, command: Any, spawned: int | None = None, depth: int = 0) -> list[Any]:
    """Response<ActorId> of one wire command; `spawned` stands for the actor of commands that follow a spawn."""
    name = "apply_batch"
    try:
        index, fields = _command(command)
        name = COMMANDS[index].name
        if index == SPAWN:
            return wire.ok(_spawn(episode, fields, depth))
        if index == CONSOLE:
            raise Refusal("there is no console")
        if spawned is not None:
            fields = [spawned, *fields[1:]]
        kind = COMMANDS[index]
        values = _read(kind, fields)
        assert kind.act is not None
        kind.act(episode, *values)
        return wire.ok(values[0])
    except (WorldError, wire.WireError, Refusal) as error:
        return wire.failed(explain(name, error))
    except Exception as error:
        _log.exception("batch command %s failed", name)
        return wire.failed(explain(name, error))


def _command(command: Any) -> tuple[int, list[Any]]:
    if isinstance(command, list) and command and isinstance(command[0], list) and len(command[0]) == 2:
        index, fields = command[0]
        if type(index) is int and 0 <= index < len(COMMANDS) and isinstance(fields, list):
            return index, fields
        raise wire.WireError(f"found command {index!r}, expected 0 to {len(COMMANDS) - 1} with a list of fields")
    raise wire.WireError("expected a command [[index, fields]]")


def _read(kind: Command, fields: list[Any]) -> list[Any]:
    if len(fields) < kind.required:
        raise wire.WireError(f"found {len(fields)} fields, expected {kind.required}")
    return [reader(item) for reader, item in zip(kind.readers, fields)]


def _spawn(episode: Episode, fields: list[Any], depth: int) -> int:
    """Spawn and carry out what follows; the id.

    The attachment of this command is uninitialised client memory (40 has been seen): Rigid is used.
    """
    expected = episode.version.spawn_command_fields
    if len(fields) < expected:
        raise wire.WireError(
            f"found {len(fields)} fields, expected {expected}: is the client a {episode.version.name}?"
        )
    if depth > _NESTING:
        raise Refusal(f"more than {_NESTING} spawns within each other's do_after")
    parent = wire.optional(wire.actor_id)(fields[2])
    if parent is not None and not episode.world.exists(parent):
        raise UnknownActor(f"unable to attach to actor {parent}: not found")
    actor = episode.spawn(wire.description(fields[0]), wire.pose(fields[1]), parent or 0)
    for follower in wire.sequence_of(wire.anything)(fields[expected - 1]):
        response = execute(episode, follower, actor, depth + 1)
        if response[0][0] == 0:
            _log.warning("after spawning actor %d: %s", actor, response[0][1][0])
    return actor
