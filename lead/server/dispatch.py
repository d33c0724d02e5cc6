"""Name -> procedure: checks the arguments, calls the handler, wraps the result in the envelope the client expects.

Each group of calls has a `Procedures` table that its handlers join by decorator. A handler takes the server's state and
its arguments, already read into inner values; one declared `late` takes a `Call` before them and answers through it
whenever it likes.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from lead.server import wire
from lead.server.connection import RpcConnection
from lead.simulator.actors import SpawnError, WorldError

if TYPE_CHECKING:
    from lead.server.episode import Episode

_log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request the server declines; the message is the client's RuntimeError."""


class Answer(Enum):
    """Envelope of a result."""

    VALUE = "value"  # Response<T>
    VOID = "void"  # Response<void>
    BARE = "bare"  # no envelope


class Support(Enum):
    """What a client may hope for; the words of docs/rpc.md."""

    SUPPORTED = "supported"
    STORED = "accepted, no effect"
    ERROR = "error"


@dataclass(frozen=True)
class Procedure:
    """One remote call."""

    name: str
    handler: Callable[..., Any]
    readers: tuple[wire.Reader, ...]
    required: int  # arguments that must be there; the rest may be missing
    answer: Answer
    late: bool  # the handler answers through a Call
    harmless: Callable[[], Any] | None  # instead of an error: the call comes from client threads that die of one (R5)
    support: Support
    note: str

    def failure(self, message: str) -> list[Any]:
        """The error envelope of this call."""
        return wire.failed_void(message) if self.answer is Answer.VOID else wire.failed(message)

    def envelope(self, result: Any) -> Any:
        """The envelope of a result."""
        if self.answer is Answer.VALUE:
            return wire.ok(result)
        return wire.done() if self.answer is Answer.VOID else result


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is still to be answered."""

    connection: RpcConnection
    message: int
    procedure: Procedure

    def answer(self, result: Any = None) -> None:
        """Answer with a result."""
        self.connection.reply(self.message, self.procedure.envelope(result))

    def fail(self, message: str) -> None:
        """Answer with an error."""
        self.connection.reply(self.message, self.procedure.failure(message))


class Procedures(dict[str, Procedure]):
    """Procedures by name."""

    def add(
        self,
        name: str,
        *readers: wire.Reader,
        answer: Answer = Answer.VOID,
        optional: int = 0,
        late: bool = False,
        harmless: Callable[[], Any] | None = None,
        support: Support = Support.SUPPORTED,
        note: str = "",
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorator: the function handles `name`; `readers` read its arguments, the last `optional` may be missing."""

        def join(handler: Callable[..., Any]) -> Callable[..., Any]:
            self[name] = Procedure(
                name, handler, readers, len(readers) - optional, answer, late, harmless, support, note
            )
            return handler

        return join

    def value(
        self, name: str, *readers: wire.Reader, **options: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """`add` for a call that returns a value."""
        return self.add(name, *readers, answer=Answer.VALUE, **options)

    def refuse(self, name: str, reason: str, *, void: bool = False) -> None:
        """Make `name` answer an error that gives the reason."""

        def handler(episode: "Episode", *_: Any) -> None:
            raise Refusal(f"not supported: {reason}")

        answer = Answer.VOID if void else Answer.VALUE
        self[name] = Procedure(name, handler, (), 0, answer, False, None, Support.ERROR, reason)


class Dispatcher:
    """Answers requests by name; every exception becomes an error envelope."""

    def __init__(self, episode: "Episode", tables: Iterable[Procedures]) -> None:
        self._episode = episode
        self.procedures = Procedures()
        for table in tables:
            doubled = self.procedures.keys() & table.keys()
            if doubled:
                raise ValueError(f"procedures declared twice: {sorted(doubled)}")
            self.procedures.update(table)
        self._logged: set[tuple[str, str]] = set()

    def handle(self, connection: RpcConnection, message: int, name: str, arguments: list[Any]) -> None:
        """Answer one request, now or (late procedures) later."""
        lockstep = self._episode.traffic_managers.lockstep
        if lockstep:
            lockstep.saw(connection, name)
        procedure = self.procedures.get(name)
        if procedure is None:
            self._log_once(name, "unknown call")
            connection.reply(message, wire.failed(f"{name[:100]}: this server does not know the call; see docs/rpc.md"))
            return
        fire_and_forget = bool(arguments) and arguments[0] == [True]
        try:
            values = read_arguments(procedure, arguments)
            if procedure.late:
                procedure.handler(self._episode, Call(connection, message, procedure), *values)
                return
            reply = procedure.envelope(procedure.handler(self._episode, *values))
        except Exception as error:
            reply = self._refused(procedure, error, fire_and_forget)
        connection.reply(message, reply)

    def _refused(self, procedure: Procedure, error: Exception, fire_and_forget: bool) -> Any:
        text = explain(procedure.name, error)
        if not isinstance(error, (WorldError, wire.WireError, Refusal)):
            _log.error("%s failed", procedure.name, exc_info=error)
        elif fire_and_forget or procedure.harmless is not None:
            self._log_once(procedure.name, text)  # the client discards it: say it here
        return procedure.failure(text) if procedure.harmless is None else procedure.envelope(procedure.harmless())

    def _log_once(self, name: str, text: str) -> None:
        if (name, text) not in self._logged and len(self._logged) < 1000:
            self._logged.add((name, text))
            _log.warning("%s (said once)", text if text.startswith(name) else f"{name}: {text}")


def read_arguments(procedure: Procedure, arguments: list[Any]) -> list[Any]:
    """Inner values of a request's arguments; the first wire argument is the client's `[async]` mark.

    Raises:
        WireError: wrong number or type, naming the argument.
    """
    given = len(arguments) - 1
    if procedure.support is Support.ERROR:
        return []
    if given < procedure.required:
        raise wire.WireError(f"found {max(given, 0)} arguments, expected at least {procedure.required}")
    values = []
    for place, (reader, argument) in enumerate(zip(procedure.readers, arguments[1:]), 1):
        try:
            values.append(reader(argument))
        except wire.WireError as error:
            raise wire.WireError(f"argument {place}: {error}") from error
    return values


def explain(name: str, error: Exception) -> str:
    """The text of the client's RuntimeError for an exception in the call `name`."""
    if isinstance(error, SpawnError):
        return str(error)
    if isinstance(error, (WorldError, wire.WireError, Refusal)):
        return f"{name}: {error}"
    return f"{name}: the server failed: {type(error).__name__}: {error}"
