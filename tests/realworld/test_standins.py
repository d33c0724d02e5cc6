"""Stand-ins are in the benchmarks' own layouts, say what was recorded, and are named as simulated."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drives_made import FRAMES, record

from lead import InputError
from lead.dataset.bev_grid import NAVSIM
from lead.dataset.route_file import RouteFile
from lead.realworld.label_maps import Turn
from lead.realworld.models import nano_navsim, nano_waymo
from lead.realworld.navsim.cache import find_entries
from lead.realworld.navsim.epdms import HumanFilter, score_plan
from lead.realworld.navsim.samples import sample_of as navsim_sample
from lead.realworld.navsim.scene_file import find_scenes, read_groups, read_scene
from lead.realworld.simulated import REAR_AXLE, open_drives, past_of, rear_axle_pose
from lead.realworld.standins.drives import PREFIX, turn_of_route
from lead.realworld.standins.navsim import write_navsim
from lead.realworld.standins.waymo import write_waymo
from lead.realworld.waymo.frame import FUTURE, PAST, Camera, Intent
from lead.realworld.waymo.reading import read_frame_names, read_frames
from lead.realworld.waymo.samples import pictures
from lead.realworld.waymo.samples import sample_of as waymo_sample
from lead.realworld.waymo.scoring import read_clusters

SPEED = 8.0  # m/s, of the made drives


@pytest.fixture(scope="module")
def waymo(tmp_path_factory):
    root = tmp_path_factory.mktemp("waymo")
    record(root / "recorded", "waymo-3cam")
    return root, write_waymo(root / "recorded", root / "standin")


@pytest.fixture(scope="module")
def navsim(tmp_path_factory):
    root = tmp_path_factory.mktemp("navsim")
    record(root / "recorded", "navsim-4cam")
    return root, write_navsim(root / "recorded", root / "standin")


def test_waymo_frames_tell_the_drive(waymo):
    root, written = waymo
    frames = list(read_frames(root / "standin" / "train"))
    assert len(frames) == written.train == (FRAMES - PAST - FUTURE) // 2
    for frame in frames:
        assert frame.name.startswith(PREFIX) and not frame.is_rated and frame.intent is Intent.GO_STRAIGHT
        assert len(frame.past) == PAST and frame.speed == pytest.approx(SPEED, abs=1e-3)
        np.testing.assert_allclose(frame.past.position_iso[-1], 0.0, atol=1e-4)
        np.testing.assert_allclose(frame.past.position_iso[0], [-15 * 0.25 * SPEED, 0.0], atol=1e-3)
        np.testing.assert_allclose(frame.future.position_iso[-1], [5.0 * SPEED, 0.0], atol=1e-3)
        np.testing.assert_allclose(frame.past.acceleration_iso[-1], [0.5, 0.0], atol=1e-4)


def test_waymo_pictures_are_those_recorded(waymo):
    root, _ = waymo
    frame = next(read_frames(root / "standin" / "train"))
    whole = pictures(frame)
    assert whole.shape == (3, 480, 972)
    route = RouteFile(root / "recorded" / "0")
    recorded = cv2.imdecode(np.frombuffer(bytes(route.frame(15).view.rgb), np.uint8), cv2.IMREAD_COLOR)
    apart = np.abs(whole.transpose(1, 2, 0)[..., ::-1].astype(int) - recorded)
    assert apart.mean() < 3.0
    mount = route.header.rig.cameras[1].mount
    np.testing.assert_allclose(
        frame.calibration(Camera.FRONT).vehicle_from_camera[:3, 3], [mount[0] + REAR_AXLE, -mount[1], mount[2]]
    )
    left = frame.calibration(Camera.FRONT_LEFT).vehicle_from_camera[:2, 0]
    assert left[1] > 0.5  # it looks to the left, and left is positive


def test_waymo_splits_and_lists_fit_together(waymo):
    root, written = waymo
    out = root / "standin"
    rated, hidden = list(read_frames(out / "val")), list(read_frames(out / "test"))
    assert (len(rated), len(hidden)) == (written.val, written.test) and written.test == 1
    assert all(frame.is_rated and len(frame.preferences) == 3 for frame in rated)
    assert all(not len(frame.future) and not frame.is_rated for frame in hidden)
    assert read_frame_names(out / "test_sequence_frames_for_submission.json") == tuple(frame.name for frame in hidden)
    clusters = read_clusters(out / "val_sequence_name_to_scenario_cluster.json")
    assert {frame.segment for frame in rated} == set(clusters) and set(clusters.values()) == {"foreign_object"}


def test_a_waymo_sample_is_the_recorded_drive_in_carlas_axes(waymo):
    root, _ = waymo
    sample = waymo_sample(next(read_frames(root / "standin" / "train")))
    assert sample.turn is Turn.STRAIGHT
    np.testing.assert_allclose(sample.future.waypoints[:, 0], 0.5 * SPEED * np.arange(1, 11), atol=1e-3)
    np.testing.assert_allclose(sample.past.position[:, 0], -0.25 * SPEED * np.arange(6, 0, -1), atol=1e-3)
    np.testing.assert_allclose(sample.past.speed, SPEED, atol=1e-3)
    past = past_of(RouteFile(root / "recorded" / "0"), 15)  # and so is the simulated sample of the same moment
    np.testing.assert_allclose(past.position, sample.past.position, atol=1e-3)
    np.testing.assert_allclose(past.speed, sample.past.speed, atol=1e-3)


def test_a_navsim_cache_tells_the_drive(navsim):
    root, written = navsim
    entries = find_entries(root / "standin" / "train")
    assert len(entries) == written.train == (FRAMES - 6 - 20 + 1) // 2
    sample = navsim_sample(entries[0])
    assert entries[0].log.startswith(PREFIX) and sample.rgb.shape == (3, 270, 1920)
    assert sample.turn is Turn.STRAIGHT and sample.speed == pytest.approx(SPEED, abs=1e-3)
    np.testing.assert_allclose(sample.future.waypoints[:, 0], 0.5 * SPEED * np.arange(1, 9), atol=1e-3)
    np.testing.assert_allclose(sample.future.headings, 0.0, atol=1e-5)
    # the nearest vehicle stands 8 m ahead of the actor and 6 m to its right: that much more ahead of the rear axle
    nearest = sample.navsim.boxes[0]
    np.testing.assert_allclose(nearest, [8.0 + REAR_AXLE, 6.0, 0.0, 4.0, 2.0], atol=1e-3)
    column, row = NAVSIM.pixels(nearest[None, :2])[0].astype(int)
    assert sample.navsim.bev[row, column] == 5  # a vehicle, in the map too


def test_navsim_scenes_judge_the_recorded_drive(navsim):
    root, written = navsim
    scenes = find_scenes(root / "standin" / "scenes")
    assert len(scenes) == written.test and len(read_groups(root / "standin" / "scenes").pairs) == written.test - 1
    scene = read_scene(next(iter(scenes.values())))
    np.testing.assert_allclose(scene.human_plan[:, 0], 0.5 * SPEED * np.arange(1, 9), atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(np.diff(scene.reference[:, :2], axis=0), axis=1), 0.1 * SPEED, atol=1e-3)
    assert scene.vehicle.length == pytest.approx(2 * 2.45) and len(scene.tracks.kind) == 7
    result = score_plan(scene, scene.human_plan, HumanFilter.OFF)
    np.testing.assert_allclose(result.states[-1, :2], scene.reference[-1, :2], atol=0.3)
    assert result.told.ep == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("rig", "model"), [("waymo", nano_waymo()), ("navsim", nano_navsim())])
def test_the_same_drives_are_simulated_samples_about_the_rear_axle(rig, model, request):
    root, _ = request.getfixturevalue(rig)
    row = open_drives(root / "recorded", model).at(0).row
    count = model.planning.waypoints
    np.testing.assert_allclose(row["waypoints"][:, 0], 0.5 * SPEED * np.arange(1, count + 1), atol=1e-3)
    scale = model.bev.pixels_per_meter
    places = row["boxes"][row["boxes_valid"], :2] / scale + [model.bev.min_x, model.bev.min_y]
    assert np.abs(places - [8.0 + REAR_AXLE, 6.0]).sum(1).min() < 1e-3


def test_the_rear_axle_is_behind():
    np.testing.assert_allclose(
        rear_axle_pose(np.array([5.0, 2, 0, 0, np.pi / 2, 0]))[:2], [5.0, 2.0 - REAR_AXLE], atol=1e-9
    )


@pytest.mark.parametrize(("bend", "turn"), [(0.0, Turn.STRAIGHT), (0.04, Turn.RIGHT), (-0.04, Turn.LEFT)])
def test_turns_are_read_from_the_route(bend, turn):
    angles = bend * np.arange(50)
    route = np.cumsum(np.stack([np.cos(angles), np.sin(angles), 0 * angles], 1), axis=0)
    assert turn_of_route(route, np.zeros(6)) is turn
    assert turn_of_route(route[:3], np.zeros(6)) is Turn.UNKNOWN


def test_drives_of_another_rig_are_refused(waymo, tmp_path):
    root, _ = waymo
    with pytest.raises(InputError, match="rig waymo-3cam, expected navsim-4cam"):
        write_navsim(root / "recorded", tmp_path)
    with pytest.raises(InputError, match="holds no routes"):
        write_waymo(Path(tmp_path), tmp_path)
