"""Which lanes a light or sign speaks to, and where on them a driver has to stop.

CARLA's towns put `<signalReference>`s on the connecting roads of a junction; they govern the lanes that lead into those.
A signal written on an incoming road governs that road's lanes up to the junction. CARLA 0.9.16 reads orientation "+" as
the lanes 1..N and "-" as -N..-1, which are the lanes that travel against and along s.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.reference_line import road_points

TRAFFIC = (LaneKind.DRIVING, LaneKind.BIDIRECTIONAL)
JUNCTION_REACH = 40.0  # m, a signal before a junction by no more than this belongs to the junction
INSIDE_JUNCTION = 5.0  # m, a sign further than this into a connecting lane (roundabouts) is obeyed there
LINE_REACH = 12.0  # m, painted stop lines are looked for this far before the junction
MAX_HOPS = 12  # lanes walked through before giving up: lanes may be very short


class Stop(NamedTuple):
    """A governed lane (row in Lanes) and its sample at the stop line."""

    lane: int
    sample: int


class LaneLookup:
    """Lanes by road id, s and lane id, walks along them, and the town's painted stop lines."""

    def __init__(self, opendrive: OpenDrive, network: RoadNetwork) -> None:
        self.network = network
        roads, sections, lanes = opendrive.roads, opendrive.sections, network.lanes
        self._section_s = {
            int(road): sections.s[roads.section_start[k] : roads.section_start[k + 1]]
            for k, road in enumerate(roads.id)
        }
        self._rows: dict[tuple[int, int], list[int]] = {}
        for row in np.flatnonzero(np.isin(lanes.kind, TRAFFIC) & (lanes.lane != 0)):
            self._rows.setdefault((int(lanes.road[row]), int(lanes.section[row])), []).append(int(row))
        self._lines = _stop_lines(opendrive)
        self._line_tree = cKDTree(self._lines[:, :2]) if len(self._lines) else None

    def rows(self, road: int, s: float, ranges: tuple[tuple[int, int], ...] = ((-999, 999),)) -> list[int]:
        """Traffic lanes of a road at s whose ids lie in one of the ranges."""
        starts = self._section_s.get(road)
        if starts is None:
            return []
        section = max(0, int(np.searchsorted(starts, s + 1e-6, side="right")) - 1)
        ids = self.network.lanes.lane
        return [
            row
            for row in self._rows.get((road, section), [])
            if any(min(pair) <= ids[row] <= max(pair) for pair in ranges)
        ]

    def sample_at(self, row: int, s: float) -> int:
        """The sample of a lane nearest to s of its road."""
        first, last = self.network.lanes.first[row], self.network.lanes.last[row]
        return int(first + np.argmin(np.abs(self.network.samples.s[first:last] - s)))

    def travelled(self, row: int, sample: int) -> float:
        """Distance (m) along s from the start of the lane to one of its samples."""
        s = self.network.samples.s
        return float(abs(s[sample] - s[self.network.lanes.first[row]]))

    def successors(self, row: int) -> list[int]:
        """Traffic lanes that follow a lane."""
        lanes = self.network.lanes
        return [int(n) for n in lanes.successor[lanes.successor_start[row] : lanes.successor_start[row + 1]]]

    def predecessors(self, row: int) -> list[int]:
        """Lanes that lead into a lane."""
        lanes = self.network.lanes
        return [int(n) for n in lanes.predecessor[lanes.predecessor_start[row] : lanes.predecessor_start[row + 1]]]

    def before_junction(self, row: int) -> list[int]:
        """The lanes outside junctions through which a traveller reaches a lane inside one."""
        found, seen, front = [], {row}, [row]
        for _ in range(MAX_HOPS):
            front = [p for lane in front for p in self.predecessors(lane) if p not in seen]
            seen.update(front)
            found += [p for p in front if self.network.lanes.junction[p] < 0]
            front = [p for p in front if self.network.lanes.junction[p] >= 0]
        return list(dict.fromkeys(found))

    def last_before_junction(self, row: int, sample: int) -> int | None:
        """The lane from which a traveller at a sample enters the next junction, None if it is beyond JUNCTION_REACH."""
        lanes = self.network.lanes
        distance = lanes.length[row] - self.travelled(row, sample)
        for _ in range(MAX_HOPS):
            if distance > JUNCTION_REACH:
                return None
            following = self.successors(row)
            if not following:
                return None
            if any(lanes.junction[n] >= 0 for n in following):
                return row
            row = following[0]
            distance += lanes.length[row]
        return None

    def upstream(self, row: int, sample: int, distance: float) -> list[int]:
        """Samples within `distance` m before a sample, itself included, over all lanes outside junctions that lead there."""
        return list(self.upstream_distances(row, sample, distance))

    def upstream_distances(self, row: int, sample: int, distance: float, inside: float = 0.0) -> dict[int, float]:
        """The samples of `upstream` with how far (m, along the lanes) each lies before the given one.

        Samples in another junction count too if they lie within `inside` m before it.
        """
        lanes, centre = self.network.lanes, self.network.samples.centre
        result, front, seen = {}, [(row, sample, 0.0)], {row}
        while front:
            lane, here, gone = front.pop()
            reach = distance if lanes.junction[lane] < 0 or lane == row else min(distance, inside)
            while gone <= reach and here >= lanes.first[lane]:
                result[here] = gone
                here -= 1
                if here >= lanes.first[lane]:
                    gone += float(np.linalg.norm(centre[here + 1] - centre[here]))
            if gone <= reach:
                for previous in self.predecessors(lane):
                    if previous not in seen and (lanes.junction[previous] < 0 or gone < inside):
                        seen.add(previous)
                        front.append((previous, int(lanes.last[previous]) - 1, gone))
        return result

    def stop_at_end(self, row: int) -> Stop:
        """The end of a lane that leads into a junction, or the stop line painted shortly before it."""
        lanes, samples = self.network.lanes, self.network.samples
        end = int(lanes.last[row]) - 1
        if self._line_tree is None:
            return Stop(row, end)
        nearest = end
        c, s = np.cos(samples.yaw[end]), np.sin(samples.yaw[end])
        for k in self._line_tree.query_ball_point(samples.centre[end, :2], LINE_REACH):
            dx, dy = self._lines[k, :2] - samples.centre[end, :2]
            along, across = c * dx + s * dy, c * dy - s * dx
            if along < -0.5 and abs(across) < 0.5 * samples.width[end] + 0.5:
                s_line = samples.s[end] + (along if lanes.lane[row] < 0 else -along)
                nearest = min(nearest, self.sample_at(row, s_line))
        return Stop(row, nearest)

    def stops(self, road: int, s: float, ranges: tuple[tuple[int, int], ...], is_light: bool) -> list[Stop]:
        """What a signal at s of a road governs when it is valid for the lanes in `ranges`."""
        found: list[Stop] = []
        lanes = self.network.lanes
        for row in self.rows(road, s, ranges):
            sample = self.sample_at(row, s)
            if lanes.junction[row] >= 0:
                into = self.travelled(row, sample)
                if not is_light and INSIDE_JUNCTION < into < lanes.length[row] - INSIDE_JUNCTION:
                    found.append(Stop(row, sample))
                else:
                    found += [self.stop_at_end(before) for before in self.before_junction(row)]
            else:
                last = self.last_before_junction(row, sample)
                found.append(Stop(row, sample) if last is None else self.stop_at_end(last))
        return found


def _stop_lines(opendrive: OpenDrive) -> NDArray[np.float64]:
    """Middles (N, 4) of the painted stop lines, which RoadRunner writes as objects or as signals without a type."""
    marks = [m for m in (*opendrive.objects, *opendrive.signals) if m.name.startswith("StopLine")]
    if not marks:
        return np.zeros((0, 4))
    return road_points(opendrive, [m.road for m in marks], [m.s for m in marks], [m.t for m in marks])


def orientation_range(orientation: str) -> tuple[tuple[int, int], ...]:
    """Lane ids that CARLA takes a signal without validity to govern."""
    return {"+": ((1, 999),), "-": ((-999, -1),)}.get(orientation, ((-999, -1), (1, 999)))
