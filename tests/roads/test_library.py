"""Finding maps by any of their names, and fetching CARLA's from a wheel: resume, damage, wrong content."""

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from lead.roads import carla_maps
from lead.roads.carla_maps import CARLA_MAPS, WHEEL_FOLDER, CarlaMap, MapFetchError, fetch_maps
from lead.roads.generate import TOWNS, fixed_town, generate_town
from lead.roads.library import MapNotFoundError, find_map, list_maps, map_name

CONTENT = {
    "Town01": b"<OpenDRIVE>one</OpenDRIVE>\r\n",
    "Town02": b"<OpenDRIVE>two, longer</OpenDRIVE>\n",
    "Town10HD": b"<OpenDRIVE/>",
}


@pytest.fixture
def small_table(monkeypatch):
    """CARLA's table with three maps of a few bytes."""
    table = {name: CarlaMap(len(text), hashlib.sha256(text).hexdigest(), "") for name, text in CONTENT.items()}
    for name in list(CARLA_MAPS):
        monkeypatch.delitem(CARLA_MAPS, name)
    for name, entry in table.items():
        monkeypatch.setitem(CARLA_MAPS, name, entry)


def make_wheel(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in content.items():
            wheel.writestr(f"{WHEEL_FOLDER}/{name}.xodr.gz", gzip.compress(text))
    return path


@pytest.fixture
def wheel(tmp_path, small_table) -> Path:
    return make_wheel(tmp_path / "py123d-0.7.0-py3-none-any.whl", CONTENT)


def test_fetch_writes_all_maps_byte_for_byte(wheel, tmp_path):
    paths = fetch_maps(directory=tmp_path / "maps", wheel=wheel)
    assert [path.stem for path in paths] == list(CONTENT)
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())
    assert sorted(item.name for item in (tmp_path / "maps").iterdir()) == sorted(path.name for path in paths)


def test_fetch_reports_growing_progress_up_to_the_whole(wheel, tmp_path):
    seen = []
    fetch_maps(["Town02", "Town01"], tmp_path / "maps", seen.append, wheel)
    done = [step.done for step in seen]
    assert (
        done == sorted(done)
        and done[0] == 0
        and done[-1] == seen[-1].total == len(CONTENT["Town01"] + CONTENT["Town02"])
    )


def test_fetch_resumes_and_leaves_right_files_alone(wheel, tmp_path, monkeypatch):
    folder = tmp_path / "maps"
    first = fetch_maps(["Town01"], folder, wheel=wheel)[0]
    written = first.stat().st_mtime_ns
    fetch_maps(directory=folder, wheel=wheel)
    assert first.stat().st_mtime_ns == written

    def no_network(folder):
        raise AssertionError("everything is there, nothing may be downloaded")

    monkeypatch.setattr(carla_maps, "_download_wheel", no_network)
    assert len(fetch_maps(directory=folder)) == 3


@pytest.mark.parametrize("damage", [b"", b"<OpenDRIVE>ONE</OpenDRIVE>\r\n", b"<OpenDRIVE>one"])
def test_fetch_replaces_damaged_files(wheel, tmp_path, damage):
    path = fetch_maps(["Town01"], tmp_path / "maps", wheel=wheel)[0]
    path.write_bytes(damage)
    fetch_maps(["Town01"], tmp_path / "maps", wheel=wheel)
    assert path.read_bytes() == CONTENT["Town01"]


def test_fetch_refuses_content_with_another_checksum(tmp_path, small_table):
    wheel = make_wheel(tmp_path / "w.whl", CONTENT | {"Town02": b"<OpenDRIVE>another</OpenDRIVE>"})
    with pytest.raises(MapFetchError, match=r"Town02 in .* has SHA-256"):
        fetch_maps(directory=tmp_path / "maps", wheel=wheel)
    assert not (tmp_path / "maps" / "Town02.xodr").exists()
    assert (tmp_path / "maps" / "Town01.xodr").read_bytes() == CONTENT["Town01"]  # what was right stays for the resume


