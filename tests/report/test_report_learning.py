"""What a page shows of training runs, data sets and audits, and that it stands without any evaluated run."""

import json

import numpy as np
import pytest
from lxml import html

from lead.dataset.route_record import DriveRecord, Verdict, write_record
from lead.report.asymmetry import unseen
from lead.report.curves import POINTS, find_curves
from lead.report.page import Videos, write_report
from lead.report.plots import Series, line_plot
from lead.report.recorded import find_data
from lead.report.runs import read_run
from tests.dataset.made import frame, write
from tests.report.run_folders import Outcome, write_run
from tests.study.audits import written as write_audit


def page_of(folder, out):
    return html.fromstring(write_report([folder], out, videos=Videos.NONE).page.read_text())


def train(folder, steps, stage="pretrain", validated=True):
    """The logs of a stage."""
    folder.mkdir(parents=True)
    told = {"name": stage, "model": {"name": "nano"}, "epochs": 3, "batch": 8, "seed": 4, "optimiser": {"lr": 3e-4}}
    origin = {"recipe": "nano", "data": "data/a", "data_sha256": "0123456789abcdef", "command": "lead train nano -x"}
    (folder / "run.json").write_text(json.dumps({"lead": "0.1.0", **origin, "stage": told}))
    rows = "".join(f"{step},{10 / step},{0.5},\n" for step in range(1, steps + 1))
    (folder / "train.csv").write_text("step,loss,data_wait,broken\n" + rows)
    if validated:
        (folder / "validation.csv").write_text(f"step,loss,waypoint_l1\n{steps},2.5,0.75\n")


def record(route, kept, frames=20, town="Village"):
    return DriveRecord(
        route, town, ("Accident",), "ClearNoon", 3, 0, frames, 5 * frames, "Completed", 100.0, 100.0, {},
        Verdict(kept, "Completed" if kept else f"Failed at {route}0 % of the route; 1 red_light"), {"lead": "0.1.0"},
    )  # fmt: skip


def test_curves_are_on_the_page_with_their_last_values(tmp_path):
    train(tmp_path / "nano" / "posttrain", 10, "posttrain", validated=False)
    train(tmp_path / "nano" / "pretrain", 20)
    stages = find_curves([tmp_path])
    assert [stage.name for stage in stages] == ["pretrain", "posttrain"]
    assert stages[0].last == {"step": 20.0, "loss": 2.5, "waypoint_l1": 0.75}
    assert np.isnan(stages[0].train["broken"]).all()
    page = page_of(tmp_path, tmp_path / "page.html")
    text = " ".join(page.xpath("string(//section[@aria-labelledby='training'])").split())
    assert "pretrain · nano" in text and "waypoint l1 0.75" in text and "seed 4" in text
    assert "recipe nano · data data/a (manifest 0123456789ab)" in text and "lead train nano -x" in text
    titles = page.xpath("//section[@aria-labelledby='training']//svg/title/text()")
    assert titles == ["loss", "waypoint l1", "loss"]


def test_long_curves_are_thinned_to_means(tmp_path):
    train(tmp_path / "run", 5 * POINTS)
    column = find_curves([tmp_path])[0].train
    assert len(column["loss"]) == POINTS
    assert column["step"][0] == 3.0 and column["loss"][0] == pytest.approx(np.mean(10 / np.arange(1, 6)))


def test_a_plot_keeps_its_points_in_its_frame_and_order():
    svg = html.fromstring(
        line_plot("loss", [Series("a", 0, np.array([1.0, 2.0, 4.0]), np.array([8.0, 4.0, 1.0]))], "step")
    )
    points = [tuple(map(float, pair.split(","))) for pair in svg.xpath("//polyline/@points")[0].split()]
    xs, ys = zip(*points)
    assert list(xs) == sorted(xs) and list(ys) == sorted(ys)  # falling values go down the page
    assert all(0 <= x <= 360 and 0 <= y <= 190 for x, y in points)


