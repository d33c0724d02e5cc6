"""Submissions: what the challenge asks for is written, read back, and demanded."""

import io
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waymo_wire import chunk, number, packed

from lead import InputError
from lead.realworld.waymo.submission import check_submission, write_submission
from lead.realworld.waymo.submission_rules import SubmissionMeta, parameter_count

META = SubmissionMeta(
    account_name="someone@example.org",
    unique_method_name="lead",
    authors=("A. Author", "B. Author"),
    uses_public_model_pretraining=False,
    num_model_parameters="54M",
    affiliation="Somewhere",
    description="camera only",
    method_link="https://example.org",
)
PLAN = np.stack([np.arange(1, 21), np.zeros(20)], axis=1)
NAMES = ["55bf92e7-148", "d3b9492c-149", "bd9373fc-150"]
PLANS = dict.fromkeys(NAMES, PLAN)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("submission") / "mine.tar.gz"


def write(out, predictions=PLANS, meta=META, names=NAMES, **more):
    return write_submission(predictions, meta, out, frame_names=names, **more)


@given(
    st.dictionaries(
        st.from_regex(r"[0-9a-f]{4,8}-[0-9]{3}", fullmatch=True),
        st.integers(0, 2**32 - 1).map(
            lambda seed: np.random.default_rng(seed).normal(0, 50, (20, 2)).astype(np.float32)
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
@settings(max_examples=30)
def test_predictions_and_metadata_come_back(out, predictions, data):
    meta = replace(
        META,
        description=data.draw(st.text(st.characters(codec="utf-8"), max_size=20)),
        uses_public_model_pretraining=(public := data.draw(st.booleans())),
        public_model_names=("Qwen", "ResNet") if public else (),
    )
    shards = data.draw(st.integers(1, len(predictions)))
    written = write(out, predictions, meta, list(predictions), shards=shards)
    for found in (written, check_submission(out, list(predictions))):
        assert (found.meta, found.shards, found.covered) == (meta, shards, True)
        assert found.predictions.keys() == predictions.keys()
        for name, plan in predictions.items():
            np.testing.assert_array_equal(found.predictions[name], plan, strict=True)
    assert not check_submission(out).covered


def test_the_archive_is_what_the_server_reads(out):
    public = replace(META, uses_public_model_pretraining=True, public_model_names=("Qwen", "ResNet"))
    write(out, {"a-001": PLAN}, public, ["a-001"])
    with tarfile.open(out, "r:gz") as archive:
        assert archive.getnames() == ["MySubmission/mysubmission.binproto-00000-of-00001"]
        payload = archive.extractfile(archive.getmembers()[0]).read()
    trajectory = packed(1, PLAN[:, 0].tolist()) + packed(2, PLAN[:, 1].tolist())
    assert payload == (
        chunk(1, chunk(1, "a-001") + chunk(2, trajectory))
        + number(2, 1)
        + chunk(3, META.account_name)
        + chunk(4, META.unique_method_name)
        + b"".join(chunk(5, author) for author in META.authors)
        + chunk(6, META.affiliation)
        + chunk(7, META.description)
        + chunk(8, META.method_link)
        + number(11, 1)
        + chunk(12, "54M")
        + chunk(13, "Qwen")
        + chunk(13, "ResNet")
    )


def test_equal_input_gives_equal_bytes(out):
    write(out, PLANS)
    first = out.read_bytes()
    write(out, list(reversed(PLANS.items())))
    assert out.read_bytes() == first
    assert first[4:8] == bytes(4)  # gzip's time of writing


BAD_PLAN = np.full((20, 2), np.nan)


@pytest.mark.parametrize(
    ("predictions", "told"),
    [
        ({}, "found no predictions"),
        ({name: PLAN for name in NAMES[:2]}, "no prediction for 1 frames: bd9373fc-150"),
        ({**PLANS, "other-001": PLAN}, "1 frames that are not asked for: other-001"),
        ([*PLANS.items(), (NAMES[0], PLAN)], "1 frames predicted more than once: 55bf92e7-148"),
        ({**PLANS, NAMES[0]: PLAN[:19]}, r"55bf92e7-148: found a plan of shape \(19, 2\)"),
        ({**PLANS, NAMES[0]: PLAN.T}, r"plan of shape \(2, 20\), expected \(20, 2\)"),
        ({**PLANS, NAMES[0]: BAD_PLAN}, "not finite"),
        ({**PLANS, NAMES[0]: PLAN * 1e300}, "not finite"),
    ],
)
def test_incomplete_or_malformed_predictions_are_refused(tmp_path, predictions, told):
    with pytest.raises(InputError, match=told):
        write(tmp_path / "x.tar.gz", predictions)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"account_name": "someone"}, "account_name: found 'someone'"),
        ({"unique_method_name": " "}, "unique_method_name"),
        ({"authors": ()}, "authors"),
        ({"authors": "One String"}, "authors"),
        ({"num_model_parameters": "54.4M"}, "num_model_parameters: found '54.4M'"),
        ({"num_model_parameters": "54000000"}, "num_model_parameters"),
        ({"uses_public_model_pretraining": True}, "public_model_names"),
        ({"public_model_names": ("Qwen",)}, "public_model_names"),
    ],
)
def test_metadata_that_would_be_refused_are_refused_here(tmp_path, change, told):
    with pytest.raises(InputError, match=told):
        write(tmp_path / "x.tar.gz", meta=replace(META, **change))


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        write(tmp_path / "x.zip", {NAMES[0]: PLAN[:3]}, replace(META, authors=()), shards=2)
    for told in ("5 faults", "authors", "shape (3, 2)", "no prediction for 2 frames", "x.zip", "2 shards for 1"):
        assert told in str(caught.value)


