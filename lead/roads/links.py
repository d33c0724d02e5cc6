"""Which lanes follow which, and which lie beside which: section links, road links and junction lane links.

Source: the rule of CARLA 0.9.16's map builder: a lane's next lanes come from its own link at the end it travels to
(through the junction's lane links where the road ends in a junction); its previous lanes are the reverse of that.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from lead.roads.opendrive import NO_LINK, LinkKind, OpenDrive


def lane_links(
    opendrive: OpenDrive,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Successors and predecessors of every lane row in compressed rows: start (L + 1,), rows, start (L + 1,), rows."""
    sections, lanes = opendrive.sections, opendrive.lanes
    row_of = {(int(m), int(i)): row for row, (m, i) in enumerate(zip(lanes.section, lanes.id, strict=True))}
    follow = _Follower(opendrive, row_of)
    source, target = [], []
    road = sections.road[lanes.section].tolist()
    for row, (m, lane_id) in enumerate(zip(lanes.section.tolist(), lanes.id.tolist(), strict=True)):
        if lane_id != 0:
            for other in follow(road[row], m, lane_id, row):
                source.append(row)
                target.append(other)
    pairs = np.unique(np.array([source, target], np.int64).reshape(2, -1).T, axis=0)
    count = len(lanes.id)
    by_target = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    forward = np.searchsorted(pairs[:, 0], np.arange(count + 1))
    backward = np.searchsorted(by_target[:, 1], np.arange(count + 1))
    return (
        forward.astype(np.int64),
        pairs[:, 1].astype(np.int32),
        backward.astype(np.int64),
        by_target[:, 0].astype(np.int32),
    )


class _Follower:
    """Finds the lanes a traveller may enter at the end of a lane."""

    def __init__(self, opendrive: OpenDrive, row_of: dict[tuple[int, int], int]) -> None:
        self.roads, self.lanes, self.row_of = opendrive.roads, opendrive.lanes, row_of
        self.road_row = {int(road): row for row, road in enumerate(opendrive.roads.id)}
        self.through: dict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)
        links = opendrive.lane_links
        for junction, incoming, connecting, _, source, target in zip(
            *(column.tolist() for column in links), strict=True
        ):
            self.through[junction, incoming, source].append((connecting, target))

    def __call__(self, road: int, section: int, lane_id: int, row: int) -> list[int]:
        """Lane rows after lane `row`, which has `lane_id` in section row `section` of road row `road`."""
        ahead = lane_id < 0
        link = int((self.lanes.successor if ahead else self.lanes.predecessor)[row])
        first, end = self.roads.section_start[road], self.roads.section_start[road + 1]
        beside = section + 1 if ahead else section - 1
        if first <= beside < end:
            return self._existing([(beside, link)])
        kind = (self.roads.successor_kind if ahead else self.roads.predecessor_kind)[road]
        other = int((self.roads.successor if ahead else self.roads.predecessor)[road])
        if kind == LinkKind.ROAD:
            return self._existing([self._entry(other, link)])
        if kind == LinkKind.JUNCTION:
            found = self.through.get((other, int(self.roads.id[road]), lane_id), [])
            return self._existing([self._entry(connecting, target) for connecting, target in found])
        return []

    def _entry(self, road_id: int, lane_id: int) -> tuple[int, int]:
        """Section in which a lane of a road is entered: the road's first for lanes along s, its last for the others."""
        road = self.road_row.get(road_id)
        if road is None or lane_id == NO_LINK:
            return -1, NO_LINK
        return int(self.roads.section_start[road] if lane_id <= 0 else self.roads.section_start[road + 1] - 1), lane_id

    def _existing(self, places: list[tuple[int, int]]) -> list[int]:
        return [self.row_of[place] for place in places if place in self.row_of and place[1] != 0]


def lane_neighbours(opendrive: OpenDrive) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Left and right neighbour rows (L,), (L,) in travel direction, -1 where none; lane 0 is skipped, its own are the
    innermost lanes on either side of it."""
    section, lane_id = opendrive.lanes.section, opendrive.lanes.id
    count = len(lane_id)

    def neighbour(step: int) -> NDArray[np.int32]:
        """Row of the next lane of the same section by `step` in order of descending id, passing over lane 0."""
        rows = np.arange(count)
        other = rows + step
        inside = (other >= 0) & (other < count)
        passing = inside.copy()
        passing[inside] = lane_id[other[inside]] == 0
        other = np.where(passing, other + step, other)
        inside = (other >= 0) & (other < count)
        inside[inside] = section[other[inside]] == section[inside]
        return np.where(inside, other, -1).astype(np.int32)

    towards_right, towards_left = neighbour(1), neighbour(-1)  # descending id runs to the right of +s
    against = lane_id > 0
    return np.where(against, towards_right, towards_left), np.where(against, towards_left, towards_right)
