"""One tick of the expert: see, predict, decide, control."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lead.expert.control import control
from lead.expert.decision import Cause, Decision, Proposal, safe_stop
from lead.expert.memory import Memory
from lead.expert.path import Path
from lead.expert.rules import adversaries, gaps, lights, passing, stop_signs, traffic, walkers
from lead.expert.scene import SPACING, Scene
from lead.expert.see import reshifted, see
from lead.expert.settings import Settings
from lead.expert.view import View

FIRST_POINT, POINTS = 2.5, 50  # m ahead of the path's first point that is told, and how many there are, 1 m apart
UNRAISED = (Cause.WALKER, Cause.WALKER_CLOSE, Cause.LEADER)  # nobody is run into for someone behind


def decide(scene: Scene, memory: Memory, settings: Settings) -> tuple[Decision, Memory]:
    """What to do in a tick, and what to remember; a pure function.

    Order of the rules: spec/lead-expert-and-data.md, 1.6. A scene that cannot be decided on (numbers that are not
    finite, no route left) is answered with a safe stop that says why, and the memory stays as it was.
    """
    fault = undecidable(scene)
    if fault:
        return safe_stop(fault), memory
    view, tracks = see(scene, memory, settings)
    if view.index >= len(scene.route) - 1:
        return safe_stop("no route is left: the ego is at its last point", ahead_on(view.path, view.index)), memory

    passed = passing.ask(view, memory.passing)
    shifts = view.path.shifts if passed.shifts is None else passed.shifts
    view = reshifted(view, shifts)
    close = walkers.ask(view, memory.walkers)
    proposals = passed.proposals + close.proposals
    light, stop, gap = memory.light, memory.stop, memory.gaps
    if not any(proposal.overrides for proposal in proposals):
        factors = adversaries.box_factors(view, memory.adversaries)
        waited = gaps.ask(view, gap, factors)
        view = replace(view, limit=max(view.limit, waited.memory.pace))
        lit, stopped = lights.ask(view, light), stop_signs.ask(view, stop)
        light, stop, gap = lit.memory, stopped.memory, waited.memory
        factors[view.actors.among(gap.cleared)] = 0.0
        proposals += (
            traffic.ask(view, memory.pedals, factors, gap.joined) + lit.proposals + stopped.proposals + waited.proposals
        )
    adverse = adversaries.ask(view, memory.adversaries)
    proposals += adverse.proposals

    target, binding = weighed(view.limit, proposals)
    done, pedals = control(scene, view.path, view.index, target, memory.pedals, settings.steering_noise)
    decision = Decision(
        target, view.limit, done, ahead_on(view.path, view.index), proposals, binding, is_moved(view)
    )  # fmt: skip
    return decision, replace(
        memory, index=view.index, shifts=shifts, tracks=tracks, pedals=pedals, light=light, stop=stop,
        gaps=gap, passing=passed.memory, walkers=close.memory, adversaries=adverse.memory,
    )  # fmt: skip


def undecidable(scene: Scene) -> str:
    """What makes a scene one that cannot be decided on, in words; "" if nothing does."""
    if len(scene.route) < 2:
        return f"the route has {len(scene.route)} points, expected at least 2"
    ego = scene.ego
    for name in ("pose", "velocity", "extent", "centre", "speed_limit"):
        if not np.isfinite(getattr(ego, name)).all():
            return f"the ego's {name} is not finite: {getattr(ego, name)}"
    for name in ("pose", "velocity", "extent", "centre", "speed_limit", "control", "walking"):
        finite = np.isfinite(getattr(scene.actors, name))
        if not finite.all():
            row = int(np.flatnonzero(~finite.reshape(len(finite), -1).all(axis=1))[0])
            actor = int(scene.actors.ids[row])
            return f"the {name} of actor {actor} is not finite: {getattr(scene.actors, name)[row]}"
    return "" if np.isfinite(scene.time) else f"the scene's time is not finite: {scene.time}"


def weighed(limit: float, proposals: tuple[Proposal, ...]) -> tuple[float, Proposal | None]:
    """The target speed (m/s) that follows from a limit (m/s) and all that is proposed, and the proposal that set it.

    Overriding proposals replace the limit (the lowest of them), the others lower it; then some raise it, but not above
    what a leader or a walker asks for.
    """
    overriding = [proposal for proposal in proposals if proposal.overrides]
    lowering = [proposal for proposal in proposals if not (proposal.overrides or proposal.raises)]
    binding = min(overriding, key=_speed, default=None)
    target = limit if binding is None else binding.target_speed
    for proposal in lowering:
        if proposal.target_speed < target:
            target, binding = proposal.target_speed, proposal
    ceiling = min((p for p in proposals if p.cause in UNRAISED), key=_speed, default=None)
    for proposal in proposals:
        if proposal.raises:
            raised = proposal if ceiling is None or ceiling.target_speed >= proposal.target_speed else ceiling
            if raised.target_speed > target:
                target, binding = raised.target_speed, raised
    return target, binding


def _speed(proposal: Proposal) -> float:
    return proposal.target_speed


def ahead_on(path: Path, index: int) -> NDArray[np.float64]:
    """(P, 3) points of a path every metre from 2.5 m ahead of an index on, at most 50: as many as there are."""
    first = index + round(FIRST_POINT / SPACING)
    return path.points[first : first + round(POINTS / SPACING) : round(1.0 / SPACING)]


def is_moved(view: View) -> bool:
    """Whether the way in the next 50 m or so leaves the middle of the route's lane."""
    end = view.index + round((FIRST_POINT + POINTS) / SPACING)
    return any(shift.start < end and shift.end > view.index for shift in view.path.shifts)
