"""Recorded drives as samples beside real data: seen from the rear axle, with their past.

The origin of real data is the rear axle; recordings are in the frame of the ego's middle. So labels of recordings are
made as if the ego stood where its rear axle is; the pictures do not change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead.dataset.recording import Recording, Seen
from lead.dataset.roads_below import RoadsBelow
from lead.dataset.route_file import RouteFile
from lead.dataset.routes import Pool, Selection, recorded_routes, select
from lead.dataset.sample import Roads, SampleSettings, make_sample
from lead.dataset.stream import OpenRecordings
from lead.dataset.viewpoint import seen_from_above
from lead.geometry.poses import compose
from lead.model.config import ModelConfig
from lead.realworld.models import PAST_SAMPLES
from lead.realworld.sample import Past, packed_simulated
from lead.train.batch import Packed, sample_settings
from lead.train.config import DataConfig

REAR_AXLE = 1.4178
"""m from the actor's place back to the rear axle, of the vehicle that is driven (spec/tfv6.md, 5)."""
TICKS_OF_PAST = 5  # from state to state of the past: 4 Hz
TICKS = 20  # per second


def rear_axle_pose(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """The world pose (6,) of the rear axle's middle on the ground, from the actor's."""
    return compose(np.asarray(pose, np.float64), np.array([-REAR_AXLE, 0.0, 0.0, 0.0, 0.0, 0.0]))


class FromRearAxle:
    """A recording whose ego stands where its rear axle is (lead.dataset.recording.Recording)."""

    def __init__(self, recording: Recording) -> None:
        self._recording, self.header = recording, recording.header

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._recording.path

    def __len__(self) -> int:
        return len(self._recording)

    def seen(self, row: int, perturbed: bool, cloud: bool = True) -> Seen:
        """What a sample of a frame needs."""
        seen = self._recording.seen(row, perturbed, cloud)
        return replace(seen, ego=replace(seen.ego, pose=rear_axle_pose(seen.ego.pose)))

    def ego_poses(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """World poses (K, 6) of the rear axle and ticks (K,) in some frames."""
        poses, ticks = self._recording.ego_poses(rows)
        return np.array([rear_axle_pose(pose) for pose in poses]).reshape(-1, 6), ticks

    def learner_drove(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Whether a learner had the wheel (K,) since the frame before, for some frames."""
        return self._recording.learner_drove(rows)

    def speeds(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Speeds (K, 2) in some frames, m/s: the ego's, and that which the expert aims at."""
        return self._recording.speeds(rows)


def from_rear_axle(folder: Path) -> FromRearAxle:
    """The recording of a route's folder. Raises InputError if it cannot be read."""
    return FromRearAxle(RouteFile(folder))


def past_of(recording: Recording, row: int, samples: int = PAST_SAMPLES) -> Past:
    """The ego's places (m, in the frame of `row`) and speeds before a frame, 0.25 s apart; where the drive had not begun
    yet, the ego stood at its first place."""
    step = TICKS_OF_PAST // recording.header.ticks_per_frame
    wanted = row - step * np.arange(samples, -1, -1)
    poses, _ = recording.ego_poses([max(0, int(k)) for k in wanted])
    places = seen_from_above(poses[:, :3], poses[-1])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1) * TICKS / TICKS_OF_PAST
    return Past(places[:-1].astype(np.float32), steps.astype(np.float32))


@dataclass(frozen=True)
class SimulatedDrives:
    """Frames of recorded drives as packed samples."""

    pool: Pool
    settings: SampleSettings
    model: ModelConfig
    roads: Roads
    recordings: OpenRecordings

    def __len__(self) -> int:
        return len(self.pool)

    def at(self, item: int) -> Packed:
        """A frame's sample. Raises InputError, which names the file, if it cannot be made."""
        recording = self.recordings.of(self.pool.routes[self.pool.route_of[item]])
        row = int(self.pool.row_of[item])
        sample = make_sample(recording, row, False, self.settings, self.roads)
        return packed_simulated(sample, past_of(recording, row), self.model)


def open_drives(root: Path, model: ModelConfig, selection: Selection | None = None) -> SimulatedDrives:
    """The drives of a data set for a model; at a drive's ends frames without past or future are left out.

    Raises InputError if there are none.
    """
    settings = sample_settings(model, DataConfig())
    if selection is None:
        planning = model.planning
        ahead = 0 if planning is None else round(planning.waypoints * planning.waypoint_interval * TICKS)
        selection = Selection(skip_first=PAST_SAMPLES, skip_last=max(1, ahead // TICKS_OF_PAST))
    routes = [replace(route, opened=from_rear_axle) for route in recorded_routes(root)]
    return SimulatedDrives(select(routes, selection), settings, model, RoadsBelow(), OpenRecordings())
