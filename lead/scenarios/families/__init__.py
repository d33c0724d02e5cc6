"""The situations, one file per family; importing this fills the catalogue. Source: spec/benchmarks.md, section 2."""

from lead.scenarios.families import (
    bicycle_flows,
    blocked_intersection,
    control_loss,
    crossing_walkers,
    cut_ins,
    emergency,
    hard_brake,
    junction_flows,
    junction_lights,
    merging,
    obstacles,
    parking_exit,
    plain,
    running_red,
    side_hazards,
    turning,
)

__all__ = [
    "bicycle_flows",
    "blocked_intersection",
    "control_loss",
    "crossing_walkers",
    "cut_ins",
    "emergency",
    "hard_brake",
    "junction_flows",
    "junction_lights",
    "merging",
    "obstacles",
    "parking_exit",
    "plain",
    "running_red",
    "side_hazards",
    "turning",
]
