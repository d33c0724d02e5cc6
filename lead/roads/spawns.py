"""Where vehicles may be spawned: poses spread over the driving lanes from which one can drive on."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lead.roads.network import LaneKind, RoadNetwork

HEIGHT = 0.5  # m above the road, as in CARLA's towns
END_GAP = 6.0  # m to either end of a lane
APART = 8.0  # m between two spawn points
LEAST_WIDTH = 2.5  # m
STEP = 4.0  # m, by which a place is moved away from others
ONWARD = 200.0  # m of road ahead that do outside the largest connected part
SPACING, SPACING_PER_KM, MOST_SPACING = 13.0, 2.4, 140.0  # m, fitted to the numbers of spawn points of CARLA's towns


def spawn_points(network: RoadNetwork) -> NDArray[np.float64]:
    """Poses (S, 6) of spawn points, [x, y, z, pitch, yaw, roll] in m and rad, ordered by lane and place on it."""
    lanes = network.lanes
    open_lanes = (lanes.kind == LaneKind.DRIVING) & (lanes.junction < 0)
    usable = open_lanes & drivable_onward(network) & (lanes.length >= 2.0 * END_GAP)
    spacing = min(MOST_SPACING, SPACING + SPACING_PER_KM * float(lanes.length[open_lanes].sum()) / 1000.0)
    chosen = _Chosen()
    for row in np.flatnonzero(usable):
        _fill_lane(network, int(row), spacing, chosen)
    return np.array(chosen.poses).reshape(-1, 6)


def drivable_onward(network: RoadNetwork) -> NDArray[np.bool_]:
    """Per lane (L,), whether it is in the largest strongly connected part or has ONWARD metres of road ahead."""
    lanes = network.lanes
    count = len(lanes.lane)
    source = np.repeat(np.arange(count), np.diff(lanes.successor_start))
    target = lanes.successor.astype(np.int64)
    sides = [_same_way(network, side) for side in (lanes.left, lanes.right)]
    edges = np.concatenate([np.column_stack([source, target]), *sides])
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    _, part = connected_components(graph, directed=True, connection="strong")
    driving = lanes.kind == LaneKind.DRIVING
    metres = np.bincount(part, weights=np.where(driving, lanes.length, 0.0))
    ahead = np.zeros(count)
    while True:
        longer = np.zeros(count)
        np.maximum.at(longer, source, ahead[target])
        longer = np.minimum(lanes.length + longer, 2.0 * ONWARD)
        if (longer <= ahead + 1e-9).all():
            break
        ahead = longer
    return driving & ((part == np.argmax(metres)) | (ahead >= ONWARD))


def _same_way(network: RoadNetwork, side: NDArray[np.int32]) -> NDArray[np.int64]:
    """Pairs (n, 2) of driving lanes and their driving neighbours that run the same way."""
    lanes = network.lanes
    row = np.flatnonzero(side >= 0)
    beside = side[row].astype(np.int64)
    both = (lanes.kind[row] == LaneKind.DRIVING) & (lanes.kind[beside] == LaneKind.DRIVING)
    keep = both & (lanes.lane[row] * lanes.lane[beside] > 0)
    return np.column_stack([row[keep], beside[keep]])


class _Chosen:
    """Poses taken so far, in cells of APART metres."""

    def __init__(self) -> None:
        self.poses: list[list[float]] = []
        self._cells: dict[tuple[int, int], list[list[float]]] = {}

    def add(self, pose: list[float]) -> bool:
        """Take a pose unless one stands too near."""
        i, j = int(pose[0] // APART), int(pose[1] // APART)
        near = (other for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for other in self._cells.get((a, b), ()))
        if any(sum((pose[k] - other[k]) ** 2 for k in range(3)) < APART**2 for other in near):
            return False
        self.poses.append(pose)
        self._cells.setdefault((i, j), []).append(pose)
        return True


def _fill_lane(network: RoadNetwork, row: int, spacing: float, chosen: _Chosen) -> None:
    """Evenly spread poses along a lane, each moved by up to half a spacing where others stand too near."""
    lanes, samples = network.lanes, network.samples
    part = slice(lanes.first[row], lanes.last[row])
    centre, width, yaw = samples.centre[part], samples.width[part], samples.yaw[part]
    steps = np.linalg.norm(np.diff(centre, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = END_GAP, along[-1] - END_GAP
    count = max(1, round(along[-1] / spacing))
    reach = 0.5 * along[-1] / count
    moves = sorted(np.arange(-int(reach / STEP), int(reach / STEP) + 1) * STEP, key=abs)
    for place in (2 * np.arange(count) + 1) * reach:
        for move in moves:
            here = min(max(place + move, low), high)
            k = min(max(int(np.searchsorted(along, here)) - 1, 0), len(steps) - 1)
            if min(width[k], width[k + 1]) < LEAST_WIDTH:
                continue
            share = (here - along[k]) / max(steps[k], 1e-6)
            point, rise = centre[k] + share * (centre[k + 1] - centre[k]), centre[k + 1] - centre[k]
            pitch = float(np.arctan2(rise[2], np.hypot(rise[0], rise[1])))
            turn = (yaw[k + 1] - yaw[k] + np.pi) % (2.0 * np.pi) - np.pi
            if chosen.add([*(point + [0.0, 0.0, HEIGHT]).tolist(), pitch, float(yaw[k] + share * turn), 0.0]):
                break
