"""A data set is split into what is trained on and what is held out."""

from pathlib import Path

import pytest

from lead import InputError
from lead.dataset.manifest import check
from lead.dataset.route_record import DriveRecord, Verdict, write_record
from lead.dataset.routes import recorded_routes
from lead.dataset.splitting import HELD_OUT, TRAIN, HeldOut, split
from tests.dataset import made


def recorded(root: Path, route: str, town: str = "Town01", situations: tuple[str, ...] = ()) -> None:
    folder = made.write(root / "routes" / route, [made.frame(0), made.frame(1)])
    told = DriveRecord(
        route, town, situations, "ClearNoon", 0, 0, 2, 10, "Completed", 100.0, 100.0, {}, Verdict(True, "good"), {}
    )
    write_record(folder, told)


def names(root: Path) -> set[str]:
    return {str(entry.folder.relative_to(root)) for entry in recorded_routes(root)}


def test_a_route_that_was_driven_twice_is_on_one_side(tmp_path):
    for run in ("a", "b"):
        for number in range(12):
            recorded(tmp_path / run, str(number))
    told = split([tmp_path / "a", tmp_path / "b"], HeldOut(share=0.3), tmp_path / "out")
    train, held_out = names(tmp_path / "out" / TRAIN), names(tmp_path / "out" / HELD_OUT)
    assert told == (len(train), len(held_out)) and 0 < len(held_out) < 16 and len(train) + len(held_out) == 24
    assert {n.removeprefix("a/") for n in held_out if n[0] == "a"} == {
        n.removeprefix("b/") for n in held_out if n[0] == "b"
    }
    assert not list(check(tmp_path / "out" / TRAIN)) and not list(check(tmp_path / "out" / HELD_OUT))
    assert names(tmp_path / "out" / HELD_OUT) != _held_out_by_seed(tmp_path, 1)


def _held_out_by_seed(tmp_path: Path, seed: int) -> set[str]:
    split([tmp_path / "a", tmp_path / "b"], HeldOut(share=0.3, seed=seed), tmp_path / "other")
    return names(tmp_path / "other" / HELD_OUT)


def test_towns_and_situations_are_held_out_and_later_routes_join(tmp_path):
    recorded(tmp_path / "a", "0", "Town01")
    recorded(tmp_path / "a", "1", "Town13")
    recorded(tmp_path / "a", "2", "Town01", ("Accident",))
    held_out = HeldOut(towns=("Town13",), situations=("Accident",))
    assert split([tmp_path / "a"], held_out, tmp_path / "out") == (1, 2)
    recorded(tmp_path / "a", "3", "Town01")
    assert split([tmp_path / "a"], held_out, tmp_path / "out") == (2, 2)
    with pytest.raises(InputError, match="another split"):
        split([tmp_path / "a"], HeldOut(towns=("Town01",)), tmp_path / "out")


def test_an_empty_side_is_told(tmp_path):
    recorded(tmp_path / "a", "0")
    with pytest.raises(InputError, match="held-out"):
        split([tmp_path / "a"], HeldOut(towns=("Town13",)), tmp_path / "out")
