"""Learning to drive by imitation, closed loop: expert, data, student and an embedded world that speaks CARLA."""

__version__ = "0.1.0"


class LeadError(Exception):
    """A fault that the user can mend: the command line shows its message, which says how, without a traceback."""


class InputError(LeadError, ValueError):
    """Something a user wrote is not what is expected there."""
