"""The meter over a drive, the file it leaves, and the figures and moments that are read from it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lead import InputError
from lead.expert.scene import Kind
from lead.study.asking import Cause
from lead.study.drawing import RoadsFromAbove, moment_picture
from lead.study.moments import APART, UNCERTAINTY, VISIBILITY, worst
from lead.study.record import read_audit, write_audit
from lead.study.summary import ALL, Figure, find_audits, summarise
from tests.study.audits import header_of, measured, with_columns, written


def test_a_row_every_fifth_tick_with_what_was_true(tmp_path: Path):
    audit, (_, rows) = written(tmp_path), measured()
    assert set(np.diff(audit["tick"])) == {5} and len(audit) == len(rows) > 10
    for number, row in enumerate(rows):
        assert audit["time"][number] == row.scene.time and audit["speed"][number] == pytest.approx(8.0)
        assert audit["target"][number] == pytest.approx(row.decision.target_speed)
        assert audit["visibility"][number, 0] == pytest.approx(row.visibility.change.speed)
        assert audit["told"][number].tolist() == row.told.tolist()
        assert audit["intent"][number].tolist() == [3, 2, 1]
        chosen = slice(audit["first"][number], audit["first"][number + 1])
        assert audit["actor"][chosen].tolist() == [1, 2] and audit["seen"][chosen].tolist() == [True, False]
        assert audit["kind"][chosen].tolist() == [Kind.CAR, Kind.WALKER]
    assert audit.header.situations == ("DynamicObjectCrossing",) and set(audit["situation"]) == {0}
    assert audit["unseen_labels"].min() == 1, "the recorder labels a hidden walker without V9"
    assert not measured("privileged,filtered_labels=on")[1][0].unseen_labels


def test_the_hidden_walker_is_found(tmp_path: Path):
    audit = written(tmp_path)
    slower = audit["visibility"][:, 0] < -0.5
    assert slower.any() and not slower.all()
    assert (audit["by_cause"][slower, Cause.WALKER, 0] < -0.5).all() and (audit["subject"][slower, 0] == 2).all()
    assert (audit["by_cause"][:, Cause.CAR] == 0.0).all()
    assert (written(tmp_path / "aligned", "aligned")["visibility"] == 0.0).all()


def test_the_same_drive_gives_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        written(tmp_path / name)
    assert (tmp_path / "a/audit/7.npz").read_bytes() == (tmp_path / "b/audit/7.npz").read_bytes()


def test_a_drive_that_ended_at_once_is_a_file_without_rows(tmp_path: Path):
    write_audit(tmp_path / "audit/1.npz", header_of(), [])
    audits = find_audits([tmp_path])
    assert len(audits[0]) == 0 and summarise(audits)[0].parts[0].figures["visibility"].values == ()
    assert worst(audits, 3) == []


def test_figures_are_means_over_seeds(tmp_path: Path):
    for seed in (0, 1):
        written(tmp_path / f"s{seed}", seed=seed)
    audits = find_audits([tmp_path])
    first = audits[0]
    none = with_columns(first, visibility=np.zeros_like(first["visibility"]))
    found = summarise([none, audits[1]])
    assert [(s.agent, s.rig, s.seeds, s.drives) for s in found] == [("privileged", "nano", (0, 1), 2)]
    names = [part.name for part in found[0].parts]
    assert names == [ALL, "DynamicObjectCrossing"] and found[0].parts[0].frames == 2 * len(first)
    share = found[0].parts[1].figures["visibility"]
    alone = summarise([audits[1]])[0].parts[0].figures["visibility"]
    assert share.values == (0.0, alone.mean) and share.mean == pytest.approx(0.5 * alone.mean)
    assert share.spread == pytest.approx(alone.mean / np.sqrt(2.0)) and alone.spread is None
    intent = [found[0].parts[0].figures[name].mean for name in ("forks", "one_target_point", "three_target_points")]
    assert intent == [100.0, 100.0, 0.0]


def test_experts_and_rigs_are_told_apart(tmp_path: Path):
    one, other = written(tmp_path / "a"), written(tmp_path / "b", "aligned")
    third = replace(one, header=replace(one.header, rig="tfv6-3cam"))
    assert [(s.agent, s.rig) for s in summarise([one, other, third])] == [
        ("aligned", "nano"), ("privileged", "nano"), ("privileged", "tfv6-3cam"),
    ]  # fmt: skip


def test_the_worst_moments_first_and_apart(tmp_path: Path):
    audit = written(tmp_path)
    change, cause = np.zeros_like(audit["visibility"]), np.zeros_like(audit["by_cause"])
    change[[0, 4, 8], 0] = -3.0, -5.0, -4.0
    cause[[0, 4, 8], Cause.LIGHT, 0] = -3.0, -5.0, -4.0
    time = np.arange(len(audit)) * 0.25 * (APART + 0.1)
    found = worst([with_columns(audit, visibility=change, by_cause=cause, time=time)], 9, VISIBILITY)
    assert [moment.speed for moment in found] == [-5.0, -3.0] or [moment.row for moment in found] == [4, 8, 0]
    assert found[0].causes == (Cause.LIGHT,) and "5.0 m/s slower for a light out of sight" in found[0].told
    assert worst([with_columns(audit, visibility=change, by_cause=cause)], 9, VISIBILITY)[0].row == 4
    assert len(worst([with_columns(audit, visibility=change, by_cause=cause)], 9, VISIBILITY)) == 1
    assert worst([with_columns(audit, by_cause=cause)], 9, UNCERTAINTY) == []


def test_a_moment_is_drawn_with_the_hidden_one_outlined(tmp_path: Path):
    moment = worst([written(tmp_path)], 1, VISIBILITY)[0]
    picture = moment_picture(moment, RoadsFromAbove(lambda town: (_ for _ in ()).throw(LookupError(town))))
    assert picture.ndim == 3 and picture.shape[1] >= 600
    assert (picture == (255, 40, 40)).all(axis=-1).sum() > 30, "no red outline"
    assert (picture == (255, 240, 60)).all(axis=-1).sum() > 30, "no ring"
    assert (picture == (60, 255, 90)).all(axis=-1).sum() > 100, "no way"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:200]), "is no audit that can be read"),
        (lambda path: path.write_bytes(b"nothing"), "is no audit that can be read"),
        (lambda path: np.savez(path, header=np.array('{"schema": 99}')), "has audit schema 99; expected 1"),
        (lambda path: np.savez(path, tick=np.zeros(3)), "is no audit that can be read"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, spoil, message: str):
    written(tmp_path)
    path = tmp_path / "audit/7.npz"
    spoil(path)
    with pytest.raises(InputError, match=message):
        read_audit(path)


def test_folders_without_audits_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="holds no audits; drive it with an expert and the meter on board"):
        find_audits([tmp_path])
    with pytest.raises(InputError, match="does not exist"):
        find_audits([tmp_path / "gone"])


def test_spread_needs_two_seeds():
    assert Figure((1.0, 3.0)).spread == pytest.approx(np.sqrt(2.0)) and Figure((1.0,)).spread is None
    assert np.isnan(Figure(()).mean)
