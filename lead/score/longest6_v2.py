"""Longest6 v2: 36 routes of 0.7 to 3.2 km in Town01 to Town06 under the rules of Leaderboard 2.0, usually three seeds."""

from lead.score.penalty import penalty_2_0
from lead.score.protocol import Protocol

PROTOCOL = Protocol("longest6-v2", penalty_2_0, routes=36)
