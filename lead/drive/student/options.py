"""How a student is named: `student:PATH[,option=value...]`."""

from dataclasses import fields
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError

STUDENT = "student"


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Options:
    """How it drives. What is None follows from the weights.

    Attributes:
        steer: what the wheel follows: the route as published, the route by pure pursuit, or the waypoints. None: published
            weights as published, ours by pursuit, weights that predict no route by waypoints.
        speed: what the pedals follow: the target speed, or the waypoints.
        creep: whether it creeps on after standing for long with nothing before it.
        patience: s of standing after which it goes on along its way at walking pace while LiDAR shows nothing in it, 0 for
            never. None: 50 with weights of ours that have LiDAR, else 0.
        guard: whether it brakes for what LiDAR shows in its way, and stays where radar shows who comes from behind. None: with
            weights of ours that have LiDAR.
        stop_signs: whether it stops at the stop signs that it detects.
        kalman: whether its place is filtered, or that of GNSS alone. None: as in training.
        pop: m, at which a target point is reached. None: as in training; published weights 5, or 4 where points are dense.
        jpeg: quality of the pictures. None: as in training.
        brake_share: probability of the speed class 0 above which it stops. None: 0.5, published weights 0.9.
        speed_factor: times the target speed.
        every: the network runs in each tick of so many.
        threads: of the network on a CPU.
        device: "cpu" or "cuda".
    """

    steer: Literal["route", "pursuit", "waypoints"] | None = None
    speed: Literal["target", "waypoints"] | None = None
    creep: bool = False
    patience: float | None = Field(None, ge=0.0)
    guard: bool | None = None
    stop_signs: bool = False
    kalman: bool | None = None
    pop: float | None = Field(None, gt=0.0)
    jpeg: int | None = Field(None, ge=1, le=100)
    brake_share: float | None = Field(None, gt=0.0, le=1.0)
    speed_factor: float = Field(1.0, gt=0.0)
    every: int = Field(1, ge=1)
    threads: int = Field(1, ge=1)
    device: Literal["cpu", "cuda"] = "cpu"


_ADAPTER = TypeAdapter(Options)
NAMES = tuple(field.name for field in fields(Options))


def is_student(spec: str) -> bool:
    """Whether an agent's name means a student."""
    return spec.partition(":")[0] == STUDENT


def parse_student(spec: str) -> tuple[Path, Options]:
    """Path and options of "student:PATH[,option=value...]", with or without "student:".

    Raises InputError if there is no path, or an option or value that is not known.
    """
    path, *told = spec.removeprefix(f"{STUDENT}:").split(",")
    if not path or path == STUDENT:
        raise InputError(f"found agent {spec!r}, expected 'student:PATH[,option=value...]'")
    values: dict[str, str] = {}
    for part in told:
        name, equals, value = part.partition("=")
        if not equals or name not in NAMES:
            raise InputError(f"found option {part!r} of {spec!r}, expected option=value with {', '.join(NAMES)}")
        values[name] = value
    try:
        return Path(path), _ADAPTER.validate_python(values)
    except ValidationError as error:
        faults = "; ".join(f"{e['loc'][0]}={e['input']}: {e['msg']}" for e in error.errors())
        raise InputError(f"{spec!r}: {faults}") from error
