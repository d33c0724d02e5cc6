"""Traffic lights: states, times, groups, boxes."""

from typing import Any

from lead.server import wire
from lead.server.dispatch import Procedures, Refusal
from lead.server.episode import Episode
from lead.server.wire import actor_id, boolean, integer, number
from lead.simulator.actors import LightState

calls = Procedures()


@calls.add("set_traffic_light_state", actor_id, integer)
def set_state(episode: Episode, actor: int, state: int) -> None:
    """Red 0, Yellow 1, Green 2, Off 3, Unknown 4."""
    if not 0 <= state <= LightState.UNKNOWN:
        raise Refusal(f"found light state {state}, expected 0 (red) to 4 (unknown)")
    episode.world.set_light_state(actor, state)


def _set_time(name: str, state: LightState) -> None:
    @calls.add(name, actor_id, number)
    def set_time(episode: Episode, actor: int, seconds: float) -> None:
        if seconds < 0.0:
            raise Refusal(f"found a time of {seconds} s, expected 0 or more")
        episode.world.set_light_time(actor, int(state), seconds)


_set_time("set_traffic_light_red_time", LightState.RED)
_set_time("set_traffic_light_yellow_time", LightState.YELLOW)
_set_time("set_traffic_light_green_time", LightState.GREEN)


@calls.add("freeze_traffic_light", actor_id, boolean)
def freeze(episode: Episode, actor: int, frozen: bool) -> None:
    """Stop or start the cycle of a light."""
    episode.world.freeze_light(actor, frozen)


@calls.add("freeze_all_traffic_lights", boolean)
def freeze_all(episode: Episode, frozen: bool) -> None:
    """Stop or start all cycles."""
    episode.world.freeze_all_lights(frozen)


@calls.add("reset_traffic_light_group", actor_id)
def reset_group(episode: Episode, actor: int) -> None:
    """Start the cycle of a light's group afresh."""
    episode.world.reset_light_group(actor)


@calls.add("reset_all_traffic_lights")
def reset_all(episode: Episode) -> None:
    """Start all cycles afresh."""
    episode.world.reset_all_lights()


@calls.value("get_group_traffic_lights", actor_id)
def group(episode: Episode, actor: int) -> list[int]:
    """Ids of the lights that cycle together."""
    return [int(other) for other in episode.world.light_group(actor)]


@calls.value("get_light_boxes", actor_id)
def boxes(episode: Episode, actor: int) -> list[Any]:
    """World boxes of the light's heads."""
    return [wire.bounding_box(centre, extent, yaw, actor) for centre, extent, yaw in episode.world.light_boxes(actor)]
