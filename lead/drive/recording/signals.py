"""Traffic lights and stop signs of a route as boxes: where one stops for them, and whether they concern the ego now."""

from dataclasses import dataclass

import carla
import numpy as np
from numpy.typing import NDArray

from lead.dataset.kinds import BoxFlag, BoxKind, LightState
from lead.expert.evidence.bodies import Bodies, boxes
from lead.expert.scene import SPACING, Mount, Route, Scene
from lead.scenarios.criteria.signals import read_light
from lead.scenarios.stage import Stage

HALF = (1.5, 1.5, 0.5)  # m, of boxes at stop lines (spec/lead-expert-and-data.md, 4.3)
SAME_WAY = np.cos(np.radians(45.0))  # least cosine between the route and a lane of its direction
STOPPED, AT_SIGN = 0.1, 4.0  # m/s, and m before the stopping place, at which a stop counts
PASSED = 2.0  # m behind a stopping place from which it is passed
SIGN_HALF = (0.7, 0.7, 1.8)  # m, about a stop sign and its pole, whose foot its actor is
MOUNT_FLAG = {Mount.NEAR: 0, Mount.OVERHEAD: BoxFlag.OVERHEAD, Mount.EUROPEAN: BoxFlag.EUROPEAN}


@dataclass(frozen=True)
class Signal:
    """One row of boxes."""

    id: int
    kind: BoxKind
    flags: int
    state: int
    pose: NDArray[np.float64]  # (6,) world


@dataclass(frozen=True)
class _Line:
    """Where a lane ends at a light."""

    pose: NDArray[np.float64]
    own: bool  # of the route's own lane


class RouteSignals:
    """The lights and stop signs that a route meets; their boxes, tick by tick."""

    def __init__(self, stage: Stage, route: Route) -> None:
        self._route = route
        self._row = route.start
        actors = {actor.id: actor for actor in stage.world.get_actors(route.light_id.tolist())}
        self._lines = [
            _lines(actors[light], stage.map, route, row)
            for light, row in zip(route.light_id.tolist(), route.light_index)
        ]
        self._stopped: set[int] = set()  # rows of stop signs
        signs = [
            actor.get_location() for actor in stage.world.get_actors().filter("traffic.stop*")
            if np.hypot(*(route.points[::20, :2] - (actor.get_location().x, actor.get_location().y)).T).min() < 100.0
        ]  # fmt: skip
        place = np.array([[p.x, p.y, p.z + SIGN_HALF[2], 0.0, 0.0, 0.0] for p in signs]).reshape(-1, 6)
        self.signs: Bodies = boxes(place, np.zeros((len(place), 3)), np.tile(SIGN_HALF, (len(place), 1)))

    @property
    def row(self) -> int:
        """Index on the route nearest to the ego."""
        return self._row

    def step(self, scene: Scene) -> None:
        """Follow the ego; call it every tick."""
        first, place = max(0, self._row - 50), scene.ego.pose[:2]
        ahead = self._route.points[first : self._row + 300, :2]
        self._row = first + int(np.argmin(np.hypot(*(ahead - place).T)))
        if abs(scene.ego.speed) < STOPPED:
            off = (self._route.stop_index - self._row) * SPACING
            self._stopped |= set(np.flatnonzero((off > -PASSED) & (off < AT_SIGN)).tolist())

    def seen(self, scene: Scene) -> list[Signal]:
        """Boxes of a tick: of lights ahead, the next of which concerns the ego, and of stop signs."""
        found = []
        ahead = np.flatnonzero(self._route.light_index * 1.0 > self._row - PASSED / SPACING)
        for n in ahead.tolist():
            concerns = BoxFlag.AFFECTS_EGO if n == ahead[0] else 0
            flags = concerns | MOUNT_FLAG[Mount(self._route.light_mount[n])]
            for line in self._lines[n]:
                own = BoxFlag.SAME_LANE if line.own else 0
                state = int(scene.light_state[n])
                found.append(Signal(int(self._route.light_id[n]), BoxKind.LIGHT, int(flags | own), state, line.pose))
        for n, row in enumerate(self._route.stop_index.tolist()):
            to_go = (row - self._row) * SPACING
            flags = BoxFlag.AFFECTS_EGO if n not in self._stopped and to_go > -PASSED else 0
            pose = np.array([*self._route.points[row], 0.0, self._route.yaw[row], 0.0])
            found.append(Signal(int(self._route.stop_id[n]), BoxKind.STOP_SIGN, int(flags), int(LightState.NONE), pose))
        return found


def _lines(actor: carla.TrafficLight, town: carla.Map, route: Route, row: int) -> list[_Line]:
    """Stop lines of a light in the route's direction."""
    found = []
    for waypoint in read_light(actor, town).stop_lines:
        place, turn = waypoint.transform.location, waypoint.transform.rotation
        yaw = np.radians(turn.yaw)
        if np.cos(yaw - route.yaw[row]) > SAME_WAY:
            pose = np.array([place.x, place.y, place.z, np.radians(turn.pitch), yaw, 0.0])
            own = np.hypot(*(pose[:2] - route.points[row, :2])) < 0.5 * waypoint.lane_width
            found.append(_Line(pose, bool(own)))
    return found