def archive(path, files: dict[str, bytes]):
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def shards_of(path) -> dict[str, bytes]:
    with tarfile.open(path, "r:gz") as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}


def test_archives_of_other_makers_are_judged(tmp_path, out):
    write(out, shards=2)
    one, two = shards_of(out).items()
    other = (two[0], two[1].replace(b"54M", b"55M"))
    for files, told in [
        ({"MySubmission/part0": one[1], "MySubmission/part1": two[1]}, "found the files part0, part1"),
        (dict([one]), "of-00002, expected mysubmission.binproto-00000-of-00001"),
        (dict([one, other]), "differ in their metadata"),
        (dict([one, (two[0], one[1])]), "predicted more than once"),
        (dict([one, (two[0], b"\xff\xff")]), "00001-of-00002: found 2 bytes that cannot be read"),
        (dict([one, (two[0], b"")]), "found no predictions, expected some in each shard"),
        ({}, "an archive without files"),
    ]:
        with pytest.raises(InputError, match=told):
            check_submission(archive(tmp_path / "x.tar.gz", files))
    assert len(check_submission(archive(tmp_path / "x.tar.gz", dict([two, one])), NAMES).predictions) == 3
    with pytest.raises(InputError, match="no prediction for 1 frames: zzz-001"):
        check_submission(out, [*NAMES, "zzz-001"])


def test_a_missing_declaration_is_no_declaration(tmp_path, out):
    write(out)
    ((name, payload),) = shards_of(out).items()
    assert number(11, 0) in payload
    with pytest.raises(InputError, match="found no uses_public_model_pretraining"):
        check_submission(archive(tmp_path / "x.tar.gz", {name: payload.replace(number(11, 0), b"")}))


def test_cut_and_foreign_archives_are_told_apart_from_submissions(tmp_path, out):
    write(out)
    whole = out.read_bytes()
    cut = tmp_path / "x.tar.gz"
    for data in (whole[: len(whole) // 2], whole[:-9], b"", b"PK\x03\x04 a zip"):
        cut.write_bytes(data)
        with pytest.raises(InputError, match="found no whole tar.gz"):
            check_submission(cut)
    with tarfile.open(cut, "w:gz") as tar:
        entry = tarfile.TarInfo("mysubmission.binproto-00000-of-00001")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(InputError, match="a link"):
        check_submission(cut)


@pytest.mark.parametrize(
    ("parameters", "text"), [(54_358_230, "54M"), (1_500_000, "1500K"), (7_000_000_000, "7000M"), (300, "1K")]
)
def test_parameters_are_counted_as_the_challenge_writes_them(parameters, text):
    assert parameter_count(parameters) == text
