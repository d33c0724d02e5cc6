"""Evidence without sensors: points on the actors' boxes, and whether they can be seen past other boxes.

The numbers are those that the student's sensors may be expected to have; `lead.expert.evidence.measured` counts them.
"""

import carla
import numpy as np
from numpy.typing import NDArray

from lead.expert.evidence.bodies import NOBODY, Bodies, boxes, eye_of, joined
from lead.expert.evidence.junction_sight import junction_sight
from lead.expert.evidence.level import along, around, level_boxes
from lead.expert.evidence.paved import Paved
from lead.expert.evidence.rig import STUDENT, Camera, Rig
from lead.expert.evidence.silhouettes import silhouettes
from lead.expert.evidence.source import Evidence, Heads, lights_seen
from lead.expert.kernels.sight import (
    Lens,
    Obstruction,
    Sweep,
    look_by_camera,
    look_by_lidar,
    look_by_radar,
    turn_around,
)
from lead.expert.scene import Actors, Ego, EvidenceIndex
from lead.scenarios.lane_graph import LaneGraph

REACH = 96.0  # m from the ego, beyond which nothing hides anything that counts
KEPT = 16.0  # m that the ego drives before its surroundings are looked up again
FILLED = np.array([0.72, 0.26, 0.48, 0.4])
"""Share of the sight of a box that its body fills: of cars, bicycles, walkers and obstacles (Kind)."""
HEAD_FILLED = 0.8  # of the head of a traffic light
MORE_THAN_EVEN = 0.31  # added before rounding down: from 0.69 points expected, one at least is more likely than none
RADAR_SAMPLES = 5


class SampledEvidence:
    """An evidence source without sensors.

    Args:
        level: what stands along the roads.
        paved: where the ground is paved; everywhere if None, and then one sees farther into junctions.
        rig: whose evidence it is.
    """

    def __init__(self, level: Bodies, paved: Paved | None = None, rig: Rig = STUDENT) -> None:
        self._level, self._paved, self._rig = level, paved, rig
        self._near, self._near_to = NOBODY, np.full(2, np.inf)  # of the level, and of where

    @classmethod
    def of(
        cls, world: carla.World, graph: LaneGraph, route: NDArray[np.float64], rig: Rig = STUDENT
    ) -> "SampledEvidence":
        """For a drive along a route (N, 3) m in a world, whose level is read now, and its lanes."""
        return cls(along(level_boxes(world), route, REACH + KEPT), Paved.around(graph, route), rig)

    def look(self, ego: Ego, actors: Actors, heads: Heads, parked: Bodies = NOBODY) -> Evidence:
        """See `EvidenceSource.look`. Actors farther than any sensor reaches cost nothing."""
        level = joined(self._surroundings(ego.pose), around(parked, ego.pose, REACH))
        bodies = boxes(actors.pose, actors.centre, actors.extent)
        targets = joined(bodies, boxes(heads.pose, np.zeros_like(heads.centre), heads.half))
        obstruction = _obstruction(bodies, actors.kind, level)
        filled = FILLED[actors.kind]
        points = np.zeros((len(targets.half), len(EvidenceIndex)))
        pixels, returns, echoes = np.ascontiguousarray(points.T)
        for camera in self._rig.cameras:
            eye = eye_of(ego.pose, camera.mount)
            turn_around(obstruction, eye.place)
            look_by_camera(*eye, _lens(camera), *targets, obstruction, pixels)
        self._range(ego, bodies, obstruction, returns, echoes)
        count = len(actors)
        found = np.zeros((count, len(EvidenceIndex)), np.int32)
        found[:, EvidenceIndex.CAMERA] = np.round(filled * pixels[:count])
        found[:, EvidenceIndex.LIDAR] = filled * returns[:count] + MORE_THAN_EVEN
        found[:, EvidenceIndex.RADAR] = echoes[:count] + MORE_THAN_EVEN
        sight = min(
            junction_sight(eye_of(ego.pose, camera.mount), camera, level, self._paved) for camera in self._rig.cameras
        )
        return Evidence(found, lights_seen(np.round(HEAD_FILLED * pixels[count:]).astype(np.int32), heads), sight)

    def _surroundings(self, pose: NDArray[np.float64]) -> Bodies:
        """What of the level is in reach, and some more, as it is kept for a while."""
        if not np.hypot(*(pose[:2] - self._near_to)) < KEPT:
            self._near, self._near_to = around(self._level, pose, REACH + KEPT), pose[:2].copy()
        return self._near

    def _range(
        self,
        ego: Ego,
        bodies: Bodies,
        obstruction: Obstruction,
        returns: NDArray[np.float64],
        echoes: NDArray[np.float64],
    ) -> None:
        """Add what LiDAR and radars have of each body."""
        lidar = self._rig.lidar
        sweep = Sweep(
            lidar.lowest, lidar.highest, lidar.range, lidar.density, lidar.attenuation, lidar.general_loss,
            lidar.safe_intensity, lidar.zero_loss,
        )  # fmt: skip
        eye = eye_of(ego.pose, lidar.mount)
        turn_around(obstruction, eye.place)
        look_by_lidar(*eye, sweep, *bodies, obstruction, returns)
        for radar in self._rig.radars:
            eye = eye_of(ego.pose, radar.mount)
            turn_around(obstruction, eye.place)
            look_by_radar(*eye, 0.5 * radar.fov, radar.range, radar.rays, RADAR_SAMPLES, *bodies, obstruction, echoes)


def _lens(camera: Camera) -> Lens:
    return Lens(camera.focal, 0.5 * camera.width, 0.5 * camera.height)


def _obstruction(actors: Bodies, kind: NDArray[np.int8], level: Bodies) -> Obstruction:
    """Everything that hides: what fills the actors' boxes, and the level."""
    hiding, owner = silhouettes(actors, kind)
    everything = joined(hiding, level)
    room = np.empty((2, len(everything.half), 3))
    owner = np.concatenate([owner, np.full(len(level.half), -1, np.int64)])
    return Obstruction(*everything, owner, room[0], np.empty(len(owner), np.int64), room[1])
