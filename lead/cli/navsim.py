"""`lead navsim`: NAVSIM without its devkit, from a cache or a stand-in to a trained model, a score and a submission."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from lead.realworld.navsim.scoring import Row

console = Console(highlight=False)
app = typer.Typer(no_args_is_help=True, help="NAVSIM: stand-ins, training, PDMS and EPDMS, submission.")

Plans = Annotated[Path, typer.Argument(metavar="PLANS.json", help="Written by `lead navsim predict`.")]


@app.command()
def standin(
    recordings: Annotated[Path, typer.Argument(help="Data set recorded with `lead collect --rig navsim-4cam`.")],
    out: Annotated[Path, typer.Option(help="Folder of train/ and test/ (caches) and scenes/.")],
    validation: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of drives that are scored.")] = 0.3,
) -> None:
    """Write simulated drives as NAVSIM's cache and as scenes to score in; all names in it begin with `simulated`.

    Example: `lead navsim standin data/navsim --out data/navsim_standin`
    """
    from lead.realworld.standins.navsim import write_navsim

    written = write_navsim(recordings, out, validation)
    console.print(f"simulated tokens: {written.train} to train, {written.test} to score")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="navsim or nano-navsim.")],
    out: Annotated[Path, typer.Option(help="Folder of checkpoints, logs and weights; a run in it goes on.")],
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Such as pretrain.epochs=3.")
    ] = None,
    simulated: Annotated[Path | None, typer.Option(help="Data set recorded with `--rig navsim-4cam`.")] = None,
    real: Annotated[Path | None, typer.Option(help="Cache of features and targets to train on.")] = None,
    stage: Annotated[str, typer.Option(help="pretrain, posttrain or all.")] = "all",
    mixture: Annotated[str | None, typer.Option(help="sim2real, equal, simulated or real, for all stages.")] = None,
    initial: Annotated[Path | None, typer.Option(help="Weights that the first stage begins with.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; the GPU if there is one.")] = None,
) -> None:
    """Train on simulated and real tokens in one batch: perception, then the planner. Run it again to go on.

    Example: `lead navsim train nano-navsim --simulated data/navsim --real data/navsim_standin/train --out out/navsim`
    """
    from lead.cli.real_training import train_recipe

    train_recipe("navsim", recipe, simulated, real, out, changes or [], stage, mixture, initial, device)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="Folder of config.json and weights, ours or published.")],
    cache: Annotated[Path, typer.Option(help="Cache of features.")],
    out: Annotated[Path, typer.Option(help="Plans (.json) to write.")],
) -> None:
    """Plan the tokens of a cache.

    Example: `lead navsim predict out/navsim/posttrain/model --cache data/navsim_standin/test --out out/plans.json`
    """
    from lead.realworld.navsim.scene_file import write_plans
    from lead.realworld.predicting import plan_tokens

    plans = dict(plan_tokens(model, cache))
    write_plans(out, str(model), plans)
    console.print(f"{len(plans)} plans")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def score(
    plans: Plans,
    scenes: Annotated[Path, typer.Option(help="Folder of TOKEN.json.gz and groups.json.")],
    human_filter: Annotated[
        str, typer.Option(help="since-2025-09-29, before-2025-09-29 or off: what the human failed too.")
    ] = "since-2025-09-29",
    partial: Annotated[
        bool, typer.Option("--partial", help="Score the planned scenes, though others are not.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with a row per token.")] = False,
) -> None:
    """PDMS (v1), EPDMS (v2) and, where groups of two stages are told, their combination; in percent.

    Example: `lead navsim score out/plans.json --scenes data/navsim_standin/scenes`
    """
    import json
    from math import isfinite

    from lead import InputError
    from lead.realworld.navsim.epdms import HumanFilter
    from lead.realworld.navsim.scene_file import read_plans
    from lead.realworld.navsim.scoring import means, score_split
    from lead.realworld.standins.drives import PREFIX

    known = [each.value for each in HumanFilter]
    if human_filter not in known:
        raise InputError(f"no human filter {human_filter!r}; there are {', '.join(known)}")
    _, told = read_plans(plans)
    result = score_split(told, scenes, HumanFilter(human_filter), partial)
    if as_json:
        tables = {"pdms": result.pdms, "epdms": result.epdms, "two_stage": result.two_stage}
        finite = {
            name: {
                token: {part: value if isfinite(value) else None for part, value in row.items()}
                for token, row in rows.items()
            }
            for name, rows in tables.items()
        }
        print(json.dumps({"human_filter": human_filter} | finite, indent=1))
        return
    simulated = any(token.startswith(PREFIX) for token in told)
    if simulated:
        console.print("simulated scenes in NAVSIM's layout: no score of NAVSIM")
    _show("PDMS (v1)", means(result.pdms), len(result.pdms))
    _show(f"EPDMS (v2), human filter {human_filter}", means(result.epdms), len(result.epdms))
    if result.two_stage:
        _show("EPDMS, two stages", means(result.two_stage), len(result.two_stage))


@app.command()
def submit(
    plans: Plans,
    out: Annotated[Path, typer.Option(help="submission.pkl to upload.")],
    team: Annotated[str, typer.Option(help="Name of the team.")],
    authors: Annotated[str, typer.Option(help="Separated by commas.")],
    email: Annotated[str, typer.Option(help="Of the team.")],
    institution: Annotated[str, typer.Option()],
    country: Annotated[str, typer.Option(help="Or region.")],
    second: Annotated[Path | None, typer.Option(help="Plans of the second stage (v2).")] = None,
    devkit: Annotated[str, typer.Option(help="v1 or v2: whose leaderboard.")] = "v2",
) -> None:
    """Write plans as the pickle that NAVSIM's leaderboards take; the devkit is not needed.

    Example: `lead navsim submit out/plans.json --out submission.pkl --team a --authors b --email c@d.org
    --institution e --country f --devkit v1`
    """
    from lead import InputError
    from lead.realworld.navsim.scene_file import read_plans
    from lead.realworld.navsim.submission import PARTS, write_submission

    if devkit not in PARTS:
        raise InputError(f"no devkit {devkit!r}; there are {', '.join(PARTS)}")
    if (second is not None) != (devkit == "v2"):
        raise InputError(
            "the leaderboard of v2 asks for plans of both stages (--second), that of v1 for one; see --devkit"
        )
    told = [read_plans(path)[1] for path in (plans, second) if path is not None]
    meta = {
        "team_name": team, "authors": [name.strip() for name in authors.split(",")], "email": email,
        "institution": institution, "country / region": country,
    }  # fmt: skip
    written = write_submission(out, meta, dict(zip(PARTS[devkit], told)), devkit)
    console.print(f"{sum(map(len, written.plans.values()))} plans")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def check(
    path: Annotated[Path, typer.Argument(metavar="SUBMISSION.pkl")],
    scenes: Annotated[Path | None, typer.Option(help="Folder of scenes that it must cover.")] = None,
    devkit: Annotated[str, typer.Option(help="v1 or v2.")] = "v2",
) -> None:
    """Read a submission back and tell what it holds; exit code 1 if it is none, or lacks a scene.

    Example: `lead navsim check submission.pkl --devkit v1 --scenes data/navsim_standin/scenes`
    """
    from lead import InputError
    from lead.realworld.navsim.scene_file import find_scenes
    from lead.realworld.navsim.submission import PARTS, read_submission

    if devkit not in PARTS:
        raise InputError(f"no devkit {devkit!r}; there are {', '.join(PARTS)}")
    found = read_submission(path, devkit)
    planned = {token for each in found.plans.values() for token in each}
    missing = sorted(find_scenes(scenes).keys() - planned) if scenes is not None else []
    if missing:
        raise InputError(f"{path}: found no plan for {len(missing)} scenes: {', '.join(missing[:3])}; predict them too")
    console.print(", ".join(f"{len(each)} plans in {part}" for part, each in found.plans.items()) + "; nothing to mend")


@app.command()
def draw(
    cache: Annotated[Path, typer.Option(help="Cache of features.")],
    plans: Plans,
    out: Annotated[Path, typer.Option(help="Folder of pictures (PNG).")],
    scenes: Annotated[Path | None, typer.Option(help="Scenes whose human plans are drawn in green.")] = None,
    rig: Annotated[str, typer.Option(help="Whose cameras took the pictures.")] = "navsim-4cam",
    count: Annotated[int, typer.Option(min=1, help="Tokens, evenly taken of all.")] = 6,
) -> None:
    """Draw plans (red) into the pictures of the four cameras.

    Example: `lead navsim draw out/plans.json --cache data/navsim_standin/test --out out/pictures`
    """
    import cv2

    from lead.realworld.navsim.pictures import token_picture
    from lead.realworld.navsim.scene_file import read_plans

    _, told = read_plans(plans)
    out.mkdir(parents=True, exist_ok=True)
    for token in sorted(told)[:: max(1, len(told) // count)][:count]:
        picture = token_picture(cache, token, told[token], rig, scenes)
        cv2.imwrite(str(out / f"{token}.png"), picture[..., ::-1])
    console.print(f"{out}", soft_wrap=True)


def _show(title: str, row: "Row", count: int) -> None:
    console.print(f"{title}, {count} scored", soft_wrap=True)
    table = Table("figure", "mean", box=None)
    table.columns[1].justify = "right"
    for name, value in row.items():
        table.add_row(name.upper() if name != "score" else "score", f"{100.0 * value:.2f} %")
    console.print(table)
