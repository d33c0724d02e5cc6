"""The evaluator: every route once, whoever drives, however often it is stopped, with however many workers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lead import InputError
from lead.drive.ending import Ending
from lead.drive.evaluate import evaluate
from lead.drive.evaluation import Evaluation
from lead.drive.ledger import Ledger
from lead.drive.route_job import RouteJob
from lead.drive.worker import Worker
from lead.scenarios.route_file import read_routes
from lead.score.checkpoint import read_results

HEAD = """
from leaderboard.autoagents.autonomous_agent import AutonomousAgent, Track
import carla

def get_entry_point():
    return "Driver"

class Driver(AutonomousAgent):
    def setup(self, path):
        self.track = Track.SENSORS
        self.ticks = 0
"""
STANDS = "    def sensors(self): return []\n    def run_step(self, data, timestamp):\n        self.ticks += 1\n"
RAISES = (
    HEAD
    + STANDS
    + "        if self.ticks == 5: raise ValueError('lost my way')\n        return carla.VehicleControl()\n"
)
HANGS = (
    HEAD
    + STANDS
    + "        import time\n        if self.ticks == 5: time.sleep(600)\n        return carla.VehicleControl()\n"
)
KILLS_ITS_WORKER = (
    HEAD
    + STANDS
    + """        import os, pathlib, signal
        deaths = pathlib.Path(__file__).with_name("deaths")
        count = len(deaths.read_text()) if deaths.exists() else 0
        if self.ticks == 5 and count < ALLOWED:
            deaths.write_text("x" * (count + 1))
            os.kill(os.getppid(), signal.SIGKILL)
        return carla.VehicleControl()
"""
)
CHEATS = (
    HEAD
    + """    def sensors(self):
        return [{"type": "sensor.camera.depth", "id": "d", "x": 0, "y": 0, "z": 2, "roll": 0, "pitch": 0, "yaw": 0,
                 "width": 64, "height": 64, "fov": 90}]
    def run_step(self, data, timestamp): return carla.VehicleControl()
"""
)


@pytest.fixture(scope="module")
def routes_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three routes of 40 to 60 m, no situation but one; made from lanes of GridCity."""
    import carla

    from lead.roads.library import find_map

    town = carla.Map("GridCity", find_map("GridCity")[1])
    routes = []
    for number, (entry, _) in enumerate(town.get_topology()):
        way = [entry, *(entry.next(20.0 * k)[0] for k in (1, 2, 3) if entry.next(20.0 * k))]
        if len(way) < 4 or any(waypoint.is_junction for waypoint in way):
            continue
        places = "".join(f'<position x="{w.transform.location.x}" y="{w.transform.location.y}" z="0"/>' for w in way)
        t = way[1].transform
        trigger = f'<trigger_point x="{t.location.x}" y="{t.location.y}" z="0" yaw="{t.rotation.yaw}"/>'
        routes.append(
            f'<route id="{number}" town="GridCity"><waypoints>{places}</waypoints><scenarios>'
            f'<scenario name="SequentialLaneChange_1" type="SequentialLaneChange">{trigger}</scenario>'
            "</scenarios></route>"
        )
        if len(routes) == 3:
            break
    path = tmp_path_factory.mktemp("routes") / "routes.xml"
    path.write_text("<routes>" + "".join(routes) + "</routes>")
    return path


def settings(agent: str = "blind", **changes) -> Evaluation:
    return Evaluation(agent, "routes", "bench2drive-0.0.3", **changes)


