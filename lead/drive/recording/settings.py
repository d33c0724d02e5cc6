"""What is recorded, and how."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lead.drive.ledger import file_name
from lead.drive.recording.weathers import AS_TOLD

TICKS_PER_FRAME = 5  # 4 Hz
PATIENCE, LEARNERS_PATIENCE = 20.0, 2.0  # s, of an expert's drive, and of one that a learner takes part in
ROUTES = "routes"
"""Folder of a data set in which each route has its own."""


@dataclass(frozen=True)
class Recording:
    """How drives are recorded.

    Attributes:
        rig: name of a rig that ships, or a rig's file.
        expert: "PRESET[,switch=value...]".
        jpeg_quality: of colour pictures, 1 to 100; the student is shown pictures of the same.
        every: ticks from frame to frame.
        recovery: whether the copy of the rig is moved anew for each "frame", or for each "route" as published.
        weather: of the routes; see `lead.drive.recording.weathers`.
        learner: "student:PATH[,option=value...]" that drives in turns with the expert; empty: the expert alone does.
        patience: s that a drive goes on after an infraction for which an expert's drive is not trained on.
    """

    rig: str = "tfv6-3cam"
    expert: str = "aligned"
    jpeg_quality: int = 50
    every: int = TICKS_PER_FRAME
    recovery: Literal["frame", "route"] = "frame"
    weather: str = AS_TOLD
    learner: str = ""
    patience: float = PATIENCE


def route_folder(out: Path, route: str) -> Path:
    """Where a route's frames are."""
    return out / ROUTES / file_name(route)
