"""Pack a trained `nano` as the student that comes with the package, with a card that says how it came about.

    python recipes/ship_student.py STAGE... [--beside STAGE] --data DATA --scores AGENT=RESULTS[,RESULTS...] ... --out FOLDER

STAGE: the folders of its stages in order, each with `run.json`, `model/` and its logs; the last one's weights ship, and, as the
perception that new students begin with, those of the last one that trained perception, without its planner. The stage BESIDE
is another model's, whose curves are drawn beside them. RESULTS: folders of `lead evaluate` on `mini`, one per seed.
"""

import argparse
import hashlib
import json
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from lead.dataset.routes import recorded_routes
from lead.model.shipped import FOLDER, PERCEPTION
from lead.score.protocol import Inputs
from lead.score.protocols import score_paths
from lead.score.record_set import Incomplete
from lead.train.checkpoint import PLANNER
from lead.train.logs import read_table

PROTOCOL = "bench2drive-0.0.3"
FIGURES = ("driving_score", "route_completion", "success_rate")
WEIGHTS, CURVES = "model.safetensors", "curves.png"
DRAWN = {
    "loss": "training loss", "route_l1": "held-out way, mean error (m)",
    "waypoint_l1": "held-out waypoints, mean error (m)", "speed_l1": "held-out target speed, mean error (m/s)",
}  # fmt: skip
SMOOTH = 5  # rows of the training log that a point of its curve is the mean of


def halved(source: Path, target: Path, planner: bool) -> None:
    """Weights in half precision, with or without those of the planner."""
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in load_file(source).items() if planner or not name.startswith(PLANNER)}
    save_file({name: value.half() if value.is_floating_point() else value for name, value in kept.items()}, target)
    target.chmod(0o644)


def told_data(root: Path) -> str:
    """How much was driven where, and a hash over all frames that count; what is linked there more than once is told once."""
    lying = [route for route in recorded_routes(root) if route.kept]
    stored = {route: (route.folder / "frames.arrow").stat() for route in lying}
    routes = list({(stat.st_dev, stat.st_ino): route for route, stat in stored.items()}.values())
    hashes = sorted(hashlib.sha256((route.folder / "frames.arrow").read_bytes()).hexdigest() for route in routes)
    digest = hashlib.sha256("".join(hashes).encode()).hexdigest()
    frames = sum(route.frames for route in routes)
    towns = ", ".join(sorted({route.town for route in routes}))
    headers = [route.opened(route.folder).header for route in routes]
    quality = " and ".join(map(str, sorted({header.jpeg_quality for header in headers})))
    learners = sum(bool(header.expert.get("learner")) for header in headers)
    situations = len({name for route in routes for name in route.situations})
    more = len(lying) - len(routes)
    twice = f" {more} of them {'counts' if more == 1 else 'count'} twice." if more else ""
    return (
        f"{len(routes)} drives of `expert:aligned`, in {learners} of which the student of the stage before drove in turns "
        f"(`--learner`), on the suite `train` and on routes of `lead routes generate`, {frames} frames, "
        f"{frames / 4 / 3600:.2f} h, in {towns}; {situations} types of situations; pictures of JPEG quality {quality}; SHA-256 "
        f"over the sorted hashes of their frames `{digest}`.{twice}"
    )


def settings(folder: Path) -> dict[str, Any]:
    """Those of a stage, as they were resolved."""
    return json.loads((folder / "run.json").read_text())["stage"]


def changed(folder: Path) -> str:
    """What a stage's command changed in the recipe, but for its pace."""
    words = shlex.split(json.loads((folder / "run.json").read_text())["command"])
    return " ".join(f"`{word}`" for word in words if "=" in word and not word.startswith("pace."))


def told_stage(folder: Path) -> list[str]:
    """A stage's row: settings, and what came of it."""
    run, train = settings(folder), read_table(folder / "train.csv")
    checks = read_table(folder / "validation.csv") if (folder / "validation.csv").exists() else []
    last = checks[-1] if checks else {}
    names = ("route_l1", "waypoint_l1", "speed_l1", "bev_iou", "semantic_iou", "box_map")
    shown = [f"{float(last[name]):.3f}" if last.get(name) else "" for name in names]
    told = (run["name"], changed(folder), run["seed"], run["batch"], int(train[-1]["step"]), run["optimiser"]["lr"],
            run.get("cached_epochs", 0) or "",
            f"{float(train[0]['loss']):.3f} to {float(train[-1]['loss']):.3f}", *shown)  # fmt: skip
    return [str(value) for value in told]


