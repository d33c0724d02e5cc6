"""Does perception learnt in simulation help on NAVSIM or WOD-E2E? With and without it, several seeds, numbers with spread.

python recipes/sim_to_real_gain.py waymo --simulated data/waymo_sim --real data/waymo_standin --out out/gain_waymo
python recipes/sim_to_real_gain.py navsim --simulated data/navsim_sim --real data/navsim_standin --out out/gain_navsim

`--simulated` is a data set of `lead collect` with the benchmark's rig, of other drives than those in `--real`, which is a
stand-in (or real data in the same folders: train/ and val/ with a list of clusters, or train/, test/ and scenes/).
One perception pre-training on simulation alone, then post-training on real data alone, once per seed and arm: the same
but for what it begins with. Run it again to go on; results.json grows by a run at a time.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from lead.realworld.mixture import REAL, SIMULATED
from lead.realworld.navsim.scene_file import write_plans
from lead.realworld.navsim.scoring import means, score_split
from lead.realworld.predicting import plan_frames, plan_tokens
from lead.realworld.recipes import RealRecipe, recipe_for
from lead.realworld.training import open_mixture
from lead.realworld.waymo.reading import read_frames
from lead.realworld.waymo.scoring import read_clusters, score_predictions
from lead.train.config import StageConfig
from lead.train.loop import train_stage
from lead.train.overrides import overridden
from lead.train.recipes import POSTTRAIN, PRETRAIN
from lead.whole_file import replace_text

ARMS = ("from scratch", "pre-trained")
HIGHER = {"waymo": ("rfs",), "navsim": ("pdms", "epdms")}  # is better; displacement errors are the other way about
Numbers = dict[str, float]


def stage_named(recipe: RealRecipe, name: str) -> StageConfig:
    """A stage of a recipe."""
    return next(stage for stage in recipe.recipe.stages if stage.name == name)


def score_waymo(model: Path, real: Path, out: Path) -> Numbers:
    """RFS and displacement errors on val/."""
    plans = dict(plan_frames(model, real / "val"))
    clusters = read_clusters(real / "val_sequence_name_to_scenario_cluster.json")
    result = score_predictions(plans, read_frames(real / "val"), clusters)
    return {"rfs": result.rfs, "ade_3s": result.ade_log[0], "ade_5s": result.ade_log[1], "inside": result.inside}


def score_navsim(model: Path, real: Path, out: Path) -> Numbers:
    """PDMS and EPDMS of test/ in scenes/, in percent."""
    plans = dict(plan_tokens(model, real / "test"))
    write_plans(out / "plans.json", str(model), plans)
    result = score_split(plans, real / "scenes")
    return {"pdms": 100.0 * means(result.pdms)["score"], "epdms": 100.0 * means(result.epdms)["score"]}


SCORED = {"waymo": score_waymo, "navsim": score_navsim}


def run_once(recipe: RealRecipe, arm: str, seed: int, initial: Path, simulated: Path, real: Path, out: Path) -> Numbers:
    """Post-train one arm with one seed and score it."""
    stage = replace(stage_named(recipe, POSTTRAIN), seed=seed)
    folder = out / f"{arm.replace(' ', '_')}_{seed}"
    samples = open_mixture(recipe.benchmark, stage, REAL, None, real / "train")
    model = train_stage(stage, samples, None, folder, initial=initial if arm == ARMS[1] else None)
    return SCORED[recipe.benchmark](model, real, folder)


def told(benchmark: str, results: dict[str, Numbers]) -> str:
    """Mean and sample standard deviation over seeds of each arm, and the difference."""
    names = list(next(iter(results.values())))
    lines = [f"{'':14}" + "".join(f"{name:>20}" for name in names)]
    averages = {}
    for arm in ARMS:
        rows = np.array([list(row.values()) for key, row in results.items() if key.startswith(arm)])
        if len(rows):
            averages[arm] = rows.mean(0)
            spread = rows.std(0, ddof=1) if len(rows) > 1 else np.full(rows.shape[1], np.nan)
            cells = "".join(f"{mean:>12.3f} +-{sd:>5.3f}" for mean, sd in zip(averages[arm], spread))
            lines.append(f"{arm:14}{cells}  ({len(rows)} seeds)")
    if len(averages) == 2:
        difference = averages[ARMS[1]] - averages[ARMS[0]]
        lines.append(f"{'difference':14}" + "".join(f"{each:>20.3f}" for each in difference))
    return "\n".join([f"{benchmark}; higher is better for {', '.join(HIGHER[benchmark])}", *lines])


def main() -> None:
    """All runs that are missing, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", choices=sorted(SCORED))
    parser.add_argument("--recipe", help="nano-waymo, waymo, nano-navsim, navsim")
    parser.add_argument("--simulated", type=Path, required=True)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("changes", nargs="*", help="settings, such as pretrain.epochs=3")
    args = parser.parse_intermixed_args()  # settings may stand after options
    chosen = recipe_for(args.benchmark, args.recipe or f"nano-{args.benchmark}")
    recipe = replace(chosen, recipe=overridden(chosen.recipe, args.changes))
    path = args.out / "results.json"
    results: dict[str, Numbers] = json.loads(path.read_text()) if path.exists() else {}
    stage = stage_named(recipe, PRETRAIN)
    samples = open_mixture(recipe.benchmark, stage, SIMULATED, args.simulated, None)
    initial = train_stage(stage, samples, None, args.out / PRETRAIN) / "model.safetensors"
    for seed in range(args.seeds):
        for arm in ARMS:
            key = f"{arm}, seed {seed}"
            if key not in results:
                results[key] = run_once(recipe, arm, seed, initial, args.simulated, args.real, args.out)
                replace_text(path, json.dumps(results, indent=1) + "\n")
            print(key, results[key], flush=True)
    print(told(recipe.benchmark, results))


if __name__ == "__main__":
    main()
