"""What is evaluated, under which rules: the settings that make two runs comparable, and a result resumable."""

import hashlib
import os.path
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import lead
from lead.drive.student.options import is_student, parse_student

EMBEDDED = "embedded"


@dataclass(frozen=True)
class Evaluation:
    """One agent on a set of routes under a benchmark's rules.

    Attributes:
        agent: "blind", "npc", "expert[:PRESET[,switch=value...]]", "student:PATH[,option=value...]" or the path of an
            official agent file.
        agent_config: handed to the agent's `setup`; "" for none.
        routes: as the user named them, FILE[:ids] or a suite's name.
        protocol: benchmark version, which sets rules and scores.
        seed: of traffic and everything that situations draw.
        carla: address of a running CARLA server, None for embedded ones.
        timeout: s of wall-clock time without progress after which agent or simulator counts as hung.
        attempts: how often a route is tried in all when the simulator fails.
        traffic: whether background traffic drives.
        log: whether a log for replay is kept.
        pictures: whether, beside it, a student's pictures and detections are.
    """

    agent: str
    routes: str
    protocol: str
    agent_config: str = ""
    seed: int = 0
    carla: str | None = None
    timeout: float = 300.0
    attempts: int = 3
    traffic: bool = True
    log: bool = True
    pictures: bool = False

    def identity(self, simulator: str = EMBEDDED) -> dict[str, object]:
        """What must be equal for results to belong together; files count by what is in them."""
        settled = asdict(self)
        for name in ("timeout", "attempts", "log", "pictures", "carla"):
            del settled[name]
        settled["simulator"] = simulator
        settled["routes_sha256"] = _digest(Path(self.routes)) or _digest(Path(self.routes.rpartition(":")[0]))
        settled["agent_sha256"] = _agent_digest(self.agent)
        settled["agent_config_sha256"] = _digest(Path(self.agent_config)) if self.agent_config else ""
        settled["lead"] = lead.__version__
        return settled


def provenance(evaluation: Evaluation, simulator: str) -> Mapping[str, object]:
    """Top-level keys of `results.json` that say what the figures are worth."""
    return {
        "simulator": simulator,
        "benchmark": evaluation.protocol,
        "agent": evaluation.agent,
        "seed": evaluation.seed,
        "routes": evaluation.routes,
        "lead_version": lead.__version__,
        "lead_commit": commit(),
    }


def commit() -> str | None:
    """Commit of the checkout that this package runs from, None for an installed one."""
    folder = Path(lead.__file__).parent.parent
    if not (folder / ".git").exists():
        return None
    found = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _agent_digest(agent: str) -> str:
    """Of what an agent is made of beside its name: its file, or its weights."""
    if not is_student(agent):
        return _digest(Path(agent))
    from lead.drive.student.checkpoint import digest  # torch is slow to import, and no other agent needs it

    return digest(parse_student(agent)[0])


def _digest(path: Path) -> str:
    # `os.path`: a list of ids may be longer than a file's name can be, at which `Path.is_file` raises.
    return hashlib.sha256(path.read_bytes()).hexdigest() if os.path.isfile(path) else ""
