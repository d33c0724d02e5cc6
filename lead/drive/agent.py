"""What drives: the contract that every agent fulfils, what it is told, and how its faults are named."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import carla

from lead import InputError, LeadError
from lead.drive.student.options import is_student, parse_student
from lead.expert.settings import Settings, settings_from
from lead.scenarios.plan import Plan
from lead.scenarios.stage import Stage

PRIVILEGED = (
    "PRIVILEGED"  # track of agents that look at the stage itself; the official tracks: lead.drive.sensors.tracks
)
LEADERBOARD_SPACING, BENCH2DRIVE_SPACING = 200.0, 50.0  # m between the points that an agent is told
EXPERT_PRESET = "aligned"  # of an expert that is named without one

SETUP, SENSORS, DRIVING = "couldn't be set up", "sensors were invalid", "crashed"
"""Phases of an AgentFault."""


@dataclass(frozen=True)
class Task:
    """The route that an agent is to drive.

    Attributes:
        plan: the points that the benchmark tells agents; the whole way is `stage.plan`.
        route: its id in the route file.
        town: name of the map.
        seed: of everything drawn in this drive.
        save_name: name of the route's folder of agent output; official agents get it as "+name" behind their config.
            Empty where the benchmark has none.
        bench2drive: whether Bench2Drive's deviations apply (spacing of the plan, where sensors may sit).
        host: of the simulator.
        port: of the simulator (RPC).
        keep: stem of the files in which an agent may keep what it thought; None where nothing is kept.
        pictures: whether pictures are kept there, too.
    """

    plan: Plan
    route: str
    town: str
    seed: int = 0
    save_name: str = ""
    bench2drive: bool = False
    host: str = "127.0.0.1"
    port: int = 2000
    keep: Path | None = None
    pictures: bool = False


@dataclass(frozen=True)
class Observation:
    """The tick that an agent is asked about; what it senses in it comes from sensors that it mounted itself."""

    frame: int  # the world's
    time: float  # s since the route's start


class Agent(Protocol):
    """Drives one route. `end` is called whatever happens after it was made; faults of its own are AgentFaults."""

    track: str  # "SENSORS", "MAP", "SENSORS_QUALIFIER", "MAP_QUALIFIER" or PRIVILEGED; settled by `begin`

    def sensors(self) -> list[dict[str, Any]]:
        """Its sensors as official dictionaries, settled by `begin`; none for privileged agents."""

    def begin(self, stage: Stage, task: Task) -> None:
        """Get ready: the ego stands at the start. Sensors are mounted here and may tick the world to be heard."""

    def control(self, observation: Observation) -> carla.VehicleControl | None:
        """What the ego does in this tick, asked once per tick; None where something else drives it."""

    def end(self) -> None:
        """Take away what it made; harmless when called twice."""


class AgentFault(LeadError):
    """The agent failed, not its driving and not the simulator.

    Attributes:
        phase: SETUP, SENSORS or DRIVING.
        status: the failure as official records word it.
        trace: the agent's own traceback, "" where there is none.
    """

    def __init__(self, phase: str, reason: str, trace: str = "") -> None:
        self.phase, self.trace = phase, trace
        self.status = f"Agent's {phase}" if phase == SENSORS else f"Agent {phase}"
        super().__init__(f"{self.status}: {reason}" + (f"\n{trace.rstrip()}" if trace else ""))


def make_agent(spec: str, config: str | None = None) -> Agent:
    """The agent that a user named.

    Args:
        spec: "blind", "npc", "expert[:PRESET[,switch=value...]]", "student:PATH[,option=value...]" or the path of an
            official agent file (`get_entry_point`).
        config: handed to an official agent's `setup`.

    Raises:
        InputError: there is no such agent.
        AgentFault: the agent's file cannot be imported.
    """
    check_spec(spec)
    # An agent's module knows this one, so they are imported when they are asked for.
    if spec == "blind":
        from lead.drive.agents.blind import Blind

        return Blind()
    if spec == "npc":
        from lead.drive.agents.npc import Npc

        return Npc()
    if is_expert(spec):
        from lead.drive.agents.expert import Expert

        return Expert(expert_settings(spec))
    if is_student(spec):
        from lead.drive.agents.student import Student

        return Student(*parse_student(spec))
    from lead.drive.agents.official import OfficialAgent

    return OfficialAgent(Path(spec), config)


def check_spec(spec: str) -> None:
    """Whether there is an agent of that name, without making it; raises InputError, which says what there is."""
    there = (
        "expected 'blind', 'npc', 'expert', 'student:PATH' or the path of an official agent file (.py with "
        "get_entry_point); an expert is 'expert', 'expert:PRESET' or 'expert:PRESET,switch=value'"
    )
    if spec in ("blind", "npc"):
        return
    if is_expert(spec):
        expert_settings(spec)
        return
    if is_student(spec):
        from lead.drive.student.checkpoint import find_checkpoint
        from lead.drive.student.usual import check_predicted

        path, options = parse_student(spec)
        check_predicted(find_checkpoint(path).model, options)
        return
    if not spec.endswith(".py"):
        raise InputError(f"found agent {spec!r}, {there}")
    if not Path(spec).is_file():
        raise InputError(f"the agent file {spec!r} does not exist; {there}")


def is_expert(spec: str) -> bool:
    """Whether a name means the expert."""
    return spec.partition(":")[0] == "expert"


def expert_settings(spec: str) -> Settings:
    """The settings of "expert[:PRESET[,switch=value...]]".

    Raises:
        InputError: there is no such preset, switch or value.
    """
    return settings_from(spec.partition(":")[2] or EXPERT_PRESET)
