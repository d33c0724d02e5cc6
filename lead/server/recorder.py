"""CARLA's recorder for clients: record, ask about recordings, replay them.

Names without a root are files of the recordings folder; an absolute path is taken as it is. Files are read in a
thread, so that a large one keeps nobody waiting; what is wrong with one is the answer's text, as in CARLA.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.roads.library import map_name
from lead.roads.town import Town, default_cache
from lead.server import recorder_text, wire
from lead.server.dispatch import Call, Procedures, Refusal
from lead.server.recorder_format import MAGIC, Log, RecordingError, read_log
from lead.server.recording import Recording
from lead.server.replay import BEHIND, Replay, ReplayOptions, ReplaySpan, describe
from lead.server.towns import Towns
from lead.server.world_change import change_world

if TYPE_CHECKING:
    from lead.server.episode import Episode

FASTEST = 1000.0  # time factor
_HEADER = 18  # bytes of a file up to the end of the magic word
_log = logging.getLogger(__name__)
calls = Procedures()


class Recorder:
    """What is being recorded or replayed, and what clients have asked of replays."""

    def __init__(self) -> None:
        self.folder = default_cache() / "recordings"
        self.recording: Recording | None = None
        self.replay: Replay | None = None
        self.options = ReplayOptions()

    def before_step(self, seconds: float) -> None:
        """To be called before the world steps by `seconds`."""
        if self.replay is not None:
            try:
                self.replay.before_step(seconds)
            except Exception:
                _log.exception("the replay ends here")  # it must not stop the world
                self.stop_replay(keep=True)

    def after_step(self, episode: "Episode", seconds: float) -> None:
        """To be called when the world has stepped, before anything is measured."""
        if self.replay is not None:
            self.replay.after_step()
            if self.replay.over:
                self.stop_replay(keep=True)
        if self.recording is not None:
            try:
                self.recording.write(seconds, episode.frame, episode.street_lamps.states)
            except Exception:
                _log.exception("the recording %s ends here", self.recording.path)  # it must not stop the world
                self.stop_recording()

    def world_changed(self) -> None:
        """A new world: the old one is neither recorded nor replayed any longer."""
        self.stop_recording()
        self.replay = None

    def stop_recording(self) -> None:
        """End the file, if there is one."""
        if self.recording is not None:
            self.recording.close()
            self.recording = None

    def stop_replay(self, keep: bool) -> None:
        """Let go of the actors, if there is a replay; those it brought to life stay if `keep`."""
        if self.replay is not None:
            replay, self.replay = self.replay, None
            replay.finish(keep)


def recording_path(name: str, folder: Path) -> Path:
    """Where a recording is: in `folder`, or where an absolute path says.

    Raises:
        Refusal: no name, or one that leads out of the folder.
    """
    try:
        path, root = Path(name), folder.resolve()
        if path.is_absolute():
            return path
        inside = (root / path).resolve()
    except (OSError, ValueError) as error:
        raise Refusal(f"found file name {name[:100]!r}: {error}") from error
    if inside == root or not inside.is_relative_to(root):
        raise Refusal(f"found file name {name[:100]!r}, expected one within {root} or an absolute path")
    return inside


@calls.value("start_recorder", wire.text, wire.boolean, optional=1, note="physics controls are not recorded")
def start_recorder(episode: "Episode", name: str, additional: bool = False) -> str:
    """Record from the next tick on; the path of the file."""
    recorder = episode.recorder
    recorder.stop_replay(keep=True)
    recorder.stop_recording()
    path = recording_path(name, recorder.folder)
    try:
        if path.is_relative_to(recorder.folder.resolve()):
            path.parent.mkdir(parents=True, exist_ok=True)
        _require_ours(path)
        recorder.recording = Recording(path, episode.world, additional)
    except (OSError, ValueError) as error:
        raise Refusal(f"the recording cannot be written: {error}") from error
    return str(path)


def _require_ours(path: Path) -> None:
    """Refuse to write over anything but an earlier recording."""
    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(_HEADER)
        if not head or head.endswith(MAGIC.encode()):
            return
    raise Refusal(f"{path} is there already and no recording: give another name or remove it")


@calls.add("stop_recorder")
def stop_recorder(episode: "Episode") -> None:
    """End the recording."""
    episode.recorder.stop_recording()


@calls.value("show_recorder_file_info", wire.text, wire.boolean, optional=1, late=True)
def show_info(episode: "Episode", call: Call, name: str, everything: bool = False) -> None:
    """Frames and events of a recording as text."""
    _tell(episode, call, name, lambda log: recorder_text.info_text(log, everything))


def _category(value: Any) -> str:
    """A category of actors: a letter, or its code as C++ sends a char."""
    letter = chr(value) if type(value) is int and 0 <= value < 128 else value
    if not isinstance(letter, str) or len(letter) != 1 or letter not in recorder_text.CATEGORIES:
        raise wire.WireError(f"found {value!r}, expected one letter of {recorder_text.CATEGORIES!r}")
    return letter


@calls.value("show_recorder_collisions", wire.text, _category, _category, late=True)
def show_collisions(episode: "Episode", call: Call, name: str, first: str, second: str) -> None:
    """Collisions between two categories of actors as text."""
    _tell(episode, call, name, lambda log: recorder_text.collisions_text(log, first, second))


@calls.value("show_recorder_actors_blocked", wire.text, wire.number, wire.number, optional=2, late=True)
def show_blocked(episode: "Episode", call: Call, name: str, seconds: float = 60.0, centimetres: float = 100.0) -> None:
    """Actors that stood still as text."""
    _tell(episode, call, name, lambda log: recorder_text.blocked_text(log, seconds, centimetres))


def _tell(episode: "Episode", call: Call, name: str, tell: Callable[[Log], str]) -> None:
    """Answer a text about a file, or what is wrong with the file."""
    path = recording_path(name, episode.recorder.folder)

    def work() -> str:
        try:
            return tell(read_log(path))
        except RecordingError as error:
            return f"{error}\n"

    _in_thread(call, work, call.answer)


def _in_thread(call: Call, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
    """Do `work` in a thread and `then` something with its result in the server's own."""

    def done(future: "asyncio.Future[Any]") -> None:
        try:
            then(future.result())
        except Exception as error:
            _log.exception("%s failed", call.procedure.name)
            call.fail(f"{call.procedure.name}: the server failed: {type(error).__name__}: {error}")

    asyncio.get_running_loop().run_in_executor(None, work).add_done_callback(done)


