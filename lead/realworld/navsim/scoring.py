"""Plans of a whole split: PDMS (v1), EPDMS (v2) with its comfort between frames, and two stages."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lead import InputError
from lead.realworld.navsim.epdms import HumanFilter, PlanScore, score_plan
from lead.realworld.navsim.motion import Array
from lead.realworld.navsim.pdms import score_pdms, simulate_plans
from lead.realworld.navsim.scene_file import Groups, find_scenes, read_groups, read_scene
from lead.realworld.navsim.two_stage import FramePair, score_two_stages

V1_PARTS = ("nc", "dac", "ddc", "ep", "ttc", "c", "score")
Row = dict[str, float]


@dataclass(frozen=True)
class NavsimScore:
    """Scores of a split in percent of 1; each a row per token, or per group of two stages.

    Attributes:
        pdms: v1: nc, dac, ddc, ep, ttc, c and score.
        epdms: v2: nc, dac, ddc, tlc, ep, ttc, lk, hc, ec (NaN without a frame before) and score.
        two_stage: combined averages per group, empty without groups.
        human_filter: the one that `epdms` was computed with.
    """

    pdms: Mapping[str, Row]
    epdms: Mapping[str, Row]
    two_stage: Mapping[str, Row]
    human_filter: HumanFilter


def score_split(
    plans: Mapping[str, Array],
    folder: Path,
    human_filter: HumanFilter = HumanFilter.SINCE_2025_09_29,
    partial: bool = False,
) -> NavsimScore:
    """Score plans (8, 3) by token against a folder of scenes.

    Raises InputError on a plan without a scene, and on a scene without a plan unless `partial`.
    """
    scenes, groups = find_scenes(folder), read_groups(folder)
    lacking = {"a plan": sorted(scenes.keys() - plans.keys()), "a scene": sorted(plans.keys() - scenes.keys())}
    if lacking["a scene"] or (lacking["a plan"] and not partial):
        told = "; ".join(
            f"{len(names)} without {what} ({', '.join(names[:3])})" for what, names in lacking.items() if names
        )
        raise InputError(f"{folder}: found tokens {told}; plan each scene, or score the planned ones with --partial")
    v1: dict[str, Row] = {}
    v2: dict[str, PlanScore] = {}
    for token in sorted(plans):
        scene = read_scene(scenes[token])
        judged = score_pdms(scene, simulate_plans(scene, [plans[token]]))
        v1[token] = {part: float(getattr(judged, part)[1]) for part in V1_PARTS}
        forgiving = human_filter if scene.human_plan is not None else HumanFilter.OFF
        v2[token] = score_plan(scene, plans[token], forgiving)
    return NavsimScore(v1, dict(_epdms(v2, groups)), dict(_two_stage(v2, groups)), human_filter)


def means(rows: Mapping[str, Row]) -> Row:
    """Plain means of the columns over rows, NaN left out; empty without rows."""
    names = list(next(iter(rows.values()))) if rows else []
    columns = {name: np.array([row[name] for row in rows.values()]) for name in names}
    return {
        name: float(np.nanmean(column)) if np.isfinite(column).any() else np.nan for name, column in columns.items()
    }


def _epdms(scores: Mapping[str, PlanScore], groups: Groups) -> Iterator[tuple[str, Row]]:
    for token, plan in scores.items():
        before = scores.get(groups.pairs.get(token, ""))
        ec = None if before is None else FramePair(plan, before).ec
        yield token, asdict(plan.told) | {"ec": np.nan if ec is None else ec, "score": plan.score(ec)}


def _two_stage(scores: Mapping[str, PlanScore], groups: Groups) -> Iterator[tuple[str, Row]]:
    for now, before, second in groups.two_stage:
        tokens = (now, before, *(token for pair in second for token in pair))
        if all(token in scores for token in tokens):
            first = FramePair(scores[now], scores[before])
            pairs = [FramePair(scores[a], scores[b]) for a, b in second]
            yield now, dict(score_two_stages(first, pairs).combined)
