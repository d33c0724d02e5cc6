"""What stands, rides or comes in the way, and how it is passed; every situation type is a row of a table.

Source: spec/lead-expert-and-data.md, 1.8 and 1.10.
"""

from lead.expert.rules.passing.ask import ask
from lead.expert.rules.passing.memory import Manoeuvre, PassingMemory, Stage

__all__ = ["Manoeuvre", "PassingMemory", "Stage", "ask"]
