"""CARLA Leaderboard 2.1: as 2.0, but penalties add up in the divisor, so that long routes keep a score."""

from lead.score.penalty import penalty_2_1
from lead.score.protocol import Protocol

PROTOCOL = Protocol("leaderboard-2.1", penalty_2_1)
