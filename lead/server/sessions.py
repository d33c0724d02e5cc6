"""Connecting, settings, ticking: the calls by which a client joins the episode."""

from typing import Any

from lead.server import wire
from lead.server.dispatch import Call, Procedures, Refusal
from lead.server.episode import Episode, Settings
from lead.server.streams import EPISODE_STREAM

calls = Procedures()


@calls.value("version")
def version(episode: Episode) -> str:
    """The client version this server speaks to."""
    return episode.version.name


@calls.value("get_episode_info")
def episode_info(episode: Episode) -> list[Any]:
    """[episode id, [token of the episode state]]."""
    return [episode.identity, [episode.streams.token(EPISODE_STREAM)]]


@calls.value("get_sensor_token", wire.integer)
def sensor_token(episode: Episode, stream: int) -> list[bytes]:
    """[token]; ticks wait for the subscription that follows (R4)."""
    if not episode.is_stream(stream):
        raise Refusal(f"stream {stream} does not exist; its sensor was destroyed or belongs to an earlier world")
    episode.streams.announce(stream)
    return [episode.streams.token(stream)]


@calls.value("get_episode_settings")
def settings(episode: Episode) -> list[Any]:
    """Wire EpisodeSettings."""
    return episode.settings.wire()


_settings = wire.structure(
    "episode settings", wire.boolean, wire.boolean, wire.optional(wire.number), wire.boolean, wire.number, wire.integer,
    wire.number, wire.boolean, wire.number, wire.number, wire.boolean,
)  # fmt: skip


@calls.value(
    "set_episode_settings", _settings, note="synchronous mode and fixed step act, the rest is kept and answered"
)
def set_settings(episode: Episode, values: list[Any]) -> int:
    """Change the settings; returns the current frame, which every client has or will soon see."""
    synchronous, no_rendering, fixed_step, *rest = values
    if fixed_step is not None and not 0.0 <= fixed_step <= 10.0:
        raise Refusal(f"found fixed_delta_seconds {fixed_step}, expected 0 (variable) to 10 s")
    episode.settings = Settings(synchronous, no_rendering, fixed_step or None, rest)
    episode.streams.on_ready()
    return episode.frame


@calls.value("tick_cue", late=True)
def tick_cue(episode: Episode, call: Call) -> None:
    """Tick once; answers the new frame after all its data were sent and the caller's traffic managers wait for it."""
    lockstep = episode.traffic_managers.lockstep
    episode.cue(
        lambda frame: lockstep.answer(call.connection, lambda: call.answer(frame)),
        lambda fault: call.fail(f"tick: {fault}"),
    )
