"""The meter on board: looks over the expert's shoulder while it drives, and writes what it saw when the drive ends."""

from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import lead
from lead import InputError
from lead.dataset.header import Mounted
from lead.dataset.rig import rig_named
from lead.drive.agent import EXPERT_PRESET, Task, is_expert
from lead.drive.evaluation import commit
from lead.drive.ledger import file_name
from lead.drive.recording.job import RecordingJob
from lead.drive.recording.settings import route_folder
from lead.drive.route_job import RouteJob
from lead.expert.decision import Decision
from lead.expert.evidence import rig as evidence_rig
from lead.expert.evidence.bodies import NOBODY, Bodies
from lead.expert.evidence.sampled import SampledEvidence
from lead.expert.evidence.source import Evidence, EvidenceSource, Heads
from lead.expert.memory import Memory
from lead.expert.reading.all_seen import AllSeen
from lead.expert.reading.reader import EvidenceOf
from lead.expert.scene import Actors, Ego, Route, Scene
from lead.expert.settings import Settings
from lead.scenarios.stage import Stage
from lead.study.intent import VisibleRoads
from lead.study.knowledge import Senses
from lead.study.meter import EVERY, Meter
from lead.study.record import Header, write_audit

AUDITS, IN_ROUTE = "audit", "audit.npz"
"""Folder of an evaluation's audits, and name of one beside a route's frames in a data set."""
SIGN_HEIGHT, SIGN_HALF = 2.2, (0.05, 0.38, 0.38)  # m: middle of a stop sign's board above the ground, its half sizes


@dataclass(frozen=True)
class AuditOf:
    """Makes the witness of a job; travels to the workers with it.

    Attributes:
        rig: of the student, by name or file.
        every: ticks from audited one to audited one.
    """

    rig: str = "tfv6-3cam"
    every: int = EVERY

    @classmethod
    def checked(cls, rig: str, agent: str) -> "AuditOf":
        """For an agent as it is named. Raises InputError if it is no expert, or there is no such rig."""
        if not is_expert(agent):
            raise InputError(f"found agent {agent!r} to audit; expected an expert, which can be asked again")
        rig_named(rig)
        return cls(rig)

    def __call__(self, job: RouteJob, settings: Settings) -> "LiveAudit":
        """The witness of a drive of the job by an expert with these settings."""
        return LiveAudit(job, settings, self)


class LiveAudit:
    """A `lead.drive.witness.Witness` that measures."""

    def __init__(self, job: RouteJob, settings: Settings, asked: AuditOf) -> None:
        self._job, self._settings, self._asked = job, settings, asked
        self._meter: Meter | None = None
        self._looked: _Overheard | None = None

    def begin(self, stage: Stage, task: Task) -> None:
        """The ego stands at the start."""
        roads = VisibleRoads(stage.graph, stage.plan.pose)
        self._meter = Meter(self._settings, task.plan.pose[:, :3], task.plan.command, roads, self._asked.every)

    def evidence(self, asked: EvidenceOf | None) -> EvidenceOf:
        """Where the expert's reader is to have its evidence from: as `asked`, while the student's is listened to."""

        def overheard(stage: Stage, route: Route) -> EvidenceSource:
            rig = evidence_rig_of(rig_named(self._asked.rig))
            student = SampledEvidence.of(stage.world, stage.graph, route.points, rig)
            own: EvidenceSource = AllSeen()
            if asked is not None:
                own = student if rig == evidence_rig.STUDENT else asked(stage, route)
            self._looked = _Overheard(own, student, _sign_heads(stage, route))
            return self._looked

        return overheard

    def see(self, scene: Scene, memory: Memory, decision: Decision) -> None:
        """A tick: what the expert was told and remembered, and what it decided."""
        assert self._meter is not None and self._looked is not None and self._looked.senses is not None
        self._meter.step(scene, memory, decision, self._looked.senses)

    def end(self) -> None:
        """Write the file; harmless when called twice."""
        if self._meter is None:
            return
        job, meter, self._meter = self._job, self._meter, None
        named = job.evaluation.agent.partition(":")[2] or EXPERT_PRESET
        expert = job.recording.expert if isinstance(job, RecordingJob) else named
        header = Header(
            job.route.id, job.route.town, job.evaluation.seed, expert,
            asdict(self._settings), self._asked.rig, self._asked.every, (),
            {"lead": lead.__version__, "commit": commit() or "", "carla": version("carla")},
        )  # fmt: skip
        write_audit(audit_path(job), header, meter.rows)


class _Overheard:
    """An evidence source that answers as the expert's own does and keeps the student's."""

    def __init__(self, own: EvidenceSource, student: EvidenceSource, signs: Heads) -> None:
        self._own, self._student, self._signs = own, student, signs
        self.senses: Senses | None = None

    def look(self, ego: Ego, actors: Actors, heads: Heads, parked: Bodies = NOBODY) -> Evidence:
        """See `EvidenceSource.look`."""
        signs = self._signs
        both = Heads(
            np.concatenate([heads.light, heads.lights + signs.light]), np.concatenate([heads.centre, signs.centre]),
            np.concatenate([heads.half, signs.half]), np.concatenate([heads.yaw, signs.yaw]),
            heads.lights + signs.lights,
        )  # fmt: skip
        found = self._student.look(ego, actors, both, parked)
        self.senses = Senses(found.actors, found.lights[: heads.lights], found.lights[heads.lights :])
        if self._own is self._student:
            return replace(found, lights=self.senses.lights)
        return self._own.look(ego, actors, heads, parked)


def audit_path(job: RouteJob) -> Path:
    """Where the audit of a job goes."""
    if isinstance(job, RecordingJob):
        return route_folder(job.out, job.route.id) / IN_ROUTE
    return job.out / AUDITS / f"{file_name(job.route.id)}.npz"


def evidence_rig_of(rig: Mounted) -> evidence_rig.Rig:
    """A rig as evidence is estimated in it; one without a LiDAR has no rays."""
    cameras = tuple(evidence_rig.Camera(c.mount, c.width, c.height, c.fov) for c in rig.cameras)
    lidar = evidence_rig.Lidar() if rig.lidars else evidence_rig.Lidar(rays=0)
    return evidence_rig.Rig(cameras, lidar, tuple(evidence_rig.Radar(mount) for mount in rig.radars))


def _sign_heads(stage: Stage, route: Route) -> Heads:
    """The boards of a route's stop signs, as if they were lights."""
    actors = {actor.id: actor for actor in stage.world.get_actors(route.stop_id.tolist())}
    poses = [actors[sign].get_transform() for sign in route.stop_id.tolist()]
    places: NDArray[np.float64] = np.array([(p.location.x, p.location.y, p.location.z + SIGN_HEIGHT) for p in poses])
    return Heads(
        np.arange(len(poses)), places.reshape(-1, 3), np.tile(SIGN_HALF, (len(poses), 1)),
        np.radians([p.rotation.yaw for p in poses]), len(poses),
    )  # fmt: skip
