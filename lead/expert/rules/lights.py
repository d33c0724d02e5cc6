"""Traffic lights: stop before the next one that is not green.

Source: spec/lead-expert-and-data.md, 1.7, and 2.1 (V6).
"""

from dataclasses import dataclass

import carla

from lead.expert.decision import Asked, Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.scene import LOST, SPACING, Mount
from lead.expert.view import View

STANDSTILL, HEADWAY = 3.0, 0.5  # m, s
MOVED = {Mount.NEAR: 0.0, Mount.OVERHEAD: 9.0, Mount.EUROPEAN: 6.0}  # m before the line, where the head is in view
TOO_LATE = 7.0  # m/s^2 needed to stop before a yellow light's line from which on it is passed
REMEMBERED = 45.0  # s for which a light out of sight is taken for what it was last: longer than one is red
LEAST_GAP = 0.1  # m

GREEN, YELLOW = int(carla.TrafficLightState.Green), int(carla.TrafficLightState.Yellow)


@dataclass(frozen=True)
class LightMemory:
    """The light that was last seen. Empty before the first tick."""

    light: int = LOST
    state: int = GREEN
    time: float = 0.0  # s, when it was seen


def ask(view: View, memory: LightMemory) -> Asked:
    """Stop before the next light on the route unless it is green; one that is not seen counts only if it must not be."""
    scene, route = view.scene, view.route
    coming = (route.light_index >= view.index).nonzero()[0]
    if not len(coming):
        return Asked(LightMemory())
    row = coming[0]
    light, lights = int(route.light_id[row]), view.settings.lights
    if lights != "seen" or scene.light_seen[row]:
        memory = LightMemory(light, int(scene.light_state[row]), scene.time)
    elif memory.light != light or scene.time - memory.time > REMEMBERED:
        return Asked(LightMemory())
    distance = float(route.light_index[row] - view.index) * SPACING
    if memory.state == GREEN or (memory.state == YELLOW and _too_late(view, distance)):
        return Asked(memory)
    gap = distance - (MOVED[Mount(int(route.light_mount[row]))] if lights != "known" else 0.0)
    speed = target_speed(view.limit, view.speed, gap, 0.0, STANDSTILL, HEADWAY)
    return Asked(memory, (Proposal(Cause.LIGHT, speed, light, distance),))


def _too_late(view: View, distance: float) -> bool:
    """Whether the front would come to a stand only beyond the line `distance` m ahead of the ego's middle."""
    left = max(LEAST_GAP, distance - float(view.scene.ego.extent[0]))
    return max(0.0, view.speed) ** 2 / (2.0 * left) > TOO_LATE
