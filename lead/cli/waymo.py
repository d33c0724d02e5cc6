"""`lead waymo`: WOD-E2E, from frames or their stand-ins to a trained model, a score and a submission."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lead import InputError

console = Console(highlight=False)
app = typer.Typer(no_args_is_help=True, help="Waymo's end-to-end driving: stand-ins, training, score, submission.")

Frames = Annotated[list[Path], typer.Option(help="TFRecord files of E2EDFrame, or folders of them.")]
Archive = Annotated[
    Path, typer.Argument(metavar="SUBMISSION.tar.gz", help="Written by `lead waymo predict` or submit.")
]


@app.command()
def standin(
    recordings: Annotated[Path, typer.Argument(help="Data set recorded with `lead collect --rig waymo-3cam`.")],
    out: Annotated[Path, typer.Option(help="Folder of train/, val/, test/ and the lists.")],
    validation: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of drives that are rated and scored.")
    ] = 0.3,
) -> None:
    """Write simulated drives in WOD-E2E's layout; all names in it begin with `simulated`.

    Example: `lead waymo standin data/waymo --out data/waymo_standin`
    """
    from lead.realworld.standins.waymo import write_waymo

    written = write_waymo(recordings, out, validation)
    console.print(f"simulated frames: {written.train} to train, {written.val} rated, {written.test} to submit")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="waymo or nano-waymo.")],
    out: Annotated[Path, typer.Option(help="Folder of checkpoints, logs and weights; a run in it goes on.")],
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Such as pretrain.epochs=3.")
    ] = None,
    simulated: Annotated[Path | None, typer.Option(help="Data set recorded with `--rig waymo-3cam`.")] = None,
    real: Annotated[Path | None, typer.Option(help="Folder of TFRecords to train on.")] = None,
    stage: Annotated[str, typer.Option(help="pretrain, posttrain or all.")] = "all",
    mixture: Annotated[str | None, typer.Option(help="sim2real, equal, simulated or real, for all stages.")] = None,
    initial: Annotated[Path | None, typer.Option(help="Weights that the first stage begins with.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; the GPU if there is one.")] = None,
) -> None:
    """Train on simulated and real frames in one batch: perception, then the planner. Run it again to go on.

    Example: `lead waymo train nano-waymo --simulated data/waymo --real data/waymo_standin/train --out out/waymo`
    """
    from lead.cli.real_training import train_recipe

    train_recipe("waymo", recipe, simulated, real, out, changes or [], stage, mixture, initial, device)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="Folder of config.json and weights.")],
    frames: Frames,
    out: Annotated[Path, typer.Option(help="Archive (.tar.gz) to write; of all frames, or of those of --list.")],
    names: Annotated[Path | None, typer.Option("--list", help="test_sequence_frames_for_submission.json.")] = None,
    account: Annotated[
        str, typer.Option(help="E-mail address of the account at waymo.com/open.")
    ] = "nobody@example.org",
    method: Annotated[str, typer.Option(help="Name for the leaderboard.")] = "lead",
    authors: Annotated[str, typer.Option(help="Separated by commas.")] = "nobody",
    affiliation: Annotated[str, typer.Option()] = "",
    description: Annotated[str, typer.Option()] = "",
    link: Annotated[str, typer.Option(help="Of the method.")] = "",
) -> None:
    """Plan frames and write them as a submission, checked; `lead waymo score` reads the same file.

    Example: `lead waymo predict out/waymo/posttrain/model --frames data/waymo_standin/val --out out/val.tar.gz`
    """
    from lead.model.weights import checkpoint_files, read_weights
    from lead.realworld.predicting import plan_frames
    from lead.realworld.waymo.reading import read_frame_names
    from lead.realworld.waymo.submission import write_submission
    from lead.realworld.waymo.submission_rules import SubmissionMeta, parameter_count

    wanted = None if names is None else read_frame_names(names)
    plans = dict(plan_frames(model, frames, None if wanted is None else set(wanted)))
    parameters = sum(value.numel() for value in read_weights(checkpoint_files(model)[0]).values())
    meta = SubmissionMeta(
        account, method, tuple(name.strip() for name in authors.split(",")), False, parameter_count(parameters),
        affiliation=affiliation, description=description, method_link=link,
    )  # fmt: skip
    written = write_submission(plans, meta, out, frame_names=wanted)
    console.print(f"{len(written.predictions)} plans, {written.meta.num_model_parameters} parameters")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def submit(
    source: Archive,
    out: Annotated[Path, typer.Option(help="Archive (.tar.gz) to upload.")],
    names: Annotated[
        Path, typer.Option("--list", help="The frames to cover: test_sequence_frames_for_submission.json.")
    ],
    account: Annotated[str, typer.Option(help="E-mail address of the account at waymo.com/open.")],
    method: Annotated[str, typer.Option(help="Name for the leaderboard.")],
    authors: Annotated[str, typer.Option(help="Separated by commas.")],
    shards: Annotated[int, typer.Option(min=1, help="Files in it.")] = 1,
) -> None:
    """Write the plans of an archive for the challenge: the frames asked for, each once, under your name.

    Example: `lead waymo submit out/all.tar.gz --out out/submission.tar.gz --list test_...json --account you@example.org
    --method mine --authors "A. Author, B. Author"`
    """
    from dataclasses import replace

    from lead.realworld.waymo.reading import read_frame_names
    from lead.realworld.waymo.submission import check_submission, write_submission

    wanted, read = read_frame_names(names), check_submission(source)
    chosen = {name: read.predictions[name] for name in wanted if name in read.predictions}
    people = tuple(name.strip() for name in authors.split(","))
    meta = replace(read.meta, account_name=account, unique_method_name=method, authors=people)
    written = write_submission(chosen, meta, out, frame_names=wanted, shards=shards)
    console.print(f"{len(written.predictions)} plans in {written.shards} shards")
    console.print(f"{out}", soft_wrap=True)


@app.command()
def check(
    path: Archive,
    names: Annotated[Path | None, typer.Option("--list", help="The frames to cover.")] = None,
) -> None:
    """Read an archive as the challenge does and tell all that it would refuse; exit code 1 if there is anything.

    Example: `lead waymo check out/submission.tar.gz --list test_sequence_frames_for_submission.json`
    """
    from lead.realworld.waymo.reading import read_frame_names
    from lead.realworld.waymo.submission import check_submission

    found = check_submission(path, None if names is None else read_frame_names(names))
    covered = "all frames of the list" if found.covered else "not compared with a list of frames"
    console.print(f"{len(found.predictions)} plans in {found.shards} shards, {covered}; nothing to mend")


@app.command()
def score(
    predictions: Archive,
    frames: Frames,
    clusters: Annotated[
        Path | None, typer.Option(help="val_sequence_name_to_scenario_cluster.json; else one cluster, `unknown`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Rater feedback score per cluster and overall, and the displacement errors at 3 s and 5 s.

    Example: `lead waymo score out/val.tar.gz --frames data/waymo_standin/val --clusters val_...cluster.json`
    """
    import json
    from dataclasses import asdict
    from math import isfinite

    from lead.realworld.waymo.reading import read_frames
    from lead.realworld.waymo.scoring import read_clusters, score_predictions
    from lead.realworld.waymo.submission import check_submission

    plans = check_submission(predictions).predictions
    result = score_predictions(plans, read_frames(frames), None if clusters is None else read_clusters(clusters))
    if as_json:
        finite = {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in asdict(result).items()
        }
        print(json.dumps(finite, indent=1))
        return
    console.print(f"WOD-E2E{_simulated(plans)}", soft_wrap=True)
    table = Table("figure", "value", "frames", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row("RFS, mean of clusters", f"{result.rfs:.4f}", f"{result.rated}")
    for name, value in result.by_cluster.items():
        table.add_row(f"  {name}", f"{value:.4f}", f"{result.count_by_cluster[name]}")
    table.add_row("inside a trust region", f"{100.0 * result.inside:.1f} %", f"{result.rated}")
    for k, seconds in enumerate((3, 5)):
        table.add_row(f"ADE at {seconds} s, best rated", f"{result.ade_rater[k]:.3f} m", f"{result.rated}")
        table.add_row(f"ADE at {seconds} s, driven", f"{result.ade_log[k]:.3f} m", f"{result.frames}")
    console.print(table)


@app.command()
def draw(
    frames: Frames,
    out: Annotated[Path, typer.Option(help="Folder of pictures (PNG).")],
    predictions: Annotated[
        Path | None, typer.Option(help="Archive of plans, drawn in red; the drive is green.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Frames, evenly taken of all.")] = 6,
) -> None:
    """Draw plans into the pictures of the front cameras.

    Example: `lead waymo draw --frames data/waymo_standin/val --predictions out/val.tar.gz --out out/pictures`
    """
    import cv2

    from lead.realworld.pictures import frame_picture
    from lead.realworld.waymo.reading import index_frames
    from lead.realworld.waymo.submission import check_submission

    plans = {} if predictions is None else check_submission(predictions).predictions
    places = [place for places in index_frames(frames).segments.values() for place in places]
    if plans:
        places = [place for place in places if place.name in plans]
    if not places:
        raise InputError(f"found no frame of {predictions} in these files; give those that were predicted")
    out.mkdir(parents=True, exist_ok=True)
    for place in places[:: max(1, len(places) // count)][:count]:
        picture = frame_picture(place.read(), plans.get(place.name))
        cv2.imwrite(str(out / f"{place.name}.png"), picture[..., ::-1])
    console.print(f"{out}", soft_wrap=True)


def _simulated(names: "dict[str, object]") -> str:
    from lead.realworld.standins.drives import PREFIX

    return " layout, simulated data: no score of WOD-E2E" if any(name.startswith(PREFIX) for name in names) else ""
