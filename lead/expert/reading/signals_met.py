"""The traffic lights and stop signs that a route meets, and where on it one stops for them.

Where lights hold is read as the criteria read it (`lead.scenarios.criteria.signals`); where a stop sign does is the
test of the official run-stop criterion. Source: spec/lead-expert-and-data.md, 1.2 and 1.7.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import carla
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.expert.scene import SPACING, Mount
from lead.scenarios.criteria.signals import Light, Sign, read_light, read_sign
from lead.scenarios.criteria.stop_sign import REACH, WIDENED
from lead.scenarios.stage import Stage

NEAR_ROUTE = 60.0  # m from the plan within which the boxes of lights and signs are looked at
ON_LINE = 2.0  # m from a stop line's middle to the route that crosses it
SAME_WAY = np.cos(np.radians(45.0))  # least cosine between the route and the lane of a stop line
AT_LINE = 4.0  # m along the lane from a stop line to the pole of a light that hangs right there
OVERHEAD_TOWNS = frozenset(("Town11", "Town12", "Town13", "Town15"))
LEAST_HALF, LOOK = 1.0, 0.5  # m: least half size of a stop sign's box, and step by which the lane ahead is looked at
INTO_REACH, BEYOND_REACH = 2.5, 2.0  # m: one stops about 2 m before the index, which must be within the sign's reach


@dataclass(frozen=True)
class Met:
    """Signals in their order on the route (K rows)."""

    ids: NDArray[np.int64]  # (K,) of the actors
    index: NDArray[np.int64]  # (K,) on the route
    mount: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))  # (K,) Mount, of lights


def signals_near(stage: Stage) -> tuple[list[Light], list[Sign]]:
    """The lights and stop signs near the stage's plan; a large town has thousands, and reading one asks the map."""
    tree = cKDTree(stage.plan.pose[:, :2])

    def near(pattern: str) -> list:
        actors = sorted(stage.world.get_actors().filter(pattern), key=lambda actor: actor.id)
        places = np.array([[p.x, p.y] for p in (actor.get_location() for actor in actors)]).reshape(-1, 2)
        if not len(places):
            return []
        return [actors[row] for row in np.flatnonzero(tree.query(places)[0] < NEAR_ROUTE)]

    lights = [read_light(actor, stage.map) for actor in near("traffic.traffic_light*")]
    return lights, [read_sign(actor) for actor in near("traffic.stop*")]


def lights_met(points: NDArray[np.float64], yaw: NDArray[np.float64], lights: Sequence[Light], town: str) -> Met:
    """The lights whose stop lines a route of points (N, 3) m with directions `yaw` (N,) rad crosses, in its order."""
    tree = cKDTree(points)
    met: list[tuple[int, int, Mount]] = []
    for light in lights:
        rows = set()
        for line in light.stop_lines:
            place, turn = line.transform.location, np.radians(line.transform.rotation.yaw)
            near = np.sort(tree.query_ball_point((place.x, place.y, place.z), ON_LINE)).astype(np.int64)
            near = near[np.cos(yaw[near] - turn) > SAME_WAY]
            for run in _runs(near):
                away = np.linalg.norm(points[run] - (place.x, place.y, place.z), axis=1)
                rows.add((int(run[np.argmin(away)]), _mount(light, line.transform, town)))
        # Lines of lanes that lie beside each other are crossed once.
        before = None
        for row, mount in sorted(rows):
            if before is None or (row - before) * SPACING > 2.0 * ON_LINE:
                met.append((row, light.id, mount))
            before = row
    met.sort()
    return Met(
        np.array([actor for _, actor, _ in met], np.int64),
        np.array([row for row, _, _ in met], np.int64),
        np.array([mount for _, _, mount in met], np.int8),
    )


def signs_met(points: NDArray[np.float64], signs: Sequence[Sign]) -> Met:
    """The stop signs under which one comes on a route of points (N, 3) m: where it leads through their boxes."""
    tree = cKDTree(points)
    met: list[tuple[int, int]] = []
    for sign in signs:
        within = np.sort(tree.query_ball_point(sign.centre, REACH)).astype(np.int64)
        held = within[_leads_through(points, within, sign)] if len(within) else within
        for run in _runs(held):
            away = np.linalg.norm(points[run] - np.array(sign.centre), axis=1)
            abreast = int(run[np.argmin(away)])
            first, last = run[0] + int(INTO_REACH / SPACING), run[-1] + int(BEYOND_REACH / SPACING)
            row = min(max(abreast, first), last, len(points) - 1)
            met.append((row, sign.id))
    met.sort()
    return Met(np.array([actor for _, actor in met], np.int64), np.array([row for row, _ in met], np.int64))


def _leads_through(points: NDArray[np.float64], rows: NDArray[np.int64], sign: Sign) -> NDArray[np.bool_]:
    """Whether the route, within 4 m after each of the rows (R,), leads through a sign's box."""
    steps = np.arange(0.0, REACH + 0.5 * LOOK, LOOK) / SPACING
    ahead = np.minimum(rows[:, None] + steps.round().astype(np.int64), len(points) - 1)
    half = WIDENED * np.maximum(sign.half[:2], LEAST_HALF)
    return (np.abs(points[ahead, :2] - np.array(sign.centre)[:2]) < half).all(axis=-1).any(axis=-1)


def _runs(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows in rising order, parted where one is left out."""
    return [run for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(run)]


def _mount(light: Light, line: carla.Transform, town: str) -> Mount:
    ahead = line.get_forward_vector()
    away = np.array(light.place) - (line.location.x, line.location.y, line.location.z)
    if abs(away[0] * ahead.x + away[1] * ahead.y) > AT_LINE:
        return Mount.NEAR
    return Mount.OVERHEAD if town in OVERHEAD_TOWNS else Mount.EUROPEAN