@pytest.fixture(scope="module")
def reference(routes_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an evaluation that ran through."""
    out = tmp_path_factory.mktemp("reference")
    entries = evaluate(settings(), read_routes(routes_file), out)
    assert [entry.ending for entry in entries] == [Ending.FINISHED] * 3
    return out


def test_the_result_file_is_official(reference: Path):
    results = read_results(reference / "results.json")
    assert results.progress == (3, 3) and results.entry_status == "Finished"
    assert results.extra["simulator"] == "embedded" and results.extra["benchmark"] == "bench2drive-0.0.3"
    for record in results.records:
        assert record.completed and record.scores.score_route == 100
        assert record.scenario_name == "SequentialLaneChange_1" and record.town_name == "GridCity"
        assert 40 < record.meta.route_length < 80 and 3 < record.meta.duration_game < 60
        assert (reference / record.save_name / "metric_info.json").exists()


def test_the_log_can_be_replayed(reference: Path):
    from lead.drive.drive_log import read_log

    results = read_results(reference / "results.json")
    log = read_log(Ledger(reference).log(results.records[0].route, ".npz"))
    ego = next(n for n, (identity, *_) in enumerate(log["about"]["actors"]) if identity == log["about"]["ego"])
    place = log["pose"][log["actor"] == ego][:, :2]
    assert len(place) == len(log["time"]) and abs(log["time"][-1] - results.records[0].meta.duration_game) < 0.11
    assert abs(place[-1] - log["plan"][-1, :2]).max() < 12.0, "it ends at the route's end"
    assert log["first"][-1] == len(log["actor"]) and log["light"].shape[1] == 3


def test_two_workers_give_the_same_bytes(reference: Path, routes_file: Path, tmp_path: Path):
    evaluate(settings(), read_routes(routes_file), tmp_path, workers=2)
    assert (tmp_path / "results.json").read_bytes() == (reference / "results.json").read_bytes()


def test_a_prepared_town_that_died_is_prepared_anew(reference: Path, routes_file: Path, tmp_path: Path):
    evaluation, ledger, worker = settings(), Ledger(tmp_path), Worker()
    ledger.open(evaluation)
    for index, route in enumerate(read_routes(routes_file)[:2]):
        worker.drive(RouteJob(evaluation, route, index, tmp_path))
        entry = ledger.read(route.id)
        assert entry.ending is Ending.FINISHED and entry.attempts == 1
        assert entry.record == Ledger(reference).read(route.id).record
        os.kill(worker.prepared._process.pid, signal.SIGKILL)
        worker.prepared._process.wait()


def test_killed_and_begun_again_it_gives_the_same_bytes(reference: Path, routes_file: Path, tmp_path: Path):
    script = f"""
from pathlib import Path
from lead.drive.evaluate import evaluate
from lead.drive.evaluation import Evaluation
from lead.scenarios.route_file import read_routes
evaluate(Evaluation("blind", "routes", "bench2drive-0.0.3"), read_routes(Path({str(routes_file)!r})), Path({str(tmp_path)!r}))
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 120
    while len(list((tmp_path / "ledger").glob("[!.]*.json"))) < 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)  # in the middle of the second route
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "results.json").exists()
    evaluate(settings(), read_routes(routes_file), tmp_path)
    assert (tmp_path / "results.json").read_bytes() == (reference / "results.json").read_bytes()


@pytest.mark.parametrize(
    "text, ending, status, told",
    [
        (RAISES, Ending.AGENT_FAULT, "Failed - Agent crashed", "lost my way"),
        (HANGS, Ending.TIMEOUT, "Failed - Agent timed out", "the agent's turn"),
        (CHEATS, Ending.AGENT_FAULT, "Failed - Agent's sensors were invalid", "sensor.camera.depth"),
    ],
)
def test_bad_agents(routes_file: Path, tmp_path: Path, text: str, ending: Ending, status: str, told: str):
    agent = tmp_path / "agent.py"
    agent.write_text(text)
    first = read_routes(routes_file)[:1]
    (entry,) = evaluate(settings(str(agent), timeout=20.0), first, tmp_path / "out")
    assert entry.ending is ending and entry.record.status == status and told in entry.detail
    assert entry.attempts == 1


@pytest.mark.parametrize("deaths, first", [(1, Ending.FINISHED), (2, Ending.SIMULATOR_FAULT)])
def test_a_worker_that_dies_is_replaced(routes_file: Path, tmp_path: Path, deaths: int, first: Ending):
    agent = tmp_path / "agent.py"
    agent.write_text(KILLS_ITS_WORKER.replace("ALLOWED", str(deaths)))
    entries = evaluate(settings(str(agent)), read_routes(routes_file)[:2], tmp_path / "out")
    assert (tmp_path / "deaths").read_text() == "x" * deaths
    assert [entry.ending for entry in entries] == [first, Ending.FINISHED]
    assert "exit code -9" in entries[0].detail or first is Ending.FINISHED


def test_workers_that_all_die_end_the_evaluation(routes_file: Path, tmp_path: Path):
    agent = tmp_path / "agent.py"
    agent.write_text(KILLS_ITS_WORKER.replace("ALLOWED", "99"))
    with pytest.raises(InputError, match="4 of them one after another"):
        evaluate(settings(str(agent)), read_routes(routes_file), tmp_path / "out")


def test_routes_that_cannot_begin_do_not_stop_the_others(routes_file: Path, tmp_path: Path):
    text = routes_file.read_text()
    odd = tmp_path / "odd.xml"
    odd.write_text(
        text.replace('town="GridCity"', 'town="Atlantis"', 1)
        .replace('type="SequentialLaneChange"', 'type="MeteorShower"', 2)
        .replace('type="MeteorShower"', 'type="SequentialLaneChange"', 1)
        .replace("</routes>", '<route id="bad" town="GridCity"><waypoints/></route></routes>')
    )
    entries = evaluate(settings(), read_routes(odd, keep_faulty=True), tmp_path / "out")
    assert [entry.ending.value for entry in entries] == ["not driven", "not driven", "finished", "not driven"]
    assert "Atlantis" in entries[0].detail and "MeteorShower" in entries[1].detail and "at least 2" in entries[3].detail
    results = read_results(tmp_path / "out" / "results.json")
    assert (
        len(results.records) == 1
        and json.loads((tmp_path / "out" / "results.json").read_text())["entry_status"] == "Invalid"
    )
