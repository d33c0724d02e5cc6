"""CARLA Leaderboard 2.0: driving score = route completion x product of penalties, mean over the routes."""

from lead.score.penalty import penalty_2_0
from lead.score.protocol import Protocol

PROTOCOL = Protocol("leaderboard-2.0", penalty_2_0)
