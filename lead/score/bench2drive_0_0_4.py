"""Bench2Drive 0.0.4 (since August 2026): new routes; a Traffic_Signs route counts once, by success or by junction."""

from lead.score.bench2drive import bench2drive
from lead.score.bench2drive_abilities import SignCounting

PROTOCOL = bench2drive("0.0.4", SignCounting.ONCE)
