"""An emergency car takes the ego's right of way at a junction.

Source: spec/benchmarks.md, 2.5 (OppositeVehicleRunningRedLight, OppositeVehicleTakingPriority).
"""

from dataclasses import dataclass
from math import radians, sin

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.cast import LIFT, Cast, Lights, blink, hide, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import cut_trigger, idle, leaves_junction
from lead.scenarios.crossings import Approach, downstream, entries_from, exit_of, next_junction
from lead.scenarios.families.junction_lights import Green, Red, lights_at
from lead.scenarios.lane_graph import forward, position
from lead.scenarios.movers.constant_speed import ConstantSpeedDriver, constant_speed
from lead.scenarios.movers.lights import frozen
from lead.scenarios.order import Order
from lead.scenarios.plan import trace
from lead.scenarios.script import Script, race, together, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.ways import behind, shifted, told

RUNNING_RED, TAKING_PRIORITY = "OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority"
SOURCE, SINK = 30.0, 10.0  # m before the junction and beyond it
SPEED = 60.0 / 3.6  # m/s
EARLY, CLOSE = 2.2, 12.0  # s of the ego's travel, or m, to where the ways meet, at which the car goes
LEAST_ANGLE = radians(20.0)  # between two approaches; those with less are taken to meet where their ways do


@dataclass(frozen=True)
class Run:
    """The car's way through the ego's junction."""

    approach: Approach  # the ego's
    source: carla.Waypoint
    sink: carla.Waypoint
    path: NDArray[np.float64]  # (N, 3) m
    meeting: carla.Location  # where it crosses the ego's way


@plays(RUNNING_RED, TAKING_PRIORITY)
def opposite_vehicle(stage: Stage, order: Order) -> Script:
    """A car with its blue lights on comes at 60 km/h and heeds nobody, at a red light or where there is none."""
    run, signalised = run_of(stage, order), order.situation.type == RUNNING_RED
    states = lights_at(stage, run.approach).states(Green, Red, Red) if signalised else {}
    order.flow = run.path
    with Cast(stage, order) as cast:
        car = cast.car(run.source.transform, special="emergency")
        blink(car, Lights.Special1, Lights.Special2)
        hide(car, run.source.transform.location)
        yield from order.triggered()
        stage.traffic.handle_junction(JunctionOrder(
            remove_entries=[run.source], remove_exits=[run.sink], stop_entries=not signalised
        ))  # fmt: skip
        show(car, shifted(run.source, 0.0, up=LIFT))
        with frozen(stage, states):
            yield from together(_runs(stage, cast, car, run), leaves_junction(stage, run.approach.junction.id))


def run_of(stage: Stage, order: Order) -> Run:
    """The way of a car that comes from the ordered direction and goes straight on.

    Raises:
        SetupFault: no junction comes, nobody comes from there, or the roads are too short.
    """
    approach = next_junction(order.waypoint)
    entry = entries_from(approach, order.situation.text("direction", "right"))[0]
    source = behind(entry, SOURCE)
    sink = downstream(exit_of(source, 0), SINK)
    path = trace(stage.graph, np.stack([position(source), position(sink)])).pose[:, :3]
    if len(path) < 2:
        raise SetupFault(f"{order.name}: no way leads from {told(source)} to {told(sink)}")
    return Run(approach, source, sink, path, _meeting(stage, approach, entry, path))


def _runs(stage: Stage, cast: Cast, car: carla.Vehicle, run: Run) -> Script:
    """Wait for the ego, cross the junction, be gone."""
    yield from until(lambda: cut_trigger(stage, run.meeting, EARLY, CLOSE))
    way = run.source.transform.location.distance(run.sink.transform.location)
    with constant_speed(car, run.path) as driver:
        yield from race(_goes(driver), idle(stage, way / SPEED))
    cast.dismiss(car)


def _goes(driver: ConstantSpeedDriver) -> Script:
    while not driver.done:
        driver.go(SPEED)
        yield


def _meeting(stage: Stage, approach: Approach, entry: carla.Waypoint, path: NDArray[np.float64]) -> carla.Location:
    """Where the lines of two approaches meet; for those that face each other, where the route comes nearest to a path."""
    here, there = position(approach.inside)[:2], position(entry)[:2]
    ego, other = forward(approach.inside)[:2], forward(entry)[:2]
    if abs(ego[0] * other[1] - ego[1] * other[0]) > sin(LEAST_ANGLE):
        along = np.linalg.solve(np.stack([ego, -other], axis=1), there - here)[0]
        x, y = here + along * ego
    else:
        number = approach.junction.id
        rows = [k for k, w in enumerate(stage.plan.waypoints) if w.is_junction and w.junction_id == number]
        if not rows:
            raise SetupFault(f"the route does not lead through the junction after {told(approach.entry)}")
        inside = stage.plan.pose[rows, :2]
        gaps = np.linalg.norm(inside[:, None] - path[None, :, :2], axis=-1).min(axis=1)
        x, y = inside[int(np.argmin(gaps))]
    ground = stage.map.get_waypoint(carla.Location(float(x), float(y), approach.inside.transform.location.z))
    return carla.Location(float(x), float(y), ground.transform.location.z)
