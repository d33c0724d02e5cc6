"""A drive that is recorded: what lies in its frames, and how a collection goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import carla
import numpy as np
import pytest
from weights import nano_weights

from lead import InputError
from lead.dataset.codecs import decode_rgb, decode_semantics
from lead.dataset.kinds import BoxKind, Semantic
from lead.dataset.manifest import check
from lead.dataset.route_file import RouteFile
from lead.dataset.route_record import read_record
from lead.dataset.target_points import told_points
from lead.dataset.viewpoint import moved_by, view_pose
from lead.drive.collect import collect, estimate
from lead.drive.evaluation import Evaluation
from lead.drive.recording.learner import Turns
from lead.drive.recording.settings import Recording, route_folder
from lead.geometry.poses import to_local, to_world
from lead.roads.library import find_map
from lead.scenarios.route_file import Route, read_routes

RECORDING = Recording(rig="nano")


def settings() -> Evaluation:
    return Evaluation("expert:aligned", "routes", "leaderboard-2.0", attempts=1, timeout=100.0, log=False)


@pytest.fixture(scope="module")
def routes_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short routes along lanes of GridCity."""
    town = carla.Map("GridCity", find_map("GridCity")[1])
    routes = []
    for number, (entry, _) in enumerate(town.get_topology()):
        way = [entry, *(entry.next(15.0 * k)[0] for k in (1, 2) if entry.next(15.0 * k))]
        if len(way) < 3 or any(waypoint.is_junction for waypoint in way):
            continue
        places = "".join(f'<position x="{w.transform.location.x}" y="{w.transform.location.y}" z="0"/>' for w in way)
        routes.append(f'<route id="{number}" town="GridCity"><waypoints>{places}</waypoints></route>')
    path = tmp_path_factory.mktemp("routes") / "short.xml"
    path.write_text(f"<routes>{''.join(routes[:2])}</routes>")
    return path


@pytest.fixture(scope="module")
def routes(routes_file: Path) -> list[Route]:
    return read_routes(routes_file)


