"""Traffic of situations that crosses, joins, cuts in or takes the priority.

Source: spec/lead-expert-and-data.md, 1.10 and 2.2 (U1, U5, U6).
"""

from dataclasses import replace

from lead.expert.decision import Asked
from lead.expert.rules.adversaries.boxes import box_factors
from lead.expert.rules.adversaries.classes import classified, known_crossings, safe_ones
from lead.expert.rules.adversaries.cut_ins import cut_ins, merging
from lead.expert.rules.adversaries.memory import AdversaryMemory
from lead.expert.rules.adversaries.rear_danger import rear_danger
from lead.expert.rules.adversaries.violators import violators
from lead.expert.view import View

__all__ = ["AdversaryMemory", "ask", "box_factors"]


def ask(view: View, memory: AdversaryMemory) -> Asked:
    """Stops for violators and cut-ins, and more speed before somebody close behind."""
    memory = replace(memory, crossings=known_crossings(view, memory))
    classes = classified(view, memory)
    through, cutting = cut_ins(view, memory.through)
    proposals = (*violators(view, memory), *cutting, *merging(view), *rear_danger(view, memory, classes))
    return Asked(replace(memory, safe=safe_ones(view, memory, classes), through=through), proposals)
