"""The meter on board of drives on the embedded server: it changes nothing, and its file is beside what they leave."""

from functools import partial
from pathlib import Path

import carla
import numpy as np
import pytest

from lead.dataset.manifest import check
from lead.dataset.route_file import RouteFile
from lead.drive.collect import collect
from lead.drive.evaluate import evaluate
from lead.drive.evaluation import Evaluation
from lead.drive.recording.settings import Recording, route_folder
from lead.drive.route_job import RouteJob
from lead.roads.library import find_map
from lead.scenarios.route_file import Route, read_routes
from lead.study.live import IN_ROUTE, AuditOf
from lead.study.record import Audit, read_audit
from lead.study.summary import find_audits

LENGTH = 30.0  # m


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    """A short route along a lane of GridCity."""
    town = carla.Map("GridCity", find_map("GridCity")[1])
    entry = next(w for w, _ in town.get_topology() if not w.is_junction and not w.next(LENGTH)[0].is_junction)
    ends = [entry.transform.location, entry.next(LENGTH)[0].transform.location]
    places = "".join(f'<position x="{place.x}" y="{place.y}" z="{place.z}"/>' for place in ends)
    path = tmp_path_factory.mktemp("routes") / "short.xml"
    path.write_text(f'<routes><route id="1" town="GridCity"><waypoints>{places}</waypoints></route></routes>')
    return read_routes(path)


def driven(routes: list[Route], out: Path, agent: str, witness: AuditOf | None) -> Path:
    """The folder of an evaluation."""
    settled = Evaluation(agent, "routes", "leaderboard-2.0", attempts=1, timeout=100.0)
    evaluate(settled, routes, out, job_of=partial(RouteJob, witness=witness))
    return out


@pytest.fixture(scope="module")
def audited(routes: list[Route], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return driven(routes, tmp_path_factory.mktemp("audited"), "expert:privileged", AuditOf("nano"))


@pytest.fixture(scope="module")
def audit(audited: Path) -> Audit:
    return read_audit(audited / "audit" / "1.npz")


def test_a_drive_leaves_an_audit(audited: Path, audit: Audit):
    header = audit.header
    assert (header.agent, header.rig, header.route, header.town) == ("privileged", "nano", "1", "GridCity")
    assert header.settings["window"] is False and header.every == 5
    assert len(audit) > 5 and set(np.diff(audit["tick"])) == {5} and np.allclose(np.diff(audit["time"]), 0.25)
    assert (audit["target"] <= audit["limit"] + 1e-3).all() and (audit["intent"][:, 2] >= 1).all()
    travelled = np.hypot(*np.diff(audit["pose"][:, :2], axis=0).T).sum()
    assert 0.5 * LENGTH < travelled < 1.5 * LENGTH
    assert [found.path for found in find_audits([audited])] == [audited / "audit" / "1.npz"]


def test_the_meter_changes_nothing_and_gives_the_same_again(
    routes: list[Route], audited: Path, tmp_path_factory: pytest.TempPathFactory
):
    plain = driven(routes, tmp_path_factory.mktemp("plain"), "expert:privileged", None)
    again = driven(routes, tmp_path_factory.mktemp("again"), "expert:privileged", AuditOf("nano"))
    for name in ("results.json", "logs/1.npz"):
        assert (plain / name).read_bytes() == (audited / name).read_bytes() == (again / name).read_bytes()
    assert (again / "audit/1.npz").read_bytes() == (audited / "audit/1.npz").read_bytes()
    assert not (plain / "audit").exists()


def test_a_collected_route_has_its_audit_beside_its_frames(routes: list[Route], tmp_path: Path):
    settled = Evaluation("expert:aligned", "routes", "leaderboard-2.0", attempts=1, timeout=100.0, log=False)
    collect(settled, Recording(rig="nano"), routes, tmp_path, witness=AuditOf("nano"))
    folder = route_folder(tmp_path, "1")
    audit, frames = read_audit(folder / IN_ROUTE), RouteFile(folder)
    assert audit.header.agent == "aligned" and abs(len(audit) - len(frames)) <= 1
    for row in range(len(frames)):
        frame = frames.frame(row)
        near = int(np.argmin(np.abs(audit["tick"] - frame.tick)))
        assert abs(int(audit["tick"][near]) - frame.tick) <= 2
        assert np.hypot(*(audit["pose"][near, :2] - frame.ego.pose[:2])) <= 0.05 * 2 * 12.0
    assert not list(check(tmp_path))
    assert find_audits([tmp_path])[0].path == folder / IN_ROUTE