@calls.value(
    "replay_file",
    wire.text,
    wire.number,
    wire.number,
    wire.actor_id,
    wire.boolean,
    wire.pose,
    optional=5,
    late=True,
    note="actors get new ids unless the recorded ones are still alive",
)
def replay_file(
    episode: "Episode", call: Call, name: str, start: float = 0.0, duration: float = 0.0, follow: int = 0,
    sensors: bool = False, offset: NDArray[np.float64] = BEHIND,
) -> None:  # fmt: skip
    """Replay a recording from `start` s (negative: before its end) for `duration` s (0: all); the answer is a text.

    The spectator goes with the actor of the recorded id `follow` (0: with none), at the pose `offset` (6,) from it;
    `sensors`: whether recorded sensors come back too.
    """
    recorder = episode.recorder
    recorder.stop_recording()
    recorder.stop_replay(keep=True)
    path = recording_path(name, recorder.folder)
    here = episode.town

    def work() -> tuple[Log, Town] | str:
        try:
            log = read_log(path)
            if not log.frames:
                raise RecordingError(f"File {path} holds no frames")
            return log, _town_of(log, here, episode.towns)
        except RecordingError as error:
            return f"{error}\n"

    def begin(found: tuple[Log, Town] | str) -> None:
        if isinstance(found, str):
            call.answer(f"Replaying File: {path}\n{found}")
            return
        log, town = found
        if town.name == episode.town.name:
            play(log, "")
        else:
            change_world(episode, call, town, False, lambda: play(log, f"Loading map {log.town}\n"))

    def play(log: Log, loading: str) -> None:
        recorder.stop_recording()
        recorder.stop_replay(keep=True)  # another client may have begun one meanwhile
        span = ReplaySpan.of(log, start, duration, follow=follow, offset=offset, sensors=sensors)
        recorder.replay = Replay(episode, log, span, recorder.options)
        call.answer(f"Replaying File: {path}\n{loading}{describe(log, span, recorder.options)}")
        call.connection.release()  # the client keeps its episode and its stream

    _in_thread(call, work, begin)


def _town_of(log: Log, here: Town, towns: Towns) -> Town:
    """The town a recording was made in: the present one, or a known map (a file may name no other file)."""
    if map_name(log.town) == here.name:
        return here
    try:
        return towns.load(log.town)
    except (LookupError, OSError, ValueError) as error:
        raise RecordingError(f"Could not load mapfile {log.town}: {error}") from error


@calls.add("stop_replayer", wire.boolean, optional=1, note="keep_actors false removes what the replay brought to life")
def stop_replayer(episode: "Episode", keep: bool = False) -> None:
    """End the replay."""
    episode.recorder.stop_replay(keep)


@calls.add("set_replayer_time_factor", wire.number)
def set_time_factor(episode: "Episode", factor: float) -> None:
    """Play faster or slower; 0 holds the picture."""
    if not 0.0 <= factor <= FASTEST:
        raise Refusal(f"found time factor {factor:g}, expected 0 to {FASTEST:g}")
    episode.recorder.options.time_factor = factor


@calls.add("set_replayer_ignore_hero", wire.boolean)
def set_ignore_hero(episode: "Episode", ignored: bool) -> None:
    """Whether the next replay leaves out vehicles whose role is hero."""
    episode.recorder.options.ignore_hero = ignored


@calls.add("set_replayer_ignore_spectator", wire.boolean)
def set_ignore_spectator(episode: "Episode", ignored: bool) -> None:
    """Whether the next replay leaves the spectator where it is."""
    episode.recorder.options.ignore_spectator = ignored