@pytest.fixture(scope="module")
def collected(routes: list[Route], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of the first route."""
    out = tmp_path_factory.mktemp("collected")
    collect(settings(), RECORDING, routes[:1], out)
    return out


@pytest.fixture(scope="module")
def recorded(collected: Path, routes: list[Route]) -> RouteFile:
    return RouteFile(route_folder(collected, routes[0].id))


def test_a_drive_is_recorded_four_times_a_second(collected: Path, recorded: RouteFile, routes: list[Route]):
    record = read_record(route_folder(collected, routes[0].id))
    assert recorded.is_complete and len(recorded) == record.frames and record.verdict.kept, record
    ticks = [recorded.frame(row).tick for row in range(len(recorded))]
    assert set(np.diff(ticks)) == {5} and abs(record.ticks - 5 * record.frames) <= 10
    for row in range(1, len(recorded)):
        track = recorded.frame(row).track
        assert track.tick.tolist() == list(range(ticks[row] - 4, ticks[row] + 1))
        assert (track.pose[-1] == recorded.frame(row).ego.pose).all()
    assert not list(check(collected, decode=True))


def share_of_things_hit(recorded: RouteFile, perturbed: bool, late: int = 0) -> float:
    """Share of vehicles whose middle is on a vehicle's pixel, if the copy is taken to be where it was `late` frames before."""
    header, hits = recorded.header, []
    cameras = header.rig.cameras
    edges = np.cumsum([0, *(camera.width for camera in cameras)])
    for row in range(late, len(recorded)):
        frame = recorded.frame(row)
        view = frame.perturbed if perturbed else frame.view
        pose = view_pose(frame.ego.pose, moved_by(perturbed, header, recorded.frame(row - late).moved))
        classes = decode_semantics(view.semantics)
        assert decode_rgb(view.rgb).shape[:2] == classes.shape == (cameras[0].height, edges[-1])
        boxes = frame.boxes
        for n in np.flatnonzero((boxes.kind == BoxKind.VEHICLE) & (boxes.evidence[:, 0] > 20)):
            middle = to_world(boxes.centre[n : n + 1].astype(float), np.array(boxes.pose[n]))
            for camera, left in zip(cameras, edges):
                x, y, z = to_local(to_local(middle, pose), np.array(camera.mount))[0]
                column, line = 0.5 * camera.width + camera.focal * y / x, 0.5 * camera.height - camera.focal * z / x
                if x > 1.0 and 0 <= column < camera.width and 0 <= line < camera.height:
                    seen = classes[int(line), left + int(column)]
                    hits.append(seen in (Semantic.VEHICLE, Semantic.SPECIAL_VEHICLE))
    assert len(hits) > 5
    return float(np.mean(hits))


@pytest.mark.parametrize("perturbed", [False, True])
def test_boxes_lie_on_the_pixels_of_their_things(recorded: RouteFile, perturbed: bool):
    assert share_of_things_hit(recorded, perturbed) > 0.8


def test_the_copy_is_elsewhere_in_each_frame(recorded: RouteFile):
    moved = np.array([recorded.frame(row).moved for row in range(len(recorded))])
    assert len(np.unique(moved, axis=0)) == len(recorded)
    first = recorded.header.perturbation
    assert moved[0] == pytest.approx([first.shift, first.turn])
    assert share_of_things_hit(recorded, True) > share_of_things_hit(recorded, True, late=1) + 0.1


def test_lidar_points_lie_in_the_boxes_that_have_them_as_evidence(recorded: RouteFile):
    filled = []
    for row in range(len(recorded)):
        frame = recorded.frame(row)
        newest = to_world(frame.cloud.points[frame.cloud.age == 0] + [0.0, 0.0, 1.25], np.array(frame.ego.pose))
        boxes = frame.boxes
        near = np.hypot(*(boxes.pose[:, :2] - frame.ego.pose[:2]).T) < 25.0
        for n in np.flatnonzero(near & (boxes.kind == BoxKind.VEHICLE) & (boxes.evidence[:, 1] > 50)):
            local = to_local(newest, np.array(boxes.pose[n])) - boxes.centre[n]
            filled.append((np.abs(local) < boxes.extent[n] + 0.3).all(axis=1).sum() > 10)
    assert filled and np.mean(filled) > 0.9


def test_route_and_target_points_are_ahead_on_the_road(recorded: RouteFile):
    header, last = recorded.header, 0
    for row in range(len(recorded)):
        frame = recorded.frame(row)
        ahead = to_local(np.array(frame.intent.route), np.array(frame.ego.pose))
        assert abs(np.hypot(*ahead[0, :2]) - 2.5) < 1.0 and (ahead[:10, 0] > 0.0).all()
        reached = int(frame.intent.reached[1])
        assert reached >= last
        last = reached
        places, _ = told_points(header.plan.points, header.plan.commands, reached)
        way = np.concatenate([frame.ego.pose[None, :2], frame.intent.route[:, :2]])
        off = np.linalg.norm(way[None] - places[1:, None], axis=2).min(axis=1)
        assert off.min() < 1.5 or np.linalg.norm(places[1] - frame.ego.pose[:2]) > 40.0
        assert np.linalg.norm(frame.fix.position - frame.ego.pose[:2]) < 4.0
        assert np.linalg.norm(frame.fix.filtered[:2] - frame.ego.pose[:2]) < 2.0


def test_a_second_run_drives_nothing_and_another_collection_is_refused(collected: Path, routes: list[Route]):
    before = {path: path.stat().st_mtime_ns for path in collected.rglob("*.arrow")}
    collect(settings(), RECORDING, routes[:1], collected)
    assert before == {path: path.stat().st_mtime_ns for path in collected.rglob("*.arrow")}
    with pytest.raises(InputError, match="jpeg_quality"):
        collect(settings(), replace(RECORDING, jpeg_quality=30), routes[:1], collected)


def test_killed_it_keeps_whole_frames_and_what_goes_on_is_the_same(
    routes_file: Path, routes: list[Route], recorded: RouteFile, tmp_path: Path
):
    script = f"""
from pathlib import Path
from lead.drive.collect import collect
from lead.drive.evaluation import Evaluation
from lead.drive.recording.settings import Recording
from lead.scenarios.route_file import read_routes
collect(Evaluation("expert:aligned", "routes", "leaderboard-2.0", attempts=1, timeout=100.0, log=False),
        Recording(rig="nano"), read_routes(Path({str(routes_file)!r}))[:1], Path({str(tmp_path)!r}))
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    frames = route_folder(tmp_path, routes[0].id) / "frames.arrow"
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and not (frames.exists() and frames.stat().st_size > 300_000):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.5)
    broken = RouteFile(frames.parent)
    assert not broken.is_complete and len(broken) > 2
    assert broken.frame(len(broken) - 1).view.rgb is not None
    (record,) = collect(settings(), RECORDING, routes[:1], tmp_path)
    again = RouteFile(frames.parent)
    assert again.is_complete and record.frames == len(again) > 5
    assert again.path.read_bytes() == recorded.path.read_bytes()  # what was driven in one go


def test_more_routes_join_and_those_of_another_file_are_refused(collected: Path, routes: list[Route]):
    other = replace(settings(), routes="others")
    with pytest.raises(InputError, match="folder beside it"):
        collect(other, RECORDING, routes[:1], collected)
    assert estimate(routes, RECORDING, 1, collected).measured and not estimate(routes, RECORDING, 1).measured


def test_a_learner_takes_turns_and_the_expert_answers(routes: list[Route], tmp_path: Path):
    learner = f"student:{nano_weights(tmp_path / 'weights')}"
    recording = replace(RECORDING, learner=learner, patience=2.0)
    (record,) = collect(settings(), recording, routes[:1], tmp_path / "data")
    route = RouteFile(route_folder(tmp_path / "data", routes[0].id))
    turns = route.learner_drove(range(len(route)))
    frames = [route.frame(row) for row in range(len(route))]
    assert record.verdict.kept and "a learner drove" in record.verdict.reason
    assert turns[1:].any() and all(frame.learner is not None for frame in frames)
    assert route.header.expert["learner"] == learner
    at_odds = [
        frame for frame, turn in zip(frames, turns) if turn and frame.reasons.target_speed > frame.ego.speed + 1.0
    ]
    assert at_odds and all(frame.ego.control[0] > 0.0 for frame in at_odds)  # the expert's answer, not what was done
    with pytest.raises(InputError, match="student:PATH"):
        collect(settings(), replace(recording, learner="npc"), routes[:1], tmp_path / "other")


def test_turns_are_drawn_and_a_learner_that_holds_the_drive_up_loses_its_turn():
    def turns(speed: float, wanted: float, seed: int = 0) -> list[bool]:
        whose = Turns(np.random.default_rng(seed), 0.05)
        return [whose.step(speed, wanted) for _ in range(2000)]

    driving = turns(5.0, 5.0)
    assert driving == turns(5.0, 5.0) != turns(5.0, 5.0, seed=1)
    changes = np.flatnonzero(np.diff(driving)) + 1
    lengths = np.diff(changes) * 0.05
    learner = lengths[::2] if driving[changes[0]] else lengths[1::2]
    experts = lengths[1::2] if driving[changes[0]] else lengths[::2]
    assert driving[0] and (learner >= 3.9).all() and (learner <= 12.1).all()
    assert (experts >= 0.9).all() and (experts <= 3.1).all()
    held_up = turns(0.0, 5.0)
    assert held_up.index(False) == 60 and np.mean(held_up) < np.mean(driving)
    assert turns(0.0, 0.0) == driving  # who stands rightly holds nothing up


def test_what_it_takes_is_said_before(routes: list[Route]):
    small, large = (estimate(routes, Recording(rig=rig), 1) for rig in ("nano", "tfv6-3cam"))
    assert small.routes == 2 and 0.05 < small.kilometres < 0.07
    assert 0 < small.size < large.size and small.frames == large.frames > 20
