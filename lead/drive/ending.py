"""How the driving of a route came to an end: four ways, never mixed; or why it did not begin."""

from enum import Enum

from lead import LeadError


class Ending(Enum):
    """A driving failure is a result; faults are told apart from it and from each other."""

    FINISHED = "finished"  # completed or failed by driving: a result
    AGENT_FAULT = "agent fault"  # the agent raised, asked for forbidden sensors or could not be set up
    TIMEOUT = "time-out"  # the agent did not answer in wall-clock time
    SIMULATOR_FAULT = "simulator fault"  # server or client died, hung or failed: tried again a few times, and next run
    NOT_DRIVEN = "not driven"  # town not here or situation unknown: no record, and looked at again in the next run


class SimulatorFault(LeadError):
    """The simulated world failed, not the driver."""


STATUS_OF_TIMEOUT = "Agent timed out"
STATUS_OF_AGENT_FAULT = "Agent crashed"
STATUS_OF_SIMULATOR_FAULT = "Simulation crashed"
"""Failure reasons as official records word them."""
