"""What to do about the situations in the way, one after another."""

from dataclasses import replace

from lead.expert.decision import Asked, Proposal
from lead.expert.rules.passing.memory import Manoeuvre, PassingMemory, Stage
from lead.expert.rules.passing.obstacles import obstacles_of
from lead.expert.rules.passing.standoff import Standoff, standoff
from lead.expert.rules.passing.stranded import Standstill, stranded
from lead.expert.rules.passing.table import ROWS
from lead.expert.scene import SPACING, Briefing
from lead.expert.view import View

KEPT = 100.0  # m behind the ego up to which a way that was shifted stays so


def ask(view: View, memory: PassingMemory) -> Asked:
    """Proposals of all situations that are to be passed, and the shifts of the way round them.

    With `obstacles_seen` a situation counts from when the student's sensors have one of its actors. What was laid for
    one that is gone by now is driven to its end, unless the ego has not begun with it.
    """
    standstill, face_to_face, round_it = Standstill(), Standoff(), None
    if view.settings.standing_passed:
        standstill = stranded(view, memory.standstill)
        face_to_face, round_it = standoff(view, memory.standoff)
    manoeuvres = {manoeuvre.name: manoeuvre for manoeuvre in memory.manoeuvres}
    proposals: list[Proposal] = []
    present = set()
    for briefing in (*view.scene.briefings, *standstill.given_up):
        if briefing.type not in ROWS:
            continue
        present.add(briefing.name)
        manoeuvres[briefing.name], asked = _pass(
            view, briefing, manoeuvres.get(briefing.name, Manoeuvre(briefing.name))
        )
        proposals += asked
    if round_it is not None:
        manoeuvres[round_it.owner] = Manoeuvre(round_it.owner, Stage.DONE, round_it)
    kept = tuple(m for m in manoeuvres.values() if _counts(view, m, present=m.name in present))
    shifts = tuple(manoeuvre.shift for manoeuvre in kept if manoeuvre.shift is not None)
    return Asked(PassingMemory(kept, standstill, face_to_face), tuple(proposals), shifts)


def _pass(view: View, briefing: Briefing, manoeuvre: Manoeuvre) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """How the passing of one situation goes on. Its actors may be hidden until it plays, and gone before it ends."""
    row = ROWS[briefing.type]
    if manoeuvre.stage is Stage.DONE:
        return manoeuvre, ()
    obstacles = obstacles_of(view, briefing.ids, on_lane=row.on_lane)
    if manoeuvre.shift is None and (not len(obstacles) or view.settings.obstacles_seen and not obstacles.seen):
        return manoeuvre, ()
    if not len(obstacles):
        return replace(manoeuvre, stage=Stage.DONE), ()
    return row.behaviour(view, briefing, row, obstacles, manoeuvre)


def _counts(view: View, manoeuvre: Manoeuvre, *, present: bool) -> bool:
    """Whether a manoeuvre is to be remembered."""
    shift = manoeuvre.shift
    if shift is None:
        return present
    if not present and shift.start > view.index:
        return False
    return present or (view.index - shift.end) * SPACING < KEPT
