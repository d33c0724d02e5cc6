"""What made a control, as it is recorded."""

from enum import IntFlag


class Cause(IntFlag):
    """What besides the plan made the control."""

    STOP_SIGN = 1
    CREEP = 2
    OLD_PLAN = 4  # of an earlier tick, moved to where the ego is now
    PATIENCE = 8
    OBSTACLE = 16
    BLIND_SPOT = 32
    CLEARANCE = 64  # the wheel is turned farther