def columns(table: list[dict[str, str]], name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps and values (K,) of a column of a log, where it has any."""
    told = [(float(row["step"]), float(row[name])) for row in table if row.get(name)]
    steps, values = np.array(told, np.float64).reshape(-1, 2).T
    return steps, values


def draw_curves(stages: list[Path], beside: Path | None, out: Path) -> None:
    """A picture of the stages' logs, one after the other, and of another model's from its first step on."""
    figure, axes = plt.subplots(1, len(DRAWN), figsize=(15.0, 3.4), layout="constrained")
    done = 0.0
    for number, stage in enumerate(stages):
        look = {"label": f"{settings(stage)['name']} {number + 1}", "marker": "o", "markersize": 3}
        done = draw_stage(stage, axes, done, **look)
    if beside is not None:
        draw_stage(beside, axes, 0.0, label=settings(beside)["model"]["name"], color="0.5", linestyle="--")
    for panel, title in zip(axes, DRAWN.values()):
        panel.set(title=title, xlabel="thousand steps")
        panel.set_ylim(bottom=0.0)
    axes[0].legend()
    figure.savefig(out, dpi=80)


def draw_stage(stage: Path, axes: Sequence[Axes], begin: float, **look: Any) -> float:
    """Draw a stage's logs from a step on; returns its last."""
    train, checks = read_table(stage / "train.csv"), stage / "validation.csv"
    held_out = read_table(checks) if checks.exists() else []
    for panel, name in zip(axes, DRAWN):
        steps, values = columns(train if name == "loss" else held_out, name)
        if name == "loss":
            rows = len(values) // SMOOTH * SMOOTH
            steps, values = (part[:rows].reshape(-1, SMOOTH).mean(axis=1) for part in (steps, values))
        panel.plot((steps + begin) / 1000.0, values, **look)
    return begin + float(train[-1]["step"])


def told_scores(agent: str, folders: list[Path]) -> str:
    """An agent's row: mean and standard deviation over seeds."""
    scores = [
        score_paths([folder / "results.json"], PROTOCOL, Incomplete.DRIVEN, inputs=Inputs(metric_folders=[folder]))
        for folder in folders
    ]
    cells = []
    for name in FIGURES:
        values = [getattr(score, name) for score in scores]
        spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
        cells.append(f"{mean(values):.1f}{spread}")
    return f"| `{agent}` | {' | '.join(cells)} | {len(folders)} |"


def card(stages: list[Path], data: Path, scores: list[tuple[str, list[Path]]]) -> str:
    """What stands beside the weights."""
    head = (
        "stage | changed | seed | batch | steps | rate | cached epochs | loss "
        "| way m | waypoints m | speed m/s | ground IoU | picture IoU | boxes mAP"
    )
    rows = "\n".join(f"| {' | '.join(told_stage(stage))} |" for stage in stages)
    drives = "\n".join(told_scores(agent, folders) for agent, folders in scores)
    return f"""# `nano`

A TransFuser v6 in small for two CPU cores, trained by `lead train nano` on the embedded simulator's generated towns. Its scores
are those of the embedded simulator, not CARLA's. Weights in half precision; variant and rig: `config.json`, `senses.json`.

## Data

{told_data(data)}

## Training

On the CPU, stage by stage; errors and precisions are those of routes kept apart, after the last epoch. Each stage may have had
other drives to learn from and others kept apart: curves of different stages are not one.

![Losses and held-out errors over the steps of each stage]({CURVES})

| {head} |
|{"---|" * (head.count("|") + 1)}
{rows}

## Driving

`lead evaluate --agent student:nano --routes mini --protocol {PROTOCOL}`, 24 routes in towns that it was not trained in.
Mean and standard deviation over seeds; with `guard=off,patience=0` the network drives alone (docs/student.md).

| agent | driving score | route completion % | success rate % | seeds |
|---|---|---|---|---|
{drives}
"""


def main() -> None:
    """Pack and print the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages", nargs="+", type=Path)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scores", nargs="+", default=[])
    parser.add_argument("--out", type=Path, default=FOLDER / "nano")
    chosen = parser.parse_args()
    model = chosen.stages[-1] / "model"
    halved(model / WEIGHTS, chosen.out / WEIGHTS, planner=True)
    looking = [stage for stage in chosen.stages if not settings(stage).get("cached_epochs", 0)]
    halved(looking[-1] / "model" / WEIGHTS, chosen.out / PERCEPTION, planner=False)
    for name in ("config.json", "senses.json"):
        shutil.copyfile(model / name, chosen.out / name)
    draw_curves(chosen.stages, chosen.beside, chosen.out / CURVES)
    pairs = [text.rpartition("=") for text in chosen.scores]
    scores = [(agent, [Path(folder) for folder in folders.split(",")]) for agent, _, folders in pairs]
    (chosen.out / "card.md").write_text(card(chosen.stages, chosen.data, scores))
    print((chosen.out / "card.md").read_text())


if __name__ == "__main__":
    main()