def test_fetch_explains_a_broken_or_foreign_wheel(tmp_path, small_table):
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK not really")
    with pytest.raises(MapFetchError, match="delete the file and fetch again"):
        fetch_maps(["Town01"], tmp_path / "maps", wheel=broken)
    with pytest.raises(MapFetchError, match="cannot unpack"):
        fetch_maps(["Town01"], tmp_path / "maps", wheel=tmp_path / "missing.whl")
    with pytest.raises(MapFetchError, match="expected the wheel of py123d"):
        fetch_maps(["Town01"], tmp_path / "maps", wheel=make_wheel(tmp_path / "other.whl", {}))
    with pytest.raises(MapFetchError, match="no CARLA town called Town99"):
        fetch_maps(["Town99"], tmp_path / "maps")


def test_fetch_shows_why_pip_failed(tmp_path, small_table, monkeypatch):
    monkeypatch.setattr(carla_maps, "WHEEL", "py123d==0.0.0.invalid-version")
    with pytest.raises(MapFetchError, match="pip download"):
        fetch_maps(["Town01"], tmp_path / "maps")
    assert list((tmp_path / "maps").iterdir()) == []


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Town03", "Town03"),
        ("Carla/Maps/Town03", "Town03"),
        ("/Game/Carla/Maps/Town12/Town12", "Town12"),
        ("Town10HD_Opt", "Town10HD"),
        ("Carla/Maps/Town10HD_opt", "Town10HD"),
        (" Town04.umap ", "Town04"),
        ("GridCity", "GridCity"),
    ],
)
def test_map_name_takes_carlas_spellings(spelling, name):
    assert map_name(spelling) == name


@pytest.mark.parametrize(
    "asked", ["Town10HD", "Carla/Maps/Town10HD_Opt", "/Game/Carla/Maps/Town10HD/Town10HD", "town10hd"]
)
def test_find_map_reads_fetched_maps(wheel, tmp_path, asked):
    fetch_maps(directory=tmp_path / "maps", wheel=wheel)
    assert find_map(asked, tmp_path / "maps") == ("Town10HD", "<OpenDRIVE/>")


def test_find_map_makes_generated_towns_and_reads_paths(tmp_path):
    assert find_map("carla/maps/gridcity", tmp_path) == ("GridCity", fixed_town("GridCity"))
    for asked in ("village:5", "village_5", "Carla/Maps/village_5", "/Game/Carla/Maps/village_5"):
        assert find_map(asked, tmp_path) == ("village_5", generate_town("village", 5))
    assert find_map("grid_city_3", tmp_path)[0] == "grid_city_3"
    path = tmp_path / "My Place.xodr"
    path.write_text("<OpenDRIVE/>")
    assert find_map(path) == find_map(str(path)) == ("My Place", "<OpenDRIVE/>")


def test_find_map_reads_an_installation(tmp_path):
    maps = tmp_path / "carla" / "CarlaUE4" / "Content" / "Carla" / "Maps"
    for path in (
        maps / "OpenDrive" / "Town02.xodr",
        maps / "OpenDrive" / "Town10HD_Opt.xodr",
        maps / "Town12" / "OpenDrive" / "Town12.xodr",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.stem)
    assert find_map("Town12", tmp_path / "none", tmp_path / "carla") == ("Town12", "Town12")
    names = [entry.name for entry in list_maps(tmp_path / "none", tmp_path / "carla") if entry.source == "installation"]
    assert names == ["Town02", "Town12"]
    with pytest.raises(MapNotFoundError, match="not a CARLA installation"):
        find_map("Town02", tmp_path / "none", tmp_path)


def test_unknown_names_are_answered_with_help(tmp_path):
    with pytest.raises(MapNotFoundError, match=r"Did you mean .*GridCity") as error:
        find_map("GridCitty", tmp_path)
    assert "lead maps fetch" in str(error.value)
    with pytest.raises(MapNotFoundError, match=r"Town03 is not on this machine yet .*lead maps fetch Town03"):
        find_map("Carla/Maps/Town03", tmp_path)
    with pytest.raises(MapNotFoundError, match="there is no file"):
        find_map(tmp_path / "nothing.xodr")


def test_list_maps_names_each_map_once(wheel, tmp_path):
    fetch_maps(["Town01"], tmp_path / "maps", wheel=wheel)
    entries = {entry.name: entry for entry in list_maps(tmp_path / "maps")}
    assert [entry.source for entry in entries.values()] == ["generated"] * len(TOWNS) + [
        "fetched",
        "fetchable",
        "fetchable",
    ]
    assert (
        entries["Town01"].size == len(CONTENT["Town01"]) and entries["Town01"].path == tmp_path / "maps" / "Town01.xodr"
    )