@pytest.mark.parametrize("values", [[], [np.nan], [5.0], [5.0, 5.0], [0.0, 1.0], [1e-6, 1e6]])
def test_a_plot_of_hardly_anything_is_a_plot(values):
    line = Series("<a>", 0, np.arange(1.0, len(values) + 1), np.array(values))
    for log in (False, True):
        text = str(line_plot("a & b", [line], "step", log=log))
        assert text.startswith("<svg") and "nan" not in text and "inf" not in text and "<a>" not in text


def test_a_data_set_is_added_up(tmp_path):
    for route, kept in (("1", True), ("2", False), ("3", False)):
        folder = write(tmp_path / "routes" / route, [frame(0), frame(1)])
        write_record(folder, record(route, kept))
    write(tmp_path / "routes" / "4", [frame(0)])
    (tmp_path / "collection.json").write_text(json.dumps({"rig": "tfv6-3cam", "expert": "aligned", "jpeg_quality": 50}))
    (tmp_path / "evaluation.json").write_text(json.dumps({"routes": "train:1-4", "seed": 3}))
    (data,) = find_data([tmp_path])
    assert data.command == (
        f"lead collect --routes train:1-4 --expert aligned --rig tfv6-3cam --quality 50 --seed 3 --out {tmp_path}"
    )
    assert (data.folder, data.routes, data.kept, data.frames, data.broken_off) == (tmp_path, 3, 1, 60, 1)
    assert data.hours == pytest.approx(300 / 20 / 3600) and data.rig == "tfv6-3cam" and data.expert == "aligned"
    assert data.left_out == (("Failed", 2),) and not data.has_manifest
    assert [(share.name, share.routes, share.kept, share.frames) for share in data.shares["situation"]] == [
        ("Accident", 3, 1, 20)
    ]
    text = " ".join(
        page_of(tmp_path, tmp_path / "page.html").xpath("string(//section[@aria-labelledby='data'])").split()
    )
    assert (
        "3 routes (1 kept), 60 frames" in text and "1 drives broke off" in text and "2 not trained on: Failed" in text
    )


def test_an_audited_run_has_a_panel_with_its_worst_moments(tmp_path):
    write_run(tmp_path / "run", {"7": Outcome()}, agent="expert:privileged", routes="mini:7", logs=False)
    audit = write_audit(tmp_path / "run")
    page = page_of(tmp_path, tmp_path / "page.html")
    panel = page.xpath("//section[@aria-labelledby='asymmetry']")[0]
    row = panel.xpath(".//tr[@class='whole']")[0]
    assert row.xpath("string(td[1])") == str(len(audit))
    share = 100.0 * np.mean((np.abs(audit["visibility"][:, 0]) >= 0.5) | (audit["visibility"][:, 1] >= 0.25))
    assert float(row.xpath("string(td[2])")) == pytest.approx(share, abs=0.006) and share > 0
    images = panel.xpath(".//img")
    assert images and all(
        image.get("src").startswith("data:image/jpeg;base64,") and image.get("alt") for image in images
    )


def test_a_damaged_audit_is_told(tmp_path):
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "1.npz").write_bytes(b"half")
    write_run(tmp_path, {"1": Outcome()}, routes="mini:1", logs=False)
    page = page_of(tmp_path, tmp_path / "page.html")
    assert "no audit that can be read" in page.xpath("string(//section[@aria-labelledby='asymmetry'])")


def test_who_could_not_be_seen_comes_from_the_audit_of_the_moment(tmp_path):
    run = read_run(write_run(tmp_path, {"7": Outcome()}, routes="mini:7", logs=False).path)
    audit = write_audit(tmp_path)
    there = unseen(run, "7")
    row = len(audit) // 2
    here = slice(audit["first"][row], audit["first"][row + 1])
    hidden = set(audit["actor"][here][~audit["seen"][here]].tolist())
    assert there(float(audit["time"][row]) + 0.05) == hidden and hidden
    assert there(1e4) == frozenset() and unseen(run, "other")(1.0) == frozenset()
