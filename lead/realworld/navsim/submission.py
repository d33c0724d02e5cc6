"""The pickle that NAVSIM's leaderboards take, made from plans without the devkit.

Its trajectories are objects of the devkit's classes. They are named in the file, not held by it, so stand-ins under the
same names are enough to write it. Reading one back allows these names and arrays, and nothing else.
"""

import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from lead import InputError
from lead.dataset.published.pickles import ALLOWED
from lead.realworld.navsim.motion import Array
from lead.realworld.navsim.scene_file import POSES
from lead.whole_file import written_whole

INTERVAL = 0.5  # s between poses
META = ("team_name", "authors", "email", "institution", "country / region")
PARTS: Mapping[str, tuple[str, ...]] = {
    "v1": ("predictions",),
    "v2": ("first_stage_predictions", "second_stage_predictions"),
}
"""Lists of one dictionary each, token to trajectory, by the version of the devkit."""
Version = Literal["v1", "v2"]


class Trajectory:
    """Stands for the devkit's class of plans."""

    poses: Array
    trajectory_sampling: "TrajectorySampling"


class TrajectorySampling:
    """Stands for nuPlan's class that says when poses are."""


NAMES: Mapping[type, tuple[str, str]] = {
    Trajectory: ("navsim.common.dataclasses", "Trajectory"),
    TrajectorySampling: ("nuplan.planning.simulation.trajectory.trajectory_sampling", "TrajectorySampling"),
}


@dataclass(frozen=True)
class NavsimSubmission:
    """A submission that was read back: what it says of its makers, and plans (8, 3) by part and token."""

    meta: Mapping[str, Any]
    plans: Mapping[str, Mapping[str, Array]]


def write_submission(
    path: Path, meta: Mapping[str, Any], plans: Mapping[str, Mapping[str, Array]], version: Version = "v2"
) -> NavsimSubmission:
    """Write plans by part (`PARTS`) and token, whole or not at all; returns what was read back.

    Raises InputError that lists what is missing, before anything is written.
    """
    faults = [f"no {name}" for name in META if not meta.get(name)]
    faults += [f"no {part}" for part in PARTS[version] if part not in plans]
    for part, each in plans.items():
        wrong = [token for token, plan in each.items() if plan.shape != (POSES, 3) or not np.isfinite(plan).all()]
        faults += [f"{len(wrong)} plans of {part} that are not finite ({POSES}, 3): {wrong[:3]}"] if wrong else []
    if faults:
        raise InputError(f"found {'; '.join(faults)}; mend them before submitting")
    value = {name: meta[name] for name in META}
    value |= {part: [{token: _trajectory(plan) for token, plan in plans[part].items()}] for part in PARTS[version]}
    with written_whole(path) as temporary:
        with _named_as_in_devkit(), temporary.open("wb") as file:
            pickle.dump(value, file, protocol=4)
        return read_submission(temporary, version)


def read_submission(path: Path, version: Version = "v2") -> NavsimSubmission:
    """Read a submission back. Raises InputError on what is none."""
    try:
        value = _PlanUnpickler(BytesIO(path.read_bytes())).load()
        plans = {
            part: {str(token): np.asarray(each.poses, np.float64) for token, each in value[part][0].items()}
            for part in PARTS[version]
        }
        return NavsimSubmission({name: value[name] for name in META}, plans)
    except Exception as error:  # whatever malformed bytes make numpy and pickle raise
        raise InputError(
            f"{path}: found no submission of {version} ({error}), expected lead navsim submit's"
        ) from error


def _trajectory(plan: Array) -> Trajectory:
    trajectory, sampling = Trajectory(), TrajectorySampling()
    sampling.__dict__.update(num_poses=POSES, time_horizon=POSES * INTERVAL, interval_length=INTERVAL)
    trajectory.poses, trajectory.trajectory_sampling = plan.astype(np.float32), sampling
    return trajectory


@contextmanager
def _named_as_in_devkit() -> Iterator[None]:
    """While a pickle is written, the stand-ins bear the devkit's names."""
    before = {cls: (cls.__module__, cls.__qualname__) for cls in NAMES}
    modules = [name.rsplit(".", depth)[0] for name, _ in NAMES.values() for depth in range(name.count(".") + 1)]
    kept = {module: sys.modules.get(module) for module in modules}
    try:
        sys.modules.update({module: ModuleType(module) for module in modules})
        for cls, (module, name) in NAMES.items():
            cls.__module__, cls.__qualname__ = module, name
            setattr(sys.modules[module], name, cls)
        yield
    finally:
        for cls, (module, name) in before.items():
            cls.__module__, cls.__qualname__ = module, name
        for module, was in kept.items():
            if was is None:
                sys.modules.pop(module, None)
            else:
                sys.modules[module] = was


class _PlanUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """What a pickle asks for, if it is allowed."""
        ours = {names: cls for cls, names in NAMES.items()}
        allowed = ours.get((module, name)) or ALLOWED.get((module, name))
        if allowed is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return allowed
