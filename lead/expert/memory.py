"""What the expert remembers from tick to tick; each family of rules owns its part."""

from dataclasses import dataclass, field

from lead.expert.control import PedalMemory
from lead.expert.path import Shift
from lead.expert.rules.adversaries import AdversaryMemory
from lead.expert.rules.gaps import GapMemory
from lead.expert.rules.lights import LightMemory
from lead.expert.rules.passing import PassingMemory
from lead.expert.rules.stop_signs import StopMemory
from lead.expert.rules.walkers import WalkerMemory
from lead.expert.tracks import Tracks


@dataclass(frozen=True)
class Memory:
    """At the beginning of a drive: `Memory()`."""

    index: int | None = None  # of the ego on the route; None before the first tick
    shifts: tuple[Shift, ...] = ()
    tracks: Tracks = field(default_factory=Tracks)
    pedals: PedalMemory = field(default_factory=PedalMemory)
    light: LightMemory = field(default_factory=LightMemory)
    stop: StopMemory = field(default_factory=StopMemory)
    walkers: WalkerMemory = field(default_factory=WalkerMemory)
    adversaries: AdversaryMemory = field(default_factory=AdversaryMemory)
    gaps: GapMemory = field(default_factory=GapMemory)
    passing: PassingMemory = field(default_factory=PassingMemory)
