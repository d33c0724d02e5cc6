"""Bench2Drive 0.0.3 (August 2024 to August 2026): a Traffic_Signs route counts by success and again by junction."""

from lead.score.bench2drive import bench2drive
from lead.score.bench2drive_abilities import SignCounting
from lead.score.bench2drive_junctions import JUNCTIONS_0_0_3

PROTOCOL = bench2drive("0.0.3", SignCounting.TWICE, JUNCTIONS_0_0_3)
